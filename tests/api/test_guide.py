"""The guide in `docs/api.md` runs as it is printed, against a live server."""

import doctest
import re
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import structlog
import time_machine
from werkzeug.serving import make_server

from credit_registry.app import create_app
from credit_registry.domain.accounts import local_day
from credit_registry.jobs import worker
from credit_registry.storage.database import Database
from tests.api.conftest import AUTHORITY, OWN_PASSWORD, a_secret, settings_of, settle_in
from tests.factories import a_candidate, a_case, a_code, a_file, a_penalty_row, a_team, an_enterprise

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
BEGUN = datetime(2026, 9, 1, 2, tzinfo=UTC)


@pytest.fixture
def served(sqlite_database: Database, tmp_path: Path, now: datetime) -> Iterator[dict[str, object]]:
    """The names that the guide's examples use, and the server they call."""
    team = a_team(sqlite_database, now=BEGUN)
    settle_in(sqlite_database, team.officer, now)
    listed = a_case(sqlite_database, team=team, begun=BEGUN, registered_on=date(2015, 3, 1))
    a_candidate(sqlite_database, team, now=now)
    other = an_enterprise(sqlite_database)
    secret = a_secret(sqlite_database, now)
    with time_machine.travel(now, tick=True):
        server = make_server(
            "127.0.0.1", 0, create_app(settings_of(tmp_path), sqlite_database), threaded=True
        )
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        stop = threading.Event()
        beside = threading.Thread(target=worker.work, args=(sqlite_database, tmp_path / "uploads", stop))
        beside.start()
        yield {
            "BASE": f"http://127.0.0.1:{server.server_port}",
            "KEY": secret,
            "CODE": listed.uscc,
            "UNKNOWN_CODE": a_code(),
            "DAY": "2026-10-01",
            "TODAY": local_day(now).isoformat(),
            "OFFICER": team.officer.label.partition(":")[2],
            "PASSWORD": OWN_PASSWORD,
            "PENALTIES": a_file(
                "penalties", [a_penalty_row(other, "京海应急罚〔2026〕1号", authority_code=AUTHORITY)]
            ),
        }
        stop.set()
        beside.join()
        server.shutdown()
        thread.join()


def test_the_guide_runs(served: dict[str, object]) -> None:
    # The server's own log lines go to the same output that the examples are compared with.
    with structlog.testing.capture_logs():
        result = doctest.testfile(str(GUIDE), module_relative=False, globs=served, encoding="utf-8")

    assert result.failed == 0
    assert result.attempted >= 40


def test_the_guide_names_every_code_of_the_form() -> None:
    told = set(re.findall(r"`([A-Z]-[A-Z-]+)`", GUIDE.read_text(encoding="utf-8")))
    used = {
        code
        for file in (GUIDE.parents[1] / "credit_registry" / "api").rglob("*.py")
        for code in re.findall(r"\b(A-[A-Z]+(?:-[A-Z]+)*)\b", file.read_text(encoding="utf-8"))
    }

    assert used - told == set()
