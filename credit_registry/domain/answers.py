"""Answers that leave the registry, as frozen values: an assessment with its reasons, a look-up with its limits.

Every number in them is text or a whole number, so that no reader meets a binary fraction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

BEIJING = timezone(timedelta(hours=8))

MATTERS: dict[str, str] = {
    "permit": "行政许可",
    "bidding": "招标投标",
    "procurement": "政府采购",
    "funding": "政府资金支持",
    "honours": "评先评优",
    "commitment": "告知承诺",
    "inspection": "监督检查",
    "insurance": "保险费率",
    "credit": "授信融资",
    "market_access": "市场准入",
}

# What has ended by repair, revocation or withdrawal is in no outward answer, whatever was known when.
ENDED_STATES = frozenset({"repaired", "revoked", "withdrawn"})
# The two fields that are graded apart, as they are called on screens and in print.
DOMAIN_TITLES: dict[str, str] = {"safety": "安全生产", "fire": "消防安全"}
# Supervision facts: they move the internal grade and never leave the operating authorities.
SUPERVISION_KINDS = frozenset({"inspection", "hazard", "sealing"})

# What a look-up did not search. An answer that does not say so is read as "nothing anywhere".
NOT_COVERED: tuple[dict[str, str], ...] = (
    {"code": "other-districts", "text": "其他区、市和国家级登记系统中的信息"},
    {"code": "not-reported", "text": "有关部门尚未向本登记报送的信息"},
    {"code": "other-fields", "text": "安全生产、消防安全以外领域的信用信息"},
    {"code": "persons", "text": "自然人的信用信息"},
)
# Where an unknown code was searched.
SEARCHED: dict[str, str] = {"code": "register", "text": "本区企业名册的现用和曾用统一社会信用代码"}


def beijing_day(at: datetime) -> date:
    """The calendar day in Beijing on which ``at`` falls."""
    return at.astimezone(BEIJING).date()


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """A record that a finding rests on. A negative number is the case of an entry in force, its sign turned."""

    record: int
    kind: str | None
    document_no: str | None

    def as_dict(self) -> dict[str, Any]:
        return {"record": self.record, "kind": self.kind, "document_no": self.document_no}


@dataclass(frozen=True, slots=True)
class FindingView:
    """One line of an assessment: which rule did what because of which records.

    Attributes:
        records: all that the line rests on; `record`, `kind` and `document_no` repeat it where it is the only one.
    """

    domain: str
    records: tuple[NamedRecord, ...]
    item: str
    item_id: str | None
    title: str
    base: str | None
    repeat: str | None
    decay: str | None
    points: str | None
    grade_before: str | None
    grade_after: str | None
    note: str | None
    source: str | None
    is_internal: bool = False

    @property
    def only(self) -> NamedRecord | None:
        return self.records[0] if len(self.records) == 1 else None

    @property
    def record(self) -> int | None:
        return self.only.record if self.only else None

    @property
    def kind(self) -> str | None:
        return self.only.kind if self.only else None

    @property
    def document_no(self) -> str | None:
        return self.only.document_no if self.only else None

    def as_dict(self) -> dict[str, Any]:
        return {
            "domain": self.domain,
            "record": self.record,
            "kind": self.kind,
            "document_no": self.document_no,
            "records": [record.as_dict() for record in self.records],
            "item": self.item,
            "item_id": self.item_id,
            "title": self.title,
            "base": self.base,
            "repeat": self.repeat,
            "decay": self.decay,
            "points": self.points,
            "grade_before": self.grade_before,
            "grade_after": self.grade_after,
            "note": self.note,
            "source": self.source,
        }


@dataclass(frozen=True)
class DomainView:
    score: str | None
    grade: str

    def as_dict(self) -> dict[str, Any]:
        return {"score": self.score, "grade": self.grade}


@dataclass(frozen=True)
class AssessmentView:
    """The computed assessment of one enterprise for a day, from what was known at an instant.

    Attributes:
        known_at: ``None`` means everything known now.
        score: decimal text in the rule set's scale; ``None`` is "no score".
        watermark: the newest record version it has seen.
        is_complete: supervision facts were withheld from the findings when false.
    """

    enterprise_id: int
    uscc: str | None
    name: str
    on: date
    known_at: datetime | None
    ruleset: str
    ruleset_digest: str
    engine: str
    watermark: int
    grade: str
    score: str | None
    domains: Mapping[str, DomainView]
    findings: tuple[FindingView, ...]
    next_change_on: date | None
    is_complete: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Exactly what `grade --json` prints."""
        return {
            "uscc": self.uscc,
            "on": self.on.isoformat(),
            "known_at": stamp(self.known_at),
            "ruleset": self.ruleset,
            "grade": self.grade,
            "score": self.score,
            "domains": {name: domain.as_dict() for name, domain in self.domains.items()},
            "findings": [finding.as_dict() for finding in self.findings],
            "next_change": self.next_change_on.isoformat() if self.next_change_on else None,
        }


@dataclass(frozen=True)
class LookupView:
    """What another department is told about one code, for one matter, on one day.

    Attributes:
        query: the code as asked; ``uscc`` the present code, which differs where a former one was asked.
        is_known: the register holds the enterprise; an unknown one is not a clean one.
        other_lists: entries of other departments' lists, told as they told them; no grade or measure of ours rests on
            them.
    """

    query: str
    is_known: bool
    on: date
    matter: str | None
    list_version: int
    uscc: str | None = None
    name: str | None = None
    grade: Mapping[str, Any] | None = None
    lists: tuple[Mapping[str, Any], ...] = ()
    measures: tuple[Mapping[str, Any], ...] = ()
    other_lists: tuple[Mapping[str, Any], ...] = ()
    annotations: tuple[Mapping[str, Any], ...] = ()
    not_covered: tuple[Mapping[str, Any], ...] = field(default=NOT_COVERED)

    def as_dict(self) -> dict[str, Any]:
        """Exactly what `lookup --json` prints."""
        return {
            "query": self.query,
            "known": self.is_known,
            "uscc": self.uscc,
            "name": self.name,
            "on": self.on.isoformat(),
            "matter": self.matter,
            "list_version": self.list_version,
            "grade": dict(self.grade) if self.grade is not None else None,
            "lists": [dict(entry) for entry in self.lists],
            "measures": [dict(measure) for measure in self.measures],
            "other_lists": [dict(entry) for entry in self.other_lists],
            "annotations": [dict(annotation) for annotation in self.annotations],
            "not_covered": [dict(part) for part in self.not_covered],
        }


def plain(value: object) -> object:
    """A value as JSON has it: a day as text."""
    return value.isoformat() if isinstance(value, date) else value


def stamp(at: datetime | None) -> str | None:
    """An instant as a reader in Beijing writes it, with its zone."""
    return at.astimezone(BEIJING).isoformat() if at is not None else None


def without_supervision(findings: Iterable[FindingView]) -> tuple[FindingView, ...]:
    """The findings that may leave the operating authorities."""
    return tuple(finding for finding in findings if not finding.is_internal)
