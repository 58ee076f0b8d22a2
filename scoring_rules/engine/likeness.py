"""A number of one record from the others that are like it: of its event, of its cause, before it or after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scoring_rules.engine.calendar import MISSING, NEVER, Ints, end_of
from scoring_rules.engine.exact import Exact
from scoring_rules.engine.facts import Facts
from scoring_rules.engine.gathering import keys_of, taken
from scoring_rules.language.quantities import Alike

if TYPE_CHECKING:
    from scoring_rules.engine.quantities import RecordQuantities


def of_the_alike(spec: Alike, rows: Ints, quantities: RecordQuantities) -> Exact:
    """One number per row of ``rows``."""
    facts = quantities.facts
    others = _others(spec, rows, quantities)
    others = others[facts.order(others)]
    value = quantities.of(spec.value, others)
    ok = value.present()
    if not spec.distinct:
        others, value = others[ok], value.at(ok)
    group = _groups(spec.same, np.concatenate([rows, others]), facts)
    mine, theirs = group[: rows.size], group[rows.size :]
    if spec.before is None and spec.after is None:
        size, within = int(group.max(initial=-1)) + 1, np.arange(others.size)
    else:
        size = rows.size
        mine, theirs, within = _near(spec, rows, mine, others, theirs, facts)
    if spec.distinct:
        keys = keys_of(facts, others[within], spec.distinct, theirs)
        _, first = np.unique(keys, return_index=True)
        first = np.sort(first)
        first = first[ok[within[first]]]
        theirs, within = theirs[first], within[first]
    days = None
    if spec.take in ("latest", "earliest"):
        days = facts.records.days(spec.dated or facts.ruleset.dated or "")[others[within]]
    values = value.at(within)
    found = taken(spec.take, theirs, size, Exact(values.n, values.d), days)
    return found.at(mine)


def _others(spec: Alike, rows: Ints, quantities: RecordQuantities) -> Ints:
    facts = quantities.facts
    if spec.when is None:
        return np.arange(facts.records.size, dtype=np.int64)
    others, truth = quantities.conditions.matching(spec.when)
    if truth.turns is not None:
        # Whoever begins or ceases to count moves every record of its subject.
        soonest = np.full(facts.subject_ids.size, NEVER, dtype=np.int64)
        np.minimum.at(soonest, facts.subject_of[others], truth.turns)
        quantities.note(rows, soonest[facts.subject_of[rows]])
    return others[truth.holds]


def _groups(same: tuple[str, ...], rows: Ints, facts: Facts) -> Ints:
    _, group = np.unique(keys_of(facts, rows, same, facts.subject_of[rows]), return_inverse=True)
    return group.astype(np.int64)


def _near(
    spec: Alike, rows: Ints, mine: Ints, others: Ints, theirs: Ints, facts: Facts
) -> tuple[Ints, Ints, Ints]:
    """Pairs of a row and an alike record near it: the place of each row, and of each pair its row and its other.

    The pairs of one row keep the order of ``others``.
    """
    days = facts.records.days(spec.dated or facts.ruleset.dated or "")
    every = np.unique(np.concatenate([rows, others]))
    every = every[facts.order(every)]
    every = every[np.argsort(days[every], kind="stable")]
    place = np.empty(facts.records.size, dtype=np.int64)
    place[every] = np.arange(every.size)
    dated = np.flatnonzero(days[others] > MISSING)
    by = dated[np.lexsort((place[others[dated]], theirs[dated]))]
    sorted_, group = others[by], theirs[by]
    known = days[rows] > MISSING
    start = np.where(known, days[rows], 0)

    def at(keys: Ints, wanted: Ints, side: str) -> Ints:
        # Both grow within a group, so one bisection over all groups finds the edge in each.
        low = min(int(keys.min(initial=0)), int(wanted.min(initial=0)))
        span = max(int(keys.max(initial=0)), int(wanted.max(initial=0))) - low + 2
        return np.searchsorted(group * span + keys - low, mine * span + wanted - low, side=side)  # type: ignore[call-overload,no-any-return]

    if spec.before is not None:
        ends = end_of(days[sorted_], spec.before, inclusive=facts.inclusive)
        first, last = at(ends, start, "right"), at(place[sorted_], place[rows], "left")
    else:
        assert spec.after is not None
        ends = end_of(start, spec.after, inclusive=facts.inclusive)
        first, last = at(place[sorted_], place[rows], "right"), at(days[sorted_], ends, "left")
    count = np.where(known, np.maximum(last - first, 0), 0)
    row = np.repeat(np.arange(rows.size), count)
    step = np.arange(row.size) - np.repeat(np.cumsum(count) - count, count)
    within = by[first[row] + step]
    order = np.lexsort((within, row))
    return np.arange(rows.size), row[order], within[order]
