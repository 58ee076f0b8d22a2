"""Enterprises: a surrogate key, a chain of versions, dated names and codes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, Table, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from credit_registry.storage.tables.metadata import Code, Id, Row


class EnterpriseRow(Row):
    """An enterprise as it is known now; `enterprise_versions` holds how it was known before."""

    __tablename__ = "enterprises"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'deregistered', 'revoked')", name="status_known"),
        Index(None, "name_key"),
        Index(None, "subdistrict_code"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    uscc: Mapped[str | None] = mapped_column(Code, unique=True, comment="统一社会信用代码 (GB 32100)")
    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(String(300), comment="name folded by NFKC, brackets and case")
    status: Mapped[str] = mapped_column(Code, default="active")
    registered_on: Mapped[date | None] = mapped_column(comment="成立日期")
    enterprise_type: Mapped[str | None] = mapped_column(String(100))
    registered_capital: Mapped[str | None] = mapped_column(String(100), comment="as written: units differ")
    scope: Mapped[str | None] = mapped_column(Text, comment="经营范围")
    address: Mapped[str | None] = mapped_column(String(500))
    region_code: Mapped[str | None] = mapped_column(Code, comment="the registrar's region, not the place")
    subdistrict_code: Mapped[str | None] = mapped_column(Code, comment="街镇")
    industry_code: Mapped[str | None] = mapped_column(Code, comment="GB/T 4754-2017, letter and digits")
    size: Mapped[str | None] = mapped_column(Code, comment="micro small medium large")
    is_high_risk: Mapped[bool | None] = mapped_column()
    is_fire_key_unit: Mapped[bool | None] = mapped_column(comment="消防安全重点单位")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("enterprises.id"), comment="of a branch")
    version: Mapped[int] = mapped_column(default=1)
    recorded_at: Mapped[datetime] = mapped_column(comment="when this version became known")


class EnterpriseVersionRow(Row):
    """One state of our knowledge of an enterprise; never changed but for the end of its own validity."""

    __tablename__ = "enterprise_versions"
    __table_args__ = (UniqueConstraint("enterprise_id", "version"), Index(None, "recorded_at"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"))
    version: Mapped[int] = mapped_column()
    recorded_at: Mapped[datetime] = mapped_column()
    superseded_at: Mapped[datetime | None] = mapped_column(comment="when the next version became known")
    actor: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str | None] = mapped_column(Text)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batches.id"))
    attributes: Mapped[dict[str, Any]] = mapped_column(comment="every attribute of `enterprises` by its name")


class EnterpriseNameRow(Row):
    """A name an enterprise bears or bore (曾用名); search and matching read these."""

    __tablename__ = "enterprise_names"
    __table_args__ = (UniqueConstraint("enterprise_id", "name_key"), Index(None, "name_key"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"))
    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(String(300))
    valid_from: Mapped[date | None] = mapped_column()
    valid_until: Mapped[date | None] = mapped_column(comment="null: the present name")
    recorded_at: Mapped[datetime] = mapped_column()


class EnterpriseCodeRow(Row):
    """A unified code an enterprise bears or bore; a former code still finds it."""

    __tablename__ = "enterprise_codes"

    uscc: Mapped[str] = mapped_column(Code, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"), index=True)
    valid_from: Mapped[date | None] = mapped_column()
    valid_until: Mapped[date | None] = mapped_column()
    recorded_at: Mapped[datetime] = mapped_column()


# Search by two characters. FTS5's trigrams and pg_trgm find nothing for two, LIKE scans; so every name is kept as
# its overlapping pairs (domain/names.py): FTS5 matches them as a phrase, a GIN index over an array contains them.
# Neither is a table that SQLAlchemy could declare, so the statements hang on the table whose rows they index:
# `create_all` makes both, and a migration executes the same ones (`search_statements`).
_SEARCH_MADE: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE VIRTUAL TABLE enterprise_search USING fts5(grams, content='', tokenize='unicode61 remove_diacritics 0')",
    ),
    "postgresql": (
        (
            "CREATE TABLE enterprise_search (name_id bigint NOT NULL CONSTRAINT pk_enterprise_search PRIMARY KEY "
            "CONSTRAINT fk_enterprise_search_name_id_enterprise_names REFERENCES enterprise_names (id), "
            "folded text NOT NULL, grams text[] NOT NULL)"
        ),
        # Without fastupdate: a list of pending entries would be read through by every search until the next vacuum.
        "CREATE INDEX ix_enterprise_search_grams ON enterprise_search USING gin (grams) WITH (fastupdate = off)",
    ),
}
_SEARCH_DROPPED = "DROP TABLE IF EXISTS enterprise_search"


def search_statements(dialect: str) -> tuple[str, ...]:
    """The statements that make the search index on an engine; it stands beside the metadata, not in it."""
    return _SEARCH_MADE[dialect]


def _attach(table: Table) -> None:
    for dialect, statements in _SEARCH_MADE.items():
        for statement in statements:
            event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))
    event.listen(table, "before_drop", DDL(_SEARCH_DROPPED))


_attach(EnterpriseNameRow.metadata.tables["enterprise_names"])
