"""A column at once: cells that are plainly good are told by one look at many, the rest go through ``parse_cell``.

The sieves may only let through what ``parse_cell`` takes without a word and without a change; everything they are not
sure of is parsed one by one.  So the answer is that of ``parse_cell`` for every cell, and a test says so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import compress
from typing import Any, Final, cast

import numpy as np

from importers.checks import money, uscc
from importers.checks.dates import EARLIEST
from importers.checks.names import TRADITIONAL
from importers.columns import Column, parse_cell
from importers.problems import Finding

Findings = dict[int, list[Finding]]
Flags = np.ndarray[Any, np.dtype[Any]]
Sieved = tuple[Flags, Sequence[object]]
Sieve = Callable[[Sequence[str], Column], Sieved]

# Fewer cells are not worth an array.
_MANY: Final = 64
# Shorter cells may be words for nothing (N / A, 暂 无).
_SHORT: Final = 8


# 1, 1.0 and True are one key of a dict and three different cells.
_EQUAL_ACROSS: Final = frozenset({bool, int, float})


def parse_column(cells: Sequence[object], column: Column, *, today: date) -> tuple[list[object], Findings]:
    """Typed values in order, and findings by index; what ``parse_cell`` says of every cell."""
    sieve = _SIEVES.get(column.type)
    if sieve is not None and _mostly_different(cells) and list(map(type, cells)).count(str) == len(cells):
        texts = cast(Sequence[str], cells)
        return _good_but(texts, *sieve(texts, column), column, today)
    distinct = set(cells)
    types = set(map(type, distinct))
    if types == {float} and column.type == "money":
        return _mapped(cells, _sieved_numbers(list(distinct), column), distinct, column, today)
    if types == {str}:
        parsed = _sieved(cast(set[str], distinct), column, today) if len(distinct) > _MANY else {}
        return _mapped(cells, parsed, distinct, column, today)
    if types & _EQUAL_ACROSS and len(_EQUAL_ACROSS.intersection(map(type, cells))) > 1:
        return _one_by_one(cells, column, today)
    return _mapped(cells, {}, distinct, column, today)


def _mostly_different(cells: Sequence[object]) -> bool:
    """Whether a cell's content stands in fewer than six cells, so that a look at all is quicker than at each once.

    By the birthdays in a sample: among s cells of d contents some s²/2d repeat an earlier one.
    """
    if len(cells) <= _MANY:
        return False
    sample = cells[: 16 * _MANY]
    repeated = len(sample) - len(set(sample))
    return 3 * len(sample) ** 2 > repeated * len(cells)


def _good_but(
    texts: Sequence[str], good: Flags, sieved: Sequence[object], column: Column, today: date
) -> tuple[list[object], Findings]:
    """The values of the sieve, but for the cells that are not good."""
    values = list(sieved)
    findings: Findings = {}
    memo: dict[str, tuple[object, list[Finding]]] = {}
    for index in np.flatnonzero(~good).tolist():
        cell = texts[index]
        parsed = memo.get(cell)
        if parsed is None:
            parsed = memo[cell] = parse_cell(cell if cell != "" else None, column, today=today)
        values[index] = parsed[0]
        if parsed[1]:
            findings[index] = parsed[1]
    return values, findings


def _sieved(distinct: set[str], column: Column, today: date) -> dict[Any, object]:
    """The values of those texts that are plainly good."""
    if column.type == "date":
        return _days(distinct, column, today)
    sieve = _SIEVES.get(column.type)
    if sieve is None:
        return {}
    texts = list(distinct)
    good, values = sieve(texts, column)
    chosen = good.tolist()
    return dict(zip(compress(texts, chosen), compress(values, chosen), strict=True))


def _sieved_numbers(amounts: list[Any], column: Column) -> dict[Any, object]:
    """Number cells whose shortest decimal is a whole number of 分 and is written without an exponent."""
    unit = money.UNITS[column.unit]
    numbers = np.array(amounts, dtype=np.float64)
    # No two decimals of fifteen digits are nearest to one double: who gives it back is the one that repr writes.
    fens = np.rint(np.where((numbers >= 1e-4) & (numbers <= _most(column) / unit), numbers, 0) * unit)
    chosen = ((fens / unit == numbers) & (fens <= _most(column))).tolist()
    return dict(zip(compress(amounts, chosen), map(int, compress(fens.tolist(), chosen)), strict=True))


def _mapped(
    cells: Sequence[Any], parsed: dict[Any, object], distinct: set[Any], column: Column, today: date
) -> tuple[list[object], Findings]:
    """The value of each cell by its content; those of ``parsed`` are known and need no word."""
    noisy: dict[object, list[Finding]] = {}
    for cell in distinct - parsed.keys():
        parsed[cell], said = parse_cell(cell if cell != "" else None, column, today=today)
        if said:
            noisy[cell] = said
    is_one = len(distinct) == 1
    values = [parsed[cells[0]]] * len(cells) if is_one else list(map(parsed.__getitem__, cells))
    if not noisy:
        return values, {}
    told = compress(range(len(cells)), map(noisy.__contains__, cells))
    return values, {index: noisy[cells[index]] for index in told}


def _one_by_one(cells: Sequence[object], column: Column, today: date) -> tuple[list[object], Findings]:
    memo: dict[tuple[type, object], tuple[object, list[Finding]]] = {}
    values: list[object] = []
    findings: Findings = {}
    for index, cell in enumerate(cells):
        key = (type(cell), cell)
        parsed = memo.get(key)
        if parsed is None:
            parsed = memo[key] = parse_cell(cell if cell != "" else None, column, today=today)
        values.append(parsed[0])
        if parsed[1]:
            findings[index] = parsed[1]
    return values, findings


# What a character may be that makes a cell worth a closer look.
_ODD, _SPACE, _BEGINNING, _DIGIT, _HOME, _IN_NAME, _IN_NUMBER, _UNFOLDED = (1 << bit for bit in range(8))


@cache
def _chars() -> Flags:
    """Flags of every character of the basic plane; the others are odd by their surrogates."""
    flags = np.zeros(65536, dtype=np.uint8)

    def put(flag: int, chars: Iterable[str]) -> None:
        for char in chars:
            flags[ord(char)] |= flag

    plane = [chr(code) for code in range(65536)]
    # Control, invisible, private, unassigned and surrogate characters, every space but the ordinary one.
    put(_ODD, (char for char in plane if not char.isprintable()))
    put(_ODD, "\ufffd鏄鏂鏃鏈鏉鐨鍖鍏鍙鍥鍦鎴鐢鑲浜涓鐞闄鍒鎶绉鏀鎭瀹绋犳璐锛銆鍚噺荤儴绠鈥閿鎷枻")
    put(_SPACE, " ")
    put(_BEGINNING, " =+@-#＝＋＠－")
    put(_DIGIT, "0123456789")
    put(_HOME, "住户籍")
    put(_IN_NAME, "・•‧･∙⋅●戶戸〇ー<>{}?？&□■")
    put(_IN_NAME, (char for char in plane if TRADITIONAL.match(char)))
    for first, last in (
        (0x370, 0x58F),
        (0x10A0, 0x10FF),
        (0x13A0, 0x13FF),
        (0xFE00, 0xFE0F),
        (0xFF01, 0xFF07),
        (0xFF0A, 0xFF5E),
    ):
        flags[first : last + 1] |= _IN_NAME
    put(_IN_NUMBER, " ([{【〖「)]}】〗」（）")
    # （ and ） are folded in document numbers and left in names.  Whatever is a part of a composition counts as well,
    # because it would be joined to the character before it.
    put(_UNFOLDED, (char for char in plane if char not in "（）" and not _stays(char)))
    flags[ord(_END)] = 0
    return flags


def _stays(char: str) -> bool:
    if "\ud800" <= char <= "\udfff":
        return False
    return unicodedata.normalize("NFKC", char) == char and not _joins(char)


def _joins(char: str) -> bool:
    # Combining marks, and the vowels and finals that Hangul composes.
    return (
        unicodedata.combining(char) != 0
        or "\u1100" <= char <= "\u11ff"
        or unicodedata.category(char) in ("Mn", "Mc", "Me")
    )


# Stands after each text where many are laid out in one row; those that hold one themselves are told otherwise.
_END: Final = "\x1f"


def _laid_out(texts: Sequence[str], encoding: str, errors: str, unit: Any) -> tuple[Flags, Flags, Flags]:
    """The characters of all texts in one row, and where each text begins and ends."""
    units = np.frombuffer(_END.join([*texts, ""]).encode(encoding, errors), dtype=unit)
    ends = np.flatnonzero(units == ord(_END))
    if len(ends) > len(texts):
        return _laid_out([text.replace(_END, "\0") for text in texts], encoding, errors, unit)
    begins = np.empty_like(ends)
    begins[:1] = 0
    begins[1:] = ends[:-1] + 1
    return units, begins, ends


def _ordinary(texts: Sequence[str], column: Column, forbidden: int) -> Flags:
    """Which cells hold nothing odd: within their length, no forbidden character, spaces only between words."""
    units, begins, ends = _laid_out(texts, "utf-16-le", "surrogatepass", np.uint16)
    lengths = ends - begins
    good: Flags = (lengths > _SHORT) & (lengths <= column.limit)
    # Every unit has its flags; told so, numpy looks each up in half the time.
    flags: Flags = _chars().take(units, mode="wrap")
    at = np.flatnonzero(flags & (_ODD | forbidden))
    good &= flags[begins] & _BEGINNING == 0
    spaces = flags & _SPACE
    if spaces.any():
        good &= spaces[ends - 1] == 0
        at = np.concatenate([at, np.flatnonzero(spaces[1:] & spaces[:-1])])
    if column.line_breaks:
        at = np.concatenate([at, _runs_of_digits(flags), np.flatnonzero(flags & _HOME)])
    good[np.searchsorted(ends, at)] = False
    return good


def _runs_of_digits(flags: Flags) -> Flags:
    """Places inside eleven digits in a row, which may be a number of somebody's."""
    run = flags & _DIGIT
    # 2, 4, 8 and then 11 in a row: each step joins two stretches.
    for step in (1, 2, 4, 3):
        run = run[:-step] & run[step:]
    return np.flatnonzero(run)


