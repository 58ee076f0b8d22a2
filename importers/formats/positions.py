"""Where the XML of a sheet says that its cells and rows are: how far, how many, whether a place is named twice.

A sheet as nearly every program writes it is read by all places at once; any other by its attributes one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from importers.formats.archive import damaged
from importers.formats.cells import column_number

# Every attribute r of any element, however written; and what it may say.
_POSITION: Final = re.compile(rb"""(?<![:\w])r\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PLACE: Final = re.compile(rb"([A-Z]{0,3})([0-9]{1,7})")
_MOST_LETTERS: Final = 3
_MOST_DIGITS: Final = 7

Chars = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Extent:
    """What a sheet reaches, counted from 1; ``twice`` is a position that two cells or two rows have."""

    cells: int
    widest: int
    lowest: int
    twice: str | None = None


def extent_of(part: bytes) -> Extent:
    """Each attribute ``r`` of the sheet counted.

    The reader does not mind XML that is not well formed, so nothing is left out that it could take for a position.

    Raises:
        FileRefused: an ``r`` that is no position.
    """
    return _plain(part) or _any(part)


def _any(part: bytes) -> Extent:
    places: set[bytes] = set()
    cells, widest, lowest, twice = 0, 1, 1, None
    for first, second in _POSITION.findall(part):
        place = _PLACE.fullmatch(first or second)
        if place is None:
            is_far = re.fullmatch(rb"[A-Z]*[0-9]+", first or second)
            raise damaged("单元格的位置超出工作表的范围" if is_far else "单元格的位置写法不正确")
        letters, number = place.groups()
        cells += bool(letters)
        widest = max(widest, column_number(letters.decode("ascii")))
        lowest = max(lowest, int(number))
        if twice is None and place.group() in places:
            twice = place.group().decode("ascii")
        places.add(place.group())
    return Extent(cells, widest, lowest, twice)


def _plain(part: bytes) -> Extent | None:
    """The same where every position is written ``<c r="A1"`` or ``<row r="1"`` and none twice; else None."""
    chars = np.frombuffer(part + b" " * 16, dtype=np.uint8)
    cells, rows = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    widest = 1
    # Block by block: what is made of one stays near the processor, and is small whatever the sheet is full of.
    for start in range(0, len(part), _BLOCK):
        read = _places(chars, start + np.flatnonzero(chars[start : start + _BLOCK] == ord("r")))
        if read is None:
            return None
        columns, numbers = read
        widest = max(widest, int(columns.max(initial=1)))
        # Rows are told from cells by their column, which is none.
        cells.append((numbers * 2**15 + columns)[columns > 0])
        rows.append(numbers[columns == 0])
    placed, numbered = np.concatenate(cells), np.concatenate(rows)
    for places in (placed, numbered):
        if not (places[1:] > places[:-1]).all() and len(np.unique(places)) < len(places):
            return None
    lowest = max(int(placed.max(initial=0)) // 2**15, int(numbered.max(initial=0)), 1)
    return Extent(len(placed), widest, lowest)


_BLOCK: Final = 2**20


def _places(chars: Chars, at: Chars) -> tuple[Chars, Chars] | None:
    """Columns (0 for a row) and numbers of those letters r that are a position's attribute; None if one is not plain."""
    following = chars[at + 1]
    if _NEAR_EQUALS[chars[at[_SPACES[following]] + 2]].any():
        return None
    at = at[following == ord("=")]
    at = at[~_IN_NAMES[chars[at - 1]]]
    are_cells = _stand(b"<c ", before=at, chars=chars)
    are_plain = (are_cells | _stand(b"<row ", before=at, chars=chars)) & (chars[at + 2] == ord('"'))
    if not are_plain.all():
        return None
    columns, numbers, place = np.zeros_like(at), np.zeros_like(at), at + 3
    for _ in range(_MOST_LETTERS):
        value = chars[place] - np.uint8(ord("A"))
        is_letter = value < 26
        if not is_letter.any():
            break
        columns = np.where(is_letter, columns * 26 + value + 1, columns)
        place += is_letter
    has_digit = chars[place] - np.uint8(ord("0")) < 10
    for _ in range(_MOST_DIGITS):
        value = chars[place] - np.uint8(ord("0"))
        is_digit = value < 10
        if not is_digit.any():
            break
        numbers = np.where(is_digit, numbers * 10 + value, numbers)
        place += is_digit
    are_plain = has_digit & (chars[place] == ord('"')) & ((columns > 0) == are_cells)
    return (columns, numbers) if are_plain.all() else None


def stands(part: bytes, letter: bytes, *, after: bytes) -> bool:
    """Whether the letter stands anywhere right after one of those bytes; rare letters are found faster than words."""
    chars = np.frombuffer(part, dtype=np.uint8)
    before = chars[np.flatnonzero(chars == ord(letter)) - 1]
    return bool(_among(after)[before].any())


def _stand(text: bytes, *, before: Chars, chars: Chars) -> Chars:
    """At which of the places the text stands before it."""
    stands = np.ones(len(before), dtype=bool)
    for back, char in enumerate(reversed(text), 1):
        stands &= chars[before - back] == char
    return stands


def _among(members: bytes) -> Chars:
    table = np.zeros(256, dtype=bool)
    table[list(members)] = True
    return table


_SPACES: Final = _among(b" \t\n\r\f\v")
_NEAR_EQUALS: Final = _among(b"= \t\n\r\f\v")
# What makes an r the end of another name: xmlns:r, header, ….
_IN_NAMES: Final = _among(b":_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
