"""Other departments' lists, for reading."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "other_listings",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "natural_key",
            sa.String(length=32),
            nullable=False,
            comment="128 bits of SHA-256 of code, list, authority and number or day",
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False, comment="our clock: when we knew"),
        sa.Column("superseded_at", INSTANT, nullable=True, comment="when the next version was recorded"),
        sa.Column("change", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True, comment="why this version exists"),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column(
            "source_row", sa.Integer(), nullable=False, comment="line of the file as its sender sees it"
        ),
        sa.Column(
            "content_digest", sa.String(length=32), nullable=False, comment="equal content is a duplicate"
        ),
        sa.Column("uscc", sa.String(length=32), nullable=False, comment="as the list says it"),
        sa.Column("name", sa.String(length=300), nullable=False, comment="as the list says it"),
        sa.Column("list_colour", sa.String(length=32), nullable=False),
        sa.Column("list_name", sa.String(length=200), nullable=False),
        sa.Column("authority_name", sa.String(length=200), nullable=True),
        sa.Column("authority_code", sa.String(length=32), nullable=True),
        sa.Column("source_name", sa.String(length=200), nullable=True, comment="数据来源单位"),
        sa.Column("document_no", sa.String(length=150), nullable=True),
        sa.Column("listed_on", sa.Date(), nullable=True),
        sa.Column("listed_until", sa.Date(), nullable=True, comment="last day; null: no end known"),
        sa.Column("removed_on", sa.Date(), nullable=True, comment="from this day no longer on the list"),
        sa.Column("cause", sa.String(length=500), nullable=True),
        sa.Column("grounds", sa.Text(), nullable=True, comment="列入事由"),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("details", DOCUMENT, nullable=False, comment="what no column holds"),
        sa.CheckConstraint(
            "list_colour IN ('black', 'red', 'attention')", name=op.f("ck_other_listings_list_colour_known")
        ),
        sa.CheckConstraint("state IN ('live', 'withdrawn')", name=op.f("ck_other_listings_state_known")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batches.id"], name=op.f("fk_other_listings_batch_id_import_batches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_listings")),
        sa.UniqueConstraint("natural_key", "version", name=op.f("uq_other_listings_natural_key_version")),
    )
    op.create_index(op.f("ix_other_listings_batch_id"), "other_listings", ["batch_id"], unique=False)
    op.create_index(op.f("ix_other_listings_uscc"), "other_listings", ["uscc"], unique=False)


def downgrade() -> None:
    op.drop_table("other_listings")
