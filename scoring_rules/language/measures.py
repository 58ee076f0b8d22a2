"""What follows from a grade or a list: measures and supervision, tables for the registry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from scoring_rules.language.conditions import SUBJECT, Condition
from scoring_rules.language.grammar import (
    NAME,
    TEXT,
    Choice,
    Day,
    Flag,
    ListOf,
    Number,
    Shape,
    Whole,
    may,
    need,
)
from scoring_rules.language.reading import Place
from scoring_rules.language.sources import SOURCES, SourceRef


@dataclass(frozen=True)
class Measure:
    """A measure with a basis in law. ``matters`` are the lookup matters it applies to; ``valid_until`` is exclusive."""

    id: str
    title: str
    list_kind: str
    kind: str
    matters: tuple[str, ...]
    basis: str
    source: tuple[SourceRef, ...]
    department: str
    valid_from: date
    valid_until: date | None
    is_weak_basis: bool
    note: str


@dataclass(frozen=True)
class Supervision:
    """What a class of grades means for inspection. Shares are per cent of the class drawn at random a year."""

    class_: str
    title: str
    share_percent: Fraction
    visits_at_least: int
    visits_at_most: int
    visits_at_most_high_risk: int | None
    extra: str
    source: tuple[SourceRef, ...]


@dataclass(frozen=True)
class Stricter:
    """Subjects supervised some classes stricter than their grade says, and those never below a number of visits."""

    when: Condition
    classes: int
    visits_at_least: int
    title: str
    source: tuple[SourceRef, ...]
    place: Place


MATTERS = (
    "permit",
    "bidding",
    "procurement",
    "funding",
    "honours",
    "commitment",
    "inspection",
    "insurance",
    "credit",
    "market_access",
)
MEASURE = Shape(
    "measure",
    Measure,
    {
        "id": need(NAME),
        "title": need(TEXT),
        "list_kind": need(Choice(("black", "red"))),
        "kind": need(Choice(("restrict", "management", "incentive"))),
        "matters": need(ListOf(Choice(MATTERS), least=1)),
        "basis": need(TEXT),
        "source": need(SOURCES),
        "department": need(TEXT),
        "valid_from": need(Day()),
        "valid_until": may(Day()),
        "is_weak_basis": may(Flag(), False),
        "note": may(TEXT, ""),
    },
    placed=False,
)
SUPERVISION = Shape(
    "supervision",
    lambda **values: Supervision(class_=values.pop("class"), **values),
    {
        "class": need(TEXT),
        "title": need(TEXT),
        "share_percent": need(Number()),
        "visits_at_least": may(Whole(), 0),
        "visits_at_most": need(Whole()),
        "visits_at_most_high_risk": may(Whole()),
        "extra": may(TEXT, ""),
        "source": may(SOURCES, ()),
    },
    placed=False,
)
STRICTER = Shape(
    "stricter",
    Stricter,
    {
        "when": need(SUBJECT),
        "classes": may(Whole(), 0),
        "visits_at_least": may(Whole(), 0),
        "title": need(TEXT),
        "source": may(SOURCES, ()),
    },
)
