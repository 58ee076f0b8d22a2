"""A rule set as frozen values, and the grammar of each section of its folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from scoring_rules.language.conditions import CASE, ORDERED, PERIOD, RECORD, SUBJECT, Condition, Period
from scoring_rules.language.grammar import (
    NAME,
    TEXT,
    Choice,
    Day,
    Flag,
    ListOf,
    Made,
    MapOf,
    Number,
    OneOrMore,
    Shape,
    Whole,
    may,
    need,
)
from scoring_rules.language.quantities import AGEING, QUANTITIES, ROUNDINGS, TAKES, Ageing, Quantity
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
    number: Quantity | None
    values: dict[str, str]
    place: Place


@dataclass(frozen=True)
class DerivedCase:
    when: Condition | None
    value: str | None
    take: str | None
    place: Place


@dataclass(frozen=True)
class SourceShape:
    title: str
    dated: date | None
    issuer: str
    note: str
    is_choice: bool


@dataclass(frozen=True)
class SourceRef:
    key: str
    article: str
    place: Place


def _source_ref(text: str, place: Place) -> SourceRef:
    key, _, article = text.partition(" ")
    return SourceRef(key, article.strip(), place)


SOURCES = OneOrMore(Made(TEXT, _source_ref))


@dataclass(frozen=True)
class DomainShape:
    id: str
    title: str
    code: str
    place: Place


@dataclass(frozen=True)
class Combine:
    """How domains become one result: ``worst`` or ``best`` grade, or ``weighted`` scores banded again."""

    by: str
    weights: dict[str, Fraction]
    place: Place


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
    """First match from the top. Bounds are on the rounded score; ``when`` adds anything else."""

    grade: str
    at_least: Fraction | None
    at_most: Fraction | None
    above: Fraction | None
    below: Fraction | None
    when: Condition | None
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


@dataclass(frozen=True)
class Vocabulary:
    records: dict[str, AttributeShape]
    subjects: dict[str, AttributeShape]


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
    score: ScoreShape
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


_SCALARS = MapOf(TEXT, NAME)
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
_TEXTS = {"source": may(SOURCES, ()), "note": may(TEXT, "")}
_QUANTITY, _CASE_QUANTITY = QUANTITIES["record"], QUANTITIES["case"]
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
        "number": may(_QUANTITY),
        "values": may(MapOf(TEXT), {}),
    },
)
INCREMENT = Shape(
    "increment",
    Increment,
    {"when": need(RECORD), "points": need(_QUANTITY), "unless": may(RECORD)},
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
        "points": need(_QUANTITY),
        "increments": may(ListOf(INCREMENT), ()),
        "repeat": may(REPEAT),
        "validity": may(OneOrMore(AGEING), ()),
        "cap": may(Number(), meaning="该项在每个主体（每个领域）的最高分"),
        "domains": may(ListOf(NAME), ()),
        "is_internal": may(Flag(), False, "只供监管，不对外提供"),
        **_TEXTS,
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
        "times": may(_QUANTITY),
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
PART = Shape(
    "part",
    PartShape,
    {"id": need(NAME), "code": may(NAME, ""), "title": need(TEXT), "value": need(_CASE_QUANTITY), **_TEXTS},
)
RANK = Shape(
    "rank",
    RankShape,
    {
        "id": need(NAME),
        "title": need(TEXT),
        "of": need(_CASE_QUANTITY),
        "peers": may(ListOf(NAME), (), "同类主体的属性"),
        "bands": may(ListOf(_CASE_QUANTITY), (), "同类主体的数量，相等者为同组"),
        "when": may(CASE, meaning="只排符合条件者"),
        "method": may(Choice(("percentile", "percent_rank", "position")), "percentile"),
        "ties": may(Choice(("lowest", "average", "highest")), "average"),
        "minimum": may(Whole(1), 1),
    },
)
SCORE = Shape(
    "score",
    ScoreShape,
    {"of": need(_CASE_QUANTITY), "floor": may(Number()), "ceiling": may(Number())},
)
_BOUNDS = {bound: may(Number()) for bound in ORDERED}
BAND = Shape("band", Band, {"grade": need(NAME), **_BOUNDS, "when": may(CASE)})


def _effect(name: str, grade_key: str | None, *, down: bool = False) -> Shape:
    """A cap says ``not_above``, a veto says ``grade``; both mean the field ``grade``."""

    def make(**values: Any) -> Effect:
        grade = values.pop(grade_key, None) if grade_key else None
        return Effect(grade=grade, down=values.pop("down", None), **values)

    fields = {
        "code": need(NAME),
        "title": need(TEXT),
        "when": need(CASE),
        "domains": may(ListOf(NAME), ()),
        **_TEXTS,
    }
    if grade_key:
        fields[grade_key] = need(NAME)
    if down:
        fields["down"] = need(_CASE_QUANTITY)
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
        **_TEXTS,
    },
)
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
    {"subject": may(_SCALARS, {}), "records": may(ListOf(_SCALARS), ()), "copies": may(Whole(1), 1)},
    placed=False,
)
EXAMPLE = Shape(
    "example",
    ExampleCase,
    {
        "id": need(NAME),
        "title": need(TEXT),
        "day": need(Day()),
        "subject": may(_SCALARS, {}),
        "given": may(ListOf(NAME), ()),
        "records": may(ListOf(_SCALARS), ()),
        "others": may(ListOf(_OTHER), ()),
        "expect": need(EXPECT),
        "source": may(SOURCES, ()),
    },
)
DOMAIN = Shape("domain", DomainShape, {"id": need(NAME), "title": need(TEXT), "code": may(NAME, "")})
COMBINE = Shape(
    "combine",
    Combine,
    {"by": need(Choice(("worst", "best", "weighted"))), "weights": may(MapOf(Number(), NAME), {})},
)
SOURCE = Shape(
    "source",
    SourceShape,
    {
        "title": need(TEXT),
        "dated": may(Day()),
        "issuer": may(TEXT, ""),
        "note": may(TEXT, ""),
        "is_choice": may(Flag(), False, "本区自定，不是法律规定"),
    },
    placed=False,
)
GRADE = Shape(
    "grade",
    lambda **values: GradeShape(class_=values.pop("class"), **values),
    {"grade": need(NAME), "class": may(TEXT, ""), "title": may(TEXT, "")},
)


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
        "items": need(ListOf(ITEM, least=1, unique="id")),
        "groups": need(ListOf(GROUP, least=1, unique="id")),
        "parts": may(ListOf(PART, unique="id"), ()),
        "ranks": may(ListOf(RANK, unique="id"), ()),
        "score": need(SCORE),
        "grades": need(ListOf(GRADE, unique="grade"), "由好到差"),
        "bands": need(ListOf(BAND)),
        "not_graded": may(ListOf(_effect("not_graded", None), unique="code"), ()),
        "caps": may(ListOf(_effect("cap", "not_above"), unique="code"), ()),
        "step_downs": may(ListOf(_effect("step_down", None, down=True), unique="code"), ()),
        "vetoes": may(ListOf(_effect("veto", "grade"), unique="code"), ()),
        "list_conditions": may(ListOf(LIST_CONDITION, unique="code"), ()),
        "measures": may(ListOf(MEASURE, unique="id"), ()),
        "supervision": may(ListOf(SUPERVISION), ()),
        "stricter": may(ListOf(STRICTER), ()),
        "sources": may(MapOf(SOURCE, NAME), {}),
        "case_subject": may(_SCALARS, {}),
        "case_records": may(MapOf(ListOf(_SCALARS), NAME), {}),
        "cases": may(ListOf(EXAMPLE, unique="id"), ()),
    },
)
