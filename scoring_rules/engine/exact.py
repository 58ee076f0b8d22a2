"""Columns of exact numbers: integers over one denominator while they fit, Python fractions where they do not."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring_rules.engine.calendar import Bools, Ints

_LIMIT = 2**62
_FLOAT_EXACT = 2**53


@dataclass
class Exact:
    """``n / d`` per row. ``n`` is int64, or objects of Fraction with ``d`` 1. ``ok`` is None when no row is missing."""

    n: NDArray[Any]
    d: int = 1
    ok: Bools | None = None

    @property
    def size(self) -> int:
        return int(self.n.size)

    @property
    def is_whole(self) -> bool:
        return self.n.dtype != object

    def present(self) -> Bools:
        return np.ones(self.n.shape, dtype=bool) if self.ok is None else self.ok

    def at(self, rows: Any) -> Exact:
        return Exact(self.n[rows], self.d, None if self.ok is None else self.ok[rows])

    def fractions(self) -> list[Fraction]:
        return [Fraction(value) / self.d for value in self.n.tolist()]

    def zeroed(self) -> Exact:
        """Missing rows as 0, none missing."""
        if self.ok is None:
            return self
        return Exact(np.where(self.ok, self.n, 0), self.d)


def constant(value: Fraction | int, size: int) -> Exact:
    value = Fraction(value)
    if abs(value.numerator) < _LIMIT:
        return Exact(np.broadcast_to(np.int64(value.numerator), (size,)), value.denominator)
    return Exact(np.broadcast_to(np.array(value, dtype=object), (size,)), 1)


def of_fractions(values: Sequence[Fraction], ok: Bools | None = None) -> Exact:
    denominator = math.lcm(*(value.denominator for value in values)) if values else 1
    scaled = [value * denominator for value in values]
    if denominator < _LIMIT and all(abs(value.numerator) < _LIMIT for value in scaled):
        return Exact(np.array([value.numerator for value in scaled], dtype=np.int64), denominator, ok)
    array = np.empty(len(values), dtype=object)
    array[:] = list(values)
    return Exact(array, 1, ok)


def _bound(x: Exact) -> int:
    if not x.n.size:
        return 0
    if x.n.strides == (0,):
        return abs(int(x.n[0]))
    return max(abs(int(x.n.min())), abs(int(x.n.max())))


def _objects(x: Exact) -> NDArray[Any]:
    if not x.is_whole and x.d == 1:
        return x.n
    array = np.empty(x.n.shape, dtype=object)
    array[:] = [Fraction(int(value), x.d) for value in x.n.tolist()] if x.is_whole else x.fractions()
    return array


def _both(a: Exact, b: Exact) -> Bools | None:
    if a.ok is None:
        return b.ok
    return a.ok if b.ok is None else a.ok & b.ok


def _aligned(a: Exact, b: Exact) -> tuple[NDArray[Any], NDArray[Any], int]:
    """Numerators over one denominator; objects when the integers would not fit."""
    if a.is_whole and b.is_whole:
        if a.d == b.d:
            return a.n, b.n, a.d
        common = math.lcm(a.d, b.d)
        if max(_bound(a) * (common // a.d), _bound(b) * (common // b.d)) < _LIMIT // 2:
            return a.n * (common // a.d), b.n * (common // b.d), common
    return _objects(a), _objects(b), 1


def add(a: Exact, b: Exact) -> Exact:
    left, right, d = _aligned(a, b)
    if left.dtype != object and _bound(Exact(left)) + _bound(Exact(right)) >= _LIMIT:
        left, right, d = _objects(a), _objects(b), 1
    return Exact(left + right, d, _both(a, b))


def negative(a: Exact) -> Exact:
    return Exact(-a.n, a.d, a.ok)


def subtract(a: Exact, b: Exact) -> Exact:
    return add(a, negative(b))


def multiply(a: Exact, b: Exact) -> Exact:
    if a.is_whole and b.is_whole and _bound(a) * _bound(b) < _LIMIT and a.d * b.d < _LIMIT:
        return Exact(a.n * b.n, a.d * b.d, _both(a, b))
    return Exact(_objects(a) * _objects(b), 1, _both(a, b))


def divide(a: Exact, b: Exact) -> Exact:
    """Missing where the divisor is 0."""
    nonzero = b.n != 0
    ok = _both(a, b)
    ok = nonzero.astype(bool) if ok is None else ok & nonzero.astype(bool)
    top, under = _objects(a), _objects(b)
    found = np.empty(a.n.shape, dtype=object)
    found[:] = [x / y if good else Fraction(0) for x, y, good in zip(top, under, ok, strict=True)]
    return Exact(found, 1, ok)


def choose(mask: Bools, a: Exact, b: Exact) -> Exact:
    """``a`` where mask, else ``b``."""
    left, right, d = _aligned(a, b)
    ok = None if a.ok is None and b.ok is None else np.where(mask, a.present(), b.present())
    return Exact(np.where(mask, left, right), d, ok)


def is_less(a: Exact, b: Exact) -> Bools:
    left, right, _ = _aligned(a, b)
    found: Bools = (left < right).astype(bool)
    return found


def extreme(parts: Sequence[Exact], *, largest: bool) -> tuple[Exact, Ints]:
    """The largest or smallest present part of each row, and which part it was (the first of equals)."""
    best, which = parts[0], np.zeros(parts[0].size, dtype=np.int64)
    for position, part in enumerate(parts[1:], start=1):
        better = is_less(best, part) if largest else is_less(part, best)
        take = part.present() & (better | ~best.present())
        best = choose(take, part, best)
        which = np.where(take, position, which)
    return best, which


def compare(a: Exact, op: str, bound: Fraction) -> Bools:
    """``at_least``, ``at_most``, ``above`` or ``below``; False where missing."""
    if a.is_whole:
        scaled = bound * a.d
        floor, ceiling = math.floor(scaled), math.ceil(scaled)
        found = {
            "at_least": lambda: a.n >= ceiling,
            "at_most": lambda: a.n <= floor,
            "above": lambda: a.n > floor,
            "below": lambda: a.n < ceiling,
        }[op]()
    else:
        found = {
            "at_least": lambda: a.n >= bound,
            "at_most": lambda: a.n <= bound,
            "above": lambda: a.n > bound,
            "below": lambda: a.n < bound,
        }[op]()
    result: Bools = found.astype(bool)
    return result if a.ok is None else result & a.ok


def totals(values: Exact, groups: Ints, size: int) -> Exact:
    """Sum per group of 0 … size-1; missing rows add nothing."""
    x = values.zeroed()
    if not x.is_whole:
        found = np.empty(size, dtype=object)
        found[:] = [Fraction(0)] * size
        np.add.at(found, groups, x.n)
        return Exact(found, x.d)
    if _bound(x) * max(x.size, 1) < _FLOAT_EXACT:
        if x.n.strides == (0,) and x.size:
            return Exact(np.bincount(groups, minlength=size).astype(np.int64) * int(x.n[0]), x.d)
        return Exact(np.bincount(groups, weights=x.n, minlength=size).astype(np.int64), x.d)
    if _bound(x) * max(x.size, 1) >= _LIMIT:
        return totals(Exact(_objects(x), 1), groups, size)
    added = np.zeros(size, dtype=np.int64)
    np.add.at(added, groups, x.n)
    return Exact(added, x.d)


def window_sums(values: Exact, first: Ints) -> Exact:
    """Per row the sum of the rows from ``first`` to it; missing rows add nothing."""
    x = values.zeroed()
    n = _objects(x) if x.is_whole and _bound(x) * max(x.size, 1) >= _LIMIT else x.n
    d = 1 if n.dtype == object else x.d
    before = np.concatenate([np.zeros(1, dtype=n.dtype), np.cumsum(n)]) if x.size else n
    return Exact(before[1:] - before[first] if x.size else n, d)


def rounded(x: Exact, scale: int, rounding: str) -> Ints:
    """Units of 1/scale. ``half_up`` rounds halves away from zero, as in commerce; ``down`` is towards zero, ``floor`` towards less."""
    if not x.is_whole:
        return np.array([_round(value * scale, rounding) for value in x.fractions()], dtype=np.int64)
    if _bound(x) * scale * 2 + 2 * x.d >= _LIMIT:
        return rounded(Exact(_objects(x), 1), scale, rounding)
    sign = np.where(x.n < 0, -1, 1)
    magnitude = np.abs(x.n) * scale
    whole, rest = magnitude // x.d, magnitude % x.d
    steps: dict[str, Callable[[], Any]] = {
        "half_up": lambda: 2 * rest >= x.d,
        "half_even": lambda: (2 * rest > x.d) | ((2 * rest == x.d) & (whole % 2 == 1)),
        "down": lambda: np.zeros(rest.shape, dtype=bool),
        "up": lambda: rest > 0,
        "floor": lambda: (rest > 0) & (sign < 0),
        "ceiling": lambda: (rest > 0) & (sign > 0),
    }
    found: Ints = sign * (whole + steps[rounding]())
    return found


def _round(value: Fraction, rounding: str) -> int:
    sign, magnitude = (-1 if value < 0 else 1), abs(value)
    whole, rest = divmod(magnitude, 1)
    up = {
        "half_up": rest >= Fraction(1, 2),
        "half_even": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1),
        "down": False,
        "up": rest > 0,
        "floor": rest > 0 and sign < 0,
        "ceiling": rest > 0 and sign > 0,
    }[rounding]
    return sign * (int(whole) + (1 if up else 0))


def text_of(value: Fraction) -> str:
    """An exact number as text: a decimal where it ends, else a fraction such as ``5/6``."""
    twos, fives, rest = 0, 0, value.denominator
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    places = max(twos, fives)
    digits = str(abs(value.numerator) * (10**places // value.denominator)).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (digits if not places else f"{digits[:-places]}.{digits[-places:]}")


def decimal_of(score: int, scale: int) -> str:
    """A stored score as text with the places of its scale: 940 at scale 10 is ``94.0``.

    A scale that is no power of ten is written exactly, as a decimal or a fraction.
    """
    places = len(str(scale)) - 1
    if scale != 10**places:
        return text_of(Fraction(score, scale))
    whole, rest = divmod(abs(score), scale)
    sign = "-" if score < 0 else ""
    return f"{sign}{whole}.{rest:0{places}d}" if places else f"{sign}{whole}"


def joined(parts: Sequence[Exact]) -> Exact:
    """Columns one below the other, over their common denominator."""
    if not parts:
        return Exact(np.zeros(0, dtype=np.int64))
    if len(parts) == 1:
        return parts[0]
    common = math.lcm(*(part.d for part in parts))
    ok = None
    if any(part.ok is not None for part in parts):
        ok = np.concatenate([part.present() for part in parts])
    if all(part.is_whole and _bound(part) * (common // part.d) < _LIMIT for part in parts):
        return Exact(np.concatenate([part.n * (common // part.d) for part in parts]), common, ok)
    return Exact(np.concatenate([_objects(part) for part in parts]), 1, ok)


def sort_keys(x: Exact) -> Ints:
    """Whole numbers in the order of the values, for lexsort."""
    if x.is_whole:
        return x.n
    order = {value: rank for rank, value in enumerate(sorted(set(x.n.tolist())))}
    return np.array([order[value] for value in x.n.tolist()], dtype=np.int64)


def is_zero(x: Exact) -> Bools:
    found: Bools = (x.n == 0).astype(bool)
    return found
