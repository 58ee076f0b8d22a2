"""Enterprises at their own door: codes, representatives, filings."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def _points(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", ID, nullable=False),
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=True, comment="whose notice bears it"),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("issued_by", sa.String(length=100), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False, comment="the last day"),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", INSTANT, nullable=True),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("account_id", ID, nullable=True, comment="what it opened"),
        sa.Column("voided_at", INSTANT, nullable=True),
        sa.Column("voided_by", sa.String(length=100), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "used_at IS NULL OR voided_at IS NULL", name=op.f("ck_invitations_used_or_voided")
        ),
        sa.CheckConstraint(
            "(used_at IS NULL) = (account_id IS NULL)", name=op.f("ck_invitations_used_by_somebody")
        ),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL)", name=op.f("ck_invitations_voided_for_a_reason")
        ),
        _points("invitations", "enterprise_id", "enterprises"),
        _points("invitations", "case_id", "listing_cases"),
        _points("invitations", "office_id", "offices"),
        _points("invitations", "account_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_invitations_code_digest")),
    )
    op.create_index(op.f("ix_invitations_enterprise_id"), "invitations", ["enterprise_id"])
    op.create_index(op.f("ix_invitations_case_id"), "invitations", ["case_id"])
    op.create_table(
        "representatives",
        sa.Column("account_id", ID, autoincrement=False, nullable=False),
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "role IN ('legal_representative', 'principal', 'agent')",
            name=op.f("ck_representatives_role_known"),
        ),
        _points("representatives", "account_id", "accounts"),
        _points("representatives", "enterprise_id", "enterprises"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_representatives")),
    )
    op.create_index(op.f("ix_representatives_enterprise_id"), "representatives", ["enterprise_id"])
    op.create_table(
        "filings",
        sa.Column("id", ID, nullable=False),
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False, comment="to whom"),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("record_id", ID, nullable=True),
        sa.Column("annotation_id", ID, nullable=True),
        sa.Column("repair_id", ID, nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("receipt_no", sa.String(length=100), nullable=False),
        sa.Column("filed_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('statement', 'hearing', 'removal', 'repair', 'objection', 'withdrawal')",
            name=op.f("ck_filings_kind_known"),
        ),
        sa.CheckConstraint("(case_id IS NULL) <> (record_id IS NULL)", name=op.f("ck_filings_one_object")),
        _points("filings", "enterprise_id", "enterprises"),
        _points("filings", "account_id", "accounts"),
        _points("filings", "office_id", "offices"),
        _points("filings", "case_id", "listing_cases"),
        _points("filings", "record_id", "records"),
        _points("filings", "annotation_id", "annotations"),
        _points("filings", "repair_id", "penalty_repairs"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filings")),
        sa.UniqueConstraint("office_id", "year", "serial", name=op.f("uq_filings_office_id_year_serial")),
    )
    op.create_index(op.f("ix_filings_enterprise_id"), "filings", ["enterprise_id"])


def downgrade() -> None:
    op.drop_table("filings")
    op.drop_table("representatives")
    op.drop_table("invitations")
