"""The people who act for an office: open their accounts, disable, reset, give roles; the actor each of them is.

What an account may do is computed from its rows each time it acts, so a change holds from the next request.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from credit_registry.domain import accounts as rules
from credit_registry.domain import passwords
from credit_registry.domain.errors import (
    Duplicate,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from credit_registry.domain.paging import Page
from credit_registry.domain.permissions import GRANTS, Actor, Permission, Role
from credit_registry.services import offices, representatives, vocabulary
from credit_registry.storage.database import Session
from credit_registry.storage.queries import accounts as queries
from credit_registry.storage.queries import audit
from credit_registry.storage.tables.accounts import AccountRow


@dataclass(frozen=True)
class AccountView:
    id: int
    login: str
    name: str
    office_id: int
    office_name: str
    roles: tuple[Role, ...]
    subdistricts: tuple[str, ...]
    must_change_password: bool
    has_second_factor: bool
    is_identified: bool
    locked_until: datetime | None
    disabled_at: datetime | None
    created_at: datetime
    password_changed_at: datetime
    version: int


def create(
    session: Session,
    actor: Actor,
    login: str,
    *,
    name: str,
    office_id: int,
    roles: Iterable[Role | str],
    now: datetime,
    subdistricts: Iterable[str] = (),
    password: str | None = None,
    person: str | None = None,
) -> tuple[AccountView, str]:
    """Open an account; its owner must change the password at the first sign-in.

    Args:
        person: staff or identity number, kept as a keyed hash: accounts of one person are one pair of eyes.
        password: a first password of the caller's choice; made at random when None.

    Returns:
        the account and the first password, which is shown once and stored nowhere.
    """
    actor.require(Permission.ACCOUNTS_MANAGE)
    login = rules.checked_login(login)
    if not name.strip():
        raise InvalidInput("请填写姓名。", code="account-name")
    if queries.find_account(session, login):
        raise Duplicate(
            f"账号“{login}”已经存在，请换一个账号名。", code="account-exists", facts={"login": login}
        )
    office = queries.find_office(session, office_id)
    if office is None:
        raise NotFound("没有这个部门，请先登记部门。", code="unknown-office", facts={"office_id": office_id})
    offices.require_open(office)
    held = rules.checked_roles(roles)
    if password is not None:
        passwords.check(password, login=login, name=name)
    first = password or passwords.one_time()
    row = AccountRow(
        login=login,
        name=name.strip(),
        office_id=office_id,
        person_digest=_person_digest(session, person) if person else None,
        password_hash=passwords.hashed(first),
        roles=[role.value for role in held],
        subdistricts=vocabulary.checked_places(subdistricts),
        must_change_password=True,
        created_at=now,
        password_changed_at=now,
    )
    session.add(row)
    session.flush()
    facts = {"office_id": office_id, "roles": row.roles, "subdistricts": row.subdistricts}
    audit.remember(session, actor, "account:create", f"account:{login}", now, facts=facts)
    return _view_of(session, row), first


def identify(session: Session, actor: Actor, login: str, *, person: str, now: datetime) -> AccountView:
    """Say which person is behind an account, once: whoever has several is one person to every four-eyes rule.

    Raises:
        IllegalTransition: ``person-known``; it was said before, and changing it would make two people of one.
    """
    actor.require(Permission.ACCOUNTS_MANAGE)
    row = _to_change(session, login)
    if row.person_digest is not None:
        raise IllegalTransition(
            "该账号已登记人员，不能更改。确有错误的，请停用该账号并为本人另开账号。", code="person-known"
        )
    row.person_digest = _person_digest(session, person)
    return _changed(session, actor, row, "account:identify", now)


def _person_digest(session: Session, person: str) -> str:
    number = "".join(person.split()).upper()
    if not 3 <= len(number) <= 32:
        raise InvalidInput("请填写本人的工号或者证件号码（3 至 32 位）。", code="person-number")
    return session.vault.digest(number)


def disable(session: Session, actor: Actor, login: str, *, reason: str, now: datetime) -> AccountView:
    """Close an account at once: its live sessions end with it. The account and its history stay."""
    actor.require(Permission.ACCOUNTS_MANAGE)
    row = _to_change(session, login)
    if row.id == actor.account_id:
        raise NotAllowed("不能停用自己的账号，请由另一位系统管理员操作。", code="own-account")
    row.disabled_at = row.disabled_at or now
    return _changed(session, actor, row, "account:disable", now, reason=given_reason(reason))


def enable(session: Session, actor: Actor, login: str, *, reason: str, now: datetime) -> AccountView:
    """Open a disabled or locked account again."""
    actor.require(Permission.ACCOUNTS_MANAGE)
    row = _to_change(session, login)
    office = queries.find_office(session, row.office_id)
    assert office is not None, "accounts.office_id is a foreign key"
    offices.require_open(office)
    row.disabled_at, row.locked_until, row.failures = None, None, 0
    return _changed(session, actor, row, "account:enable", now, reason=given_reason(reason))


def reset(session: Session, actor: Actor, login: str, *, now: datetime) -> tuple[AccountView, str]:
    """A new one-time password; the old one, the second factor and all live sessions end, a lock is lifted.

    Returns:
        the account and the password, which is shown once and stored nowhere.
    """
    actor.require(Permission.ACCOUNTS_MANAGE)
    row = _to_change(session, login)
    if row.id == actor.account_id:
        raise NotAllowed("请在“我的账号”中修改自己的密码。", code="own-account")
    first = passwords.one_time()
    row.password_hash, row.password_changed_at, row.must_change_password = passwords.hashed(first), now, True
    # Who has lost the password often has lost the telephone: both begin anew.
    row.failures, row.locked_until, row.totp_sealed = 0, None, None
    return _changed(session, actor, row, "account:reset", now), first


def set_roles(
    session: Session,
    actor: Actor,
    login: str,
    *,
    roles: Iterable[Role | str],
    version: int,
    now: datetime,
    subdistricts: Iterable[str] | None = None,
) -> AccountView:
    """Give the account these roles (and this scope) instead of those it had.

    Raises:
        StaleVersion: somebody changed the account since it was read.
    """
    actor.require(Permission.ACCOUNTS_MANAGE)
    row = officer_to_change(session, login)
    if row.version != version:
        raise StaleVersion("账号已被他人修改，请刷新后再试。", facts={"version": row.version})
    if row.id == actor.account_id:
        raise NotAllowed("不能修改自己的角色，请由另一位系统管理员操作。", code="own-account")
    before, row.roles = row.roles, [role.value for role in rules.checked_roles(roles)]
    if subdistricts is not None:
        row.subdistricts = vocabulary.checked_places(subdistricts)
    facts = {"before": before, "after": row.roles, "subdistricts": row.subdistricts}
    return _changed(session, actor, row, "account:set-roles", now, facts=facts)


def page(session: Session, actor: Actor, *, after: str | None = None, limit: int = 50) -> Page[AccountView]:
    """Accounts by login."""
    actor.require(Permission.ACCOUNTS_MANAGE)
    rows = queries.accounts(session, after=after, limit=limit + 1)
    office_names = {office.id: office.name for office in queries.offices(session)}
    views = tuple(_view(row, office_names[row.office_id]) for row in rows[:limit])
    return Page(views, views[-1].login if len(rows) > limit else None)


def get(session: Session, actor: Actor, login: str) -> AccountView:
    actor.require(Permission.ACCOUNTS_MANAGE)
    return _view_of(session, _known(queries.find_account(session, login), login))


def names(session: Session, actor: Actor) -> dict[str, str]:
    """Who is behind the labels in versions, batches and the log: label → name, for whoever reads those."""
    if not (actor.may(Permission.REGISTER_READ) or actor.may(Permission.AUDIT_READ)):
        actor.require(Permission.REGISTER_READ)
    return {f"account:{login}": name for login, name in queries.names(session)}


def colleagues(session: Session, actor: Actor) -> tuple[tuple[str, str], ...]:
    """Login and name of everybody whose account is open in the actor's own office."""
    actor.require(Permission.REGISTER_READ)
    return tuple((row.login, row.name) for row in queries.of_office(session, actor.office_id or 0))


