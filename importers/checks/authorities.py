"""Whether a cell names an authority at all: systems export into its column what they have at hand."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from importers.problems import Finding

# Seen in files: 浙江省行政权力运行系统-2, 2022-09-31, 东环函〔2022〕13号, a UUID, 闽侯县城乡规划局(2).
_NOTHING_OF_THE_KIND: Final = (
    (re.compile(r"[\d\W_]+"), "没有文字"),
    (re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?"), "是日期"),
    (re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}"), "是系统内部编号"),
    (re.compile(r".*[〔\[【({]\d{4}[〕\]】)}]\s*第?\s*\d+\s*号"), "是文号"),
    (re.compile(r".*系统(?:[-_ ]?\(?\d+\)?)?"), "是系统的名称"),
)
_COUNTED: Final = re.compile(r"(?P<name>.*\D)\(\d{1,2}\)")


def check_authority(name: str) -> Finding | None:
    """What is to be said of a name that stands where an authority should."""
    folded = unicodedata.normalize("NFKC", name).strip()
    for pattern, what in _NOTHING_OF_THE_KIND:
        if pattern.fullmatch(folded):
            return _department(f"{what}，不是机关名称", "请填写作出决定的机关的全称")
    counted = _COUNTED.fullmatch(folded)
    if counted is not None:
        return _department(
            "后有系统添加的编号，不是机关名称", f"是否为“{counted['name'][:30]}”？请改为机关全称"
        )
    return None


def _department(says: str, hint: str) -> Finding:
    return Finding("R-DEPARTMENT", "refuse_row", says, hint)
