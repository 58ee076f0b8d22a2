"""When a signed-in officer last gave the password again."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column(
        "sessions",
        sa.Column(
            "proved_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="password given again; null: since it began",
        ),
    )


def downgrade() -> None:
    op.drop_column("sessions", "proved_at")
