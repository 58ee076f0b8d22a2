"""Numbers a rule can compute: a closed tree, never an expression that is evaluated.

``record`` quantities are one number per record; ``case`` quantities one number per subject and domain.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scoring_rules.language.conditions import (
    CASE,
    PERIOD,
    PERIOD_FIELDS,
    RECORD,
    SUBJECT,
    Condition,
    Period,
)
from scoring_rules.language.grammar import (
    NAME,
    Choice,
    Flag,
    Later,
    ListOf,
    Made,
    Number,
    OneOrMore,
    Schema,
    Shape,
    Tagged,
    Type,
    Whole,
    may,
    need,
)
from scoring_rules.language.reading import Mapping, Node, Place, Reader, Scalar


@dataclass(frozen=True)
class Literal:
    value: Fraction


@dataclass(frozen=True)
class Attribute:
    scope: str
    name: str
    missing: Fraction | None
    place: Place


@dataclass(frozen=True)
class Key:
    """What a table is read by: an attribute of the record or the subject, or a computed number ``of``."""

    scope: str
    name: str
    of: Any
    place: Place


@dataclass(frozen=True)
class Table:
    """The number at the values of its keys, one value of each; elsewhere ``otherwise``, or missing without one."""

    keys: tuple[Key, ...]
    values: dict[tuple[str, ...], Fraction]
    otherwise: Fraction | None
    place: Place


@dataclass(frozen=True)
class Lookup:
    """Linear between the points and level outside them; ``steps`` holds each value up to the next point."""

    of: Any
    points: tuple[tuple[Fraction, ...], ...]
    steps: bool
    place: Place


@dataclass(frozen=True)
class Combined:
    """``sum``, ``product``, ``difference``, ``quotient``, ``greatest`` or ``least`` of parts.

    A quotient by zero is missing. ``greatest`` and ``least`` leave missing parts out; the others are missing with them.
    """

    op: str
    parts: tuple[Any, ...]
    place: Place


@dataclass(frozen=True)
class Choose:
    """The value of the first case whose condition holds."""

    cases: tuple[ChooseCase, ...]
    otherwise: Any


@dataclass(frozen=True)
class ChooseCase:
    when: Condition
    value: Any


@dataclass(frozen=True)
class Rounded:
    of: Any
    scale: int
    rounding: str


@dataclass(frozen=True)
class Elapsed:
    """Whole months or days from one date to another, or to the day of scoring where ``to`` is absent."""

    unit: str
    from_: str
    to: str | None
    scope: str
    place: Place


@dataclass(frozen=True)
class Stage:
    """One stretch of an ageing. It ends a period after ``after`` (else the start), on the day of ``until``, with the
    day of ``through``, or never."""

    months: int
    days: int
    years: int
    calendar_years: int
    after: str | None
    until: str | None
    through: str | None
    open: bool
    factor: Fraction
    linear: tuple[Fraction, ...] | None
    by: str
    place: Place

    @property
    def period(self) -> Period:
        return Period(self.months, self.days, self.years, self.calendar_years)


@dataclass(frozen=True)
class Ageing:
    """A factor by the age of a date. The first stage that has not ended gives it; after the last it is 0."""

    when: Condition | None
    from_: str
    stages: tuple[Stage, ...]
    place: Place


@dataclass(frozen=True)
class Aged:
    cases: tuple[Ageing, ...]


@dataclass(frozen=True)
class Group:
    """The total of a group of items."""

    name: str
    place: Place


@dataclass(frozen=True)
class Part:
    """A named quantity declared under ``parts``."""

    name: str
    place: Place


@dataclass(frozen=True)
class Rank:
    name: str
    place: Place


@dataclass(frozen=True)
class Collect:
    """``take`` of ``value`` over the records that meet ``when``."""

    when: Condition | None
    value: Any
    take: str
    distinct: tuple[str, ...]
    dated: str | None
    place: Place


@dataclass(frozen=True)
class Alike:
    """Of one record: ``take`` of ``value`` over those of its subject's records that have the same attributes and meet
    ``when``, itself among them. With ``before`` or ``after`` over the others only, dated within that period before
    or after it. A record that lacks one of the attributes is like none but itself.
    """

    same: tuple[str, ...]
    when: Condition | None
    value: Any
    take: str
    distinct: tuple[str, ...]
    before: Period | None
    after: Period | None
    dated: str | None
    place: Place


@dataclass(frozen=True)
class Snapshots:
    """The mean of the values in force 0, 6, 18 … months before the day of scoring; absent snapshots are left out."""

    when: Condition | None
    value: Any
    months_ago: tuple[int, ...]
    dated: str | None
    place: Place


Quantity = Any  # one of the classes above; the engine matches on them


class _LiteralNumber:
    def read(self, node: Node, reader: Reader) -> Literal | None:
        value = Number().read(node, reader)
        return None if value is None else Literal(value)

    def schema(self, named: dict[str, Schema]) -> Schema:
        return Number().schema(named)


ROUNDINGS = ("half_up", "half_even", "down", "up", "floor", "ceiling")
STAGE = Shape(
    "stage",
    Stage,
    {
        **PERIOD_FIELDS,
        "after": may(NAME, meaning="从该日期起算，缺省为 from"),
        "until": may(NAME, meaning="到该日期为止，当日不算；无日期则不止"),
        "through": may(NAME, meaning="到该日期当日终了；无日期则不止"),
        "open": may(Flag(), False, "没有终点"),
        "factor": may(Number(), Fraction(1)),
        "linear": may(ListOf(Number(), least=2), meaning="从第一个系数直线变到第二个"),
        "by": may(Choice(("months", "days")), "months"),
    },
)
AGEING = Shape(
    "ageing",
    Ageing,
    {"when": may(RECORD), "from": need(NAME), "stages": need(ListOf(STAGE, least=1))},
)


class _AttributeName:
    def __init__(self, scope: str) -> None:
        self.scope = scope
        self.shape = Shape(
            f"{scope}_attribute",
            lambda name, missing, place: Attribute(scope, name, missing, place),
            {"name": need(NAME), "missing": may(Number(), meaning="缺值时当作")},
        )

    def read(self, node: Node, reader: Reader) -> Any:
        if isinstance(node, Scalar):
            name = NAME.read(node, reader)
            return None if name is None else Attribute(self.scope, name, None, node.place)
        return self.shape.read(node, reader)

    def schema(self, named: dict[str, Schema]) -> Schema:
        return {"anyOf": [NAME.schema(named), self.shape.schema(named)]}


class _Cells:
    """Values of a table: one level of names for each of its attributes, numbers at the end."""

    def read(self, node: Node, reader: Reader) -> dict[tuple[str, ...], Fraction]:
        if not isinstance(node, Mapping) or not node.entries:
            reader.refuse(node.place, "values 须为“取值: 分值”", "查两个属性的表每个取值下再写一层")
            return {}
        found: dict[tuple[str, ...], Fraction] = {}
        for name, inner in node.entries.items():
            if isinstance(inner, Mapping):
                found |= {(name, *rest): value for rest, value in self.read(inner, reader).items()}
            else:
                found[(name,)] = Number().read(inner, reader) or Fraction(0)
        return found

    def schema(self, named: dict[str, Schema]) -> Schema:
        if "cells" not in named:
            inner = {"anyOf": [Number().schema(named), {"$ref": "#/$defs/cells"}]}
            named["cells"] = {"type": "object", "minProperties": 1, "additionalProperties": inner}
        return {"$ref": "#/$defs/cells"}


def _table(level: str, scope: str, tag: str) -> Shape:
    """A table of records or of cases, whose plain keys are attributes of ``scope``."""

    def key(value: Any = None, subject: str | None = None, *, place: Place) -> Key:
        return Key("value", "", value, place) if subject is None else Key("subject", subject, None, place)

    other = {"value": may(Later(f"{level}_quantity", lambda: QUANTITIES[level]), meaning="算出的整数")}
    if level == "record":
        other["subject"] = may(NAME, meaning="主体的属性")
    plain = Made(NAME, lambda name, place: Key(scope, name, None, place))
    return Shape(
        tag,
        lambda attribute, values, otherwise, place: Table(attribute, values, otherwise, place),
        {
            "attribute": need(
                OneOrMore(_Either(plain, Shape(f"{level}_key", key, other))),
                "查一个或几个属性；{value: 数量} 按算出的数查，记录的表中 {subject: 名称} 查主体的属性",
            ),
            "values": need(_Cells(), "几个属性的表，每个取值下再写一层"),
            "otherwise": may(Number(), meaning="表外的取值；不写则没有分值"),
        },
    )


@dataclass(frozen=True)
class _Either:
    """A scalar of one type, or a mapping of another."""

    plain: Type
    mapping: Type

    def read(self, node: Node, reader: Reader) -> Any:
        return (self.mapping if isinstance(node, Mapping) else self.plain).read(node, reader)

    def schema(self, named: dict[str, Schema]) -> Schema:
        return {"anyOf": [self.plain.schema(named), self.mapping.schema(named)]}


def _combined(op: str, part: Type, least: int = 1) -> Type:
    return Made(ListOf(part, least=least), lambda parts, place: Combined(op, parts, place))


def _elapsed(unit: str, scope: str) -> Shape:
    return Shape(
        f"{scope}_{unit}",
        lambda from_, to, place: Elapsed(unit, from_, to, scope, place),
        {"from": need(NAME), "to": may(NAME)},
    )


def _quantities(level: str) -> Tagged:
    same = Later(f"{level}_quantity", lambda: QUANTITIES[level])
    condition = {"record": RECORD, "case": CASE, "subject": SUBJECT}[level]
    choose_case = Shape(
        f"{level}_choice", ChooseCase, {"when": need(condition), "value": need(same)}, placed=False
    )
    tags: dict[str, Type] = {
        "sum": _combined("sum", same),
        "product": _combined("product", same),
        "difference": _combined("difference", same, least=2),
        "quotient": _combined("quotient", same, least=2),
        "greatest": _combined("greatest", same),
        "least": _combined("least", same),
        "lookup": Shape(
            f"{level}_lookup",
            Lookup,
            {
                "of": need(same),
                "points": need(ListOf(ListOf(Number(), least=2), least=1)),
                "steps": may(Flag(), False),
            },
        ),
        "choose": Shape(
            f"{level}_choose",
            Choose,
            {"cases": need(ListOf(choose_case, least=1)), "otherwise": may(same)},
            placed=False,
        ),
        "rounded": Shape(
            f"{level}_rounded",
            Rounded,
            {"of": need(same), "scale": may(Whole(1), 1), "rounding": may(Choice(ROUNDINGS), "half_up")},
            placed=False,
        ),
    }
    if level == "record":
        tags |= {
            "attribute": _AttributeName("record"),
            "subject": _AttributeName("subject"),
            "table": _table("record", "record", "record_table"),
            "subject_table": _table("record", "subject", "subject_table"),
            "alike": ALIKE,
            "aged": Made(OneOrMore(AGEING), lambda cases, place: Aged(cases)),
            "months": _elapsed("months", "record"),
            "days": _elapsed("days", "record"),
        }
    else:
        tags |= {
            "group": Made(NAME, Group),
            "part": Made(NAME, Part),
            "rank": Made(NAME, Rank),
            "subject": _AttributeName("subject"),
            "table": _table("case", "subject", "case_table"),
            "months": _elapsed("months", "subject"),
            "days": _elapsed("days", "subject"),
            "collect": COLLECT,
            "snapshots": SNAPSHOTS,
        }
    return Tagged(f"{level}_quantity", tags, _LiteralNumber())


_RECORD_QUANTITY = Later("record_quantity", lambda: QUANTITIES["record"])
TAKES = ("sum", "count", "largest", "smallest", "average", "latest", "earliest")
COLLECT = Shape(
    "collect",
    Collect,
    {
        "when": may(RECORD),
        "value": may(_RECORD_QUANTITY, Literal(Fraction(1))),
        "take": may(Choice(TAKES), "sum"),
        "distinct": may(ListOf(NAME), ()),
        "dated": may(NAME),
    },
)
ALIKE = Shape(
    "alike",
    Alike,
    {
        "same": need(ListOf(NAME), "同一主体的记录中，这些属性相同者；event 是同一事件"),
        "when": may(RECORD),
        "value": may(_RECORD_QUANTITY, Literal(Fraction(1))),
        "take": may(Choice(TAKES), "sum"),
        "distinct": may(ListOf(NAME), ()),
        "before": may(PERIOD, meaning="只看此前这段期间内的其他记录"),
        "after": may(PERIOD, meaning="只看此后这段期间内的其他记录"),
        "dated": may(NAME),
    },
)
SNAPSHOTS = Shape(
    "snapshots",
    Snapshots,
    {
        "when": may(RECORD),
        "value": need(_RECORD_QUANTITY),
        "months_ago": need(ListOf(Whole(), least=1)),
        "dated": may(NAME),
    },
)
QUANTITIES: dict[str, Type] = {}
QUANTITIES |= {level: _quantities(level) for level in ("record", "case")}
