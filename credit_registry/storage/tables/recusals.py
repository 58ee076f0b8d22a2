"""Recusals: who may take no step in a case or about an enterprise; and the triggers that hold it and four eyes.

Two accounts of one person are one pair of eyes: what the CHECKs compare by account, these compare by person.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from credit_registry.storage.tables.metadata import Code, Id, Row, make_after_tables


class RecusalRow(Row):
    """One officer keeps out of one case, or out of everything about one enterprise."""

    __tablename__ = "recusals"
    __table_args__ = (
        CheckConstraint("(case_id IS NULL) <> (enterprise_id IS NULL)", name="one_object"),
        CheckConstraint("origin IN ('declared', 'ordered')", name="origin_known"),
        CheckConstraint("ended_by_id IS NULL OR ended_by_id <> account_id", name="not_ended_by_oneself"),
        Index(None, "case_id"),
        Index(None, "enterprise_id"),
        Index(None, "account_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), comment="who keeps out")
    case_id: Mapped[int | None] = mapped_column(ForeignKey("listing_cases.id"))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprises.id"))
    origin: Mapped[str] = mapped_column(Code, comment="declared by oneself, or ordered")
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column()
    recorded_by: Mapped[str] = mapped_column(String(100))
    ended_at: Mapped[datetime | None] = mapped_column()
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    end_reason: Mapped[str | None] = mapped_column(Text)


def _one_person(first: str, second: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM accounts a JOIN accounts b ON b.person_digest = a.person_digest"  # noqa: S608 - constants
        f" WHERE a.id = NEW.{first} AND b.id = NEW.{second})"
    )


_BY_STEP = (
    "EXISTS (SELECT 1 FROM listing_steps s JOIN accounts a ON a.id = s.account_id"
    " JOIN accounts b ON b.person_digest = a.person_digest WHERE s.case_id = NEW.id AND b.id = NEW.approver_id"
    " AND s.action IN ('propose', 'notify', 'review', 'apply', 'check', 'notify_grade'))"
)
_RECUSED = (
    "EXISTS (SELECT 1 FROM recusals r JOIN accounts a ON a.id = r.account_id"
    " JOIN accounts b ON b.id = a.id OR b.person_digest = a.person_digest"
    " JOIN listing_cases c ON c.id = NEW.case_id WHERE b.id = NEW.account_id AND r.ended_at IS NULL"
    " AND (r.case_id = c.id OR r.enterprise_id = c.enterprise_id))"
)
# (table, name of the breach, verbs, SQL that is true when a row commits it)
PERSON_BREACHES: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    (
        "listing_cases",
        "persons",
        ("INSERT", "UPDATE"),
        " OR ".join(
            (
                _one_person("approver_id", "drafter_id"),
                _one_person("approver_id", "reviewer_id"),
                _one_person("reviewer_id", "drafter_id"),
                _BY_STEP,
            )
        ),
    ),
    ("penalty_repairs", "persons", ("INSERT", "UPDATE"), _one_person("approver_id", "drafter_id")),
    ("grade_announcements", "persons", ("INSERT", "UPDATE"), _one_person("approver_id", "drafter_id")),
    ("listing_steps", "recusal", ("INSERT",), _RECUSED),
)
_SAYS = {"persons": "two accounts of one person are not four eyes", "recusal": "taken by a recused officer"}


def _sqlite() -> tuple[str, ...]:
    return tuple(
        f"CREATE TRIGGER IF NOT EXISTS tr_{table}_{name}_{verb.lower()} BEFORE {verb} ON {table} BEGIN\n"
        f"  SELECT RAISE(ABORT, 'person guard: {_SAYS[name]}') WHERE {breach};\nEND"
        for table, name, verbs, breach in PERSON_BREACHES
        for verb in verbs
    )


def _postgresql() -> tuple[str, ...]:
    made = []
    for table, name, verbs, breach in PERSON_BREACHES:
        made.append(
            f"CREATE OR REPLACE FUNCTION {table}_{name}_guard() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n"
            f"  IF {breach} THEN\n    RAISE EXCEPTION 'person guard: {_SAYS[name]}'"
            " USING ERRCODE = 'check_violation';\n  END IF;\n  RETURN NEW;\nEND $$"
        )
        made += [
            f"CREATE OR REPLACE TRIGGER tr_{table}_{name}_{verb.lower()} BEFORE {verb} ON {table}\n"
            f"FOR EACH ROW EXECUTE FUNCTION {table}_{name}_guard()"
            for verb in verbs
        ]
    return tuple(made)


# What a migration executes, by dialect.
GUARDS: dict[str, tuple[str, ...]] = {"sqlite": _sqlite(), "postgresql": _postgresql()}

make_after_tables(GUARDS)
