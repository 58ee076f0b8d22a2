"""Look-ups: who asked about whom, for what, and which answer was given."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from credit_registry.storage.tables.metadata import Code, Id, Row


class LookupRow(Row):
    """One answered question; kept five years."""

    __tablename__ = "lookups"
    __table_args__ = (Index(None, "at"), Index(None, "enterprise_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column()
    actor: Mapped[str] = mapped_column(String(100))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    matter: Mapped[str | None] = mapped_column(Code)
    purpose: Mapped[str | None] = mapped_column(String(200), comment="case number of the asking office")
    query: Mapped[str] = mapped_column(String(100), comment="the code asked for")
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprises.id"))
    is_known: Mapped[bool] = mapped_column()
    list_version: Mapped[int] = mapped_column(BigInteger)
    answer: Mapped[dict[str, Any]] = mapped_column(comment="grade and lists as answered")
