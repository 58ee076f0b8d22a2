"""A column at once: cells that are plainly good are told by one look at many, the rest go through ``parse_cell``.

The sieves may only let through what ``parse_cell`` takes without a word and without a change; everything they are not
sure of is parsed one by one.  So the answer is that of ``parse_cell`` for every cell, and a test says so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final

import numpy as np

from importers.checks import money, uscc
from importers.checks.dates import EARLIEST
from importers.checks.names import TRADITIONAL
from importers.columns import Column, parse_cell
from importers.problems import Finding

Findings = dict[int, list[Finding]]
Flags = np.ndarray[Any, np.dtype[Any]]
Sieved = tuple[Flags, Sequence[object]]

# Fewer cells are not worth an array.
_MANY: Final = 64
# Shorter cells may be words for nothing (N / A, 暂 无).
_SHORT: Final = 8


# 1, 1.0 and True are one key of a dict and three different cells.
_EQUAL_ACROSS: Final = frozenset({bool, int, float})


def parse_column(cells: Sequence[object], column: Column, *, today: date) -> tuple[list[object], Findings]:
    """Typed values in order, and findings by index; what ``parse_cell`` says of every cell."""
    types = set(map(type, cells))
    if not types <= {str}:
        if len(types & _EQUAL_ACROSS) > 1:
            return _one_by_one(cells, column, today)
        return _mapped(cells, {}, set(cells), column, today)
    texts: list[str] = cells if isinstance(cells, list) else list(cells)  # type: ignore[arg-type]  # seen above
    sieve = _SIEVES.get(column.type)
    if sieve is not None and len(texts) > _MANY and _mostly_different(texts):
        good, values = sieve(texts, column)
        return _good_but(texts, good, values, column, today)
    return _by_different(texts, column, today)


def _mostly_different(texts: list[str]) -> bool:
    """Whether a text stands in fewer than six cells, so that looking at all of them is quicker than at each text once.

    By the birthdays in a sample: among s cells of d texts some s²/2d repeat an earlier one.
    """
    sample = texts[: 16 * _MANY]
    repeated = len(sample) - len(set(sample))
    return 3 * len(sample) ** 2 > repeated * len(texts)


def _good_but(
    texts: list[str], good: Flags, sieved: Sequence[object], column: Column, today: date
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


def _by_different(texts: list[str], column: Column, today: date) -> tuple[list[object], Findings]:
    """Each different cell once."""
    distinct = set(texts)
    parsed: dict[str, object] = {}
    if len(distinct) > _MANY:
        ordered = list(distinct)
        if column.type == "date":
            parsed.update(_days(ordered, column, today))
        elif (sieve := _SIEVES.get(column.type)) is not None:
            good, made = sieve(ordered, column)
            parsed.update((ordered[at], made[at]) for at in np.flatnonzero(good).tolist())
    return _mapped(texts, parsed, distinct, column, today)


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
    findings = {index: noisy[cell] for index, cell in enumerate(cells) if cell in noisy} if noisy else {}
    return values, findings


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


def _ordinary(texts: list[str], column: Column, forbidden: int) -> Flags:
    """Which cells hold nothing odd: within their length, no forbidden character, spaces only between words."""
    count = len(texts)
    lengths: Flags = np.fromiter(map(len, texts), dtype=np.int64, count=count)
    units = np.frombuffer("".join(texts).encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    ends = lengths.cumsum()
    if len(units) != (ends[-1] if count else 0):
        return _ordinary_without_pairs(texts, column, forbidden)
    good: Flags = (lengths > _SHORT) & (lengths <= column.limit)
    # Every unit has its flags; told so, numpy looks each up in half the time.
    flags: Flags = _chars().take(units, mode="wrap")
    at = np.flatnonzero(flags & (_ODD | forbidden))
    filled = np.flatnonzero(lengths)
    good[filled[(flags[(ends - lengths)[filled]] & _BEGINNING) != 0]] = False
    spaces = flags & _SPACE
    if spaces.any():
        good[filled[spaces[ends[filled] - 1] != 0]] = False
        at = np.concatenate([at, np.flatnonzero(spaces[1:] & spaces[:-1])])
    if column.line_breaks:
        at = np.concatenate([at, _runs_of_digits(flags), np.flatnonzero(flags & _HOME)])
    good[np.searchsorted(ends, at, side="right")] = False
    return good


def _ordinary_without_pairs(texts: list[str], column: Column, forbidden: int) -> Flags:
    """The same where a character outside the basic plane takes two units: its cells are left to be parsed."""
    plain = np.fromiter((text.isascii() or max(text, default="") <= "\uffff" for text in texts), dtype=bool)
    good = np.zeros(len(texts), dtype=bool)
    good[plain] = _ordinary([texts[index] for index in np.flatnonzero(plain).tolist()], column, forbidden)
    return good


def _runs_of_digits(flags: Flags) -> Flags:
    """Places inside eleven digits in a row, which may be a number of somebody's."""
    run = flags & _DIGIT
    # 2, 4, 8 and then 11 in a row: each step joins two stretches.
    for step in (1, 2, 4, 3):
        run = run[:-step] & run[step:]
    return np.flatnonzero(run)


def _texts(texts: list[str], column: Column) -> Sieved:
    return _ordinary(texts, column, 0), texts


def _names(texts: list[str], column: Column) -> Sieved:
    return _ordinary(texts, column, _IN_NAME | _UNFOLDED), texts


