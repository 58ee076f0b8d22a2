"""Records: one row per fact, one row per version of what was known of it.

One wide table for all kinds: the scorer reads columns of all kinds at once, a natural key is unique over all,
and a kind more is a value, not a table. A column that a kind does not use is null and costs a bit.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from credit_registry.storage.tables.metadata import Code, Id, Row

KINDS = (
    "penalty",
    "inspection",
    "accident",
    "hazard",
    "honour",
    "sealing",
    "false_commitment",
    "false_report",
    "order_breach",
)
STATES = ("live", "pending", "repaired", "revoked", "withdrawn", "not_responsible")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class RecordRow(Row):
    """A fact that somebody reported about one enterprise."""

    __tablename__ = "records"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "natural_key"),
        CheckConstraint(_one_of("kind", KINDS), name="kind_known"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"))
    kind: Mapped[str] = mapped_column(Code)
    natural_key: Mapped[str] = mapped_column(
        String(32), comment="128 bits of SHA-256 of authority, document number and kind of violation"
    )
    version: Mapped[int] = mapped_column(default=1, comment="number of the newest version")
    created_at: Mapped[datetime] = mapped_column()


class RecordVersionRow(Row):
    """What was known of a fact from `recorded_at` until `superseded_at` (half-open).

    Few indexes on purpose: each costs an import more than it gives a reader. An enterprise's versions, present or
    past, lie together in the unique key; the one by record is what shows and guards entries, ground by ground, and
    grows at its end only.
    The long texts come last: a scan for the scorer then stops before SQLite's overflow pages.
    """

    __tablename__ = "record_versions"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "record_id", "version"),
        CheckConstraint(_one_of("state", STATES), name="state_known"),
        CheckConstraint("domain IN ('safety', 'fire')", name="domain_known"),
        CheckConstraint("fine_fen >= 0", name="fine_not_negative"),
        CheckConstraint("version >= 1", name="version_positive"),
        Index(None, "batch_id"),
        Index(None, "record_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"))
    version: Mapped[int] = mapped_column()
    recorded_at: Mapped[datetime] = mapped_column(comment="our clock: when we knew")
    superseded_at: Mapped[datetime | None] = mapped_column(comment="when the next version was recorded")
    change: Mapped[str] = mapped_column(Code, comment="original, correction, revocation, repair, …")
    actor: Mapped[str] = mapped_column(String(100))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batches.id"))
    source_row: Mapped[int | None] = mapped_column(comment="line of the file as its sender sees it")
    content_digest: Mapped[str] = mapped_column(String(32), comment="equal content is a duplicate")

    kind: Mapped[str] = mapped_column(Code)
    domain: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code, default="live")
    event_key: Mapped[str | None] = mapped_column(String(100), comment="links the records of one event")
    dated_on: Mapped[date] = mapped_column(comment="the day its periods run from")
    occurred_on: Mapped[date | None] = mapped_column()
    document_no: Mapped[str | None] = mapped_column(String(150), comment="normalised")
    document_no_raw: Mapped[str | None] = mapped_column(String(150))
    authority_name: Mapped[str | None] = mapped_column(String(200))
    authority_code: Mapped[str | None] = mapped_column(Code)
    source_name: Mapped[str | None] = mapped_column(String(200), comment="数据来源单位")
    source_code: Mapped[str | None] = mapped_column(Code)
    cause: Mapped[str | None] = mapped_column(String(500), comment="违法行为类型, normalised")

    breach_class: Mapped[str | None] = mapped_column(Code, comment="minor general serious")
    breach_class_origin: Mapped[str | None] = mapped_column(Code, comment="department proposed confirmed")
    penalty_kinds: Mapped[str | None] = mapped_column(String(200), comment="codes joined by ;")
    is_simple_procedure: Mapped[bool | None] = mapped_column()
    fine_fen: Mapped[int | None] = mapped_column(BigInteger)
    confiscated_fen: Mapped[int | None] = mapped_column(BigInteger)
    fine_due_on: Mapped[date | None] = mapped_column()
    fine_paid_on: Mapped[date | None] = mapped_column()
    fine_state: Mapped[str | None] = mapped_column(Code, comment="unknown paid unpaid")
    valid_until: Mapped[date | None] = mapped_column()
    publish_until: Mapped[date | None] = mapped_column(comment="公示截止期 as sent")

    method: Mapped[str | None] = mapped_column(Code)
    result: Mapped[str | None] = mapped_column(Code)
    due_on: Mapped[date | None] = mapped_column()
    rechecked_on: Mapped[date | None] = mapped_column()
    closed_on: Mapped[date | None] = mapped_column()

    accident_level: Mapped[str | None] = mapped_column(Code, comment="computed from the toll")
    accident_level_reported: Mapped[str | None] = mapped_column(Code)
    deaths: Mapped[int | None] = mapped_column()
    serious_injuries: Mapped[int | None] = mapped_column()
    loss_fen: Mapped[int | None] = mapped_column(BigInteger)
    responsibility: Mapped[str | None] = mapped_column(Code)
    is_late_report: Mapped[bool | None] = mapped_column()
    is_concealed: Mapped[bool | None] = mapped_column()
    is_fire: Mapped[bool | None] = mapped_column()

    found_by: Mapped[str | None] = mapped_column(Code)
    hazard_grade: Mapped[str | None] = mapped_column(Code)
    supervision_level: Mapped[str | None] = mapped_column(Code, comment="挂牌督办")
    is_overdue: Mapped[bool | None] = mapped_column(comment="as the authority confirmed")

    honour_kind: Mapped[str | None] = mapped_column(Code)
    honour_level: Mapped[str | None] = mapped_column(Code)
    quantity: Mapped[int | None] = mapped_column()

    condition_tags: Mapped[str | None] = mapped_column(String(100), comment="set by an officer")

    reason: Mapped[str | None] = mapped_column(Text, comment="why this version exists")
    facts: Mapped[str | None] = mapped_column(Text, comment="违法事实")
    basis: Mapped[str | None] = mapped_column(Text, comment="处罚依据")
    content: Mapped[str | None] = mapped_column(Text, comment="处罚内容")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="what no column holds")


# Most records belong to no event.
Index(
    "ix_record_versions_event_key",
    RecordVersionRow.event_key,
    sqlite_where=RecordVersionRow.event_key.is_not(None),
    postgresql_where=RecordVersionRow.event_key.is_not(None),
)


class PersonalDatumRow(Row):
    """A person named in a record: the number sealed, found by keyed hash, shown masked."""

    __tablename__ = "personal_data"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), index=True)
    role: Mapped[str] = mapped_column(Code, comment="legal_representative, party, …")
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    name_masked: Mapped[str | None] = mapped_column(String(100))
    id_kind: Mapped[str | None] = mapped_column(Code)
    id_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    id_masked: Mapped[str | None] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column()
