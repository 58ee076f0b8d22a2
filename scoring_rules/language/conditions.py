"""What a rule may ask: about one record, about one subject, or about all records of a subject in a domain.

Every key of a condition is one test and all of them must hold. A test of a missing value fails, except
``missing: true``; ``not`` turns the result of what it contains.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from scoring_rules.language.grammar import (
    NAME,
    TEXT,
    Day,
    Field,
    Flag,
    Later,
    ListOf,
    Number,
    OneOrMore,
    Schema,
    Shape,
    Type,
    Whole,
    may,
    need,
    shown,
)
from scoring_rules.language.problems import nearest
from scoring_rules.language.reading import Mapping, Node, Place, Reader, Scalar, Sequence


@dataclass(frozen=True)
class Period:
    """A stretch of the calendar. ``calendar_years: 1`` ends with 31 December of the year it starts in."""

    months: int = 0
    days: int = 0
    years: int = 0
    calendar_years: int = 0

    @property
    def total_months(self) -> int:
        return self.months + 12 * self.years


PERIOD_FIELDS = {
    "months": may(Whole(), 0),
    "days": may(Whole(), 0),
    "years": may(Whole(), 0),
    "calendar_years": may(Whole(1), 0),
}
PERIOD = Shape("period", Period, PERIOD_FIELDS, placed=False)


@dataclass(frozen=True)
class Reference:
    """Another attribute of the same row, moved by a period where one is given (dates only)."""

    attribute: str
    plus: Period | None
    minus: Period | None
    place: Place


REFERENCE = Shape(
    "reference", Reference, {"attribute": need(NAME), "plus": may(PERIOD), "minus": may(PERIOD)}
)
Operand = Fraction | date | Reference


class _Operand:
    """A number, a day, or another attribute."""

    def read(self, node: Node, reader: Reader) -> Any:
        if isinstance(node, Mapping):
            return REFERENCE.read(node, reader)
        if isinstance(node, Scalar) and re.fullmatch(r"\d{4}-\d\d-\d\d", node.text):
            return Day().read(node, reader)
        return Number().read(node, reader)

    def schema(self, named: dict[str, Schema]) -> Schema:
        return {"anyOf": [Number().schema(named), Day().schema(named), REFERENCE.schema(named)]}


@dataclass(frozen=True)
class Compare:
    """One comparison of an attribute. ``operand`` is a tuple of texts, an Operand, a Period or a bool, by ``op``."""

    op: str
    operand: Any


COMPARISONS: dict[str, Type] = {
    "is": OneOrMore(TEXT),
    "one_of": ListOf(TEXT, least=1),
    "other_than": OneOrMore(TEXT),
    "missing": Flag(),
    "at_least": _Operand(),
    "at_most": _Operand(),
    "above": _Operand(),
    "below": _Operand(),
    "includes": OneOrMore(TEXT),
    "includes_all": OneOrMore(TEXT),
    "only": OneOrMore(TEXT),
    "mentions": OneOrMore(TEXT),
    "starts_with": OneOrMore(TEXT),
    "reached": Flag(),
    "within": PERIOD,
    "older_than": PERIOD,
}
ORDERED = ("at_least", "at_most", "above", "below")
BY_CALENDAR = ("reached", "within", "older_than")


@dataclass(frozen=True)
class AttributeTest:
    scope: str
    attribute: str
    compares: tuple[Compare, ...]
    place: Place


@dataclass(frozen=True)
class All:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Any_:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    part: Condition


@dataclass(frozen=True)
class Term:
    name: str
    place: Place


@dataclass(frozen=True)
class OfSubject:
    """A subject condition seen from a record or from a case."""

    part: Condition


@dataclass(frozen=True)
class EventHas:
    """Some record of the same subject and event (this one included) meets the condition."""

    part: Condition


@dataclass(frozen=True)
class ValueTest:
    """A computed quantity compared with a number."""

    of: Any
    at_least: Fraction | None
    at_most: Fraction | None
    above: Fraction | None
    below: Fraction | None
    place: Place


@dataclass(frozen=True)
class InDomain:
    """The case is of one of these domains: where two domains of one scheme count differently."""

    domains: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class Has:
    part: Condition


@dataclass(frozen=True)
class Live:
    """Some record for which one of these items is in force, counted or absorbed."""

    items: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class Count:
    of: Condition
    distinct: tuple[str, ...]
    within: Period | None
    dated: str | None
    at_least: int | None
    at_most: int | None
    place: Place


@dataclass(frozen=True)
class Cluster:
    """``at_least`` records (or so much of their ``value`` together) inside any window of ``within``; holds for
    ``lasts`` after the last of them, or for good."""

    of: Condition
    value: Any
    distinct: tuple[str, ...]
    at_least: Fraction
    within: Period
    lasts: Period | None
    dated: str | None
    place: Place


Condition = (
    AttributeTest
    | All
    | Any_
    | Not
    | Term
    | OfSubject
    | EventHas
    | ValueTest
    | Has
    | Live
    | InDomain
    | Count
    | Cluster
)


@dataclass(frozen=True)
class _Tests:
    """The right side of ``attribute: …``."""

    def read(self, node: Node, reader: Reader) -> tuple[Compare, ...] | None:
        if isinstance(node, Scalar):
            return (Compare("is", (node.text,)),)
        if isinstance(node, Sequence):
            return (Compare("is", OneOrMore(TEXT).read(node, reader)),)
        found = []
        for op, inner in node.entries.items():
            if op not in COMPARISONS:
                reader.refuse(node.key_places[op], f"没有比较 {op}", nearest(op, COMPARISONS))
                continue
            found.append(Compare("is" if op == "one_of" else op, COMPARISONS[op].read(inner, reader)))
        if not node.entries:
            reader.refuse(node.place, "条件是空的", "可用：" + "、".join(COMPARISONS))
        return tuple(found)

    def schema(self, named: dict[str, Schema]) -> Schema:
        if "tests" not in named:
            named["tests"] = {
                "anyOf": [
                    {"type": ["string", "integer", "boolean"]},
                    {"type": "array", "minItems": 1},
                    {
                        "type": "object",
                        "additionalProperties": False,
                        "minProperties": 1,
                        "properties": {op: type_.schema(named) for op, type_ in COMPARISONS.items()},
                    },
                ]
            }
        return {"$ref": "#/$defs/tests"}


@dataclass(frozen=True)
class ConditionOf:
    """Conditions at one level: ``record``, ``subject`` or ``case`` (a subject in one domain)."""

    level: str

    def words(self) -> dict[str, Type]:
        return _words(self.level)

    def read(self, node: Node, reader: Reader) -> Condition | None:
        if not isinstance(node, Mapping) or not node.entries:
            reader.refuse(
                node.place,
                f"此处应为条件（“属性: 取值”），却是{shown(node)}",
                "可用：" + "、".join(self.words()),
            )
            return None
        words, parts = self.words(), []
        for key, inner in node.entries.items():
            place = node.key_places[key]
            if key in words:
                value = words[key].read(inner, reader)
                if value is not None:
                    parts.append(_make(key, value, place))
            elif self.level == "case":
                reader.refuse(place, f"此处的条件没有 {key}", nearest(key, words))
            else:
                compares = _Tests().read(inner, reader)
                if compares:
                    parts.append(AttributeTest(self.level, key, compares, place))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def schema(self, named: dict[str, Schema]) -> Schema:
        name = f"{self.level}_condition"
        if name not in named:
            named[name] = {}
            properties = {word: type_.schema(named) for word, type_ in self.words().items()}
            rest: Any = False if self.level == "case" else _Tests().schema(named)
            named[name] = {
                "type": "object",
                "minProperties": 1,
                "properties": properties,
                "additionalProperties": rest,
            }
        return {"$ref": f"#/$defs/{name}"}


def _make(key: str, value: Any, place: Place) -> Condition:
    match key:
        case "all":
            return All(value)
        case "any":
            return Any_(value)
        case "not":
            return Not(value)
        case "term":
            return Term(value, place)
        case "subject":
            return OfSubject(value)
        case "event_has":
            return EventHas(value)
        case "has":
            return Has(value)
        case "live":
            return Live(value, place)
        case "in_domain":
            return InDomain(value, place)
    assert isinstance(value, ValueTest | Count | Cluster)
    return value


RECORD, SUBJECT, CASE = ConditionOf("record"), ConditionOf("subject"), ConditionOf("case")


def _quantity(level: str) -> Type:
    def find() -> Type:
        from scoring_rules.language import quantities

        return quantities.QUANTITIES[level]

    return Later(f"{level}_quantity", find)


def _value_test(level: str) -> Shape:
    bounds: dict[str, Field] = {bound: may(Number()) for bound in ORDERED}
    return Shape(f"{level}_value_test", ValueTest, {"of": need(_quantity(level)), **bounds})


COUNT = Shape(
    "count",
    Count,
    {
        "of": need(RECORD),
        "distinct": may(ListOf(NAME), ()),
        "within": may(PERIOD),
        "dated": may(NAME),
        "at_least": may(Whole(1)),
        "at_most": may(Whole()),
    },
)
CLUSTER = Shape(
    "cluster",
    Cluster,
    {
        "of": need(RECORD),
        "distinct": may(ListOf(NAME), ()),
        "value": may(_quantity("record"), meaning="合计的数值；不写则数记录"),
        "at_least": need(Number()),
        "within": need(PERIOD),
        "lasts": may(PERIOD),
        "dated": may(NAME),
    },
)


def _words(level: str) -> dict[str, Type]:
    same = ConditionOf(level)
    words: dict[str, Type] = {"all": ListOf(same, least=1), "any": ListOf(same, least=1), "not": same}
    if level == "record":
        words |= {"term": NAME, "subject": SUBJECT, "event_has": RECORD, "value": _value_test("record")}
    elif level == "case":
        words |= {
            "subject": SUBJECT,
            "has": RECORD,
            "live": OneOrMore(NAME),
            "in_domain": OneOrMore(NAME),
            "count": COUNT,
            "cluster": CLUSTER,
            "value": _value_test("case"),
        }
    return words


RESERVED = frozenset(_words("record")) | frozenset(_words("case"))