def _texts(texts: Sequence[str], column: Column) -> Sieved:
    return _ordinary(texts, column, 0), texts


def _names(texts: Sequence[str], column: Column) -> Sieved:
    return _ordinary(texts, column, _IN_NAME | _UNFOLDED), texts


def _document_numbers(texts: Sequence[str], column: Column) -> Sieved:
    return _ordinary(texts, column, _IN_NUMBER | _UNFOLDED), texts


def _codes(texts: Sequence[str], column: Column) -> Sieved:
    """Codes that need no word: shape, check character, inner digit, category, region; never a person's number."""
    chars, begins, ends = _laid_out(texts, "ascii", "replace", np.uint8)
    good: Flags = ends - begins == 18
    if not good.all():
        good[good] = _codes(list(compress(texts, good.tolist())), column)[0] if good.any() else False
        return good, texts
    # Places first: numpy passes along a place of all codes much faster than along the places of one code.
    places = np.ascontiguousarray(chars.reshape(-1, 19)[:, :18].T)
    sums = sum(share.take(place) for share, place in zip(_SHARES, places, strict=True))
    inner = sum(share.take(place) for share, place in zip(_INNER_SHARES, places[8:17], strict=True))
    fine: Flags = (sums < _NEVER) & (sums % 31 == 0) & (inner < _NEVER) & (inner % 11 == 0)
    fine &= _PAIRS[places[0], places[1]] & _PLACES[places[2], places[3]]
    # Only digits, and not an enterprise's: it might be a person's number as well.
    fine &= (places[:17] > ord("9")).any(axis=0) | (places[0] == ord("9"))
    return fine, texts


