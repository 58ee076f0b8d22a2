"""Penalties of persons: by key, by enterprise, by person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, or_, select, union_all

from credit_registry.storage.database import Session
from credit_registry.storage.queries import members
from credit_registry.storage.tables.listings import ListingCaseRow, ListingPersonRow
from credit_registry.storage.tables.person_penalties import PersonPenaltyRow
from credit_registry.storage.tables.records import PersonalDatumRow, RecordRow

_STANDING = PersonPenaltyRow.ended_at.is_(None)


def standing_of_keys(session: Session, keys: Sequence[str]) -> dict[str, PersonPenaltyRow]:
    """Natural key -> what is known today."""
    wanted = members.texts(session, keys)
    query = select(PersonPenaltyRow).join(wanted, PersonPenaltyRow.natural_key == wanted.c.value)
    return {row.natural_key: row for row in session.scalars(query.where(_STANDING))}


def of_enterprise(
    session: Session, enterprise_id: int, *, known_at: datetime | None
) -> Sequence[PersonPenaltyRow]:
    """What is known today, or was known at an instant; youngest first."""
    known: ColumnElement[bool] = _STANDING
    if known_at is not None:
        later = or_(_STANDING, PersonPenaltyRow.ended_at > known_at)
        known = and_(PersonPenaltyRow.recorded_at <= known_at, later)
    query = select(PersonPenaltyRow).where(PersonPenaltyRow.enterprise_id == enterprise_id, known)
    return session.scalars(query.order_by(PersonPenaltyRow.dated_on.desc(), PersonPenaltyRow.id.desc())).all()


def lock(session: Session, penalty_id: int) -> PersonPenaltyRow | None:
    query = select(PersonPenaltyRow).where(PersonPenaltyRow.id == penalty_id)
    query = query.execution_options(populate_existing=True)
    return session.scalar(query if session.dialect == "sqlite" else query.with_for_update())


def standing_of_batch(session: Session, batch_id: int) -> Sequence[PersonPenaltyRow]:
    query = select(PersonPenaltyRow).where(PersonPenaltyRow.batch_id == batch_id, _STANDING)
    return session.scalars(query.order_by(PersonPenaltyRow.id)).all()


def enterprises_of_persons(session: Session, digests: Sequence[str]) -> list[tuple[str, int, str]]:
    """(keyed hash of the number, enterprise, how we know): where the bearer of the number has been named before."""
    wanted = members.texts(session, digests)
    named = (
        select(PersonalDatumRow.id_digest, RecordRow.enterprise_id, literal("legal_representative").label("how"))
        .join(wanted, PersonalDatumRow.id_digest == wanted.c.value)
        .join(RecordRow, RecordRow.id == PersonalDatumRow.record_id)
        .where(PersonalDatumRow.role == "legal_representative")
    )  # fmt: skip
    fined = (
        select(PersonPenaltyRow.id_digest, PersonPenaltyRow.enterprise_id, literal("person_penalty"))
        .join(wanted, PersonPenaltyRow.id_digest == wanted.c.value)
        .where(_STANDING)
    )
    listed = (
        select(ListingPersonRow.id_digest, ListingCaseRow.enterprise_id, literal("listed_person"))
        .join(wanted, ListingPersonRow.id_digest == wanted.c.value)
        .join(ListingCaseRow, ListingCaseRow.id == ListingPersonRow.case_id)
    )
    found: list[Any] = list(session.execute(union_all(named, fined, listed)))
    return sorted({(row[0], row[1], row[2]) for row in found})
