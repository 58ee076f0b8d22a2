"""What the grammar cannot see: names that must exist, types that must fit, orders that must be complete."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from scoring_rules.language.attributes import AttributeShape, Derived, Recurring
from scoring_rules.language.conditions import (
    BY_CALENDAR,
    ORDERED,
    RESERVED,
    AttributeTest,
    Cluster,
    Compare,
    Count,
    InDomain,
    Live,
    Period,
    Reference,
    Term,
    ValueTest,
)
from scoring_rules.language.grades import Effect
from scoring_rules.language.grammar import NUMBER
from scoring_rules.language.items import NO_POINTS, Item, Step
from scoring_rules.language.problems import nearest
from scoring_rules.language.quantities import (
    Ageing,
    Alike,
    Attribute,
    Collect,
    Elapsed,
    Group,
    Lookup,
    Part,
    Rank,
    Snapshots,
    Stage,
    Table,
)
from scoring_rules.language.reading import Place, Reader
from scoring_rules.language.shapes import RuleSet
from scoring_rules.language.sources import SourceRef

NUMERIC = ("integer", "decimal", "flag")
_FITS = {
    "text": {"is", "other_than", "missing", "mentions", "starts_with"},
    "codes": {"missing", "includes", "includes_all", "only"},
    "flag": {"is", "other_than", "missing"},
    "date": {"missing", *BY_CALENDAR, *ORDERED},
    "integer": {"is", "other_than", "missing", *ORDERED},
    "decimal": {"is", "other_than", "missing", *ORDERED},
}
_NUMBER = AttributeShape("integer", "", "", {}, "", Place("", 0))
_BUILT_IN = {"record": "integer", "event": "text", "item": "text"}


def walk(value: Any) -> Iterator[Any]:
    """Every dataclass inside ``value``, itself included, in the order of the file."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        if isinstance(value, Place):
            return
        yield value
        for field in dataclasses.fields(value):
            yield from walk(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from walk(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from walk(part)


@dataclasses.dataclass
class Checker:
    ruleset: RuleSet
    reader: Reader

    def __post_init__(self) -> None:
        rules = self.ruleset
        self.records: dict[str, AttributeShape | Derived] = {
            **rules.record_attributes,
            **rules.event_attributes,
        }
        self.subjects: dict[str, AttributeShape | Derived] = dict(rules.subject_attributes)

    def check(self) -> None:
        rules = self.ruleset
        self._declarations()
        for name, derived in rules.derived_subjects.items():
            self._derived(name, derived, self.subjects, "subject")
        for name, derived in rules.derived_records.items():
            self._derived(name, derived, self.records, "record")
        for field in dataclasses.fields(rules):
            if not field.name.startswith("derived_"):
                self._walk(getattr(rules, field.name))
        self._names()
        self._grades()
        self._domains()
        self._terms()
        self._parts()

    def _declarations(self) -> None:
        rules = self.ruleset
        for group in (rules.record_attributes, rules.event_attributes, rules.subject_attributes):
            for name, shape in group.items():
                if name in RESERVED or name in ("subject", *_BUILT_IN):
                    self.reader.refuse(
                        shape.place,
                        f"属性不得取名 {name}",
                        f"这是规则语言自己的词；请换一个名称，并写 column: {name} 指明文件中的列",
                    )
        for name in rules.record_attributes.keys() & rules.event_attributes.keys():
            self.reader.refuse(
                rules.event_attributes[name].place, f"属性 {name} 同时声明在 records 和 events", "请只留一处"
            )
        if rules.dated is not None:
            self._is(rules.dated, "record", ("date",), rules.place_of("dated"))
        for name in rules.order:
            self._known(name, "record", rules.place_of("order"))
        if rules.event != "event":
            self._known(rules.event, "record", rules.place_of("event"))

    def _derived(self, name: str, derived: Derived, table: dict[str, Any], scope: str) -> None:
        if name in table or name in RESERVED or name in _BUILT_IN:
            self.reader.refuse(derived.place, f"属性 {name} 已经有了", "请换一个名称")
        ways: list[object] = [derived.choose, derived.first, derived.earliest, derived.latest]
        ways += [derived.number, derived.recurring]
        if sum(bool(way) for way in ways) != 1:
            self.reader.refuse(
                derived.place,
                f"{name} 须恰有一种算法",
                "choose、first、earliest、latest、recurring 或 number",
            )
        self._walk(derived)
        for other in (*derived.first, *derived.earliest, *derived.latest):
            self._is(other, scope, (derived.type,), derived.place)
        for case in derived.choose:
            if (case.value is None) == (case.take is None):
                self.reader.refuse(case.place, "须写 value 或 take 之一", "value 是取值，take 是另一属性")
            if case.take is not None:
                self._is(case.take, scope, (derived.type,), case.place)
            elif case.value is not None:
                self._literal(case.value, derived, case.place)
        self._moves(derived.place, derived.plus)
        if derived.recurring is not None:
            self._recurring(name, derived.type, derived.recurring)
        if scope == "subject" and (derived.choose or derived.number or derived.recurring):
            self.reader.refuse(
                derived.place, "主体的推导属性只能用 first、earliest、latest", "请改用其中之一"
            )
        table[name] = derived

    def _moves(self, place: Place, *periods: Period | None) -> None:
        if any(period is not None and period.calendar_years for period in periods):
            self.reader.refuse(
                place,
                "日期不能加减 calendar_years",
                "写 months、years 或 days；年末用 derived_records 的 recurring",
            )

    def _recurring(self, name: str, type_: str, recurring: Recurring) -> None:
        every = recurring.every
        if type_ != "date":
            self.reader.refuse(
                recurring.place, f"{name} 的类型是 {type_}，recurring 得日期", "请写 type: date"
            )
        if not every.total_months or every.days or every.calendar_years:
            self.reader.refuse(recurring.place, "周期须为若干整月或整年", "写成 every: {months: 12}")
        starts = [recurring.subject, recurring.record, recurring.day]
        if sum(start is not None for start in starts) != 1:
            self.reader.refuse(recurring.place, "周期须恰有一个起点", "subject、record 或 day")
        self._is(recurring.after, "record", ("date",), recurring.place)
        for scope, start in (("subject", recurring.subject), ("record", recurring.record)):
            if start is not None:
                self._is(start, scope, ("date",), recurring.place)

    def _walk(self, value: Any) -> None:
        for part in walk(value):
            match part:
                case AttributeTest():
                    self._test(part)
                case Attribute():
                    self._is(part.name, part.scope, NUMERIC, part.place)
                case Table():
                    self._table(part)
                case Ageing():
                    self._ageing(part)
                case Elapsed():
                    for name in (part.from_, part.to):
                        if name is not None:
                            self._is(name, part.scope, ("date",), part.place)
                case Count() | Cluster() | Collect():
                    self._gathering(part)
                case Alike():
                    self._alike(part)
                case Snapshots():
                    self._dated(part.dated, part.place)
                case Lookup():
                    xs = [point[0] for point in part.points if len(point) == 2]
                    if len(xs) != len(part.points) or xs != sorted(set(xs)):
                        self.reader.refuse(
                            part.place, "points 须为 [自变量, 值] 且自变量递增", "如 [[0, 1], [10, 5]]"
                        )
                case ValueTest():
                    if all(getattr(part, bound) is None for bound in ORDERED):
                        self.reader.refuse(part.place, "缺少界限", "、".join(ORDERED))
                case SourceRef():
                    if part.key not in self.ruleset.sources:
                        hint = nearest(part.key, self.ruleset.sources)
                        self.reader.refuse(part.place, f"sources 中没有 {part.key}", hint)

    # -- names and types of attributes ------------------------------------------------------------------------

    def _known(self, name: str, scope: str, place: Place) -> AttributeShape | Derived | None:
        table = self.records if scope == "record" else self.subjects
        found = table.get(name)
        if found is None and not (scope == "record" and name in _BUILT_IN):
            who = "记录" if scope == "record" else "主体"
            hint = nearest(name, [*table, *RESERVED])
            self.reader.refuse(place, f"{who}没有属性 {name}", hint if "？" in hint else nearest(name, table))
        return found

    def _is(self, name: str, scope: str, types: Iterable[str], place: Place) -> None:
        found = self._known(name, scope, place)
        if found is not None and found.type not in types:
            table = self.records if scope == "record" else self.subjects
            self.reader.refuse(
                place,
                f"属性 {name} 的类型是 {found.type}，此处需要 {'或'.join(types)}",
                nearest("", [key for key, shape in table.items() if shape.type in types]),
            )

    def _dated(self, name: str | None, place: Place) -> None:
        if name is not None:
            self._is(name, "record", ("date",), place)
        elif self.ruleset.dated is None:
            self.reader.refuse(place, "没有可用的日期属性", "请写 dated，或在 ruleset.yaml 写 dated")

    def _literal(self, text: str, shape: AttributeShape | Derived, place: Place) -> None:
        fits = {"flag": ("true", "false")}.get(shape.type)
        if fits is not None and text not in fits:
            self.reader.refuse(place, f"“{text}”不是 true 或 false", '写成 "true" 或 "false"')
        elif shape.type in ("integer", "decimal") and not NUMBER.fullmatch(text):
            self.reader.refuse(place, f"“{text}”不是数字", "写成整数或小数，不带单位和逗号")
        elif shape.values and text not in shape.values:
            self.reader.refuse(place, f"“{text}”不在声明的取值之内", nearest(text, shape.values))

    def _test(self, test: AttributeTest) -> None:
        shape = self._known(test.attribute, test.scope, test.place)
        if shape is None:
            return
        for compare in test.compares:
            if compare.op not in _FITS[shape.type]:
                hint = "可用：" + "、".join(sorted(_FITS[shape.type]))
                self.reader.refuse(
                    test.place, f"属性 {test.attribute}（{shape.type}）不能用 {compare.op} 比较", hint
                )
            elif compare.op in ORDERED:
                self._operand(compare, shape, test)
            elif compare.op in ("is", "other_than", "includes", "includes_all", "only"):
                for text in compare.operand or ():
                    if text is not None:
                        self._literal(text, shape, test.place)

    def _operand(self, compare: Compare, shape: AttributeShape | Derived, test: AttributeTest) -> None:
        operand = compare.operand
        if isinstance(operand, Reference):
            fits = ("date",) if shape.type == "date" else NUMERIC
            self._is(operand.attribute, test.scope, fits, operand.place)
            if shape.type != "date" and (operand.plus or operand.minus):
                self.reader.refuse(operand.place, "只有日期可以加减期间", "请删除 plus 或 minus")
            self._moves(operand.place, operand.plus, operand.minus)
        elif isinstance(operand, date) != (shape.type == "date") and operand is not None:
            need = "日期" if shape.type == "date" else "数字"
            self.reader.refuse(test.place, f"属性 {test.attribute} 应与{need}比较", "请改写比较的对象")

    def _table(self, table: Table) -> None:
        for at, key in enumerate(table.keys):
            shape: AttributeShape | Derived | None = _NUMBER
            if key.scope == "value":
                if key.of is None:
                    self.reader.refuse(key.place, "须写 value 或 subject 之一", "属性直接写名称")
            else:
                shape = self._known(key.name, key.scope, key.place)
            if shape is None:
                continue
            if shape.type not in ("text", "integer", "flag"):
                self.reader.refuse(
                    key.place,
                    f"属性 {key.name}（{shape.type}）不能查表",
                    "查表用 text、flag 或 integer；按数值用 lookup",
                )
            for text in dict.fromkeys(names[at] for names in table.values if len(names) == len(table.keys)):
                self._literal(text, shape, key.place)
        if any(len(names) != len(table.keys) for names in table.values):
            depth = len(table.keys)
            self.reader.refuse(
                table.place,
                f"表按 {depth} 个属性查，values 却不都是 {depth} 层",
                "每个属性一层，如 {serious: {fire: 5, fall: 3}}",
            )

    def _ageing(self, ageing: Ageing) -> None:
        self._is(ageing.from_, "record", ("date",), ageing.place)
        for position, stage in enumerate(ageing.stages):
            self._stage(stage, is_last=position == len(ageing.stages) - 1)

    def _stage(self, stage: Stage, *, is_last: bool) -> None:
        ways = [bool(stage.months or stage.days or stage.years or stage.calendar_years)]
        ways += [stage.until is not None, stage.through is not None, stage.open]
        if sum(ways) != 1:
            self.reader.refuse(stage.place, "阶段须恰有一个终点", "months/days/years、until、through 或 open")
        for name in (stage.after, stage.until, stage.through):
            if name is not None:
                self._is(name, "record", ("date",), stage.place)
        if stage.open and not is_last:
            self.reader.refuse(stage.place, "没有终点的阶段之后不得再有阶段", "请把它放在最后")
        if stage.linear is not None and (len(stage.linear) != 2 or not ways[0]):
            self.reader.refuse(
                stage.place, "linear 须为两个系数，且阶段以期间为终点", '如 {months: 12, linear: ["1", "0"]}'
            )

    def _gathering(self, part: Count | Cluster | Collect) -> None:
        for name in part.distinct:
            self._known(name, "record", part.place)
        by_date = isinstance(part, Cluster) or (isinstance(part, Count) and part.within is not None)
        if (
            by_date
            or part.dated is not None
            or (isinstance(part, Collect) and part.take in ("latest", "earliest"))
        ):
            self._dated(part.dated, part.place)
        if isinstance(part, Count) and part.at_least is None and part.at_most is None:
            self.reader.refuse(part.place, "缺少 at_least 或 at_most", "如 at_least: 2")

    def _alike(self, part: Alike) -> None:
        for name in (*part.same, *part.distinct):
            self._known(name, "record", part.place)
        if part.before is not None and part.after is not None:
            self.reader.refuse(part.place, "before 和 after 只能写一个", "两段期间的数可用 sum 相加")
        is_near = part.before is not None or part.after is not None
        if is_near or part.dated is not None or part.take in ("latest", "earliest"):
            self._dated(part.dated, part.place)

    # -- names of the rule set itself ---------------------------------------------------------------------------

    def _names(self) -> None:
        rules = self.ruleset
        groups = {group.id for group in rules.groups}
        items = {key for item in rules.items for key in (item.id, item.code) if key}
        codes = [item.code for item in rules.items if item.code]
        for code in {code for code in codes if codes.count(code) > 1}:
            self.reader.refuse(rules.place_of("items"), f"项目代码 {code} 重复", "每个项目一个代码")
        for item in rules.items:
            self._item(item, groups, items)
        for group in rules.groups:
            for step in group.steps:
                self._step(step)
                for name in step.items:
                    self._in(name, items, step.place, "items")
        ranks, parts = {rank.id for rank in rules.ranks}, {part.id for part in rules.parts}
        for part in walk(rules):
            match part:
                case Group():
                    self._in(part.name, groups, part.place, "groups")
                case Part():
                    self._in(part.name, parts, part.place, "parts")
                case Rank():
                    self._in(part.name, ranks, part.place, "ranks")
                case Live():
                    for name in part.items:
                        self._in(name, items, part.place, "items")
                case InDomain():
                    for name in part.domains:
                        self._in(name, {domain.id for domain in rules.domains}, part.place, "domains")

    def _in(self, name: str, known: Iterable[str], place: Place, where: str) -> None:
        if name not in known:
            self.reader.refuse(place, f"{where} 中没有 {name}", nearest(name, known))

    def _item(self, item: Item, groups: set[str], items: set[str]) -> None:
        self._in(item.group, groups, item.place, "groups")
        for name in item.domains:
            self._in(name, {domain.id for domain in self.ruleset.domains}, item.place, "domains")
        if item.points is NO_POINTS and self.ruleset.score is not None:
            self.reader.refuse(
                item.place, f"项目 {item.id} 没有 points", '请补上分值；只用作条件的写 points: "0"'
            )
        if not item.source and self.ruleset.sources:
            self.reader.refuse(item.place, f"项目 {item.id} 没有 source", "自定的内容请引用 is_choice 的来源")
        if any(case.when is None for case in item.validity[:-1]):
            self.reader.refuse(item.place, "只有最后一种有效期可以没有 when", "请把它移到最后")
        if item.repeat is not None:
            for name in item.repeat.among:
                self._in(name, items, item.repeat.place, "items")
            for name in item.repeat.same:
                self._known(name, "record", item.repeat.place)
            self._dated(item.repeat.dated, item.repeat.place)

    def _step(self, step: Step) -> None:
        for name in step.per:
            self._known(name, "record", step.place)
        if step.weights and step.take not in ("largest", "smallest", "latest", "earliest"):
            self.reader.refuse(
                step.place, "weights 只用于按名次取的阶段", "请用 take: largest、smallest、latest 或 earliest"
            )
        if step.take in ("latest", "earliest"):
            self._dated(None, step.place)

    def _grades(self) -> None:
        rules = self.ruleset
        grades = [grade.grade for grade in rules.grades]
        if "N" in grades:
            self.reader.refuse(
                rules.place_of("grades"), "N 表示未评定，不得列入 grades", "请删除；未评定写在 not_graded"
            )
        for band in rules.bands:
            self._in(band.grade, [*grades, "N"], band.place, "grades")
            if rules.score is None and any(getattr(band, bound) is not None for bound in ORDERED):
                self.reader.refuse(band.place, "没有 score 的规则不能按得分分档", "请改用 when，或写出 score")
        effects: tuple[Effect, ...] = (*rules.caps, *rules.vetoes, *rules.step_downs, *rules.not_graded)
        codes: dict[str, Place] = {}
        for effect in effects:
            if effect.grade is not None:
                self._in(effect.grade, grades, effect.place, "grades")
            if effect.code in codes:
                self.reader.refuse(
                    effect.place, f"代码 {effect.code} 重复", f"第 {codes[effect.code].line} 行已经有了"
                )
            codes[effect.code] = effect.place
            for name in effect.domains:
                self._in(name, {domain.id for domain in rules.domains}, effect.place, "domains")
        classes = {grade.class_ for grade in rules.grades} | {"N"}
        for row in rules.supervision:
            self._in(row.class_, classes, rules.place_of("supervision"), "grades 的 class")

    def _domains(self) -> None:
        rules = self.ruleset
        ids = [domain.id for domain in rules.domains]
        if len(ids) > 1 and (rules.domain_attribute is None or rules.combine is None):
            self.reader.refuse(
                rules.place_of("domains"),
                "有多个领域时须写 domain_attribute 和 combine",
                "例如 domain_attribute: domain，combine: {by: worst}",
            )
        if rules.domain_attribute is not None:
            self._is(rules.domain_attribute, "record", ("text",), rules.place_of("domain_attribute"))
        if rules.combine is not None:
            for name in rules.combine.weights:
                self._in(name, ids, rules.combine.place, "domains")
            if rules.combine.by == "weighted" and rules.score is None:
                self.reader.refuse(rules.combine.place, "没有得分的领域不能加权合成", "请用 worst 或 best")
            if rules.combine.by == "weighted" and set(rules.combine.weights) != set(ids):
                self.reader.refuse(rules.combine.place, "weighted 须给出每个领域的权重", "、".join(ids))

    def _terms(self) -> None:
        uses = {
            name: {part.name for part in walk(condition) if isinstance(part, Term)}
            for name, condition in self.ruleset.terms.items()
        }
        for part in walk(self.ruleset):
            if isinstance(part, Term):
                self._in(part.name, uses, part.place, "terms")
        _refuse_circles(uses, "terms", self.ruleset.place_of("terms"), self.reader)

    def _parts(self) -> None:
        uses = {
            f"part {part.id}": {
                f"{'part' if isinstance(found, Part) else 'rank'} {found.name}"
                for found in walk(part.value)
                if isinstance(found, Part | Rank)
            }
            for part in self.ruleset.parts
        }
        for rank in self.ruleset.ranks:
            uses[f"rank {rank.id}"] = {
                f"{'part' if isinstance(found, Part) else 'rank'} {found.name}"
                for found in walk((rank.of, rank.bands, rank.when))
                if isinstance(found, Part | Rank)
            }
        _refuse_circles(uses, "parts", self.ruleset.place, self.reader)


def _refuse_circles(uses: dict[str, set[str]], where: str, place: Place, reader: Reader) -> None:
    done: set[str] = set()
    while ready := [
        name for name, used in uses.items() if name not in done and not (used & uses.keys()) - done
    ]:
        done.update(ready)
    for name in uses.keys() - done:
        reader.refuse(place, f"{where} 中的 {name} 引用了自己", "请打破循环引用")
