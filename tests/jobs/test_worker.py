"""Workers as they die, race and carry on."""

import os
import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, select

import importers.parts
from credit_registry.jobs import worker
from credit_registry.services import jobs
from credit_registry.services.jobs import JobView
from credit_registry.storage.database import Database
from credit_registry.storage.tables.imports import ImportBatchRow
from credit_registry.storage.tables.records import RecordRow
from tests.conftest import VAULT
from tests.factories import NOW, a_file, a_penalty_row, an_enterprise, an_operator
from tests.torture.test_imports import breaches, in_a_child, together

AFTER_SILENCE = NOW + jobs.SILENT_FOR + timedelta(seconds=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "uploads"


def handed_in(
    database: Database, folder: Path, rows: int = 3, data: bytes | None = None, now: datetime = NOW
) -> int:
    content = data
    if content is None:
        enterprise = an_enterprise(database)
        content = a_file("penalties", [a_penalty_row(enterprise, f"{number}号") for number in range(rows)])
    return database.run(
        lambda session: jobs.submit(
            session, an_operator(), "penalties", content, "处罚.csv", folder=folder, now=now
        )
    ).job


def seen(database: Database, job: int) -> JobView:
    with database.read() as session:
        return jobs.get(session, an_operator(), job)


def counted(database: Database) -> tuple[int, int]:
    """Batches and records."""
    with database.read() as session:
        tables = (ImportBatchRow, RecordRow)
        return tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def another(database: Database) -> Database:
    """The same database as another process opens it."""
    return Database(database.engine.url.render_as_string(hide_password=False), VAULT)


@pytest.mark.parametrize("stage", ["read", "check", "store", "done"])
def test_a_job_whose_worker_is_killed_is_done_once_by_the_next(database, folder, stage):
    job = handed_in(database, folder)

    def die() -> None:
        own = another(database)
        held = own.run(lambda session: jobs.claim(session, now=NOW))

        def tell(reached: str, _done: int, _rows: int) -> None:
            if reached == stage:
                os.kill(os.getpid(), signal.SIGKILL)

        own.run(lambda session: jobs.perform(session, held, folder=folder, now=NOW, progress=tell))

    assert in_a_child(die) == signal.SIGKILL
    left = seen(database, job)
    with time_machine.travel(NOW + timedelta(seconds=30), tick=False):
        too_early = worker.run_next(database, folder)
    with time_machine.travel(AFTER_SILENCE, tick=False):
        assert worker.run_next(database, folder)

    view = seen(database, job)
    assert (left.state, too_early) == ("running", False)
    assert (view.state, view.attempts, view.result["accepted"]) == ("done", 2, 3)
    assert counted(database) == (1, 3)
    assert breaches(database, b"") == []
    assert [file for file in folder.rglob("*") if file.is_file()] == []


def test_two_workers_do_one_job_once(database, folder):
    job = handed_in(database, folder, rows=20)

    with time_machine.travel(NOW, tick=True):
        answers = together(*(lambda: worker.run_next(database, folder) for _ in range(4)))

    with database.read() as session:
        view = jobs.get(session, an_operator(), job)
    assert view.started_at and view.finished_at and view.started_at < view.finished_at
    assert answers.count(True) == 1
    assert (seen(database, job).state, seen(database, job).attempts) == ("done", 1)
    assert counted(database) == (1, 20)


def test_a_defect_is_tried_again_and_ends_as_a_refusal(sqlite_database, folder):
    job = handed_in(sqlite_database, folder)
    with sqlite_database.begin() as session:
        session.connection().exec_driver_sql(
            "CREATE TRIGGER broken BEFORE INSERT ON records BEGIN SELECT RAISE(ABORT, 'disk on fire'); END"
        )

    with time_machine.travel(NOW, tick=False):
        for _ in range(jobs.ATTEMPTS + 1):
            worker.run_next(sqlite_database, folder)

    view = seen(sqlite_database, job)
    assert (view.state, view.refusal["code"]) == ("refused", "job-gave-up")
    assert counted(sqlite_database) == (0, 0)


def test_a_reader_that_is_lost_each_time_is_given_up(sqlite_database, folder, monkeypatch):
    monkeypatch.setattr(importers.parts, "LEAST_BYTES", 1)
    monkeypatch.setattr(importers, "ROWS", 10)
    # As good as killed: its interpreter ends at once.
    monkeypatch.setattr(sys, "executable", "/bin/false")
    job = handed_in(sqlite_database, folder, rows=25)

    with time_machine.travel(NOW, tick=False):
        for _ in range(jobs.ATTEMPTS + 1):
            worker.run_next(sqlite_database, folder)

    view = seen(sqlite_database, job)
    assert (view.state, view.refusal["code"]) == ("refused", "job-gave-up")
    assert counted(sqlite_database) == (0, 0)


def test_a_job_that_cannot_be_is_refused_and_the_next_one_is_done(database, folder):
    bad = handed_in(database, folder, data=b"\x00\x01\x02" * 100)
    good = handed_in(database, folder)

    with time_machine.travel(NOW, tick=False):
        rounds = [worker.run_next(database, folder) for _ in range(3)]

    assert rounds == [True, True, False]
    assert (seen(database, bad).refusal["code"], seen(database, good).state) == ("file-refused", "done")
    assert [file for file in folder.rglob("*") if file.is_file()] == []


def test_a_worker_stops_when_it_is_told(sqlite_database, folder):
    stop = threading.Event()
    loop = threading.Thread(target=worker.work, args=(sqlite_database, folder, stop))
    loop.start()
    stop.set()
    loop.join(20)

    assert not loop.is_alive()


def test_the_command_does_what_waits_and_leaves(sqlite_database, tmp_path, monkeypatch):
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(tmp_path))
    job = handed_in(sqlite_database, tmp_path / "uploads")

    ended = subprocess.run(
        [sys.executable, "-c", "from credit_registry.cli import main; main()", "worker", "--once"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert (ended.returncode, seen(sqlite_database, job).state) == (0, "done"), ended.stderr
