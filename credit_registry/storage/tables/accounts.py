"""Offices, the people who act for them, their sessions, and the keys of other systems."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from credit_registry.storage.tables.metadata import Code, Id, Row


class OfficeRow(Row):
    """A department, fire brigade or sub-district office that acts in the registry."""

    __tablename__ = "offices"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    short_name: Mapped[str] = mapped_column(String(50))
    authority_code: Mapped[str | None] = mapped_column(Code, unique=True, comment="its unified code, 11…")
    domain: Mapped[str | None] = mapped_column(Code, comment="safety, fire, or null")
    is_keeper: Mapped[bool] = mapped_column(default=False, comment="keeps the register for all")
    subdistrict_code: Mapped[str | None] = mapped_column(Code, comment="of a sub-district office: its scope")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    closed_at: Mapped[datetime | None] = mapped_column(comment="acts no more; what it did stays its own")


class AccountRow(Row):
    """A person who signs in."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    person_digest: Mapped[str | None] = mapped_column(
        String(64), index=True, comment="keyed hash of the staff or identity number: one person, all accounts"
    )
    password_hash: Mapped[str] = mapped_column(String(200))
    roles: Mapped[list[Any]] = mapped_column()
    subdistricts: Mapped[list[Any]] = mapped_column(default=list, comment="empty: the whole district")
    must_change_password: Mapped[bool] = mapped_column(default=True)
    totp_sealed: Mapped[str | None] = mapped_column(Text, comment="second factor, sealed, base64")
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column()
    disabled_at: Mapped[datetime | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column()
    password_changed_at: Mapped[datetime] = mapped_column()
    version: Mapped[int] = mapped_column(default=1)


class DelegationRow(Row):
    """One role of one person, lent to another for a time, with a reason."""

    __tablename__ = "delegations"
    __table_args__ = (CheckConstraint("from_account_id <> to_account_id", name="not_to_self"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    from_account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    to_account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str] = mapped_column(Code)
    valid_from: Mapped[date] = mapped_column()
    valid_until: Mapped[date] = mapped_column(comment="half-open")
    reason: Mapped[str] = mapped_column(Text)
    revoked_at: Mapped[datetime | None] = mapped_column()


class SessionRow(Row):
    """A signed-in browser; the cookie holds a random token, this its hash."""

    __tablename__ = "sessions"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime] = mapped_column()
    seen_at: Mapped[datetime] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()
    proved_at: Mapped[datetime | None] = mapped_column(comment="password given again; null: since it began")
    address: Mapped[str | None] = mapped_column(String(64))


class ApiKeyRow(Row):
    """A key of another system: its name and the hash of its secret, never the secret."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    prefix: Mapped[str] = mapped_column(Code, unique=True)
    secret_digest: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200), comment="which system, for what")
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    scopes: Mapped[list[Any]] = mapped_column()
    created_at: Mapped[datetime] = mapped_column()
    expires_on: Mapped[date] = mapped_column()
    revoked_at: Mapped[datetime | None] = mapped_column()
    last_used_on: Mapped[date | None] = mapped_column()
