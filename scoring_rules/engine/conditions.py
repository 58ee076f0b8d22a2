"""Conditions over columns. Each answers two things: where it holds, and when that may change by the calendar.

The second is a lower bound: a conjunction that fails cannot hold before the last of its failing parts has turned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from scoring_rules.engine import exact
from scoring_rules.engine.calendar import MISSING, NEVER, Bools, Ints, add_months, day_number, end_of
from scoring_rules.engine.columns import Columns
from scoring_rules.engine.facts import Facts
from scoring_rules.engine.plan import plan_of
from scoring_rules.language.conditions import (
    All,
    Any_,
    AttributeTest,
    Compare,
    Condition,
    EventHas,
    Not,
    OfSubject,
    Period,
    Reference,
    Term,
    ValueTest,
)


@dataclass
class Truth:
    """``holds`` per row; ``turns`` the first later day on which it may differ, or None when it never does."""

    holds: Bools
    turns: Ints | None = None


def both(parts: list[Truth]) -> Truth:
    holds = parts[0].holds
    for part in parts[1:]:
        holds = holds & part.holds
    if all(part.turns is None for part in parts):
        return Truth(holds)
    soonest = np.full(holds.shape, NEVER, dtype=np.int64)
    last = np.full(holds.shape, MISSING, dtype=np.int64)
    for part in parts:
        turns = NEVER if part.turns is None else part.turns
        soonest = np.minimum(soonest, turns)
        last = np.where(part.holds, last, np.maximum(last, turns))
    return Truth(holds, np.where(holds, soonest, last))


def negated(part: Truth) -> Truth:
    return Truth(~part.holds, part.turns)


def either(parts: list[Truth]) -> Truth:
    return negated(both([negated(part) for part in parts]))


class Conditions:
    """Evaluates record and subject conditions over the facts of one run."""

    def __init__(self, facts: Facts, quantity: Callable[[object, Ints], exact.Exact]) -> None:
        self.facts = facts
        self.quantity = quantity
        self._subject: dict[int, Truth] = {}
        self._event: dict[int, Truth] = {}
        self._plan = plan_of(facts.ruleset)
        self._first: dict[int, Ints] = {}

    # -- records ----------------------------------------------------------------------------------------------

    def matching(self, condition: Condition) -> tuple[Ints, Truth]:
        """Rows on which the parts that never turn hold, and the truth of the whole condition on them."""
        split = self._plan.split(condition, self.facts.ruleset.terms)
        rows = self._every() if split.first is None else self._start(split.first, split.key)
        for part in split.still:
            if not rows.size:
                break
            holds = self.of_records(part, rows).holds
            # Of all rows, the places that hold are the rows themselves.
            rows = np.flatnonzero(holds) if rows.size == self.facts.records.size else rows[holds]
        if not split.moving or not rows.size:
            return rows, Truth(np.ones(rows.size, dtype=bool))
        return rows, both([self.of_records(part, rows) for part in split.moving])

    def _every(self) -> Ints:
        return np.arange(self.facts.records.size, dtype=np.int64)

    def _start(self, test: AttributeTest, key: int) -> Ints:
        """The rows of a plain test, remembered: most items start with the same kind of record."""
        if key not in self._first:
            codes, words = self.facts.records.codes(test.attribute)
            allowed = self._allowed(test, words, self.facts.records.types[test.attribute])
            self._first[key] = _rows_of(codes, allowed)
        return self._first[key]

    def of_records(self, condition: Condition, rows: Ints) -> Truth:
        match condition:
            case All(parts):
                return both([self.of_records(part, rows) for part in parts])
            case Any_(parts):
                return either([self.of_records(part, rows) for part in parts])
            case Not(part):
                return negated(self.of_records(part, rows))
            case Term(name, _):
                return self.of_records(self.facts.ruleset.terms[name], rows)
            case OfSubject(part):
                return _taken(self.of_subjects(part), self.facts.subject_of[rows])
            case EventHas(part):
                return _taken(self._of_events(part), self.facts.events[rows])
            case ValueTest():
                return self._value(condition, rows)
            case AttributeTest():
                return self._test(condition, self.facts.records, rows)
        raise TypeError(f"{type(condition).__name__} is not a condition of records")

    def _value(self, test: ValueTest, rows: Ints) -> Truth:
        # A quantity that moves with the calendar notes its own next day; the test needs no other.
        return Truth(bounded(self.quantity(test.of, rows), test))

    def _of_events(self, condition: Condition) -> Truth:
        key = id(condition)
        if key not in self._event:
            size, events = self.facts.records.size, self.facts.events
            rows, truth = self.matching(condition)
            holds = np.zeros(size, dtype=bool)
            holds[events[rows[truth.holds]]] = True
            turns = None
            if truth.turns is not None:
                turns = np.full(size, NEVER, dtype=np.int64)
                np.minimum.at(turns, events[rows], truth.turns)
            self._event[key] = Truth(holds, turns)
        return self._event[key]

    # -- subjects ---------------------------------------------------------------------------------------------

    def of_subjects(self, condition: Condition) -> Truth:
        """Per subject, in their order."""
        key = id(condition)
        if key not in self._subject:
            self._subject[key] = self._of_subjects(condition)
        return self._subject[key]

    def _of_subjects(self, condition: Condition) -> Truth:
        match condition:
            case All(parts):
                return both([self._of_subjects(part) for part in parts])
            case Any_(parts):
                return either([self._of_subjects(part) for part in parts])
            case Not(part):
                return negated(self._of_subjects(part))
            case AttributeTest():
                return self._test(condition, self.facts.subjects, None)
        raise TypeError(f"{type(condition).__name__} is not a condition of subjects")

    # -- attributes -------------------------------------------------------------------------------------------

    def _test(self, test: AttributeTest, columns: Columns, rows: Ints | None) -> Truth:
        kind = columns.types[test.attribute]
        if kind == "date":
            days = columns.days(test.attribute)
            days = days if rows is None else days[rows]
            return both([self._date(compare, days, columns, rows) for compare in test.compares])
        if kind in ("integer", "decimal"):
            numbers = columns.numbers(test.attribute)
            numbers = numbers if rows is None else numbers.at(rows)
            return both([self._number(compare, numbers, columns, rows) for compare in test.compares])
        codes, words = columns.codes(test.attribute)
        codes = codes if rows is None else codes[rows]
        return Truth(_among(codes, self._allowed(test, words, kind)))

    @staticmethod
    def _allowed(test: AttributeTest, words: tuple[str, ...], kind: str) -> Bools:
        """Which codes pass, the last place standing for missing."""
        allowed = np.ones(len(words) + 1, dtype=bool)
        for compare in test.compares:
            passes = [_passes(compare, word, kind) for word in words]
            allowed &= np.array([*passes, compare.op == "missing" and compare.operand], dtype=bool)
        return allowed

    def _date(self, compare: Compare, days: Ints, columns: Columns, rows: Ints | None) -> Truth:
        on, known = self.facts.on, days > MISSING
        match compare.op:
            case "missing":
                return Truth(~known if compare.operand else known)
            case "reached":
                arrived = Truth(known & (days <= on), np.where(known & (days > on), days, NEVER))
                return arrived if compare.operand else negated(arrived)
            case "within" | "older_than":
                ends = end_of(days, compare.operand, inclusive=self.facts.inclusive)
                inside = Truth(known & (ends > on), np.where(known & (ends > on), ends, NEVER))
                arrived = Truth(known & (days <= on), np.where(known & (days > on), days, NEVER))
                return both([arrived, inside if compare.op == "within" else negated(inside)])
        bound = self._day_operand(compare.operand, columns, rows)
        found = {
            "at_least": lambda: days >= bound,
            "at_most": lambda: days <= bound,
            "above": lambda: days > bound,
            "below": lambda: days < bound,
        }[compare.op]()
        return Truth(known & (np.asarray(bound) > MISSING) & found)

    def _day_operand(self, operand: date | Reference, columns: Columns, rows: Ints | None) -> Ints | int:
        if isinstance(operand, date):
            return day_number(operand)
        days = columns.days(operand.attribute)
        days = days if rows is None else days[rows]
        if operand.plus is not None:
            days = _moved(days, operand.plus, 1)
        if operand.minus is not None:
            days = _moved(days, operand.minus, -1)
        return days

    def _number(self, compare: Compare, numbers: exact.Exact, columns: Columns, rows: Ints | None) -> Truth:
        if compare.op == "missing":
            present = numbers.present()
            return Truth(~present if compare.operand else present)
        if compare.op in ("is", "other_than"):
            equal = np.zeros(numbers.size, dtype=bool)
            for text in compare.operand:
                wanted = Fraction(text)
                equal |= exact.compare(numbers, "at_least", wanted) & exact.compare(
                    numbers, "at_most", wanted
                )
            return Truth(equal if compare.op == "is" else numbers.present() & ~equal)
        if isinstance(compare.operand, Reference):
            other = columns.numbers(compare.operand.attribute)
            other = other if rows is None else other.at(rows)
            return Truth(exact.compare(exact.subtract(numbers, other), compare.op, Fraction(0)))
        return Truth(exact.compare(numbers, compare.op, compare.operand))


def bounded(numbers: exact.Exact, test: ValueTest) -> Bools:
    holds = np.ones(numbers.size, dtype=bool)
    for op in ("at_least", "at_most", "above", "below"):
        bound = getattr(test, op)
        if bound is not None:
            holds &= exact.compare(numbers, op, bound)
    return holds


def _taken(truth: Truth, positions: Ints) -> Truth:
    return Truth(truth.holds[positions], None if truth.turns is None else truth.turns[positions])


def _moved(days: Ints, period: Period, sign: int) -> Ints:
    moved = add_months(days, sign * period.total_months) if period.total_months else days
    return np.where(days > MISSING, moved + sign * period.days, days)


def _passes(compare: Compare, word: str, kind: str) -> bool:
    wanted = compare.operand
    if compare.op == "missing":
        return not wanted
    held = set(word.split(";")) - {""} if kind == "codes" else {word}
    match compare.op:
        case "is":
            return word in wanted
        case "other_than":
            return word not in wanted
        case "includes":
            return bool(held & set(wanted))
        case "includes_all":
            return held >= set(wanted)
        case "only":
            return bool(held) and held <= set(wanted)
        case "mentions":
            return any(text in word for text in wanted)
        case "starts_with":
            return word.startswith(tuple(wanted))
    raise TypeError(compare.op)


def _among(codes: Ints, allowed: Bools) -> Bools:
    passing = np.flatnonzero(allowed)
    if passing.size == 1:
        code = int(passing[0])
        found: Bools = codes == (code if code < allowed.size - 1 else -1)
        return found
    return allowed[codes]


def _rows_of(codes: Ints, allowed: Bools) -> Ints:
    return np.flatnonzero(_among(codes, allowed)).astype(np.int64)
