"""A column at once: cells that are plainly good are told by one look at many, the rest go through ``parse_cell``.

The sieves may only let through what ``parse_cell`` takes without a word and without a change; everything they are not
sure of is parsed one by one.  So the answer is that of ``parse_cell`` for every cell, and a test says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np

from importers.checks import money, uscc
from importers.checks.names import TRADITIONAL
from importers.columns import Column, parse_cell
from importers.problems import Finding

Findings = dict[int, list[Finding]]

# Not one of the control characters that \s takes for a space.
_SEPARATOR: Final = "\x02"
_CHUNK: Final = 256
# Shorter cells may be words for nothing (N / A, 暂 无); there are few different ones.
_SHORT: Final = 8

# Each pattern is one class of characters and nothing else: a regular expression passes over a class ten times as
# fast as over a choice, and everything else that is odd is told by ``in``.
_ODD: Final = re.compile(
    # Control, invisible, private, replaced; every space but the ordinary one; characters of mojibake.
    r"[\x00\x01\x03-\x1f\x7f\x85\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2069\u3000\ufeff\u00ad\ufffd\ufdd0-\ufdef\ufffe"
    r"\uffff\ue000-\uf8ff\U000f0000-\U0010ffff\ud800-\udfff"
    r"鏄鏂鏃鏈鏉鐨鍖鍏鍙鍥鍦鎴鐢鑲浜涓鐞闄鍒鎶绉鏀鎭瀹绋犳璐锛銆鍚噺荤儴绠鈥閿鎷枻]"
)
# At the beginning of a cell: what a spreadsheet would run, an error of Excel.
_BEGINNINGS: Final = frozenset(" =+@-#＝＋＠－")
_DIGITS: Final = re.compile(r"[0-9]{11}")
_HOMES: Final = ("住址", "现住", "户籍", "家住")
_ODD_NAME: Final = re.compile(
    r"[\u0370-\u052f\u0530-\u058f\u10a0-\u10ff\u13a0-\u13ff・•‧･∙⋅●\ufe00-\ufe0f\U000e0100-\U000e01ef戶戸〇ー<>{}?？&□■\uff01-\uff07"
    r"\uff0a-\uff5e]"
)
_ODD_NUMBER: Final = re.compile(r"[ (\[{【〖「)\]}】〗」（）]")


def parse_column(cells: Sequence[object], column: Column, *, today: date) -> tuple[list[object], Findings]:
    """Typed values in order, and findings by index; what ``parse_cell`` says of every cell."""
    texts: dict[object, object] = {}
    noisy: dict[object, list[Finding]] = {}
    if not set(map(type, cells)) <= {str}:
        return _one_by_one(cells, column, today)
    distinct = set(cells)
    sieve = _SIEVES.get(column.type)
    if sieve is not None and len(distinct) > _CHUNK:
        texts.update(sieve([cell for cell in distinct if isinstance(cell, str) and cell], column))
    for cell in distinct - texts.keys():
        texts[cell], said = parse_cell(cell if cell != "" else None, column, today=today)
        if said:
            noisy[cell] = said
    values = list(map(texts.__getitem__, cells))
    findings = {index: noisy[cell] for index, cell in enumerate(cells) if cell in noisy} if noisy else {}
    return values, findings


def _one_by_one(cells: Sequence[object], column: Column, today: date) -> tuple[list[object], Findings]:
    # 1, 1.0 and True are one key of a dict and three different cells.
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


def _plain(cells: Iterable[str], column: Column, *more: re.Pattern[str], folded: bool = False) -> list[str]:
    """Cells in which nothing odd was seen.

    Args:
        folded: whether NFKC must leave the cell as it is, brackets of names apart.
    """
    limit = column.limit
    candidates = [cell for cell in cells if _SHORT < len(cell) <= limit and cell[0] not in _BEGINNINGS]
    personal = column.line_breaks
    good: list[str] = []
    for start in range(0, len(candidates), _CHUNK):
        chunk = candidates[start : start + _CHUNK]
        joined = _SEPARATOR.join(chunk)
        if joined.count(_SEPARATOR) == len(chunk) - 1 and not _is_odd(joined, more, folded, personal):
            good += chunk
        else:
            good += [
                cell for cell in chunk if _SEPARATOR not in cell and not _is_odd(cell, more, folded, personal)
            ]
    return good


def _is_odd(joined: str, more: tuple[re.Pattern[str], ...], folded: bool, personal: bool) -> bool:
    if _ODD.search(joined) or any(pattern.search(joined) for pattern in more):
        return True
    if " " in joined and (joined[-1] == " " or "  " in joined or " " + _SEPARATOR in joined):
        return True
    if personal and (_DIGITS.search(joined) or any(word in joined for word in _HOMES)):
        return True
    return folded and not unicodedata.is_normalized("NFKC", joined.replace("（", "(").replace("）", ")"))


def _texts(cells: list[str], column: Column) -> Mapping[str, object]:
    return {cell: cell for cell in _plain(cells, column)}


def _names(cells: list[str], column: Column) -> Mapping[str, object]:
    return {cell: cell for cell in _plain(cells, column, _ODD_NAME, TRADITIONAL, folded=True)}


def _document_numbers(cells: list[str], column: Column) -> Mapping[str, object]:
    return {cell: cell for cell in _plain(cells, column, _ODD_NUMBER, folded=True)}


def _amounts(cells: list[str], column: Column) -> Mapping[str, object]:
    unit = money.UNITS[column.unit]
    places = len(str(unit)) - 1
    found: dict[str, object] = {}
    for cell in cells:
        if len(cell) <= 12 and money.PLAIN.fullmatch(cell):
            whole, _, fraction = cell.partition(".")
            if len(fraction) <= places:
                fen = int(whole) * unit + int(fraction.ljust(places, "0") or 0)
                if fen < 10**15 and (column.most is None or fen <= column.most):
                    found[cell] = fen
    return found


def _codes(cells: list[str], column: Column) -> Mapping[str, object]:
    candidates = [cell for cell in cells if len(cell) == 18 and cell.isascii()]
    if not candidates:
        return {}
    table = np.frombuffer("".join(candidates).encode("ascii"), dtype=np.uint8).reshape(-1, 18)
    values = _VALUES[table]
    digits = values < 10
    good = (values >= 0).all(axis=1) & digits[:, 2:8].all(axis=1)
    good &= (-(values[:, :17] @ _WEIGHTS) % 31) == values[:, 17]
    inner = _ORGANISATION_VALUES[table[:, 8:16]] @ _ORGANISATION_WEIGHTS
    good &= _ORGANISATION_CHECKS[11 - inner % 11] == table[:, 16]
    # Only digits, and not an enterprise's: it might be a person's number as well.
    good &= ~(digits[:, :17].all(axis=1) & (table[:, 0] != ord("9")))
    chosen = np.flatnonzero(good)
    return {
        cell: cell
        for cell in (candidates[at] for at in chosen)
        if cell[:2] in uscc.CATEGORIES and cell[2:4] in uscc.PROVINCES
    }


def _lookup(alphabet: Mapping[str, int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    table = np.full(256, -1, dtype=np.int64)
    for char, value in alphabet.items():
        table[ord(char)] = value
    return table


_VALUES: Final = _lookup({char: value for value, char in enumerate(uscc.ALPHABET)})
_WEIGHTS: Final = np.array([pow(3, place, 31) for place in range(17)], dtype=np.int64)
_ORGANISATION_VALUES: Final = _lookup(
    {char: value for value, char in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
)
_ORGANISATION_WEIGHTS: Final = np.array([3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_ORGANISATION_CHECKS: Final = np.frombuffer(b"0123456789X0", dtype=np.uint8)

_SIEVES: Final[Mapping[str, Callable[[list[str], Column], Mapping[str, object]]]] = {
    "text": _texts,
    "name": _names,
    "document_no": _document_numbers,
    "money": _amounts,
    "uscc": _codes,
}
