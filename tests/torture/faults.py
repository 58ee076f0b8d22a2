"""An import in a forked child under strace: killed at a system call, told that the disk is full, or only watched."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import event

from credit_registry.domain.errors import Refusal
from credit_registry.storage.database import Database
from tests.conftest import VAULT
from tests.factories import an_import
from tests.torture.test_imports import a_small_file, breaches, die_at, picture

WRITES = ("pwrite64", "fdatasync", "fsync", "unlink", "ftruncate")
INSTALL = "sudo apt-get install -y strace"
_SET_PTRACER, _ANYBODY = 0x59616D61, ctypes.c_ulong(-1)


def traced(work: Callable[[], object], *options: str) -> int:
    """Run ``work`` in a child that strace holds with these options; the signal that ended it, or 0.

    The child comes warm from this process: one point costs a fifth of a second, not the start of pandas.
    """
    if shutil.which("strace") is None:
        raise RuntimeError(f"strace is not installed. Run: {INSTALL}")
    waits, starts = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            ctypes.CDLL(None).prctl(_SET_PTRACER, _ANYBODY, 0, 0, 0)
            os.read(waits, 1)
            work()
        except BaseException:  # noqa: BLE001 - a child must never return into the tests
            os._exit(1)
        os._exit(0)
    strace = subprocess.Popen(
        ["strace", "-f", "-p", str(child), *options], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )  # fmt: skip
    assert strace.stderr is not None
    first = strace.stderr.readline()
    os.write(starts, b"x")
    _, status = os.waitpid(child, 0)
    strace.communicate()
    os.close(waits)
    os.close(starts)
    assert "attached" in first, first
    assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0, "the child failed by itself"
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


@dataclass(frozen=True)
class Ground:
    """A register before an import, the file, and what the register holds before and after."""

    base: Path
    data: bytes
    before: dict[str, int]
    whole: dict[str, int]

    def copy(self, folder: Path) -> Path:
        folder.mkdir(parents=True)
        return Path(shutil.copy(self.base, folder / "registry.sqlite3"))

    def look(self, file: Path, *, is_told: bool) -> list[str]:
        """Neither half nor, when somebody was told of it, lost."""
        database = Database(f"sqlite:///{file}", VAULT)
        try:
            found = breaches(database, self.data)
            after = picture(database)
        except Exception as error:  # noqa: BLE001 - an unreadable file is the finding
            return [f"cannot be read: {error}"]
        finally:
            database.dispose()
        if after not in (self.before, self.whole):
            found.append(f"half: {after}")
        if is_told and after != self.whole:
            found.append("acknowledged and lost")
        return found

    def again(self, file: Path) -> list[str]:
        """The import once more, undisturbed, makes it whole."""
        database = Database(f"sqlite:///{file}", VAULT)
        try:
            an_import(database, "penalties", self.data)
            after = picture(database)
        finally:
            database.dispose()
        return [] if after == self.whole else [f"run again gives {after}"]


def a_ground(template: Path, folder: Path) -> Ground:
    base = Path(shutil.copy(template, folder / "base.sqlite3"))
    database = Database(f"sqlite:///{base}", VAULT)
    data = a_small_file(database)
    before = picture(database)
    database.dispose()
    done = Path(shutil.copy(base, folder / "whole.sqlite3"))
    database = Database(f"sqlite:///{done}", VAULT)
    an_import(database, "penalties", data)
    whole = picture(database)
    database.dispose()
    return Ground(base, data, before, whole)


def victim(
    ground: Ground, file: Path, *, commits_each: bool = False, synchronous: str | None = None
) -> Callable[[], None]:
    """An import that says in a journal beside the file what its client was told.

    Args:
        commits_each: the mutant: every statement is its own transaction.
        synchronous: the mutant: another setting of SQLite than ours.
    """

    def work() -> None:
        database = Database(f"sqlite:///{file}", VAULT)
        if commits_each:
            die_at(database, 0, commits_each=True)
        if synchronous:
            event.listen(
                database.engine,
                "connect",
                lambda raw, _: raw.execute(f"PRAGMA synchronous={synchronous}") and None,
            )
        journal = os.open(file.with_suffix(".told"), os.O_CREAT | os.O_WRONLY)
        try:
            an_import(database, "penalties", ground.data)
            said = "done"
        except Refusal as refusal:
            said = refusal.code
        except Exception as error:  # noqa: BLE001 - a defect is the finding
            said = f"defect: {error!r}"[:300]
        os.write(journal, said.encode())
        database.dispose()

    return work


def told(file: Path) -> str:
    journal = file.with_suffix(".told")
    return journal.read_text() if journal.exists() else ""


def kills(
    ground: Ground, folder: Path, *, step: int = 1, commits_each: bool = False
) -> tuple[int, list[str]]:
    """T2: SIGKILL at every ``step``-th call of each kind; how many kills, and what was found wrong."""
    count, found = 0, []
    for call in WRITES:
        for n in range(1, 10_000, step):
            file = ground.copy(folder / f"{call}-{n}")
            if not traced(
                victim(ground, file, commits_each=commits_each),
                "-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={n}",
            ):  # fmt: skip
                break
            count += 1
            wrong = ground.look(file, is_told=told(file) == "done")
            found += [f"{call} {n}: {each}" for each in wrong + ([] if commits_each else ground.again(file))]
    return count, found


def full_disks(
    ground: Ground, folder: Path, *, step: int = 1, commits_each: bool = False
) -> tuple[int, list[str]]:
    """T12: no space at every ``step``-th write, once and from there on; how many refusals, what was found wrong."""
    count, found = 0, []
    for for_ever in ("", "+"):
        for n in range(1, 10_000, step):
            file = ground.copy(folder / f"full-{n}{for_ever}")
            log = file.with_suffix(".trace")
            traced(
                victim(ground, file, commits_each=commits_each),
                "-o", str(log), "-e", "trace=pwrite64", "-e", f"inject=pwrite64:error=ENOSPC:when={n}{for_ever}",
            )  # fmt: skip
            if "INJECTED" not in log.read_text():
                break
            answer = told(file)
            count += answer != "done"
            wrong = ground.look(file, is_told=answer == "done")
            if answer not in ("done", "storage-full", "storage-failed"):
                wrong.append(f"answered {answer}")
            found += [
                f"full {n}{for_ever}: {each}" for each in wrong + ([] if commits_each else ground.again(file))
            ]
    return count, found
