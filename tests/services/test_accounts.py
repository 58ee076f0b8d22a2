"""Offices and accounts, on both engines."""

from datetime import date, datetime, timedelta

import pytest

from credit_registry.domain.errors import Duplicate, InvalidInput, NotAllowed, NotFound, StaleVersion
from credit_registry.domain.permissions import Permission, Role
from credit_registry.services import accounts, journal
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
                lambda session, name=name, code=code: accounts.create_office(
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


def test_a_role_is_lent_until_its_day(database: Database, now: datetime) -> None:
    lender, borrower = an_account(database, Role.DECIDER), an_account(database, Role.OFFICER)
    database.run(
        lambda session: accounts.delegate(
            session,
            an_operator(),
            lender.login,
            borrower.login,
            role=Role.DECIDER,
            until=date(2026, 12, 1),
            reason="外出培训",
            now=now,
        )
    )

    def may_decide(at: datetime) -> bool:
        with database.read() as session:
            return accounts.actor_of(session, borrower.login, now=at).may(Permission.LISTINGS_DECIDE)

    assert may_decide(now)
    assert may_decide(now + timedelta(days=6))
    assert not may_decide(now + timedelta(days=7))
    assert _verbs(database)[-1] == "account:delegate"


def test_a_lent_role_is_taken_back_at_once(database: Database, now: datetime) -> None:
    lender, borrower = an_account(database, Role.DECIDER), an_account(database, Role.OFFICER)
    made = database.run(
        lambda session: accounts.delegate(
            session,
            an_operator(),
            lender.login,
            borrower.login,
            role="decider",
            until=date(2026, 12, 1),
            reason="外出",
            now=now,
        )
    )
    database.run(lambda session: accounts.end_delegation(session, an_operator(), made.id, now=now))

    with database.read() as session:
        assert not accounts.actor_of(session, borrower.login, now=now).may(Permission.LISTINGS_DECIDE)
        assert accounts.page_delegations(session, an_operator(), on=date(2026, 11, 24)).items == ()


def test_a_role_is_lent_within_one_office(sqlite_database: Database, now: datetime) -> None:
    lender = an_account(sqlite_database, Role.DECIDER, office=an_office(sqlite_database, "甲局"))
    borrower = an_account(sqlite_database, Role.OFFICER, office=an_office(sqlite_database, "乙局"))

    with pytest.raises(InvalidInput), sqlite_database.begin() as session:
        accounts.delegate(
            session,
            an_operator(),
            lender.login,
            borrower.login,
            role="decider",
            until=date(2026, 12, 1),
            reason="外出",
            now=now,
        )


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


@pytest.mark.parametrize("code", ["11110108…", "11110108000000001A"])
def test_an_office_code_with_a_slip_is_refused(sqlite_database: Database, now: datetime, code: str) -> None:
    with pytest.raises(InvalidInput) as refused, sqlite_database.begin() as session:
        accounts.create_office(session, an_operator(), "丙局", authority_code=code, now=now)
    assert refused.value.code == "invalid-uscc"
