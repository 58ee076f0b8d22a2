"""T11: a worker of the web server killed in an import; the client sends it again under the same key."""

import http.client
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from credit_registry import clock
from credit_registry.domain.identity import Vault
from credit_registry.domain.permissions import KEY_SCOPES
from credit_registry.services import keys
from credit_registry.storage.database import Database
from credit_registry.storage.tables.imports import ImportBatchRow
from credit_registry.storage.tables.records import RecordRow
from tests.factories import PENALTY_ROW, a_file, a_penalty_row, an_enterprise, an_office, an_operator
from tests.torture.test_imports import breaches

ROOT = Path(__file__).resolve().parents[2]
POINTS = ("upload", "parse", "commit", "committed", "response")


@dataclass
class Service:
    """gunicorn with one worker, a child of this process."""

    port: int
    secret: str
    database: Database
    var: Path
    pid: int

    def send(
        self, data: bytes, key: str, *, dies_at: str | None = None, prefer: str | None = None
    ) -> tuple[int, bytes]:
        """Post an import; status 0 when the line was cut."""
        edge = "part-of-a-form"
        body = (
            f'--{edge}\r\nContent-Disposition: form-data; name="kind"\r\n\r\npenalties\r\n'
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="f.csv"\r\n\r\n'
        ).encode() + data + f"\r\n--{edge}--\r\n".encode()  # fmt: skip
        headers = {
            "Authorization": f"Bearer {self.secret}", "Idempotency-Key": key,
            "Content-Type": f"multipart/form-data; boundary={edge}",
        }  # fmt: skip
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(
                "POST", "/api/v1/imports", body,
                headers | ({"X-Torture": dies_at} if dies_at else {}) | ({"Prefer": prefer} if prefer else {}),
            )  # fmt: skip
            answer = line.getresponse()
            return answer.status, answer.read()
        except (ConnectionError, http.client.HTTPException):
            return 0, b""
        finally:
            line.close()

    def batches(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(ImportBatchRow)) or 0

    def records(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(RecordRow)) or 0


@pytest.fixture(scope="module")
def service(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with served(sqlite_template, tmp_path_factory.mktemp("service")) as running:
        yield running


@contextmanager
def served(template: Path, var: Path, **environment: str) -> Iterator[Service]:
    """The service over a register of its own in ``var``, with more of the environment where needed."""
    shutil.copy(template, var / "registry.sqlite3")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = Database(f"sqlite:///{var / 'registry.sqlite3'}", Vault(key=bytes(32), pepper=b"s" * 64))
    office = an_office(database, authority_code=PENALTY_ROW["authority_code"])
    scopes = tuple(scope.value for scope in KEY_SCOPES)
    started = clock.now()
    _, secret = database.run(
        lambda session: keys.create_key(
            session, an_operator(), title="测试系统", office_id=office.id, scopes=scopes,
            expires_on=date(started.year + 1, 1, 1), now=started,
        )
    )  # fmt: skip
    names = {"VAR": str(var), "SECRET_KEY": "s" * 64, "IDENTITY_KEY": "00" * 32, "WORKER": "0"}
    log = (var / "server.log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--preload", "-w", "1", "-k", "gthread", "--threads", "2",
         "--no-control-socket", "-b", f"127.0.0.1:{port}", "tests.torture.service:app"],
        env={f"CREDIT_REGISTRY_{name}": value for name, value in names.items()} | environment, cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=log,
    )  # fmt: skip
    log.close()
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            assert server.poll() is None and time.monotonic() < until, (var / "server.log").read_text()
            time.sleep(0.05)
    try:
        yield Service(port, secret, database, var, server.pid)
    finally:
        server.terminate()
        server.wait(timeout=30)
        database.dispose()


def killed_and_sent_again(service: Service, point: str, *, key: str, retry_key: str) -> list[str]:
    """What was not exactly once."""
    enterprise = an_enterprise(service.database)
    data = a_file("penalties", [a_penalty_row(enterprise, f"{point}{retry_key}{n}号") for n in range(20)])
    batches, records = service.batches(), service.records()
    status, _ = service.send(data, key, dies_at=point)
    found = [] if status == 0 else [f"the worker lived to answer {status}"]
    status, answer = service.send(data, retry_key)
    if status != (200 if point in ("committed", "response") else 201):
        found.append(f"the retry is answered {status} {answer[:200]!r}")
    if service.batches() != batches + 1 or service.records() != records + 20:
        found.append(f"{service.batches() - batches} batches, {service.records() - records} records")
    return found + breaches(service.database, data)


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_in_an_import_and_the_request_sent_again_make_one_batch(service, point):
    assert killed_and_sent_again(service, point, key=f"key-{point}", retry_key=f"key-{point}") == []
    assert not (service.var / "uploads").exists() or not any((service.var / "uploads").iterdir())


def test_the_kills_catch_a_client_that_makes_a_new_key_for_each_try(service):
    found = killed_and_sent_again(service, "response", key="first", retry_key="second")

    assert any("2 batches" in each for each in found)
