"""The worker drafts a yearly act too."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column(
        "import_jobs",
        sa.Column("year", sa.Integer(), nullable=True, comment="of the yearly act to draft; null: an import"),
    )


def downgrade() -> None:
    op.drop_column("import_jobs", "year")
