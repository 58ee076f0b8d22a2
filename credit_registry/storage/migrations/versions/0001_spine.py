"""The spine: every table of the first version, as it was on the day it was numbered.

Written out, not taken from the table classes: those go on changing, a migration does not.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

# In the order in which they may be made; the reverse is the order in which they may go.
TABLES = (
    "audit_entries",
    "enterprises",
    "offices",
    "accounts",
    "api_keys",
    "assessments",
    "dirty_enterprises",
    "enterprise_codes",
    "enterprise_names",
    "import_batches",
    "lookups",
    "paper_numbers",
    "records",
    "delegations",
    "enterprise_versions",
    "import_rows",
    "listing_cases",
    "penalty_repairs",
    "personal_data",
    "record_versions",
    "sessions",
    "annotations",
    "attachments",
    "list_versions",
    "listing_grounds",
    "listing_persons",
    "listing_steps",
    "listing_clocks",
    "listing_papers",
)


def _statements(kind: str) -> list[str]:
    """Triggers, and the search index that no table class describes: one file for each engine."""
    dialect = op.get_bind().dialect.name
    file = Path(__file__).parents[1] / "sql" / f"0001_{kind}.{dialect}.sql"
    return [part.strip() for part in file.read_text(encoding="utf-8").split("\n-- next\n") if part.strip()]


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False, comment="gapless"),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("verb", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("facts", DOCUMENT, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entries_hash")),
    )
    op.create_index(op.f("ix_audit_entries_at"), "audit_entries", ["at"], unique=False)
    op.create_index(op.f("ix_audit_entries_subject"), "audit_entries", ["subject"], unique=False)
    op.create_table(
        "enterprises",
        sa.Column("id", ID, nullable=False),
        sa.Column("uscc", sa.String(length=32), nullable=True, comment="统一社会信用代码 (GB 32100)"),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column(
            "name_key",
            sa.String(length=300),
            nullable=False,
            comment="name folded by NFKC, brackets and case",
        ),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True, comment="成立日期"),
        sa.Column("enterprise_type", sa.String(length=100), nullable=True),
        sa.Column(
            "registered_capital", sa.String(length=100), nullable=True, comment="as written: units differ"
        ),
        sa.Column("scope", sa.Text(), nullable=True, comment="经营范围"),
        sa.Column("address", sa.String(length=500), nullable=True),
        sa.Column(
            "region_code",
            sa.String(length=32),
            nullable=True,
            comment="the registrar's region, not the place",
        ),
        sa.Column("subdistrict_code", sa.String(length=32), nullable=True, comment="街镇"),
        sa.Column(
            "industry_code", sa.String(length=32), nullable=True, comment="GB/T 4754-2017, letter and digits"
        ),
        sa.Column("size", sa.String(length=32), nullable=True, comment="micro small medium large"),
        sa.Column("is_high_risk", sa.Boolean(), nullable=True),
        sa.Column("is_fire_key_unit", sa.Boolean(), nullable=True, comment="消防安全重点单位"),
        sa.Column("parent_id", ID, nullable=True, comment="of a branch"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False, comment="when this version became known"),
        sa.CheckConstraint(
            "status IN ('active', 'deregistered', 'revoked')", name=op.f("ck_enterprises_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["enterprises.id"], name=op.f("fk_enterprises_parent_id_enterprises")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprises")),
        sa.UniqueConstraint("uscc", name=op.f("uq_enterprises_uscc")),
    )
    op.create_index(op.f("ix_enterprises_name_key"), "enterprises", ["name_key"], unique=False)
    op.create_index(
        op.f("ix_enterprises_subdistrict_code"), "enterprises", ["subdistrict_code"], unique=False
    )
    op.create_table(
        "offices",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=50), nullable=False),
        sa.Column("authority_code", sa.String(length=32), nullable=True, comment="its unified code, 11…"),
        sa.Column("domain", sa.String(length=32), nullable=True, comment="safety, fire, or null"),
        sa.Column("is_keeper", sa.Boolean(), nullable=False, comment="keeps the register for all"),
        sa.Column(
            "subdistrict_code",
            sa.String(length=32),
            nullable=True,
            comment="of a sub-district office: its scope",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offices")),
        sa.UniqueConstraint("authority_code", name=op.f("uq_offices_authority_code")),
        sa.UniqueConstraint("name", name=op.f("uq_offices_name")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", ID, nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("roles", DOCUMENT, nullable=False),
        sa.Column("subdistricts", DOCUMENT, nullable=False, comment="empty: the whole district"),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("totp_sealed", sa.Text(), nullable=True, comment="second factor, sealed, base64"),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", INSTANT, nullable=True),
        sa.Column("disabled_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("password_changed_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_accounts_office_id_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("login", name=op.f("uq_accounts_login")),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", ID, nullable=False),
        sa.Column("prefix", sa.String(length=32), nullable=False),
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False, comment="which system, for what"),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("scopes", DOCUMENT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_api_keys_office_id_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
    )
    op.create_table(
        "assessments",
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False, comment="the day it holds for"),
        sa.Column("ruleset", sa.String(length=100), nullable=False),
        sa.Column("ruleset_digest", sa.String(length=64), nullable=False),
        sa.Column("engine", sa.String(length=32), nullable=False),
        sa.Column(
            "watermark", sa.BigInteger(), nullable=False, comment="the newest record version it has seen"
        ),
        sa.Column("scale", sa.Integer(), nullable=False, comment="score units per point"),
        sa.Column("score", sa.Integer(), nullable=True, comment="null: no score"),
        sa.Column("grade", sa.String(length=32), nullable=False),
        sa.Column("domains", DOCUMENT, nullable=False, comment="per domain: score, grade"),
        sa.Column("next_change_on", sa.Date(), nullable=True, comment="by the calendar alone"),
        sa.Column("assessed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_assessments_enterprise_id_enterprises")
        ),
        sa.PrimaryKeyConstraint("enterprise_id", name=op.f("pk_assessments")),
    )
    op.create_index(op.f("ix_assessments_grade"), "assessments", ["grade"], unique=False)
    op.create_index(op.f("ix_assessments_next_change_on"), "assessments", ["next_change_on"], unique=False)
    op.create_table(
        "dirty_enterprises",
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_dirty_enterprises_enterprise_id_enterprises")
        ),
        sa.PrimaryKeyConstraint("enterprise_id", name=op.f("pk_dirty_enterprises")),
    )
    op.create_table(
        "enterprise_codes",
        sa.Column("uscc", sa.String(length=32), nullable=False),
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_enterprise_codes_enterprise_id_enterprises")
        ),
        sa.PrimaryKeyConstraint("uscc", name=op.f("pk_enterprise_codes")),
    )
    op.create_index(
        op.f("ix_enterprise_codes_enterprise_id"), "enterprise_codes", ["enterprise_id"], unique=False
    )
    op.create_table(
        "enterprise_names",
        sa.Column("id", ID, nullable=False),
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True, comment="null: the present name"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_enterprise_names_enterprise_id_enterprises")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_names")),
        sa.UniqueConstraint(
            "enterprise_id", "name_key", name=op.f("uq_enterprise_names_enterprise_id_name_key")
        ),
    )
    op.create_index(op.f("ix_enterprise_names_name_key"), "enterprise_names", ["name_key"], unique=False)
    op.create_table(
        "import_batches",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=100), nullable=True, comment="null once withdrawn"),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("layout", sa.String(length=100), nullable=False),
        sa.Column("filename", sa.String(length=300), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="bytes and layout"),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("office_id", ID, nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("duplicate", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("problems", DOCUMENT, nullable=False, comment="values masked"),
        sa.Column("timing", DOCUMENT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("withdrawn_by", sa.String(length=100), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column(
            "withdrawal_asked_by",
            sa.String(length=100),
            nullable=True,
            comment="the first of the two officers",
        ),
        sa.CheckConstraint("state IN ('done', 'withdrawn')", name=op.f("ck_import_batches_state_known")),
        sa.CheckConstraint(
            "accepted + duplicate + held + refused = rows_read", name=op.f("ck_import_batches_conserved")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_import_batches_office_id_offices")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batches")),
        sa.UniqueConstraint("key", name=op.f("uq_import_batches_key")),
    )
    op.create_index(op.f("ix_import_batches_digest"), "import_batches", ["digest"], unique=False)
    op.create_table(
        "lookups",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("office_id", ID, nullable=True),
        sa.Column("matter", sa.String(length=32), nullable=True),
        sa.Column(
            "purpose", sa.String(length=200), nullable=True, comment="case number of the asking office"
        ),
        sa.Column("query", sa.String(length=100), nullable=False, comment="the code asked for"),
        sa.Column("enterprise_id", ID, nullable=True),
        sa.Column("is_known", sa.Boolean(), nullable=False),
        sa.Column("list_version", sa.BigInteger(), nullable=False),
        sa.Column("answer", DOCUMENT, nullable=False, comment="grade and lists as answered"),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_lookups_enterprise_id_enterprises")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_lookups_office_id_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lookups")),
    )
    op.create_index(op.f("ix_lookups_at"), "lookups", ["at"], unique=False)
    op.create_index(op.f("ix_lookups_enterprise_id"), "lookups", ["enterprise_id"], unique=False)
    op.create_table(
        "paper_numbers",
        sa.Column("office_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_paper_numbers_office_id_offices")
        ),
        sa.PrimaryKeyConstraint("office_id", "kind", "year", name=op.f("pk_paper_numbers")),
    )
    op.create_table(
        "records",
        sa.Column("id", ID, nullable=False),
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column(
            "natural_key",
            sa.String(length=32),
            nullable=False,
            comment="128 bits of SHA-256 of authority, document number and kind of violation",
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="number of the newest version"),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('penalty', 'inspection', 'accident', 'hazard', 'honour', 'sealing', 'false_commitment', 'false_report', 'order_breach')",
            name=op.f("ck_records_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_records_enterprise_id_enterprises")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sa.UniqueConstraint(
            "enterprise_id", "natural_key", name=op.f("uq_records_enterprise_id_natural_key")
        ),
    )
    op.create_table(
        "delegations",
        sa.Column("id", ID, nullable=False),
        sa.Column("from_account_id", ID, nullable=False),
        sa.Column("to_account_id", ID, nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False, comment="half-open"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.CheckConstraint("from_account_id <> to_account_id", name=op.f("ck_delegations_not_to_self")),
        sa.ForeignKeyConstraint(
            ["from_account_id"], ["accounts.id"], name=op.f("fk_delegations_from_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["to_account_id"], ["accounts.id"], name=op.f("fk_delegations_to_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    op.create_index(op.f("ix_delegations_to_account_id"), "delegations", ["to_account_id"], unique=False)
    op.create_table(
        "enterprise_versions",
        sa.Column("id", ID, nullable=False),
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("superseded_at", INSTANT, nullable=True, comment="when the next version became known"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("batch_id", ID, nullable=True),
        sa.Column(
            "attributes", DOCUMENT, nullable=False, comment="every attribute of `enterprises` by its name"
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batches.id"], name=op.f("fk_enterprise_versions_batch_id_import_batches")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprises.id"],
            name=op.f("fk_enterprise_versions_enterprise_id_enterprises"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_versions")),
        sa.UniqueConstraint(
            "enterprise_id", "version", name=op.f("uq_enterprise_versions_enterprise_id_version")
        ),
    )
    op.create_index(
        op.f("ix_enterprise_versions_recorded_at"), "enterprise_versions", ["recorded_at"], unique=False
    )
    op.create_table(
        "import_rows",
        sa.Column("id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("sheet", sa.String(length=100), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False, comment="as the sender sees it"),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column(
            "raw_sealed",
            sa.LargeBinary(),
            nullable=False,
            comment="the original cells; may hold identity numbers",
        ),
        sa.Column(
            "cells_digest",
            sa.String(length=64),
            nullable=True,
            comment="keyed hash of the cells: the same row sent again waits once",
        ),
        sa.Column("shown", DOCUMENT, nullable=False, comment="the cells, masked"),
        sa.Column("problems", DOCUMENT, nullable=False),
        sa.Column("proposals", DOCUMENT, nullable=False, comment="ranked enterprises"),
        sa.Column("record_id", ID, nullable=True, comment="once resolved"),
        sa.Column("resolved_at", INSTANT, nullable=True),
        sa.Column("resolved_by", sa.String(length=100), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('held', 'refused', 'resolved', 'dropped')", name=op.f("ck_import_rows_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batches.id"], name=op.f("fk_import_rows_batch_id_import_batches")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_import_rows_record_id_records")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rows")),
        sa.UniqueConstraint("batch_id", "sheet", "row", name=op.f("uq_import_rows_batch_id_sheet_row")),
    )
    op.create_index(op.f("ix_import_rows_cells_digest"), "import_rows", ["cells_digest"], unique=False)
    op.create_index(op.f("ix_import_rows_state"), "import_rows", ["state"], unique=False)
    op.create_table(
        "listing_cases",
        sa.Column("id", ID, nullable=False),
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False, comment="the authority that decides"),
        sa.Column("list_kind", sa.String(length=32), nullable=False),
        sa.Column(
            "series", sa.String(length=32), nullable=False, comment="the instrument, such as safety-order-11"
        ),
        sa.Column("domain", sa.String(length=32), nullable=False, comment="safety or fire"),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False, comment="rules, officer, application"),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("drafter_id", ID, nullable=True, comment="who prepared the case"),
        sa.Column("reviewer_id", ID, nullable=True),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("noticed_on", sa.Date(), nullable=True, comment="the notice was served"),
        sa.Column(
            "window_until",
            sa.Date(),
            nullable=True,
            comment="last day for a statement, or for public comment",
        ),
        sa.Column("window_is_provisional", sa.Boolean(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True, comment="the period runs from this day"),
        sa.Column("decision_no", sa.String(length=100), nullable=True),
        sa.Column("served_on", sa.Date(), nullable=True, comment="the decision was served"),
        sa.Column("entered_on", sa.Date(), nullable=True, comment="entered in the ministry's own system"),
        sa.Column("listed_from", sa.Date(), nullable=True),
        sa.Column("listed_until", sa.Date(), nullable=True, comment="last day of the period"),
        sa.Column("ended_on", sa.Date(), nullable=True, comment="left the list"),
        sa.Column(
            "ended_by",
            sa.String(length=32),
            nullable=True,
            comment="repair expiry revocation removal successor",
        ),
        sa.Column(
            "ban_until", sa.Date(), nullable=True, comment="a statutory ban bars early removal until then"
        ),
        sa.Column("hidden_since", sa.Date(), nullable=True, comment="effect suspended: not shown while set"),
        sa.CheckConstraint(
            "NOT (state IN ('ACTIVE', 'REPAIR_APPLIED', 'REPAIR_ACCEPTED')) OR (listed_from IS NOT NULL AND listed_until IS NOT NULL AND decided_on IS NOT NULL AND drafter_id IS NOT NULL AND approver_id IS NOT NULL)",
            name=op.f("ck_listing_cases_entry_has_decision"),
        ),
        sa.CheckConstraint(
            "NOT (state IN ('ACTIVE', 'REPAIR_APPLIED', 'REPAIR_ACCEPTED')) OR list_kind = 'black' OR (window_until IS NOT NULL AND reviewed_on IS NOT NULL AND decided_on > window_until AND listed_from >= decided_on)",
            name=op.f("ck_listing_cases_red_entry_has_process"),
        ),
        sa.CheckConstraint(
            "NOT (state IN ('ACTIVE', 'REPAIR_APPLIED', 'REPAIR_ACCEPTED')) OR list_kind = 'red' OR (noticed_on IS NOT NULL AND window_until IS NOT NULL AND reviewed_on IS NOT NULL AND served_on IS NOT NULL AND noticed_on < window_until AND reviewed_on > window_until AND decided_on >= reviewed_on AND served_on >= decided_on AND listed_from >= served_on AND reviewer_id IS NOT NULL)",
            name=op.f("ck_listing_cases_black_entry_has_process"),
        ),
        sa.CheckConstraint("list_kind IN ('black', 'red')", name=op.f("ck_listing_cases_list_kind_known")),
        sa.CheckConstraint(
            "state IN ('CANDIDATE', 'NOTIFIED', 'STATED', 'NO_STATEMENT', 'REVIEWED', 'DECIDED', 'SERVED', 'RESTORED', 'APPLIED', 'PROPOSED', 'CHECKED', 'OPEN_COMMENT', 'APPROVED', 'ACTIVE', 'REPAIR_APPLIED', 'REPAIR_ACCEPTED', 'CLOSED', 'REMOVAL_DECIDED', 'REMOVED', 'REVOKED', 'REFUSED', 'EXPIRED', 'WITHDRAWN')",
            name=op.f("ck_listing_cases_state_known"),
        ),
        sa.CheckConstraint(
            "(approver_id IS NULL OR drafter_id IS NULL OR approver_id <> drafter_id)",
            name=op.f("ck_listing_cases_approver_not_drafter"),
        ),
        sa.CheckConstraint(
            "(approver_id IS NULL OR reviewer_id IS NULL OR approver_id <> reviewer_id)",
            name=op.f("ck_listing_cases_approver_not_reviewer"),
        ),
        sa.CheckConstraint(
            "(reviewer_id IS NULL OR drafter_id IS NULL OR reviewer_id <> drafter_id)",
            name=op.f("ck_listing_cases_reviewer_not_drafter"),
        ),
        sa.CheckConstraint("listed_until >= listed_from", name=op.f("ck_listing_cases_period_not_empty")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_listing_cases_version_positive")),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["accounts.id"], name=op.f("fk_listing_cases_approver_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["drafter_id"], ["accounts.id"], name=op.f("fk_listing_cases_drafter_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_listing_cases_enterprise_id_enterprises")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_listing_cases_office_id_offices")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["accounts.id"], name=op.f("fk_listing_cases_reviewer_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_cases")),
    )
    op.create_index(
        op.f("ix_listing_cases_enterprise_id_state"),
        "listing_cases",
        ["enterprise_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_listing_cases_list_kind_state_listed_from"),
        "listing_cases",
        ["list_kind", "state", "listed_from"],
        unique=False,
    )
    op.create_index(
        op.f("ix_listing_cases_office_id_state"), "listing_cases", ["office_id", "state"], unique=False
    )
    op.create_index(
        "uq_listing_cases_one_entry",
        "listing_cases",
        ["enterprise_id", "series", "office_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('ACTIVE', 'REPAIR_APPLIED', 'REPAIR_ACCEPTED')"),
        postgresql_where=sa.text("state IN ('ACTIVE', 'REPAIR_APPLIED', 'REPAIR_ACCEPTED')"),
    )
    op.create_index(
        "uq_listing_cases_one_open",
        "listing_cases",
        ["enterprise_id", "series", "office_id"],
        unique=True,
        sqlite_where=sa.text(
            "state IN ('CANDIDATE', 'NOTIFIED', 'STATED', 'NO_STATEMENT', 'REVIEWED', 'DECIDED', 'SERVED', 'RESTORED', 'APPLIED', 'PROPOSED', 'CHECKED', 'OPEN_COMMENT', 'APPROVED')"
        ),
        postgresql_where=sa.text(
            "state IN ('CANDIDATE', 'NOTIFIED', 'STATED', 'NO_STATEMENT', 'REVIEWED', 'DECIDED', 'SERVED', 'RESTORED', 'APPLIED', 'PROPOSED', 'CHECKED', 'OPEN_COMMENT', 'APPROVED')"
        ),
    )
    op.create_table(
        "penalty_repairs",
        sa.Column("id", ID, nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "regime",
            sa.String(length=32),
            nullable=False,
            comment="order-58 or order-36, by the day of the document",
        ),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("drafter_id", ID, nullable=True, comment="who took it in"),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "state IN ('APPLIED', 'ACCEPTED', 'ALLOWED', 'NOT_ACCEPTED', 'DENIED', 'RESTORED')",
            name=op.f("ck_penalty_repairs_state_known"),
        ),
        sa.CheckConstraint(
            "(approver_id IS NULL OR drafter_id IS NULL OR approver_id <> drafter_id)",
            name=op.f("ck_penalty_repairs_approver_not_drafter"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_penalty_repairs_version_positive")),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["accounts.id"], name=op.f("fk_penalty_repairs_approver_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["drafter_id"], ["accounts.id"], name=op.f("fk_penalty_repairs_drafter_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_penalty_repairs_enterprise_id_enterprises")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_penalty_repairs_office_id_offices")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_penalty_repairs_record_id_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalty_repairs")),
    )
    op.create_index(
        op.f("ix_penalty_repairs_enterprise_id"), "penalty_repairs", ["enterprise_id"], unique=False
    )
    op.create_index(
        op.f("ix_penalty_repairs_office_id_state"), "penalty_repairs", ["office_id", "state"], unique=False
    )
    op.create_index(op.f("ix_penalty_repairs_record_id"), "penalty_repairs", ["record_id"], unique=False)
    op.create_index(
        "uq_penalty_repairs_one_open",
        "penalty_repairs",
        ["record_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('APPLIED', 'ACCEPTED')"),
        postgresql_where=sa.text("state IN ('APPLIED', 'ACCEPTED')"),
    )
    op.create_table(
        "personal_data",
        sa.Column("id", ID, nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False, comment="legal_representative, party, …"),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("name_masked", sa.String(length=100), nullable=True),
        sa.Column("id_kind", sa.String(length=32), nullable=True),
        sa.Column("id_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_digest", sa.String(length=64), nullable=True),
        sa.Column("id_masked", sa.String(length=64), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_personal_data_record_id_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_data")),
    )
    op.create_index(op.f("ix_personal_data_id_digest"), "personal_data", ["id_digest"], unique=False)
    op.create_index(op.f("ix_personal_data_record_id"), "personal_data", ["record_id"], unique=False)
    op.create_table(
        "record_versions",
        sa.Column("id", ID, nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False, comment="our clock: when we knew"),
        sa.Column("superseded_at", INSTANT, nullable=True, comment="when the next version was recorded"),
        sa.Column(
            "change",
            sa.String(length=32),
            nullable=False,
            comment="original, correction, revocation, repair, …",
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("batch_id", ID, nullable=True),
        sa.Column(
            "source_row", sa.Integer(), nullable=True, comment="line of the file as its sender sees it"
        ),
        sa.Column(
            "content_digest", sa.String(length=32), nullable=False, comment="equal content is a duplicate"
        ),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("domain", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column(
            "event_key", sa.String(length=100), nullable=True, comment="links the records of one event"
        ),
        sa.Column("dated_on", sa.Date(), nullable=False, comment="the day its periods run from"),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("document_no", sa.String(length=150), nullable=True, comment="normalised"),
        sa.Column("document_no_raw", sa.String(length=150), nullable=True),
        sa.Column("authority_name", sa.String(length=200), nullable=True),
        sa.Column("authority_code", sa.String(length=32), nullable=True),
        sa.Column("source_name", sa.String(length=200), nullable=True, comment="数据来源单位"),
        sa.Column("source_code", sa.String(length=32), nullable=True),
        sa.Column("cause", sa.String(length=500), nullable=True, comment="违法行为类型, normalised"),
        sa.Column("breach_class", sa.String(length=32), nullable=True, comment="minor general serious"),
        sa.Column(
            "breach_class_origin",
            sa.String(length=32),
            nullable=True,
            comment="department proposed confirmed",
        ),
        sa.Column("penalty_kinds", sa.String(length=200), nullable=True, comment="codes joined by ;"),
        sa.Column("is_simple_procedure", sa.Boolean(), nullable=True),
        sa.Column("fine_fen", sa.BigInteger(), nullable=True),
        sa.Column("confiscated_fen", sa.BigInteger(), nullable=True),
        sa.Column("fine_due_on", sa.Date(), nullable=True),
        sa.Column("fine_paid_on", sa.Date(), nullable=True),
        sa.Column("fine_state", sa.String(length=32), nullable=True, comment="unknown paid unpaid"),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("publish_until", sa.Date(), nullable=True, comment="公示截止期 as sent"),
        sa.Column("method", sa.String(length=32), nullable=True),
        sa.Column("result", sa.String(length=32), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("rechecked_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("accident_level", sa.String(length=32), nullable=True, comment="computed from the toll"),
        sa.Column("accident_level_reported", sa.String(length=32), nullable=True),
        sa.Column("deaths", sa.Integer(), nullable=True),
        sa.Column("serious_injuries", sa.Integer(), nullable=True),
        sa.Column("loss_fen", sa.BigInteger(), nullable=True),
        sa.Column("responsibility", sa.String(length=32), nullable=True),
        sa.Column("is_late_report", sa.Boolean(), nullable=True),
        sa.Column("is_concealed", sa.Boolean(), nullable=True),
        sa.Column("is_fire", sa.Boolean(), nullable=True),
        sa.Column("found_by", sa.String(length=32), nullable=True),
        sa.Column("hazard_grade", sa.String(length=32), nullable=True),
        sa.Column("supervision_level", sa.String(length=32), nullable=True, comment="挂牌督办"),
        sa.Column("is_overdue", sa.Boolean(), nullable=True, comment="as the authority confirmed"),
        sa.Column("honour_kind", sa.String(length=32), nullable=True),
        sa.Column("honour_level", sa.String(length=32), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("condition_tags", sa.String(length=100), nullable=True, comment="set by an officer"),
        sa.Column("reason", sa.Text(), nullable=True, comment="why this version exists"),
        sa.Column("facts", sa.Text(), nullable=True, comment="违法事实"),
        sa.Column("basis", sa.Text(), nullable=True, comment="处罚依据"),
        sa.Column("content", sa.Text(), nullable=True, comment="处罚内容"),
        sa.Column("details", DOCUMENT, nullable=False, comment="what no column holds"),
        sa.CheckConstraint("domain IN ('safety', 'fire')", name=op.f("ck_record_versions_domain_known")),
        sa.CheckConstraint(
            "state IN ('live', 'pending', 'repaired', 'revoked', 'withdrawn', 'not_responsible')",
            name=op.f("ck_record_versions_state_known"),
        ),
        sa.CheckConstraint("fine_fen >= 0", name=op.f("ck_record_versions_fine_not_negative")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_record_versions_version_positive")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batches.id"], name=op.f("fk_record_versions_batch_id_import_batches")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_record_versions_enterprise_id_enterprises")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_record_versions_record_id_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_versions")),
        sa.UniqueConstraint(
            "enterprise_id",
            "record_id",
            "version",
            name=op.f("uq_record_versions_enterprise_id_record_id_version"),
        ),
    )
    op.create_index(op.f("ix_record_versions_batch_id"), "record_versions", ["batch_id"], unique=False)
    op.create_index(
        "ix_record_versions_event_key",
        "record_versions",
        ["event_key"],
        unique=False,
        sqlite_where=sa.text("event_key IS NOT NULL"),
        postgresql_where=sa.text("event_key IS NOT NULL"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_account_id"), "sessions", ["account_id"], unique=False)
    op.create_table(
        "annotations",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("record_id", ID, nullable=True),
        sa.Column("office_id", ID, nullable=False, comment="who answers"),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False, comment="as filed; masked on the way out"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.String(length=100), nullable=True),
        sa.Column("answerer_id", ID, nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('objection', 'reconsideration', 'lawsuit')", name=op.f("ck_annotations_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'upheld', 'rejected', 'withdrawn')", name=op.f("ck_annotations_state_known")
        ),
        sa.CheckConstraint(
            "(record_id IS NULL) <> (case_id IS NULL)", name=op.f("ck_annotations_one_object")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_annotations_version_positive")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_annotations_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["answerer_id"], ["accounts.id"], name=op.f("fk_annotations_answerer_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["listing_cases.id"], name=op.f("fk_annotations_case_id_listing_cases")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_annotations_office_id_offices")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_annotations_record_id_records")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotations")),
    )
    op.create_index(op.f("ix_annotations_case_id"), "annotations", ["case_id"], unique=False)
    op.create_index(op.f("ix_annotations_record_id"), "annotations", ["record_id"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("id", ID, nullable=False),
        sa.Column("record_id", ID, nullable=True),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False, comment="what it shows, such as 送达回证"),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="bytes"),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint("(record_id IS NULL) <> (case_id IS NULL)", name=op.f("ck_attachments_one_owner")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["listing_cases.id"], name=op.f("fk_attachments_case_id_listing_cases")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_attachments_record_id_records")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_case_id"), "attachments", ["case_id"], unique=False)
    op.create_index(op.f("ix_attachments_record_id"), "attachments", ["record_id"], unique=False)
    op.create_index(op.f("ix_attachments_sha256"), "attachments", ["sha256"], unique=False)
    op.create_table(
        "list_versions",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("list_kind", sa.String(length=32), nullable=False),
        sa.Column("change", sa.String(length=32), nullable=False, comment="shown or hidden"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["listing_cases.id"], name=op.f("fk_list_versions_case_id_listing_cases")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_list_versions")),
    )
    op.create_index(op.f("ix_list_versions_case_id"), "list_versions", ["case_id"], unique=False)
    op.create_table(
        "listing_grounds",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("condition", sa.String(length=32), nullable=False, comment="6-1 … 7-4"),
        sa.Column("record_id", ID, nullable=False),
        sa.Column("document_no", sa.String(length=150), nullable=True),
        sa.Column("fell_at", INSTANT, nullable=True, comment="the record was revoked"),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["listing_cases.id"], name=op.f("fk_listing_grounds_case_id_listing_cases")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_listing_grounds_record_id_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_grounds")),
        sa.UniqueConstraint(
            "case_id", "condition", "record_id", name=op.f("uq_listing_grounds_case_id_condition_record_id")
        ),
    )
    op.create_index(op.f("ix_listing_grounds_record_id"), "listing_grounds", ["record_id"], unique=False)
    op.create_table(
        "listing_persons",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column(
            "role",
            sa.String(length=32),
            nullable=False,
            comment="principal (主要负责人), responsible, direct, other",
        ),
        sa.Column("condition", sa.String(length=32), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_masked", sa.String(length=100), nullable=False),
        sa.Column("id_kind", sa.String(length=32), nullable=False),
        sa.Column("id_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id_digest", sa.String(length=64), nullable=False),
        sa.Column("id_masked", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "role IN ('principal', 'responsible', 'direct', 'other')",
            name=op.f("ck_listing_persons_role_known"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["listing_cases.id"], name=op.f("fk_listing_persons_case_id_listing_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_persons")),
        sa.UniqueConstraint(
            "case_id", "id_digest", "condition", name=op.f("uq_listing_persons_case_id_id_digest_condition")
        ),
    )
    op.create_index(op.f("ix_listing_persons_case_id"), "listing_persons", ["case_id"], unique=False)
    op.create_index(op.f("ix_listing_persons_id_digest"), "listing_persons", ["id_digest"], unique=False)
    op.create_table(
        "listing_steps",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column(
            "number", sa.Integer(), nullable=False, comment="the version of the case that this step made"
        ),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("from_state", sa.String(length=32), nullable=True),
        sa.Column("to_state", sa.String(length=32), nullable=False),
        sa.Column("account_id", ID, nullable=True, comment="null: the clock or the rules"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("actor_name", sa.String(length=100), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False, comment="the legal day of the act"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("facts", DOCUMENT, nullable=False),
        sa.Column("listed_from", sa.Date(), nullable=True, comment="of the entry after this step"),
        sa.Column("listed_until", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.String(length=32), nullable=True),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_listing_steps_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["listing_cases.id"], name=op.f("fk_listing_steps_case_id_listing_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_steps")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_listing_steps_case_id_number")),
    )
    op.create_index(op.f("ix_listing_steps_at"), "listing_steps", ["at"], unique=False)
    op.create_table(
        "listing_clocks",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("repair_id", ID, nullable=True),
        sa.Column("annotation_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False, comment="this day is not counted"),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False, comment="the last day"),
        sa.Column(
            "is_provisional",
            sa.Boolean(),
            nullable=False,
            comment="depends on a year whose notice is not out",
        ),
        sa.Column(
            "calendar", sa.String(length=32), nullable=False, comment="version of the working-day table"
        ),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column(
            "stopped_on", sa.Date(), nullable=True, comment="no longer owed: the case took another road"
        ),
        sa.CheckConstraint(
            "unit IN ('working_day', 'day', 'month')", name=op.f("ck_listing_clocks_unit_known")
        ),
        sa.CheckConstraint("due_on >= starts_on", name=op.f("ck_listing_clocks_due_after_start")),
        sa.CheckConstraint(
            "met_on IS NULL OR stopped_on IS NULL", name=op.f("ck_listing_clocks_met_or_stopped")
        ),
        sa.ForeignKeyConstraint(
            ["annotation_id"], ["annotations.id"], name=op.f("fk_listing_clocks_annotation_id_annotations")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["listing_cases.id"], name=op.f("fk_listing_clocks_case_id_listing_cases")
        ),
        sa.ForeignKeyConstraint(
            ["repair_id"], ["penalty_repairs.id"], name=op.f("fk_listing_clocks_repair_id_penalty_repairs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_clocks")),
    )
    op.create_index(
        op.f("ix_listing_clocks_annotation_id"), "listing_clocks", ["annotation_id"], unique=False
    )
    op.create_index(op.f("ix_listing_clocks_case_id"), "listing_clocks", ["case_id"], unique=False)
    op.create_index(op.f("ix_listing_clocks_due_on"), "listing_clocks", ["due_on"], unique=False)
    op.create_index(op.f("ix_listing_clocks_repair_id"), "listing_clocks", ["repair_id"], unique=False)
    op.create_table(
        "listing_papers",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("step_id", ID, nullable=True),
        sa.Column("repair_id", ID, nullable=True),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True, comment="of the number; null for papers received"),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("document_no", sa.String(length=100), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("fields", DOCUMENT, nullable=False, comment="what was filled in"),
        sa.Column(
            "template",
            sa.String(length=100),
            nullable=True,
            comment="template and its day, for papers we issue",
        ),
        sa.Column("text", sa.Text(), nullable=True, comment="as issued"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "(serial IS NULL) = (year IS NULL)", name=op.f("ck_listing_papers_serial_with_year")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["listing_cases.id"], name=op.f("fk_listing_papers_case_id_listing_cases")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_listing_papers_office_id_offices")
        ),
        sa.ForeignKeyConstraint(
            ["repair_id"], ["penalty_repairs.id"], name=op.f("fk_listing_papers_repair_id_penalty_repairs")
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["listing_steps.id"], name=op.f("fk_listing_papers_step_id_listing_steps")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_papers")),
        sa.UniqueConstraint(
            "office_id", "kind", "year", "serial", name=op.f("uq_listing_papers_office_id_kind_year_serial")
        ),
    )
    op.create_index(
        op.f("ix_listing_papers_case_id_kind"), "listing_papers", ["case_id", "kind"], unique=False
    )
    op.create_index(op.f("ix_listing_papers_repair_id"), "listing_papers", ["repair_id"], unique=False)
    for statement in _statements("make"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in _statements("drop"):
        op.get_bind().exec_driver_sql(statement)
    for name in reversed(TABLES):
        op.drop_table(name)