def _amounts(texts: Sequence[str], column: Column) -> Sieved:
    """Plain decimals of at most twelve digits before the point and as many after it as the unit has."""
    unit = money.UNITS[column.unit]
    most_places = len(str(unit)) - 1
    # Whatever is not ASCII becomes a question mark, which is no part of a plain decimal.
    chars, begins, ends = _laid_out(texts, "ascii", "replace", np.uint8)
    digits = chars - ord("0")
    points = np.flatnonzero(chars == ord("."))
    owners = np.searchsorted(ends, points)
    wholes, places = ends - begins, np.zeros(len(texts), dtype=np.int64)
    wholes[owners] = points - begins[owners]
    places[owners] = ends[owners] - 1 - points
    good: Flags = (wholes >= 1) & (wholes <= 12) & (places <= most_places)
    # A point that nothing follows, and a second one.
    good[owners[places[owners] == 0]] = False
    good[owners[1:][owners[1:] == owners[:-1]]] = False
    strange = digits > 9
    strange[points] = strange[ends] = False
    good[np.searchsorted(ends, np.flatnonzero(strange))] = False
    # Each digit by what its distance from the point makes it worth in 分; points and ends are worth nothing.
    left = np.repeat(begins + wholes, ends - begins + 1) - np.arange(len(chars))
    digits[points] = digits[ends] = 0
    worths = _POWERS.take(left + (left < 0) + (most_places - 1), mode="clip") * digits
    fens = np.add.reduceat(worths, begins)
    good &= fens <= _most(column)
    return good, fens.tolist()


