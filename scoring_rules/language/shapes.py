"""A rule set as frozen values, and the grammar of its folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from scoring_rules.language.attributes import ATTRIBUTE, DERIVED, AttributeShape, Derived, Vocabulary
from scoring_rules.language.conditions import RECORD, Condition
from scoring_rules.language.examples import EXAMPLE, SCALARS, ExampleCase
from scoring_rules.language.grades import (
    BAND,
    COMBINE,
    DOMAIN,
    GRADE,
    LIST_CONDITION,
    PART,
    RANK,
    SCORE,
    Band,
    Combine,
    DomainShape,
    Effect,
    GradeShape,
    ListCondition,
    PartShape,
    RankShape,
    ScoreShape,
    effect_shape,
)
from scoring_rules.language.grammar import NAME, TEXT, Choice, Day, ListOf, MapOf, Shape, Whole, may, need
from scoring_rules.language.items import GROUP, ITEM, GroupShape, Item
from scoring_rules.language.measures import MEASURE, STRICTER, SUPERVISION, Measure, Stricter, Supervision
from scoring_rules.language.quantities import ROUNDINGS
from scoring_rules.language.reading import Place
from scoring_rules.language.sources import SOURCE, SourceRef, SourceShape


@dataclass(frozen=True, eq=False)
class RuleSet:
    """One scheme, in force from ``effective_from``. ``scale`` is units per point: 10 keeps tenths."""

    id: str
    title: str
    language: int
    effective_from: date
    series: str
    scale: int
    rounding: str
    boundary: str
    vocabulary: str
    record_attributes: dict[str, AttributeShape]
    subject_attributes: dict[str, AttributeShape]
    event_attributes: dict[str, AttributeShape]
    dated: str | None
    event: str
    order: tuple[str, ...]
    domain_attribute: str | None
    domains: tuple[DomainShape, ...]
    combine: Combine | None
    terms: dict[str, Condition]
    derived_records: dict[str, Derived]
    derived_subjects: dict[str, Derived]
    items: tuple[Item, ...]
    groups: tuple[GroupShape, ...]
    parts: tuple[PartShape, ...]
    ranks: tuple[RankShape, ...]
    score: ScoreShape | None
    grades: tuple[GradeShape, ...]
    bands: tuple[Band, ...]
    not_graded: tuple[Effect, ...]
    caps: tuple[Effect, ...]
    step_downs: tuple[Effect, ...]
    vetoes: tuple[Effect, ...]
    list_conditions: tuple[ListCondition, ...]
    measures: tuple[Measure, ...]
    supervision: tuple[Supervision, ...]
    stricter: tuple[Stricter, ...]
    sources: dict[str, SourceShape]
    case_subject: dict[str, str]
    case_records: dict[str, tuple[dict[str, str], ...]]
    cases: tuple[ExampleCase, ...]
    place: Place
    digest: str = ""
    attributes: Vocabulary = field(default_factory=lambda: Vocabulary({}, {}))
    places: dict[str, Place] = field(default_factory=dict)

    def place_of(self, key: str) -> Place:
        """Where a key of the folder stands, in whichever of its files; the rule set itself where it is left out."""
        return self.places.get(key, self.place)

    def item(self, key: str) -> Item | None:
        """The item with this id or code."""
        return next((item for item in self.items if key in (item.id, item.code)), None)

    def source_text(self, refs: tuple[SourceRef, ...]) -> str:
        """Sources as a reader of a letter needs them: titles in 《》 and the article."""
        shown = []
        for ref in refs:
            source = self.sources[ref.key]
            shown.append(
                f"《{source.title}》{ref.article}" if not source.is_choice else source.title + ref.article
            )
        return "；".join(shown)

    @property
    def class_of(self) -> dict[str, str]:
        """Grade to class (优 良 中 差), ``N`` included where supervision names it."""
        return {grade.grade: grade.class_ for grade in self.grades} | {"N": "N"}


def _ruleset(**values: Any) -> RuleSet:
    values["record_attributes"] = values.pop("records")
    values["subject_attributes"] = values.pop("subjects")
    values["event_attributes"] = values.pop("events")
    return RuleSet(**values)


RULESET = Shape(
    "ruleset",
    _ruleset,
    {
        "id": need(NAME),
        "title": need(TEXT),
        "language": need(Whole(1)),
        "effective_from": need(Day()),
        "series": need(NAME, "同一系列的规则前后相继"),
        "scale": may(Whole(1), 10, "每分的单位数：10 即保留一位小数"),
        "rounding": may(Choice(ROUNDINGS), "half_up"),
        "boundary": may(Choice(("inclusive", "exclusive")), "inclusive"),
        "vocabulary": may(Choice(("registry", "own")), "own", "registry：使用本系统的记录词汇"),
        "records": may(MapOf(ATTRIBUTE, NAME), {}),
        "subjects": may(MapOf(ATTRIBUTE, NAME), {}),
        "events": may(MapOf(ATTRIBUTE, NAME), {}),
        "dated": may(NAME, meaning="记录的日期属性"),
        "event": may(NAME, "event"),
        "order": may(ListOf(NAME), (), "同日记录的先后"),
        "domain_attribute": may(NAME),
        "domains": may(ListOf(DOMAIN, least=1, unique="id"), ()),
        "combine": may(COMBINE),
        "terms": may(MapOf(RECORD, NAME), {}),
        "derived_records": may(MapOf(DERIVED, NAME), {}),
        "derived_subjects": may(MapOf(DERIVED, NAME), {}),
        "items": may(ListOf(ITEM, unique="id"), ()),
        "groups": may(ListOf(GROUP, unique="id"), ()),
        "parts": may(ListOf(PART, unique="id"), ()),
        "ranks": may(ListOf(RANK, unique="id"), ()),
        "score": may(SCORE, meaning="没有得分、只按条件定等级的规则不写"),
        "grades": need(ListOf(GRADE, unique="grade"), "由好到差"),
        "bands": need(ListOf(BAND)),
        "not_graded": may(ListOf(effect_shape("not_graded", None), unique="code"), ()),
        "caps": may(ListOf(effect_shape("cap", "not_above"), unique="code"), ()),
        "step_downs": may(ListOf(effect_shape("step_down", None, down=True), unique="code"), ()),
        "vetoes": may(ListOf(effect_shape("veto", "grade"), unique="code"), ()),
        "list_conditions": may(ListOf(LIST_CONDITION, unique="code"), ()),
        "measures": may(ListOf(MEASURE, unique="id"), ()),
        "supervision": may(ListOf(SUPERVISION), ()),
        "stricter": may(ListOf(STRICTER), ()),
        "sources": may(MapOf(SOURCE, NAME), {}),
        "case_subject": may(SCALARS, {}),
        "case_records": may(MapOf(ListOf(SCALARS), NAME), {}),
        "cases": may(ListOf(EXAMPLE, unique="id"), ()),
    },
)
