"""Keys of other systems."""

from datetime import date, datetime, timedelta

import pytest

from credit_registry.domain.errors import InvalidInput, NotAllowed, NotSignedIn
from credit_registry.domain.permissions import Permission, Role
from credit_registry.services import journal, keys
from credit_registry.storage.database import Database
from tests.factories import an_actor, an_office, an_operator


def _a_key(
    database: Database, now: datetime, *scopes: str, expires_on: date = date(2027, 6, 30)
) -> tuple[keys.KeyView, str]:
    office = an_office(database)
    return database.run(
        lambda session: keys.create_key(
            session,
            an_operator(),
            title="区政务服务平台：办件前查询",
            office_id=office.id,
            scopes=scopes or ("lookups:read",),
            expires_on=expires_on,
            now=now,
        )
    )


def _actor(database: Database, secret: str, now: datetime) -> keys.Actor:
    with database.read() as session:
        return keys.actor_of_key(session, secret, now=now)


def test_a_key_opens_its_scopes_and_nothing_else(database: Database, now: datetime) -> None:
    made, secret = _a_key(database, now, "lookups:read", "register:read")

    actor = _actor(database, secret, now)

    assert secret.startswith(f"{made.prefix}_")
    assert actor.permissions == {Permission.LOOKUPS_READ, Permission.REGISTER_READ}
    assert (actor.label, actor.key_id, actor.account_id) == (f"key:{made.prefix}", made.id, None)


def test_the_secret_is_stored_nowhere(sqlite_database: Database, now: datetime) -> None:
    _, secret = _a_key(sqlite_database, now)

    with sqlite_database.engine.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM api_keys").all())
        told = str(connection.exec_driver_sql("SELECT * FROM audit_entries").all())
    assert secret.rpartition("_")[2] not in kept + told


def test_every_changed_character_is_refused(sqlite_database: Database, now: datetime) -> None:
    _, secret = _a_key(sqlite_database, now)

    for place, character in enumerate(secret):
        other = "b" if character == "a" else "a"
        with pytest.raises(NotSignedIn):
            _actor(sqlite_database, secret[:place] + other + secret[place + 1 :], now)


@pytest.mark.parametrize(
    "text", ["", "hd_", "hd_x_y", "Bearer x", "hd_" + "a" * 8 + "_" + "a" * 52, "密钥" * 40, "\0"]
)
def test_what_is_no_key_is_refused(sqlite_database: Database, now: datetime, text: str) -> None:
    with pytest.raises(NotSignedIn):
        _actor(sqlite_database, text, now)


def test_a_revoked_key_ends_at_once(database: Database, now: datetime) -> None:
    made, secret = _a_key(database, now)
    database.run(lambda session: keys.revoke_key(session, an_operator(), made.prefix, reason="泄露", now=now))

    with pytest.raises(NotSignedIn):
        _actor(database, secret, now)
    with database.read() as session:
        newest = journal.page(session, an_operator(), limit=1).items[0].entry
    assert (newest.verb, newest.reason) == ("key:revoke", "泄露")


def test_a_key_works_through_its_last_day(sqlite_database: Database, now: datetime) -> None:
    _, secret = _a_key(sqlite_database, now, expires_on=date(2026, 11, 25))

    assert _actor(sqlite_database, secret, now + timedelta(days=1))
    with pytest.raises(NotSignedIn):
        _actor(sqlite_database, secret, now + timedelta(days=2))


@pytest.mark.parametrize("expires_on", [date(2026, 11, 23), date(2027, 11, 26), date(2099, 1, 1)])
def test_a_key_lives_a_year_at_most(sqlite_database: Database, now: datetime, expires_on: date) -> None:
    with pytest.raises(InvalidInput):
        _a_key(sqlite_database, now, expires_on=expires_on)


@pytest.mark.parametrize("scope", ["listings:decide", "accounts:manage", "audit:read", "everything"])
def test_acts_of_due_process_are_for_persons(sqlite_database: Database, now: datetime, scope: str) -> None:
    with pytest.raises(InvalidInput):
        _a_key(sqlite_database, now, "lookups:read", scope)


def test_only_an_administrator_makes_keys(sqlite_database: Database, now: datetime) -> None:
    office = an_office(sqlite_database)
    actor = an_actor(sqlite_database, Role.OFFICER)

    with pytest.raises(NotAllowed), sqlite_database.begin() as session:
        keys.create_key(
            session,
            actor,
            title="x",
            office_id=office.id,
            scopes=["lookups:read"],
            expires_on=date(2027, 1, 1),
            now=now,
        )


def test_the_day_of_use_is_noted(database: Database, now: datetime) -> None:
    _, secret = _a_key(database, now)
    with database.read() as session:
        first = keys.recognise(session, secret, now=now)
    assert first.is_first_use
    actor = first.actor
    database.run(lambda session: keys.mark_key_used(session, actor, now=now))

    with database.read() as session:
        assert not keys.recognise(session, secret, now=now).is_first_use
        assert keys.recognise(session, secret, now=now + timedelta(days=1)).is_first_use
        assert keys.page_keys(session, an_operator()).items[0].last_used_on == date(2026, 11, 24)
