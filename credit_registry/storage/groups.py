"""Many small writes in few transactions: whoever comes while one is written waits and goes with the next.

A commit that reaches the disk costs the same for one row as for fifty. Nobody is told that a write is done before
its transaction has ended well, so grouping changes how long one waits, never what holds.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

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
    """

    def __init__(self, write: Callable[[Sequence[T]], None]) -> None:
        self._write = write
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
            # Done by another, or it is our turn, and then our own item is still in the queue.
            group = [] if place.is_done else self._take()
        if group:
            self._keep(group)
        if place.error is not None:
            raise place.error

    def _take(self) -> list[_Place[T]]:
        self._is_writing = True
        group, self._queue = self._queue, []
        return group

    def _keep(self, group: list[_Place[T]]) -> None:
        failure: Exception | None = None
        try:
            self._write([place.item for place in group])
        except Exception as error:  # handed to each caller of the group, who raises it
            failure = error
        finally:
            with self._turn:
                self._is_writing = False
                for place in group:
                    place.is_done, place.error = True, failure
                self._turn.notify_all()
