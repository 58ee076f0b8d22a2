"""Many small writes in few transactions: whoever comes while one is written waits and goes with the next.

A commit that reaches the disk costs the same for one row as for fifty. Nobody is told that a write is done before
its transaction has ended well, so grouping changes how long one waits, never what holds.
"""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from credit_registry.storage.database import Database

T = TypeVar("T")


@dataclass
class _Place(Generic[T]):
    """One caller's place in the queue."""

    item: T
    is_done: bool = False
    error: Exception | None = None


class GroupedWriter(Generic[T]):
    """Hands the items of concurrent callers to ``write`` in groups, in the order of their arrival.

    There is no thread of its own: the first who comes writes for all who wait. A worker that is killed loses
    nothing that anybody was told was kept.

    Args:
        write: one transaction; called by one thread at a time.
        turn: entered before a group is taken; where other processes write too, the group grows while one waits
            for them, not after.
    """

    def __init__(
        self,
        write: Callable[[Sequence[T]], None],
        turn: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._write = write
        self._enter = turn
        self._turn = threading.Condition()
        self._queue: list[_Place[T]] = []
        self._is_writing = False

    def put(self, item: T) -> None:
        """Return when ``item`` is kept.

        Raises:
            Exception: whatever ``write`` raised; the whole group gets it, since none of it was kept.
        """
        place = _Place(item)
        with self._turn:
            self._queue.append(place)
            while self._is_writing and not place.is_done:
                self._turn.wait()
            is_mine = not place.is_done
            self._is_writing = self._is_writing or is_mine
        if is_mine:  # then our own item is still in the queue
            self._keep()
        if place.error is not None:
            raise place.error

    def _keep(self) -> None:
        group: list[_Place[T]] = []
        # Until the opposite is known: a worker that is told to end amid the write must not let an answer out.
        failure: Exception | None = RuntimeError("the write was broken off")
        try:
            with self._enter():
                group = self._take()
                self._write([place.item for place in group])
                failure = None
        except Exception as error:  # handed to each caller of the group, who raises it
            failure = error
        finally:
            with self._turn:
                # No turn, no group: then nothing of what waits was kept, the caller's own item among it.
                if not group:
                    group, self._queue = self._queue, []
                self._is_writing = False
                for place in group:
                    place.is_done, place.error = True, failure
                self._turn.notify_all()

    def _take(self) -> list[_Place[T]]:
        with self._turn:
            group, self._queue = self._queue, []
        return group


class Turns:
    """A queue of the processes of one machine that write to the same SQLite file.

    SQLite lets a second writer sleep and look again, for up to 100 ms after a lock that was free in two; the system's
    lock on a file wakes it. Only the waiting is shortened: who may write is still SQLite's to say, so a process
    that does not queue here disturbs nobody.

    Args:
        path: an empty file of their own; it is made where missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    @contextmanager
    def __call__(self) -> Iterator[None]:
        if self._file is None:
            # Opened by the first who writes, not before a server has split into its workers: they would share it.
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)


def turns_of(database: Database) -> Callable[[], AbstractContextManager[None]]:
    """The turns of a database in one file; a server of its own lets its clients write side by side."""
    path = database.engine.url.database
    if database.dialect != "sqlite" or not path or path == ":memory:":
        return nullcontext
    return Turns(Path(f"{path}-turns"))
