"""Announced grades: the ones in force, the frozen ones of a yearly act, and what becomes of them at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from credit_registry.storage.database import Session
from credit_registry.storage.queries import members
from credit_registry.storage.tables.assessments import AssessmentRow, DirtyRow
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.grades import AnnouncedGradeRow, AnnouncementRow
from credit_registry.storage.tables.listings import PENDING, ListingCaseRow, ListingPaperRow


@dataclass(frozen=True, slots=True)
class InForce:
    """The grade that was announced and holds: since when, by which act."""

    enterprise_id: int
    grade: str
    score: int | None
    scale: int
    computed_on: date
    announced_on: date
    announcement_id: int | None
    case_id: int | None


def _holds() -> ColumnElement[bool]:
    return and_(AnnouncedGradeRow.announced_on.is_not(None), AnnouncedGradeRow.is_withheld.is_(False))


def newest_in_force(enterprise_id: Any) -> ScalarSelect[int]:
    """The id of the row in force of one enterprise, for a join."""
    newest = aliased(AnnouncedGradeRow)
    return (
        select(newest.id)
        .where(newest.enterprise_id == enterprise_id, newest.announced_on.is_not(None), ~newest.is_withheld)
        .order_by(newest.announced_on.desc(), newest.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def in_force(session: Session, enterprise_ids: Iterable[int]) -> dict[int, InForce]:
    """The announced grade of each of these that has one."""
    wanted = members.numbers(session, sorted(set(enterprise_ids)))
    of = AnnouncedGradeRow
    query = (
        select(
            of.enterprise_id,
            of.grade,
            of.score,
            of.scale,
            of.computed_on,
            of.announced_on,
            of.announcement_id,
            of.case_id,
        )
        .join(wanted, of.enterprise_id == wanted.c.value)
        .where(_holds())
        .order_by(of.announced_on, of.id)
    )
    # In order of announcement, so that the newest of an enterprise is what stays.
    return {row[0]: InForce(*cast(tuple[Any, ...], row)) for row in session.execute(query)}


def of_case(session: Session, case_id: int) -> AnnouncedGradeRow | None:
    return session.scalar(select(AnnouncedGradeRow).where(AnnouncedGradeRow.case_id == case_id))


def history(session: Session, enterprise_id: int) -> Sequence[AnnouncedGradeRow]:
    """Everything that was announced of one enterprise, newest first."""
    query = select(AnnouncedGradeRow).where(
        AnnouncedGradeRow.enterprise_id == enterprise_id, AnnouncedGradeRow.announced_on.is_not(None)
    )
    return session.scalars(
        query.order_by(AnnouncedGradeRow.announced_on.desc(), AnnouncedGradeRow.id.desc())
    ).all()


def get_announcement(session: Session, announcement_id: int) -> AnnouncementRow | None:
    return session.get(AnnouncementRow, announcement_id)


def lock_announcement(session: Session, announcement_id: int) -> AnnouncementRow | None:
    """The yearly act, locked against others who would make or withdraw it at the same time."""
    query = (
        select(AnnouncementRow)
        .where(AnnouncementRow.id == announcement_id)
        .execution_options(populate_existing=True)
    )
    return session.scalar(query if session.dialect == "sqlite" else query.with_for_update())


def page_announcements(session: Session, *, limit: int) -> Sequence[AnnouncementRow]:
    return session.scalars(select(AnnouncementRow).order_by(AnnouncementRow.id.desc()).limit(limit)).all()


def drafted_by(session: Session, office_id: int) -> AnnouncementRow | None:
    query = select(AnnouncementRow).where(
        AnnouncementRow.office_id == office_id, AnnouncementRow.state == "DRAFTED"
    )
    return session.scalar(query)


def count_active(session: Session) -> int:
    """How many enterprises still exist."""
    query = select(func.count()).select_from(EnterpriseRow).where(EnterpriseRow.status == "active")
    return session.scalar(query) or 0


def active_ids(session: Session) -> list[int]:
    """Enterprises that still exist: nobody is graded who has been deregistered or lost the licence."""
    return list(
        session.scalars(
            select(EnterpriseRow.id).where(EnterpriseRow.status == "active").order_by(EnterpriseRow.id)
        )
    )


def frozen_counts(session: Session, announcement_id: int) -> Sequence[tuple[str, str | None, bool, int]]:
    """Of a yearly act: (grade, grade announced before, is a fall) with how many enterprises."""
    of = AnnouncedGradeRow
    query = (
        select(of.grade, of.previous, of.is_fall, func.count())
        .where(of.announcement_id == announcement_id)
        .group_by(of.grade, of.previous, of.is_fall)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def announced_counts(session: Session, announcement_id: int) -> Sequence[tuple[str, int]]:
    """Of a yearly act: how many were announced at each grade by the act itself."""
    of = AnnouncedGradeRow
    query = (
        select(of.grade, func.count())
        .where(of.announcement_id == announcement_id, of.announced_on.is_not(None), of.case_id.is_(None))
        .group_by(of.grade)
        .order_by(of.grade)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def text_of(session: Session, announcement_id: int) -> str | None:
    """The paper of a yearly act that was made."""
    query = select(ListingPaperRow.text).join(
        AnnouncementRow, AnnouncementRow.document_no == ListingPaperRow.document_no
    )
    return session.scalar(
        query.where(
            AnnouncementRow.id == announcement_id,
            ListingPaperRow.kind == "yearly_announcement",
            ListingPaperRow.office_id == AnnouncementRow.office_id,
        )
    )


def _of_draft(announcement_id: int) -> ColumnElement[bool]:
    return and_(
        AnnouncedGradeRow.announcement_id == announcement_id,
        AnnouncedGradeRow.announced_on.is_(None),
        AnnouncedGradeRow.case_id.is_(None),
    )


def _under_way() -> ColumnElement[bool]:
    """A case about the enterprise's grade is open: it decides, not the yearly act."""
    return exists().where(
        ListingCaseRow.enterprise_id == AnnouncedGradeRow.enterprise_id,
        ListingCaseRow.list_kind == "grade",
        ListingCaseRow.state.in_(PENDING),
    )


