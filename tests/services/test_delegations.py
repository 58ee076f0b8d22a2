"""A role lent for a time, on both engines."""

from datetime import date, datetime, timedelta

import pytest

from credit_registry.domain.errors import InvalidInput
from credit_registry.domain.permissions import Permission, Role
from credit_registry.services import accounts, delegations, journal
from credit_registry.storage.database import Database
from tests.factories import an_account, an_office, an_operator


def test_a_role_is_lent_until_its_day(database: Database, now: datetime) -> None:
    lender, borrower = an_account(database, Role.DECIDER), an_account(database, Role.OFFICER)
    database.run(
        lambda session: delegations.delegate(
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
    with database.read() as session:
        (newest,) = journal.page(session, an_operator(), limit=1).items
    assert newest.entry.verb == "account:delegate"


def test_a_lent_role_is_taken_back_at_once(database: Database, now: datetime) -> None:
    lender, borrower = an_account(database, Role.DECIDER), an_account(database, Role.OFFICER)
    made = database.run(
        lambda session: delegations.delegate(
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
    database.run(lambda session: delegations.end(session, an_operator(), made.id, now=now))

    with database.read() as session:
        assert not accounts.actor_of(session, borrower.login, now=now).may(Permission.LISTINGS_DECIDE)
        assert delegations.page(session, an_operator(), on=date(2026, 11, 24)).items == ()


def test_a_role_is_lent_within_one_office(sqlite_database: Database, now: datetime) -> None:
    lender = an_account(sqlite_database, Role.DECIDER, office=an_office(sqlite_database, "甲局"))
    borrower = an_account(sqlite_database, Role.OFFICER, office=an_office(sqlite_database, "乙局"))

    with pytest.raises(InvalidInput), sqlite_database.begin() as session:
        delegations.delegate(
            session,
            an_operator(),
            lender.login,
            borrower.login,
            role="decider",
            until=date(2026, 12, 1),
            reason="外出",
            now=now,
        )
