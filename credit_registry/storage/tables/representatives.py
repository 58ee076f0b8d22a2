"""Enterprises at their own door: one-time codes, the persons enrolled with them, and what they have filed."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from credit_registry.storage.tables.metadata import Code, Id, Row


class InvitationRow(Row):
    """A code printed on a paper for an enterprise; only its keyed hash is kept."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("used_at IS NULL OR voided_at IS NULL", name="used_or_voided"),
        CheckConstraint("(used_at IS NULL) = (account_id IS NULL)", name="used_by_somebody"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="voided_for_a_reason"),
        Index(None, "enterprise_id"),
        Index(None, "case_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"))
    case_id: Mapped[int | None] = mapped_column(
        ForeignKey("listing_cases.id"), comment="whose notice bears it"
    )
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    code_digest: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime] = mapped_column()
    issued_by: Mapped[str] = mapped_column(String(100))
    expires_on: Mapped[date] = mapped_column(comment="the last day")
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column()
    used_at: Mapped[datetime | None] = mapped_column()
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), comment="what it opened")
    voided_at: Mapped[datetime | None] = mapped_column()
    voided_by: Mapped[str | None] = mapped_column(String(100))
    void_reason: Mapped[str | None] = mapped_column(Text)


class RepresentativeRow(Row):
    """A person who acts for an enterprise; the account's own name is the masked one."""

    __tablename__ = "representatives"
    __table_args__ = (
        CheckConstraint("role IN ('legal_representative', 'principal', 'agent')", name="role_known"),
        Index(None, "enterprise_id"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"))
    role: Mapped[str] = mapped_column(Code)
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)


class FilingRow(Row):
    """Something an enterprise handed in, with the number of its receipt."""

    __tablename__ = "filings"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('statement', 'hearing', 'removal', 'repair', 'objection', 'withdrawal', 'repair_withdrawal')",
            name="kind_known",
        ),
        CheckConstraint("(case_id IS NULL) <> (record_id IS NULL)", name="one_object"),
        UniqueConstraint("office_id", "year", "serial"),
        Index(None, "enterprise_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), comment="to whom")
    kind: Mapped[str] = mapped_column(Code)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("listing_cases.id"))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("records.id"))
    annotation_id: Mapped[int | None] = mapped_column(ForeignKey("annotations.id"))
    repair_id: Mapped[int | None] = mapped_column(ForeignKey("penalty_repairs.id"))
    year: Mapped[int] = mapped_column()
    serial: Mapped[int] = mapped_column()
    receipt_no: Mapped[str] = mapped_column(String(100))
    filed_at: Mapped[datetime] = mapped_column()
