"""Factors by age: which stage of a validity a date is in on the day of scoring, and when that stage ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from scoring_rules.engine import exact
from scoring_rules.engine.calendar import MISSING, NEVER, Bools, Ints, end_of, whole_months
from scoring_rules.engine.conditions import Conditions
from scoring_rules.engine.exact import Exact
from scoring_rules.engine.facts import Facts
from scoring_rules.language.conditions import Period
from scoring_rules.language.quantities import Ageing, Stage


@dataclass
class Aged:
    """``factor`` per row (0 outside every stage), whether a stage is running, and when either may change."""

    factor: Exact
    running: Bools
    turns: Ints


def age(cases: tuple[Ageing, ...], rows: Ints, facts: Facts, conditions: Conditions) -> Aged:
    """The first case whose condition holds gives the stages; a row without one has no validity at all."""
    if len(cases) == 1 and cases[0].when is None:
        return _stages(cases[0], rows, facts)
    open_ = np.ones(rows.size, dtype=bool)
    factor = exact.constant(0, rows.size)
    running, turns = np.zeros(rows.size, dtype=bool), np.full(rows.size, NEVER, dtype=np.int64)
    for case in cases:
        if case.when is None:
            mine = open_
        else:
            truth = conditions.of_records(case.when, rows)
            mine = open_ & truth.holds
            if truth.turns is not None:
                turns = np.where(open_, np.minimum(turns, truth.turns), turns)
        found = _stages(case, rows, facts)
        factor = exact.choose(mine, found.factor, factor)
        running = np.where(mine, found.running, running)
        turns = np.where(mine, np.minimum(turns, found.turns), turns)
        open_ = open_ & ~mine
    return Aged(factor, running, turns)


def _stages(ageing: Ageing, rows: Ints, facts: Facts) -> Aged:
    on = facts.on
    start = facts.records.days(ageing.from_)[rows]
    left = (start > MISSING) & (start <= on)
    turns = np.where(start > on, start, NEVER)
    running = np.zeros(rows.size, dtype=bool)
    denominator = math.lcm(*(stage.factor.denominator for stage in ageing.stages))
    units = np.zeros(rows.size, dtype=np.int64)
    moving: list[tuple[Bools, Exact]] = []
    for stage in ageing.stages:
        begin = start if stage.after is None else facts.records.days(stage.after)[rows]
        ends = _ends(stage, begin, rows, facts)
        now = left & (ends > on)
        running |= now
        if stage.linear is None:
            units[now] = int(stage.factor * denominator)
            turns = np.where(now, ends, turns)
        else:
            value, next_ = _linear(stage, begin, ends, now, facts)
            moving.append((now, value))
            turns = np.where(now, np.minimum(ends, next_), turns)
        left &= ~now
    factor = Exact(units, denominator)
    for now, value in moving:
        factor = exact.choose(now, value, factor)
    return Aged(factor, running, turns)


def _ends(stage: Stage, begin: Ints, rows: Ints, facts: Facts) -> Ints:
    if stage.open:
        return np.full(rows.size, NEVER, dtype=np.int64)
    if stage.until is not None or stage.through is not None:
        day = facts.records.days(stage.until or stage.through or "")[rows]
        last = day + (1 if stage.through is not None else 0)
        return np.where(day > MISSING, last, NEVER)
    return end_of(begin, stage.period, inclusive=facts.inclusive)


def _linear(stage: Stage, begin: Ints, ends: Ints, now: Bools, facts: Facts) -> tuple[Exact, Ints]:
    """From the first factor to the second in equal steps, one a whole month or a day."""
    assert stage.linear is not None
    first, last = stage.linear
    on = np.full(begin.shape, facts.on, dtype=np.int64)
    safe = np.where(now, begin, facts.on)
    next_ = np.full(begin.shape, facts.on + 1, dtype=np.int64)
    if stage.by == "months" and not stage.days and not stage.calendar_years:
        done, total = whole_months(safe, on, inclusive=facts.inclusive), stage.period.total_months
        shares = [Fraction(step, total) for step in range(total + 1)]
        table = exact.of_fractions([first + (last - first) * share for share in shares])
        value = table.at(np.clip(done, 0, total))
        for count in np.unique(done):
            at = done == count
            step = Period(months=int(count) + 1)
            next_[at] = np.maximum(end_of(safe[at], step, inclusive=facts.inclusive), facts.on + 1)
    else:
        length = np.maximum(np.where(now, ends - safe, 1), 1)
        done = np.where(now, on - safe, 0)
        pairs, inverse = np.unique(np.stack([done, length]), axis=1, return_inverse=True)
        table = exact.of_fractions([first + (last - first) * Fraction(int(d), int(n)) for d, n in pairs.T])
        value = table.at(inverse.reshape(-1))
    return value, next_
