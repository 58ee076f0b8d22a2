"""Attachments: scans and proofs that belong to a record or a case; the bytes lie under their hash."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from credit_registry.storage.tables.metadata import Id, Row


class AttachmentRow(Row):
    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint("(record_id IS NULL) <> (case_id IS NULL)", name="one_owner"),
        Index(None, "record_id"),
        Index(None, "case_id"),
        Index(None, "sha256"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("records.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("listing_cases.id"))
    title: Mapped[str] = mapped_column(String(200), comment="what it shows, such as 送达回证")
    filename: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger, comment="bytes")
    sha256: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(100))
    recorded_at: Mapped[datetime] = mapped_column()
