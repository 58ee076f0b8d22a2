"""Which items fire on which records, with what points, repetition and decay."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from scoring_rules.engine import exact
from scoring_rules.engine.ageing import age
from scoring_rules.engine.calendar import NEVER, Bools, Ints, end_of
from scoring_rules.engine.exact import Exact
from scoring_rules.engine.facts import Facts
from scoring_rules.engine.quantities import RecordQuantities
from scoring_rules.language.quantities import Literal
from scoring_rules.language.shapes import Item, Repeat


@dataclass
class Fired:
    """An item's records. ``matched`` meet its condition; ``rows`` are those of them whose validity is running."""

    item: Item
    matched: Ints
    rows: Ints
    base: Exact
    decay: Exact
    turns_rows: Ints
    turns: Ints
    repeat: Exact | None = None
    nth: Ints | None = None

    @property
    def value(self) -> Exact:
        found = exact.multiply(self.base, self.decay)
        return found if self.repeat is None else exact.multiply(found, self.repeat)


def fire(item: Item, facts: Facts, quantities: RecordQuantities) -> Fired:
    rows, truth = quantities.conditions.matching(item.when)
    inside = _graded(item, rows, facts)
    if inside is not None:
        rows = rows[inside]
        truth.holds = truth.holds[inside]
        truth.turns = None if truth.turns is None else truth.turns[inside]
    matched = rows if truth.holds.all() else rows[truth.holds]
    turning = np.zeros(0, dtype=np.int64) if truth.turns is None else truth.turns
    turning_rows = rows if truth.turns is not None else np.zeros(0, dtype=np.int64)
    if not item.validity:
        decay = exact.constant(1, matched.size)
        live = matched
    else:
        aged = age(item.validity, matched, facts, quantities.conditions)
        live = matched[aged.running]
        decay = aged.factor.at(aged.running)
        turning_rows = np.concatenate([turning_rows, matched])
        turning = np.concatenate([turning, aged.turns])
    return Fired(item, matched, live, _points(item, live, quantities), decay, turning_rows, turning)


def _graded(item: Item, rows: Ints, facts: Facts) -> Bools | None:
    """Rows of domains that are graded and that the item speaks of; None when that is all of them."""
    if facts.ruleset.domain_attribute is None:
        return None
    cases = facts.case_of[rows]
    inside = cases >= 0
    if item.domains:
        wanted = np.array([domain in item.domains for domain in facts.domains])
        inside &= wanted[cases % len(facts.domains)]
    return None if inside.all() else inside


def _points(item: Item, rows: Ints, quantities: RecordQuantities) -> Exact:
    points = quantities.of(item.points, rows)
    for increment in item.increments:
        holds = quantities.watched(increment.when, rows)
        if increment.unless is not None:
            holds = holds & ~quantities.watched(increment.unless, rows)
        more = exact.choose(holds, quantities.of(increment.points, rows), exact.constant(0, rows.size))
        points = exact.add(points, more)
    return points


def is_idle(item: Item) -> bool:
    """Worth no points whatever happens: seen in findings only."""
    return item.points == Literal(Fraction(0)) and not item.increments


def repeat(fired: dict[str, Fired], facts: Facts, absorbed: Bools | None) -> None:
    """Sets the factor of repetition. Records in ``absorbed`` are no earlier time for others."""
    for one in fired.values():
        if one.item.repeat is not None:
            nth = _nth(one.item.repeat, one, fired, facts, absorbed)
            factors = exact.of_fractions(list(one.item.repeat.factors))
            one.nth = nth
            one.repeat = factors.at(np.minimum(nth, factors.size) - 1)


def _nth(spec: Repeat, one: Fired, fired: dict[str, Fired], facts: Facts, absorbed: Bools | None) -> Ints:
    """For each row of ``one``: 1 plus the earlier like records within the period before it."""
    nth = np.ones(one.rows.size, dtype=np.int64)
    among = [fired[key] for key in _keys(spec, one, fired)]
    rows = np.concatenate([other.matched for other in among]) if len(among) > 1 else among[0].matched
    keys = _like(spec, rows, facts)
    again = _repeated(keys)
    if not again.any():
        return nth
    rows, keys = rows[again], keys[again]
    rows, first = np.unique(rows, return_index=True)
    keys = keys[first]
    dated = spec.dated or facts.ruleset.dated or ""
    days = facts.records.days(dated)[rows]
    order = facts.order(rows)
    order = order[np.lexsort((days[order], keys[order]))]
    rows, keys, days = rows[order], keys[order], days[order]
    counts = np.ones(rows.size, dtype=np.int64) if absorbed is None else (~absorbed[rows]).astype(np.int64)
    before = np.concatenate([[0], np.cumsum(counts)])
    # Within one key, ends grow with days, so the first record still inside the period is found by bisection.
    ends = end_of(days, spec.within, inclusive=facts.inclusive)
    _, group = np.unique(keys, return_inverse=True)
    span = int(max(ends.max(), days.max()) - min(ends.min(), days.min())) + 2
    low = int(min(ends.min(), days.min()))
    line = group * span + (ends - low)
    at = np.searchsorted(line, group * span + (days - low), side="right")
    found = 1 + before[np.arange(rows.size)] - before[np.minimum(at, np.arange(rows.size))]
    table = dict(zip(rows.tolist(), found.tolist(), strict=True))
    mine = np.flatnonzero(np.isin(one.rows, rows))
    nth[mine] = [table[row] for row in one.rows[mine].tolist()]
    return nth


def _keys(spec: Repeat, one: Fired, fired: dict[str, Fired]) -> list[str]:
    wanted = spec.among or (one.item.id,)
    return [key for key, other in fired.items() if other.item.id in wanted or other.item.code in wanted]


def _like(spec: Repeat, rows: Ints, facts: Facts) -> Ints:
    """One number per case and values of the attributes that must be the same; -1 where one of them is missing."""
    found = facts.case_of[rows].astype(np.int64)
    known = np.ones(rows.size, dtype=bool)
    for name in spec.same:
        keys = facts.records.keys(name)[rows] if name != "event" else facts.events[rows]
        known &= keys >= 0
        width = int(keys.max(initial=0)) + 1
        if int(found.max(initial=0)) * width > 2**60:
            _, found = np.unique(found, return_inverse=True)
        found = found * width + np.maximum(keys, 0)
    return np.where(known, found, -1)


def _repeated(keys: Ints) -> Bools:
    """Rows whose key occurs at least twice."""
    order = np.sort(keys[keys >= 0])
    doubles = np.unique(order[1:][order[1:] == order[:-1]])
    if not doubles.size:
        return np.zeros(keys.shape, dtype=bool)
    at = np.minimum(np.searchsorted(doubles, keys), doubles.size - 1)
    found: Bools = doubles[at] == keys
    return found


def soonest(fired: list[Fired], facts: Facts) -> Ints:
    """Per case, the first later day on which one of the items may change."""
    found = np.full(facts.case_count, NEVER, dtype=np.int64)
    for one in fired:
        later = one.turns < NEVER
        if later.any():
            np.minimum.at(found, facts.case_of[one.turns_rows[later]], one.turns[later])
    return found
