"""The lines of a scheme and how a group of them becomes one total."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scoring_rules.language.conditions import PERIOD, RECORD, Condition, Period
from scoring_rules.language.grammar import (
    NAME,
    TEXT,
    Choice,
    Flag,
    ListOf,
    Number,
    OneOrMore,
    Shape,
    Whole,
    may,
    need,
)
from scoring_rules.language.quantities import AGEING, QUANTITIES, TAKES, Ageing, Literal, Quantity
from scoring_rules.language.reading import Place
from scoring_rules.language.sources import REFERENCED, SourceRef


@dataclass(frozen=True)
class Increment:
    when: Condition
    points: Quantity
    unless: Condition | None


@dataclass(frozen=True)
class Repeat:
    """The n-th record with the same attributes within ``within`` before it takes the n-th factor, later ones the last."""

    same: tuple[str, ...]
    among: tuple[str, ...]
    within: Period
    dated: str | None
    factors: tuple[Fraction, ...]
    place: Place


@dataclass(frozen=True)
class Item:
    """One line of a scheme. ``points`` are positive; what they do to the score is said where the group is used."""

    id: str
    code: str
    title: str
    group: str
    when: Condition
    points: Quantity
    increments: tuple[Increment, ...]
    repeat: Repeat | None
    validity: tuple[Ageing, ...]
    cap: Fraction | None
    domains: tuple[str, ...]
    is_internal: bool
    source: tuple[SourceRef, ...]
    note: str
    place: Place


@dataclass(frozen=True)
class Step:
    """One stage of a group: records with equal ``per`` become one line (sum, average, count, product) or the best of
    them stays and the others show 0 (largest, smallest, latest, earliest). Then floor, cap, times, cap_after."""

    per: tuple[str, ...]
    items: tuple[str, ...]
    take: str
    keep: int
    weights: tuple[Fraction, ...]
    floor: Fraction | None
    cap: Fraction | None
    times: Quantity | None
    cap_after: Fraction | None
    note: str
    place: Place


@dataclass(frozen=True)
class GroupShape:
    id: str
    title: str
    role: str
    steps: tuple[Step, ...]
    take: str
    floor: Fraction | None
    cap: Fraction | None
    place: Place


# An item that says no points: right where there is no score, an omission where there is one.
NO_POINTS = Literal(Fraction(0))
INCREMENT = Shape(
    "increment",
    Increment,
    {"when": need(RECORD), "points": need(QUANTITIES["record"]), "unless": may(RECORD)},
    placed=False,
)
REPEAT = Shape(
    "repeat",
    Repeat,
    {
        "same": need(ListOf(NAME, least=1)),
        "among": may(ListOf(NAME), ()),
        "within": need(PERIOD),
        "dated": may(NAME),
        "factors": need(ListOf(Number(), least=1)),
    },
)
ITEM = Shape(
    "item",
    Item,
    {
        "id": need(NAME),
        "code": may(NAME, ""),
        "title": need(TEXT),
        "group": need(NAME),
        "when": need(RECORD),
        "points": may(QUANTITIES["record"], NO_POINTS),
        "increments": may(ListOf(INCREMENT), ()),
        "repeat": may(REPEAT),
        "validity": may(OneOrMore(AGEING), ()),
        "cap": may(Number(), meaning="该项在每个主体（每个领域）的最高分"),
        "domains": may(ListOf(NAME), ()),
        "is_internal": may(Flag(), False, "只供监管，不对外提供"),
        **REFERENCED,
    },
)
STEP = Shape(
    "step",
    Step,
    {
        "per": may(ListOf(NAME), (), "属性，或 event、record、item"),
        "items": may(ListOf(NAME), (), "只处理这些项目的记录，缺省为全部"),
        "take": need(Choice(TAKES)),
        "keep": may(Whole(1), 1),
        "weights": may(ListOf(Number()), ()),
        "floor": may(Number()),
        "cap": may(Number()),
        "times": may(QUANTITIES["record"]),
        "cap_after": may(Number()),
        "note": may(TEXT, ""),
    },
)
GROUP = Shape(
    "group",
    GroupShape,
    {
        "id": need(NAME),
        "title": need(TEXT),
        "role": may(Choice(("deduction", "bonus", "other")), "other"),
        "steps": may(ListOf(STEP), ()),
        "take": may(Choice(TAKES), "sum"),
        "floor": may(Number()),
        "cap": may(Number()),
    },
)
