"""What a rule set leaves open: scores without a grade, grades out of reach, lines that cannot fire, cases not given."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from scoring_rules.analysis.cases import run_case
from scoring_rules.engine.exact import text_of
from scoring_rules.language.checking import walk
from scoring_rules.language.conditions import (
    ORDERED,
    All,
    Any_,
    AttributeTest,
    Condition,
    Has,
    Not,
    Term,
    ValueTest,
)
from scoring_rules.language.grades import Band, Effect, ListCondition
from scoring_rules.language.items import Item
from scoring_rules.language.quantities import Group
from scoring_rules.language.reading import Place
from scoring_rules.language.shapes import RuleSet

_MOST_POINTS = 20_000  # of the grid over all numbers that the bands compare


@dataclass(frozen=True)
class Remark:
    """``kind``: gap, overlap, unreachable, never-fires, unused, no-firing-case, no-quiet-case, no-boundary-case."""

    kind: str
    message: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def remarks(ruleset: RuleSet) -> list[Remark]:
    """Everything worth a look, in the order of the files."""
    found = [*_bands(ruleset), *_items(ruleset), *_cases(ruleset)]
    return sorted(found, key=lambda remark: (remark.file, remark.line, remark.kind, remark.message))


def _remark(kind: str, message: str, place: Place) -> Remark:
    return Remark(kind, message, place.file, place.line)


# -- bands --------------------------------------------------------------------------------------------------------


def _bands(ruleset: RuleSet) -> Iterator[Remark]:
    if not ruleset.bands:
        return
    taken: set[int] = set()
    gaps: list[tuple[Fraction, ...]] = []
    overlaps: dict[tuple[int, int], tuple[Fraction, ...]] = {}
    numbers = _numbers(ruleset)
    points = [_samples(ruleset, number) for number in numbers]
    if math.prod(len(part) for part in points) > _MOST_POINTS:
        yield _remark("gap", "等级条件涉及的数值太多，未逐点检查", ruleset.bands[0].place)
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
        yield _remark("gap", f"没有等级的情况，例如 {shown}", ruleset.bands[0].place)
    for (left, right), point in overlaps.items():
        both = f"{ruleset.bands[left].grade} 与 {ruleset.bands[right].grade}"
        shown = "，".join(f"{_called(n)} = {text_of(v)}" for n, v in zip(numbers, point, strict=True))
        yield _remark("overlap", f"等级 {both} 重叠，例如 {shown}（以前者为准）", ruleset.bands[right].place)
    for position, band in enumerate(ruleset.bands):
        if position not in taken:
            yield _remark("unreachable", f"等级 {band.grade} 的这一档永远轮不到", band.place)
    named = {band.grade for band in ruleset.bands} | {veto.grade for veto in ruleset.vetoes}
    named |= {cap.grade for cap in ruleset.caps}
    for grade in ruleset.grades:
        if grade.grade not in named and not ruleset.step_downs:
            yield _remark("unreachable", f"没有任何规则给出等级 {grade.grade}", grade.place)


def _is_cascade(first: Band, second: Band) -> bool:
    """Bands open to the same side, or open altogether, overlap on purpose: the first match is their meaning."""
    up = all(band.at_most is None and band.below is None for band in (first, second))
    down = all(band.at_least is None and band.above is None for band in (first, second))
    return up or down or any(all(getattr(b, op) is None for op in ORDERED) for b in (first, second))


_SCORE = "score"


def _numbers(ruleset: RuleSet) -> list[Any]:
    """The score and every other quantity that a band compares."""
    found: list[Any] = [_SCORE]
    for band in ruleset.bands:
        for part in walk(band.when):
            if isinstance(part, ValueTest) and _key(part) not in found:
                found.append(_key(part))
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


def _samples(ruleset: RuleSet, number: str) -> list[Fraction]:
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
    if number == _SCORE:
        low, high = ruleset.score.floor, ruleset.score.ceiling
        samples |= {edge for edge in (low, high) if edge is not None}
        samples = {s for s in samples if (low is None or s >= low) and (high is None or s <= high)}
    return sorted(samples)


def _takes(band: Band, at: dict[str, Fraction]) -> bool | None:
    """True, False, or None where it depends on something other than the numbers."""
    if not _within(band, at[_SCORE]):
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


# -- items --------------------------------------------------------------------------------------------------------


def _items(ruleset: RuleSet) -> Iterator[Remark]:
    used = {part.name for part in walk(_counting(ruleset)) if isinstance(part, Group)}
    for group in ruleset.groups:
        if group.id not in used:
            yield _remark("unused", f"组 {group.id} 没有用在得分、数值或等级中", group.place)
        if not any(item.group == group.id for item in ruleset.items):
            yield _remark("unused", f"组 {group.id} 没有项目", group.place)
    for item in ruleset.items:
        why = _impossible(item.when, ruleset)
        if why:
            yield _remark("never-fires", f"项目 {item.code or item.id} 永远不会触发：{why}", item.place)
        elif _is_worthless(item):
            yield _remark("never-fires", f"项目 {item.code or item.id} 的有效期系数全为 0", item.place)
    effects: tuple[Effect | ListCondition, ...] = (
        *ruleset.caps,
        *ruleset.step_downs,
        *ruleset.vetoes,
        *ruleset.list_conditions,
    )
    for effect in effects:
        hopeless = [
            why
            for part in walk(effect.when)
            if isinstance(part, Has)
            if (why := _impossible(part.part, ruleset))
        ]
        if hopeless and isinstance(effect.when, Has):
            yield _remark("never-fires", f"{effect.code} 永远不会成立：{hopeless[0]}", effect.place)


def _counting(ruleset: RuleSet) -> tuple[Any, ...]:
    bands = tuple(band.when for band in ruleset.bands)
    effects = (ruleset.not_graded, ruleset.caps, ruleset.step_downs, ruleset.vetoes)
    return (ruleset.score, ruleset.parts, ruleset.ranks, bands, *effects)


def _is_worthless(item: Item) -> bool:
    stages = [stage for case in item.validity for stage in case.stages]
    return bool(stages) and all(stage.factor == 0 and stage.linear is None for stage in stages)


def _impossible(condition: Condition, ruleset: RuleSet) -> str:
    """Why no record can meet it, or "". Looks at equalities and bounds that must all hold together."""
    allowed: dict[str, set[str]] = {}
    bounds: dict[str, list[tuple[str, Fraction]]] = {}
    missing: dict[str, bool] = {}
    excluded: dict[str, set[str]] = {}
    alternatives: list[Any_] = []
    for part in _together(condition, ruleset):
        if isinstance(part, Any_):
            alternatives.append(part)
        if isinstance(part, Not) and (refused := _refused(part.part)):
            excluded.setdefault(refused[0], set()).update(refused[1])
        if not isinstance(part, AttributeTest):
            continue
        for compare in part.compares:
            name = part.attribute
            if compare.op == "is":
                allowed[name] = allowed.get(name, set(compare.operand)) & set(compare.operand)
                if not allowed[name]:
                    return f"{name} 不能同时取不同的值"
            elif compare.op == "other_than":
                excluded.setdefault(name, set()).update(compare.operand)
            elif compare.op == "missing":
                if missing.setdefault(name, compare.operand) != compare.operand:
                    return f"{name} 不能既缺又不缺"
            elif compare.op in ORDERED and isinstance(compare.operand, Fraction):
                bounds.setdefault(name, []).append((compare.op, compare.operand))
    for name in allowed.keys() & excluded.keys():
        if allowed[name] <= excluded[name]:
            return f"{name} 所要的取值又都被排除"
    if ruleset.dated is not None and missing.get(ruleset.dated):
        return f"没有 {ruleset.dated} 的记录不参加计算"
    for name in allowed.keys() & missing.keys():
        if missing[name]:
            return f"{name} 不能既缺又有值"
    for name, tests in bounds.items():
        lows = [bound for op, bound in tests if op in ("at_least", "above")]
        highs = [bound for op, bound in tests if op in ("at_most", "below")]
        if lows and highs and max(lows) > min(highs):
            return f"{name} 的上下限矛盾"
    for choice in alternatives:
        if all(_impossible(All((part, *_plain(condition, ruleset))), ruleset) for part in choice.parts):
            return "any 的每一种情况都与其他条件矛盾"
    return ""


def _refused(condition: Condition) -> tuple[str, tuple[str, ...]] | None:
    """The attribute and the values that ``not`` of this condition shuts out, where that is all it says."""
    if isinstance(condition, AttributeTest) and [one.op for one in condition.compares] == ["is"]:
        return condition.attribute, condition.compares[0].operand
    if isinstance(condition, All) and len(condition.parts) == 1:
        return _refused(condition.parts[0])
    return None


def _together(condition: Condition, ruleset: RuleSet) -> Iterator[Condition]:
    if isinstance(condition, All):
        for part in condition.parts:
            yield from _together(part, ruleset)
    elif isinstance(condition, Term):
        yield from _together(ruleset.terms[condition.name], ruleset)
    else:
        yield condition


def _plain(condition: Condition, ruleset: RuleSet) -> Iterable[Condition]:
    return [part for part in _together(condition, ruleset) if isinstance(part, AttributeTest)]


# -- cases --------------------------------------------------------------------------------------------------------


def _cases(ruleset: RuleSet) -> Iterator[Remark]:
    fired: dict[str, int] = {}
    scores: set[Fraction] = set()
    domains = [domain.id for domain in ruleset.domains] or ["all"]
    for case in ruleset.cases:
        found = run_case(ruleset, case)
        mine = found.findings[found.findings["subject"] == 1]
        # A line that an item's cap made bears the item's code too; the item itself fired then as well.
        for code in set(mine["item"]):
            fired[code] = fired.get(code, 0) + 1
        row = found.results.iloc[0]
        for domain in domains:
            if not pd.isna(row[f"{domain}_score"]):
                scores.add(Fraction(int(row[f"{domain}_score"]), ruleset.scale))
    lines = [(item.code or item.id, item.place) for item in ruleset.items]
    effects = (*ruleset.not_graded, *ruleset.caps, *ruleset.step_downs, *ruleset.vetoes)
    for code, place in [*lines, *((effect.code, effect.place) for effect in effects)]:
        if code not in fired:
            yield _remark("no-firing-case", f"{code} 没有一个触发它的算例", place)
        if fired.get(code) == len(ruleset.cases):
            yield _remark("no-quiet-case", f"{code} 没有一个不触发它的算例", place)
    for band in ruleset.bands:
        for bound in (band.at_least, band.above):
            if bound is None:
                continue
            if bound not in scores:
                yield _remark(
                    "no-boundary-case", f"等级 {band.grade} 的界限 {text_of(bound)} 上没有算例", band.place
                )
            if not any(bound - 1 < score < bound for score in scores):
                message = f"等级 {band.grade} 的界限 {text_of(bound)} 以下不足一分处没有算例"
                yield _remark("no-boundary-case", message, band.place)
