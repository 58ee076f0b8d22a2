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
    "xlsx": {"xlsx", "xlsm"},
    "xls": {"xls", "et"},
    "html": {"html", "htm"},
    "text": {"csv", "txt", ""},
}
_BLANK: Final = b"\x00\t\n\r \xef\xbb\xbf"
_HTML: Final = re.compile(
    rb"^\s*(?:<!doctype html|<html|<table|<head|<meta|<\?xml[^>]*>\s*<(?:html|workbook))", re.I
)


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
    if found == "html" or ending not in _FITS[found]:
        raise FileRefused(
            "F-TYPE-MISMATCH",
            f"文件名以“.{ending[:10]}”结尾，内容却是{_TITLES[found]}",
            "请用 Excel 或 WPS 打开后另存为 .xlsx 或“CSV UTF-8”，再重新上传",
        )
    if found == "text":
        return read_text(data, encoding=encoding, separator=separator, knows=knows)
    return read_workbook(data, format=found, sheet=sheet)


def format_of(data: bytes) -> str:
    """xlsx | xls | encrypted | html | text, by the bytes."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "xlsx"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # The directory of a compound file names its streams in UTF-16.
        return "encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "xls"
    head = data[:2048].removeprefix(b"\xef\xbb\xbf")
    return "html" if _HTML.match(head) else "text"
