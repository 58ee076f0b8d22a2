"""Versions are found by their record: a page of entries asked the whole table for each ground."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_index(op.f("ix_record_versions_record_id"), "record_versions", ["record_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_record_versions_record_id"), table_name="record_versions")
