"""Positions in the XML of a sheet: read all at once where they are plain, with the same answer as one by one."""

import random

import pytest

from importers.formats import positions
from importers.formats.positions import Extent, extent_of

PLAIN = (
    b'<row r="1" spans="1:3">', b'<c r="A1" t="s">', b'<c r="B1">', b"</row>", b'<row r="20">', b'<c r="AA20" s="1"/>',
    b'<c r="XFD1048576"/>', b"<v>0</v>", b'<c r="C3"><is><t>r or r</t></is></c>', b'<sheetFormatPr defaultRowHeight="15"/>',
    b' xmlns:r="http://x" footer="0.3"', b'<row r="007"/>',
)  # fmt: skip


def test_plain_positions_are_measured_as_any_others(monkeypatch):
    # A position then often lies across the border of two blocks.
    monkeypatch.setattr(positions, "_BLOCK", 7)
    chance = random.Random(7)
    plain = 0
    for _ in range(3_000):
        part = b"".join(chance.choices(PLAIN, k=chance.randrange(1, 9)))
        if chance.random() < 0.3:
            at = chance.randrange(len(part))
            part = (
                part[:at] + chance.choice([b"r", b"=", b'"', b"<", b"c", b"0", b"A", b" "]) + part[at + 1 :]
            )
        found = positions._plain(part)
        plain += found is not None
        assert found is None or found == positions._any(part), part

    assert plain > 1_000


@pytest.mark.parametrize(
    ("part", "extent"),
    [
        (b"<sheetData/>", Extent(0, 1, 1)),
        (b'<row r="7"/>', Extent(0, 1, 7)),
        (b'<row r="1"><c r="A1"/><c r="C1"/></row><row r="2"><c r="B2"/></row>', Extent(3, 3, 2)),
        (b'<c r="B2"/><c r="A1"/>', Extent(2, 2, 2)),
        (b'<c r="A1"/><c r="B1"/><c r="A1"/>', Extent(3, 2, 1, "A1")),
        (b'<row r="5"/><row r="5"/>', Extent(0, 1, 5, "5")),
        (b"<c r='D4'/>", Extent(1, 4, 4)),
    ],
)
def test_a_sheet_reaches_as_far_as_its_positions(part, extent):
    assert extent_of(part) == extent
