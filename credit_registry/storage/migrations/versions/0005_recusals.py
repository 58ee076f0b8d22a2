"""Recusals, and which person is behind an account."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
GUARDED = (
    ("listing_cases", "persons", ("insert", "update")),
    ("penalty_repairs", "persons", ("insert", "update")),
    ("grade_announcements", "persons", ("insert", "update")),
    ("listing_steps", "recusal", ("insert",)),
)


def upgrade() -> None:
    op.add_column(
        "accounts",
        sa.Column(
            "person_digest",
            sa.String(length=64),
            nullable=True,
            comment="keyed hash of the staff or identity number: one person, all accounts",
        ),
    )
    op.create_index(op.f("ix_accounts_person_digest"), "accounts", ["person_digest"], unique=False)
    op.create_table(
        "recusals",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False, comment="who keeps out"),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("enterprise_id", ID, nullable=True),
        sa.Column("origin", sa.String(length=32), nullable=False, comment="declared by oneself, or ordered"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by_id", ID, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(case_id IS NULL) <> (enterprise_id IS NULL)", name=op.f("ck_recusals_one_object")
        ),
        sa.CheckConstraint("origin IN ('declared', 'ordered')", name=op.f("ck_recusals_origin_known")),
        sa.CheckConstraint(
            "ended_by_id IS NULL OR ended_by_id <> account_id", name=op.f("ck_recusals_not_ended_by_oneself")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_recusals_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["listing_cases.id"], name=op.f("fk_recusals_case_id_listing_cases")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_recusals_enterprise_id_enterprises")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["accounts.id"], name=op.f("fk_recusals_ended_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusals")),
    )
    for column in ("account_id", "case_id", "enterprise_id"):
        op.create_index(op.f(f"ix_recusals_{column}"), "recusals", [column], unique=False)
    dialect = op.get_bind().dialect.name
    file = Path(__file__).parents[1] / "sql" / f"0005_make.{dialect}.sql"
    for statement in file.read_text(encoding="utf-8").split("\n-- next\n"):
        op.get_bind().exec_driver_sql(statement.strip())


def downgrade() -> None:
    is_postgres = op.get_bind().dialect.name == "postgresql"
    for table, name, verbs in GUARDED:
        for verb in verbs:
            op.execute(f"DROP TRIGGER tr_{table}_{name}_{verb}" + (f" ON {table}" if is_postgres else ""))
        if is_postgres:
            op.execute(f"DROP FUNCTION {table}_{name}_guard()")
    op.drop_table("recusals")
    op.drop_index(op.f("ix_accounts_person_digest"), "accounts")
    op.drop_column("accounts", "person_digest")
