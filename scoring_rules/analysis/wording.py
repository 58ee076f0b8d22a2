"""Items of a rule set in plain Chinese: to which records they apply, and how they count.

Everything said is read from the rule set and from the meanings that its attributes declare; nothing is known of any
scheme here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from scoring_rules.engine.exact import text_of
from scoring_rules.language.attributes import AttributeShape, Derived
from scoring_rules.language.conditions import (
    All,
    Any_,
    AttributeTest,
    Compare,
    Condition,
    EventHas,
    Not,
    OfSubject,
    Period,
    Reference,
    Term,
)
from scoring_rules.language.items import Item, Repeat
from scoring_rules.language.quantities import Ageing, Attribute, Literal, Quantity, Stage, Table
from scoring_rules.language.shapes import RuleSet

_VERBS = {"deduction": "扣", "bonus": "加"}
_ORDERED = {"at_least": "不少于", "at_most": "不多于", "above": "多于", "below": "少于"}
_DATED = {"at_least": "不早于", "at_most": "不晚于", "above": "晚于", "below": "早于"}


def applies(ruleset: RuleSet, item: Item) -> str:
    """The records that an item looks at, such as ``记录种类为行政处罚，状态为有效``."""
    return _Words(ruleset).condition(item.when)


def counts(ruleset: RuleSet, item: Item) -> str:
    """Points, repetition, period and cap of an item, in sentences."""
    return _Words(ruleset).counting(item)


class _Words:
    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        declared = ruleset.attributes
        self.attributes: dict[str, dict[str, AttributeShape | Derived]] = {
            "record": {**declared.records, **ruleset.derived_records},
            "subject": {**declared.subjects, **ruleset.derived_subjects},
        }

    # -- how it counts --------------------------------------------------------------------------------------------

    def counting(self, item: Item) -> str:
        role = next((group.role for group in self.ruleset.groups if group.id == item.group), "")
        verb = _VERBS.get(role, "计")
        said = [self._points(item.points, verb)]
        for more in item.increments:
            unless = f"（{self.condition(more.unless)}时除外）" if more.unless is not None else ""
            said.append(f"{self.condition(more.when)}时，另{self._points(more.points, verb)}{unless}")
        if item.repeat is not None:
            said.append(self._repeat(item.repeat))
        said += self._validity(item.validity)
        if item.cap is not None:
            said.append(f"合计最多 {text_of(item.cap)} 分")
        if item.domains:
            titles = {domain.id: domain.title for domain in self.ruleset.domains}
            said.append("只计入" + "、".join(titles.get(name, name) for name in item.domains))
        return "；".join(said) + "。"

    def _points(self, points: Quantity, verb: str) -> str:
        match points:
            case Literal(value) if not value:
                return f"不{verb}分" if verb != "计" else "计 0 分"
            case Literal(value):
                return f"{verb} {text_of(value)} 分"
            case Attribute(scope, name, missing, _):
                unknown = "" if missing is None else f"（没有填写的按 {text_of(missing)}）"
                return f"{verb}分等于{self._meaning(scope, name)}{unknown}"
            case Table(keys, values, otherwise, _) if all(key.of is None for key in keys):
                rows = [
                    f"{'、'.join(self._value(k.scope, k.name, v) for k, v in zip(keys, names, strict=True))} {text_of(number)} 分"
                    for names, number in values.items()
                ]
                rows += [] if otherwise is None else [f"其他 {text_of(otherwise)} 分"]
                meanings = "和".join(self._meaning(key.scope, key.name) for key in keys)
                return f"按{meanings}{verb}分：" + "，".join(rows)
        return f"{verb}分按规则所定的办法计算"

    def _repeat(self, repeat: Repeat) -> str:
        same = "、".join(self._meaning("record", name) for name in repeat.same)
        among = f"（{'、'.join(repeat.among)} 合并计次）" if repeat.among else ""
        times = [
            f"第 {nth} 次{'起' if nth == len(repeat.factors) else ''} {text_of(factor)} 倍"
            for nth, factor in enumerate(repeat.factors, 1)
            if factor != 1
        ]
        return f"{_period(repeat.within)}内{same}相同的{among}，" + "、".join(times)

    def _validity(self, cases: tuple[Ageing, ...]) -> Iterable[str]:
        for at, ageing in enumerate(cases):
            if ageing.when is not None:
                lead = f"{self.condition(ageing.when)}时，"
            else:
                lead = "其他的，" if at else ""
            start = self._meaning("record", ageing.from_)
            stages = "，".join(self._stage(stage) for stage in ageing.stages)
            gap = "" if stages.startswith("至") else " "
            ends = "" if ageing.stages[-1].open else "，此后不再计入"
            yield f"{lead}自{start}起{gap}{stages}{ends}"

    def _stage(self, stage: Stage) -> str:
        if stage.open:
            span = "一直"
        elif stage.until:
            span = f"至{self._meaning('record', stage.until)}之前"
        elif stage.through:
            span = f"至{self._meaning('record', stage.through)}（含当日）"
        else:
            period = Period(stage.months, stage.days, stage.years, stage.calendar_years)
            after = f"{self._meaning('record', stage.after)}后 " if stage.after else ""
            span = f"{after}{_period(period)}内"
        if stage.linear is not None:
            return f"{span}逐步减少"
        return f"{span}{'全额' if stage.factor == 1 else f'按 {text_of(stage.factor)} 倍'}"

    # -- to whom it applies -------------------------------------------------------------------------------------

    def condition(self, condition: Condition) -> str:
        match condition:
            case AttributeTest(scope, name, compares, _):
                return "，".join(self._compared(scope, name, compare) for compare in compares)
            case All(parts):
                return "，".join(self.condition(part) for part in parts)
            case Any_(parts):
                return _bracketed("；或者".join(self.condition(part) for part in parts))
            case Not(EventHas(part)):
                return f"同一事件没有{_bracketed(self.condition(part))}的记录"
            case Not(part):
                return f"{_bracketed(self.condition(part))}的除外"
            case Term(name, _):
                return self.condition(self.ruleset.terms[name])
            case OfSubject(part):
                return f"企业{self.condition(part)}"
            case EventHas(part):
                return f"同一事件有{_bracketed(self.condition(part))}的记录"
        return "符合规则所定的其他条件"

    def _compared(self, scope: str, name: str, compare: Compare) -> str:
        meaning, operand = self._meaning(scope, name), compare.operand
        shape = self.attributes[scope].get(name)
        if shape is not None and shape.type == "flag" and compare.op == "is":
            return meaning if operand == ("true",) else f"不属于{meaning}"
        if compare.op in _ORDERED:
            words = _DATED if shape is not None and shape.type == "date" else _ORDERED
            return f"{meaning}{words[compare.op]} {self._operand(scope, name, operand)}"
        if compare.op in ("missing", "reached"):
            yes, no = {"missing": ("没有{}", "有{}"), "reached": ("{}已到", "{}未到")}[compare.op]
            return (yes if operand else no).format(meaning)
        if compare.op == "older_than" and operand == Period():
            return f"已过{meaning}"
        if compare.op in ("within", "older_than"):
            return f"{meaning}{'在' if compare.op == 'within' else '已满'} {_period(operand)}{'内' if compare.op == 'within' else ''}"
        values = "或".join(self._value(scope, name, value) for value in operand)
        said = {
            "is": "为", "one_of": "为", "other_than": "不是", "includes": "包括", "includes_all": "同时包括", "only": "只有",
            "mentions": "提到", "starts_with": "开头是",
        }  # fmt: skip
        if compare.op in ("includes_all", "only"):
            values = values.replace("或", "、")
        return f"{meaning}{said[compare.op]}{values}"

    def _operand(self, scope: str, name: str, operand: Fraction | date | Reference) -> str:
        if isinstance(operand, Reference):
            shift = f"加 {_period(operand.plus)}" if operand.plus else ""
            shift += f"减 {_period(operand.minus)}" if operand.minus else ""
            return self._meaning(scope, operand.attribute) + shift
        if isinstance(operand, date):
            return operand.isoformat()
        shape = self.attributes[scope].get(name)
        unit = shape.unit if isinstance(shape, AttributeShape) else ""
        return f"{text_of(operand)} {unit}".rstrip()

    def _meaning(self, scope: str, name: str) -> str:
        """What an attribute is called; what its declaration explains behind a semicolon is left to it."""
        shape = self.attributes.get(scope, {}).get(name)
        return (shape.meaning.partition("；")[0] if shape is not None else "") or name

    def _value(self, scope: str, name: str, value: str) -> str:
        shape = self.attributes.get(scope, {}).get(name)
        return shape.values.get(value, value) if shape is not None else value


def _bracketed(text: str) -> str:
    """Around several tests, so that a reader sees how far ``or`` and ``except`` reach."""
    depth, inside = 0, True
    for at, sign in enumerate(text):
        depth += {"（": 1, "）": -1}.get(sign, 0)
        inside = inside and (depth > 0 or at == len(text) - 1)
    return f"（{text}）" if ("，" in text or "；" in text) and not inside else text


def _period(period: Period) -> str:
    parts = [
        (period.years, "年"), (period.months, "个月"), (period.days, "日"), (period.calendar_years, "个自然年"),
    ]  # fmt: skip
    return "".join(f"{count} {unit}" for count, unit in parts if count) or "0 日"
