"""P9 and P11–P13: the daily run against the full one; look-ups against a bare hello and against bare selects.

Both servers of P11 and P12 run at the same time, each with the same server program and number of workers; wrk calls
one and then the other. Ours does all that the interface does (key, limits but for the counting of calls, headers,
log kept on disk before the answer); only the limit on calls is off, since one caller asks for everything here.
Beside them stands what the disk allows: the same hello with one row of its own committed at the same durability.
"""

import os
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from credit_registry import clock
from credit_registry.app import create_app
from credit_registry.services import assessments, lookups
from credit_registry.settings import Settings
from credit_registry.storage.database import Database
from credit_registry.storage.migrations import migrate
from credit_registry.storage.queries import assessments as grades
from credit_registry.storage.queries import enterprises
from credit_registry.storage.queries.lookups import bearers
from tests.api.conftest import a_secret
from tests.bench.measure import PAIRS, Ratio, compare
from tests.conftest import VAULT
from tests.factories import PENALTY_ROW, a_case, a_code, a_file, an_import, an_operator

ENTERPRISES = 300_000
PENALTIES = 300_000
FOLDER = "CREDIT_REGISTRY_VAR"


def run(*, quick: bool) -> Iterator[Ratio]:
    count = ENTERPRISES // 10 if quick else ENTERPRISES
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database, codes = _register(folder, count, PENALTIES // 10 if quick else PENALTIES)
        yield _daily(database, count)
        yield _batch(database, codes)
        secret = a_secret(database, clock.now(), "lookups:read")
        database.dispose()
        if shutil.which("wrk") is None:
            print("   P11 and P12 need wrk: apt-get install -y wrk")
            return
        seconds = 1 if quick else 4
        yield _served(
            folder, "P11 one look-up, granian, 16 connections", _granian, codes, secret, seconds, 0.65
        )
        yield _served(
            folder, "P12 one look-up, gunicorn sync, 16 connections", _gunicorn, codes, secret, seconds, 0.85
        )


def _register(folder: Path, count: int, penalties: int) -> tuple[Database, list[str]]:
    """A register with graded enterprises, two penalties each and a few entries, made through the services."""
    database = Database(_url(folder), VAULT)
    migrate(database)
    now = clock.now()
    codes = [a_code(number) for number in range(100_000, 100_000 + count)]
    rows = [
        {"name": f"示例第{code[-8:]}号制造有限公司", "uscc": code, "registered_on": "2015-03-01"}
        for code in codes
    ]
    an_import(database, "enterprises", a_file("enterprises", rows), now=now)
    made = [
        {
            **PENALTY_ROW,
            **rows[n % count],
            "document_no": f"京海应急罚〔2026〕{n}号",
            "cause": f"违法行为{n % 50}",
        }
        for n in range(penalties)
    ]
    an_import(database, "penalties", a_file("penalties", made), now=now)
    for _ in range(3):
        codes.append(a_case(database, begun=now).uscc or "")
    database.run(lambda session: assessments.assess(session, an_operator(), on=clock.local_day(now), now=now))
    return database, codes


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'bench.sqlite3'}"


def _daily(database: Database, count: int) -> Ratio:
    now = clock.now()
    on = clock.local_day(now)
    with database.read() as session:
        ids = grades.all_ids(session)[::100]

    def daily() -> None:
        database.run(lambda session: enterprises.mark_dirty(session, ids, now))
        database.run(lambda s: assessments.assess(s, an_operator(), on=on, now=now, only_due=True))

    def full() -> None:
        database.run(lambda s: assessments.assess(s, an_operator(), on=on, now=now))

    return compare("P9 daily run, 1 % dirty", daily, full, kind="time", target=0.03, rows=count)


def _batch(database: Database, codes: list[str]) -> Ratio:
    """The whole batch with its log, against one select for each code by the same statement, and no log."""
    asked = codes[-1000:]
    now = clock.now()
    on = clock.local_day(now)

    def ours() -> None:
        database.run(lambda session: lookups.answer_many(session, an_operator(), asked, now=now))

    def theirs() -> None:
        with database.read() as session:
            for code in asked:
                bearers(session, [code], on=on)

    return compare("P13 batch of 1,000 codes, logged", ours, theirs, kind="time", target=0.6, rows=len(asked))


