"""Import batches and the rows that wait for a person."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from credit_registry.storage.tables.metadata import Code, Id, Row


class ImportBatchRow(Row):
    """One file, taken in once: its key, its digest, its counts and the answer that was given."""

    __tablename__ = "import_batches"
    __table_args__ = (
        CheckConstraint("accepted + duplicate + held + refused = rows_read", name="conserved"),
        CheckConstraint("state IN ('done', 'withdrawn')", name="state_known"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str | None] = mapped_column(String(100), unique=True, comment="null once withdrawn")
    kind: Mapped[str] = mapped_column(Code)
    layout: Mapped[str] = mapped_column(String(100))
    filename: Mapped[str] = mapped_column(String(300))
    digest: Mapped[str] = mapped_column(String(64), index=True, comment="bytes and layout")
    file_digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(Code, default="done")
    actor: Mapped[str] = mapped_column(String(100))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    recorded_at: Mapped[datetime] = mapped_column()
    rows: Mapped[int] = mapped_column("rows_read")
    accepted: Mapped[int] = mapped_column()
    duplicate: Mapped[int] = mapped_column()
    held: Mapped[int] = mapped_column()
    refused: Mapped[int] = mapped_column()
    problems: Mapped[list[Any]] = mapped_column(comment="values masked")
    timing: Mapped[dict[str, Any]] = mapped_column(default=dict)
    withdrawn_at: Mapped[datetime | None] = mapped_column()
    withdrawn_by: Mapped[str | None] = mapped_column(String(100))
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    withdrawal_asked_by: Mapped[str | None] = mapped_column(
        String(100), comment="the first of the two officers"
    )


class ImportRowRow(Row):
    """A row of a batch that did not become a record: held for a person, or refused."""

    __tablename__ = "import_rows"
    __table_args__ = (
        UniqueConstraint("batch_id", "sheet", "row"),
        CheckConstraint("state IN ('held', 'refused', 'resolved', 'dropped')", name="state_known"),
        Index(None, "state"),
        Index(None, "cells_digest"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id"))
    sheet: Mapped[str] = mapped_column(String(100), default="")
    row: Mapped[int] = mapped_column(comment="as the sender sees it")
    state: Mapped[str] = mapped_column(Code)
    raw_sealed: Mapped[bytes] = mapped_column(
        LargeBinary, comment="the original cells; may hold identity numbers"
    )
    cells_digest: Mapped[str | None] = mapped_column(
        String(64), comment="keyed hash of the cells: the same row sent again waits once"
    )
    shown: Mapped[dict[str, Any]] = mapped_column(comment="the cells, masked")
    problems: Mapped[list[Any]] = mapped_column()
    proposals: Mapped[list[Any]] = mapped_column(default=list, comment="ranked enterprises")
    record_id: Mapped[int | None] = mapped_column(ForeignKey("records.id"), comment="once resolved")
    resolved_at: Mapped[datetime | None] = mapped_column()
    resolved_by: Mapped[str | None] = mapped_column(String(100))
    reason: Mapped[str | None] = mapped_column(Text)
