"""Numbers of persons: what must be recognised so that it is never shown."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SHAPE: Final = re.compile(r"[1-9][0-9]{16}[0-9X]")
_OLD_SHAPE: Final = re.compile(r"[1-9][0-9]{14}")

_ID_IN_TEXT: Final = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_MOBILE_IN_TEXT: Final = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_CARD_IN_TEXT: Final = re.compile(r"(?<![0-9])[3-6][0-9]{15,18}(?![0-9])")
_HOME_IN_TEXT: Final = re.compile(r"(?:家庭住址|住址|现住|户籍地址?|家住)[:：为]?[\u4e00-\u9fff0-9\-]{6,}")


def born_on(number: str) -> date | None:
    """The birthday that an eighteen-character identity number states, if it is a day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def is_identity_number(number: str) -> bool:
    """GB 11643: shape, a birthday that is a day, check character; or the old shape of fifteen digits.

    The place of birth is not asked: counties are renamed, and residents of Hong Kong, Macao and Taiwan have numbers
    with places that a list of counties does not hold.
    """
    if _OLD_SHAPE.fullmatch(number):
        return number[:2] in _FIRST_PLACES and _is_day("19" + number[6:12])
    if not _SHAPE.fullmatch(number) or number[:2] not in _FIRST_PLACES | _RESIDENT_PLACES:
        return False
    if born_on(number) is None or not 1850 <= int(number[6:10]) <= 2099:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17]


_FIRST_PLACES: Final = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
    ]
)
# Residence permits of people from Taiwan, Hong Kong and Macao.
_RESIDENT_PLACES: Final = frozenset({"71", "81", "82", "83"})


def _is_day(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return True


def count_personal(text: str) -> int:
    """How many personal details a free text holds: identity numbers, mobiles, bank cards, home addresses."""
    if not text:
        return 0
    ids = [found.span() for found in _ID_IN_TEXT.finditer(text) if is_identity_number(found.group().upper())]
    cards = [
        found.span()
        for found in _CARD_IN_TEXT.finditer(text)
        if _passes_luhn(found.group()) and found.span() not in ids
    ]
    return len(ids) + len(cards) + len(_MOBILE_IN_TEXT.findall(text)) + len(_HOME_IN_TEXT.findall(text))


def is_personal(text: str) -> bool:
    """Whether a whole text is a number of a person, in groups or not, or no number at all but a home address."""
    number = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    return (
        not number[:1].isdigit()
        or is_identity_number(number)
        or _MOBILE_IN_TEXT.fullmatch(number) is not None
        or (len(number) != 18 and _CARD_IN_TEXT.fullmatch(number) is not None and _passes_luhn(number))
    )


def _passes_luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
