"""Days as offices write them, and which of them can be meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final

from importers.problems import Finding

ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_YEAR_FIRST: Final = re.compile(
    r"([0-9]{4})(?:年|[-./])([0-9]{1,2})(?:月|[-./])([0-9]{1,2})[日号]?(?:[T ]?0{1,2}:00(?::00)?(?:\.0+)?|[0零]时起?)?"
)
_COMPACT: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_REPUBLIC: Final = re.compile(
    r"(?:民國|民国)?([0-9]{2,3})(?:年|[-./])([0-9]{1,2})(?:月|[-./])([0-9]{1,2})日?"
)
_AMBIGUOUS: Final = re.compile(r"[0-9]{1,2}[-./][0-9]{1,2}[-./](?:[0-9]{4}|[0-9]{2})")
_YEAR_LAST: Final = re.compile(r"([0-9]{1,2})[-./]([0-9]{1,2})[-./]([0-9]{4})")
_SERIAL: Final = re.compile(r"-?[0-9]{1,7}(?:\.0+)?")
_WITH_TIME: Final = re.compile(
    r"([0-9]{4})(?:年|[-./])([0-9]{1,2})(?:月|[-./])([0-9]{1,2})日?[T ]?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?"
)
# The end of a day is that day: policies and permits run until it.
_LAST_MOMENT: Final = re.compile(r"[T ]?(?:23:59(?::59)?|24:00(?::00)?|24时止?|二十四时止?)$")
# A month in letters leaves no doubt about the order of day and month.
_DAY_MONTH: Final = re.compile(r"([0-9]{1,2})(?:ST|ND|RD|TH)?[-. ]?([A-Z]{3,9})[-.,]{0,2} ?([0-9]{4})")
_MONTH_DAY: Final = re.compile(r"([A-Z]{3,9})\.? ?([0-9]{1,2})(?:ST|ND|RD|TH)?,? ?([0-9]{4})")
_MONTHS: Final = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE",
    "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER",
)  # fmt: skip
_CHINESE: Final = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]?"
)
_CHINESE_DIGITS: Final = {char: str(value) for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": "0",
    "○": "0",
}
_NO_END: Final = frozenset(
    {"长期", "永久", "无期限", "长期有效", "2099-12-31", "2099/12/31", "20991231", "9999-12-31"}
)

EARLIEST: Final = date(1949, 10, 1)
_EPOCH: Final = date(1899, 12, 30)


def parse_date(
    cell: object,
    *,
    today: date,
    future: bool,
    no_end: bool,
    republic: bool,
    order: str = "ymd",
    eras: Mapping[str, int] = MappingProxyType({}),
) -> tuple[date | None, list[Finding]]:
    """The day a cell means.

    Args:
        future: whether a day after today can be meant (a due day can, a decision cannot).
        no_end: whether 长期 and 2099-12-31 are words for "no end"; the answer is then None without a finding.
        republic: whether the layout writes years of the Republic (109/10/08 for 2020-10-08).
        order: ``dmy`` or ``mdy`` where the layout says so; otherwise 09/10/2020 is no certain day.
        eras: the year before the first one of each era that the layout writes (令和 → 2018).
    """
    if isinstance(cell, datetime):
        if future and (cell.hour, cell.minute) == (23, 59):
            return _within(cell.date(), [_noted_day(cell.date())], today=today, future=future, no_end=no_end)
        if (cell.hour, cell.minute, cell.second) != (0, 0, 0):
            return _held_time(cell.date())
        cell = cell.date()
    if isinstance(cell, date):
        return _within(cell, [], today=today, future=future, no_end=no_end)
    if isinstance(cell, bool):
        return None, [_malformed()]
    if isinstance(cell, time | timedelta):
        # What calamine answers for a date cell below the first of January 1900.
        return None, [_no_day("0或负数")]
    if isinstance(cell, int | float):
        return _from_number(float(cell), today=today)
    text = unicodedata.normalize("NFKC", str(cell)).strip()
    if no_end and text in _NO_END:
        return None, []
    if order != "ymd" and (found := _YEAR_LAST.fullmatch(text)):
        first, second, year = found.groups()
        ordered = (year, second, first) if order == "dmy" else (year, first, second)
        return _built(ordered, [_noted(ordered)], today=today, future=future, no_end=no_end)
    told = _of_era(re.sub(r"\s+", "", text), eras) if eras else None
    if groups := told or _with_month_in_letters(text.upper()):
        return _built(groups, [_noted(groups)], today=today, future=future, no_end=no_end)
    return _from_text(text, raw=str(cell), today=today, future=future, no_end=no_end, republic=republic)


def _of_era(text: str, eras: Mapping[str, int]) -> tuple[str, str, str] | None:
    """Year, month and day of 令和2年9月14日, R2.9.14 or 昭和元年12月25日."""
    for era, before in eras.items():
        found = _IN_ERA.fullmatch(text.removeprefix(era)) if text.startswith(era) else None
        if found:
            year, month, day = found.groups()
            return str(before + (1 if year == "元" else int(year))), month, day
    return None


_IN_ERA: Final = re.compile(r"(元|[0-9]{1,3})(?:年|[-./])([0-9]{1,2})(?:月|[-./])([0-9]{1,2})日?")


def _with_month_in_letters(text: str) -> tuple[str, str, str] | None:
    """Year, month and day of 14 SEP 2020, 14TH SEPTEMBER 2020 or SEPT. 14, 2020."""
    if found := _DAY_MONTH.fullmatch(text):
        day, word, year = found.groups()
    elif found := _MONTH_DAY.fullmatch(text):
        word, day, year = found.groups()
    else:
        return None
    month = next((number for number, name in enumerate(_MONTHS, 1) if name.startswith(word)), None)
    return (year, str(month), day) if month else None


def _from_text(
    text: str, *, raw: str, today: date, future: bool, no_end: bool, republic: bool
) -> tuple[date | None, list[Finding]]:
    if future:
        text = _LAST_MOMENT.sub("", text)
    if found := ISO.fullmatch(raw):
        return _built(found.groups(), [], today=today, future=future, no_end=no_end)
    packed = re.sub(r"\s+", "", text)
    if republic and (found := _REPUBLIC.fullmatch(packed)):
        year, month, day = found.groups()
        groups = (str(int(year) + 1911), month, day)
        return _built(groups, [_noted(groups)], today=today, future=future, no_end=no_end)
    for pattern in (_YEAR_FIRST, _COMPACT):
        if found := pattern.fullmatch(text) or pattern.fullmatch(packed):
            note = (
                []
                if pattern is _YEAR_FIRST and text == raw and "-" in text and len(text) == 10
                else [_noted(found.groups())]
            )
            return _built(found.groups(), note, today=today, future=future, no_end=no_end)
    if found := _CHINESE.fullmatch(packed):
        year = "".join(_CHINESE_DIGITS[char] for char in found.group(1))
        groups = (year, str(_chinese_number(found.group(2))), str(_chinese_number(found.group(3))))
        return _built(groups, [_noted(groups)], today=today, future=future, no_end=no_end)
    if found := _WITH_TIME.fullmatch(text):
        try:
            return _held_time(date(*map(int, found.groups())))
        except ValueError:
            return None, [_malformed()]
    if _AMBIGUOUS.fullmatch(packed):
        return None, [
            Finding(
                "R-DATE-AMBIGUOUS",
                "refuse_row",
                "年、月、日的先后不明确",
                "请按“2020-09-14”的形式填写，年份写四位",
            )
        ]
    if _SERIAL.fullmatch(packed):
        return _from_number(float(packed), today=today)
    return None, [_malformed()]


def _built(
    groups: tuple[str, ...], notes: list[Finding], *, today: date, future: bool, no_end: bool
) -> tuple[date | None, list[Finding]]:
    try:
        day = date(*map(int, groups))
    except ValueError:
        return None, [_malformed()]
    return _within(day, notes, today=today, future=future, no_end=no_end)


def _within(
    day: date, notes: list[Finding], *, today: date, future: bool, no_end: bool
) -> tuple[date | None, list[Finding]]:
    if no_end and (day.year, day.month, day.day) in {(2099, 12, 31), (9999, 12, 31)}:
        return None, []
    if day.year >= 2100:
        return None, [_malformed()]
    if day < EARLIEST:
        return None, [
            Finding("R-DATE-RANGE", "refuse_row", f"{day} 早于1949年10月1日", "请核对年份后重新填写")
        ]
    if day > today and not future:
        return None, [
            Finding(
                "R-DATE-FUTURE",
                "refuse_row",
                f"{day} 晚于今天（{today}）",
                "该日期应是已经发生的日期，请核对年份和月份",
            )
        ]
    return day, notes


def _from_number(serial: float, *, today: date) -> tuple[date | None, list[Finding]]:
    """A number where a day should be: an Excel day count that lost its format, at best.

    Serial 60 is the 29 February 1900 that never was, so nothing up to it is trusted.
    """
    if not serial.is_integer() or not 60 < serial < 2958466:
        return None, [_no_day(f"{serial:g}")]
    day = _EPOCH + timedelta(days=int(serial))
    if not EARLIEST <= day <= date(today.year + 50, 12, 31):
        return None, [
            Finding(
                "R-DATE-RANGE",
                "refuse_row",
                f"数值 {serial:g} 换算为 {day}，不合理",
                "请按“2020-09-14”的形式填写",
            )
        ]
    return None, [
        Finding(
            "R-DATE-SERIAL",
            "hold",
            f"是数值 {serial:g}，可能是失去格式的 Excel 日期",
            f"是否为 {day}？请确认，或将此列设为日期格式后重新填写",
        )
    ]


def _no_day(number: str) -> Finding:
    return Finding(
        "R-DATE-RANGE", "refuse_row", f"数值 {number} 不能表示日期", "请将此列设为日期格式后重新填写"
    )


def _held_time(day: date) -> tuple[None, list[Finding]]:
    return None, [
        Finding(
            "R-DATE-SERIAL", "hold", "带有时刻，本列只应填日期", f"是否为 {day}？请确认，或去掉时刻后重新填写"
        )
    ]


def _noted(groups: tuple[str | None, ...]) -> Finding:
    year, month, day = (int(part or 0) for part in groups[:3])
    iso = f"{year:04d}-{month:02d}-{day:02d}"
    return Finding("N-DATE", "normalised", f"已按 {iso} 理解", "如不正确，请按“2020-09-14”的形式填写")


def _noted_day(day: date) -> Finding:
    return _noted((str(day.year), str(day.month), str(day.day)))


def _malformed() -> Finding:
    return Finding(
        "R-DATE-FORMAT", "refuse_row", "不是有效的日期", "请按“2020-09-14”的形式填写真实存在的日期"
    )


def _chinese_number(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int(_CHINESE_DIGITS[text]) if len(text) == 1 else 0
    return (int(_CHINESE_DIGITS[tens]) if len(tens) == 1 else 1 if not tens else 0) * 10 + (
        int(_CHINESE_DIGITS[ones]) if len(ones) == 1 else 0
    )
