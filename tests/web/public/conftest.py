"""The public site over the demonstration, on a fixed day."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from credit_registry.app import create_app
from credit_registry.settings import Settings
from credit_registry.storage.database import Database
from tests.conftest import VAULT

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def demo_database(demonstration_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A copy of the demonstration that a test may change."""
    file = tmp_path / "registry.sqlite3"
    shutil.copy(demonstration_file, file)
    database = Database(f"sqlite:///{file}", VAULT)
    yield database
    database.dispose()


def app_over(database: Database, var: Path) -> Flask:
    settings = Settings(
        database_url=str(database.engine.url), var=var, secret_key="s" * 64, identity_key=bytes(32), is_demonstration=True
    )  # fmt: skip
    return create_app(settings, database)


@pytest.fixture
def client(demo_database: Database, tmp_path: Path) -> Iterator[FlaskClient]:
    with time_machine.travel(NOW, tick=False):
        yield app_over(demo_database, tmp_path).test_client()
