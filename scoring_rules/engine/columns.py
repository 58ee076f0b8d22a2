"""A DataFrame seen through its declared attributes: texts as small codes, days as integers, numbers exact.

A column that is absent counts as all missing; an empty text is missing. Conversion happens here, once per column.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring_rules.engine.calendar import MISSING, Ints
from scoring_rules.engine.exact import Exact, of_fractions, text_of

FALSE_TRUE = ("false", "true")


class InputError(ValueError):
    """Facts that cannot be read as declared. The message is Chinese and names the column and the value."""


class Columns:
    def __init__(self, frame: pd.DataFrame, types: dict[str, str]) -> None:
        self.frame = frame
        self.size = len(frame)
        self.types = types
        self._codes: dict[str, tuple[Ints, tuple[str, ...]]] = {}
        self._days: dict[str, Ints] = {}
        self._numbers: dict[str, Exact] = {}

    # Derived and event attributes are put in by the engine under their own names.
    def put_codes(self, name: str, codes: NDArray[Any], words: tuple[str, ...]) -> None:
        self._codes[name] = (codes, words)

    def put_days(self, name: str, days: Ints) -> None:
        self._days[name] = days

    def put_numbers(self, name: str, numbers: Exact) -> None:
        self._numbers[name] = numbers

    def codes(self, name: str) -> tuple[Ints, tuple[str, ...]]:
        """Code per row (-1 missing) and the word of each code; for text, codes and flag."""
        if name not in self._codes:
            if name not in self.frame.columns:
                self._codes[name] = (np.full(self.size, -1, dtype=np.int8), ())
            elif self.types.get(name) == "flag":
                self._codes[name] = (_flags(self.frame[name], name), FALSE_TRUE)
            else:
                self._codes[name] = _words(self.frame[name])
        return self._codes[name]

    def days(self, name: str) -> Ints:
        if name not in self._days:
            if name not in self.frame.columns:
                self._days[name] = np.full(self.size, MISSING, dtype=np.int64)
            else:
                self._days[name] = _days(self.frame[name], name)
        return self._days[name]

    def numbers(self, name: str) -> Exact:
        """For integer, decimal and flag (false is 0, true is 1)."""
        if name not in self._numbers:
            if self.types.get(name) == "flag":
                codes, _ = self.codes(name)
                found = Exact(np.maximum(codes, 0).astype(np.int64), 1, codes >= 0)
            elif name not in self.frame.columns:
                found = Exact(np.zeros(self.size, dtype=np.int64), 1, np.zeros(self.size, dtype=bool))
            else:
                found = _numbers(self.frame[name], name, whole=self.types.get(name) == "integer")
            self._numbers[name] = found
        return self._numbers[name]

    def word(self, name: str, row: int) -> str | None:
        """The value of a text, flag or number as it is written; None where it is missing."""
        if self.types.get(name) in ("integer", "decimal"):
            number = self.numbers(name).at([row])
            return text_of(number.fractions()[0]) if number.present()[0] else None
        codes, words = self.codes(name)
        return words[codes[row]] if codes[row] >= 0 else None

    def ranks(self, name: str, rows: Ints) -> Ints:
        """A whole number per row that sorts like the attribute; missing sorts first."""
        kind = self.types.get(name, "text")
        if kind == "date":
            return self.days(name)[rows]
        if kind in ("integer", "decimal"):
            numbers = self.numbers(name).at(rows)
            values = [
                value if ok else None
                for value, ok in zip(numbers.fractions(), numbers.present(), strict=True)
            ]
            order = {
                value: rank for rank, value in enumerate(sorted(v for v in set(values) if v is not None))
            }
            return np.array([-1 if value is None else order[value] for value in values], dtype=np.int64)
        if self._is_long_text(name, kind):
            codes, words = _words(self.frame[name].iloc[rows])
            return _alphabetical(words)[codes]
        codes, words = self.codes(name)
        return _alphabetical(words)[codes[rows]]

    def keys(self, name: str, rows: Ints) -> Ints:
        """A code per row for grouping these rows with each other; missing is -1."""
        kind = self.types.get(name, "text")
        if kind == "date":
            days = self.days(name)[rows]
            return np.where(days > MISSING, days - days[days > MISSING].min(initial=0), -1)
        if kind in ("integer", "decimal"):
            numbers = self.numbers(name).at(rows)
            found, _ = pd.factorize(numbers.n)
            return np.where(numbers.present(), found, -1)
        if self._is_long_text(name, kind):
            codes, words = pd.factorize(self.frame[name].iloc[rows])
            blank = np.flatnonzero(np.asarray(words == ""))
            return np.where(np.isin(codes, blank), -1, codes)
        return self.codes(name)[0][rows].astype(np.int64)

    def _is_long_text(self, name: str, kind: str) -> bool:
        """Text whose codes nobody has asked for, such as document numbers: a few rows need no code for all."""
        if name in self._codes or name not in self.frame.columns or kind == "flag":
            return False
        return not isinstance(self.frame[name].dtype, pd.CategoricalDtype)


def _alphabetical(words: tuple[str, ...]) -> Ints:
    """The place of each code's word among the words; the last entry is for missing."""
    rank = np.full(len(words) + 1, -1, dtype=np.int64)
    rank[sorted(range(len(words)), key=words.__getitem__)] = np.arange(len(words))
    return rank


