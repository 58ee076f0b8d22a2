"""Assessments: the computed grade of each enterprise. Derived: may be dropped and computed anew."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from credit_registry.storage.tables.metadata import Code, Row


class AssessmentRow(Row):
    """The present computed grade; findings are recomputed when asked."""

    __tablename__ = "assessments"
    __table_args__ = (Index(None, "grade"), Index(None, "next_change_on"))

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"), primary_key=True)
    on: Mapped[date] = mapped_column("assessed_on", comment="the day it holds for")
    ruleset: Mapped[str] = mapped_column(String(100))
    ruleset_digest: Mapped[str] = mapped_column(String(64))
    engine: Mapped[str] = mapped_column(Code)
    watermark: Mapped[int] = mapped_column(BigInteger, comment="the newest record version it has seen")
    scale: Mapped[int] = mapped_column(comment="score units per point")
    score: Mapped[int | None] = mapped_column(comment="null: no score")
    grade: Mapped[str] = mapped_column(Code)
    domains: Mapped[dict[str, Any]] = mapped_column(comment="per domain: score, grade")
    next_change_on: Mapped[date | None] = mapped_column(comment="by the calendar alone")
    assessed_at: Mapped[datetime] = mapped_column()


class DirtyRow(Row):
    """An enterprise whose facts changed since it was assessed."""

    __tablename__ = "dirty_enterprises"

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column()
