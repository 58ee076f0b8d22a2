"""Scores without a grade, grades that overlap, grades out of reach."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any

from scoring_rules.analysis.remark import Remark, remark
from scoring_rules.engine.exact import text_of
from scoring_rules.language.checking import walk
from scoring_rules.language.conditions import ORDERED, All, Any_, Condition, Not, ValueTest
from scoring_rules.language.grades import Band
from scoring_rules.language.quantities import Collect, Part, Quantity, Rank
from scoring_rules.language.shapes import RuleSet

_MOST_POINTS = 20_000  # of the grid over all numbers that the bands compare


def of_bands(ruleset: RuleSet) -> Iterator[Remark]:
    if not ruleset.bands:
        return
    if ruleset.score is None and all(band.when is not None for band in ruleset.bands):
        yield remark("gap", "各档都有条件，都不符合的主体没有等级（N）", ruleset.bands[-1].place)
    taken: set[int] = set()
    gaps: list[tuple[Fraction, ...]] = []
    overlaps: dict[tuple[int, int], tuple[Fraction, ...]] = {}
    numbers = _numbers(ruleset)
    points = [_samples(ruleset, number, of) for number, of in numbers.items()]
    if math.prod(len(part) for part in points) > _MOST_POINTS:
        yield remark("gap", "等级条件涉及的数值太多，未逐点检查", ruleset.bands[0].place)
        return
    for point in itertools.product(*points):
        at = dict(zip(numbers, point, strict=True))
        states = [_takes(band, at) for band in ruleset.bands]
        sure = [position for position, state in enumerate(states) if state is True]
        first = sure[0] if sure else len(states)
        taken |= {position for position, state in enumerate(states[: first + 1]) if state is not False}
        if not sure and all(state is False for state in states):
            gaps.append(point)
        for left, right in itertools.combinations(sure, 2):
            if (
                not _is_cascade(ruleset.bands[left], ruleset.bands[right])
                and ruleset.bands[left].grade != ruleset.bands[right].grade
            ):
                overlaps.setdefault((left, right), point)
    if gaps:
        shown = "，".join(f"{_called(n)} = {text_of(v)}" for n, v in zip(numbers, gaps[0], strict=True))
        yield remark("gap", f"没有等级的情况，例如 {shown}", ruleset.bands[0].place)
    for (left, right), point in overlaps.items():
        both = f"{ruleset.bands[left].grade} 与 {ruleset.bands[right].grade}"
        shown = "，".join(f"{_called(n)} = {text_of(v)}" for n, v in zip(numbers, point, strict=True))
        yield remark("overlap", f"等级 {both} 重叠，例如 {shown}（以前者为准）", ruleset.bands[right].place)
    for position, band in enumerate(ruleset.bands):
        if position not in taken:
            yield remark("unreachable", f"等级 {band.grade} 的这一档永远轮不到", band.place)
    named = {band.grade for band in ruleset.bands} | {veto.grade for veto in ruleset.vetoes}
    named |= {cap.grade for cap in ruleset.caps}
    for grade in ruleset.grades:
        if grade.grade not in named and not ruleset.step_downs:
            yield remark("unreachable", f"没有任何规则给出等级 {grade.grade}", grade.place)


def _is_cascade(first: Band, second: Band) -> bool:
    """Bands open to the same side, or open altogether, overlap on purpose: the first match is their meaning."""
    up = all(band.at_most is None and band.below is None for band in (first, second))
    down = all(band.at_least is None and band.above is None for band in (first, second))
    return up or down or any(all(getattr(b, op) is None for op in ORDERED) for b in (first, second))


_SCORE = "score"


def _numbers(ruleset: RuleSet) -> dict[str, Quantity]:
    """The score and every other quantity that a band compares."""
    found: dict[str, Quantity] = {} if ruleset.score is None else {_SCORE: ruleset.score.of}
    for band in ruleset.bands:
        for part in walk(band.when):
            if isinstance(part, ValueTest):
                found.setdefault(_key(part), part.of)
    return found


def _key(test: ValueTest) -> str:
    """The same for the same quantity wherever in the files it is written."""
    return _without_places(test.of)


def _without_places(value: Any) -> str:
    if is_dataclass(value) and not isinstance(value, type):
        inner = (_without_places(getattr(value, f.name)) for f in fields(value) if f.name != "place")
        return f"{type(value).__name__}({','.join(inner)})"
    if isinstance(value, tuple):
        return f"({','.join(_without_places(part) for part in value)})"
    return repr(value)


def _called(number: str) -> str:
    return "得分" if number == _SCORE else "所比较的数值"


def _samples(ruleset: RuleSet, number: str, of: Quantity) -> list[Fraction]:
    """Every bound, and one step to either side of it, within what the number can be."""
    tests = list(ruleset.bands) if number == _SCORE else []
    others = [
        p for band in ruleset.bands for p in walk(band.when) if isinstance(p, ValueTest) and _key(p) == number
    ]
    bounds = {
        bound
        for test in (*tests, *others)
        for bound in (getattr(test, op) for op in ORDERED)
        if bound is not None
    }
    step = Fraction(1, ruleset.scale) if number == _SCORE else Fraction(1, 1000)
    samples = {bound + move for bound in bounds for move in (-step, 0, step)} or {Fraction(0)}
    if number == _SCORE and ruleset.score is not None:
        low, high = ruleset.score.floor, ruleset.score.ceiling
        samples |= {edge for edge in (low, high) if edge is not None}
        samples = {s for s in samples if (low is None or s >= low) and (high is None or s <= high)}
    return sorted(sample for sample in samples if _can_be(sample, of, ruleset))


def _can_be(value: Fraction, of: Quantity, ruleset: RuleSet) -> bool:
    """False for what the quantity never is: a percentile below 0, a number of records below 0."""
    if isinstance(of, Part):
        return _can_be(value, next(part.value for part in ruleset.parts if part.id == of.name), ruleset)
    if isinstance(of, Collect):
        return of.take != "count" or value >= 0
    if isinstance(of, Rank):
        rank = next(rank for rank in ruleset.ranks if rank.id == of.name)
        if rank.method == "position":
            return value >= 1
        # Oneself is among the peers: a percentile that counts oneself is above 0, one that does not below 100.
        counts_oneself = rank.method == "percentile" and rank.ties != "lowest"
        counts_not = rank.method == "percentile" and rank.ties != "highest"
        return (value > 0 if counts_oneself else value >= 0) and (value < 100 if counts_not else value <= 100)
    return True


def _takes(band: Band, at: dict[str, Fraction]) -> bool | None:
    """True, False, or None where it depends on something other than the numbers."""
    if _SCORE in at and not _within(band, at[_SCORE]):
        return False
    return True if band.when is None else _holds(band.when, at)


def _within(test: Band | ValueTest, value: Fraction) -> bool:
    return (
        (test.at_least is None or value >= test.at_least)
        and (test.at_most is None or value <= test.at_most)
        and (test.above is None or value > test.above)
        and (test.below is None or value < test.below)
    )


def _holds(condition: Condition, at: dict[str, Fraction]) -> bool | None:
    if isinstance(condition, ValueTest):
        return _within(condition, at[_key(condition)])
    if isinstance(condition, Not):
        inner = _holds(condition.part, at)
        return None if inner is None else not inner
    if isinstance(condition, All | Any_):
        states = [_holds(part, at) for part in condition.parts]
        decisive = isinstance(condition, Any_)
        if decisive in states:
            return decisive
        return None if None in states else not decisive
    return None
