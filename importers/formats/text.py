"""Separated text: encodings by a strict ladder, records with the line they begin on."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final, TextIO

from importers.formats.table import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, FileRefused, Table
from importers.problems import Finding

# The module-wide limit of csv (131,072 characters) would abort the file; a cell that is too long is a problem of its row.
# Far above that, it is a quote that was never closed.
csv.field_size_limit(4 * 2**20)

_NAMES: Final = {
    "utf-8": "utf-8", "utf8": "utf-8", "utf-8-sig": "utf-8", "utf_8": "utf-8",
    "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030",
    "utf-16": "utf-16", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be", "big5": "big5hkscs", "cp950": "big5hkscs", "big5hkscs": "big5hkscs",
    "shift-jis": "cp932", "sjis": "cp932", "cp932": "cp932", "euc-jp": "euc-jp", "euc-kr": "cp949", "cp949": "cp949",
    "windows-1252": "cp1252", "cp1252": "cp1252", "iso-8859-1": "iso-8859-1", "latin-1": "iso-8859-1",
    "windows-1251": "cp1251", "cp1251": "cp1251", "tis-620": "cp874", "cp874": "cp874",
}  # fmt: skip
# What a draft tries beside the ladder; an import is told by the layout.
DRAFTED: Final = ("big5", "shift-jis", "euc-jp", "euc-kr")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")

KnowsHeader = Callable[[str], bool]


def read_text(data: bytes, *, encoding: str | None, separator: str = ",", knows: KnowsHeader) -> Table:
    """The records of separated text.

    Args:
        encoding: the sender's word for it, None to find out.
        separator: between the cells of a line.
        knows: whether the first lines of a reading hold titles of a layout; decides between two readings.
    """
    text, name, notes = decoded(data, encoding=encoding, knows=knows)
    if text.startswith("\ufeff"):
        notes.append(
            Finding(
                "R-INVISIBLE-CHAR",
                "warning",
                "开头有多余的字节序标记（U+FEFF），已删除",
                "请核对导出程序是否重复写入",
            )
        )
    # The text was needed to be sure of the encoding; the records are read from the bytes again, a line at a time.
    del text
    payload = _without_marks(data, name)
    rows, numbers = _records(
        lambda: io.TextIOWrapper(io.BytesIO(payload), encoding=name, newline=""), separator
    )
    return Table(format="csv", rows=rows, numbers=numbers, encoding=name, is_text=True, notes=notes)


def _without_marks(data: bytes, name: str) -> memoryview:
    mark_of = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    bom = mark_of.get(name)
    start = 0
    while bom and data.startswith(bom, start):
        start += len(bom)
    return memoryview(data)[start:]


def decoded(data: bytes, *, encoding: str | None, knows: KnowsHeader) -> tuple[str, str, list[Finding]]:
    """Text, the name of its encoding, notes.

    Raises:
        FileRefused: no strict reading, or two of them and nothing to decide by.
    """
    if encoding is not None:
        return _declared(data, encoding)
    if data.startswith(codecs.BOM_UTF8):
        return _strict(data[3:], "utf-8", 3), "utf-8", [_BOM]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        return _strict(data[2:], name, 2), name, [_BOM]
    if _is_bare_utf16(data[:4096], knows):
        raise FileRefused(
            "F-ENCODING",
            "像是没有字节序标记的 UTF-16 文本，不能确定字节顺序",
            "请另存为“CSV UTF-8（逗号分隔）”后重新上传",
        )
    return _laddered(data, knows)


def _is_bare_utf16(head: bytes, knows: KnowsHeader) -> bool:
    """UTF-16 without its mark: every second byte of ASCII is zero, and either order may give the titles."""
    if 0 not in head:
        return False
    if head.count(0) * 4 > len(head):
        return True
    return any(knows(head.decode(name, errors="ignore")) for name in ("utf-16-le", "utf-16-be"))


def _laddered(data: bytes, knows: KnowsHeader) -> tuple[str, str, list[Finding]]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        gb = _attempt(data, "gb18030")
        if gb is None or (not knows(gb) and _is_damaged_utf8(data, knows)):
            raise _damaged(data, error, knows) from None
        return (
            gb,
            "gb18030",
            [Finding("N-ENCODING", "normalised", "文件编码为 GB18030，已按此读取", "无需处理")],
        )
    if text.isascii() or knows(text) or (gb := _attempt(data, "gb18030")) is None:
        return text, "utf-8", []
    if knows(gb):
        return (
            gb,
            "gb18030",
            [Finding("N-ENCODING", "normalised", "文件编码为 GB18030，已按此读取", "无需处理")],
        )
    if not _HAN.search(text) and (found := _HAN.search(gb)):
        at = next(place for place, char in enumerate(text) if not char.isascii())
        says = f"按 UTF-8 读为“{text[at : at + 8]}”，按 GB18030 读为“{gb[found.start() : found.start() + 8]}”，两种读法都成立"
        hint = "现按 GB18030 读取，确认即按此导入；否则请指定编码为 utf-8 后重新上传"
        return gb, "gb18030", [Finding("F-ENCODING-AMBIGUOUS", "hold", says, hint)]
    return text, "utf-8", []


def _damaged(data: bytes, error: UnicodeDecodeError, knows: KnowsHeader) -> FileRefused:
    """The place of the wrong byte, in the encoding that the rest of the file has."""
    if not _is_damaged_utf8(data, knows):
        try:
            data.decode("gb18030")
        except UnicodeDecodeError as other:
            if knows(data[: other.start].decode("gb18030", errors="ignore")):
                return _undecodable(data, other, 0, "gb18030")
    return _undecodable(data, error, 0, "utf-8")


def _is_damaged_utf8(data: bytes, knows: KnowsHeader) -> bool:
    """UTF-8 with a wrong byte somewhere: GB18030 may swallow it as mojibake without an error."""
    text = data.decode("utf-8", errors="replace")
    return knows(text) or text.count("\ufffd") * 20 < len(_HAN.findall(text))


def encoding_named(word: str) -> str | None:
    """The codec of a sender's word for an encoding; None for a word that is none."""
    return _NAMES.get(word.lower().replace("_", "-"))


