"""Cases: guarded moves, numbers without gaps, and everything that hangs on a case."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.dialects import postgresql, sqlite

from credit_registry.storage.database import Session
from credit_registry.storage.queries import members
from credit_registry.storage.queries.entries import of_key
from credit_registry.storage.tables.accounts import OfficeRow
from credit_registry.storage.tables.listings import (
    IN_FORCE,
    PENDING,
    ClockRow,
    ListingCaseRow,
    ListingGroundRow,
    ListingPaperRow,
    ListingPersonRow,
    ListingStepRow,
    PaperNumberRow,
)
from credit_registry.storage.tables.records import RecordRow, RecordVersionRow


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


def pending(session: Session, enterprise_id: int, series: str, office_id: int) -> ListingCaseRow | None:
    """The one procedure that is under way for this key."""
    query = select(ListingCaseRow).where(of_key(enterprise_id, series, office_id))
    return session.scalar(query.where(ListingCaseRow.state.in_(PENDING)))


def cases_of_keys(session: Session, enterprise_ids: Iterable[int]) -> Sequence[ListingCaseRow]:
    wanted = members.numbers(session, sorted(set(enterprise_ids)))
    query = select(ListingCaseRow).join(wanted, ListingCaseRow.enterprise_id == wanted.c.value)
    return session.scalars(query.order_by(ListingCaseRow.id)).all()


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
    query = select(OfficeRow).where(OfficeRow.authority_code.is_not(None), OfficeRow.closed_at.is_(None))
    return {str(row.authority_code): row for row in session.scalars(query)}


def present_records(session: Session, record_ids: Iterable[int]) -> dict[int, RecordVersionRow]:
    """The present version of each record, found through its enterprise: versions have no index by record."""
    wanted = members.numbers(session, sorted(set(record_ids)))
    query = (
        select(RecordVersionRow)
        .join(
            RecordRow,
            (RecordRow.enterprise_id == RecordVersionRow.enterprise_id)
            & (RecordRow.id == RecordVersionRow.record_id),
        )
        .join(wanted, RecordRow.id == wanted.c.value)
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


def records_of_enterprise(session: Session, enterprise_id: int) -> Sequence[RecordVersionRow]:
    """Present versions that count or may come to count, by day."""
    query = select(RecordVersionRow).where(
        RecordVersionRow.enterprise_id == enterprise_id,
        RecordVersionRow.superseded_at.is_(None),
        RecordVersionRow.state.in_(("live", "pending")),
    )
    return session.scalars(query.order_by(RecordVersionRow.dated_on, RecordVersionRow.record_id)).all()


def cases_on_record(session: Session, record_id: int) -> Sequence[int]:
    """Cases that rest on a record and are not over."""
    query = (
        select(ListingCaseRow.id)
        .join(ListingGroundRow, ListingGroundRow.case_id == ListingCaseRow.id)
        .where(ListingGroundRow.record_id == record_id, ListingCaseRow.state.in_((*PENDING, *IN_FORCE)))
        .order_by(ListingCaseRow.id)
    )
    return list(dict.fromkeys(session.scalars(query)))
