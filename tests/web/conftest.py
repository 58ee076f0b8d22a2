"""The application under test, and officers who sign in to it through the form."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from credit_registry.app import create_app
from credit_registry.domain.permissions import Role
from credit_registry.services import accounts, offices, sessions
from credit_registry.settings import Settings
from credit_registry.storage.database import Database
from tests.factories import PASSWORD, an_account, an_office

OWN = "Neue-Wiese-88-Baum"  # the password after the first change
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def app(sqlite_database: Database, tmp_path: Path) -> Flask:
    settings = Settings(
        database_url="unused, the database is given",
        var=tmp_path,
        secret_key="s" * 64,
        identity_key=bytes(32),
    )
    return create_app(settings, sqlite_database)


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    """The door reads the wall clock; here it stands still until a test moves it."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@dataclass
class Browser:
    """A browser: keeps cookies, takes the token from the page before it posts."""

    client: FlaskClient
    login: str = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, *, on: str, **options: Any) -> TestResponse:
        """Post ``data`` as the form on the page ``on`` would."""
        return self.client.post(path, data={"csrf_token": self.token(on), **(data or {})}, **options)

    def token(self, path: str) -> str:
        found = _TOKEN.search(self.get(path).text)
        assert found, f"no form on {path}"
        return found.group(1)

    def sign_in(self, login: str, password: str) -> TestResponse:
        self.login = login
        return self.post("/sign-in", {"login": login, "password": password}, on="/sign-in")


@pytest.fixture
def visitor(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def signed_in(app: Flask, sqlite_database: Database, now: datetime) -> Callable[..., Browser]:
    """Somebody with these roles, signed in, the first password changed."""

    def make(*roles: Role, office: offices.OfficeView | None = None, **options: Any) -> Browser:
        place = office or an_office(sqlite_database, authority_code="11110108000000000F", is_keeper=True)
        account = an_account(sqlite_database, *roles, office=place, **options)
        with sqlite_database.begin() as session:
            actor = accounts.actor_of(session, account.login, now=now)
            sessions.change_password(session, actor, old=PASSWORD, new=OWN, now=now)
        visitor = Browser(app.test_client())
        assert visitor.sign_in(account.login, OWN).status_code == 303
        return visitor

    return make
