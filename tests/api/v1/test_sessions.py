"""Signing in through the interface: the same limits as at the browser, and nothing that a key could not tell."""

from datetime import datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from credit_registry.domain.accounts import ADDRESS_LOCK_AFTER
from credit_registry.services import accounts
from credit_registry.storage.database import Database
from tests.api.conftest import OWN_PASSWORD, settle_in, sign_in
from tests.factories import PASSWORD, an_actor, an_operator


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One engine: sessions are tried on both in `tests/services/test_sessions.py`."""
    return sqlite_database


def _try(client: FlaskClient, login: str, password: str) -> tuple[int, str]:
    answer = client.post("/api/v1/sessions", json={"login": login, "password": password})
    return answer.status_code, answer.get_json().get("code", "")


def test_a_session_says_who_it_is_and_ends_when_told(
    client: FlaskClient, database: Database, now: datetime
) -> None:
    actor = an_actor(database)
    settle_in(database, actor, now)
    caller = sign_in(client, actor)

    assert caller.get("/cases").status_code == 200
    assert caller.delete("/sessions").status_code == 204
    after = caller.get("/cases")
    assert (after.status_code, after.get_json()["code"]) == (401, "session-ended")


def test_a_first_password_opens_nothing(client: FlaskClient, database: Database) -> None:
    actor = an_actor(database)
    login = actor.label.partition(":")[2]
    token = client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD}).get_json()["token"]

    refused = client.get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"})

    assert (refused.status_code, refused.get_json()["code"]) == (403, "password-due")


def test_idleness_and_a_disabled_account_end_it(
    client: FlaskClient, database: Database, now: datetime
) -> None:
    actor = an_actor(database)
    settle_in(database, actor, now)
    idle, disabled = sign_in(client, actor), sign_in(client, actor)
    login = actor.label.partition(":")[2]
    with time_machine.travel(now + timedelta(minutes=31), tick=True):
        assert idle.get("/cases").status_code == 401
    database.run(lambda session: accounts.disable(session, an_operator(), login, reason="离职", now=now))
    assert disabled.get("/cases").status_code == 401


def test_wrong_passwords_are_alike_and_lock_the_address(client: FlaskClient, database: Database) -> None:
    actor = an_actor(database)
    login = actor.label.partition(":")[2]

    assert _try(client, login, "x") == _try(client, "nobody", "x") == (401, "sign-in-refused")
    for _ in range(ADDRESS_LOCK_AFTER):
        _try(client, "nobody", "x")
    answer = client.post("/api/v1/sessions", json={"login": login, "password": OWN_PASSWORD})
    assert (answer.status_code, answer.get_json()["code"]) == (429, "address-locked")
    assert int(answer.headers["Retry-After"]) > 0
