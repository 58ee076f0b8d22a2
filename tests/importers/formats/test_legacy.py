from pathlib import Path

import pytest

from importers import read
from importers.formats.legacy import legacy_sheets
from importers.formats.table import FileRefused
from tests.importers.files import TODAY
from tests.importers.legacy import table_xls

SAMPLE = Path(__file__).parents[4] / "shared" / "data" / "samples" / "legacy_inspections.xls"
# Record LABELSST, ten bytes long: row, column, format, text.
CELL = b"\xfd\x00\x0a\x00"


@pytest.mark.skipif(not SAMPLE.exists(), reason="needs ../shared")
def test_the_sheets_of_a_legacy_workbook_are_listed_with_their_cells():
    sheets = {name: (kind, visible, rows) for name, kind, visible, rows in legacy_sheets(SAMPLE.read_bytes())}

    assert sheets["Macro1"] == ("MacroSheet", False, None)
    kind, visible, rows = sheets["Sheet 1"]
    assert (kind, visible, len(rows)) == ("WorkSheet", True, 3287)


def _cells(data):
    at = data.find(CELL)
    while at >= 0:
        yield at
        at = data.find(CELL, at + 1)


@pytest.mark.skipif(not SAMPLE.exists(), reason="needs ../shared")
def test_one_cell_moved_far_away_is_refused_and_ends_nobody():
    data = bytearray(SAMPLE.read_bytes())
    # The high byte of a column: a sheet of thousands of rows by 56,000 columns.
    place = next(at for at in _cells(data) if int.from_bytes(data[at + 4 : at + 6], "little") > 2_000)
    data[place + 7] = 0xDC
    batch = read(bytes(data), filename="a.xls", kind="inspections", today=TODAY)

    assert [problem.code for problem in batch.problems] == ["F-DIMENSION"]


@pytest.mark.parametrize("rest", [b"", bytes(504), bytes(range(256)) * 8])
def test_a_compound_file_that_is_no_workbook_is_damaged(rest):
    with pytest.raises(FileRefused) as refused:
        legacy_sheets(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + rest)

    assert refused.value.finding.code == "F-ARCHIVE"


def test_a_reader_that_panics_says_so_at_once_even_where_traces_are_asked_for(monkeypatch):
    # Under the limit of memory a trace cannot be printed, and the reader waited until its time was over.
    monkeypatch.setenv("RUST_BACKTRACE", "1")
    rows = [["企业名称", "统一社会信用代码"], *[["示例公司", "91110108551385082Q"]] * 30]

    with pytest.raises(FileRefused) as refused:
        legacy_sheets(table_xls(rows)[:-1])

    assert refused.value.finding.code == "F-ARCHIVE"
