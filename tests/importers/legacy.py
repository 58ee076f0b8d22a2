"""Legacy workbooks made in the test: no library that writes them is installed, and a bomb must be made by hand."""

import struct
from collections.abc import Iterable, Sequence

Cell = tuple[int, int, str | float]
_SECTOR = 512
_END, _FREE, _FAT, _DIFAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFC


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _begin(kind: int) -> bytes:
    return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _cell(row: int, column: int, value: str | float) -> bytes:
    if isinstance(value, str):
        text = value.encode("utf-16-le")
        return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(value), 1) + text)
    return record(0x0203, struct.pack("<HHHd", row, column, 0, value))


def xls_bytes(*sheets: Iterable[Cell], declared: tuple[int, int] = (65_536, 256)) -> bytes:
    """A workbook of these sheets, each of which declares so many rows and columns."""
    bodies = []
    for cells in sheets:
        told = record(0x0200, struct.pack("<IIHHH", 0, declared[0], 0, declared[1], 0))
        bodies.append(b"".join([_begin(0x10), told, *(_cell(*cell) for cell in cells), record(0x000A)]))
    head = _begin(0x05) + record(0x0042, struct.pack("<H", 1200))
    names = [f"S{number}" for number in range(len(bodies))]
    place = len(head) + sum(12 + 2 * len(name) for name in names) + 4
    listed = b""
    for name, body in zip(names, bodies, strict=True):
        title = name.encode("utf-16-le")
        listed += record(0x0085, struct.pack("<IBBBB", place, 0, 0, len(name), 1) + title)
        place += len(body)
    return compound(head + listed + record(0x000A) + b"".join(bodies))


def table_xls(rows: Sequence[Sequence[str | float]]) -> bytes:
    cells = [
        (at, place, value) for at, row in enumerate(rows) for place, value in enumerate(row) if value != ""
    ]
    return xls_bytes(cells, declared=(len(rows), max(map(len, rows))))


def compound(stream: bytes) -> bytes:
    """A compound file whose one stream is a workbook."""
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    body = len(stream) // _SECTOR
    tables, more = 1, 0
    # Tables of sectors name all sectors, their own among them; beyond 109 they are named in sectors of their own.
    while tables * 128 < body + 1 + tables + more or max(tables - 109, 0) > more * 127:
        tables += 1
        more = -(-max(tables - 109, 0) // 127)
    fat = [*range(1, body), _END, _END, *[_FAT] * tables, *[_DIFAT] * more]
    fat += [_FREE] * (tables * 128 - len(fat))
    listed = list(range(body + 1, body + 1 + tables))
    first_more = body + 1 + tables
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
    )
    header += struct.pack("<9I", 0, tables, body, 0, 4096, _END, 0, first_more if more else _END, more)
    header += struct.pack("<109I", *listed[:109], *[_FREE] * (109 - len(listed[:109])))
    extra = b""
    for number in range(more):
        part = listed[109 + number * 127 : 236 + number * 127]
        following = first_more + number + 1 if number + 1 < more else _END
        extra += struct.pack("<128I", *part, *[_FREE] * (127 - len(part)), following)
    directory = _entry("Root Entry", 5, _END, 0) + _entry("Workbook", 2, 0, len(stream))
    return header + stream + directory.ljust(_SECTOR, b"\0") + struct.pack(f"<{len(fat)}I", *fat) + extra


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    title = name.encode("utf-16-le") + b"\0\0"
    child = 1 if kind == 5 else _FREE
    links = struct.pack("<HBBIII", len(title), kind, 1, _FREE, _FREE, child)
    return title.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)
