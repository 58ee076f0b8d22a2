import csv
import io
from datetime import date

import pytest

from credit_registry.exports.csv import csv_bytes, safe_text
from credit_registry.exports.tables import Column, Table

COLUMNS = (Column("name", "名称"), Column("uscc", "统一社会信用代码"), Column("until", "至"))


def a_table(*rows: dict[str, object]) -> Table:
    return Table("black", "名单", COLUMNS, rows, date(2026, 11, 24), 7)


@pytest.mark.parametrize(
    "dangerous",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "＋1", "－1", "＠SUM", "\u3000=1",
        "\ufeff=cmd|' /C calc'!A0", "|calc", "%0A=1", "\u00a0@x", "\tplain",
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_execute_stands_behind_an_apostrophe(dangerous: str) -> None:
    assert safe_text(dangerous) == "'" + dangerous


@pytest.mark.parametrize(
    "harmless", ["", "示例有限公司", "91110108XX0000017X", "2026-11-24", "a=1", "（演示）-1", "0.2"]
)
def test_harmless_text_is_left_alone(harmless: str) -> None:
    assert safe_text(harmless) == harmless


def test_the_file_begins_with_a_byte_order_mark_and_states_its_day_and_version() -> None:
    data = csv_bytes(a_table({"name": "甲", "uscc": "911101080000000012", "until": date(2029, 1, 2)}))

    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert lines == [
        ["名称", "统一社会信用代码", "至", "数据截止日", "名单版本"],
        ["甲", "911101080000000012", "2029-01-02", "2026-11-24", "7"],
    ]


def test_quotes_commas_and_line_breaks_survive_a_round_trip() -> None:
    name = '甲"乙",丙\n丁'

    data = csv_bytes(a_table({"name": name}))

    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1][0] == name


def test_a_missing_value_is_an_empty_cell_and_an_unknown_type_is_a_defect() -> None:
    assert csv_bytes(a_table({})).decode("utf-8-sig").splitlines()[1] == ",,,2026-11-24,7"
    with pytest.raises(TypeError):
        csv_bytes(a_table({"name": object()}))


def test_what_is_no_list_has_no_version() -> None:
    data = csv_bytes(Table("impact", "影响", COLUMNS, [{"name": "甲"}], date(2026, 11, 24), None))

    assert data.decode("utf-8-sig").splitlines() == ["名称,统一社会信用代码,至,数据截止日", "甲,,,2026-11-24"]
