import io
from datetime import date

import openpyxl

from credit_registry.exports.tables import Column, Table
from credit_registry.exports.xlsx import xlsx_bytes

COLUMNS = (Column("name", "名称"), Column("uscc", "统一社会信用代码"), Column("conditions", "情形"))


def a_table(*rows: dict[str, object]) -> Table:
    return Table("black", "严重失信主体名单", COLUMNS, rows, date(2026, 11, 24), 7, ("不等于信用良好证明。",))


def test_every_cell_is_text_even_one_that_looks_like_a_formula_or_a_number() -> None:
    data = xlsx_bytes(
        a_table({"name": "=HYPERLINK(1)", "uscc": "911101080000000012", "conditions": ("6-1", "6-4")})
    )

    sheet = openpyxl.load_workbook(io.BytesIO(data))["名单"]
    assert [(cell.value, cell.data_type) for cell in sheet[2]] == [
        ("=HYPERLINK(1)", "s"),
        ("911101080000000012", "s"),
        ("6-1；6-4", "s"),
    ]


def test_a_second_sheet_says_what_the_table_is() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(a_table())))

    said = {(row[0].value, row[1].value) for row in book["说明"].iter_rows()}
    assert ("数据截止日", "2026-11-24") in said
    assert ("名单版本", "7") in said
    assert ("注意", "不等于信用良好证明。") in said


def test_the_same_table_gives_the_same_bytes_and_names_nobody() -> None:
    table = a_table({"name": "甲"})

    assert xlsx_bytes(table) == xlsx_bytes(table)
    assert not openpyxl.load_workbook(io.BytesIO(xlsx_bytes(table))).properties.creator
