"""What a workbook may be before anybody opens it: looked up in the directory of the archive, nothing unpacked."""

from __future__ import annotations

import io
import zipfile
from typing import Final

from importers.formats.table import FileRefused

MOST_UNPACKED: Final = 200 * 2**20
MOST_MEMBERS: Final = 2_000
MOST_RATIO: Final = 100
# A sheet of few repeated words packs well; below this size a ratio says nothing.
RATIO_FROM: Final = 20 * 2**20


def open_archive(data: bytes) -> zipfile.ZipFile:
    """The archive of a workbook, after its directory was found harmless.

    Raises:
        FileRefused: damaged, oversized, escaping, nested, encrypted or active.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError, EOFError, OSError):
        raise damaged("压缩包不完整或已损坏") from None
    _measure(members, len(data))
    for member in members:
        name = member.filename
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/"):
            raise damaged("压缩包内有越出目录的路径")
        if name.lower().endswith((".zip", ".7z", ".rar", ".gz")):
            raise damaged("压缩包内还有压缩包")
        if member.flag_bits & 1:
            raise encrypted()
    _refuse_active({member.filename.lower() for member in members})
    return archive


def _measure(members: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED:
        raise _too_large(f"解压后{unpacked // 2**20} MB、{len(members)} 个部件")
    if unpacked > RATIO_FROM and unpacked > MOST_RATIO * packed:
        raise _too_large(f"压缩比达{unpacked // max(packed, 1)}倍")


def _refuse_active(names: set[str]) -> None:
    for part, what in (
        ("vbaproject.bin", "宏"),
        ("externallinks/", "指向其他文件的外部链接"),
        ("macrosheets/", "宏表"),
        ("activex/", "ActiveX 控件"),
        ("embeddings/", "嵌入的对象"),
        ("connections.xml", "外部数据连接"),
    ):
        if any(part in name for name in names):
            raise FileRefused(
                "F-ACTIVE-CONTENT",
                f"工作簿含有{what}，不予打开",
                "请把数据复制到新的工作簿，只粘贴“值”，另存为 .xlsx 后重新上传",
            )


def encrypted() -> FileRefused:
    return FileRefused("F-ENCRYPTED", "文件已加密", "请去掉打开密码后另存，再重新上传")


def damaged(says: str) -> FileRefused:
    return FileRefused("F-ARCHIVE", says, "请用 Excel 或 WPS 打开后另存为 .xlsx，再重新上传")


def _too_large(says: str) -> FileRefused:
    return FileRefused(
        "F-TOO-LARGE-UNPACKED",
        f"{says}，超过上限（{MOST_UNPACKED // 2**20} MB、{MOST_MEMBERS} 个部件、{MOST_RATIO} 倍）",
        "请删除多余的工作表和格式，只保留数据后重新上传",
    )