def _document_numbers(texts: list[str], column: Column) -> Sieved:
    return _ordinary(texts, column, _IN_NUMBER | _UNFOLDED), texts


def _codes(texts: list[str], column: Column) -> Sieved:
    """Codes that need no word: shape, check character, inner digit, category, region; never a person's number."""
    good: Flags = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) == 18
    chosen = texts if good.all() else [texts[index] for index in np.flatnonzero(good).tolist()]
    joined = "".join(chosen)
    if not joined.isascii():
        chosen_ascii = np.fromiter(map(str.isascii, chosen), dtype=bool, count=len(chosen))
        good[np.flatnonzero(good)[~chosen_ascii]] = False
        joined = "".join(text for text in chosen if text.isascii())
    if not joined:
        return good, texts
    # Places first: numpy passes along a place of all codes much faster than along the places of one code.
    table = np.ascontiguousarray(np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(-1, 18).T)
    values = _VALUES[table]
    fine: Flags = np.asarray((values >= 0).all(axis=0) & (values[2:8] < 10).all(axis=0))
    # Exact in single precision: the sums stay below 2 to the 24th.
    rest = (_WEIGHTS @ values[:17]).astype(np.int32) % 31
    fine &= (31 - rest) % 31 == values[17]
    inner = (_ORGANISATION_WEIGHTS @ _ORGANISATION_VALUES[table[8:16]]).astype(np.int32) % 11
    fine &= _ORGANISATION_CHECKS[11 - inner] == table[16]
    fine &= _PAIRS[table[0], table[1]] & _PLACES[table[2], table[3]]
    # Only digits, and not an enterprise's: it might be a person's number as well.
    fine &= ~((values[:17] < 10).all(axis=0) & (table[0] != ord("9")))
    good[good] = fine
    return good, texts


def _amounts(texts: list[str], column: Column) -> Sieved:
    """Plain decimals of at most twelve digits before the point and as many after it as the unit has."""
    unit = money.UNITS[column.unit]
    places = len(str(unit)) - 1
    lengths: Flags = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    ends = lengths.cumsum()
    # Whatever is not ASCII becomes a question mark, which is no part of a plain decimal.
    chars = np.frombuffer("".join(texts).encode("ascii", "replace"), dtype=np.uint8)
    points = np.flatnonzero(chars == ord("."))
    owners = np.searchsorted(ends, points, side="right")
    strange = np.flatnonzero(((chars < ord("0")) | (chars > ord("9"))) & (chars != ord(".")))
    wholes, decimals = lengths.copy(), np.ones(len(texts), dtype=np.int64)
    wholes[owners] = points - (ends - lengths)[owners]
    decimals[owners] = ends[owners] - 1 - points
    good: Flags = (wholes >= 1) & (wholes <= 12) & (decimals >= 1) & (decimals <= places)
    good[np.searchsorted(ends, strange, side="right")] = False
    good[np.bincount(owners, minlength=len(texts)) > 1] = False
    plain = (
        texts
        if good.all()
        else [text if is_good else "0" for text, is_good in zip(texts, good.tolist(), strict=True)]
    )
    # The double nearest to a decimal below 10 to the 15th, times its unit, is nearer to its integer than to a half.
    fens = np.rint(np.array(list(map(float, plain)), dtype=np.float64) * unit)
    good &= fens <= min(column.most if column.most is not None else _LARGEST, _LARGEST)
    return good, np.where(good, fens, 0).astype(np.int64).tolist()


_LARGEST: Final = 10**15 - 1


def _days(texts: list[str], column: Column, today: date) -> Mapping[str, object]:
    found: dict[str, object] = {}
    latest = date(2098, 12, 31) if column.future else today
    for cell in texts:
        if (
            len(cell) == 10
            and cell[4] == cell[7] == "-"
            and cell.isascii()
            and cell.replace("-", "").isdecimal()
        ):
            try:
                day = date.fromisoformat(cell)
            except ValueError:
                continue
            if EARLIEST <= day <= latest:
                found[cell] = day
    return found


def _lookup(alphabet: str, dtype: Any) -> Flags:
    table = np.full(256, -1, dtype=dtype)
    for value, char in enumerate(alphabet):
        table[ord(char)] = value
    return table


def _pairs(known: Iterable[str]) -> Flags:
    table = np.zeros((256, 256), dtype=bool)
    for pair in known:
        table[ord(pair[0]), ord(pair[1])] = True
    return table


_VALUES: Final = _lookup(uscc.ALPHABET, np.float32)
_WEIGHTS: Final = np.array([pow(3, place, 31) for place in range(17)], dtype=np.float32)
_ORGANISATION_VALUES: Final = _lookup("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", np.float32)
_ORGANISATION_WEIGHTS: Final = np.array([3, 7, 9, 10, 5, 8, 4, 2], dtype=np.float32)
_ORGANISATION_CHECKS: Final = np.frombuffer(b"0123456789X0", dtype=np.uint8)
_PAIRS: Final = _pairs(uscc.CATEGORIES)
_PLACES: Final = _pairs(uscc.PROVINCES)

# Which cells are good, and the values of all; a date column holds few different days and has no use for one.
_SIEVES: Final[Mapping[str, Callable[[list[str], Column], Sieved]]] = {
    "text": _texts,
    "name": _names,
    "document_no": _document_numbers,
    "uscc": _codes,
    "money": _amounts,
}
