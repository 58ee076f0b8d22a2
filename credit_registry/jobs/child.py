"""A worker in a process of its own beside the server: a large import must not slow an answer down."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

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
    """Starts a worker, and another whenever it dies."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let the worker finish its job; one that takes too long is killed, and its job waits for the next start."""
        self._stopping.set()
        if self._child is not None:
            with suppress(ProcessLookupError):
                self._child.terminate()
        self._thread.join(_GRACE_SECONDS)
        if self._thread.is_alive() and self._child is not None:
            self._child.kill()
            self._thread.join()

    def _keep(self) -> None:
        while not self._stopping.is_set():
            # A session of its own: Ctrl-C is for the server, which then stops the worker in order.
            self._child = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 - constant
            if self._stopping.is_set():
                self._child.terminate()
            self._child.wait()
            if self._child.stdin is not None:
                self._child.stdin.close()
            if not self._stopping.is_set():
                log.warning("worker-restarts", status=self._child.returncode)
                self._stopping.wait(_RESTART_SECONDS)


@contextmanager
def beside() -> Iterator[None]:
    """Keep one worker running as long as the block does.

    The processes that the server forks leave this block too, when they end; only the first one stops the worker.
    """
    keeper, owner = Keeper(), os.getpid()
    keeper.start()
    try:
        yield
    finally:
        if os.getpid() == owner:
            keeper.stop()