def _declared(data: bytes, encoding: str) -> tuple[str, str, list[Finding]]:
    name = encoding_named(encoding)
    if name is None:
        raise FileRefused(
            "F-ENCODING",
            f"不认识编码名称“{encoding[:20]}”",
            "可选：utf-8、gb18030、utf-16、big5、shift_jis、euc-kr、windows-1252 等；不清楚的请留空自动识别",
        )
    for bom, names in (
        (codecs.BOM_UTF8, ("utf-8",)),
        (codecs.BOM_UTF16_LE, ("utf-16", "utf-16-le")),
        (codecs.BOM_UTF16_BE, ("utf-16", "utf-16-be")),
    ):
        if name in names and data.startswith(bom):
            found = names[-1]
            return _strict(data[len(bom) :], found, len(bom)), found, [_BOM]
    return _strict(data, name, 0), name, []


_BOM: Final = Finding("N-BOM", "normalised", "文件开头的字节序标记（BOM）已去除", "无需处理")


def _attempt(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _strict(data: bytes, name: str, skipped: int) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise _undecodable(data, error, skipped, name) from None


def _undecodable(data: bytes, error: UnicodeDecodeError, skipped: int, name: str) -> FileRefused:
    line = data.count(b"\n", 0, error.start) + 1
    return FileRefused(
        "F-ENCODING",
        f"不是有效的 {name.upper()} 文本：文件第{error.start + skipped + 1}个字节处无法识别",
        "请从原始系统重新导出，或另存为“CSV UTF-8（逗号分隔）”后重新上传",
        row=line,
    )


def _records(opened: Callable[[], TextIO], separator: str) -> tuple[list[list[object]], Sequence[int]]:
    """Records and the line on which each begins.

    Strict mode: without it csv swallows the rest of the file into a quote that was never closed.
    """
    reader = csv.reader(bounded(opened(), separator), delimiter=separator, strict=True)
    rows: list[list[object]] = []
    cells = 0
    try:
        while block := list(islice(reader, _BLOCK)):
            rows += block  # type: ignore[arg-type]  # text only; list is invariant
            widest = max(map(len, block))
            cells += sum(map(len, block)) if widest > 1 else len(block)
            if widest > MOST_COLUMNS:
                index = next(at for at, row in enumerate(rows) if len(row) > MOST_COLUMNS)
                raise too_wide(len(rows[index]), _beginnings(opened(), index + 1, separator)[-1])
            if len(rows) > MOST_ROWS or cells > MOST_CELLS:
                raise FileRefused(
                    "F-TOO-MANY-ROWS",
                    f"超过{MOST_ROWS:,}行或{MOST_CELLS:,}个单元格的上限",
                    "请拆分为几个文件后分别上传",
                    row=min(len(rows), MOST_ROWS + 1),
                )
    except csv.Error:
        raise unclosed_quote(_beginnings(opened(), 2 * MOST_ROWS, separator)[-1]) from None
    if reader.line_num == len(rows):
        return rows, range(1, len(rows) + 1)
    return rows, _beginnings(opened(), len(rows), separator)


_BLOCK: Final = 10_000


def _beginnings(text: TextIO, count: int, separator: str) -> list[int]:
    """The line on which each of the first records begins; a second reading, for files with lines inside cells."""
    reader = csv.reader(text, delimiter=separator, strict=True)
    begins = [1]
    try:
        while len(begins) < count and next(reader, None) is not None:
            begins.append(reader.line_num + 1)
    except csv.Error:
        pass
    return begins


def bounded(text: TextIO, separator: str = ",") -> Iterator[str]:
    """Lines, none of which csv would take apart into millions of cells before anybody could count them."""
    number = 0
    while line := text.readline(_LONG_LINE):
        number += 1
        if len(line) < _LONG_LINE:
            yield line
            continue
        pieces, cells = [line], line.count(separator)
        while (
            cells <= _MOST_CELLS and not line.endswith(("\n", "\r")) and (line := text.readline(_LONG_LINE))
        ):
            pieces.append(line)
            cells += line.count(separator)
        if cells > _MOST_CELLS:
            raise too_wide(cells + 1, number)
        yield "".join(pieces)


_LONG_LINE: Final = 2**20
_MOST_CELLS: Final = 20_000


def too_wide(found: int, line: int) -> FileRefused:
    return FileRefused(
        "F-TOO-MANY-COLUMNS", f"有{found}列，超过{MOST_COLUMNS}列的上限", "请删除多余的列后重新上传", row=line
    )


def unclosed_quote(begins: int) -> FileRefused:
    return FileRefused(
        "F-CSV-QUOTE",
        f"引号没有成对：从第{begins}行开始的记录无法读完",
        "请检查该行的英文双引号；内容中的双引号应写成两个",
        row=begins,
    )
