"""Signing in, being locked out, being signed out."""

from datetime import datetime, timedelta

import pytest

from credit_registry.domain.errors import InvalidInput, NotSignedIn, TooMuch
from credit_registry.domain.permissions import Role
from credit_registry.services import accounts, journal, sessions
from credit_registry.storage.database import Database
from tests.factories import PASSWORD, an_account, an_operator


def _sign_in(
    database: Database, login: str, password: str = PASSWORD, *, now: datetime, address: str = "10.0.0.1"
) -> sessions.SignIn:
    with database.read() as session:
        attempt = sessions.weigh(session, login, password, address=address, now=now)
    return database.run(lambda session: sessions.sign_in(session, attempt, now=now))


def _live(database: Database, token: str | None, *, now: datetime) -> sessions.LiveSession | None:
    assert token is not None
    with database.read() as session:
        return sessions.find_session(session, token, now=now)


def test_the_right_password_opens_a_session(database: Database, now: datetime) -> None:
    account = an_account(database, Role.DECIDER)

    signed = _sign_in(database, account.login.upper(), now=now)

    assert signed.refusal is None
    live = _live(database, signed.token, now=now)
    assert live is not None
    assert live.actor.account_id == account.id
    assert live.must_change_password
    assert not live.is_due


def test_each_sign_in_has_its_own_token_and_none_is_stored(sqlite_database: Database, now: datetime) -> None:
    account = an_account(sqlite_database)

    first = _sign_in(sqlite_database, account.login, now=now).token
    second = _sign_in(sqlite_database, account.login, now=now).token

    assert first != second
    with sqlite_database.engine.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM sessions").all())
    assert first is not None
    assert first not in kept


def test_wrong_unknown_disabled_and_locked_read_the_same(database: Database, now: datetime) -> None:
    known, gone, locked = an_account(database), an_account(database), an_account(database)
    database.run(lambda session: accounts.disable(session, an_operator(), gone.login, reason="离职", now=now))
    for _ in range(5):
        _sign_in(database, locked.login, "Falsches-Passwort-1", now=now)

    answers = {
        str(_sign_in(database, login, password, now=now).refusal)
        for login, password in (
            (known.login, "Falsches-Passwort-1"),
            ("nobody", PASSWORD),
            (gone.login, PASSWORD),
            (locked.login, PASSWORD),
        )
    }

    assert len(answers) == 1


def test_five_failures_lock_the_account_for_a_quarter_of_an_hour(database: Database, now: datetime) -> None:
    account = an_account(database)
    for number in range(5):
        assert _sign_in(
            database, account.login, "Falsches-Passwort-1", now=now, address=f"10.0.1.{number}"
        ).refusal

    assert isinstance(_sign_in(database, account.login, now=now + timedelta(minutes=14)).refusal, NotSignedIn)
    assert _sign_in(database, account.login, now=now + timedelta(minutes=15)).token


def test_a_success_forgets_the_failures(sqlite_database: Database, now: datetime) -> None:
    account = an_account(sqlite_database)
    for _ in range(2):
        for _ in range(4):
            _sign_in(sqlite_database, account.login, "Falsches-Passwort-1", now=now)
        assert _sign_in(sqlite_database, account.login, now=now).token


def test_an_address_that_tries_many_accounts_is_locked(sqlite_database: Database, now: datetime) -> None:
    account = an_account(sqlite_database)
    for number in range(20):
        _sign_in(sqlite_database, f"guess{number}", now=now, address="10.9.9.9")

    assert isinstance(_sign_in(sqlite_database, account.login, now=now, address="10.9.9.9").refusal, TooMuch)
    assert _sign_in(sqlite_database, account.login, now=now, address="10.9.9.8").token
    later = now + timedelta(minutes=16)
    assert _sign_in(sqlite_database, account.login, now=later, address="10.9.9.9").token


def test_failures_and_successes_are_in_the_log(database: Database, now: datetime) -> None:
    account = an_account(database)
    _sign_in(database, "PASSWORD-in-the-wrong-box", now=now)
    _sign_in(database, account.login, now=now)

    with database.read() as session:
        entries = [one.entry for one in journal.page(session, an_operator()).items]
    assert [entry.verb for entry in entries[:2]] == ["session:sign-in", "session:refuse"]
    assert "wrong-box" not in str(entries)


