"""T2 for files handed to the worker: killed at a rename, a sync, an unlink on the way from the door into the register."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from credit_registry.domain.errors import Refusal
from credit_registry.services import jobs
from credit_registry.storage import files
from credit_registry.storage.database import Database
from tests.conftest import VAULT
from tests.factories import NOW, an_operator
from tests.torture.faults import Ground, told, traced
from tests.torture.test_imports import breaches, picture

CALLS = ("rename", "fsync", "unlink")
LATER = NOW + jobs.SILENT_FOR + timedelta(seconds=1)


def _hand_in(database: Database, folder: Path, data: bytes) -> None:
    database.run(
        lambda session: jobs.submit(
            session, an_operator(), "penalties", data, "文件.csv", folder=folder, key="k", now=NOW
        )
    )


def _work_off(database: Database, folder: Path, now: datetime = NOW) -> None:
    """What a worker does until nothing waits."""
    while held := database.run(lambda session: jobs.claim(session, now=now)):
        try:
            database.run(partial(jobs.perform, held=held, folder=folder, now=now))
        except Refusal as refusal:
            database.run(partial(jobs.refuse, held=held, refusal=refusal, now=now))
        jobs.discard(folder, held)


def _victim(ground: Ground, file: Path, *, keeps_late: bool) -> Callable[[], None]:
    """Hand a file in and work it off; the journal says how far the client was told that it is.

    Args:
        keeps_late: the mutant: the bytes are kept after the transaction that speaks of them.
    """

    def work() -> None:
        database, folder = Database(f"sqlite:///{file}", VAULT), file.parent / "uploads"
        journal = os.open(file.with_suffix(".told"), os.O_CREAT | os.O_WRONLY)
        late: list[Callable[[], object]] = []
        if keeps_late:
            keep = files.keep_apart

            def pretend(folder: Path, data: bytes) -> str:
                name = keep(folder.with_name("elsewhere"), data)
                late.append(
                    lambda: files.path_of(folder.with_name("elsewhere"), name).rename(_made(folder, name))
                )
                return name

            files.keep_apart = pretend
        _hand_in(database, folder, ground.data)
        os.write(journal, b"handed in")
        for each in late:
            each()
        _work_off(database, folder)
        os.write(journal, b", done")
        database.dispose()

    return work


def _made(folder: Path, name: str) -> Path:
    target = files.path_of(folder, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _wrong(ground: Ground, file: Path, said: str) -> list[str]:
    """What was lost or doubled, before and after somebody takes up the work again."""
    database, folder = Database(f"sqlite:///{file}", VAULT), file.parent / "uploads"
    try:
        found = breaches(database, ground.data)
        with database.read() as session:
            waiting = jobs.page(session, an_operator()).items
        if "handed in" in said and not waiting:
            found.append("handed in and forgotten")
        _hand_in(database, folder, ground.data)
        _work_off(database, folder, LATER)
        after = picture(database)
        # Handing in is a line of the log by itself.
        expected = ground.whole | {"audit_entries": ground.whole["audit_entries"] + 1}
        if after != expected:
            found.append(f"worked off again gives {after}")
        with database.read() as session:
            refused = [job.refusal for job in jobs.page(session, an_operator()).items if job.refusal]
        if refused:
            found.append(f"refused: {refused[0]}")
        swept = LATER + timedelta(days=400)
        database.run(lambda session: jobs.sweep(session, folder=folder, now=swept))
        if left := [path.name for path in folder.rglob("*") if path.is_file()]:
            found.append(f"left behind: {left}")
    finally:
        database.dispose()
    return found


def upload_kills(
    ground: Ground, folder: Path, *, step: int = 1, keeps_late: bool = False
) -> tuple[int, list[str]]:
    """SIGKILL at every ``step``-th call of each kind; how many kills, and what was found wrong."""
    count, found = 0, []
    for call in CALLS:
        for n in range(1, 10_000, step):
            file = ground.copy(folder / f"{call}-{n}")
            inject = ("-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={n}")
            if not traced(_victim(ground, file, keeps_late=keeps_late), "-o", os.devnull, *inject):
                break
            count += 1
            found += [f"{call} {n}: {each}" for each in _wrong(ground, file, told(file))]
    return count, found
