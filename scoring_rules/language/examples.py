"""Worked examples: facts of a day and what they must come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from scoring_rules.language.grammar import NAME, TEXT, Day, ListOf, MapOf, Shape, Whole, may, need
from scoring_rules.language.reading import Place
from scoring_rules.language.sources import SOURCES, SourceRef


@dataclass(frozen=True)
class Expectation:
    score: str | None
    grade: str | None
    domains: dict[str, Expectation]
    fires: tuple[str, ...]
    quiet: tuple[str, ...]
    conditions: tuple[str, ...] | None
    parts: dict[str, str]
    next_change: date | None
    place: Place


@dataclass(frozen=True)
class ExampleCase:
    """A worked example. ``score: none`` expects no score. ``given`` names shared records of ``case_records``."""

    id: str
    title: str
    day: date
    subject: dict[str, str]
    given: tuple[str, ...]
    records: tuple[dict[str, str], ...]
    others: tuple[dict[str, Any], ...]
    expect: Expectation
    source: tuple[SourceRef, ...]
    place: Place


SCALARS = MapOf(TEXT, NAME)
_EXPECT_FIELDS = {
    "score": may(TEXT),
    "grade": may(NAME),
    "fires": may(ListOf(NAME), ()),
    "quiet": may(ListOf(NAME), ()),
    "conditions": may(ListOf(NAME)),
    "parts": may(MapOf(TEXT), {}),
    "next_change": may(Day()),
}


def _of_domain(**values: Any) -> Expectation:
    return Expectation(domains={}, **values)


EXPECT = Shape(
    "expectation",
    Expectation,
    {**_EXPECT_FIELDS, "domains": may(MapOf(Shape("domain_expectation", _of_domain, _EXPECT_FIELDS)), {})},
)
_OTHER = Shape(
    "other_subject",
    lambda subject, records, copies: {"subject": subject, "records": records, "copies": copies},
    {"subject": may(SCALARS, {}), "records": may(ListOf(SCALARS), ()), "copies": may(Whole(1), 1)},
    placed=False,
)
EXAMPLE = Shape(
    "example",
    ExampleCase,
    {
        "id": need(NAME),
        "title": need(TEXT),
        "day": need(Day()),
        "subject": may(SCALARS, {}),
        "given": may(ListOf(NAME), ()),
        "records": may(ListOf(SCALARS), ()),
        "others": may(ListOf(_OTHER), ()),
        "expect": need(EXPECT),
        "source": may(SOURCES, ()),
    },
)
