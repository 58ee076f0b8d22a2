"""Offices change and close."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("offices", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column(
        "offices",
        sa.Column(
            "closed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="acts no more; what it did stays its own",
        ),
    )


def downgrade() -> None:
    op.drop_column("offices", "closed_at")
    op.drop_column("offices", "version")
