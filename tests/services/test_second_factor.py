"""The second factor of an account, on both engines."""

from datetime import datetime, timedelta

import pyotp
import pytest

from credit_registry.domain.errors import IllegalTransition, InvalidInput
from credit_registry.domain.permissions import Actor
from credit_registry.services import accounts, second_factor, sessions
from credit_registry.storage.database import Database
from tests.factories import PASSWORD, an_account, an_operator


def _actor(database: Database, login: str, now: datetime) -> Actor:
    with database.read() as session:
        return accounts.actor_of(session, login, now=now)


def _sign_in(database: Database, login: str, now: datetime, code: str = "") -> sessions.SignIn:
    with database.read() as session:
        attempt = sessions.weigh(session, login, PASSWORD, address="10.0.0.1", now=now, code=code)
    return database.run(lambda session: sessions.sign_in(session, attempt, now=now))


def _turned_on(database: Database, login: str, now: datetime) -> pyotp.TOTP:
    actor = _actor(database, login, now)
    begun = database.run(lambda session: second_factor.begin(session, actor, now=now))
    device = pyotp.TOTP(begun.secret)
    database.run(lambda session: second_factor.confirm(session, actor, code=device.at(now), now=now))
    return device


def test_once_on_the_password_alone_is_not_enough(database: Database, now: datetime) -> None:
    account = an_account(database)
    device = _turned_on(database, account.login, now)
    later = now + timedelta(minutes=1)

    assert _sign_in(database, account.login, later).token is None
    assert _sign_in(database, account.login, later, code="000000").token is None
    assert _sign_in(database, account.login, later, code=device.at(later)).token


def test_a_code_signs_in_once(database: Database, now: datetime) -> None:
    account = an_account(database)
    device = _turned_on(database, account.login, now)
    later = now + timedelta(minutes=1)
    code = device.at(later)

    assert _sign_in(database, account.login, later, code=code).token
    assert _sign_in(database, account.login, later, code=code).token is None


def test_wrong_codes_lock_like_wrong_passwords(sqlite_database: Database, now: datetime) -> None:
    account = an_account(sqlite_database)
    device = _turned_on(sqlite_database, account.login, now)
    later = now + timedelta(minutes=1)
    for _ in range(5):
        _sign_in(sqlite_database, account.login, later, code="000000")

    assert _sign_in(sqlite_database, account.login, later, code=device.at(later)).token is None


def test_before_it_is_confirmed_nobody_is_locked_out(sqlite_database: Database, now: datetime) -> None:
    account = an_account(sqlite_database)
    actor = _actor(sqlite_database, account.login, now)
    sqlite_database.run(lambda session: second_factor.begin(session, actor, now=now))

    with pytest.raises(InvalidInput), sqlite_database.begin() as session:
        second_factor.confirm(session, actor, code="000000", now=now)
    assert _sign_in(sqlite_database, account.login, now).token


def test_the_secret_is_sealed(sqlite_database: Database, now: datetime) -> None:
    account = an_account(sqlite_database)
    device = _turned_on(sqlite_database, account.login, now)

    with sqlite_database.engine.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM accounts").all())
        told = str(connection.exec_driver_sql("SELECT * FROM audit_entries").all())
    assert device.secret not in kept + told


def test_it_is_removed_with_password_and_code(database: Database, now: datetime) -> None:
    account = an_account(database)
    device = _turned_on(database, account.login, now)
    actor, later = _actor(database, account.login, now), now + timedelta(minutes=1)

    with pytest.raises(InvalidInput), database.begin() as session:
        second_factor.remove(session, actor, password="Falsches-1-Wort", code=device.at(later), now=later)
    with pytest.raises(InvalidInput), database.begin() as session:
        second_factor.remove(session, actor, password=PASSWORD, code="000000", now=later)
    database.run(
        lambda session: second_factor.remove(
            session, actor, password=PASSWORD, code=device.at(later), now=later
        )
    )

    assert _sign_in(database, account.login, later).token
    with pytest.raises(IllegalTransition), database.begin() as session:
        second_factor.remove(session, actor, password=PASSWORD, code=device.at(later), now=later)


def test_a_reset_clears_it(sqlite_database: Database, now: datetime) -> None:
    account = an_account(sqlite_database)
    _turned_on(sqlite_database, account.login, now)

    changed, _ = sqlite_database.run(
        lambda session: accounts.reset(session, an_operator(), account.login, now=now)
    )

    assert not changed.has_second_factor


def test_it_is_not_begun_twice(sqlite_database: Database, now: datetime) -> None:
    account = an_account(sqlite_database)
    _turned_on(sqlite_database, account.login, now)
    actor = _actor(sqlite_database, account.login, now)

    with pytest.raises(IllegalTransition), sqlite_database.begin() as session:
        second_factor.begin(session, actor, now=now)
