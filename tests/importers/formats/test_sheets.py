import pytest

from importers import read
from tests.importers.files import TODAY, grid, xlsx_bytes
from tests.importers.test_bad_input import in_sheet, repacked


def codes(data):
    return [problem.code for problem in read(data, filename="a.xlsx", kind="penalties", today=TODAY).problems]


@pytest.mark.parametrize(
    "cell",
    [b'<c r="A1"r="A99999999999"', b'<c r="A99999999999"', b'<c r="A&#49;"', b'<c r="a1"', b'<c r="AAAA1"'],
)
def test_a_position_that_no_sheet_has_is_refused_before_the_reader_sees_it(cell):
    assert codes(in_sheet(b'<c r="A1"', cell)) == ["F-ARCHIVE"]


@pytest.mark.parametrize(
    "cell",
    [
        b"<c r='XFD1048576'",
        b'<c r = "XFD1048576"',
        b'<c r  = "XFD1048576"',
        b'<c r\t="XFD1048576"',
        b'<c r\r="XFD1048576"',
        b'<c r\n="XFD1048576"',
        b'<c r= "XFD1048576"',
        b'<c t="s"r="XFD1048576"',
        b'<c color="1" r="XFD1048576"',
        b'<c r="ZZ999999"',
    ],
)
def test_a_far_cell_is_measured_however_it_is_written(cell):
    assert codes(in_sheet(b'<c r="A1"', cell)) == ["F-DIMENSION"]


def test_rows_and_cells_without_positions_are_read_in_order():
    plain = xlsx_bytes(grid("penalties", [{}]))
    bare = in_sheet(b' spans="1:14"', b"")

    assert codes(plain) == codes(bare) == []


def test_an_unknown_encoding_of_a_part_is_a_damaged_file():
    def spoil(name, part):
        return part.replace(b'encoding="UTF-8"', b'encoding="UT"') if name == "xl/workbook.xml" else part

    assert codes(repacked(xlsx_bytes(grid("penalties", [{}])), spoil)) == ["F-ARCHIVE"]
