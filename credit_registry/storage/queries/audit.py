"""The audit log: append under a lock, page, verify the chain."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, func, select, text

from credit_registry.domain.audit import GENESIS, AuditEntry, chained_hash
from credit_registry.domain.permissions import Actor
from credit_registry.storage.database import Session
from credit_registry.storage.tables.audit import AuditRow

# Any constant will do; it names the chain's tail among advisory locks.
_CHAIN_LOCK = 7_226_010
_PAGE = 1000
_FIELDS = ("actor", "office_id", "verb", "subject", "at", "reason", "facts")


@dataclass(frozen=True)
class Breach:
    """The first place where the chain does not hold."""

    number: int
    what: str


def append(session: Session, entry: AuditEntry) -> int:
    """Add ``entry`` to the end of the chain, in the transaction of the change that it tells of.

    Numbers must be gapless and in the order of the transactions. A sequence gives neither, so the tail is
    locked: SQLite's BEGIN IMMEDIATE already did, PostgreSQL takes an advisory lock until the transaction ends.

    Returns:
        the number of the entry.
    """
    if session.dialect == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    session.flush()
    tail = session.execute(
        select(AuditRow.number, AuditRow.hash).order_by(AuditRow.number.desc()).limit(1)
    ).first()
    number, previous = (tail.number + 1, tail.hash) if tail else (1, GENESIS)
    session.add(
        AuditRow(
            number=number,
            at=entry.at,
            actor=entry.actor,
            office_id=entry.office_id,
            verb=entry.verb,
            subject=entry.subject,
            reason=entry.reason,
            facts=dict(entry.facts),
            previous=previous,
            hash=chained_hash(number, previous, entry),
        )
    )
    session.flush()
    return number


def remember(
    session: Session,
    actor: Actor,
    verb: str,
    subject: str,
    now: datetime,
    *,
    reason: str | None = None,
    facts: Mapping[str, object] | None = None,
) -> None:
    """The entry of what ``actor`` has just done, on behalf of the actor's office."""
    append(session, AuditEntry(actor.label, actor.office_id, verb, subject, now, reason, facts or {}))


def page(
    session: Session,
    *,
    subject: str | None = None,
    verb: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[tuple[int, AuditEntry]]:
    """The newest entries first, with their numbers."""
    query = select(AuditRow).order_by(AuditRow.number.desc()).limit(limit)
    if subject is not None:
        query = query.where(AuditRow.subject == subject)
    if verb is not None:
        query = query.where(AuditRow.verb == verb)
    if before is not None:
        query = query.where(AuditRow.number < before)
    return [(row.number, _entry(row)) for row in session.scalars(query)]


def of_subject(session: Session, subject: str, *, area: str) -> list[AuditEntry]:
    """What was done to ``subject`` within an area such as ``repair``, the oldest first."""
    query = select(AuditRow).where(AuditRow.subject == subject, AuditRow.verb.startswith(f"{area}:"))
    return [_entry(row) for row in session.scalars(query.order_by(AuditRow.number))]


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditRow)) or 0


def tail(session: Session) -> tuple[int, str] | None:
    """Number and hash of the newest entry: kept elsewhere, they show later that nothing was cut off."""
    row = session.execute(
        select(AuditRow.number, AuditRow.hash).order_by(AuditRow.number.desc()).limit(1)
    ).first()
    return (row.number, row.hash) if row else None


def last_change(session: Session) -> int:
    """The number of the newest entry that is not somebody coming or going; 0 in an empty log.

    Every change of what the registry knows writes an entry in its own transaction, in the order of the transactions:
    while this number stands, so does everything that was computed from the register.
    """
    query = select(AuditRow.number).where(AuditRow.verb.not_like("session:%"))
    return session.scalar(query.order_by(AuditRow.number.desc()).limit(1)) or 0


def verify(session: Session) -> Breach | None:
    """Walk the chain from its beginning; the first breach, or None."""
    previous = GENESIS
    for expected, row in enumerate(_walk(session), start=1):
        if row["number"] != expected:
            return Breach(expected, "missing")
        if row["previous"] != previous:
            return Breach(expected, "previous")
        if row["hash"] != chained_hash(expected, previous, _entry(row)):
            return Breach(expected, "content")
        previous = row["hash"]
    return None


def _walk(session: Session) -> Iterator[RowMapping]:
    """In pages by number, as plain rows: a reader that stops early leaves no cursor behind."""
    last = 0
    query = select(AuditRow.__table__).order_by(AuditRow.number).limit(_PAGE)
    while rows := session.execute(query.where(AuditRow.number > last)).mappings().all():
        yield from rows
        last = rows[-1]["number"]


def _entry(row: AuditRow | RowMapping) -> AuditEntry:
    if isinstance(row, AuditRow):
        return AuditEntry(row.actor, row.office_id, row.verb, row.subject, row.at, row.reason, row.facts)
    return AuditEntry(**{name: row[name] for name in _FIELDS})
