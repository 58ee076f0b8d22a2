"""Cases by what is due: the officers' worklist, and what the calendar moves by itself."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import and_, func, not_, or_, select, update

from credit_registry.storage.database import Session
from credit_registry.storage.queries.entries import stands
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.listings import (
    IN_FORCE,
    PENDING,
    ClockRow,
    ListingCaseRow,
    ListingGroundRow,
)


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
    within: Iterable[str],
    after: tuple[date, int] | None,
    limit: int,
) -> Sequence[tuple[ListingCaseRow, EnterpriseRow, date]]:
    """Cases by their next legal deadline, those without one last (`date.max`)."""
    next_due = (
        select(func.min(ClockRow.due_on))
        .where(
            ClockRow.case_id == ListingCaseRow.id, ClockRow.met_on.is_(None), ClockRow.stopped_on.is_(None)
        )
        .scalar_subquery()
    )
    due = func.coalesce(next_due, date.max, type_=ClockRow.due_on.type)
    query = (
        select(ListingCaseRow, EnterpriseRow, due.label("due"))
        .join(EnterpriseRow, EnterpriseRow.id == ListingCaseRow.enterprise_id)
        .order_by(due, ListingCaseRow.id)
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
    if due_until is not None:
        query = query.where(due <= due_until)
    if allowed := sorted(within):
        query = query.where(EnterpriseRow.subdistrict_code.in_(allowed))
    if after is not None:
        query = query.where(or_(due > after[0], and_(due == after[0], ListingCaseRow.id > after[1])))
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


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


def overdue(session: Session, today: date) -> Sequence[int]:
    """Cases with a running clock whose day has passed."""
    query = (
        select(ClockRow.case_id)
        .where(
            ClockRow.case_id.is_not(None),
            ClockRow.due_on < today,
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
