"""Items that cannot fire, groups that count nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from scoring_rules.analysis.points import of_points, together
from scoring_rules.analysis.remark import Remark, remark
from scoring_rules.language.checking import walk
from scoring_rules.language.conditions import ORDERED, All, Any_, AttributeTest, Condition, Has, Not
from scoring_rules.language.grades import Effect, ListCondition
from scoring_rules.language.items import Item
from scoring_rules.language.quantities import Group
from scoring_rules.language.shapes import RuleSet


def of_items(ruleset: RuleSet) -> Iterator[Remark]:
    used = {part.name for part in walk(_counting(ruleset)) if isinstance(part, Group)}
    for group in ruleset.groups:
        if group.id not in used:
            yield remark("unused", f"组 {group.id} 没有用在得分、数值或等级中", group.place)
        if not any(item.group == group.id for item in ruleset.items):
            yield remark("unused", f"组 {group.id} 没有项目", group.place)
    for item in ruleset.items:
        why = _impossible(item.when, ruleset)
        if why:
            yield remark("never-fires", f"项目 {item.code or item.id} 永远不会触发：{why}", item.place)
        elif _is_worthless(item):
            yield remark("never-fires", f"项目 {item.code or item.id} 的有效期系数全为 0", item.place)
        yield from of_points(item, ruleset)
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
            yield remark("never-fires", f"{effect.code} 永远不会成立：{hopeless[0]}", effect.place)


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
    for part in together(condition, ruleset):
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


def _plain(condition: Condition, ruleset: RuleSet) -> Iterable[Condition]:
    return [part for part in together(condition, ruleset) if isinstance(part, AttributeTest)]
