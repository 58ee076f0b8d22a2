"""Penalties of persons, kept with the enterprise they concern.

A table of its own and no kind of record: a kind would have to be left out again by every reader of records — scorer,
candidates, publications, look-ups, own file, exports — and one reader that forgets would publish a person. Here nothing
is scored, graded, listed or published, because nobody who does that reads this table.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from credit_registry.storage.tables.metadata import Code, Id, Row


class PersonPenaltyRow(Row):
    """What was known from `recorded_at` until `ended_at`; it is ended, never changed."""

    __tablename__ = "person_penalties"
    __table_args__ = (
        CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL)",
            name="ended_for_a_reason",
        ),
        Index(None, "enterprise_id"),
        Index(None, "batch_id"),
        Index(None, "id_digest"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"), comment="named by an officer")
    role: Mapped[str] = mapped_column(Code, comment="principal (主要负责人), … as the statutes say")
    natural_key: Mapped[str] = mapped_column(
        String(64), comment="keyed hash of authority, document number, kind of violation and person"
    )
    content_digest: Mapped[str] = mapped_column(String(32), comment="equal content is a duplicate")
    dated_on: Mapped[date] = mapped_column()
    said: Mapped[dict[str, Any]] = mapped_column(
        comment="the penalty as told, by column of the record vocabulary"
    )
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    name_masked: Mapped[str] = mapped_column(String(100))
    id_kind: Mapped[str | None] = mapped_column(Code)
    id_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_digest: Mapped[str | None] = mapped_column(String(64))
    id_masked: Mapped[str | None] = mapped_column(String(64))
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id"))
    source_row: Mapped[int] = mapped_column(comment="line of the file as its sender sees it")
    recorded_at: Mapped[datetime] = mapped_column(comment="our clock: when we knew")
    actor: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(Text, comment="why it concerns the enterprise")
    ended_at: Mapped[datetime | None] = mapped_column()
    ended_by: Mapped[str | None] = mapped_column(String(100))
    end_reason: Mapped[str | None] = mapped_column(Text)


# One penalty of one person concerns one enterprise; what was ended may be said again.
Index(
    "ux_person_penalties_natural_key",
    PersonPenaltyRow.natural_key,
    unique=True,
    sqlite_where=PersonPenaltyRow.ended_at.is_(None),
    postgresql_where=PersonPenaltyRow.ended_at.is_(None),
)
