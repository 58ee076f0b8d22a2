"""The worker beside the server: there while the server is, again when it died, gone with it."""

import os
import signal
import subprocess
import sys

from credit_registry.jobs import child

# Says its number, then lives as long as somebody holds the other end of its input.
_STAND_IN = "import os, sys; print(os.getpid(), flush=True); os.read(0, 1)"
_SERVER = """
import select, sys
from credit_registry.jobs import child
child.COMMAND = (sys.executable, "-c", sys.argv[1])
child._RESTART_SECONDS = 0.0
with child.beside() as keeper:
    while not select.select([sys.stdin], [], [], 0.02)[0]:
        keeper.tend()
"""


def a_server() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _SERVER, _STAND_IN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def named(server: subprocess.Popen[str]) -> int:
    """The number that the next worker says; other lines are the log."""
    assert server.stdout is not None
    return next(int(line) for line in server.stdout if line.strip().isdigit())


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_worker_that_is_killed_is_followed_by_another_until_the_server_ends() -> None:
    with a_server() as server:
        first = named(server)
        os.kill(first, signal.SIGKILL)
        second = named(server)
        server.communicate("stop\n", timeout=30)

    assert first != second
    assert server.returncode == 0
    assert not is_running(second)


def test_a_worker_ends_when_its_server_is_killed() -> None:
    with a_server() as server:
        named(server)
        server.kill()
        # The worker holds the other end of this pipe too: it comes to its end when the worker has.
        said, _ = server.communicate(timeout=30)

    assert said == ""


def test_the_worker_is_the_command_of_this_installation() -> None:
    assert child.COMMAND[0] == sys.executable
    assert "worker" in child.COMMAND
