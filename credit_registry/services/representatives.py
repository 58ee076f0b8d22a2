"""Persons who act for an enterprise: who they are to the doors, and how an officer ends what they may do.

Their accounts are ordinary ones without any role of an officer; what they hold is `OWN_FILE`, for one enterprise.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from credit_registry.domain.errors import InvalidInput, NotAllowed, NotFound
from credit_registry.domain.identity import mask_name
from credit_registry.domain.invitations import REPRESENTATIVE_TITLES, RepresentativeRole, new_login
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.services import enterprises
from credit_registry.storage.database import Session
from credit_registry.storage.queries import accounts, audit
from credit_registry.storage.queries import enterprises as register
from credit_registry.storage.queries import representatives as queries
from credit_registry.storage.tables.accounts import AccountRow
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.representatives import RepresentativeRow


@dataclass(frozen=True)
class RepresentativeView:
    """``name`` is masked, with the capacity in which the person acts."""

    login: str
    name: str
    created_at: datetime
    disabled_at: datetime | None
    version: int


def own(session: Session, actor: Actor) -> EnterpriseRow:
    """The one enterprise whose matters the actor may see and handle: the first line of every own service.

    Raises:
        NotAllowed: not an enterprise's account.
    """
    actor.require(Permission.OWN_FILE)
    found = register.find_by_id(session, actor.enterprise_id) if actor.enterprise_id is not None else None
    if found is None:
        raise NotAllowed("该账号没有对应的企业。请联系出具开通码的机关。", code="no-own-enterprise")
    return found


def on_behalf(actor: Actor) -> Actor:
    """For the own services: the registry reading for the enterprise, once `own` has said which one it is."""
    return replace(
        actor, permissions=frozenset({Permission.REGISTER_READ}), is_keeper=True, enterprise_id=None
    )


def actor_of(session: Session, row: AccountRow) -> Actor | None:
    """The actor an account without roles is: an enterprise's person, bound to the enterprise."""
    found = queries.find(session, row.id)
    if found is None:
        return None
    enterprise = register.find_by_id(session, found.enterprise_id)
    assert enterprise is not None, "representatives.enterprise_id is a foreign key"
    return Actor(
        label=f"account:{row.login}",
        name=row.name,
        permissions=frozenset({Permission.OWN_FILE}),
        account_id=row.id,
        office_name=enterprise.name,
        enterprise_id=enterprise.id,
    )


def add(
    session: Session,
    *,
    enterprise_id: int,
    office_id: int,
    name: str,
    role: RepresentativeRole,
    password_hash: str,
    now: datetime,
) -> AccountRow:
    """For the enrolment: a person of the enterprise with an account; the name is kept sealed, shown masked.

    Args:
        office_id: the office that gave out the code; it may close the account.
    """
    login = new_login()
    while accounts.find_account(session, login) is not None:
        login = new_login()
    row = AccountRow(
        login=login,
        name=f"{mask_name(name)}（{REPRESENTATIVE_TITLES[role]}）",
        office_id=office_id,
        password_hash=password_hash,
        roles=[],
        subdistricts=[],
        must_change_password=False,
        created_at=now,
        password_changed_at=now,
    )
    session.add(row)
    session.flush()
    session.add(
        RepresentativeRow(
            account_id=row.id,
            enterprise_id=enterprise_id,
            role=role.value,
            name_sealed=session.vault.seal(name),
        )
    )
    session.flush()
    return row


def page_of(session: Session, actor: Actor, uscc: str) -> tuple[RepresentativeView, ...]:
    """Everybody with an account for the enterprise, as officers see them."""
    enterprise = enterprises.fetch(session, actor, uscc)
    return tuple(_view(row) for _, row in queries.of_enterprise(session, enterprise.id))


def switch(
    session: Session, actor: Actor, uscc: str, login: str, *, is_open: bool, reason: str, now: datetime
) -> RepresentativeView:
    """Close an enterprise's account at once, its live sessions with it; or open it again.

    Raises:
        NotFound: ``unknown-account``: no account of this enterprise.
        NotAllowed: another office gave out its code.
    """
    actor.require(Permission.LISTINGS_NOTIFY)
    enterprise = enterprises.fetch(session, actor, uscc)
    logins = {row.login for _, row in queries.of_enterprise(session, enterprise.id)}
    row = accounts.find_account_to_change(session, login) if login in logins else None
    if row is None:
        raise NotFound(f"该企业没有账号“{login[:32]}”，请核对。", code="unknown-account")
    if not actor.is_keeper:
        actor.require_office(row.office_id)
    if not reason.strip():
        raise InvalidInput("请写明理由。", code="reason-missing")
    row.disabled_at = None if is_open else (row.disabled_at or now)
    row.failures, row.locked_until = 0, None
    row.version += 1
    ended = accounts.end_sessions(session, row.id, now)
    verb = "account:enable" if is_open else "account:disable"
    facts = {"sessions_ended": ended, "enterprise": enterprise.id}
    audit.remember(session, actor, verb, f"account:{row.login}", now, reason=reason.strip(), facts=facts)
    return _view(row)


def _view(row: AccountRow) -> RepresentativeView:
    return RepresentativeView(row.login, row.name, row.created_at, row.disabled_at, row.version)
