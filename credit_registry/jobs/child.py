"""A worker in a process of its own beside the server: a large import must not slow an answer down."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

log = structlog.get_logger()

# The child ends by itself when nobody holds the other end of its input any more: the server was killed.
COMMAND = (
    sys.executable, "-c", "from credit_registry.cli import main; main()", "worker", "--until-input-ends",
)  # fmt: skip
_RESTART_SECONDS = 2.0
# As long as the server gives its own requests.
_GRACE_SECONDS = 20.0


class Keeper:
    """Starts a worker, and another whenever it dies.

    It has no thread: the server calls `tend` from the thread in which it forks. A process forked while another thread
    is starting a child inherits the pipe on which that thread waits for its child, which then waits for ever.
    """

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._died_at: float | None = None

    def tend(self) -> None:
        """Start a worker where none runs; to be called about once a second."""
        if self._child is not None:
            status = self._child.poll()
            if status is None:
                return
            log.warning("worker-died", status=status)
            self._let_go()
            self._died_at = time.monotonic()
        if self._died_at is None or time.monotonic() - self._died_at >= _RESTART_SECONDS:
            # A session of its own: Ctrl-C is for the server, which then stops the worker in order.
            self._child = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 - constant

    def stop(self) -> None:
        """Let the worker finish its job; one that takes too long is killed, and its job waits for the next start."""
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._let_go()

    def _let_go(self) -> None:
        if self._child is not None and self._child.stdin is not None:
            self._child.stdin.close()
        self._child = None


@contextmanager
def beside() -> Iterator[Keeper]:
    """Keep one worker running as long as the block does, while its `tend` is called.

    The processes that the server forks leave this block too, when they end; only the first one stops the worker.
    """
    keeper, owner = Keeper(), os.getpid()
    keeper.tend()
    try:
        yield keeper
    finally:
        if os.getpid() == owner:
            keeper.stop()