def _most(column: Column) -> int:
    """The largest amount in 分 of which nothing is to be said."""
    return _LARGEST if column.most is None else min(column.most, _LARGEST)


_POWERS: Final = 10 ** np.arange(19, dtype=np.int64)
_LARGEST: Final = 10**15 - 1


def _days(texts: Iterable[str], column: Column, today: date) -> dict[Any, object]:
    found: dict[Any, object] = {}
    latest = date(2098, 12, 31) if column.future else today
    for cell in texts:
        try:
            day = date.fromisoformat(cell)
        except ValueError:
            continue
        # It reads weeks and days without dashes as well.
        if EARLIEST <= day <= latest and day.isoformat() == cell:
            found[cell] = day
    return found


def _shares(alphabet: str, weights: Sequence[int], modulus: int) -> Flags:
    """What a character adds at each place to a sum that its check character makes a multiple of the modulus."""
    table = np.full((len(weights), 256), _NEVER, dtype=np.uint32)
    for place, weight in enumerate(weights):
        for value, char in enumerate(alphabet):
            table[place, ord(char)] = value * weight % modulus
    return table


def _pairs(known: Iterable[str]) -> Flags:
    table = np.zeros((256, 256), dtype=bool)
    for pair in known:
        table[ord(pair[0]), ord(pair[1])] = True
    return table


# More than any sum of shares: the character may not stand there at all.
_NEVER: Final = 2**16
_SHARES: Final = _shares(uscc.ALPHABET, [*(pow(3, place, 31) for place in range(17)), 1], 31)
# The region's six places are digits.
_SHARES[2:8, ord("A") :] = _NEVER
_INNER_SHARES: Final = np.concatenate(
    [
        _shares("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", [3, 7, 9, 10, 5, 8, 4, 2], 11),
        _shares("0123456789X", [1], 11),
    ]
)
_PAIRS: Final = _pairs(uscc.CATEGORIES)
_PLACES: Final = _pairs(uscc.PROVINCES)

# Which cells are good, and the values of all; a date column holds few different days and has no use for one.
_SIEVES: Final[Mapping[str, Sieve]] = {
    "text": _texts,
    "name": _names,
    "document_no": _document_numbers,
    "uscc": _codes,
    "money": _amounts,
}
