"""Rows for tests, made through the services, so that test data obeys the rules.

Each room adds its own section.
"""

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime

from credit_registry.domain.permissions import Actor, Role, terminal_operator
from credit_registry.services import accounts
from credit_registry.storage.database import Database

# --- offices and accounts -----------------------------------------------------------------------------------

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PASSWORD = "Grüne-Wiese-77-Tor"  # noqa: S105 - of test accounts only

_numbers = itertools.count(1)


def an_operator() -> Actor:
    """The terminal operator, who may create offices and accounts."""
    return terminal_operator("tests")


def an_office(
    database: Database,
    name: str = "海淀区应急管理局（演示）",
    *,
    authority_code: str | None = None,
    domain: str | None = "safety",
    is_keeper: bool = False,
    subdistrict_code: str | None = None,
    now: datetime = NOW,
) -> accounts.OfficeView:
    """The office of that name; made on first use."""
    with database.read() as session:
        found = accounts.find_office(session, name)
    if found:
        return found
    return database.run(
        lambda session: accounts.create_office(
            session,
            an_operator(),
            name,
            now=now,
            authority_code=authority_code,
            domain=domain,
            is_keeper=is_keeper,
            subdistrict_code=subdistrict_code,
        )
    )


def an_account(
    database: Database,
    *roles: Role,
    login: str | None = None,
    name: str = "张三",
    office: accounts.OfficeView | None = None,
    subdistricts: Iterable[str] = (),
    now: datetime = NOW,
) -> accounts.AccountView:
    """An account whose first password is `PASSWORD`, still to be changed by its owner."""
    office_id = (office or an_office(database)).id
    account, _ = database.run(
        lambda session: accounts.create(
            session,
            an_operator(),
            login or f"officer{next(_numbers)}",
            name=name,
            office_id=office_id,
            roles=roles or (Role.OFFICER,),
            subdistricts=subdistricts,
            password=PASSWORD,
            now=now,
        )
    )
    return account


def an_actor(
    database: Database,
    *roles: Role,
    login: str | None = None,
    office: accounts.OfficeView | None = None,
    subdistricts: Iterable[str] = (),
    now: datetime = NOW,
) -> Actor:
    """A person with these roles, as the doors would hand it to a service."""
    account = an_account(database, *roles, login=login, office=office, subdistricts=subdistricts, now=now)
    with database.read() as session:
        return accounts.actor_of(session, account.login, now=now)
