"""Applications to repair a penalty."""

from collections.abc import Sequence

from sqlalchemy import select

from credit_registry.storage.database import Session
from credit_registry.storage.tables.listings import ClockRow, ListingPaperRow, PenaltyRepairRow


def get(session: Session, repair_id: int) -> PenaltyRepairRow | None:
    return session.get(PenaltyRepairRow, repair_id)


def lock(session: Session, repair_id: int) -> PenaltyRepairRow | None:
    query = select(PenaltyRepairRow).where(PenaltyRepairRow.id == repair_id)
    query = query.execution_options(populate_existing=True)
    return session.scalar(query if session.dialect == "sqlite" else query.with_for_update())


def open_for(session: Session, record_id: int) -> PenaltyRepairRow | None:
    """The one application about a record that is being handled."""
    query = select(PenaltyRepairRow).where(
        PenaltyRepairRow.record_id == record_id, PenaltyRepairRow.state.in_(("APPLIED", "ACCEPTED"))
    )
    return session.scalar(query)


def page(
    session: Session, *, office_id: int | None, state: str | None, after: int, limit: int
) -> Sequence[PenaltyRepairRow]:
    query = select(PenaltyRepairRow).where(PenaltyRepairRow.id > after)
    if office_id is not None:
        query = query.where(PenaltyRepairRow.office_id == office_id)
    if state is not None:
        query = query.where(PenaltyRepairRow.state == state)
    return session.scalars(query.order_by(PenaltyRepairRow.id).limit(limit)).all()


def clocks(session: Session, repair_id: int) -> Sequence[ClockRow]:
    query = select(ClockRow).where(ClockRow.repair_id == repair_id)
    return session.scalars(query.order_by(ClockRow.id)).all()


def running_clocks(session: Session, repair_id: int) -> Sequence[ClockRow]:
    """The duties still owed."""
    return [
        clock for clock in clocks(session, repair_id) if clock.met_on is None and clock.stopped_on is None
    ]


def papers(session: Session, repair_id: int) -> Sequence[ListingPaperRow]:
    query = select(ListingPaperRow).where(ListingPaperRow.repair_id == repair_id)
    return session.scalars(query.order_by(ListingPaperRow.id)).all()


def of_enterprise(session: Session, enterprise_id: int) -> Sequence[PenaltyRepairRow]:
    """All applications of an enterprise, the newest first."""
    query = select(PenaltyRepairRow).where(PenaltyRepairRow.enterprise_id == enterprise_id)
    return session.scalars(query.order_by(PenaltyRepairRow.id.desc())).all()
