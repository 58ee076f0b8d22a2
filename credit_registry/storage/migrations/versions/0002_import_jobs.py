"""Imports in the background: the table of jobs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "import_jobs",
        sa.Column("id", ID, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=True, comment="the client's, of its office"),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("layout", sa.String(length=100), nullable=True),
        sa.Column("sheet", sa.String(length=100), nullable=True),
        sa.Column("encoding", sa.String(length=32), nullable=True),
        sa.Column(
            "is_confirmed", sa.Boolean(), nullable=False, comment="a person looked at a file that needs it"
        ),
        sa.Column("filename", sa.String(length=300), nullable=False),
        sa.Column(
            "upload",
            sa.String(length=80),
            nullable=False,
            comment="name of the stored file: its SHA-256 and a mark",
        ),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("key_id", ID, nullable=True),
        sa.Column("office_id", ID, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("heartbeat_at", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column(
            "claim",
            sa.String(length=32),
            nullable=True,
            comment="of the worker that runs it: nobody else may end it",
        ),
        sa.Column("stage", sa.String(length=32), nullable=True),
        sa.Column("done_rows", sa.Integer(), nullable=False),
        sa.Column("all_rows", sa.Integer(), nullable=False, comment="0: not known yet"),
        sa.Column("batch_id", ID, nullable=True),
        sa.Column("result", DOCUMENT, nullable=True),
        sa.Column("refusal", DOCUMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'queued', 'running', 'done', 'refused')",
            name=op.f("ck_import_jobs_state_known"),
        ),
        sa.CheckConstraint(
            "state <> 'running' OR (claim IS NOT NULL AND heartbeat_at IS NOT NULL)",
            name=op.f("ck_import_jobs_claimed"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_import_jobs_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name=op.f("fk_import_jobs_key_id_api_keys")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_import_jobs_office_id_offices")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batches.id"], name=op.f("fk_import_jobs_batch_id_import_batches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_jobs")),
    )
    op.create_index(op.f("ix_import_jobs_key"), "import_jobs", ["key"], unique=False)
    op.create_index(op.f("ix_import_jobs_state"), "import_jobs", ["state"], unique=False)


def downgrade() -> None:
    op.drop_table("import_jobs")
