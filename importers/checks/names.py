"""Names of enterprises: one spelling for comparison, and characters that only look right."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from importers.problems import Finding

_BRACKETS: Final = str.maketrans("〔〕【】［］[]{}｛｝", "()()()()()()")
_SPACES: Final = re.compile(r"[\s\u3000\u200b-\u200d\u2060\ufeff]+")

BIDI: Final = re.compile(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_VARIATION: Final = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Scripts that no Chinese enterprise name is registered in but that hold letters drawn like Latin ones.
_FOREIGN: Final = re.compile(r"[\u0370-\u052f\u0530-\u058f\u10a0-\u10ff\u13a0-\u13ff]")
_FORBIDDEN: Final = re.compile(r"[<>{}]")
_MIDDLE_DOTS: Final = re.compile(r"[・•‧･∙⋅●]")
_VARIANTS: Final = str.maketrans({"戶": "户", "戸": "户", "〇": "○", "ー": "一"})


def name_key(name: str) -> str:
    """The spelling by which names are compared.

    Width, case, brackets and spaces are folded.  The form of organisation is never stripped: 北京燕京实业有限公司 and
    北京燕京实业股份有限公司 are two firms.
    """
    return _SPACES.sub("", unicodedata.normalize("NFKC", name).translate(_BRACKETS)).upper()


def check_name(name: str) -> tuple[str, list[Finding]]:
    """The name to keep, and what is to be said of it."""
    if BIDI.search(name):
        return name, [
            Finding(
                "R-LOOKALIKE",
                "refuse_row",
                f"含有改变文字方向的不可见字符（{_points(BIDI.findall(name))}）",
                "请删除该单元格内容后手工重新录入名称",
            )
        ]
    if found := _FORBIDDEN.search(name):
        return name, [
            Finding(
                "R-NAME-CHAR",
                "refuse_row",
                f"含有名称中不会出现的字符“{found.group()}”",
                "请填写营业执照上的名称",
            )
        ]
    odd = _FOREIGN.findall(name) + _MIDDLE_DOTS.findall(name) + _VARIATION.findall(name)
    odd += [char for char in name if char in "戶戸〇ー"]
    if odd:
        return name, [
            Finding(
                "R-LOOKALIKE",
                "hold",
                f"含有形似但不同的字符（{_points(odd)}）",
                f"是否为“{_proposal(name)}”？请人工核对登记名称",
            )
        ]
    folded = _fold_compatibility(name)
    if folded != name:
        return folded, [
            Finding("N-NAME", "normalised", f"的兼容字符已规范为“{folded}”", "已保留原文；如不正确请更正")
        ]
    return name, []


def _fold_compatibility(name: str) -> str:
    """㈱ and Kangxi radicals become what they stand for; full-width brackets and letters stay as registered."""
    return "".join(
        char if char in "（）" or "\uff01" <= char <= "\uff5e" else unicodedata.normalize("NFKC", char)
        for char in name
    )


def _proposal(name: str) -> str:
    latin = str.maketrans("АВЕКМНОРСТХаеорсху" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTXaeopcxy" + "ABEZHIKMNOPTYX")
    return _VARIATION.sub("", _MIDDLE_DOTS.sub("·", name.translate(_VARIANTS).translate(latin)))


def _points(chars: list[str]) -> str:
    return "、".join(
        dict.fromkeys(
            f"{char} U+{ord(char):04X}" if char.isprintable() else f"U+{ord(char):04X}" for char in chars
        )
    )
