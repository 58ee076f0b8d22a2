"""Announced grades: their tables, and cases of the kind that announces them."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from credit_registry.storage.migrations.rebuilding import replace_checks

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

_STATES = (
    "'CANDIDATE', 'NOTIFIED', 'STATED', 'NO_STATEMENT', 'REVIEWED', 'DECIDED', 'SERVED', 'RESTORED', 'APPLIED', "
    "'PROPOSED', 'CHECKED', 'OPEN_COMMENT', 'APPROVED', 'ACTIVE', 'REPAIR_APPLIED', 'REPAIR_ACCEPTED', 'CLOSED', "
    "'REMOVAL_DECIDED', 'REMOVED', 'REVOKED', 'REFUSED', 'EXPIRED', 'WITHDRAWN'"
)
_BEFORE = {
    "ck_listing_cases_list_kind_known": "list_kind IN ('black', 'red')",
    "ck_listing_cases_state_known": f"state IN ({_STATES})",
}
_AFTER = {
    "ck_listing_cases_list_kind_known": "list_kind IN ('black', 'red', 'grade')",
    "ck_listing_cases_state_known": f"state IN ({_STATES}, 'ANNOUNCED')",
    "ck_listing_cases_grade_lists_nobody": (
        "list_kind <> 'grade' OR NOT (state IN ('ACTIVE', 'REPAIR_APPLIED', 'REPAIR_ACCEPTED'))"
    ),
    "ck_listing_cases_announced_has_process": (
        "state <> 'ANNOUNCED' OR (list_kind = 'grade' AND drafter_id IS NOT NULL AND approver_id IS NOT NULL"
        " AND decided_on IS NOT NULL AND served_on IS NOT NULL AND served_on >= decided_on)"
    ),
}


def upgrade() -> None:
    replace_checks("listing_cases", tuple(_BEFORE), _AFTER)
    op.create_table(
        "grade_announcements",
        sa.Column("id", ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False, comment="whose grades"),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("computed_on", sa.Date(), nullable=False, comment="the day the frozen grades hold for"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("drafted_at", INSTANT, nullable=False),
        sa.Column("drafter_id", ID, nullable=False),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("document_no", sa.String(length=100), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("counts", DOCUMENT, nullable=False, comment="what became of the frozen grades"),
        sa.CheckConstraint(
            "state IN ('DRAFTED', 'MADE', 'WITHDRAWN')", name=op.f("ck_grade_announcements_state_known")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_grade_announcements_version_positive")),
        sa.CheckConstraint(
            "approver_id IS NULL OR approver_id <> drafter_id",
            name=op.f("ck_grade_announcements_approver_not_drafter"),
        ),
        sa.CheckConstraint(
            "state <> 'MADE' OR (approver_id IS NOT NULL AND made_on IS NOT NULL AND document_no IS NOT NULL)",
            name=op.f("ck_grade_announcements_made_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_grade_announcements_office_id_offices")
        ),
        sa.ForeignKeyConstraint(
            ["drafter_id"], ["accounts.id"], name=op.f("fk_grade_announcements_drafter_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["accounts.id"], name=op.f("fk_grade_announcements_approver_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_announcements")),
    )
    op.create_index(
        "uq_grade_announcements_one_draft",
        "grade_announcements",
        ["office_id"],
        unique=True,
        sqlite_where=sa.text("state = 'DRAFTED'"),
        postgresql_where=sa.text("state = 'DRAFTED'"),
    )
    op.create_table(
        "announced_grades",
        sa.Column("id", ID, nullable=False),
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("announcement_id", ID, nullable=True),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("computed_on", sa.Date(), nullable=False),
        sa.Column("ruleset", sa.String(length=100), nullable=False),
        sa.Column("ruleset_digest", sa.String(length=64), nullable=False),
        sa.Column("engine", sa.String(length=32), nullable=False),
        sa.Column("scale", sa.Integer(), nullable=False, comment="score units per point"),
        sa.Column("score", sa.Integer(), nullable=True, comment="null: no score"),
        sa.Column("grade", sa.String(length=32), nullable=False),
        sa.Column("domains", DOCUMENT, nullable=False, comment="per domain: score, grade"),
        sa.Column("findings", DOCUMENT, nullable=False, comment="the explanation as it was on that day"),
        sa.Column(
            "previous",
            sa.String(length=32),
            nullable=True,
            comment="the announced grade when this one was frozen",
        ),
        sa.Column(
            "is_fall",
            sa.Boolean(),
            nullable=False,
            comment="down to 中 or 差: only a case with notice and reply announces it",
        ),
        sa.Column("announced_on", sa.Date(), nullable=True, comment="in force from this day"),
        sa.Column("is_withheld", sa.Boolean(), nullable=False, comment="revoked, or its effect suspended"),
        sa.CheckConstraint(
            "announcement_id IS NOT NULL OR case_id IS NOT NULL",
            name=op.f("ck_announced_grades_rests_on_an_act"),
        ),
        sa.CheckConstraint(
            "announced_on IS NULL OR announced_on >= computed_on",
            name=op.f("ck_announced_grades_announced_after_computed"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_announced_grades_enterprise_id_enterprises")
        ),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["grade_announcements.id"],
            name=op.f("fk_announced_grades_announcement_id_grade_announcements"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["listing_cases.id"], name=op.f("fk_announced_grades_case_id_listing_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announced_grades")),
        sa.UniqueConstraint("case_id", name=op.f("uq_announced_grades_case_id")),
    )
    op.create_index(
        op.f("ix_announced_grades_enterprise_id_announced_on"),
        "announced_grades",
        ["enterprise_id", "announced_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_announced_grades_announcement_id"), "announced_grades", ["announcement_id"], unique=False
    )
    dialect = op.get_bind().dialect.name
    file = Path(__file__).parents[1] / "sql" / f"0004_make.{dialect}.sql"
    for statement in file.read_text(encoding="utf-8").split("\n-- next\n"):
        op.get_bind().exec_driver_sql(statement.strip())


def downgrade() -> None:
    op.drop_table("announced_grades")
    op.drop_table("grade_announcements")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION announced_grade_guard()")
        op.execute("DROP FUNCTION announced_grade_frozen()")
    replace_checks("listing_cases", tuple(_AFTER), _BEFORE)
