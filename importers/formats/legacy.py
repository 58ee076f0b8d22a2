"""Legacy workbooks (BIFF, .xls), read by a child process that may die of them."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Final

from importers.formats.archive import damaged, encrypted
from importers.formats.table import FileRefused

_CHILD: Final = Path(__file__).with_name("legacy_child.py")
_MOST_SECONDS: Final = 60

# Name, kind of sheet, whether it is visible, its rows (None where it is no sheet of cells).
Sheet = tuple[str, str, bool, "list[list[object]] | None"]


def legacy_sheets(data: bytes) -> list[Sheet]:
    """The sheets of a legacy workbook.

    Raises:
        FileRefused: encrypted, damaged, or so made that reading it needs more memory or time than is given.
    """
    try:
        child = subprocess.run(  # noqa: S603 - our own file, by our own interpreter
            [sys.executable, "-I", str(_CHILD)],
            input=data,
            capture_output=True,
            timeout=_MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _unbearable() from None
    if child.returncode < 0:
        raise _unbearable()
    if child.returncode > 0 or not child.stdout:
        raise damaged("工作簿内部的内容无法解析")
    # The child is our own code; the bytes of the sender are only in the values that it made.
    answer = pickle.loads(child.stdout)  # noqa: S301
    if answer == "encrypted":
        raise encrypted()
    if answer == "damaged":
        raise damaged("工作簿不完整或已损坏")
    sheets: list[Sheet] = answer
    return sheets


def _unbearable() -> FileRefused:
    return FileRefused(
        "F-DIMENSION",
        "工作簿声明的范围过大，读取它需要的内存或时间超过上限",
        "请用 Excel 或 WPS 打开，删除数据区域以外的内容，另存为 .xlsx 后重新上传",
    )
