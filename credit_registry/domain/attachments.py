"""Attachments: what a file is by its bytes, and a name under which it may be kept and offered.

The name that a sender gives proves nothing; neither does the type that a browser states.
"""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass

from credit_registry.domain.errors import InvalidInput, TooMuch

MOST_BYTES = 20 * 1024 * 1024
_MOST_NAME_BYTES = 200
_MOST_MEMBERS = 2_000
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]')
# Names that some systems open as devices.
_DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.I)


@dataclass(frozen=True)
class FileType:
    media_type: str
    extension: str
    title: str


PDF = FileType("application/pdf", "pdf", "PDF")
JPEG = FileType("image/jpeg", "jpg", "JPEG 图片")
PNG = FileType("image/png", "png", "PNG 图片")
TIFF = FileType("image/tiff", "tif", "TIFF 图片")
OFD = FileType("application/ofd", "ofd", "OFD 版式文件")
DOCX = FileType(
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx", "Word 文档"
)
XLSX = FileType("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", "Excel 工作簿")
ACCEPTED = (PDF, JPEG, PNG, TIFF, OFD, DOCX, XLSX)
_EXTENSIONS = frozenset(each.extension for each in ACCEPTED)
_ALSO_CALLED = {"jpeg": "jpg", "tiff": "tif"}

_MAGIC = (
    (b"%PDF-", PDF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
)
_PARTS = (("OFD.xml", OFD), ("word/document.xml", DOCX), ("xl/workbook.xml", XLSX))


def type_of(data: bytes) -> FileType:
    """The type by content.

    Raises:
        InvalidInput: ``attachment-empty``, or ``attachment-type``: none of the accepted ones.
        TooMuch: ``attachment-too-large``.
    """
    if not data:
        raise InvalidInput("附件是空文件。请重新选择。", code="attachment-empty")
    if len(data) > MOST_BYTES:
        raise TooMuch(
            f"附件超过{MOST_BYTES // 1024 // 1024}兆字节。请压缩或拆分后上传。",
            code="attachment-too-large",
            facts={"bytes": len(data), "most": MOST_BYTES},
        )
    for magic, found in _MAGIC:
        if data.startswith(magic):
            return found
    packed = _packed_type(data) if data.startswith(b"PK\x03\x04") else None
    if packed is None:
        accepted = "、".join(each.title for each in ACCEPTED)
        raise InvalidInput(f"不支持这种附件。可上传：{accepted}。", code="attachment-type")
    return packed


def _packed_type(data: bytes) -> FileType | None:
    """OFD, DOCX and XLSX are archives; what they are says a part inside. Macros are nobody's proof."""
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if len(names) > _MOST_MEMBERS or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((found for part, found in _PARTS if part in names), None)


def kept_name(filename: str, found: FileType) -> str:
    """A name without folders, control or turning characters, short enough, ending as its content says."""
    base = unicodedata.normalize("NFC", filename.replace("\\", "/").rsplit("/", 1)[-1])
    base = _UNSAFE.sub("", base).strip(" .")
    stem, _, extension = base.rpartition(".")
    given = _ALSO_CALLED.get(extension.lower(), extension.lower())
    if given != found.extension:
        # A wrong ending of ours is replaced; anything else is part of the name.
        stem = stem if given in _EXTENSIONS else base
        extension = found.extension
    stem = stem.strip(" .") or "附件"
    if _DEVICES.match(stem):
        stem = f"附件-{stem}"
    while len(stem.encode()) > _MOST_NAME_BYTES:
        stem = stem[:-1]
    return f"{stem}.{extension}"