def hello_app() -> Flask:
    """The least that a Flask application can answer, and the least where each answer is kept on disk first."""
    app = Flask("hello")
    folder = Settings.from_env().var
    folder.mkdir(parents=True, exist_ok=True)
    own = threading.local()

    def kept() -> dict[str, str]:
        if not hasattr(own, "connection"):
            own.connection = sqlite3.connect(folder / "kept.sqlite3", timeout=10, isolation_level=None)
            own.connection.execute("PRAGMA journal_mode=WAL")
            own.connection.execute("PRAGMA synchronous=FULL")
            own.connection.execute("CREATE TABLE IF NOT EXISTS kept (text)")
        own.connection.execute("INSERT INTO kept VALUES ('hello')")
        return {"hello": "world"}

    app.add_url_rule("/hello", "hello", lambda: {"hello": "world"})
    app.add_url_rule("/kept", "kept", kept)
    return app


def registry_app() -> Flask:
    """The whole application on the bench's database."""
    settings = Settings.from_env()
    app = create_app(settings, Database(settings.database_url, VAULT))
    for limiter in app.extensions["limiter"]:
        limiter.enabled = False
    return app


def _granian(factory: str, port: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--workers", "2", "--port", str(port),
        "--log-level", "error", f"tests.bench.lookups:{factory}",
    ]  # fmt: skip


def _gunicorn(factory: str, port: int) -> list[str]:
    return [
        sys.executable, "-m", "gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{port}", "--no-control-socket",
        "--log-level", "error", f"tests.bench.lookups:{factory}()",
    ]  # fmt: skip


def _served(
    folder: Path,
    goal: str,
    server: Callable[[str, int], list[str]],
    codes: list[str],
    secret: str,
    seconds: int,
    target: float,
) -> Ratio:
    script = folder / "codes.lua"
    script.write_text(_SCRIPT.format(codes=",".join(f'"{code}"' for code in codes), secret=secret))
    with (
        _running(server("hello_app", 0), folder, "/hello") as hello,
        _running(server("registry_app", 0), folder, "/readyz") as registry,
    ):
        sides: tuple[Callable[[], float], ...] = (
            lambda: _wrk(f"{registry}/", seconds, script),
            lambda: _wrk(f"{hello}/hello", seconds, None),
        )
        for side in sides:
            side()
        taken = []
        for number in range(PAIRS):
            rates = [side() for side in (sides if number % 2 else reversed(sides))]
            taken.append(tuple(rates if number % 2 else reversed(rates)))
        kept = statistics.median(_wrk(f"{hello}/kept", seconds, None) for _ in range(3))
    ratios = sorted(ours / theirs for ours, theirs in taken)
    ours, theirs = (statistics.median(rates) for rates in zip(*taken, strict=True))
    print(f"   {ours:,.0f} answers a second against {theirs:,.0f}; a hello that keeps one row: {kept:,.0f}")
    return Ratio(
        goal,
        "speed",
        1 / ours,
        1 / theirs,
        statistics.median(ratios),
        ratios[0],
        ratios[-1],
        target,
        len(codes),
    )


_SCRIPT = """
local codes = {{{codes}}}
math.randomseed(7)
request = function()
  return wrk.format("GET", "/api/v1/lookups/" .. codes[math.random(#codes)] .. "?matter=permit",
                    {{["Authorization"] = "Bearer {secret}"}})
end
"""


def _wrk(url: str, seconds: int, script: Path | None) -> float:
    """Answers a second; an answer that is an error spoils the measurement and stops it."""
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s", *(["-s", str(script)] if script else []), url]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in told:
        raise RuntimeError(told)
    found = re.search(r"Requests/sec:\s+([\d.]+)", told)
    assert found, told
    return float(found.group(1))


@contextmanager
def _running(command: list[str], folder: Path, path: str) -> Iterator[str]:
    """A server on a free port, as a child; its address once it answers."""
    # Held, bound but not listening, until the server stands on it: nobody else is given this port meanwhile.
    held = socket.socket()
    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        held.setsockopt(socket.SOL_SOCKET, option, 1)
    held.bind(("127.0.0.1", 0))
    port = held.getsockname()[1]
    filled = [part.replace(":0", f":{port}") if part != "0" else str(port) for part in command]
    environment: dict[str, Any] = {
        **os.environ,  # noqa: TID251 - a child needs the path and the rest of its parent's
        "CREDIT_REGISTRY_DATABASE_URL": _url(folder),
        FOLDER: str(folder / "var"),
    }
    server = subprocess.Popen(filled, env=environment)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                # Listening is not answering: a worker may still be importing.
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10).close()
                break
            except OSError:
                if time.monotonic() > deadline or server.poll() is not None:
                    raise
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        held.close()
        server.terminate()
        server.wait(timeout=30)
