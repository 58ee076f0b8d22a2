"""Amounts: exact decimals in, integer 分 out."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

from importers.problems import Finding

# 分 in one unit of the column.
UNITS: Final = {"yuan": 100, "wan_yuan": 1_000_000}
_UNIT_TITLES: Final = {"yuan": "元", "wan_yuan": "万元"}
_DECIMALS: Final = {"yuan": 2, "wan_yuan": 6}

PLAIN: Final = re.compile(r"[0-9]{1,40}(?:\.[0-9]{1,40})?")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:[, ][0-9]{3})+(?:\.[0-9]+)?")
_WITH_UNIT: Final = re.compile(
    r"(?:人民币)?([0-9,. ]+|[零〇一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟两]+)(亿|万|千|百)?(元|圆)?(?:整|正)?"
)
_DIGITS: Final = (
    dict(zip("零一二三四五六七八九", range(10), strict=True))
    | dict(zip("〇壹贰叁肆伍陆柒捌玖", range(10), strict=True))
    | {"两": 2}
)
_SCALES: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BIG: Final = {"万": 10_000, "亿": 100_000_000}


def parse_money(cell: object, *, unit: str, most: int | None) -> tuple[int | None, list[Finding]]:
    """The amount of a cell in 分.

    Args:
        unit: ``yuan`` or ``wan_yuan``, what a bare number in this column counts.
        most: the largest plausible amount in 分; above it a person decides.
    """
    if isinstance(cell, bool):
        return None, [_malformed(unit)]
    if isinstance(cell, int | float):
        # repr gives the shortest decimal that is this float: 1.1, not 1.100000000000000088817841970012523.
        text = repr(cell)
        if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
            text = str(int(cell))
        raw = text
    else:
        raw = str(cell).strip()
        text = _bare(raw)
    if not PLAIN.fullmatch(text):
        return None, [_explained(raw, unit)]
    amount = Decimal(text)
    fen = amount * UNITS[unit]
    if fen != fen.to_integral_value() or fen >= 10**15:
        return None, [
            Finding(
                "R-AMOUNT-RANGE",
                "refuse_row",
                f"超出范围：以{_UNIT_TITLES[unit]}为单位，最多{_DECIMALS[unit]}位小数，且小于10万亿元",
                "请核对金额和单位后重新填写",
            )
        ]
    if most is not None and fen > most:
        return None, [
            Finding(
                "R-AMOUNT-SCALE",
                "hold",
                f"按{_UNIT_TITLES[unit]}计为 {yuan(int(fen))} 元，明显偏大",
                f"本列单位为{_UNIT_TITLES[unit]}；是否误按元填写？请人工核对处罚决定书",
            )
        ]
    notes = []
    if isinstance(cell, str) and text != raw:
        notes = [Finding("N-AMOUNT", "normalised", f"已按 {text} {_UNIT_TITLES[unit]}理解", "如不正确请更正")]
    return int(fen), notes


def yuan(fen: int) -> str:
    """分 as 元 with grouping and two decimals, for sentences."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def _bare(raw: str) -> str:
    """Width, grouping and the currency sign folded away, where that leaves the number certain."""
    # Only ASCII and full-width digits: NFKC would also turn ½ and ① into digits that nobody wrote.
    if any(char.isdigit() and not ("0" <= char <= "9" or "０" <= char <= "９") for char in raw) or "½" in raw:
        return raw
    text = unicodedata.normalize("NFKC", raw).strip().lstrip("¥").strip()
    if _GROUPED.fullmatch(text):
        return text.replace(",", "").replace(" ", "")
    return text


def _explained(raw: str, unit: str) -> Finding:
    if (found := in_words(raw)) is not None:
        return Finding(
            "R-AMOUNT-UNIT",
            "hold",
            f"写有单位或中文数字，而本列只应填以{_UNIT_TITLES[unit]}为单位的数字",
            f"是否为 {yuan(found)} 元？请人工确认",
        )
    return _malformed(unit)


def in_words(raw: str) -> int | None:
    """分 of an amount written with its unit: 5万元, 伍万元整, 0.5亿; None when it is not one."""
    text = unicodedata.normalize("NFKC", raw).strip().lstrip("¥")
    found = _WITH_UNIT.fullmatch(text)
    if not found or (not (found.group(2) or found.group(3)) and not _CHINESE_NUMBER.fullmatch(text)):
        return None
    number, scale, _ = found.groups()
    digits = re.sub(r"[, ]", "", number)
    if PLAIN.fullmatch(digits):
        fen = Decimal(digits) * 100 * (_BIG | {"千": 1000, "百": 100}).get(scale or "", 1)
        return int(fen) if fen == fen.to_integral_value() else None
    value = chinese_integer(number + (scale or ""))
    return None if value is None else value * 100


_CHINESE_NUMBER: Final = re.compile(r"[零〇一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟两]+")


def chinese_integer(text: str) -> int | None:
    """The integer that Chinese numerals write (贰万柒仟 = 27000), None when they write none."""
    if not text or not _CHINESE_NUMBER.fullmatch(text):
        return None
    total = section = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _SCALES:
            section += (digit or 1) * _SCALES[char]
            digit = 0
        else:
            section += digit
            digit = 0
            if char == "亿":
                total = (total + (section or 1)) * _BIG["亿"]
            else:
                total += (section or 1) * _BIG["万"]
            section = 0
    return total + section + digit


def _malformed(unit: str) -> Finding:
    return Finding(
        "R-AMOUNT-FORMAT",
        "refuse_row",
        "不是有效的金额",
        f"请填写以{_UNIT_TITLES[unit]}为单位的非负数字，例如 0.5",
    )
