import io

import openpyxl
import pytest

from importers import check_record, layouts, read, template
from tests.importers.files import GOOD, TODAY, titled

MAIN = [layout for layout in layouts() if layout.main]


@pytest.mark.parametrize("layout", MAIN, ids=lambda layout: layout.name)
def test_the_example_of_a_template_passes_its_own_checks(layout):
    example = {column.name: column.example for column in layout.columns if column.example}
    _, problems = check_record(layout.kind, example, today=TODAY)

    assert [problem for problem in problems if problem.disposition not in ("warning", "normalised")] == []


@pytest.mark.parametrize("layout", MAIN, ids=lambda layout: layout.name)
def test_a_template_sent_back_as_it_is_registers_nobody(layout):
    batch = read(template(layout), filename="template.xlsx", kind=layout.kind, today=TODAY)

    assert batch.layout == layout
    assert [problem.code for problem in batch.problems] == ["F-NO-ROWS"]


def test_a_filled_template_is_read_and_its_example_skipped():
    layout = layouts("hazards")[0]
    book = openpyxl.load_workbook(io.BytesIO(template(layout)))
    sheet = book["数据"]
    titles = {cell.value.lstrip("*"): cell.column for cell in sheet[1]}
    for title, value in titled("hazards", GOOD["hazards"]).items():
        sheet.cell(row=3, column=titles[title], value=value)
    target = io.BytesIO()
    book.save(target)

    batch = read(target.getvalue(), filename="filled.xlsx", kind="hazards", today=TODAY)

    assert [(p.row, p.code) for p in batch.problems] == [(2, "R-EXAMPLE-LINE")]
    assert list(batch.frame["row"]) == [3]


def test_the_second_sheet_explains_every_column():
    layout = layouts("penalties")[0]
    sheet = openpyxl.load_workbook(io.BytesIO(template(layout)))["填写说明"]

    assert [row[0].value for row in sheet.iter_rows(min_row=5)] == [column.title for column in layout.columns]
