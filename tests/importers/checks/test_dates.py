from datetime import date, datetime

import pytest

from importers.checks.dates import parse_date

TODAY = date(2026, 11, 24)
DAY = date(2020, 9, 14)


def parsed(cell, *, future=False, no_end=False, republic=False):
    day, findings = parse_date(cell, today=TODAY, future=future, no_end=no_end, republic=republic)
    return day, [(finding.code, finding.disposition) for finding in findings]


@pytest.mark.parametrize("cell", ["2020-09-14", DAY, datetime(2020, 9, 14)])  # noqa: DTZ001 - cells have no zone
def test_a_plain_day_is_taken_without_a_word(cell):
    assert parsed(cell) == (DAY, [])


@pytest.mark.parametrize(
    "cell",
    [
        "2020年9月14日",
        "2020.9.14",
        "2020/9/14",
        "20200914",
        "２０２０－０９－１４",
        "二〇二〇年九月十四日",
        "2020 年 9 月 14 日",
    ]
    + ["2020-09-14 00:00:00", "2020/9/14 0:00", "二零二零年九月十四日"],
)
def test_known_forms_are_taken_with_a_note(cell):
    assert parsed(cell) == (DAY, [("N-DATE", "normalised")])


def test_chinese_numerals_of_two_and_three_characters():
    assert parsed("二〇二〇年十一月二十三日")[0] == date(2020, 11, 23)
    assert parsed("二〇二〇年十月二十日")[0] == date(2020, 10, 20)


@pytest.mark.parametrize(
    ("cell", "code", "disposition"),
    [
        ("09/10/2020", "R-DATE-AMBIGUOUS", "refuse_row"),
        ("9.10.20", "R-DATE-AMBIGUOUS", "refuse_row"),
        ("44088", "R-DATE-SERIAL", "hold"),
        (44088.0, "R-DATE-SERIAL", "hold"),
        (datetime(2020, 9, 14, 10, 30), "R-DATE-SERIAL", "hold"),  # noqa: DTZ001 - cells have no zone
        ("2020-09-14 10:30", "R-DATE-SERIAL", "hold"),
        (0.0, "R-DATE-RANGE", "refuse_row"),
        (60.0, "R-DATE-RANGE", "refuse_row"),
        (2958466.0, "R-DATE-RANGE", "refuse_row"),
        (-1.0, "R-DATE-RANGE", "refuse_row"),
        ("2023-02-29", "R-DATE-FORMAT", "refuse_row"),
        ("2022-09-31", "R-DATE-FORMAT", "refuse_row"),
        ("2020-13-01", "R-DATE-FORMAT", "refuse_row"),
        ("2024-W09-4", "R-DATE-FORMAT", "refuse_row"),
        ("0000-00-00", "R-DATE-FORMAT", "refuse_row"),
        ("9999-12-31", "R-DATE-FORMAT", "refuse_row"),
        ("长期", "R-DATE-FORMAT", "refuse_row"),
        ("2026-11-25", "R-DATE-FUTURE", "refuse_row"),
        ("1949-09-30", "R-DATE-RANGE", "refuse_row"),
        (True, "R-DATE-FORMAT", "refuse_row"),
    ],
)
def test_what_is_no_certain_day_is_not_one(cell, code, disposition):
    assert parsed(cell) == (None, [(code, disposition)])


def test_a_held_serial_proposes_its_day():
    _, (finding,) = parse_date(44088.0, today=TODAY, future=False, no_end=False, republic=False)

    assert "2020-09-14" in finding.hint


def test_today_is_not_the_future():
    assert parsed("2026-11-24") == (TODAY, [])


@pytest.mark.parametrize("cell", ["长期", "2099-12-31", "9999-12-31", date(2099, 12, 31)])
def test_no_end_is_nothing_where_a_column_allows_it(cell):
    assert parsed(cell, future=True, no_end=True) == (None, [])


def test_years_of_the_republic_only_where_the_layout_writes_them():
    assert parsed("109/10/08", republic=True) == (date(2020, 10, 8), [("N-DATE", "normalised")])
    assert parsed("109/10/08")[0] is None


@pytest.mark.parametrize(
    "cell", ["14 Sep 2020", "14th September 2020", "14-Sept-2020", "September 14, 2020", "SEP. 14th 2020"]
)
def test_a_month_in_letters_leaves_no_doubt(cell):
    assert parsed(cell) == (date(2020, 9, 14), [("N-DATE", "normalised")])


@pytest.mark.parametrize("cell", ["14 Sex 2020", "31 June 2020", "Ma 3 2020", "14 Sep 20"])
def test_letters_that_are_no_month_or_no_day_are_no_date(cell):
    assert parsed(cell) == (None, [("R-DATE-FORMAT", "refuse_row")])
