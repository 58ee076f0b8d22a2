"""Offices, accounts, delegations, sessions and keys: find, page, count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import aliased

from credit_registry.storage.database import Session
from credit_registry.storage.tables.accounts import (
    AccountRow,
    ApiKeyRow,
    DelegationRow,
    OfficeRow,
    SessionRow,
)
from credit_registry.storage.tables.audit import AuditRow
from credit_registry.storage.tables.listings import ListingCaseRow
from credit_registry.storage.tables.records import RecordVersionRow
from credit_registry.storage.tables.representatives import RepresentativeRow


def find_office(session: Session, office_id: int) -> OfficeRow | None:
    return session.get(OfficeRow, office_id)


def find_office_named(session: Session, name: str) -> OfficeRow | None:
    """By full or short name, or by authority code."""
    found = session.scalars(
        select(OfficeRow)
        .where((OfficeRow.name == name) | (OfficeRow.short_name == name) | (OfficeRow.authority_code == name))
        .order_by(OfficeRow.id)
    )
    return found.first()


def find_office_to_change(session: Session, office_id: int) -> OfficeRow | None:
    """The office with its row locked until the end of the transaction, read afresh."""
    query = select(OfficeRow).where(OfficeRow.id == office_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).first()


def is_code_used(session: Session, authority_code: str) -> bool:
    """Whether a record names the authority by this code."""
    query = select(RecordVersionRow.id).where(RecordVersionRow.authority_code == authority_code).limit(1)
    return session.scalar(query) is not None


@dataclass(frozen=True)
class Ties:
    """Who and what still acts for an office: logins, prefixes of keys, cases."""

    accounts: tuple[str, ...]
    keys: tuple[str, ...]
    cases: tuple[int, ...]


def ties(session: Session, office_id: int, *, on: date, ended: Sequence[str]) -> Ties:
    """What must come to an end before the office can."""
    people = select(AccountRow.login).where(
        AccountRow.office_id == office_id, AccountRow.disabled_at.is_(None)
    )
    held = select(ApiKeyRow.prefix).where(
        ApiKeyRow.office_id == office_id, ApiKeyRow.revoked_at.is_(None), ApiKeyRow.expires_on >= on
    )
    running = select(ListingCaseRow.id).where(
        ListingCaseRow.office_id == office_id, ListingCaseRow.state.not_in(tuple(ended))
    )
    return Ties(
        tuple(session.scalars(people.order_by(AccountRow.login))),
        tuple(session.scalars(held.order_by(ApiKeyRow.id))),
        tuple(session.scalars(running.order_by(ListingCaseRow.id))),
    )


def offices(session: Session) -> Sequence[OfficeRow]:
    return session.scalars(select(OfficeRow).order_by(OfficeRow.id)).all()


def find_account(session: Session, login: str) -> AccountRow | None:
    return session.scalars(select(AccountRow).where(AccountRow.login == login)).first()


def find_account_to_change(session: Session, login: str) -> AccountRow | None:
    """The account with its row locked until the end of the transaction, read afresh."""
    query = select(AccountRow).where(AccountRow.login == login).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).first()


def get_account(session: Session, account_id: int) -> AccountRow:
    return session.get_one(AccountRow, account_id)


def same_person(session: Session, account_id: int) -> frozenset[int]:
    """All accounts of the person behind one, itself among them."""
    other = aliased(AccountRow)
    query = (
        select(other.id)
        .join(AccountRow, AccountRow.person_digest == other.person_digest)
        .where(AccountRow.id == account_id)
    )
    return frozenset(session.scalars(query)) | {account_id}


def people(session: Session) -> Sequence[AccountRow]:
    """Every account: some hundreds in a district."""
    return session.scalars(select(AccountRow)).all()


def of_office(session: Session, office_id: int) -> Sequence[AccountRow]:
    """The accounts of an office that are open, by name."""
    query = select(AccountRow).where(AccountRow.office_id == office_id, AccountRow.disabled_at.is_(None))
    return session.scalars(query.order_by(AccountRow.name, AccountRow.id)).all()


def accounts(session: Session, *, after: str | None, limit: int) -> Sequence[AccountRow]:
    """Of officers, by login; those of enterprises are no business of the installation's administrator."""
    of_enterprises = select(RepresentativeRow.account_id)
    query = select(AccountRow).where(AccountRow.id.not_in(of_enterprises))
    query = query.order_by(AccountRow.login).limit(limit)
    if after is not None:
        query = query.where(AccountRow.login > after)
    return session.scalars(query).all()


