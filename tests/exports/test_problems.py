import io
from dataclasses import dataclass, field
from datetime import date

import openpyxl

from credit_registry.exports.problems import LINE, REASONS, problems_workbook
from importers import Batch, read
from tests.importers.files import CODE, TODAY, grid, xlsx_bytes

WRONG = "91110108551385083Q"


@dataclass(frozen=True)
class Row:
    row: int
    cells: dict[str, str]
    problems: list[dict[str, object]] = field(default_factory=list)


def rows_of(batch: Batch) -> list[Row]:
    held = batch.frame[batch.frame["disposition"] == "hold"]
    raws = {each.row: each.raw for each in batch.refused} | dict(zip(held["row"], held["raw"], strict=True))
    return [
        Row(number, dict(raw), [problem.as_dict() for problem in batch.problems if problem.row == number])
        for number, raw in raws.items()
    ]


def bad_batch() -> Batch:
    rows = grid(
        "penalties",
        [{}, {"uscc": WRONG}, {"uscc": ""}, {"dated_on": date(2026, 3, 1), "name": "=1+1公司", "cause": ""}],
    )
    return read(xlsx_bytes(rows), filename="a.xlsx", kind="penalties", today=TODAY)


def test_only_rows_that_wait_are_in_it_with_their_reasons_and_lines():
    batch = bad_batch()
    sheet = openpyxl.load_workbook(io.BytesIO(problems_workbook(rows_of(batch), titles=batch.header)))["数据"]
    titles = [cell.value for cell in sheet[1]]
    table = [
        dict(zip(titles, [cell.value for cell in row], strict=True)) for row in sheet.iter_rows(min_row=2)
    ]

    assert titles == [*batch.header, REASONS, LINE]
    assert [row[LINE] for row in table] == ["3", "4"]
    assert "校验码不正确" in table[0][REASONS]
    assert "为空" in table[1][REASONS]


def test_the_cell_that_is_wrong_is_coloured_and_the_others_are_not():
    batch = bad_batch()
    sheet = openpyxl.load_workbook(io.BytesIO(problems_workbook(rows_of(batch), titles=batch.header)))["数据"]
    coloured = {
        (cell.row, sheet.cell(1, cell.column).value): cell.fill.start_color.rgb
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if cell.fill.fill_type == "solid" and sheet.cell(1, cell.column).value != REASONS
    }

    code = "行政相对人代码_1(统一社会信用代码)"
    assert coloured == {(2, code): "FFF8CBAD", (3, code): "FFFFE699"}


def test_corrected_it_can_be_sent_back_as_it_is():
    batch = bad_batch()
    book = openpyxl.load_workbook(io.BytesIO(problems_workbook(rows_of(batch), titles=batch.header)))
    for line in (2, 3):
        book["数据"].cell(line, batch.header.index("行政相对人代码_1(统一社会信用代码)") + 1, CODE)
    target = io.BytesIO()
    book.save(target)

    again = read(target.getvalue(), filename="back.xlsx", kind="penalties", today=TODAY)

    assert again.problems == []
    assert list(again.frame["disposition"]) == ["accept", "accept"]


def test_what_a_spreadsheet_would_run_is_text():
    data = problems_workbook([Row(2, {"名称": "=cmd()"}, [])])
    cell = openpyxl.load_workbook(io.BytesIO(data))["数据"].cell(2, 1)

    assert (cell.value, cell.data_type) == ("=cmd()", "s")


def test_a_title_of_the_standards_code_is_coloured_as_well():
    rows = [
        ["CF_XDR_MC", "CF_XDR_SHXYM", "CF_WSH", "CF_WFXW", "CF_NR", "CF_JDRQ", "CF_CFJG"],
        ["示例公司", WRONG, "1号", "某行为", "警告", "2026-03-01", "某局"],
    ]
    batch = read(xlsx_bytes(rows), filename="a.xlsx", kind="penalties", today=TODAY)

    assert [problem.column for problem in batch.problems] == ["CF_XDR_SHXYM"]
