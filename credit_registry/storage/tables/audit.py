"""The audit log: append-only, chained."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from credit_registry.storage.tables.metadata import Row


class AuditRow(Row):
    """One sentence of the log; `domain/audit.py` says how the hash is made."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "subject"), Index(None, "at"))

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, comment="gapless")
    at: Mapped[datetime] = mapped_column()
    actor: Mapped[str] = mapped_column(String(100))
    office_id: Mapped[int | None] = mapped_column()
    verb: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
