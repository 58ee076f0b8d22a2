"""Import batches and the rows that wait for a person."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from credit_registry.storage.database import Session
from credit_registry.storage.queries import members
from credit_registry.storage.tables.imports import ImportBatchRow, ImportRowRow
from credit_registry.storage.tables.records import RecordVersionRow


def find_by_key(session: Session, key: str) -> ImportBatchRow | None:
    return session.scalar(select(ImportBatchRow).where(ImportBatchRow.key == key))


def find(session: Session, batch_id: int) -> ImportBatchRow | None:
    return session.get(ImportBatchRow, batch_id)


def lock(session: Session, batch_id: int) -> ImportBatchRow | None:
    query = (
        select(ImportBatchRow).where(ImportBatchRow.id == batch_id).execution_options(populate_existing=True)
    )
    return session.scalar(query if session.dialect == "sqlite" else query.with_for_update())


def page(
    session: Session, *, before: int | None, limit: int, office_id: int | None = None, kind: str | None = None
) -> Sequence[ImportBatchRow]:
    """The newest batches first; ``office_id`` confines to one office's."""
    query = select(ImportBatchRow).order_by(ImportBatchRow.id.desc()).limit(limit)
    if before is not None:
        query = query.where(ImportBatchRow.id < before)
    if office_id is not None:
        query = query.where(ImportBatchRow.office_id == office_id)
    if kind is not None:
        query = query.where(ImportBatchRow.kind == kind)
    return session.scalars(query).all()


def rows(
    session: Session, batch_id: int | None, *, state: str | None, after: int, limit: int
) -> Sequence[ImportRowRow]:
    query = select(ImportRowRow).where(ImportRowRow.id > after).order_by(ImportRowRow.id).limit(limit)
    if batch_id is not None:
        query = query.where(ImportRowRow.batch_id == batch_id)
    if state is not None:
        query = query.where(ImportRowRow.state == state)
    return session.scalars(query).all()


def newest_day(session: Session, kind: str, office_id: int | None) -> date | None:
    """The latest day of what one office's files of a kind have brought in, withdrawn files left out."""
    query = (
        select(func.max(RecordVersionRow.dated_on))
        .join(ImportBatchRow, ImportBatchRow.id == RecordVersionRow.batch_id)
        .where(ImportBatchRow.kind == kind, ImportBatchRow.state == "done")
    )
    return session.scalar(query.where(ImportBatchRow.office_id.is_not_distinct_from(office_id)))


def waiting_or_resolved(session: Session, digests: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Digest of cells -> batch and row, for rows that wait already or that a person has let go on."""
    wanted = members.texts(session, digests)
    query = (
        select(ImportRowRow.cells_digest, ImportRowRow.batch_id, ImportRowRow.row)
        .join(wanted, ImportRowRow.cells_digest == wanted.c.value)
        .join(ImportBatchRow, ImportBatchRow.id == ImportRowRow.batch_id)
        # Through an expression no index sees the state: SQLite would go through all held rows, once for each digest.
        .where(
            func.coalesce(ImportRowRow.state, "").in_(("held", "resolved")), ImportBatchRow.state == "done"
        )
        .order_by(ImportRowRow.id.desc())
    )
    return {str(row[0]): (row[1], row[2]) for row in session.execute(query)}


def lock_rows(session: Session, ids: Sequence[int]) -> Sequence[ImportRowRow]:
    query = select(ImportRowRow).where(ImportRowRow.id.in_(ids)).order_by(ImportRowRow.id)
    query = query.execution_options(populate_existing=True)
    return session.scalars(query if session.dialect == "sqlite" else query.with_for_update()).all()


def lock_resolved(session: Session, batch_id: int, row: int) -> ImportRowRow | None:
    """The row of a batch on this line, if it was let go on; a batch is of one sheet."""
    query = select(ImportRowRow).where(
        ImportRowRow.batch_id == batch_id, ImportRowRow.row == row, ImportRowRow.state == "resolved"
    )
    query = query.execution_options(populate_existing=True)
    return session.scalar(query if session.dialect == "sqlite" else query.with_for_update())


def lock_held(session: Session, batch_id: int) -> Sequence[ImportRowRow]:
    """The rows of a batch that wait, locked until the transaction ends."""
    query = select(ImportRowRow).where(ImportRowRow.batch_id == batch_id, ImportRowRow.state == "held")
    query = query.order_by(ImportRowRow.id).execution_options(populate_existing=True)
    return session.scalars(query if session.dialect == "sqlite" else query.with_for_update()).all()


def problems_of_held(session: Session, batch_id: int) -> Sequence[list[dict[str, Any]]]:
    query = select(ImportRowRow.problems)
    return session.scalars(query.where(ImportRowRow.batch_id == batch_id, ImportRowRow.state == "held")).all()


def count_held(session: Session) -> int:
    return session.scalar(select(func.count()).where(ImportRowRow.state == "held")) or 0
