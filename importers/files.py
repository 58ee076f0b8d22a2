"""Bytes become a table: the format is told by the bytes, never by the name; a name that lies is refused and named."""

from __future__ import annotations

import re
from typing import Final

from importers.formats.archive import encrypted
from importers.formats.table import MOST_BYTES, FileRefused, Table
from importers.formats.text import KnowsHeader, read_text
from importers.formats.workbook import read_workbook

_TITLES: Final = {"xlsx": "XLSX 工作簿", "xls": "XLS 工作簿", "html": "HTML 网页", "text": "文本（CSV）"}
_FITS: Final = {
    "xlsx": {"xlsx", "xlsm", "et"},
    "xls": {"xls", "et"},
    "html": {"html", "htm"},
    "text": {"csv", "txt", ""},
}
_BLANK: Final = b"\x00\t\n\r \xef\xbb\xbf"
_HTML: Final = re.compile(
    rb"^\s*(?:<!doctype html|<html|<table|<head|<meta|(?:<\?[^>]*>\s*)+<(?:html|workbook))", re.I
)
# What people send for a table and is none: how its bytes begin, what it is, what to do.
_COPY: Final = "请把其中的表格复制到 Excel 或 WPS，另存为 .xlsx 后重新上传"
_UNPACK: Final = "请先解压，再上传其中的表格文件"
_OTHERS: Final = (
    (b"%PDF", "PDF 文件", _COPY),
    (b"Rar!", "RAR 压缩包", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包", _UNPACK),
    (b"\x1f\x8b", "GZ 压缩包", _UNPACK),
    (b"\x89PNG", "图片", "请取得电子表格后上传"),
    (b"\xff\xd8\xff", "图片", "请取得电子表格后上传"),
)
# The same inside an archive, by the names of its parts, and inside a compound file, by the name of its stream.
_INSIDE: Final = (
    (b"word/", "Word 文档", _COPY),
    (b"ppt/", "演示文稿", _COPY),
    (b"opendocument.spreadsheet", "ODS 表格", "请用 WPS 或 LibreOffice 打开后另存为 .xlsx，再重新上传"),
    (b"", "ZIP 压缩包", _UNPACK),
)
_WORD_STREAM: Final = "WordDocument".encode("utf-16-le")
_BOOK_STREAMS: Final = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))


def open_table(
    data: bytes,
    *,
    filename: str,
    sheet: str | None,
    encoding: str | None,
    separator: str = ",",
    knows: KnowsHeader,
) -> Table:
    """The one table of a file; encoding and separator are asked of text alone.

    Raises:
        FileRefused: nothing usable; carries its problem.
    """
    if not data[:4096].strip(_BLANK) and not data.strip(_BLANK):
        raise FileRefused("F-EMPTY", "文件是空的", "请确认选对了文件后重新上传")
    if len(data) > MOST_BYTES:
        raise FileRefused(
            "F-TOO-LARGE", f"文件超过{MOST_BYTES // 2**20} MB 的上限", "请拆分为几个文件后分别上传"
        )
    found = format_of(data)
    ending = filename.rpartition(".")[2].lower() if "." in filename else ""
    if found == "encrypted":
        raise encrypted()
    if (other := _other_than_table(data, found)) is not None:
        raise FileRefused("F-TYPE-MISMATCH", f"内容是{other[0]}，不能导入", other[1])
    if found == "html" or ending not in _FITS[found]:
        raise FileRefused(
            "F-TYPE-MISMATCH",
            f"文件名以“.{ending[:10]}”结尾，内容却是{_TITLES[found]}",
            "请用 Excel 或 WPS 打开后另存为 .xlsx 或“CSV UTF-8”，再重新上传",
        )
    if found == "text":
        return read_text(data, encoding=encoding, separator=separator, knows=knows)
    return read_workbook(data, format=found, sheet=sheet)


def _other_than_table(data: bytes, found: str) -> tuple[str, str] | None:
    """What a file is that can be no table, and the remedy."""
    if found == "text":
        return next(((title, hint) for magic, title, hint in _OTHERS if data.startswith(magic)), None)
    if found == "xlsx" and b"xl/" not in data:
        return next((title, hint) for part, title, hint in _INSIDE if part in data)
    if found == "xls" and _WORD_STREAM in data and not any(name in data for name in _BOOK_STREAMS):
        return "Word 文档", _COPY
    return None


def format_of(data: bytes) -> str:
    """xlsx | xls | encrypted | html | text, by the bytes."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "xlsx"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # The directory of a compound file names its streams in UTF-16.
        return "encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "xls"
    head = data[:2048].removeprefix(b"\xef\xbb\xbf")
    return "html" if _HTML.match(head) else "text"
