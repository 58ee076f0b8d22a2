"""Computed grades: which are due, how they stand, and how the changed ones are put back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Text, cast, delete, func, select, union

from credit_registry.storage import bulk
from credit_registry.storage.database import Session
from credit_registry.storage.queries import members
from credit_registry.storage.tables.accounts import OfficeRow
from credit_registry.storage.tables.assessments import AssessmentRow, DirtyRow
from credit_registry.storage.tables.audit import AuditRow
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.records import RecordVersionRow

RUN = "assessment:run"


class Graded(NamedTuple):
    """Everything that makes one grade differ from another; the day and the instant are not among them.

    ``domains`` is canonical text.
    """

    ruleset: str
    ruleset_digest: str
    engine: str
    watermark: int
    scale: int
    score: int | None
    grade: str
    domains: str
    next_change_on: date | None


class Stored(NamedTuple):
    """A grade and the day it was first seen on."""

    on: date
    grade: Graded


_GRADES = AssessmentRow.__table__.columns


@dataclass(frozen=True)
class Ran:
    """The rules of the last run: a run under others must look at everybody."""

    ruleset_digest: str
    engine: str


def last_run(session: Session) -> Ran | None:
    query = select(AuditRow.facts).where(AuditRow.verb == RUN).order_by(AuditRow.number.desc()).limit(1)
    facts = session.scalar(query)
    return Ran(str(facts["ruleset_digest"]), str(facts["engine"])) if facts else None


def take_dirty(session: Session, ids: Sequence[int] | None = None) -> list[int]:
    """Remove marks before the facts are read, so that a fact which arrives meanwhile marks anew.

    Returns:
        the enterprises that were marked.
    """
    statement = delete(DirtyRow).returning(DirtyRow.enterprise_id)
    if ids is not None:
        statement = statement.where(DirtyRow.enterprise_id.in_(select(members.numbers(session, ids).c.value)))
    return sorted(session.scalars(statement).all())


def due_ids(session: Session, on: date, dirty: Sequence[int]) -> list[int]:
    """The marked enterprises, and those whose grade the calendar changes by ``on``."""
    marked = members.numbers(session, dirty)
    query = union(
        select(EnterpriseRow.id).join(marked, EnterpriseRow.id == marked.c.value),
        select(AssessmentRow.enterprise_id).where(AssessmentRow.next_change_on <= on),
    )
    return sorted(session.scalars(query).all())


def all_ids(session: Session) -> list[int]:
    return list(session.scalars(select(EnterpriseRow.id).order_by(EnterpriseRow.id)))


def watermarks(
    session: Session, ids: Sequence[int] | None, known_at: datetime | None = None
) -> dict[int, int]:
    """Per enterprise, the newest record version."""
    query = select(RecordVersionRow.enterprise_id, func.max(RecordVersionRow.id))
    query = query.group_by(RecordVersionRow.enterprise_id)
    if ids is not None:
        query = query.where(RecordVersionRow.enterprise_id.in_(select(members.numbers(session, ids).c.value)))
    if known_at is not None:
        query = query.where(RecordVersionRow.recorded_at <= known_at)
    return {row[0]: row[1] for row in session.execute(query)}


def stored(session: Session, ids: Sequence[int] | None) -> dict[int, Stored]:
    """The grades as they stand, by enterprise."""
    plain = (_GRADES[name] for name in Graded._fields if name not in ("domains", "next_change_on"))
    query = select(
        _GRADES.enterprise_id,
        _GRADES.assessed_on,
        *plain,
        cast(_GRADES.domains, Text),
        _GRADES.next_change_on,
    )
    if ids is not None:
        query = query.where(_GRADES.enterprise_id.in_(select(members.numbers(session, ids).c.value)))
    canonical: dict[str, str] = {}
    found = {}
    for number, on, *grade, domains, next_change_on in session.execute(query):
        text = canonical.get(domains)
        if text is None:
            text = canonical[domains] = canonical_text(json.loads(domains))
        found[number] = Stored(on, Graded._make((*grade, text, next_change_on)))
    return found


def canonical_text(domains: object) -> str:
    return json.dumps(domains, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def replace(session: Session, grades: Mapping[int, Graded], *, on: date, now: datetime) -> None:
    """Put the changed grades in place of the old ones."""
    if not grades:
        return
    ids = list(grades)
    session.execute(
        delete(AssessmentRow).where(
            AssessmentRow.enterprise_id.in_(select(members.numbers(session, ids).c.value))
        )
    )
    columns: dict[str, Sequence[object] | bulk.Same] = {"enterprise_id": ids, "on": bulk.Same(on)}
    columns |= dict(zip(Graded._fields, zip(*grades.values(), strict=True), strict=True))
    columns["domains"] = [json.loads(text) for text in columns["domains"]]  # type: ignore[arg-type,union-attr]
    columns["assessed_at"] = bulk.Same(now)
    bulk.insert(session, AssessmentRow, columns, len(ids))


def count_by_grade(session: Session) -> dict[str, int]:
    query = (
        select(AssessmentRow.grade, func.count()).group_by(AssessmentRow.grade).order_by(AssessmentRow.grade)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def is_operating(session: Session, office_id: int | None) -> bool:
    """Whether the office keeps the register or supervises safety or fire itself."""
    query = select(OfficeRow.is_keeper, OfficeRow.domain).where(OfficeRow.id == office_id)
    found = session.execute(query).first()
    return bool(found and (found.is_keeper or found.domain))