def actor_of(session: Session, login: str, *, now: datetime) -> Actor:
    """The actor an account is at ``now``, for a door that has proved who it is.

    Raises:
        NotFound: no such account.
        NotAllowed: it is disabled.
    """
    return _enabled(session, _known(queries.find_account(session, login), login), now)


def actor_of_id(session: Session, account_id: int, *, now: datetime) -> Actor:
    """The actor an account is at ``now``, for work that it handed in earlier.

    Raises:
        NotAllowed: it was disabled since.
    """
    return _enabled(session, queries.get_account(session, account_id), now)


def _enabled(session: Session, row: AccountRow, now: datetime) -> Actor:
    if row.disabled_at is not None:
        raise NotAllowed("该账号已停用，请联系系统管理员。", code="account-disabled")
    return actor_of_row(session, row, rules.local_day(now))


def actor_of_row(session: Session, row: AccountRow, on: date) -> Actor:
    """Own roles, roles lent on the day, the office's scope; for the services that hold the row.

    An account without any role is an enterprise's: nothing lent to it would count.
    """
    if not row.roles and (representative := representatives.actor_of(session, row)) is not None:
        return representative
    office = queries.find_office(session, row.office_id)
    assert office is not None, "accounts.office_id is a foreign key"
    lent = {Role(delegation.role) for delegation in queries.delegations_to(session, row.id, on)}
    held = tuple(role for role in Role if role in {*roles_of(row), *lent})
    scope = {*row.subdistricts, *filter(None, [office.subdistrict_code])}
    return Actor(
        label=f"account:{row.login}",
        name=row.name,
        permissions=frozenset[Permission]().union(*(GRANTS[role] for role in held)),
        account_id=row.id,
        office_id=office.id,
        office_name=office.name,
        authority_code=office.authority_code,
        is_keeper=office.is_keeper,
        roles=held,
        subdistricts=frozenset(scope),
    )


