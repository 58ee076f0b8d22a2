"""The attributes that a rule set declares, and those it computes from others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from scoring_rules.language.conditions import PERIOD, RECORD, Condition, Period
from scoring_rules.language.grammar import NAME, TEXT, Choice, Day, ListOf, MapOf, Shape, may, need
from scoring_rules.language.quantities import QUANTITIES, Quantity
from scoring_rules.language.reading import Place

ATTRIBUTE_TYPES = ("text", "codes", "date", "integer", "decimal", "flag")


@dataclass(frozen=True)
class AttributeShape:
    """A declared attribute. ``codes`` is text with several values joined by ``;``; ``decimal`` is read exactly.

    ``column`` is what plain files call it, where that is no name of this language.
    """

    type: str
    meaning: str
    unit: str
    values: dict[str, str]
    column: str
    place: Place


@dataclass(frozen=True)
class Derived:
    """An attribute computed from others of the same row. Only those declared above it may be used."""

    type: str
    meaning: str
    choose: tuple[DerivedCase, ...]
    first: tuple[str, ...]
    earliest: tuple[str, ...]
    latest: tuple[str, ...]
    plus: Period | None
    recurring: Recurring | None
    number: Quantity | None
    values: dict[str, str]
    place: Place


@dataclass(frozen=True)
class Recurring:
    """The first day after the date ``after`` of those that recur ``every`` so many months, before and after a start: a
    date of the subject or of the record, or a fixed day. So ends a cycle that is no calendar year.
    """

    after: str
    every: Period
    subject: str | None
    record: str | None
    day: date | None
    place: Place


@dataclass(frozen=True)
class DerivedCase:
    when: Condition | None
    value: str | None
    take: str | None
    place: Place


@dataclass(frozen=True)
class Vocabulary:
    records: dict[str, AttributeShape]
    subjects: dict[str, AttributeShape]


ATTRIBUTE = Shape(
    "attribute",
    AttributeShape,
    {
        "type": need(Choice(ATTRIBUTE_TYPES)),
        "meaning": may(TEXT, ""),
        "unit": may(TEXT, ""),
        "values": may(MapOf(TEXT), {}, "允许的取值及其名称"),
        "column": may(TEXT, "", "普通文件中的列名，缺省即属性名"),
    },
)
RECURRING = Shape(
    "recurring",
    Recurring,
    {
        "after": need(NAME, "此日之后的第一个周期起点"),
        "every": need(PERIOD, "周期，按月或年"),
        "subject": may(NAME, meaning="各周期自主体的这个日期起算"),
        "record": may(NAME, meaning="各周期自记录的这个日期起算"),
        "day": may(Day(), meaning="各周期自这一天起算"),
    },
)
DERIVED = Shape(
    "derived",
    Derived,
    {
        "type": need(Choice(ATTRIBUTE_TYPES)),
        "meaning": may(TEXT, ""),
        "choose": may(
            ListOf(
                Shape(
                    "derived_case", DerivedCase, {"when": may(RECORD), "value": may(TEXT), "take": may(NAME)}
                )
            ),
            (),
        ),
        "first": may(ListOf(NAME), ()),
        "earliest": may(ListOf(NAME), ()),
        "latest": may(ListOf(NAME), ()),
        "plus": may(PERIOD),
        "recurring": may(RECURRING),
        "number": may(QUANTITIES["record"]),
        "values": may(MapOf(TEXT), {}),
    },
)
