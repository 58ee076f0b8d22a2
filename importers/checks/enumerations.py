"""Words of a closed list: what an office writes becomes the registry's code, or a refusal; never a default."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from importers.problems import Finding, quoted

_SPLIT: Final = re.compile(r"[;；,，|/\n]+")
_FINER: Final = re.compile(r"[、+和及]+")
_OTHER: Final = re.compile(r"其[他它](?:行政处罚)?[-—－:：(]+(.+?)\)?")

FLAGS: Final = {
    "是": True, "有": True, "Y": True, "YES": True, "1": True, "√": True, "✓": True, "TRUE": True, "T": True, "对": True,
    "否": False, "无": False, "没有": False, "N": False, "NO": False, "0": False, "×": False, "FALSE": False, "F": False,
}  # fmt: skip


def fold(text: str) -> str:
    """The spelling in which words are looked up: width, case and spaces away."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()


def parse_choice(
    text: str, choices: Mapping[str, str | bool], shown: Sequence[str] = (), refusal: str = "R-CATEGORY"
) -> tuple[str | bool | None, list[Finding]]:
    """The code of one word."""
    code = choices.get(fold(text))
    return (code, []) if code is not None else (None, [_unknown(text, shown, refusal)])


def parse_choices(
    text: str, choices: Mapping[str, str | bool], shown: Sequence[str] = (), refusal: str = "R-CATEGORY"
) -> tuple[str | None, list[Finding]]:
    """The codes of several words in one cell, sorted and joined by ``;``.

    A whole word is looked up before it is split at 、, because 没收违法所得、没收非法财物 is one category.
    """
    codes: set[str] = set()
    for part in filter(None, (piece.strip() for piece in _SPLIT.split(text))):
        found = _codes_of(part, choices)
        if found is None:
            return None, [_unknown(part, shown, refusal)]
        codes |= found
    return (";".join(sorted(codes)), []) if codes else (None, [_unknown(text, shown, refusal)])


def _codes_of(part: str, choices: Mapping[str, str | bool]) -> set[str] | None:
    if (code := choices.get(fold(part))) is not None:
        return {str(code)}
    if _OTHER.fullmatch(unicodedata.normalize("NFKC", part)) and (other := choices.get("其他")):
        return {str(other)}
    pieces = [piece for piece in _FINER.split(part) if piece]
    if len(pieces) < 2:
        return None
    found = [choices.get(fold(piece)) for piece in pieces]
    return None if None in found else {str(code) for code in found}


def parse_flag(cell: object) -> tuple[bool | None, list[Finding]]:
    """Yes or no by the table, never by guess."""
    if isinstance(cell, bool):
        return cell, []
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    value = FLAGS.get(fold(text))
    if value is None:
        return None, [
            Finding("R-BOOLEAN", "refuse_row", "应填“是”或“否”", "请改为“是”或“否”；不清楚的请留空")
        ]
    return value, []


def parse_integer(cell: object, *, most: int) -> tuple[int | None, list[Finding]]:
    """A count: a non-negative whole number."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = unicodedata.normalize("NFKC", str(cell)).strip() if not isinstance(cell, bool) else ""
    if not re.fullmatch(r"[0-9]{1,12}", text) or int(text) > most:
        return None, [
            Finding("R-NUMBER", "refuse_row", f"应为0至{most}之间的整数", "请只填写数字，不带单位和其他文字")
        ]
    return int(text), []


def _unknown(text: str, shown: Sequence[str], refusal: str) -> Finding:
    return Finding(
        refusal,
        "refuse_row",
        f"“{quoted(text)}”不在可填写的范围内",
        "可填写：" + "、".join(shown[:12]) + ("等" if len(shown) > 12 else ""),
    )