def names(session: Session) -> Sequence[tuple[str, str]]:
    """(login, name) of every account: some hundreds in a district."""
    return [(row[0], row[1]) for row in session.execute(select(AccountRow.login, AccountRow.name))]


def count_accounts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AccountRow)) or 0


def delegations_to(session: Session, account_id: int, on: date) -> Sequence[DelegationRow]:
    """What is lent to the account on the day ``on``."""
    return session.scalars(
        select(DelegationRow)
        .where(
            DelegationRow.to_account_id == account_id,
            DelegationRow.valid_from <= on,
            DelegationRow.valid_until > on,
            DelegationRow.revoked_at.is_(None),
        )
        .order_by(DelegationRow.id)
    ).all()


def find_delegation(session: Session, delegation_id: int) -> DelegationRow | None:
    return session.get(DelegationRow, delegation_id)


def delegations(session: Session, on: date) -> Sequence[DelegationRow]:
    """Everything lent that has not ended by ``on``."""
    return session.scalars(
        select(DelegationRow)
        .where(DelegationRow.valid_until > on, DelegationRow.revoked_at.is_(None))
        .order_by(DelegationRow.id)
    ).all()


def find_session(session: Session, token_digest: str) -> SessionRow | None:
    return session.get(SessionRow, token_digest)


def end_sessions(session: Session, account_id: int, at: datetime, *, but: str | None = None) -> int:
    """End every live session of the account; returns how many there were."""
    ended = session.execute(
        update(SessionRow)
        .where(
            SessionRow.account_id == account_id,
            SessionRow.ended_at.is_(None),
            SessionRow.token_digest != (but or ""),
        )
        .values(ended_at=at)
        .returning(SessionRow.token_digest)
    )
    return len(ended.all())


def count_refused_from(session: Session, address: str, since: datetime) -> int:
    """Failed sign-ins and enrolments from one address, as the audit log has them."""
    query = select(func.count()).where(
        AuditRow.subject == f"address:{address}",
        AuditRow.verb.in_(("session:refuse", "invitation:refuse")),
        AuditRow.at > since,
    )
    return session.scalar(query) or 0


def find_key(session: Session, prefix: str) -> ApiKeyRow | None:
    return session.scalars(select(ApiKeyRow).where(ApiKeyRow.prefix == prefix)).first()


def keys(session: Session) -> Sequence[ApiKeyRow]:
    return session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.id.desc())).all()


@dataclass(frozen=True, slots=True)
class KeyAndOffice:
    """A key as a door asks for it, with the office it speaks for."""

    id: int
    prefix: str
    secret_digest: str
    title: str
    scopes: Sequence[str]
    expires_on: date
    revoked_at: datetime | None
    last_used_on: date | None
    office_id: int
    office_name: str
    authority_code: str | None
    is_keeper: bool
    subdistrict_code: str | None


# Built once, and columns rather than rows of the ORM: every call of another system begins with it.
_KEY_AND_OFFICE = (
    select(
        ApiKeyRow.id,
        ApiKeyRow.prefix,
        ApiKeyRow.secret_digest,
        ApiKeyRow.title,
        ApiKeyRow.scopes,
        ApiKeyRow.expires_on,
        ApiKeyRow.revoked_at,
        ApiKeyRow.last_used_on,
        OfficeRow.id,
        OfficeRow.name,
        OfficeRow.authority_code,
        OfficeRow.is_keeper,
        OfficeRow.subdistrict_code,
    )
    .join(OfficeRow, OfficeRow.id == ApiKeyRow.office_id)
)  # fmt: skip
_BY_PREFIX = _KEY_AND_OFFICE.where(ApiKeyRow.prefix == bindparam("prefix"))
_BY_ID = _KEY_AND_OFFICE.where(ApiKeyRow.id == bindparam("key_id"))


def key_and_office(session: Session, prefix: str) -> KeyAndOffice | None:
    """The key of that name, in one statement: its revocation is seen by the next call."""
    session.flush()  # what follows goes past the ORM
    row = session.connection().execute(_BY_PREFIX, {"prefix": prefix}).first()
    return KeyAndOffice(*row) if row is not None else None


def key_and_office_by_id(session: Session, key_id: int) -> KeyAndOffice | None:
    session.flush()
    row = session.connection().execute(_BY_ID, {"key_id": key_id}).first()
    return KeyAndOffice(*row) if row is not None else None


def mark_key_used(session: Session, key_id: int, on: date) -> None:
    session.execute(
        update(ApiKeyRow)
        .where(ApiKeyRow.id == key_id, (ApiKeyRow.last_used_on.is_(None)) | (ApiKeyRow.last_used_on < on))
        .values(last_used_on=on)
    )
