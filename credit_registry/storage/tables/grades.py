"""Announced grades: what was proposed, frozen with its reasons, and announced by a formal act; the yearly acts.

A grade in force is the newest row of its enterprise that was announced and is not withheld.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from credit_registry.storage.tables.metadata import Code, Id, Row


class AnnouncementRow(Row):
    """One yearly announcement: drafted by one officer, made by another."""

    __tablename__ = "grade_announcements"
    __table_args__ = (
        CheckConstraint("state IN ('DRAFTED', 'MADE', 'WITHDRAWN')", name="state_known"),
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint("approver_id IS NULL OR approver_id <> drafter_id", name="approver_not_drafter"),
        CheckConstraint(
            "state <> 'MADE' OR (approver_id IS NOT NULL AND made_on IS NOT NULL AND document_no IS NOT NULL)",
            name="made_by_somebody",
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    year: Mapped[int] = mapped_column(comment="whose grades")
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    state: Mapped[str] = mapped_column(Code)
    version: Mapped[int] = mapped_column(default=1)
    computed_on: Mapped[date] = mapped_column(comment="the day the frozen grades hold for")
    due_on: Mapped[date] = mapped_column()
    drafted_at: Mapped[datetime] = mapped_column()
    drafter_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    made_on: Mapped[date | None] = mapped_column()
    document_no: Mapped[str | None] = mapped_column(String(100))
    reason: Mapped[str | None] = mapped_column(Text)
    counts: Mapped[dict[str, Any]] = mapped_column(comment="what became of the frozen grades")


Index(
    "uq_grade_announcements_one_draft",
    AnnouncementRow.office_id,
    unique=True,
    sqlite_where=AnnouncementRow.state == "DRAFTED",
    postgresql_where=AnnouncementRow.state == "DRAFTED",
)


class AnnouncedGradeRow(Row):
    """A computed grade, frozen with its findings when it was proposed; announced or not."""

    __tablename__ = "announced_grades"
    __table_args__ = (
        CheckConstraint("announcement_id IS NOT NULL OR case_id IS NOT NULL", name="rests_on_an_act"),
        CheckConstraint(
            "announced_on IS NULL OR announced_on >= computed_on", name="announced_after_computed"
        ),
        Index(None, "enterprise_id", "announced_on"),
        Index(None, "announcement_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"))
    announcement_id: Mapped[int | None] = mapped_column(ForeignKey("grade_announcements.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("listing_cases.id"), unique=True)
    computed_on: Mapped[date] = mapped_column()
    ruleset: Mapped[str] = mapped_column(String(100))
    ruleset_digest: Mapped[str] = mapped_column(String(64))
    engine: Mapped[str] = mapped_column(Code)
    scale: Mapped[int] = mapped_column(comment="score units per point")
    score: Mapped[int | None] = mapped_column(comment="null: no score")
    grade: Mapped[str] = mapped_column(Code)
    domains: Mapped[dict[str, Any]] = mapped_column(comment="per domain: score, grade")
    findings: Mapped[list[Any]] = mapped_column(comment="the explanation as it was on that day")
    previous: Mapped[str | None] = mapped_column(Code, comment="the announced grade when this one was frozen")
    is_fall: Mapped[bool] = mapped_column(
        comment="down to 中 or 差: only a case with notice and reply announces it"
    )
    announced_on: Mapped[date | None] = mapped_column(comment="in force from this day")
    is_withheld: Mapped[bool] = mapped_column(default=False, comment="revoked, or its effect suspended")
