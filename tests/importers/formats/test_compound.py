"""The size of a legacy workbook, told from its records before anybody opens it."""

import pytest
import python_calamine as calamine

from importers import read
from importers.formats.compound import measure
from importers.formats.legacy import legacy_sheets
from importers.formats.table import FileRefused
from tests.importers.files import TODAY, grid
from tests.importers.legacy import compound, record, table_xls, xls_bytes


def test_the_rectangle_is_that_of_the_farthest_cells():
    extent = measure(xls_bytes([(0, 0, "甲"), (2, 1, 3.5)], [(9, 4, 1.0)], declared=(10, 5)))

    assert (extent.area, extent.cells, extent.declared) == (3 * 2 + 10 * 5, 3, 50)


@pytest.mark.parametrize("rows", [1, 300, 9_000])
def test_a_workbook_of_any_size_is_read_whole(rows):
    """A few sectors, more than one table of sectors, more than the header has room to name."""
    cells = [(row, column, f"第{row}行第{column}列" * 20) for row in range(rows) for column in range(5)]
    data = xls_bytes(cells, declared=(rows, 5))

    ((name, kind, visible, read_rows),) = legacy_sheets(data)

    assert (name, kind, visible) == ("S0", "WorkSheet", True)
    assert read_rows == [[f"第{row}行第{column}列" * 20 for column in range(5)] for row in range(rows)]
    assert measure(data).cells == len(cells)


def test_a_penalty_file_of_the_legacy_format_is_understood():
    batch = read(table_xls(grid("penalties", [{}, {}])), filename="a.xls", kind="penalties", today=TODAY)

    assert (batch.rows, [problem.code for problem in batch.problems]) == (2, [])


def test_what_a_sheet_only_declares_is_no_reason_to_refuse_it():
    """Many programs declare the whole sheet."""
    ((_, _, _, rows),) = legacy_sheets(xls_bytes([(0, 0, "甲"), (1, 1, "乙")], declared=(65_536, 256)))

    assert rows == [["甲", ""], ["", "乙"]]


def test_a_locked_workbook_is_told_as_such():
    locked = compound(record(0x0809, b"\0\6\5\0" + bytes(12)) + record(0x002F, bytes(54)))

    with pytest.raises(FileRefused) as refused:
        legacy_sheets(locked)
    assert refused.value.finding.code == "F-ENCRYPTED"


@pytest.mark.parametrize("at", [30, 44, 48, 68, 76])
def test_a_header_that_points_anywhere_ends_nobody(at):
    """Sizes and places of a header, spoiled: the answer is a table or a refusal, and comes."""
    data = bytearray(xls_bytes([(0, 0, "甲")]))
    for value in (0, 1, 0x7F, 0xFF):
        data[at : at + 4] = bytes([value]) * 4
        batch = read(bytes(data), filename="a.xls", kind="penalties", today=TODAY)
        assert {problem.code for problem in batch.problems} <= {
            "F-ARCHIVE",
            "F-DIMENSION",
            "F-EMPTY",
            "H-MISSING",
        }


def test_the_writer_of_these_tests_is_read_by_the_reader_alone():
    import io

    with calamine.load_workbook(io.BytesIO(xls_bytes([(0, 0, "甲"), (2, 1, 3.5)]))) as book:
        assert book.get_sheet_by_index(0).to_python(skip_empty_area=False) == [
            ["甲", ""],
            ["", ""],
            ["", 3.5],
        ]
