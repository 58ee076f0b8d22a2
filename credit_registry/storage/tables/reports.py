"""Reports: which visible change of a list was told to whom, under which number, what came back."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from credit_registry.storage.tables.metadata import Code, Id, Row


class ReportRow(Row):
    """One change of the public lists, told to one receiver once; again only after an error."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("list_version", "receiver", "attempt"),
        UniqueConstraint("receiver", "receipt_no"),
        CheckConstraint("state IN ('SENT', 'ACCEPTED', 'REJECTED')", name="state_known"),
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint("(state = 'SENT') = (receipt_on IS NULL)", name="receipt_has_day"),
        CheckConstraint("state <> 'ACCEPTED' OR receipt_no IS NOT NULL", name="accepted_has_number"),
        CheckConstraint("(state = 'REJECTED') = (error IS NOT NULL)", name="rejected_has_error"),
        CheckConstraint(
            "(feedback IS NULL) = (feedback_on IS NULL) AND (feedback IS NULL OR state = 'ACCEPTED')",
            name="feedback_has_day",
        ),
        Index(None, "case_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("listing_cases.id"))
    list_version: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("list_versions.number"), comment="the visible change that is told"
    )
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    receiver: Mapped[str] = mapped_column(Code)
    attempt: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(Code)
    document_no: Mapped[str] = mapped_column(String(100), unique=True)
    sent_on: Mapped[date] = mapped_column()
    sent_by: Mapped[str] = mapped_column(String(100))
    receipt_no: Mapped[str | None] = mapped_column(String(100))
    receipt_on: Mapped[date | None] = mapped_column()
    error: Mapped[str | None] = mapped_column(Text)
    feedback: Mapped[str | None] = mapped_column(Text, comment="what the receiver did with it; once")
    feedback_on: Mapped[date | None] = mapped_column()
    recorded_at: Mapped[datetime] = mapped_column()


# One report that stands for each change and receiver: no second one while the first is out or accepted.
Index(
    "uq_reports_one_standing",
    ReportRow.list_version,
    ReportRow.receiver,
    unique=True,
    sqlite_where=ReportRow.state != "REJECTED",
    postgresql_where=ReportRow.state != "REJECTED",
)