@pytest.mark.parametrize(("idle", "holds"), [(timedelta(minutes=29), True), (timedelta(minutes=30), False)])
def test_an_idle_session_ends(sqlite_database: Database, now: datetime, idle: timedelta, holds: bool) -> None:
    token = _sign_in(sqlite_database, an_account(sqlite_database).login, now=now).token

    assert (_live(sqlite_database, token, now=now + idle) is not None) is holds


def test_a_used_session_ends_after_half_a_day(database: Database, now: datetime) -> None:
    token = _sign_in(database, an_account(database).login, now=now).token
    assert token is not None
    at = now
    while at < now + timedelta(hours=12):
        live = _live(database, token, now=at)
        assert live is not None
        database.run(lambda session, at=at: sessions.mark_seen(session, token, now=at))
        at += timedelta(minutes=24)

    assert _live(database, token, now=now + timedelta(hours=12)) is None


def test_signing_out_ends_the_token(database: Database, now: datetime) -> None:
    signed = _sign_in(database, an_account(database).login, now=now)
    assert signed.actor is not None
    assert signed.token is not None
    actor, token = signed.actor, signed.token
    database.run(lambda session: sessions.sign_out(session, actor, token, now=now))

    assert _live(database, token, now=now) is None
    with pytest.raises(NotSignedIn), database.read() as session:
        sessions.actor_of_session(session, token, now=now)


@pytest.mark.parametrize("act", ["disable", "reset", "set_roles"])
def test_what_an_administrator_does_ends_live_sessions(database: Database, now: datetime, act: str) -> None:
    account = an_account(database, Role.DECIDER)
    token = _sign_in(database, account.login, now=now).token
    acts = {
        "disable": lambda session: accounts.disable(
            session, an_operator(), account.login, reason="调离", now=now
        ),
        "reset": lambda session: accounts.reset(session, an_operator(), account.login, now=now),
        "set_roles": lambda session: accounts.set_roles(
            session, an_operator(), account.login, roles=["clerk"], version=account.version, now=now
        ),
    }
    database.run(acts[act])

    assert _live(database, token, now=now) is None


def test_a_change_of_password_keeps_this_session_and_ends_the_others(
    database: Database, now: datetime
) -> None:
    account = an_account(database)
    here, there = _sign_in(database, account.login, now=now), _sign_in(database, account.login, now=now)
    assert here.actor is not None
    actor = here.actor
    database.run(
        lambda session: sessions.change_password(
            session, actor, old=PASSWORD, new="Neue-Wiese-88-Baum", token=here.token, now=now
        )
    )

    live = _live(database, here.token, now=now)
    assert live is not None
    assert not live.must_change_password
    assert _live(database, there.token, now=now) is None
    assert _sign_in(database, account.login, "Neue-Wiese-88-Baum", now=now).token
    assert _sign_in(database, account.login, PASSWORD, now=now).token is None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Falsches-Passwort-1", "Neue-Wiese-88-Baum", "password-wrong"),
        (PASSWORD, PASSWORD, "password-same"),
        (PASSWORD, "kurz", "password-length"),
    ],
)
def test_a_bad_change_of_password_changes_nothing(
    sqlite_database: Database, now: datetime, old: str, new: str, code: str
) -> None:
    account = an_account(sqlite_database)
    actor = _sign_in(sqlite_database, account.login, now=now).actor
    assert actor is not None

    with pytest.raises(InvalidInput) as refused, sqlite_database.begin() as session:
        sessions.change_password(session, actor, old=old, new=new, now=now)
    assert refused.value.code == code
    assert _sign_in(sqlite_database, account.login, now=now).token


def test_an_old_password_must_be_changed(sqlite_database: Database, now: datetime) -> None:
    account = an_account(sqlite_database, now=now - timedelta(days=200))
    signed = _sign_in(sqlite_database, account.login, now=now - timedelta(days=200))
    assert signed.actor is not None
    actor = signed.actor
    sqlite_database.run(
        lambda session: sessions.change_password(
            session, actor, old=PASSWORD, new="Neue-Wiese-88-Baum", now=now - timedelta(days=181)
        )
    )

    token = _sign_in(sqlite_database, account.login, "Neue-Wiese-88-Baum", now=now).token
    live = _live(sqlite_database, token, now=now)
    assert live is not None
    assert live.must_change_password
