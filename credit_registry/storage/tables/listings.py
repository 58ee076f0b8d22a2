"""Lists: cases with their grounds, persons, steps, papers, clocks and annotations.

A case is what an office does towards one enterprise under one instrument (series). While its state is one of
`IN_FORCE` it is an entry of the list; what the public sees of it is decided by its dates at the moment of
the answer, not by a flag that somebody has to remember.
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

# The states before a listing takes effect, and those in which it is in force. `domain/listing.py` says what
# they mean; a test compares, since a CHECK cannot import.
PENDING = (
    "CANDIDATE",
    "NOTIFIED",
    "STATED",
    "NO_STATEMENT",
    "REVIEWED",
    "DECIDED",
    "SERVED",
    "RESTORED",
    "APPLIED",
    "PROPOSED",
    "CHECKED",
    "OPEN_COMMENT",
    "APPROVED",
)
IN_FORCE = ("ACTIVE", "REPAIR_APPLIED", "REPAIR_ACCEPTED")
CLOSED = (
    "CLOSED",
    "REMOVAL_DECIDED",
    "REMOVED",
    "REVOKED",
    "REFUSED",
    "EXPIRED",
    "WITHDRAWN",
    "ANNOUNCED",
)


def _in(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


_LISTED = _in("state", IN_FORCE)
_APART = "({0} IS NULL OR {1} IS NULL OR {0} <> {1})"


class ListingCaseRow(Row):
    """One procedure, from candidate to removal, and the entry that it makes."""

    __tablename__ = "listing_cases"
    __table_args__ = (
        CheckConstraint("list_kind IN ('black', 'red', 'grade')", name="list_kind_known"),
        CheckConstraint(f"list_kind <> 'grade' OR NOT ({_LISTED})", name="grade_lists_nobody"),
        CheckConstraint(
            "state <> 'ANNOUNCED' OR (list_kind = 'grade' AND drafter_id IS NOT NULL AND approver_id IS NOT NULL"
            " AND decided_on IS NOT NULL AND served_on IS NOT NULL AND served_on >= decided_on)",
            name="announced_has_process",
        ),
        CheckConstraint(_in("state", PENDING + IN_FORCE + CLOSED), name="state_known"),
        CheckConstraint("version >= 1", name="version_positive"),
        # Four eyes, whatever the software above believes.
        CheckConstraint(_APART.format("approver_id", "drafter_id"), name="approver_not_drafter"),
        CheckConstraint(_APART.format("approver_id", "reviewer_id"), name="approver_not_reviewer"),
        CheckConstraint(_APART.format("reviewer_id", "drafter_id"), name="reviewer_not_drafter"),
        CheckConstraint("listed_until >= listed_from", name="period_not_empty"),
        CheckConstraint(
            f"NOT ({_LISTED}) OR (listed_from IS NOT NULL AND listed_until IS NOT NULL"
            " AND decided_on IS NOT NULL AND drafter_id IS NOT NULL AND approver_id IS NOT NULL)",
            name="entry_has_decision",
        ),
        CheckConstraint(
            f"NOT ({_LISTED}) OR list_kind = 'red' OR (noticed_on IS NOT NULL AND window_until IS NOT NULL"
            # A comparison with NULL would be unknown, and an unknown CHECK passes.
            " AND reviewed_on IS NOT NULL AND served_on IS NOT NULL"
            " AND noticed_on < window_until AND reviewed_on > window_until AND decided_on >= reviewed_on"
            " AND served_on >= decided_on AND listed_from >= served_on AND reviewer_id IS NOT NULL)",
            name="black_entry_has_process",
        ),
        CheckConstraint(
            f"NOT ({_LISTED}) OR list_kind = 'black' OR (window_until IS NOT NULL AND reviewed_on IS NOT NULL"
            " AND decided_on > window_until AND listed_from >= decided_on)",
            name="red_entry_has_process",
        ),
        Index(None, "enterprise_id", "state"),
        Index(None, "office_id", "state"),
        Index(None, "list_kind", "state", "listed_from"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), comment="the authority that decides")
    list_kind: Mapped[str] = mapped_column(Code)
    series: Mapped[str] = mapped_column(Code, comment="the instrument, such as safety-order-11")
    domain: Mapped[str] = mapped_column(Code, comment="safety or fire")
    state: Mapped[str] = mapped_column(Code)
    version: Mapped[int] = mapped_column(default=1)
    origin: Mapped[str] = mapped_column(Code, comment="rules, officer, application")
    opened_at: Mapped[datetime] = mapped_column()
    opened_on: Mapped[date] = mapped_column()
    drafter_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), comment="who prepared the case")
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    noticed_on: Mapped[date | None] = mapped_column(comment="the notice was served")
    window_until: Mapped[date | None] = mapped_column(
        comment="last day for a statement, or for public comment"
    )
    window_is_provisional: Mapped[bool] = mapped_column(default=False)
    reviewed_on: Mapped[date | None] = mapped_column()
    decided_on: Mapped[date | None] = mapped_column(comment="the period runs from this day")
    decision_no: Mapped[str | None] = mapped_column(String(100))
    served_on: Mapped[date | None] = mapped_column(comment="the decision was served")
    entered_on: Mapped[date | None] = mapped_column(comment="entered in the ministry's own system")
    listed_from: Mapped[date | None] = mapped_column()
    listed_until: Mapped[date | None] = mapped_column(comment="last day of the period")
    ended_on: Mapped[date | None] = mapped_column(comment="left the list")
    ended_by: Mapped[str | None] = mapped_column(Code, comment="repair expiry revocation removal successor")
    ban_until: Mapped[date | None] = mapped_column(comment="a statutory ban bars early removal until then")
    hidden_since: Mapped[date | None] = mapped_column(comment="effect suspended: not shown while set")


# One procedure at a time, and one entry, per enterprise, instrument and authority; and an enterprise stands
# on one kind of list only: the trigger in listing_guards.py compares the kinds.
Index(
    "uq_listing_cases_one_open",
    ListingCaseRow.enterprise_id,
    ListingCaseRow.series,
    ListingCaseRow.office_id,
    unique=True,
    sqlite_where=ListingCaseRow.state.in_(PENDING),
    postgresql_where=ListingCaseRow.state.in_(PENDING),
)
Index(
    "uq_listing_cases_one_entry",
    ListingCaseRow.enterprise_id,
    ListingCaseRow.series,
    ListingCaseRow.office_id,
    unique=True,
    sqlite_where=ListingCaseRow.state.in_(IN_FORCE),
    postgresql_where=ListingCaseRow.state.in_(IN_FORCE),
)


class ListingGroundRow(Row):
    """Why: one condition of the instrument, met by one record."""

    __tablename__ = "listing_grounds"
    __table_args__ = (UniqueConstraint("case_id", "condition", "record_id"), Index(None, "record_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("listing_cases.id"))
    condition: Mapped[str] = mapped_column(Code, comment="6-1 … 7-4")
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"))
    document_no: Mapped[str | None] = mapped_column(String(150))
    fell_at: Mapped[datetime | None] = mapped_column(comment="the record was revoked")
    added_at: Mapped[datetime] = mapped_column()


class ListingPersonRow(Row):
    """A person listed beside or instead of the enterprise; never public by name or number."""

    __tablename__ = "listing_persons"
    __table_args__ = (
        UniqueConstraint("case_id", "id_digest", "condition"),
        CheckConstraint(_in("role", ("principal", "responsible", "direct", "other")), name="role_known"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("listing_cases.id"), index=True)
    role: Mapped[str] = mapped_column(Code, comment="principal (主要负责人), responsible, direct, other")
    condition: Mapped[str] = mapped_column(Code)
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    name_masked: Mapped[str] = mapped_column(String(100))
    id_kind: Mapped[str] = mapped_column(Code, default="resident")
    id_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    id_digest: Mapped[str] = mapped_column(String(64), index=True)
    id_masked: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column()


class ListingStepRow(Row):
    """One move of a case: who, when, why, and how the entry stood afterwards. Append-only."""

    __tablename__ = "listing_steps"
    __table_args__ = (UniqueConstraint("case_id", "number"), Index(None, "at"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("listing_cases.id"))
    number: Mapped[int] = mapped_column(comment="the version of the case that this step made")
    action: Mapped[str] = mapped_column(Code)
    from_state: Mapped[str | None] = mapped_column(Code)
    to_state: Mapped[str] = mapped_column(Code)
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("accounts.id"), comment="null: the clock or the rules"
    )
    actor: Mapped[str] = mapped_column(String(100))
    actor_name: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column()
    on: Mapped[date] = mapped_column("done_on", comment="the legal day of the act")
    reason: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    listed_from: Mapped[date | None] = mapped_column(comment="of the entry after this step")
    listed_until: Mapped[date | None] = mapped_column()
    ended_by: Mapped[str | None] = mapped_column(Code)
    is_hidden: Mapped[bool] = mapped_column(default=False)


class ListingPaperRow(Row):
    """One paper of a case: issued by us under a number, or received and put on file. Append-only."""

    __tablename__ = "listing_papers"
    __table_args__ = (
        UniqueConstraint("office_id", "kind", "year", "serial"),
        CheckConstraint("(serial IS NULL) = (year IS NULL)", name="serial_with_year"),
        Index(None, "case_id", "kind"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("listing_cases.id"))
    step_id: Mapped[int | None] = mapped_column(ForeignKey("listing_steps.id"))
    repair_id: Mapped[int | None] = mapped_column(ForeignKey("penalty_repairs.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    kind: Mapped[str] = mapped_column(Code)
    title: Mapped[str] = mapped_column(String(100))
    year: Mapped[int | None] = mapped_column(comment="of the number; null for papers received")
    serial: Mapped[int | None] = mapped_column()
    document_no: Mapped[str | None] = mapped_column(String(100))
    dated_on: Mapped[date] = mapped_column()
    fields: Mapped[dict[str, Any]] = mapped_column(comment="what was filled in")
    template: Mapped[str | None] = mapped_column(
        String(100), comment="template and its day, for papers we issue"
    )
    text: Mapped[str | None] = mapped_column(Text, comment="as issued")
    recorded_at: Mapped[datetime] = mapped_column()


class PaperNumberRow(Row):
    """The last number an office gave to a kind of paper in a year; its row lock keeps numbers gapless."""

    __tablename__ = "paper_numbers"

    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Code, primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)


class ClockRow(Row):
    """A legal clock: what started it, how long it runs, when it is due, whether it was met."""

    __tablename__ = "listing_clocks"
    __table_args__ = (
        CheckConstraint("unit IN ('working_day', 'day', 'month')", name="unit_known"),
        CheckConstraint("due_on >= starts_on", name="due_after_start"),
        CheckConstraint("met_on IS NULL OR stopped_on IS NULL", name="met_or_stopped"),
        Index(None, "case_id"),
        Index(None, "repair_id"),
        Index(None, "annotation_id"),
        Index(None, "due_on"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("listing_cases.id"))
    repair_id: Mapped[int | None] = mapped_column(ForeignKey("penalty_repairs.id"))
    annotation_id: Mapped[int | None] = mapped_column(ForeignKey("annotations.id"))
    kind: Mapped[str] = mapped_column(Code)
    starts_on: Mapped[date] = mapped_column(comment="this day is not counted")
    length: Mapped[int] = mapped_column()
    unit: Mapped[str] = mapped_column(Code)
    basis: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date] = mapped_column(comment="the last day")
    is_provisional: Mapped[bool] = mapped_column(comment="depends on a year whose notice is not out")
    calendar: Mapped[str] = mapped_column(Code, comment="version of the working-day table")
    met_on: Mapped[date | None] = mapped_column()
    stopped_on: Mapped[date | None] = mapped_column(comment="no longer owed: the case took another road")


class AnnotationRow(Row):
    """An objection, a reconsideration or a lawsuit against a case or a record: shown at once."""

    __tablename__ = "annotations"
    __table_args__ = (
        CheckConstraint("(record_id IS NULL) <> (case_id IS NULL)", name="one_object"),
        CheckConstraint(_in("kind", ("objection", "reconsideration", "lawsuit")), name="kind_known"),
        CheckConstraint(_in("state", ("open", "upheld", "rejected", "withdrawn")), name="state_known"),
        CheckConstraint("version >= 1", name="version_positive"),
        Index(None, "case_id"),
        Index(None, "record_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("listing_cases.id"))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("records.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), comment="who answers")
    kind: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code, default="open")
    version: Mapped[int] = mapped_column(default=1)
    filed_on: Mapped[date] = mapped_column()
    content: Mapped[str] = mapped_column(Text, comment="as filed; masked on the way out")
    recorded_at: Mapped[datetime] = mapped_column()
    recorded_by: Mapped[str] = mapped_column(String(100))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    answered_on: Mapped[date | None] = mapped_column()
    answered_by: Mapped[str | None] = mapped_column(String(100))
    answerer_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    answer: Mapped[str | None] = mapped_column(Text)


class PenaltyRepairRow(Row):
    """An application to end the publication of a penalty before its day."""

    __tablename__ = "penalty_repairs"
    __table_args__ = (
        CheckConstraint(
            _in(
                "state", ("APPLIED", "ACCEPTED", "ALLOWED", "NOT_ACCEPTED", "DENIED", "RESTORED", "WITHDRAWN")
            ),
            name="state_known",
        ),
        CheckConstraint(_APART.format("approver_id", "drafter_id"), name="approver_not_drafter"),
        CheckConstraint("version >= 1", name="version_positive"),
        Index(None, "record_id"),
        Index(None, "office_id", "state"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    state: Mapped[str] = mapped_column(Code)
    version: Mapped[int] = mapped_column(default=1)
    regime: Mapped[str] = mapped_column(Code, comment="order-58 or order-36, by the day of the document")
    applied_on: Mapped[date] = mapped_column()
    accepted_on: Mapped[date | None] = mapped_column()
    decided_on: Mapped[date | None] = mapped_column()
    drafter_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), comment="who took it in")
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column()


Index(
    "uq_penalty_repairs_one_open",
    PenaltyRepairRow.record_id,
    unique=True,
    sqlite_where=PenaltyRepairRow.state.in_(("APPLIED", "ACCEPTED")),
    postgresql_where=PenaltyRepairRow.state.in_(("APPLIED", "ACCEPTED")),
)


class ListVersionRow(Row):
    """The public lists changed: one number more. Gapless, never goes back."""

    __tablename__ = "list_versions"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column()
    case_id: Mapped[int] = mapped_column(ForeignKey("listing_cases.id"), index=True)
    list_kind: Mapped[str] = mapped_column(Code)
    change: Mapped[str] = mapped_column(Code, comment="shown or hidden")
