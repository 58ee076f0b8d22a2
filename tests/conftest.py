"""Resources that tests share: both database engines, the present instant, the app.

Nothing here makes rows: `tests/factories.py` does, through the services.
"""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from credit_registry.demonstration.loading import load
from credit_registry.demonstration.material import make_material
from credit_registry.domain.identity import Vault
from credit_registry.storage.database import Database
from credit_registry.storage.migrations import migrate
from tests.postgres import Cluster, start_cluster

VAULT = Vault(key=bytes(range(32)), pepper=b"pepper-of-the-tests")
SHARED = Path(__file__).resolve().parents[2] / "shared"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared folder beside the checkout")


@pytest.fixture
def now() -> datetime:
    """The morning of 2026-11-24 in Beijing."""
    return datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def on() -> date:
    return date(2026, 11, 24)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file; each test copies it."""
    file = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    database = Database(f"sqlite:///{file}", VAULT)
    migrate(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return file


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A real PostgreSQL of this test run's own, as a child process, with a migrated template database.

    Not below pytest's own folder: every other run that starts closes that to all but its owner, and a server that
    runs as somebody else then loses its files.
    """
    folder = Path(tempfile.mkdtemp(prefix="registry-pg-"))
    running = start_cluster(folder)
    try:
        running.create("registry_template")
        database = Database(running.url("registry_template"), VAULT)
        migrate(database)
        database.dispose()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    file = tmp_path / "registry.sqlite3"
    shutil.copy(sqlite_template, file)
    database = Database(f"sqlite:///{file}", VAULT)
    yield database
    database.dispose()


@pytest.fixture
def postgres_database(cluster: Cluster) -> Iterator[Database]:
    name = cluster.create_from("registry_template")
    database = Database(cluster.url(name), VAULT)
    yield database
    database.dispose()
    cluster.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty, migrated database, once on each engine: two engines, one behaviour."""
    fixture = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    found: Database = request.getfixturevalue(fixture)
    return found


@pytest.fixture(scope="session")
def demonstration_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demonstration as of 2026-11-24: read it, or copy it to write."""
    file = tmp_path_factory.mktemp("demonstration") / "registry.sqlite3"
    shutil.copy(sqlite_template, file)
    database = Database(f"sqlite:///{file}", VAULT)
    load(database, make_material(ordinary=20), now=datetime(2026, 11, 24, 2, 0, tzinfo=UTC))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return file
