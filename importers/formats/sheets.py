"""The XML of a workbook looked at before the workbook is opened: what calamine would pass over in silence.

python-calamine answers the cached value of a formula, an empty text for an error, merged and hidden cells like any
other, and lays out a rectangle up to the farthest cell.  So the XML is searched first; only a sheet in which something
is found is walked cell by cell.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Final

from importers.formats.archive import damaged
from importers.formats.cells import Walk, parse, place_of, struck_styles
from importers.formats.positions import extent_of, stands
from importers.formats.table import MOST_CELLS, MOST_COLUMNS, FileRefused
from importers.problems import Finding

_DOCTYPE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[ />]")
_ERROR: Final = re.compile(rb"""\bt\s*=\s*["']e["']""")
_HIDDEN: Final = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']""")
_MERGED: Final = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref\s*=\s*[\"']([A-Z]+[0-9]+:[A-Z]+[0-9]+)[\"']")
# Rows and columns of the rectangle that calamine lays out for a sparse sheet.
_SPARSE_FROM: Final = 4_000_000


@dataclass(slots=True)
class Sheet:
    """What the XML of one sheet tells about its cells; numbers count from 1, columns from 0."""

    marks: dict[tuple[int, int], Finding] = field(default_factory=dict)
    merged: list[tuple[int, int, str]] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)


def inspect_book(archive: zipfile.ZipFile, data: bytes) -> Book:
    """Every XML part unpacked within its declared size and found free of declarations.

    Raises:
        FileRefused: a part that is longer than declared, or that declares entities.
    """
    parts = {}
    for member in archive.infolist():
        name = member.filename
        if name.lower().endswith((".xml", ".rels", ".vml")):
            part = _unpacked(member, data)
            # The mark alone is found at once, and most parts have none.
            if (b"!" in part and b"<!" in part and _DOCTYPE.search(part)) or part[:4].count(0):
                raise FileRefused(
                    "F-XML-UNSAFE",
                    f"部件 {name[-40:]} 含有实体声明或不寻常的编码，不予解析",
                    "请用 Excel 或 WPS 打开后另存为 .xlsx，再重新上传",
                )
            if name.startswith(("xl/", "/xl/")) or name.lower().endswith("workbook.xml"):
                parts[name] = part
    if len(parts) != len({name.lower() for name in parts}):
        raise damaged("压缩包内有重名的部件")
    return Book(parts)


def _unpacked(member: zipfile.ZipInfo, data: bytes) -> bytes:
    """The bytes of a part, read by its own header: a part that unpacks to more than it says is a bomb."""
    at = member.header_offset
    header = data[at : at + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise damaged("压缩包不完整或已损坏")
    start = at + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    packed = data[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        part = packed
    elif member.compress_type == zipfile.ZIP_DEFLATED:
        try:
            part = zlib.decompressobj(-15).decompress(packed, member.file_size + 1)
        except zlib.error:
            raise damaged("压缩包不完整或已损坏") from None
    else:
        raise damaged("压缩方式不常见")
    if len(part) != member.file_size:
        raise damaged("压缩包内部件的大小与目录不符")
    return part


@dataclass(slots=True)
class Book:
    """The XML parts of a workbook by name; ``area`` and ``cells`` are of the sheets measured so far."""

    parts: dict[str, bytes]
    area: int = 0
    cells: int = 0

    def sheet_paths(self) -> dict[str, str]:
        """Sheet name → name of its part."""
        targets = {}
        for attributes in _elements(self._part("xl/_rels/workbook.xml.rels"), "Relationship"):
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = (
                target.lstrip("/") if target.startswith("/") else "xl/" + target
            )
        paths = {}
        for attributes in _elements(self._part("xl/workbook.xml"), "sheet"):
            relation = next(
                (value for name, value in attributes.items() if name.rpartition(":")[2] == "id"), ""
            )
            path = targets.get(relation, "")
            name = attributes.get("name", "")
            if name in paths:
                raise damaged("两个工作表同名")
            if path in self.parts:
                paths[name] = path
        return paths

    def counts_from_1904(self) -> bool:
        return any(
            attributes.get("date1904") in ("1", "true")
            for attributes in _elements(self._part("xl/workbook.xml"), "workbookPr")
        )

    def has_comments(self) -> bool:
        return any(name.lower().startswith(("xl/comments", "xl/threadedcomments")) for name in self.parts)

    def _part(self, name: str) -> bytes:
        return self.parts.get(name, b"")

    def measure(self, name: str, path: str) -> None:
        """Refuse a sheet whose rectangle could not be laid out beside those before it, or that names a cell twice.

        Raises:
            FileRefused
        """
        part = self.parts[path]
        extent = extent_of(part)
        widest, lowest = extent.widest, extent.lowest
        if extent.twice is not None:
            raise FileRefused(
                "F-DUPLICATE-CELL",
                f"单元格 {extent.twice} 或其所在行在文件中出现了两次",
                "文件内部有矛盾；请用 Excel 或 WPS 打开后另存为新的 .xlsx",
                sheet=name,
            )
        self.area += lowest * widest
        self.cells += extent.cells
        if self.area > _SPARSE_FROM and (self.area > MOST_CELLS or self.area > 40 * self.cells):
            raise FileRefused(
                "F-DIMENSION",
                f"范围达{lowest:,}行、{widest:,}列，各工作表至此实际只有{self.cells:,}个单元格有内容",
                "请删除数据区域以外的单元格（选中后“清除全部”），另存后重新上传",
                sheet=name,
            )
        if widest > MOST_COLUMNS:
            raise FileRefused(
                "F-TOO-MANY-COLUMNS",
                f"有{widest}列，超过{MOST_COLUMNS}列的上限",
                "请删除多余的列后重新上传",
                sheet=name,
            )

    def look(self, path: str) -> Sheet:
        """What is to be said of the cells of a sheet; nothing for most sheets, told by five searches."""
        part = self.parts[path]
        sheet = Sheet()
        struck = struck_styles(self._part("xl/styles.xml"))
        uses_struck = any(re.search(rb'\bs\s*=\s*["\']%d["\']' % style, part) for style in struck)
        # A look at single letters or bytes first: most sheets hold none of these, and a pattern is ten times as slow.
        has_formula = stands(part, b"f", after=b"<:") and _FORMULA.search(part)
        has_error = stands(part, b"e", after=b"\"'") and _ERROR.search(part)
        has_hidden = b"hidden" in part and _HIDDEN.search(part)
        if has_formula or has_error or has_hidden or uses_struck:
            walk = Walk(struck)
            walk.through(part)
            sheet.marks |= walk.marks
            sheet.notes += walk.hidden_notes()
        for reference in _MERGED.findall(part) if b"mergeCell" in part else ():
            _mark_merged(sheet, reference.decode("ascii"))
        return sheet


def _mark_merged(sheet: Sheet, reference: str) -> None:
    first, _, last = reference.partition(":")
    top, left = place_of(first)
    bottom, right = place_of(last)
    sheet.merged.append((top, bottom, reference))
    if (bottom - top + 1) * (right - left + 1) > 100_000:
        return
    finding = Finding(
        "R-MERGED-CELL",
        "refuse_row",
        f"属于合并的单元格 {reference}，内容不属于本行",
        "请取消合并，在每一行填写各自的内容",
    )
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            if (row, column) != (top, left):
                sheet.marks[row, column] = finding


def _elements(part: bytes, wanted: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == wanted:
            found.append(attributes)

    if part:
        parse(part, start, None, None)
    return found
