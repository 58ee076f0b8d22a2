"""Legacy workbooks (BIFF, .xls), read by a child process that may die of them."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Final

from importers.formats.archive import damaged, encrypted
from importers.formats.compound import Extent, measure, too_wide_spread

_CHILD: Final = Path(__file__).with_name("legacy_child.py")
_MB: Final = 2**20

# Name, kind of sheet, whether it is visible, its rows (None where it is no sheet of cells).
Sheet = tuple[str, str, bool, "list[list[object]] | None"]


def legacy_sheets(data: bytes) -> list[Sheet]:
    """The sheets of a legacy workbook.

    Raises:
        FileRefused: encrypted, damaged, or so made that reading it needs more memory or time than is given.
    """
    memory, seconds = _allowance(len(data), measure(data))
    try:
        child = subprocess.run(  # noqa: S603 - our own file, by our own interpreter
            [sys.executable, "-I", str(_CHILD), str(memory), str(seconds)],
            input=data,
            capture_output=True,
            # Other processes may have the machine for a while; what the child itself may use is its own limit.
            timeout=10 + 5 * seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise too_wide_spread(_UNBEARABLE) from None
    if child.returncode < 0:
        raise too_wide_spread(_UNBEARABLE)
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


def _allowance(size: int, extent: Extent) -> tuple[int, int]:
    """Bytes and seconds: what an honest file of this size with these cells needs, about twice over.

    Measured: 80 MB for an empty sheet, 470 MB and 3 s for 65,536 rows of 20 texts in 40 MB.  Pages that a sheet only
    declares are reserved and never touched.
    """
    memory = 80 * _MB + 8 * size + 48 * extent.area + 400 * extent.cells + 64 * extent.declared
    return memory, 2 + size // (8 * _MB) + extent.cells // 200_000


_UNBEARABLE: Final = "工作簿内部有矛盾，读取它需要的内存或时间超过了同样大小的文件应有的"