def _small(codes: NDArray[Any], count: int) -> NDArray[Any]:
    return codes.astype(np.int8 if count < 127 else np.int16 if count < 32767 else np.int32)


def _words(series: pd.Series[Any]) -> tuple[Ints, tuple[str, ...]]:
    if isinstance(series.dtype, pd.CategoricalDtype):
        codes, found = np.asarray(series.cat.codes), series.cat.categories
    else:
        codes, found = pd.factorize(series)
    words = tuple(map(str, found.tolist()))
    if "" in words:
        blank = words.index("")
        codes = np.where(codes == blank, -1, codes)
    return _small(codes, len(words)), words


def _by_distinct(series: pd.Series[Any], read: Callable[[Any], Any]) -> tuple[NDArray[Any], list[Any]]:
    """Code per row (-1 missing) and the read value of each distinct one: parsing runs once per distinct value."""
    codes, found = pd.factorize(series)
    values = [None if isinstance(value, str) and not value.strip() else read(value) for value in found]
    blank = np.array([value is None for value in values] + [True])
    return np.where(blank[codes], -1, codes), values


def _flags(series: pd.Series[Any], name: str) -> Ints:
    if series.dtype == bool:
        return series.to_numpy().astype(np.int8)

    def read(value: Any) -> int:
        text = str(value).strip().lower()
        if text in ("true", "1", "1.0", "是"):
            return 1
        if text in ("false", "0", "0.0", "否"):
            return 0
        raise InputError(f"列 {name} 的值“{value}”不是 true 或 false")

    codes, values = _by_distinct(series, read)
    table = np.array([-1 if value is None else value for value in values] + [-1], dtype=np.int8)
    found: Ints = table[codes]
    return found


def _days(series: pd.Series[Any], name: str) -> Ints:
    if np.issubdtype(series.dtype, np.datetime64) if isinstance(series.dtype, np.dtype) else False:
        stamps = series.to_numpy().astype("datetime64[D]")
        days = stamps.astype(np.int64)
        return np.where(np.isnat(stamps), MISSING, days)

    def read(value: Any) -> int:
        try:
            day = value if isinstance(value, date) else date.fromisoformat(str(value).strip()[:10])
            return int(np.datetime64(day, "D").astype(np.int64))
        except ValueError:
            raise InputError(f"列 {name} 的值“{value}”不是日期，应写成 2026-04-01") from None

    codes, values = _by_distinct(series, read)
    table = np.array([MISSING if value is None else value for value in values] + [MISSING], dtype=np.int64)
    found: Ints = table[codes]
    return found


def _numbers(series: pd.Series[Any], name: str, *, whole: bool) -> Exact:
    if isinstance(series.dtype, np.dtype) and np.issubdtype(series.dtype, np.integer):
        return Exact(series.to_numpy().astype(np.int64))
    if isinstance(series.dtype, pd.Int64Dtype):
        ok = series.notna().to_numpy()
        return Exact(series.fillna(0).to_numpy().astype(np.int64), 1, None if ok.all() else ok)

    def read(value: Any) -> Fraction:
        try:
            # A float column is what pandas makes of integers with gaps; its shortest text is what was written.
            number = Fraction(repr(float(value)) if isinstance(value, float) else str(value).strip())
        except (ValueError, ZeroDivisionError):
            raise InputError(f"列 {name} 的值“{value}”不是数字") from None
        if whole and number.denominator != 1:
            raise InputError(f"列 {name} 的值“{value}”不是整数")
        return number

    codes, values = _by_distinct(series, read)
    table = of_fractions([Fraction(0) if value is None else value for value in values] + [Fraction(0)])
    ok = codes >= 0
    return Exact(table.n[codes], table.d, None if ok.all() else ok)
