"""Other departments' lists: who they put on which list, for reading; one row per version of what they said.

A table of its own and no kind of record: nothing here is scored, graded, published or measured, so nothing here can
become ours. It is keyed by code, since other lists name enterprises that our register does not hold (yet).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from credit_registry.storage.tables.metadata import Code, Id, Row


class OtherListingRow(Row):
    """One enterprise on one list of another department, as known from `recorded_at` until `superseded_at`."""

    __tablename__ = "other_listings"
    __table_args__ = (
        UniqueConstraint("natural_key", "version"),
        CheckConstraint("list_colour IN ('black', 'red', 'attention')", name="list_colour_known"),
        CheckConstraint("state IN ('live', 'withdrawn')", name="state_known"),
        Index(None, "uscc"),
        Index(None, "batch_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    natural_key: Mapped[str] = mapped_column(
        String(32), comment="128 bits of SHA-256 of code, list, authority and number or day"
    )
    version: Mapped[int] = mapped_column()
    recorded_at: Mapped[datetime] = mapped_column(comment="our clock: when we knew")
    superseded_at: Mapped[datetime | None] = mapped_column(comment="when the next version was recorded")
    change: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code)
    actor: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str | None] = mapped_column(Text, comment="why this version exists")
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id"))
    source_row: Mapped[int] = mapped_column(comment="line of the file as its sender sees it")
    content_digest: Mapped[str] = mapped_column(String(32), comment="equal content is a duplicate")

    uscc: Mapped[str] = mapped_column(Code, comment="as the list says it")
    name: Mapped[str] = mapped_column(String(300), comment="as the list says it")
    list_colour: Mapped[str] = mapped_column(Code)
    list_name: Mapped[str] = mapped_column(String(200))
    authority_name: Mapped[str | None] = mapped_column(String(200))
    authority_code: Mapped[str | None] = mapped_column(Code)
    source_name: Mapped[str | None] = mapped_column(String(200), comment="数据来源单位")
    document_no: Mapped[str | None] = mapped_column(String(150))
    listed_on: Mapped[date | None] = mapped_column()
    listed_until: Mapped[date | None] = mapped_column(comment="last day; null: no end known")
    removed_on: Mapped[date | None] = mapped_column(comment="from this day no longer on the list")
    cause: Mapped[str | None] = mapped_column(String(500))
    grounds: Mapped[str | None] = mapped_column(Text, comment="列入事由")
    facts: Mapped[str | None] = mapped_column(Text)
    basis: Mapped[str | None] = mapped_column(Text)
    content: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="what no column holds")
