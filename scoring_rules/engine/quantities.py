"""Computed numbers of records: one exact value per row."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from scoring_rules.engine import exact
from scoring_rules.engine.ageing import age
from scoring_rules.engine.calendar import MISSING, NEVER, Bools, Ints, add_months, whole_months
from scoring_rules.engine.columns import Columns
from scoring_rules.engine.conditions import Conditions
from scoring_rules.engine.exact import Exact
from scoring_rules.engine.facts import Facts
from scoring_rules.engine.likeness import of_the_alike
from scoring_rules.language.conditions import Condition
from scoring_rules.language.quantities import (
    Aged,
    Alike,
    Attribute,
    Choose,
    Combined,
    Elapsed,
    Key,
    Literal,
    Lookup,
    Rounded,
    Table,
)


class RecordQuantities:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.conditions = Conditions(facts, self.of)
        self.turns = np.full(facts.case_count, NEVER, dtype=np.int64)

    def note(self, rows: Ints, turns: Ints) -> None:
        """A number of these rows may differ from those days on."""
        later = turns < NEVER
        rows, facts = rows[later], self.facts
        # A record of a domain that is not graded may still be like one that is: its day is its subject's.
        cases = facts.case_of[rows]
        cases = np.where(cases >= 0, cases, facts.subject_of[rows] * len(facts.domains))
        np.minimum.at(self.turns, cases, turns[later])

    def watched(self, condition: Condition, rows: Ints) -> Bools:
        truth = self.conditions.of_records(condition, rows)
        if truth.turns is not None:
            self.note(rows, truth.turns)
        return truth.holds

    def of(self, quantity: object, rows: Ints) -> Exact:
        match quantity:
            case Literal(value):
                return exact.constant(value, rows.size)
            case Attribute(scope, name, missing, _):
                return defaulted(self._columns(scope).numbers(name).at(self._rows(scope, rows)), missing)
            case Table():
                return table_of(
                    quantity,
                    lambda key: (self._columns(key.scope), self._rows(key.scope, rows)),
                    lambda of: self.of(of, rows),
                )
            case Lookup(of, points, steps, _):
                return looked_up(self.of(of, rows), points, steps=steps)
            case Combined(op, parts, _):
                return combined(op, [self.of(part, rows) for part in parts])
            case Choose():
                return self._chosen(quantity, rows)
            case Rounded(of, scale, rounding):
                inner = self.of(of, rows)
                return Exact(exact.rounded(inner.zeroed(), scale, rounding), scale, inner.ok)
            case Alike():
                return of_the_alike(quantity, rows, self)
            case Aged(cases):
                aged = age(cases, rows, self.facts, self.conditions)
                self.note(rows, aged.turns)
                return aged.factor
            case Elapsed(unit, from_, to, scope, _):
                number, turns = elapsed(
                    unit, from_, to, self._columns(scope), self._rows(scope, rows), self.facts
                )
                self.note(rows, turns)
                return number
        raise TypeError(f"{type(quantity).__name__} is not a quantity of records")

    def _columns(self, scope: str) -> Columns:
        return self.facts.records if scope == "record" else self.facts.subjects

    def _rows(self, scope: str, rows: Ints) -> Ints:
        return rows if scope == "record" else self.facts.subject_of[rows]

    def _chosen(self, choose: Choose, rows: Ints) -> Exact:
        truths = [self.watched(case.when, rows) for case in choose.cases]
        values = [self.of(case.value, rows) for case in choose.cases]
        otherwise = None if choose.otherwise is None else self.of(choose.otherwise, rows)
        return first_of(truths, values, otherwise)


def first_of(truths: list[Bools], values: list[Exact], otherwise: Exact | None) -> Exact:
    """The value of the first truth; missing where none holds and there is nothing otherwise."""
    size = truths[0].size
    found = otherwise if otherwise is not None else nothing(size)
    for holds, value in zip(reversed(truths), reversed(values), strict=True):
        found = exact.choose(holds, value, found)
    return found


def nothing(size: int) -> Exact:
    return Exact(np.zeros(size, dtype=np.int64), 1, np.zeros(size, dtype=bool))


def defaulted(value: Exact, missing: Fraction | None) -> Exact:
    if missing is None or value.ok is None:
        return value
    return exact.choose(value.ok, Exact(value.n, value.d), exact.constant(missing, value.size))


def table_of(
    table: Table, read: Callable[[Key], tuple[Columns, Ints]], of: Callable[[object], Exact]
) -> Exact:
    """One cell for each row that ``read`` and ``of`` speak of.

    Args:
        read: the columns that hold a key's attribute, and the rows wanted of them.
        of: the numbers of a computed key.
    """
    cell, listed = np.zeros(1, dtype=np.int64), np.ones(1, dtype=bool)  # they widen with the first key
    words = [tuple(dict.fromkeys(names[at] for names in table.values)) for at in range(len(table.keys))]
    for key, known in zip(table.keys, words, strict=True):
        if key.scope == "value":
            place = _places(of(key.of), known)
        else:
            columns, rows = read(key)
            place = _listed(columns, key.name, known)[rows]
        listed = listed & (place >= 0)
        cell = cell * len(known) + np.maximum(place, 0)
    every = list(itertools.product(*words))
    values = exact.of_fractions([table.values.get(names, Fraction(0)) for names in every])
    listed = listed & np.array([names in table.values for names in every])[cell]
    return defaulted(Exact(values.n[cell], values.d, np.asarray(listed)), table.otherwise)


def _listed(columns: Columns, name: str, words: tuple[str, ...]) -> Ints:
    """Per row the place of its value among ``words``, -1 where it is missing or not among them."""
    if columns.types[name] == "integer":
        return _places(columns.numbers(name), words)
    codes, held = columns.codes(name)
    order = {word: at for at, word in enumerate(words)}
    return np.array([*(order.get(word, -1) for word in held), -1], dtype=np.int64)[codes]


def _places(numbers: Exact, words: tuple[str, ...]) -> Ints:
    distinct, inverse = np.unique(numbers.n, return_inverse=True)
    places = {Fraction(word): at for at, word in enumerate(words)}
    table = [places.get(Fraction(value) / numbers.d, -1) for value in distinct.tolist()]
    found = np.array(table, dtype=np.int64)[inverse]
    return np.where(numbers.present(), found, -1)


def looked_up(of: Exact, points: tuple[tuple[Fraction, ...], ...], *, steps: bool) -> Exact:
    """Piecewise linear (or a staircase) through the points, level outside them. Exact: no float takes part."""
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    held = of.zeroed()
    segment = np.zeros(held.size, dtype=np.int64)
    for position, x in enumerate(xs):
        segment = np.where(exact.compare(held, "at_least", x), position + 1, segment)
    if steps or len(xs) == 1:
        levels = exact.of_fractions([ys[0], *ys])
        return Exact(levels.n[segment], levels.d, of.ok)
    slopes = [(ys[i + 1] - ys[i]) / (xs[i + 1] - xs[i]) for i in range(len(xs) - 1)]
    a = exact.of_fractions([Fraction(0), *slopes, Fraction(0)])
    b = exact.of_fractions(
        [ys[0], *(y - slope * x for x, y, slope in zip(xs, ys, slopes, strict=False)), ys[-1]]
    )
    product = exact.multiply(a.at(segment), held)
    found = exact.add(product, b.at(segment))
    return Exact(found.n, found.d, of.ok)


def combined(op: str, parts: list[Exact]) -> Exact:
    if op in ("greatest", "least"):
        return exact.extreme(parts, largest=op == "greatest")[0]
    apply = {
        "sum": exact.add,
        "product": exact.multiply,
        "difference": exact.subtract,
        "quotient": exact.divide,
    }[op]
    found = parts[0]
    for part in parts[1:]:
        found = apply(found, part)
    return found


def elapsed(
    unit: str, from_: str, to: str | None, columns: Columns, rows: Ints, facts: Facts
) -> tuple[Exact, Ints]:
    """The number, and per row the first later day on which it is another one."""
    start = columns.days(from_)[rows]
    end = np.full(rows.size, facts.on, dtype=np.int64) if to is None else columns.days(to)[rows]
    ok = (start > MISSING) & (end > MISSING)
    first, last = np.where(ok, start, 0), np.where(ok, end, 0)
    never = np.full(rows.size, NEVER, dtype=np.int64)
    if unit == "days":
        return Exact(last - first, 1, ok), never if to else np.where(ok, facts.on + 1, never)
    months = whole_months(first, last, inclusive=False)
    if to is not None:
        return Exact(months, 1, ok), never
    next_ = never.copy()
    for count in np.unique(months):
        at = months == count
        next_[at] = add_months(first[at], int(count) + 1)
    return Exact(months, 1, ok), np.where(ok, np.maximum(next_, facts.on + 1), never)
