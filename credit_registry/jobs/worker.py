"""The loop of a worker: claim a job, give signs of life, import, end the job.

What a worker is killed in the middle of leaves no trace in the register; whoever comes next runs it again.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog

from credit_registry import clock
from credit_registry.domain.errors import Refusal, Unavailable
from credit_registry.services import jobs
from credit_registry.services.jobs import Claim
from credit_registry.storage.database import Database

log = structlog.get_logger()

_IDLE_SECONDS = 1.0
_BEAT_SECONDS = 5.0
_SWEEP_EVERY = timedelta(hours=1)


def work(database: Database, folder: Path, stop: threading.Event) -> None:
    """Do jobs until told to stop; the one under way is finished first.

    Args:
        folder: where uploads lie.
    """
    swept = None
    while not stop.is_set():
        try:
            if swept is None or clock.now() - swept >= _SWEEP_EVERY:
                sweep(database, folder)
                swept = clock.now()
            if not run_next(database, folder):
                stop.wait(_IDLE_SECONDS)
        except Unavailable:
            # Somebody else writes for long; the job, if there is one, waits in the table.
            stop.wait(_IDLE_SECONDS)
        except Exception as error:  # a worker outlives whatever one round meets, a database that restarts too
            log.error("worker-round", exc_info=error)
            stop.wait(10 * _IDLE_SECONDS)


def sweep(database: Database, folder: Path) -> None:
    now = clock.now()
    removed = database.run(lambda session: jobs.sweep(session, folder=folder, now=now))
    if removed:
        log.info("uploads-removed", count=removed)


def run_next(database: Database, folder: Path) -> bool:
    """Do the job that has waited longest; False when there was none to do."""
    now = clock.now()
    with database.read() as session:
        if not jobs.is_any_due(session, now=now):
            return False
    held = database.run(lambda session: jobs.claim(session, now=now))
    if held is None:
        return False
    run(database, folder, held)
    return True


def run(database: Database, folder: Path, held: Claim) -> None:
    """Do one claimed job; whatever happens, the job knows of it."""
    log.info("job-begun", job=held.job)
    try:
        with _alive(database, folder, held) as at:
            result = database.run(
                lambda session: jobs.perform(
                    session, held, folder=folder, now=clock.now(), ended=clock.now, progress=at.tell
                )
            )
    except Unavailable as unavailable:
        if unavailable.code == "reader-lost":
            # Killed for what its file asks of it, it would be killed again: the attempt counts.
            log.warning("job-reader-lost", job=held.job)
            database.run(lambda session: jobs.fail(session, held, now=clock.now()))
            return
        database.run(lambda session: jobs.give_back(session, held))
        log.info("job-waits", job=held.job)
        return
    except jobs.TakenOver:
        log.warning("job-taken-over", job=held.job)
        return
    except Refusal as refusal:
        found = refusal
        database.run(lambda session: jobs.refuse(session, held, found, now=clock.now()))
        log.info("job-refused", job=held.job, code=refusal.code)
    except Exception as error:  # the job is tried again, so nobody else hears of it
        log.error("job-failed", job=held.job, exc_info=error)
        database.run(lambda session: jobs.fail(session, held, now=clock.now()))
        return
    else:
        log.info("job-done", job=held.job, batch=result.batch if result else None)
    jobs.discard(folder, held)


@dataclass
class _Progress:
    """How far the import is: written by the importing thread, read by the beating one and, as a note, by the doors."""

    folder: Path
    held: Claim
    stage: str = "read"
    done: int = 0
    rows: int = 0

    def tell(self, stage: str, done: int, rows: int) -> None:
        self.stage, self.done, self.rows = stage, done, rows
        jobs.note(self.folder, self.held, stage, done, rows)


@contextmanager
def _alive(database: Database, folder: Path, held: Claim) -> Iterator[_Progress]:
    """Beat on a connection of its own while the job runs.

    On SQLite a beat cannot be written while the import holds the only writing lock, and need not: the same lock
    keeps every other worker from claiming anything, and the doors read the note.
    """
    at, over = _Progress(folder, held), threading.Event()

    def beat() -> None:
        while not over.wait(_BEAT_SECONDS):
            with suppress(Unavailable):
                database.run(
                    lambda session: jobs.beat(session, held, at.stage, at.done, at.rows, now=clock.now()),
                    attempts=1,
                )

    heart = threading.Thread(target=beat, name="heartbeat", daemon=True)
    heart.start()
    try:
        yield at
    finally:
        over.set()
        heart.join()
