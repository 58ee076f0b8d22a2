"""How far a job is, while its worker holds the transaction: told by a note beside the upload, a hint and no fact."""

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import event

from credit_registry.jobs import worker
from credit_registry.services import jobs
from credit_registry.services.jobs import JobView
from credit_registry.storage.database import Database
from tests.factories import NOW, an_operator
from tests.jobs.test_worker import another, counted, handed_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "uploads"


def followed(database: Database, job: int, folder: Path) -> JobView:
    with database.read() as session:
        return jobs.get(session, an_operator(), job, folder=folder)


@pytest.fixture
def stopped(database: Database, folder: Path) -> Iterator[tuple[int, int]]:
    """A job and the worker that does it, a process of its own, stopped while it stores: nothing is committed yet."""
    job = handed_in(database, folder, rows=7)
    child = os.fork()
    if child == 0:
        try:
            own = another(database)

            def stop(*_: object) -> None:
                # PostgreSQL takes records by COPY, which no event tells; so whatever comes when the note says store.
                if any('"store"' in note.read_text() for note in folder.glob("*/*.note")):
                    os.kill(os.getpid(), signal.SIGSTOP)

            event.listen(own.engine, "before_cursor_execute", stop)
            with time_machine.travel(NOW, tick=True):
                worker.run_next(own, folder)
        except BaseException:  # noqa: BLE001 - a child must never return into the tests
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, os.WUNTRACED)
    assert os.WIFSTOPPED(status), "the worker ended before it wrote a record"
    yield job, child
    try:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


def carried_on(child: int) -> int:
    """Let the worker go on until it ends, whatever number of records it stops at."""
    while True:
        os.kill(child, signal.SIGCONT)
        _, status = os.waitpid(child, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            return os.waitstatus_to_exitcode(status)


def test_another_process_sees_how_far_the_import_is_while_its_transaction_is_open(database, folder, stopped):
    job, child = stopped
    assert counted(database) == (0, 0)
    with database.read() as session:
        table = jobs.get(session, an_operator(), job)
    assert (table.stage, table.done_rows, table.rows) == (None, 0, 0)
    view = followed(database, job, folder)
    assert (view.state, view.stage, view.done_rows, view.rows) == ("running", "store", 0, 7)

    assert carried_on(child) == 0
    view = followed(database, job, folder)
    assert (view.state, view.stage, view.done_rows, view.rows) == ("done", "done", 7, 7)
    assert [file for file in folder.rglob("*") if file.is_file()] == []


def test_what_a_dead_worker_noted_is_not_told_of_the_next_attempt(database, folder, stopped):
    job, child = stopped
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    later = NOW + jobs.SILENT_FOR + timedelta(seconds=1)

    assert followed(database, job, folder).stage == "store"
    held = database.run(lambda session: jobs.claim(session, now=later))

    assert held is not None and held.attempt == 2
    assert (followed(database, job, folder).state, followed(database, job, folder).stage) == ("running", None)
    jobs.note(folder, held, "check", 2, 7)
    assert followed(database, job, folder).done_rows == 2


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"attempt": 1}',
        b'{"attempt": 1, "stage": "read", "done": "x", "rows": 1}',
    ],
)
def test_a_note_that_cannot_be_read_is_as_none(sqlite_database, folder, note):
    job = handed_in(sqlite_database, folder)
    held = sqlite_database.run(lambda session: jobs.claim(session, now=NOW))
    jobs.note(folder, held, "check", 1, 3)
    (file,) = folder.glob("*/*.note")
    assert followed(sqlite_database, job, folder).done_rows == 1

    file.write_bytes(note)
    assert followed(sqlite_database, job, folder).done_rows == 0
    file.unlink()
    assert followed(sqlite_database, job, folder).state == "running"


def test_a_note_that_cannot_be_written_stops_no_import(sqlite_database, folder):
    job = handed_in(sqlite_database, folder)
    (upload,) = folder.glob("*/*")
    upload.with_name(f"{upload.name}.note").mkdir()

    with time_machine.travel(NOW, tick=True):
        worker.run_next(sqlite_database, folder)

    assert followed(sqlite_database, job, folder).state == "done"


def test_an_orphaned_note_is_swept_away(sqlite_database, folder):
    handed_in(sqlite_database, folder)
    held = sqlite_database.run(lambda session: jobs.claim(session, now=NOW))
    jobs.note(folder, held, "check", 1, 3)
    (file,) = folder.glob("*/*.note")
    long_ago = (NOW - 2 * jobs.ORPHANS_KEPT).timestamp()
    os.utime(file, (long_ago, long_ago))

    assert sqlite_database.run(lambda session: jobs.sweep(session, folder=folder, now=NOW)) == 1
    assert list(folder.glob("*/*.note")) == []
