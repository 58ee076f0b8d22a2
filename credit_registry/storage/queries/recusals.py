"""Recusals that hold: of a person, with all the accounts that person has."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, or_, select

from credit_registry.storage.database import Session
from credit_registry.storage.tables.recusals import RecusalRow


def _about(case_id: int | None, enterprise_id: int) -> ColumnElement[bool]:
    of_enterprise = RecusalRow.enterprise_id == enterprise_id
    # Compared with nothing, a case would be "is null", which every recusal about an enterprise fulfils.
    return of_enterprise if case_id is None else or_(of_enterprise, RecusalRow.case_id == case_id)


def holding(session: Session, *, case_id: int | None, enterprise_id: int) -> Sequence[RecusalRow]:
    """Those of a case and of its enterprise that were not lifted."""
    query = select(RecusalRow).where(_about(case_id, enterprise_id), RecusalRow.ended_at.is_(None))
    return session.scalars(query.order_by(RecusalRow.id)).all()


def of_persons(
    session: Session, account_ids: Iterable[int], *, case_id: int | None, enterprise_id: int
) -> RecusalRow | None:
    """The first that keeps one of these accounts out."""
    query = select(RecusalRow).where(
        _about(case_id, enterprise_id),
        RecusalRow.ended_at.is_(None),
        RecusalRow.account_id.in_(tuple(account_ids)),
    )
    return session.scalar(query.order_by(RecusalRow.id).limit(1))


def enterprises_of(session: Session, account_ids: Iterable[int]) -> Sequence[int]:
    """The enterprises that these accounts keep out of altogether."""
    query = select(RecusalRow.enterprise_id).where(
        RecusalRow.account_id.in_(tuple(account_ids)),
        RecusalRow.ended_at.is_(None),
        RecusalRow.enterprise_id.is_not(None),
    )
    return [number for number in session.scalars(query.distinct()) if number is not None]


def lock(session: Session, recusal_id: int) -> RecusalRow | None:
    query = select(RecusalRow).where(RecusalRow.id == recusal_id).execution_options(populate_existing=True)
    return session.scalar(query if session.dialect == "sqlite" else query.with_for_update())
