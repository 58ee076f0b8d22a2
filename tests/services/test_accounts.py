"""Offices and accounts, on both engines."""

from datetime import datetime

import pytest

from credit_registry.domain.errors import Duplicate, InvalidInput, NotAllowed, NotFound, StaleVersion
from credit_registry.domain.permissions import Permission, Role
from credit_registry.services import accounts, journal, offices
from credit_registry.storage.database import Database
from tests.factories import PASSWORD, an_account, an_actor, an_office, an_operator


def _verbs(database: Database) -> list[str]:
    with database.read() as session:
        return [one.entry.verb for one in journal.page(session, an_operator(), limit=100).items][::-1]


def test_an_office_and_its_first_account(database: Database, now: datetime) -> None:
    office = an_office(database, authority_code="11110108000000000F", is_keeper=True)
    account, password = database.run(
        lambda session: accounts.create(
            session, an_operator(), "Li.Si", name="李四", office_id=office.id, roles=["officer"], now=now
        )
    )

    assert (account.login, account.roles, account.must_change_password) == ("li.si", (Role.OFFICER,), True)
    assert len(password) == 19
    assert _verbs(database) == ["office:create", "account:create"]


def test_the_password_is_in_no_audit_entry(database: Database, now: datetime) -> None:
    account = an_account(database)
    _, password = database.run(lambda session: accounts.reset(session, an_operator(), account.login, now=now))

    with database.read() as session:
        told = str([one.entry for one in journal.page(session, an_operator()).items])
    assert PASSWORD not in told
    assert password not in told


def test_names_and_codes_are_taken_once(database: Database, now: datetime) -> None:
    office = an_office(database, "甲局", authority_code="11110108000000000F")
    an_account(database, login="zhang", office=office)

    for name, code in (("甲局", None), ("乙局", "11110108000000000F")):
        with pytest.raises(Duplicate):
            database.run(
                lambda session, name=name, code=code: offices.create(
                    session, an_operator(), name, authority_code=code, now=now
                )
            )
    with pytest.raises(Duplicate):
        an_account(database, login="zhang", office=office)


def test_only_an_administrator_manages_accounts(sqlite_database: Database, now: datetime) -> None:
    account = an_account(sqlite_database)
    for role in set(Role) - {Role.ADMINISTRATOR}:
        actor = an_actor(sqlite_database, role)
        with pytest.raises(NotAllowed), sqlite_database.begin() as session:
            accounts.disable(session, actor, account.login, reason="试", now=now)
        with pytest.raises(NotAllowed), sqlite_database.read() as session:
            accounts.page(session, actor)


def test_the_actor_has_the_office_and_the_scope(database: Database) -> None:
    office = an_office(
        database, "中关村街道（演示）", authority_code="111101080000000945", subdistrict_code="110108007"
    )
    actor = an_actor(database, Role.CLERK, login="wang", office=office)

    assert actor.label == "account:wang"
    assert (actor.office_id, actor.authority_code) == (office.id, "111101080000000945")
    assert actor.subdistricts == {"110108007"}
    assert actor.may(Permission.RECORDS_IMPORT)
    assert not actor.may(Permission.LISTINGS_DECIDE)


def test_a_disabled_account_acts_no_more(database: Database, now: datetime) -> None:
    account = an_account(database)
    database.run(
        lambda session: accounts.disable(session, an_operator(), account.login, reason="调离", now=now)
    )

    with pytest.raises(NotAllowed), database.read() as session:
        accounts.actor_of(session, account.login, now=now)
    database.run(
        lambda session: accounts.enable(session, an_operator(), account.login, reason="返岗", now=now)
    )
    with database.read() as session:
        assert accounts.actor_of(session, account.login, now=now).account_id == account.id


def test_nobody_disables_or_promotes_himself(sqlite_database: Database, now: datetime) -> None:
    actor = an_actor(sqlite_database, Role.ADMINISTRATOR, login="root.admin")

    with pytest.raises(NotAllowed), sqlite_database.begin() as session:
        accounts.disable(session, actor, "root.admin", reason="试", now=now)
    with pytest.raises(NotAllowed), sqlite_database.begin() as session:
        accounts.set_roles(session, actor, "root.admin", roles=["officer"], version=1, now=now)


def test_roles_change_against_the_version_that_was_read(database: Database, now: datetime) -> None:
    account = an_account(database, Role.CLERK)

    changed = database.run(
        lambda session: accounts.set_roles(
            session,
            an_operator(),
            account.login,
            roles=["officer", "clerk"],
            version=account.version,
            now=now,
        )
    )
    assert changed.roles == (Role.CLERK, Role.OFFICER)
    with pytest.raises(StaleVersion), database.begin() as session:
        accounts.set_roles(
            session, an_operator(), account.login, roles=["clerk"], version=account.version, now=now
        )


def test_roles_that_must_lie_apart_are_refused(sqlite_database: Database) -> None:
    with pytest.raises(InvalidInput):
        an_account(sqlite_database, Role.ADMINISTRATOR, Role.DECIDER)


def test_accounts_are_paged_by_login(database: Database) -> None:
    for login in ("cai", "bai", "ada"):
        an_account(database, login=login)

    with database.read() as session:
        first = accounts.page(session, an_operator(), limit=2)
        second = accounts.page(session, an_operator(), after=first.after, limit=2)
    assert [one.login for one in first.items] == ["ada", "bai"]
    assert [one.login for one in second.items] == ["cai"]
    assert second.after is None


def test_an_unknown_account_is_not_found(sqlite_database: Database, now: datetime) -> None:
    with pytest.raises(NotFound), sqlite_database.begin() as session:
        accounts.reset(session, an_operator(), "nobody", now=now)
