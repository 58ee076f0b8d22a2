"""Many values to one per group: what collects records of a case, and records alike."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from scoring_rules.engine import exact
from scoring_rules.engine.calendar import Ints
from scoring_rules.engine.exact import Exact
from scoring_rules.engine.facts import Facts


def taken(take: str, group: Ints, size: int, value: Exact, days: Ints | None) -> Exact:
    """``take`` of the values of each group 0 … size-1. Of equal days the last row is the latest, the first the earliest.

    Args:
        value: none missing, in the order of the rows.
        days: the day of each row, for ``latest`` and ``earliest``.
    """
    counts = np.bincount(group, minlength=size)
    if take == "count":
        return Exact(counts.astype(np.int64))
    if take in ("sum", "average"):
        total = exact.totals(value, group, size)
        if take == "sum":
            return total
        share = exact.of_fractions([Fraction(1, int(max(n, 1))) for n in counts])
        mean = exact.multiply(total, share)
        return Exact(mean.n, mean.d, counts > 0)
    if take in ("latest", "earliest"):
        assert days is not None
        by = np.lexsort((np.arange(group.size), days, group))
    else:
        by = np.lexsort((exact.sort_keys(value), group))
    position = np.full(size, -1, dtype=np.int64)
    at = by if take in ("latest", "largest") else by[::-1]
    position[group[at]] = at
    if not group.size:
        return Exact(np.zeros(size, dtype=np.int64), 1, np.zeros(size, dtype=bool))
    found = value.at(np.maximum(position, 0))
    return Exact(found.n, found.d, position >= 0)


def keys_of(facts: Facts, rows: Ints, names: Iterable[str], within: Ints) -> Ints:
    """One number per row, equal where ``within`` and all the attributes are. A missing value differs from everything."""
    keys = within.astype(np.int64)
    for name in names:
        if name in ("event", facts.ruleset.event):
            more = facts.events[rows]
        elif name == "record":
            more = rows
        else:
            more = facts.records.keys(name, rows)
            more = np.where(more >= 0, more, int(more.max(initial=0)) + 1 + rows)
        _, keys = np.unique(keys, return_inverse=True)
        keys = keys * (int(more.max(initial=0)) + 1) + more
    return keys
