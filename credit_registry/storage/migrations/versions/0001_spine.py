"""The spine: every table of the first version."""

from alembic import op

from credit_registry.storage.tables.metadata import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    metadata.drop_all(op.get_bind())
