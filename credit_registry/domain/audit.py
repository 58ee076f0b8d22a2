"""The audit log's sentence and the chain that makes its order and content provable.

Each entry hashes its predecessor, so a changed, missing or inserted row shows. A cut tail shows only against
a checkpoint that somebody else kept.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

GENESIS = "0" * 64
_DOMAIN = b"credit-registry audit v1\n"


@dataclass(frozen=True)
class AuditEntry:
    """Who did what to which thing, when and why.

    Attributes:
        verb: ``area:verb``, such as ``listing:decide``.
        subject: ``kind:id``, such as ``case:12`` or ``batch:7``.
        facts: JSON-ready details (before, after, counts); never personal data.
    """

    actor: str
    office_id: int | None
    verb: str
    subject: str
    at: datetime
    reason: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


def chained_hash(number: int, previous: str, entry: AuditEntry) -> str:
    """The hash of the entry ``number`` after ``previous``: SHA-256 over a canonical JSON document."""
    document = {
        "n": number,
        "prev": previous,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "office_id": entry.office_id,
        "verb": entry.verb,
        "subject": entry.subject,
        "reason": entry.reason,
        "facts": dict(entry.facts),
    }
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(_DOMAIN + canonical.encode()).hexdigest()
