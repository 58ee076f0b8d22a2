"""The application under test, a caller with a key, and a present that does not move."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from credit_registry.app import create_app
from credit_registry.domain.permissions import KEY_SCOPES, Actor
from credit_registry.services import keys, sessions
from credit_registry.settings import Settings
from credit_registry.storage.database import Database
from tests.factories import PASSWORD, PENALTY_ROW, an_office, an_operator

# Of the office that the records of the factories name.
AUTHORITY = PENALTY_ROW["authority_code"]


def settings_of(folder: Path) -> Settings:
    return Settings(
        database_url="unused, the database is given", var=folder, secret_key="s" * 64, identity_key=bytes(32)
    )


def a_secret(database: Database, now: datetime, *scopes: str, **office: Any) -> str:
    """The secret of a new key; with every scope a key may have unless some are named."""
    place = an_office(database, **(office or {"authority_code": AUTHORITY}))
    _, secret = database.run(
        lambda session: keys.create_key(
            session,
            an_operator(),
            title="测试系统",
            office_id=place.id,
            scopes=scopes or tuple(scope.value for scope in KEY_SCOPES),
            expires_on=date(2027, 6, 30),
            now=now,
        )
    )
    return secret


@dataclass(frozen=True)
class Caller:
    """A system that calls the interface with its key."""

    client: FlaskClient
    secret: str

    def _headers(self, given: dict[str, str] | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", **(given or {})}

    def get(self, path: str, *, headers: dict[str, str] | None = None, **options: Any) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self._headers(headers), **options)

    def delete(self, path: str) -> TestResponse:
        return self.client.delete(f"/api/v1{path}", headers=self._headers(None))

    def post(self, path: str, *, headers: dict[str, str] | None = None, **options: Any) -> TestResponse:
        return self.client.post(f"/api/v1{path}", headers=self._headers(headers), **options)


@pytest.fixture
def stopped_clock(now: datetime) -> Iterator[None]:
    # The doors read the wall clock; what they answer about "today" must not depend on when a test runs.
    with time_machine.travel(now, tick=True):
        yield


@pytest.fixture
def app(database: Database, tmp_path: Path, stopped_clock: None) -> Flask:
    return create_app(settings_of(tmp_path), database)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def caller(client: FlaskClient, database: Database, now: datetime) -> Caller:
    return Caller(client, a_secret(database, now))


@pytest.fixture
def caller_with(client: FlaskClient, database: Database, now: datetime) -> Callable[..., Caller]:
    """Make a caller with these scopes, of an office described by keywords."""
    return lambda *scopes, **office: Caller(client, a_secret(database, now, *scopes, **office))


OWN_PASSWORD = "Neue-Wiese-88-Baum"


def settle_in(database: Database, actor: Actor, now: datetime) -> None:
    """The officer chooses a password; before that no door opens."""
    database.run(
        lambda session: sessions.change_password(session, actor, old=PASSWORD, new=OWN_PASSWORD, now=now)
    )


def sign_in(client: FlaskClient, actor: Actor) -> Caller:
    """The officer at the interface, with a session of this moment."""
    login = actor.label.partition(":")[2]
    opened = client.post("/api/v1/sessions", json={"login": login, "password": OWN_PASSWORD})
    assert opened.status_code == 201, opened.get_json()
    return Caller(client, opened.get_json()["token"])
