"""Cases and entries: guarded moves, numbers without gaps, and who stands on a list on a day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Select, and_, func, not_, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from credit_registry.storage.database import Session
from credit_registry.storage.queries import members
from credit_registry.storage.tables.accounts import OfficeRow
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.listings import (
    IN_FORCE,
    PENDING,
    ClockRow,
    ListingCaseRow,
    ListingGroundRow,
    ListingPaperRow,
    ListingPersonRow,
    ListingStepRow,
    ListVersionRow,
    PaperNumberRow,
)
from credit_registry.storage.tables.records import RecordVersionRow

# Any constant will do; it names the tail of the list versions among advisory locks.
_VERSION_LOCK = 7_226_012


def get(session: Session, case_id: int) -> ListingCaseRow | None:
    return session.get(ListingCaseRow, case_id)


def lock(session: Session, case_id: int) -> ListingCaseRow | None:
    """The case as it stands now, locked until the transaction ends."""
    query = (
        select(ListingCaseRow).where(ListingCaseRow.id == case_id).execution_options(populate_existing=True)
    )
    return session.scalar(query if session.dialect == "sqlite" else query.with_for_update())


def move(session: Session, case: ListingCaseRow, values: Mapping[str, Any]) -> bool:
    """Change the case if it still stands as it was read; False when somebody was faster."""
    statement = (
        update(ListingCaseRow)
        .where(
            ListingCaseRow.id == case.id,
            ListingCaseRow.state == case.state,
            ListingCaseRow.version == case.version,
        )
        .values(version=case.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    changed = session.execute(statement)
    assert isinstance(changed, CursorResult)
    if changed.rowcount != 1:
        return False
    session.refresh(case)
    return True


def _of_key(enterprise_id: int, series: str, office_id: int) -> ColumnElement[bool]:
    return and_(
        ListingCaseRow.enterprise_id == enterprise_id,
        ListingCaseRow.series == series,
        ListingCaseRow.office_id == office_id,
    )


def pending(session: Session, enterprise_id: int, series: str, office_id: int) -> ListingCaseRow | None:
    """The one procedure that is under way for this key."""
    query = select(ListingCaseRow).where(_of_key(enterprise_id, series, office_id))
    return session.scalar(query.where(ListingCaseRow.state.in_(PENDING)))


def cases_of_keys(session: Session, enterprise_ids: Iterable[int]) -> Sequence[ListingCaseRow]:
    wanted = members.numbers(session, sorted(set(enterprise_ids)))
    query = select(ListingCaseRow).join(wanted, ListingCaseRow.enterprise_id == wanted.c.value)
    return session.scalars(query.order_by(ListingCaseRow.id)).all()


def entry_of_key(session: Session, enterprise_id: int, series: str, office_id: int) -> int | None:
    query = select(ListingCaseRow.id).where(_of_key(enterprise_id, series, office_id))
    return session.scalar(query.where(ListingCaseRow.state.in_(IN_FORCE)))


def entry_of_other_list(session: Session, enterprise_id: int, list_kind: str) -> int | None:
    """A case of the other list that is in force for the enterprise, whatever its series and office."""
    return session.scalar(
        select(ListingCaseRow.id)
        .where(
            ListingCaseRow.enterprise_id == enterprise_id,
            ListingCaseRow.list_kind != list_kind,
            ListingCaseRow.state.in_(IN_FORCE),
        )
        .limit(1)
    )


def newer_case(session: Session, case: ListingCaseRow, states: Iterable[str]) -> int | None:
    """Another case of the same list against the enterprise, in one of ``states``."""
    return session.scalar(
        select(ListingCaseRow.id)
        .where(
            ListingCaseRow.enterprise_id == case.enterprise_id,
            ListingCaseRow.list_kind == case.list_kind,
            ListingCaseRow.id > case.id,
            ListingCaseRow.state.in_(tuple(states)),
        )
        .limit(1)
    )


def steps(session: Session, case_id: int) -> Sequence[ListingStepRow]:
    query = select(ListingStepRow).where(ListingStepRow.case_id == case_id)
    return session.scalars(query.order_by(ListingStepRow.number)).all()


def papers(session: Session, case_id: int) -> Sequence[ListingPaperRow]:
    query = select(ListingPaperRow).where(ListingPaperRow.case_id == case_id)
    return session.scalars(query.order_by(ListingPaperRow.id)).all()


def clocks(session: Session, case_id: int) -> Sequence[ClockRow]:
    query = select(ClockRow).where(ClockRow.case_id == case_id)
    return session.scalars(query.order_by(ClockRow.id)).all()


def grounds(session: Session, case_id: int) -> Sequence[ListingGroundRow]:
    query = select(ListingGroundRow).where(ListingGroundRow.case_id == case_id)
    return session.scalars(query.order_by(ListingGroundRow.id)).all()


def grounds_of(session: Session, case_ids: Iterable[int]) -> Sequence[ListingGroundRow]:
    wanted = members.numbers(session, sorted(set(case_ids)))
    query = select(ListingGroundRow).join(wanted, ListingGroundRow.case_id == wanted.c.value)
    return session.scalars(query.order_by(ListingGroundRow.id)).all()


def persons(session: Session, case_id: int) -> Sequence[ListingPersonRow]:
    query = select(ListingPersonRow).where(ListingPersonRow.case_id == case_id)
    return session.scalars(query.order_by(ListingPersonRow.id)).all()


def persons_of(session: Session, case_ids: Iterable[int]) -> Sequence[ListingPersonRow]:
    wanted = members.numbers(session, sorted(set(case_ids)))
    query = select(ListingPersonRow).join(wanted, ListingPersonRow.case_id == wanted.c.value)
    return session.scalars(query.order_by(ListingPersonRow.id)).all()


def office(session: Session, office_id: int) -> OfficeRow:
    return session.get_one(OfficeRow, office_id)


def offices_by_authority(session: Session) -> dict[str, OfficeRow]:
    query = select(OfficeRow).where(OfficeRow.authority_code.is_not(None))
    return {str(row.authority_code): row for row in session.scalars(query)}


def present_records(session: Session, record_ids: Iterable[int]) -> dict[int, RecordVersionRow]:
    """The present version of each record."""
    wanted = members.numbers(session, sorted(set(record_ids)))
    query = (
        select(RecordVersionRow)
        .join(wanted, RecordVersionRow.record_id == wanted.c.value)
        .where(RecordVersionRow.superseded_at.is_(None))
    )
    return {row.record_id: row for row in session.scalars(query)}


def penalties_of_enterprises(session: Session, enterprise_ids: Iterable[int]) -> Sequence[RecordVersionRow]:
    """Live penalties that are linked to an event."""
    wanted = members.numbers(session, sorted(set(enterprise_ids)))
    query = (
        select(RecordVersionRow)
        .join(wanted, RecordVersionRow.enterprise_id == wanted.c.value)
        .where(
            RecordVersionRow.superseded_at.is_(None),
            RecordVersionRow.kind == "penalty",
            RecordVersionRow.state == "live",
            RecordVersionRow.event_key.is_not(None),
        )
    )
    return session.scalars(query.order_by(RecordVersionRow.record_id)).all()


def next_serial(session: Session, office_id: int, kind: str, year: int) -> int:
    """The next number of this office for this kind of paper in this year: gapless, since it is undone with
    the transaction and the row stays locked until its end."""
    key = {"office_id": office_id, "kind": kind, "year": year}
    counted = (
        update(PaperNumberRow)
        .filter_by(**key)
        .values(last=PaperNumberRow.last + 1)
        .execution_options(synchronize_session=False)
        .returning(PaperNumberRow.last)
    )
    found = session.scalar(counted)
    if found is not None:
        return found
    insert = sqlite.insert if session.dialect == "sqlite" else postgresql.insert
    session.execute(insert(PaperNumberRow).values(**key, last=0).on_conflict_do_nothing())
    return session.scalars(counted).one()


def append_version(session: Session, case: ListingCaseRow, change: str, at: datetime) -> int:
    """The public lists change by this case: the next number."""
    if session.dialect == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _VERSION_LOCK})
    number = list_version(session) + 1
    session.add(
        ListVersionRow(number=number, at=at, case_id=case.id, list_kind=case.list_kind, change=change)
    )
    session.flush()
    return number


def list_version(session: Session) -> int:
    return session.scalar(select(func.max(ListVersionRow.number))) or 0


def shown(on: date) -> ColumnElement[bool]:
    """Whether an entry is to be seen on a day: from its first day to its last, unless hidden or bare of grounds.

    The grounds are asked as well, whatever path their revocation took into the register.
    """
    return and_(
        ListingCaseRow.state.in_(IN_FORCE),
        ListingCaseRow.listed_from <= on,
        ListingCaseRow.listed_until >= on,
        ListingCaseRow.hidden_since.is_(None),
        stands(),
    )


def stands(known_at: datetime | None = None) -> ColumnElement[bool]:
    """Whether a case is red, or rests on a record that was neither revoked nor withdrawn.

    Args:
        known_at: as the records were known then; now where ``None``.
    """
    known: ColumnElement[bool] = RecordVersionRow.superseded_at.is_(None)
    if known_at is not None:
        later = RecordVersionRow.superseded_at > known_at
        known = and_(RecordVersionRow.recorded_at <= known_at, or_(known, later))
    standing = (
        select(ListingGroundRow.id)
        .join(RecordVersionRow, RecordVersionRow.record_id == ListingGroundRow.record_id)
        .where(
            ListingGroundRow.case_id == ListingCaseRow.id,
            known,
            RecordVersionRow.kind == "penalty",
            RecordVersionRow.state.not_in(("revoked", "withdrawn")),
        )
    )
    return or_(ListingCaseRow.list_kind == "red", standing.exists())


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


def entries(
    session: Session, enterprise_ids: Iterable[int], *, on: date
) -> Sequence[tuple[ListingCaseRow, OfficeRow]]:
    """The entries to be seen on ``on`` for these enterprises, with the office that made each."""
    wanted = members.numbers(session, sorted(set(enterprise_ids)))
    query = (
        select(ListingCaseRow, OfficeRow)
        .join(wanted, ListingCaseRow.enterprise_id == wanted.c.value)
        .join(OfficeRow, OfficeRow.id == ListingCaseRow.office_id)
        .where(shown(on))
        .order_by(ListingCaseRow.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def public_entries(
    session: Session,
    list_kind: str,
    *,
    on: date,
    name_key: str | None = None,
    uscc: str | None = None,
    after: int = 0,
    limit: int | None = None,
) -> Sequence[tuple[ListingCaseRow, EnterpriseRow, OfficeRow]]:
    """What the public sees of a list on a day, by case number."""
    query: Select[ListingCaseRow, EnterpriseRow, OfficeRow] = (
        select(ListingCaseRow, EnterpriseRow, OfficeRow)
        .join(EnterpriseRow, EnterpriseRow.id == ListingCaseRow.enterprise_id)
        .join(OfficeRow, OfficeRow.id == ListingCaseRow.office_id)
        .where(shown(on), ListingCaseRow.list_kind == list_kind, ListingCaseRow.id > after)
        .order_by(ListingCaseRow.id)
    )
    if name_key is not None:
        matching = EnterpriseRow.name_key.contains(name_key, autoescape=True)
        query = query.where(or_(matching, EnterpriseRow.uscc == name_key.upper()))
    if uscc is not None:
        query = query.where(EnterpriseRow.uscc == uscc)
    if limit is not None:
        query = query.limit(limit)
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


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


def last_steps(
    session: Session, *, known_at: datetime
) -> Sequence[tuple[ListingCaseRow, ListingStepRow, OfficeRow]]:
    """Each black case as its last step known at an instant left it."""
    last = (
        select(ListingStepRow.case_id, func.max(ListingStepRow.number).label("number"))
        .where(ListingStepRow.at <= known_at)
        .group_by(ListingStepRow.case_id)
        .subquery()
    )
    query = (
        select(ListingCaseRow, ListingStepRow, OfficeRow)
        .join(last, last.c.case_id == ListingCaseRow.id)
        .join(
            ListingStepRow,
            and_(ListingStepRow.case_id == last.c.case_id, ListingStepRow.number == last.c.number),
        )
        .join(OfficeRow, OfficeRow.id == ListingCaseRow.office_id)
        .where(ListingCaseRow.list_kind == "black", ListingStepRow.listed_from.is_not(None), stands(known_at))
        .order_by(ListingCaseRow.id)
    )
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


def in_force(session: Session, list_kind: str) -> Sequence[ListingCaseRow]:
    query = select(ListingCaseRow).where(
        ListingCaseRow.list_kind == list_kind, ListingCaseRow.state.in_(IN_FORCE)
    )
    return session.scalars(query.order_by(ListingCaseRow.id)).all()


def records_of_enterprise(session: Session, enterprise_id: int) -> Sequence[RecordVersionRow]:
    """Present versions that count or may come to count, by day."""
    query = select(RecordVersionRow).where(
        RecordVersionRow.enterprise_id == enterprise_id,
        RecordVersionRow.superseded_at.is_(None),
        RecordVersionRow.state.in_(("live", "pending")),
    )
    return session.scalars(query.order_by(RecordVersionRow.dated_on, RecordVersionRow.record_id)).all()


def black_since(session: Session, enterprise_id: int, since: date) -> int | None:
    """A black case that was decided, and not revoked, and whose entry reached into the time since."""
    query = select(ListingCaseRow.id).where(
        ListingCaseRow.enterprise_id == enterprise_id,
        ListingCaseRow.list_kind == "black",
        ListingCaseRow.listed_from.is_not(None),
        ListingCaseRow.state != "REVOKED",
        or_(ListingCaseRow.ended_on.is_(None), ListingCaseRow.ended_on >= since),
    )
    return session.scalar(query.order_by(ListingCaseRow.id).limit(1))


def cases_on_record(session: Session, record_id: int) -> Sequence[int]:
    """Cases that rest on a record and are not over."""
    query = (
        select(ListingCaseRow.id)
        .join(ListingGroundRow, ListingGroundRow.case_id == ListingCaseRow.id)
        .where(ListingGroundRow.record_id == record_id, ListingCaseRow.state.in_((*PENDING, *IN_FORCE)))
        .order_by(ListingCaseRow.id)
    )
    return list(dict.fromkeys(session.scalars(query)))
