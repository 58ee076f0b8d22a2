"""The place of a case among its peers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from scoring_rules.engine import exact
from scoring_rules.engine.calendar import Bools
from scoring_rules.engine.cases import Cases
from scoring_rules.engine.exact import Exact
from scoring_rules.engine.quantities import nothing
from scoring_rules.language.grades import RankShape


def ranked(shape: RankShape, cases: Cases) -> Exact:
    """Per case: a percentile (0 … 100) or a position from 1, missing outside every large enough peer group."""
    value = cases.of(shape.of)
    taking: Bools = value.present()
    if shape.when is not None:
        taking = taking & cases.watched(shape.when)
    keys = np.arange(cases.facts.case_count) % len(cases.facts.domains)
    for name in shape.peers:
        more = cases.facts.subjects.keys(name, cases.subject_of)
        taking = taking & (more >= 0)
        keys = keys * (int(more.max(initial=0)) + 2) + more + 1
    for quantity in shape.bands:
        band = cases.of(quantity)
        taking = taking & band.present()
        _, place = np.unique(exact.sort_keys(band.zeroed()), return_inverse=True)
        keys = keys * (int(place.max(initial=0)) + 1) + place
    at = np.flatnonzero(taking)
    found = nothing(value.size)
    if not at.size:
        return found
    order = np.lexsort((exact.sort_keys(value.at(at)), keys[at]))
    at = at[order]
    key, sorted_value = keys[at], exact.sort_keys(value.at(at))
    group_start = np.concatenate([[True], key[1:] != key[:-1]])
    tie_start = group_start | np.concatenate([[True], sorted_value[1:] != sorted_value[:-1]])
    group, tie = np.cumsum(group_start) - 1, np.cumsum(tie_start) - 1
    size = np.bincount(group)[group]
    lower = np.flatnonzero(tie_start)[tie] - np.flatnonzero(group_start)[group]
    equal = np.bincount(tie)[tie]
    values = [
        _place(shape, int(low), int(same), int(n)) for low, same, n in zip(lower, equal, size, strict=True)
    ]
    numbers = exact.of_fractions(values)
    ok = np.zeros(value.size, dtype=bool)
    ok[at] = size >= shape.minimum
    n = np.zeros(value.size, dtype=numbers.n.dtype)
    n[at] = numbers.n
    return Exact(n, numbers.d, ok)


def _place(shape: RankShape, lower: int, equal: int, size: int) -> Fraction:
    """Among ``size`` peers, ``lower`` of them strictly lower and ``equal`` the same (oneself included)."""
    if shape.method == "position":
        place = {"lowest": Fraction(1), "average": Fraction(equal + 1, 2), "highest": Fraction(equal)}[
            shape.ties
        ]
        return lower + place
    if shape.method == "percent_rank":
        rest = {"lowest": Fraction(0), "average": Fraction(equal - 1, 2), "highest": Fraction(equal - 1)}
        return 100 * (lower + rest[shape.ties]) / Fraction(max(size - 1, 1))
    ties = {"lowest": Fraction(0), "average": Fraction(equal, 2), "highest": Fraction(equal)}[shape.ties]
    return 100 * (lower + ties) / Fraction(size)
