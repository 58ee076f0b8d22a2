"""Reports of list changes, their receipts and feedback."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("list_version", sa.BigInteger(), nullable=False, comment="the visible change that is told"),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("receiver", sa.String(length=32), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("document_no", sa.String(length=100), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sent_by", sa.String(length=100), nullable=False),
        sa.Column("receipt_no", sa.String(length=100), nullable=True),
        sa.Column("receipt_on", sa.Date(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("feedback", sa.Text(), nullable=True, comment="what the receiver did with it; once"),
        sa.Column("feedback_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint("state IN ('SENT', 'ACCEPTED', 'REJECTED')", name=op.f("ck_reports_state_known")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_reports_version_positive")),
        sa.CheckConstraint(
            "(state = 'SENT') = (receipt_on IS NULL)", name=op.f("ck_reports_receipt_has_day")
        ),
        sa.CheckConstraint(
            "state <> 'ACCEPTED' OR receipt_no IS NOT NULL", name=op.f("ck_reports_accepted_has_number")
        ),
        sa.CheckConstraint(
            "(state = 'REJECTED') = (error IS NOT NULL)", name=op.f("ck_reports_rejected_has_error")
        ),
        sa.CheckConstraint(
            "(feedback IS NULL) = (feedback_on IS NULL) AND (feedback IS NULL OR state = 'ACCEPTED')",
            name=op.f("ck_reports_feedback_has_day"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["listing_cases.id"], name=op.f("fk_reports_case_id_listing_cases")
        ),
        sa.ForeignKeyConstraint(
            ["list_version"], ["list_versions.number"], name=op.f("fk_reports_list_version_list_versions")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_reports_office_id_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("document_no", name=op.f("uq_reports_document_no")),
        sa.UniqueConstraint(
            "list_version", "receiver", "attempt", name=op.f("uq_reports_list_version_receiver_attempt")
        ),
        sa.UniqueConstraint("receiver", "receipt_no", name=op.f("uq_reports_receiver_receipt_no")),
    )
    op.create_index(op.f("ix_reports_case_id"), "reports", ["case_id"], unique=False)
    op.create_index(
        "uq_reports_one_standing",
        "reports",
        ["list_version", "receiver"],
        unique=True,
        sqlite_where=sa.text("state != 'REJECTED'"),
        postgresql_where=sa.text("state != 'REJECTED'"),
    )


def downgrade() -> None:
    op.drop_table("reports")
