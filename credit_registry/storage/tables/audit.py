"""The audit log: append-only, chained."""

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, BigInteger, Index, String, Text, event
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


# The log only grows, whoever asks: the application's role should also lack the right (docs/deploy.md).
_APPEND_ONLY = {
    "sqlite": tuple(
        f"CREATE TRIGGER {name} BEFORE {act} ON audit_entries "
        "BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END"
        for name, act in (("audit_entries_stay", "UPDATE"), ("audit_entries_remain", "DELETE"))
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'audit_entries is append-only'; END $$""",
        """CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE ON audit_entries
        FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_stay()""",
    ),
}
for _dialect, _statements in _APPEND_ONLY.items():
    for _statement in _statements:
        event.listen(AuditRow.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))
