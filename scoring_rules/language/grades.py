"""From totals to a grade: parts, ranks, the score, bands, and what caps, lowers or vetoes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scoring_rules.language.conditions import CASE, ORDERED, Condition
from scoring_rules.language.grammar import (
    GRADE_NAME,
    NAME,
    TEXT,
    Choice,
    ListOf,
    MapOf,
    Number,
    Shape,
    Whole,
    may,
    need,
)
from scoring_rules.language.quantities import QUANTITIES, Quantity
from scoring_rules.language.reading import Place
from scoring_rules.language.sources import REFERENCED, SourceRef


@dataclass(frozen=True)
class DomainShape:
    id: str
    title: str
    code: str
    place: Place


@dataclass(frozen=True)
class Combine:
    """How domains become one result: ``worst`` or ``best`` grade, or ``weighted`` scores banded again.

    Of domains with equal grades the one with the ``ties`` score is shown.
    """

    by: str
    ties: str
    weights: dict[str, Fraction]
    place: Place


@dataclass(frozen=True)
class PartShape:
    """A named number of a case. A part that is not made of items shows in the findings under its code and source."""

    id: str
    code: str
    title: str
    value: Quantity
    source: tuple[SourceRef, ...]
    note: str
    place: Place


@dataclass(frozen=True)
class RankShape:
    """The place of a case among its peers by ``of``.

    With L peers strictly lower and E equal (oneself included) of n: ``percentile`` is 100 × (L + t) / n, where the
    tie rule makes t 0, E/2 or E; ``percent_rank`` is 100 × (L + u) / (n − 1), u being 0, (E − 1)/2 or E − 1;
    ``position`` is L + 1, L + (E + 1)/2 or L + E. Groups under ``minimum`` have no rank.
    """

    id: str
    title: str
    of: Quantity
    peers: tuple[str, ...]
    bands: tuple[Quantity, ...]
    when: Condition | None
    method: str
    ties: str
    minimum: int
    place: Place


@dataclass(frozen=True)
class ScoreShape:
    of: Quantity
    floor: Fraction | None
    ceiling: Fraction | None
    place: Place


@dataclass(frozen=True)
class GradeShape:
    grade: str
    class_: str
    title: str
    place: Place


@dataclass(frozen=True)
class Band:
    """First match from the top. Bounds are on the rounded score; ``when`` adds anything else, and the band that takes
    a case by it is named among the reasons by ``title``."""

    grade: str
    at_least: Fraction | None
    at_most: Fraction | None
    above: Fraction | None
    below: Fraction | None
    when: Condition | None
    title: str
    source: tuple[SourceRef, ...]
    note: str
    place: Place


@dataclass(frozen=True)
class Effect:
    """A cap (``not_above``), a step (``down`` grades), a veto (``grade``) or a reason not to grade."""

    code: str
    title: str
    when: Condition
    grade: str | None
    down: Quantity | None
    domains: tuple[str, ...]
    source: tuple[SourceRef, ...]
    note: str
    place: Place


@dataclass(frozen=True)
class ListCondition:
    """When it holds, a case may be opened for a person to decide. It never lists anyone."""

    code: str
    title: str
    series: str
    when: Condition
    who: tuple[str, ...]
    domains: tuple[str, ...]
    source: tuple[SourceRef, ...]
    note: str
    place: Place


PART = Shape(
    "part",
    PartShape,
    {
        "id": need(NAME),
        "code": may(NAME, ""),
        "title": need(TEXT),
        "value": need(QUANTITIES["case"]),
        **REFERENCED,
    },
)
RANK = Shape(
    "rank",
    RankShape,
    {
        "id": need(NAME),
        "title": need(TEXT),
        "of": need(QUANTITIES["case"]),
        "peers": may(ListOf(NAME), (), "同类主体的属性"),
        "bands": may(ListOf(QUANTITIES["case"]), (), "同类主体的数量，相等者为同组"),
        "when": may(CASE, meaning="只排符合条件者"),
        "method": may(Choice(("percentile", "percent_rank", "position")), "percentile"),
        "ties": may(Choice(("lowest", "average", "highest")), "average"),
        "minimum": may(Whole(1), 1),
    },
)
SCORE = Shape(
    "score",
    ScoreShape,
    {"of": need(QUANTITIES["case"]), "floor": may(Number()), "ceiling": may(Number())},
)
_BOUNDS = {bound: may(Number()) for bound in ORDERED}
BAND = Shape(
    "band",
    Band,
    {"grade": need(NAME), **_BOUNDS, "when": may(CASE), "title": may(TEXT, ""), **REFERENCED},
)


def effect_shape(name: str, grade_key: str | None, *, down: bool = False) -> Shape:
    """A cap says ``not_above``, a veto says ``grade``; both mean the field ``grade``."""

    def make(**values: Any) -> Effect:
        grade = values.pop(grade_key, None) if grade_key else None
        return Effect(grade=grade, down=values.pop("down", None), **values)

    fields = {
        "code": need(NAME),
        "title": need(TEXT),
        "when": need(CASE),
        "domains": may(ListOf(NAME), ()),
        **REFERENCED,
    }
    if grade_key:
        fields[grade_key] = need(NAME)
    if down:
        fields["down"] = need(QUANTITIES["case"])
    return Shape(name, make, fields)


LIST_CONDITION = Shape(
    "list_condition",
    ListCondition,
    {
        "code": need(NAME),
        "title": need(TEXT),
        "series": need(NAME),
        "when": need(CASE),
        "who": need(ListOf(Choice(("unit", "principal", "responsible_person", "institution")), least=1)),
        "domains": may(ListOf(NAME), ()),
        **REFERENCED,
    },
)
DOMAIN = Shape("domain", DomainShape, {"id": need(NAME), "title": need(TEXT), "code": may(NAME, "")})
COMBINE = Shape(
    "combine",
    Combine,
    {
        "by": need(Choice(("worst", "best", "weighted"))),
        "ties": may(Choice(("lowest", "highest")), "lowest", "等级相同时显示哪个得分；分高为差的写 highest"),
        "weights": may(MapOf(Number(), NAME), {}),
    },
)
GRADE = Shape(
    "grade",
    lambda **values: GradeShape(class_=values.pop("class"), **values),
    {"grade": need(GRADE_NAME), "class": may(TEXT, ""), "title": may(TEXT, "")},
)