def roles_of(row: AccountRow) -> tuple[Role, ...]:
    return tuple(Role(role) for role in row.roles)


def _known(row: AccountRow | None, login: str) -> AccountRow:
    if row is None:
        raise NotFound(f"没有账号“{login}”，请核对账号名。", code="unknown-account", facts={"login": login})
    return row


def _to_change(session: Session, login: str) -> AccountRow:
    return _known(queries.find_account_to_change(session, login.strip().lower()), login)


def officer_to_change(session: Session, login: str) -> AccountRow:
    """For services that give a role: the account, locked; an enterprise's is refused."""
    row = _to_change(session, login)
    if not row.roles:
        raise NotAllowed(
            "该账号是企业账号，不能担任工作角色。请选择工作人员的账号。", code="enterprise-account"
        )
    return row


def given_reason(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput("请写明理由。", code="reason-missing")
    return reason.strip()


def _changed(
    session: Session,
    actor: Actor,
    row: AccountRow,
    verb: str,
    now: datetime,
    *,
    reason: str | None = None,
    facts: Mapping[str, object] | None = None,
) -> AccountView:
    """Close every act on an account: next version, live sessions ended, one audit entry."""
    row.version += 1
    ended = queries.end_sessions(session, row.id, now)
    told = {**(facts or {}), "sessions_ended": ended}
    audit.remember(session, actor, verb, f"account:{row.login}", now, reason=reason, facts=told)
    return _view_of(session, row)


def _view_of(session: Session, row: AccountRow) -> AccountView:
    office = queries.find_office(session, row.office_id)
    return _view(row, office.name if office else "")


def _view(row: AccountRow, office_name: str) -> AccountView:
    return AccountView(
        id=row.id,
        login=row.login,
        name=row.name,
        office_id=row.office_id,
        office_name=office_name,
        roles=roles_of(row),
        subdistricts=tuple(row.subdistricts),
        must_change_password=row.must_change_password,
        has_second_factor=row.totp_sealed is not None,
        is_identified=row.person_digest is not None,
        locked_until=row.locked_until,
        disabled_at=row.disabled_at,
        created_at=row.created_at,
        password_changed_at=row.password_changed_at,
        version=row.version,
    )
