"""Jobs: every change of hands is one guarded UPDATE, so that two workers never hold one job."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, delete, exists, or_, select, update
from sqlalchemy.sql import Update

from credit_registry.storage.database import Session
from credit_registry.storage.tables.jobs import ImportJobRow

# A job in one of these still needs its upload.
_OPEN = ("draft", "queued", "running")


def find(session: Session, job_id: int) -> ImportJobRow | None:
    return session.get(ImportJobRow, job_id, populate_existing=True)


def find_by_key(session: Session, key: str) -> ImportJobRow | None:
    """The newest job under a client's key; one that was refused leaves the key free."""
    query = (
        select(ImportJobRow)
        .where(ImportJobRow.key == key, ImportJobRow.state != "refused")
        .order_by(ImportJobRow.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def page(
    session: Session, *, before: int | None, limit: int, office_id: int | None
) -> Sequence[ImportJobRow]:
    """Imports, the newest first; ``office_id`` confines to one office's."""
    query = (
        select(ImportJobRow).where(ImportJobRow.year.is_(None)).order_by(ImportJobRow.id.desc()).limit(limit)
    )
    if before is not None:
        query = query.where(ImportJobRow.id < before)
    if office_id is not None:
        query = query.where(ImportJobRow.office_id == office_id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def newest_yearly(session: Session) -> ImportJobRow | None:
    """The newest job that drafts a yearly act."""
    query = select(ImportJobRow).where(ImportJobRow.year.is_not(None)).order_by(ImportJobRow.id.desc())
    return session.scalar(query.limit(1).execution_options(populate_existing=True))


def find_queued(session: Session) -> int | None:
    """The one that has waited longest."""
    query = select(ImportJobRow.id).where(ImportJobRow.state == "queued").order_by(ImportJobRow.id).limit(1)
    return session.scalar(query)


def is_any_due(session: Session, silent_since: datetime) -> bool:
    """Whether a job waits, or runs under a worker that gives no sign of life."""
    is_stale = (ImportJobRow.state == "running") & (ImportJobRow.heartbeat_at < silent_since)
    return bool(session.scalar(select(exists().where(or_(ImportJobRow.state == "queued", is_stale)))))


def claim(session: Session, job_id: int, mark: str, now: datetime) -> bool:
    """Take a waiting job; False when another worker was faster."""
    statement = (
        update(ImportJobRow)
        .where(ImportJobRow.id == job_id, ImportJobRow.state == "queued")
        .values(
            state="running", claim=mark, started_at=now, heartbeat_at=now, attempts=ImportJobRow.attempts + 1
        )
    )
    return _count(session, statement) == 1


def change_claimed(session: Session, job_id: int, mark: str, values: Mapping[str, Any]) -> bool:
    """Change a running job; False when it is no longer in the hands of that worker."""
    statement = (
        update(ImportJobRow)
        .where(ImportJobRow.id == job_id, ImportJobRow.state == "running", ImportJobRow.claim == mark)
        .values(**values)
    )
    return _count(session, statement) == 1


def give_back(session: Session, job_id: int, mark: str) -> bool:
    """Let a job wait again as if it had not been tried."""
    values = {"state": "queued", "claim": None, "attempts": ImportJobRow.attempts - 1}
    return change_claimed(session, job_id, mark, values)


def change_draft(session: Session, job_id: int, values: Mapping[str, Any]) -> bool:
    """Change a job that nobody has confirmed yet; False when somebody has."""
    statement = (
        update(ImportJobRow).where(ImportJobRow.id == job_id, ImportJobRow.state == "draft").values(**values)
    )
    return _count(session, statement) == 1


def change_queued(session: Session, job_id: int, values: Mapping[str, Any]) -> bool:
    """Change a job that no worker has taken yet; False when one has."""
    statement = (
        update(ImportJobRow).where(ImportJobRow.id == job_id, ImportJobRow.state == "queued").values(**values)
    )
    return _count(session, statement) == 1


def stale(session: Session, silent_since: datetime) -> Sequence[ImportJobRow]:
    query = select(ImportJobRow).where(
        ImportJobRow.state == "running", ImportJobRow.heartbeat_at < silent_since
    )
    return session.scalars(query.execution_options(populate_existing=True)).all()


def uploads(session: Session) -> frozenset[str]:
    """Names of the stored files that a job still needs."""
    return frozenset(session.scalars(select(ImportJobRow.upload).where(ImportJobRow.state.in_(_OPEN))).all())


def remove_drafts(session: Session, before: datetime) -> int:
    """Forget files that were looked at and never confirmed."""
    return _count(
        session,
        delete(ImportJobRow).where(ImportJobRow.state == "draft", ImportJobRow.created_at < before),
    )


def remove_finished(session: Session, before: datetime) -> int:
    statement = delete(ImportJobRow).where(
        ImportJobRow.state.in_(("done", "refused")), ImportJobRow.finished_at < before
    )
    return _count(session, statement)


def remove_draft(session: Session, job_id: int) -> bool:
    statement = delete(ImportJobRow).where(ImportJobRow.id == job_id, ImportJobRow.state == "draft")
    return _count(session, statement) == 1


def _count(session: Session, statement: Update | Any) -> int:
    result = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount
