"""The mark of a demonstration: a database is one from its first audit entry, or never.

Only a marked database accepts acts with other dates than today's. The mark is the first entry of the audit chain,
so it can neither be added to a register in use nor taken from a demonstration.
"""

from datetime import datetime

from credit_registry.domain.audit import AuditEntry
from credit_registry.domain.errors import NotAllowed
from credit_registry.domain.permissions import Actor
from credit_registry.storage.database import Session
from credit_registry.storage.queries import audit

_VERB = "demonstration:begin"


def begin(session: Session, actor: Actor, *, now: datetime) -> None:
    """Make an empty database a demonstration.

    Raises:
        NotAllowed: ``database-not-empty``; something has been done in it already.
    """
    if audit.count(session):
        raise NotAllowed(
            "数据库已有内容，不能装入演示数据。请另设一个空的数据库（CREDIT_REGISTRY_VAR 或 CREDIT_REGISTRY_DATABASE_URL）。",
            code="database-not-empty",
        )
    audit.append(session, AuditEntry(actor.label, None, _VERB, "database:demonstration", now))


def is_demonstration(session: Session) -> bool:
    """Whether the database was marked when it was empty."""
    found = audit.page(session, verb=_VERB, limit=1)
    return bool(found) and found[0][0] == 1


def is_empty(session: Session) -> bool:
    """Whether nothing has ever been done in it."""
    return audit.count(session) == 0
