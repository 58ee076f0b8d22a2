"""Cases by what is due: the officers' worklist, and what the calendar moves by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, not_, or_, select, update
from sqlalchemy.orm import aliased

from credit_registry.storage.database import Session
from credit_registry.storage.queries.entries import stands
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.listings import (
    IN_FORCE,
    PENDING,
    AnnotationRow,
    ClockRow,
    ListingCaseRow,
    ListingGroundRow,
    ListingStepRow,
    PenaltyRepairRow,
)
from credit_registry.storage.tables.records import RecordVersionRow


def bare_cases(session: Session) -> Sequence[tuple[int, int]]:
    """Cases under way or in force that rest on nothing any more and do not know it: case, one fallen record."""
    query = (
        select(ListingCaseRow.id, func.min(ListingGroundRow.record_id))
        .join(ListingGroundRow, ListingGroundRow.case_id == ListingCaseRow.id)
        .where(
            ListingCaseRow.state.in_((*PENDING, *IN_FORCE)),
            not_(stands()),
            ListingGroundRow.fell_at.is_(None),
        )
        .group_by(ListingCaseRow.id)
        .order_by(ListingCaseRow.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def page(
    session: Session,
    *,
    office_id: int | None,
    states: Iterable[str] | None,
    list_kind: str | None,
    due_until: date | None,
    enterprise_id: int | None,
    account_id: int | None,
    within: Iterable[str],
    duties: Sequence[str],
    after: tuple[date, int] | None,
    limit: int,
) -> Sequence[tuple[ListingCaseRow, EnterpriseRow, date | None, date | None, date]]:
    """Cases by what comes next: (case, enterprise, next duty, end of what is waited for, place in the order).

    Those with neither come last (`date.max`).

    Args:
        duties: kinds of clocks with which an office can be late; all others are waited for.
    """
    running = and_(
        ClockRow.case_id == ListingCaseRow.id, ClockRow.met_on.is_(None), ClockRow.stopped_on.is_(None)
    )
    day = ClockRow.due_on.type
    due = select(func.min(ClockRow.due_on)).where(running, ClockRow.kind.in_(duties)).scalar_subquery()
    wait = select(func.min(ClockRow.due_on)).where(running, ClockRow.kind.not_in(duties)).scalar_subquery()
    order = func.coalesce(due, wait, date.max, type_=day)
    query = (
        select(ListingCaseRow, EnterpriseRow, due, wait, order)
        .join(EnterpriseRow, EnterpriseRow.id == ListingCaseRow.enterprise_id)
        .order_by(order, ListingCaseRow.id)
        .limit(limit)
    )
    if office_id is not None:
        query = query.where(ListingCaseRow.office_id == office_id)
    if states is not None:
        query = query.where(ListingCaseRow.state.in_(tuple(states)))
    if list_kind is not None:
        query = query.where(ListingCaseRow.list_kind == list_kind)
    if enterprise_id is not None:
        query = query.where(ListingCaseRow.enterprise_id == enterprise_id)
    if account_id is not None:
        taken = select(ListingStepRow.case_id).where(ListingStepRow.account_id == account_id)
        query = query.where(ListingCaseRow.id.in_(taken))
    if due_until is not None:
        query = query.where(due <= due_until)
    if allowed := sorted(within):
        query = query.where(EnterpriseRow.subdistrict_code.in_(allowed))
    if after is not None:
        query = query.where(or_(order > after[0], and_(order == after[0], ListingCaseRow.id > after[1])))
    return [(row[0], row[1], row[2], row[3], row[4]) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class Late:
    """A duty whose day has passed: what it belongs to, and who prepared that."""

    clock: ClockRow
    office_id: int
    enterprise: EnterpriseRow
    account_id: int | None


def late(
    session: Session,
    today: date,
    *,
    duties: Sequence[str],
    office_id: int | None,
    account_id: int | None,
    within: Iterable[str],
    limit: int,
) -> Sequence[Late]:
    """Duties of cases, repairs and objections that are overdue, the oldest first.

    Args:
        account_id: only what this person prepared, or nobody did.
    """
    office = func.coalesce(ListingCaseRow.office_id, PenaltyRepairRow.office_id, AnnotationRow.office_id)
    person = func.coalesce(ListingCaseRow.drafter_id, PenaltyRepairRow.drafter_id, AnnotationRow.account_id)
    objected = aliased(ListingCaseRow)
    enterprise = func.coalesce(
        ListingCaseRow.enterprise_id,
        PenaltyRepairRow.enterprise_id,
        objected.enterprise_id,
        RecordVersionRow.enterprise_id,
    )
    present = and_(
        RecordVersionRow.record_id == AnnotationRow.record_id, RecordVersionRow.superseded_at.is_(None)
    )
    query = (
        select(ClockRow, office, EnterpriseRow, person)
        .outerjoin(ListingCaseRow, ListingCaseRow.id == ClockRow.case_id)
        .outerjoin(PenaltyRepairRow, PenaltyRepairRow.id == ClockRow.repair_id)
        .outerjoin(AnnotationRow, AnnotationRow.id == ClockRow.annotation_id)
        .outerjoin(objected, objected.id == AnnotationRow.case_id)
        .outerjoin(RecordVersionRow, present)
        .join(EnterpriseRow, EnterpriseRow.id == enterprise)
        .where(
            ClockRow.due_on < today,
            ClockRow.met_on.is_(None),
            ClockRow.stopped_on.is_(None),
            ClockRow.kind.in_(duties),
        )
        .order_by(ClockRow.due_on, ClockRow.id)
        .limit(limit)
    )
    if office_id is not None:
        query = query.where(office == office_id)
    if account_id is not None:
        query = query.where(or_(person == account_id, person.is_(None)))
    if allowed := sorted(within):
        query = query.where(EnterpriseRow.subdistrict_code.in_(allowed))
    return [Late(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def with_closed_window(session: Session, today: date) -> Sequence[int]:
    """Cases that wait for a statement although the last day for one has passed."""
    query = select(ListingCaseRow.id).where(
        ListingCaseRow.state == "NOTIFIED", ListingCaseRow.window_until < today
    )
    return session.scalars(query.order_by(ListingCaseRow.id)).all()


def with_ended_period(session: Session, today: date) -> Sequence[int]:
    query = select(ListingCaseRow.id).where(
        ListingCaseRow.state.in_(IN_FORCE), ListingCaseRow.listed_until < today
    )
    return session.scalars(query.order_by(ListingCaseRow.id)).all()


def ending_between(session: Session, first: date, last: date) -> Sequence[int]:
    query = select(ListingCaseRow.id).where(
        ListingCaseRow.state.in_(IN_FORCE), ListingCaseRow.listed_until.between(first, last)
    )
    return session.scalars(query.order_by(ListingCaseRow.listed_until, ListingCaseRow.id)).all()


def overdue(session: Session, today: date, duties: Sequence[str]) -> Sequence[int]:
    """Cases with a running duty whose day has passed."""
    query = (
        select(ClockRow.case_id)
        .where(
            ClockRow.case_id.is_not(None),
            ClockRow.due_on < today,
            ClockRow.kind.in_(duties),
            ClockRow.met_on.is_(None),
            ClockRow.stopped_on.is_(None),
        )
        .group_by(ClockRow.case_id)
        .order_by(func.min(ClockRow.due_on), ClockRow.case_id)
    )
    return [case_id for case_id in session.scalars(query) if case_id is not None]


def running_clocks(session: Session, *, other_than: str) -> Sequence[ClockRow]:
    """Clocks that run and were counted by another table of working days."""
    query = select(ClockRow).where(
        ClockRow.met_on.is_(None), ClockRow.stopped_on.is_(None), ClockRow.calendar != other_than
    )
    return session.scalars(query.order_by(ClockRow.id)).all()


def set_window(session: Session, case_id: int, until: date, *, is_provisional: bool) -> None:
    """The last day of a window, counted again; no step, so the case keeps its version."""
    session.execute(
        update(ListingCaseRow)
        .where(ListingCaseRow.id == case_id)
        .values(window_until=until, window_is_provisional=is_provisional)
    )