def _overtaken(drafted_on: date) -> ColumnElement[bool]:
    """The enterprise's grade is no longer the frozen one, or another was announced since."""
    other = AnnouncedGradeRow.__table__.alias("other")
    moved = exists().where(
        AssessmentRow.enterprise_id == AnnouncedGradeRow.enterprise_id,
        AssessmentRow.grade != AnnouncedGradeRow.grade,
    )
    stale = exists().where(DirtyRow.enterprise_id == AnnouncedGradeRow.enterprise_id)
    announced = exists(
        select(other.c.id).where(
            other.c.enterprise_id == AnnouncedGradeRow.enterprise_id,
            other.c.announced_on.is_not(None),
            other.c.announced_on >= drafted_on,
            other.c.announcement_id.is_distinct_from(AnnouncedGradeRow.announcement_id),
        )
    )
    return or_(moved, stale, announced)


def announce_frozen(
    session: Session, announcement_id: int, *, drafted_on: date, on: date, but: Iterable[int]
) -> int:
    """Announce, in one statement, whatever of a yearly act falls nowhere, has not moved and is in no case.

    Args:
        but: enterprises that are not among it.
    """
    statement = (
        update(AnnouncedGradeRow)
        .where(
            _of_draft(announcement_id),
            AnnouncedGradeRow.is_fall.is_(False),
            AnnouncedGradeRow.enterprise_id.not_in(tuple(but)),
            ~_under_way(),
            ~_overtaken(drafted_on),
        )
        .values(announced_on=on)
        .execution_options(synchronize_session=False)
    )
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def falling(session: Session, announcement_id: int, *, drafted_on: date) -> Sequence[tuple[int, int]]:
    """(id, enterprise) of the frozen grades of a yearly act that need notice first, and a case for it."""
    query = select(AnnouncedGradeRow.id, AnnouncedGradeRow.enterprise_id).where(
        _of_draft(announcement_id),
        AnnouncedGradeRow.is_fall.is_(True),
        ~_under_way(),
        ~_overtaken(drafted_on),
    )
    return [(row[0], row[1]) for row in session.execute(query.order_by(AnnouncedGradeRow.id))]


def to_cases(session: Session, case_by_row: Mapping[int, int]) -> None:
    """Hand frozen grades over to the cases that will decide about them."""
    if case_by_row:
        session.connection().execute(
            _TO_CASE, [{"row": row, "case": case} for row, case in case_by_row.items()]
        )


_TO_CASE = (
    update(AnnouncedGradeRow)
    .where(AnnouncedGradeRow.id == bindparam("row"))
    .values(case_id=bindparam("case"))
)
