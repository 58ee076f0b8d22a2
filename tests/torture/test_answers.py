"""T5, T7, T8: a server process killed in an import, an answer that is lost, a request that comes twice."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event

from credit_registry.domain.errors import Unavailable
from credit_registry.services import imports
from credit_registry.storage.database import Database
from credit_registry.storage.queries import imports as stored
from tests.conftest import VAULT
from tests.factories import NOW, an_import, an_operator
from tests.postgres import Cluster
from tests.torture.faults import a_ground
from tests.torture.test_imports import a_small_file, breaches, in_a_child, picture

OPERATOR = an_operator()


@pytest.fixture
def durable_database(postgres_database: Database, cluster: Cluster) -> Database:
    """The suite's server may forget its last commits in a crash, for speed; here it may not."""
    name = postgres_database.engine.url.database
    with psycopg.connect(
        f"host={cluster.folder} user={cluster.user} dbname=postgres", autocommit=True
    ) as connection:
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = on')
    postgres_database.dispose()
    return postgres_database


def backend_killed(database: Database, cluster: Cluster, data: bytes, n: int) -> str:
    """SIGKILL the backend before its n-th statement; what the importer is told, once the server is back."""
    seen = 0

    def count(connection, *_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == n:
            os.kill(connection.connection.dbapi_connection.info.backend_pid, signal.SIGKILL)

    server = f"host={cluster.folder} user={cluster.user} dbname=postgres"
    witness = psycopg.connect(server, autocommit=True)
    event.listen(database.engine, "before_cursor_execute", count)
    try:
        an_import(database, "penalties", data, key="one")
        said = "done"
    except Unavailable as refusal:
        said = refusal.code
    finally:
        event.remove(database.engine, "before_cursor_execute", count)
    # The server ends every session before it recovers; only then does a new one mean that it is back.
    with suppress(psycopg.OperationalError):
        while True:
            witness.execute("SELECT 1")
    witness.close()
    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(server).close()
            return said
        except psycopg.OperationalError:
            assert time.monotonic() < until, "the server did not come back"
            time.sleep(0.02)


@pytest.mark.parametrize("n", [2, 9, 16])
def test_a_backend_killed_in_an_import_leaves_nothing_and_a_retry_succeeds_once(durable_database, cluster, n):
    data = a_small_file(durable_database)
    before = picture(durable_database)

    said = backend_killed(durable_database, cluster, data, n)

    assert said == "database-lost"
    assert picture(durable_database) == before
    assert not an_import(durable_database, "penalties", data, key="one").replayed
    assert an_import(durable_database, "penalties", data, key="one").replayed
    assert breaches(durable_database, data) == []


def test_killing_a_backend_catches_an_import_without_a_transaction(durable_database, cluster):
    data = a_small_file(durable_database)
    before = picture(durable_database)
    mutant = Database(durable_database.engine.url.render_as_string(hide_password=False), VAULT)
    mutant.engine.update_execution_options(isolation_level="AUTOCOMMIT")

    backend_killed(mutant, cluster, data, 16)
    mutant.dispose()

    assert picture(durable_database) != before


@contextmanager
def deaf_server(cluster: Cluster, folder: Path) -> Iterator[Path]:
    """A socket before the server that passes COMMIT on and cuts the line before the answer."""
    folder.mkdir()
    name = ".s.PGSQL.5432"
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(folder / name))
    door.listen()

    def serve(client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(str(cluster.folder / name))

            def back() -> None:
                while got := server.recv(65536):
                    if deaf.is_set():
                        break
                    client.sendall(got)
                client.shutdown(socket.SHUT_RDWR)

            deaf = threading.Event()
            answers = threading.Thread(target=back)
            answers.start()
            while got := client.recv(65536):
                # Settling a new connection ends with a COMMIT too; the import's comes after an INSERT.
                if writes.is_set() and b"COMMIT" in got:
                    deaf.set()
                server.sendall(got)
                if b"INSERT INTO import_batches" in got:
                    writes.set()
            # The server learns that nobody listens any more; its own work is done by then.
            server.shutdown(socket.SHUT_WR)
            answers.join()

    def listen() -> None:
        while True:
            try:
                client, _ = door.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(client,), daemon=True).start()

    writes = threading.Event()
    threading.Thread(target=listen, daemon=True).start()
    try:
        yield folder
    finally:
        door.shutdown(socket.SHUT_RDWR)
        door.close()


def commit_unheard(database: Database, cluster: Cluster, folder: Path, data: bytes) -> None:
    """PostgreSQL: an import whose COMMIT arrives and whose answer does not."""
    name = database.engine.url.database
    with deaf_server(cluster, folder) as before:
        url = f"postgresql+psycopg://{cluster.user}@/{name}?host={before}"
        through = Database(url, VAULT)
        with pytest.raises(Unavailable, match="连接中断") as refused:
            an_import(through, "penalties", data, key="one")
        through.dispose()
    assert refused.value.code == "database-lost"


def test_on_postgresql_a_commit_whose_answer_was_lost_is_answered_replayed(
    postgres_database, cluster, tmp_path
):
    data = a_small_file(postgres_database)
    commit_unheard(postgres_database, cluster, tmp_path / "d", data)

    again = an_import(postgres_database, "penalties", data, key="one")

    assert again.replayed
    assert breaches(postgres_database, data) == []


def test_on_sqlite_a_commit_whose_answer_was_lost_is_answered_replayed(sqlite_template, tmp_path):
    ground = a_ground(sqlite_template, tmp_path)
    file = ground.copy(tmp_path / "lost")

    def work() -> None:
        database = Database(f"sqlite:///{file}", VAULT)
        database.run(
            lambda session: event.listen(
                session, "after_commit", lambda _: os.kill(os.getpid(), signal.SIGKILL)
            ) or imports.take(session, OPERATOR, "penalties", ground.data, "f.csv", key="one", now=NOW)
        )  # fmt: skip

    assert in_a_child(work) == signal.SIGKILL
    assert ground.look(file, is_told=True) == []
    database = Database(f"sqlite:///{file}", VAULT)
    assert an_import(database, "penalties", ground.data, key="one", actor=OPERATOR).replayed
    assert picture(database) == ground.whole
    database.dispose()


def test_a_register_that_forgets_keys_cannot_answer_the_retry(database, monkeypatch):
    data = a_small_file(database)
    an_import(database, "penalties", data, key="one")
    monkeypatch.setattr(stored, "find_by_key", lambda *_: None)

    with pytest.raises(Exception, match="(?i)unique"):
        an_import(database, "penalties", data, key="one")
    assert breaches(database, data) == []


def test_a_request_delivered_again_an_hour_later_is_one_batch(database):
    data = a_small_file(database)
    first = an_import(database, "penalties", data, key="one")
    whole = picture(database)

    again = an_import(database, "penalties", data, key="one", now=NOW + timedelta(hours=1))

    assert (again.replayed, again.batch) == (True, first.batch)
    assert picture(database) == whole
