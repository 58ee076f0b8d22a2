"""The stream of a legacy workbook looked at before it is opened: how large a sheet its cells span.

The reader lays out a rectangle up to the farthest cell of every sheet, and a cell of twenty bytes may be as far away as
65,535 rows and columns.  So the compound file is taken apart as far as its records, each read as a number of bytes only.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from importers.formats.archive import damaged, encrypted
from importers.formats.table import MOST_CELLS, MOST_COLUMNS, FileRefused

_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NO_SECTOR: Final = 0xFFFFFFFA
_STREAMS: Final = frozenset({"Workbook", "Book"})
# Records that place one cell, of every version; and those that place a run of cells in one row.
_CELL: Final = frozenset(
    {0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x0206, 0x0406, 0x00D6, 0x00FD, 0x027E, 0x007E}
)  # fmt: skip
_RUN: Final = frozenset({0x00BD, 0x00BE})
_DIMENSIONS: Final = 0x0200
_FILE_PASS: Final = 0x002F
_BOF: Final = frozenset({0x0009, 0x0209, 0x0409, 0x0809})
# The shortest record of a cell takes fourteen bytes; a stream of much shorter ones holds no table.
_BYTES_A_RECORD: Final = 10
_SPARSE_FROM: Final = 4_000_000
_LARGEST_SHEET: Final = 65_536 * 256
_HEADER: Final = struct.Struct("<HH")


@dataclass(slots=True)
class Extent:
    """What the reader will lay out: cells of all rectangles together, and what its sheets declare to be theirs."""

    area: int = 0
    cells: int = 0
    declared: int = 0


def measure(data: bytes) -> Extent:
    """The rectangles of every sheet of a legacy workbook.

    Raises:
        FileRefused: damaged, or a rectangle far larger than the cells in it.
    """
    extent = Extent()
    try:
        for stream in _workbook_streams(data):
            _add(stream, extent)
    except (struct.error, IndexError):
        raise damaged("工作簿不完整或已损坏") from None
    return extent


def _add(stream: bytes, extent: Extent) -> None:
    """The sheets of one stream, added up; refused as soon as they are together too much."""
    rows = columns = at = 0
    header, last_at = _HEADER.unpack_from, len(stream) - 4
    # One loop for millions of records: a call for each would cost more than all the rest.
    for _ in range(len(stream) // _BYTES_A_RECORD + 10_000):
        if at > last_at:
            break
        kind, size = header(stream, at)
        at += 4 + size
        if kind in _CELL:
            row, column = header(stream, at - size)
            extent.cells += 1
            if row >= rows:
                rows = row + 1
            if column >= columns:
                columns = column + 1
        elif kind in _RUN:
            row, column = header(stream, at - size)
            (last,) = struct.unpack_from("<H", stream, at - 2)
            extent.cells += max(last - column + 1, 1)
            rows, columns = max(rows, row + 1), max(columns, column + 1, last + 1)
        elif kind == _FILE_PASS:
            raise encrypted()
        elif kind in _BOF:
            _close(rows, columns, extent)
            rows = columns = 0
        elif kind == _DIMENSIONS and size >= 12:
            top, bottom, left, right = struct.unpack_from("<IIHH", stream, at - size)
            extent.declared = max(extent.declared, max(bottom - top, 0) * max(right - left, 0))
            if extent.declared > _LARGEST_SHEET:
                raise too_wide_spread(f"工作表声明有{bottom:,}行、{right:,}列")
    else:
        raise damaged("工作簿内部的内容无法解析")
    _close(rows, columns, extent)


def _close(rows: int, columns: int, extent: Extent) -> None:
    extent.area += rows * columns
    if extent.area > _SPARSE_FROM and (extent.area > MOST_CELLS or extent.area > 40 * extent.cells):
        raise too_wide_spread(
            f"范围达{rows:,}行、{columns:,}列，各工作表实际共有{extent.cells:,}个单元格有内容"
        )
    if columns > MOST_COLUMNS:
        raise FileRefused(
            "F-TOO-MANY-COLUMNS", f"有{columns}列，超过{MOST_COLUMNS}列的上限", "请删除多余的列后重新上传"
        )


def too_wide_spread(says: str) -> FileRefused:
    return FileRefused(
        "F-DIMENSION", says, "请用 Excel 或 WPS 打开，删除数据区域以外的内容，另存为 .xlsx 后重新上传"
    )


def _workbook_streams(data: bytes) -> Iterator[bytes]:
    """Every stream that a reader may take for the workbook."""
    if not data.startswith(_MAGIC) or len(data) < 512:
        raise damaged("工作簿不完整或已损坏")
    file = _Compound(data)
    for name, kind, start, size in file.directory:
        if kind == 2 and name in _STREAMS:
            yield file.stream(start, size)


class _Compound:
    """A compound file as far as its streams; each chain of sectors is followed once around at most."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift > shift:
            raise damaged("工作簿不完整或已损坏")
        self.sector, self.mini_sector = 1 << shift, 1 << mini_shift
        self.most = len(data) // self.sector + 1
        first_directory, _, self.cutoff, first_mini, _, first_difat, _ = struct.unpack_from(
            "<IIIIIII", data, 48
        )
        self.fat = self._table(self._difat(first_difat))
        entries = self._chained(first_directory, self.fat)
        self.directory = [self._entry(entries, at) for at in range(0, len(entries) - 127, 128)]
        self.mini_fat = self._table(self._chain(first_mini, self.fat))
        root = next((entry for entry in self.directory if entry[1] == 5), None)
        self.mini = self._chained(root[2], self.fat) if root else b""

    def stream(self, start: int, size: int) -> bytes:
        if size >= self.cutoff:
            return self._chained(start, self.fat)[:size]
        parts = [
            self.mini[at * self.mini_sector : (at + 1) * self.mini_sector]
            for at in self._chain(start, self.mini_fat)
        ]
        return b"".join(parts)[:size]

    def _difat(self, first: int) -> list[int]:
        found = list(struct.unpack_from("<109I", self.data, 76))
        seen: set[int] = set()
        while first < _NO_SECTOR and first not in seen and len(seen) < self.most:
            seen.add(first)
            numbers = struct.unpack(f"<{self.sector // 4}I", self._at(first))
            found += numbers[:-1]
            first = numbers[-1]
        return [number for number in found if number < _NO_SECTOR][: self.most]

    def _table(self, sectors: list[int]) -> list[int]:
        table: list[int] = []
        for number in sectors:
            table += struct.unpack(f"<{self.sector // 4}I", self._at(number))
        return table

    def _chain(self, first: int, fat: list[int]) -> list[int]:
        chain: list[int] = []
        while first < len(fat) and len(chain) <= len(fat):
            chain.append(first)
            first = fat[first]
        return chain

    def _chained(self, first: int, fat: list[int]) -> bytes:
        return b"".join(self._at(number) for number in self._chain(first, fat)[: self.most])

    def _at(self, number: int) -> bytes:
        start = (number + 1) * self.sector
        # The last sector of a file may be cut short.
        return self.data[start : start + self.sector].ljust(self.sector, b"\0")

    @staticmethod
    def _entry(entries: bytes, at: int) -> tuple[str, int, int, int]:
        (length,) = struct.unpack_from("<H", entries, at + 64)
        name = entries[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
        start, size = struct.unpack_from("<II", entries, at + 116)
        return name, entries[at + 66], start, size
