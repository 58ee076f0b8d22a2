"""The audit log as its readers see it: page through it, prove its chain."""

from dataclasses import dataclass

from credit_registry.domain.audit import AuditEntry
from credit_registry.domain.paging import Page
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.storage.database import Session
from credit_registry.storage.queries import audit


@dataclass(frozen=True)
class NumberedEntry:
    number: int
    entry: AuditEntry


@dataclass(frozen=True)
class Verdict:
    """Whether the chain holds.

    Attributes:
        entries: how many there are.
        broken_at: the first number that does not hold, or None.
        what: missing, previous or content.
    """

    entries: int
    broken_at: int | None = None
    what: str | None = None


def page(
    session: Session,
    actor: Actor,
    *,
    subject: str | None = None,
    verb: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Page[NumberedEntry]:
    """Entries, the newest first; ``after`` of the page is the number to give as ``before``."""
    actor.require(Permission.AUDIT_READ)
    found = audit.page(session, subject=subject, verb=verb, before=before, limit=limit + 1)
    items = tuple(NumberedEntry(number, entry) for number, entry in found[:limit])
    return Page(items, str(items[-1].number) if len(found) > limit else None)


def verify(session: Session, actor: Actor) -> Verdict:
    """Walk the whole chain. It cannot show that its tail was cut: a count kept elsewhere does."""
    actor.require(Permission.AUDIT_READ)
    breach = audit.verify(session)
    entries = audit.count(session)
    return Verdict(entries, breach.number, breach.what) if breach else Verdict(entries)
