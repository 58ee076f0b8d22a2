"""Penalties of persons, kept with the enterprise they concern."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
STANDING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "person_penalties",
        sa.Column("id", ID, nullable=False),
        sa.Column("enterprise_id", ID, nullable=False, comment="named by an officer"),
        sa.Column(
            "role",
            sa.String(length=32),
            nullable=False,
            comment="principal (主要负责人), … as the statutes say",
        ),
        sa.Column(
            "natural_key",
            sa.String(length=64),
            nullable=False,
            comment="keyed hash of authority, document number, kind of violation and person",
        ),
        sa.Column(
            "content_digest", sa.String(length=32), nullable=False, comment="equal content is a duplicate"
        ),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column(
            "said",
            DOCUMENT,
            nullable=False,
            comment="the penalty as told, by column of the record vocabulary",
        ),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_masked", sa.String(length=100), nullable=False),
        sa.Column("id_kind", sa.String(length=32), nullable=True),
        sa.Column("id_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_digest", sa.String(length=64), nullable=True),
        sa.Column("id_masked", sa.String(length=64), nullable=True),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column(
            "source_row", sa.Integer(), nullable=False, comment="line of the file as its sender sees it"
        ),
        sa.Column("recorded_at", INSTANT, nullable=False, comment="our clock: when we knew"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="why it concerns the enterprise"),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", sa.String(length=100), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL)",
            name=op.f("ck_person_penalties_ended_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batches.id"], name=op.f("fk_person_penalties_batch_id_import_batches")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_person_penalties_enterprise_id_enterprises")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_penalties")),
    )
    for column in ("batch_id", "enterprise_id", "id_digest"):
        op.create_index(op.f(f"ix_person_penalties_{column}"), "person_penalties", [column], unique=False)
    op.create_index(
        "ux_person_penalties_natural_key",
        "person_penalties",
        ["natural_key"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def downgrade() -> None:
    op.drop_table("person_penalties")
