"""Objections, reconsiderations and lawsuits, by what they are about."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select

from credit_registry.storage.database import Session
from credit_registry.storage.queries import members
from credit_registry.storage.tables.listings import AnnotationRow, ClockRow
from credit_registry.storage.tables.records import RecordVersionRow


def find(session: Session, annotation_id: int) -> AnnotationRow | None:
    return session.get(AnnotationRow, annotation_id)


def lock(session: Session, annotation_id: int) -> AnnotationRow | None:
    query = (
        select(AnnotationRow)
        .where(AnnotationRow.id == annotation_id)
        .execution_options(populate_existing=True)
    )
    return session.scalar(query if session.dialect == "sqlite" else query.with_for_update())


def sent_before(
    session: Session, *, case_id: int | None, record_id: int | None, kind: str, filed_on: date, content: str
) -> AnnotationRow | None:
    """The one that says the same of the same thing and was not taken back."""
    about = AnnotationRow.case_id == case_id if case_id is not None else AnnotationRow.record_id == record_id
    query = select(AnnotationRow).where(
        about,
        AnnotationRow.kind == kind,
        AnnotationRow.filed_on == filed_on,
        AnnotationRow.content == content,
        AnnotationRow.state != "withdrawn",
    )
    return session.scalar(query.order_by(AnnotationRow.id).limit(1))


def of_cases(session: Session, case_ids: Iterable[int]) -> Sequence[AnnotationRow]:
    wanted = members.numbers(session, sorted(set(case_ids)))
    query = select(AnnotationRow).join(wanted, AnnotationRow.case_id == wanted.c.value)
    return session.scalars(query.order_by(AnnotationRow.id)).all()


def of_records(session: Session, record_ids: Iterable[int]) -> Sequence[AnnotationRow]:
    wanted = members.numbers(session, sorted(set(record_ids)))
    query = select(AnnotationRow).join(wanted, AnnotationRow.record_id == wanted.c.value)
    return session.scalars(query.order_by(AnnotationRow.id)).all()


def stopped_records(session: Session, record_ids: Iterable[int]) -> Sequence[int]:
    """Penalties of these whose execution is stopped now."""
    wanted = members.numbers(session, sorted(set(record_ids)))
    query = (
        select(RecordVersionRow.record_id)
        .join(wanted, RecordVersionRow.record_id == wanted.c.value)
        .where(
            RecordVersionRow.superseded_at.is_(None),
            RecordVersionRow.kind == "penalty",
            RecordVersionRow.state == "pending",
        )
    )
    return session.scalars(query.order_by(RecordVersionRow.record_id)).all()


def clocks(session: Session, annotation_id: int) -> Sequence[ClockRow]:
    return session.scalars(select(ClockRow).where(ClockRow.annotation_id == annotation_id)).all()


def actors_of_record(session: Session, record_id: int) -> set[str]:
    """Whoever wrote a version of the record."""
    query = select(RecordVersionRow.actor).where(RecordVersionRow.record_id == record_id)
    return set(session.scalars(query))
