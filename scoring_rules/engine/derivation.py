"""Attributes computed from others of the same row, in the order of their declaration."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from scoring_rules.engine.calendar import MISSING, NEVER, Ints, add_months, day_number, next_of
from scoring_rules.engine.columns import FALSE_TRUE, Columns
from scoring_rules.engine.conditions import Conditions
from scoring_rules.engine.exact import Exact, of_fractions
from scoring_rules.engine.facts import Facts
from scoring_rules.language.attributes import Derived, Recurring


def derive(facts: Facts, conditions: Conditions) -> None:
    for name, derived in facts.ruleset.derived_subjects.items():
        _combine(name, derived, facts.subjects)
    every = np.arange(facts.records.size, dtype=np.int64)
    for name, derived in facts.ruleset.derived_records.items():
        if derived.number is not None:
            facts.records.put_numbers(name, conditions.quantity(derived.number, every))
        elif derived.recurring is not None:
            facts.records.put_days(name, _recurring(derived.recurring, facts))
        elif derived.choose:
            _choose(name, derived, facts, conditions)
        else:
            _combine(name, derived, facts.records)


def _recurring(recurring: Recurring, facts: Facts) -> Ints:
    if recurring.subject is not None:
        start = facts.subjects.days(recurring.subject)[facts.subject_of]
    elif recurring.record is not None:
        start = facts.records.days(recurring.record)
    else:
        assert recurring.day is not None
        start = np.full(facts.records.size, day_number(recurring.day), dtype=np.int64)
    return next_of(start, recurring.every.total_months, facts.records.days(recurring.after))


def _combine(name: str, derived: Derived, columns: Columns) -> None:
    others = derived.first or derived.earliest or derived.latest
    if derived.type != "date":
        _first(name, derived, columns)
        return
    days = columns.days(others[0])
    for other in others[1:]:
        more = columns.days(other)
        if derived.first:
            days = np.where(days > MISSING, days, more)
        elif derived.latest:
            days = np.maximum(days, more)
        else:
            both = np.minimum(np.where(days > MISSING, days, NEVER), np.where(more > MISSING, more, NEVER))
            days = np.where(both < NEVER, both, MISSING)
    if derived.plus is not None:
        moved = add_months(days, derived.plus.total_months) + derived.plus.days
        days = np.where(days > MISSING, moved, MISSING)
    columns.put_days(name, days)


def _first(name: str, derived: Derived, columns: Columns) -> None:
    """The first present value; numbers and texts alike."""
    others = derived.first
    if derived.type in ("integer", "decimal"):
        found = columns.numbers(others[0])
        for other in others[1:]:
            from scoring_rules.engine.exact import choose

            found = choose(found.present(), found, columns.numbers(other))
        columns.put_numbers(name, found)
        return
    words: list[str] = list(FALSE_TRUE) if derived.type == "flag" else []
    codes = np.full(columns.size, -1, dtype=np.int64)
    for other in others:
        theirs, vocabulary = columns.codes(other)
        words += [word for word in vocabulary if word not in words]
        table = np.array([words.index(word) for word in vocabulary] + [-1], dtype=np.int64)
        codes = np.where(codes >= 0, codes, table[theirs])
    columns.put_codes(name, codes, tuple(words))


def _choose(name: str, derived: Derived, facts: Facts, conditions: Conditions) -> None:
    """The first case that holds. Later cases are written first, so that earlier ones overwrite them."""
    columns = facts.records
    size = columns.size
    if derived.type == "date":
        days = np.full(size, MISSING, dtype=np.int64)
        for case in reversed(derived.choose):
            rows = _rows(case.when, size, conditions)
            assert case.take is not None
            days[rows] = columns.days(case.take)[rows]
        columns.put_days(name, days)
        return
    if derived.type in ("integer", "decimal"):
        _choose_numbers(name, derived, columns, conditions)
        return
    words: list[str] = list(FALSE_TRUE) if derived.type == "flag" else []
    codes = np.full(size, -1, dtype=np.int16)
    for case in reversed(derived.choose):
        rows = _rows(case.when, size, conditions)
        if case.take is not None:
            theirs, vocabulary = columns.codes(case.take)
            words += [word for word in vocabulary if word not in words]
            table = np.array([words.index(word) for word in vocabulary] + [-1], dtype=np.int16)
            codes[rows] = table[theirs[rows]]
        else:
            assert case.value is not None
            if case.value not in words:
                words.append(case.value)
            codes[rows] = words.index(case.value)
    columns.put_codes(name, codes, tuple(words))


def _choose_numbers(name: str, derived: Derived, columns: Columns, conditions: Conditions) -> None:
    values = [Fraction(0)] * columns.size
    ok = np.zeros(columns.size, dtype=bool)
    for case in reversed(derived.choose):
        rows = _rows(case.when, columns.size, conditions)
        if case.take is not None:
            theirs = columns.numbers(case.take).at(rows)
            taken, present = theirs.fractions(), theirs.present()
        else:
            taken, present = [Fraction(case.value or 0)] * rows.size, np.ones(rows.size, dtype=bool)
        for row, value in zip(rows.tolist(), taken, strict=True):
            values[row] = value
        ok[rows] = present
    found = of_fractions(values, ok)
    columns.put_numbers(name, Exact(found.n, found.d, ok))


def _rows(when: object, size: int, conditions: Conditions) -> Ints:
    if when is None:
        return np.arange(size, dtype=np.int64)
    rows, truth = conditions.matching(when)  # type: ignore[arg-type]  # the grammar admits only conditions here
    found: Ints = rows[truth.holds]
    return found
