"""Which items fire on which records, with what points, repetition and decay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring_rules.engine import exact
from scoring_rules.engine.ageing import age
from scoring_rules.engine.calendar import NEVER, Bools, Ints, end_of
from scoring_rules.engine.exact import Exact
from scoring_rules.engine.facts import Facts
from scoring_rules.engine.quantities import RecordQuantities
from scoring_rules.language.items import Item, Repeat


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
    if not rows.size:
        nothing = exact.constant(0, 0)
        return Fired(item, rows, rows, nothing, nothing, rows, rows)
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


@dataclass
class Repetition:
    """Like records of one case in their order. ``first`` is the earliest that is still inside the period."""

    rows: Ints
    first: Ints
    found_at: Ints  # positions that sort rows, for looking them up

    def nth(self, rows: Ints, absorbed: Bools | None) -> Ints:
        """For each row, 1 plus the earlier like records inside the period; the absorbed do not count."""
        found = np.ones(rows.size, dtype=np.int64)
        if not self.rows.size:
            return found
        counts = np.ones(self.rows.size, dtype=np.int64) if absorbed is None else (~absorbed[self.rows]) * 1
        before = np.concatenate([[0], np.cumsum(counts)])
        places = np.arange(self.rows.size)
        each = 1 + before[places] - before[np.minimum(self.first, places)]
        ordered = self.rows[self.found_at]
        at = np.minimum(np.searchsorted(ordered, rows), ordered.size - 1)
        known = ordered[at] == rows
        found[known] = each[self.found_at][at[known]]
        return found


def repetitions(fired: dict[str, Fired], facts: Facts) -> dict[str, Repetition]:
    """Per repeating item; items with the same rule share one."""
    shared: dict[tuple[object, ...], Repetition] = {}
    found = {}
    for one in fired.values():
        spec = one.item.repeat
        if spec is not None:
            among = _keys(spec, one, fired)
            key = (spec.same, tuple(among), spec.within, spec.dated)
            if key not in shared:
                shared[key] = _repetition(spec, [fired[name] for name in among], facts)
            found[one.item.id] = shared[key]
    return found


def repeat(fired: dict[str, Fired], known: dict[str, Repetition], absorbed: Bools | None) -> None:
    """Sets the factor of repetition. Records in ``absorbed`` are no earlier time for others."""
    for name, repetition in known.items():
        one = fired[name]
        spec = one.item.repeat
        if spec is not None:
            one.nth = repetition.nth(one.rows, absorbed)
            factors = exact.of_fractions(list(spec.factors))
            one.repeat = factors.at(np.minimum(one.nth, factors.size) - 1)


def _repetition(spec: Repeat, among: list[Fired], facts: Facts) -> Repetition:
    rows = np.concatenate([other.matched for other in among]) if len(among) > 1 else among[0].matched
    keys = _like(spec, rows, facts)
    again = _repeated(keys)
    rows, at = np.unique(rows[again], return_index=True)
    keys = keys[again][at]
    days = facts.records.days(spec.dated or facts.ruleset.dated or "")[rows]
    order = facts.order(rows, keys)
    if facts.ruleset.order[:1] != (spec.dated or facts.ruleset.dated,):
        order = order[np.lexsort((days[order], keys[order]))]
    rows, keys, days = rows[order], keys[order], days[order]
    # Within one key ends grow with days, so the first record still inside the period is found by bisection.
    ends = end_of(days, spec.within, inclusive=facts.inclusive)
    group = np.cumsum(np.concatenate([[0], keys[1:] != keys[:-1]])) if rows.size else keys
    low = int(days.min(initial=0))
    span = int(ends.max(initial=0)) - low + 2
    first = np.searchsorted(group * span + (ends - low), group * span + (days - low), side="right")
    return Repetition(rows, first, np.argsort(rows))


def _keys(spec: Repeat, one: Fired, fired: dict[str, Fired]) -> list[str]:
    wanted = spec.among or (one.item.id,)
    return [key for key, other in fired.items() if other.item.id in wanted or other.item.code in wanted]


def _like(spec: Repeat, rows: Ints, facts: Facts) -> Ints:
    """One number per case and values of the attributes that must be the same; -1 where one of them is missing."""
    found = facts.case_of[rows].astype(np.int64)
    known = np.ones(rows.size, dtype=bool)
    for name in spec.same:
        keys = facts.records.keys(name, rows) if name != "event" else facts.events[rows]
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
