"""Whether the store is whole: the audit chain, and the files that rows speak of."""

from dataclasses import dataclass
from pathlib import Path

from credit_registry.domain.permissions import Actor, Permission
from credit_registry.storage import files
from credit_registry.storage.database import Session
from credit_registry.storage.queries import attachments, audit


@dataclass(frozen=True)
class Soundness:
    """What was found.

    Attributes:
        broken_at: the first entry of the audit chain that does not hold.
        missing: hashes of attachments whose file is not there or holds other bytes.
        orphans: files that no row speaks of: left by a transaction that did not end, harmless.
    """

    entries: int
    broken_at: int | None
    attachments: int
    missing: tuple[str, ...]
    orphans: tuple[str, ...]


def check(session: Session, actor: Actor, folder: Path) -> Soundness:
    """Read everything once; writes nothing."""
    actor.require(Permission.AUDIT_READ)
    breach = audit.verify(session)
    known = set(attachments.digests(session))
    missing = sorted(digest for digest in known if files.read(folder, digest) is None)
    orphans = [file.name for file in files.orphans(folder, known)]
    return Soundness(
        audit.count(session), breach.number if breach else None, len(known), tuple(missing), tuple(orphans)
    )
