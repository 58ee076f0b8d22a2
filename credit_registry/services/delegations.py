"""Delegations: a role lent by one officer to another of the office for a time, and taken back."""

from dataclasses import dataclass
from datetime import date, datetime

from credit_registry.domain import accounts as rules
from credit_registry.domain.errors import InvalidInput, NotFound
from credit_registry.domain.paging import Page
from credit_registry.domain.permissions import Actor, Permission, Role
from credit_registry.services import accounts
from credit_registry.storage.database import Session
from credit_registry.storage.queries import accounts as queries
from credit_registry.storage.queries import audit
from credit_registry.storage.tables.accounts import DelegationRow


@dataclass(frozen=True)
class DelegationView:
    id: int
    role: Role
    lender: str
    borrower: str
    valid_from: date
    valid_until: date
    reason: str


def delegate(
    session: Session,
    actor: Actor,
    lender: str,
    borrower: str,
    *,
    role: Role | str,
    until: date,
    reason: str,
    now: datetime,
) -> DelegationView:
    """Lend one business role of one person to another of the same office, from today until ``until`` (exclusive).

    The step tables compare persons, so a lent role does not let anybody act twice on one case.
    """
    actor.require(Permission.ACCOUNTS_MANAGE)
    giving, taking = (accounts.officer_to_change(session, login) for login in (lender, borrower))
    if giving.id == taking.id:
        raise InvalidInput("委托人和受托人不能是同一人。", code="delegation-self")
    if giving.office_id != taking.office_id:
        raise InvalidInput("只能委托本部门人员代行。", code="delegation-office")
    on, (lent,) = rules.local_day(now), rules.checked_roles([role])
    rules.check_lending(lent, accounts.roles_of(giving), accounts.roles_of(taking), on=on, until=until)
    row = DelegationRow(
        from_account_id=giving.id,
        to_account_id=taking.id,
        role=lent.value,
        valid_from=on,
        valid_until=until,
        reason=accounts.given_reason(reason),
    )
    session.add(row)
    session.flush()
    facts = {"role": lent.value, "from": giving.login, "until": until.isoformat()}
    audit.remember(
        session, actor, "account:delegate", f"account:{taking.login}", now, reason=row.reason, facts=facts
    )
    return _view(session, row)


def end(session: Session, actor: Actor, delegation_id: int, *, now: datetime) -> DelegationView:
    """Take a lent role back before its time."""
    actor.require(Permission.ACCOUNTS_MANAGE)
    row = queries.find_delegation(session, delegation_id)
    if row is None:
        raise NotFound("没有这项委托。", code="unknown-delegation", facts={"delegation_id": delegation_id})
    row.revoked_at = row.revoked_at or now
    view = _view(session, row)
    facts = {"role": row.role, "from": view.lender}
    audit.remember(session, actor, "account:end-delegation", f"account:{view.borrower}", now, facts=facts)
    return view


def page(session: Session, actor: Actor, *, on: date) -> Page[DelegationView]:
    """What is lent on ``on`` or later."""
    actor.require(Permission.ACCOUNTS_MANAGE)
    return Page(tuple(_view(session, row) for row in queries.delegations(session, on)))


def _view(session: Session, row: DelegationRow) -> DelegationView:
    lender = queries.get_account(session, row.from_account_id)
    borrower = queries.get_account(session, row.to_account_id)
    return DelegationView(
        row.id, Role(row.role), lender.login, borrower.login, row.valid_from, row.valid_until, row.reason
    )
