import random
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers import layouts
from importers.columns import parse_cell
from importers.sieve import parse_column
from tests.importers.files import CODE, TODAY
from tests.importers.test_bad_input import AMOUNTS, CODES, DAYS, NAMES, WORDS

COLUMNS = {column.name: column for layout in layouts() if layout.main for column in layout.columns}
MIDNIGHT = datetime(2026, 1, 1)  # noqa: DTZ001 - as a workbook gives it
HOSTILE = [
    "",
    " ",
    "无",
    "N / A",
    "=1",
    "-",
    "#N/A",
    "a\nb",
    "\u200bx",
    "\ufeff",
    "某\x00",
    "\x02",
    "\x1f",
    "a\x02b",
    "ﾃｽﾄ名称",
    "示例（北京）公司名称",
]
HOSTILE += [
    "13800138000的电话号码",
    "11010519491231002X",
    "0000000000000000",
    CODE,
    CODE.lower(),
    "0" * 17 + "X",
    "911101085513850820",
    "1" * 18,
]
HOSTILE += [
    "罚" * 300,
    "鏌愬叕鍙告湁闄愬叕",
    "京罚[2024]1号",
    "京罚〔2024〕 1号",
    "京海应急罚〔2024〕1号",
    "1.10",
    "0001.5",
    "1e5",
    ".5",
    "5.",
    "99999999.999999",
    "٣٣٣٣٣٣٣٣٣",
]
HOSTILE += [
    cell
    for case in (*CODES, *NAMES, *AMOUNTS, *DAYS, *WORDS)
    if case.filename == "a.csv"
    for line in case.data.decode().splitlines()[1:]
    for cell in line.split(",")
]


def slow(cells, column):
    parsed = [parse_cell(cell if cell != "" else None, column, today=TODAY) for cell in cells]
    return [value for value, _ in parsed], {at: said for at, (_, said) in enumerate(parsed) if said}


def many(column, hostile):
    """Enough different cells for a sieve to be used, hostile ones among plain ones."""
    plain = {
        "uscc": [CODE],
        "money": [str(n / 100) for n in range(300)],
        "document_no": [f"京海应急罚〔2024〕{n}号" for n in range(300)],
    }.get(column.type, [f"某某事项的说明文字第{n}条" for n in range(300)])
    cells = plain + [f"92340602MA2PBQ{n:04d}" for n in range(300)] * (column.type == "uscc") + hostile
    random.Random(3).shuffle(cells)
    return cells


@pytest.mark.parametrize(
    "name",
    [
        "name",
        "uscc",
        "facts",
        "cause",
        "document_no",
        "fine_fen",
        "dated_on",
        "penalty_kinds",
        "domain",
        "is_fire",
        "details.person_id",
    ],
)
def test_a_column_at_once_says_what_its_cells_say_one_by_one(name):
    column = COLUMNS[name]
    cells = many(column, HOSTILE)

    assert parse_column(cells, column, today=TODAY) == slow(cells, column)


def test_cells_of_other_types_are_told_apart():
    column = COLUMNS["fine_fen"]
    cells = [1, 1.0, True, "1", None, 0, False, date(2026, 1, 1)]

    assert parse_column(cells, column, today=TODAY) == slow(cells, column)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("fine_fen", [1.5, 1.5, 0.0, -0.0, -1.0, float("nan"), float("inf"), 1e300, "", None]),
        (
            "fine_fen",
            [
                1.5,
                0.1 + 0.2,
                0.3,
                1e-4,
                9.9e-5,
                1e-6,
                1.0000005,
                0.0,
                -0.0,
                -1.0,
                float("nan"),
                float("-inf"),
            ],
        ),
        ("fine_fen", [1000.0, 1000.000001, 999999999.999999, 1e9, 1e15, 1e16, 123456.7890123, 5.0]),
        ("dated_on", [date(2026, 1, 1), MIDNIGHT, "2026-01-01", "", None, date(2030, 1, 1)]),
        ("uscc", [911101085513850820.0, CODE, ""]),
        ("is_simple_procedure", [True, True, False, "是", ""]),
    ],
)
def test_cells_of_a_workbook_say_what_each_says_by_itself(name, cells):
    column = COLUMNS[name]

    assert parse_column(cells, column, today=TODAY) == slow(cells, column)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(max_size=30)
        | st.from_regex(r"[0-9A-Z]{18}", fullmatch=True)
        | st.from_regex(r"[0-9.,]{1,14}", fullmatch=True),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from(["name", "uscc", "facts", "document_no", "fine_fen"]),
)
def test_no_text_passes_a_sieve_that_a_cell_would_not_pass(hostile, name):
    column = COLUMNS[name]
    cells = many(column, hostile)

    assert parse_column(cells, column, today=TODAY) == slow(cells, column)


@pytest.mark.parametrize("name", ["name", "uscc", "facts", "document_no", "fine_fen"])
def test_a_cell_may_hold_what_stands_between_cells_that_are_laid_out_together(name):
    column = COLUMNS[name]
    plain = many(column, [])
    cells = [
        *plain,
        plain[0][:-1] + "\x1f",
        "\x1f",
        f"{plain[1]}\x1f{plain[2]}",
        "𠮷" * 9,
        "",
        "1.2.3",
        "12.",
        ".5",
    ]

    assert parse_column(cells, column, today=TODAY) == slow(cells, column)
