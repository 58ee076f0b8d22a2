"""The server as a process: it starts, answers, and stops when it is told to."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from credit_registry.cli import main
from credit_registry.services import jobs
from credit_registry.storage.database import Database
from tests.factories import NOW, a_file, a_penalty_row, an_enterprise, an_operator


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, server: subprocess.Popen[str]) -> str:
    """The home page, once the server answers; a socket's own timeout paces the tries."""
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                return str(answer.read().decode())
        except urllib.error.URLError:
            try:
                server.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
            raise
    raise TimeoutError


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
def test_it_prints_its_addresses_serves_and_stops_cleanly(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(tmp_path))
    (tmp_path / "registry.sqlite3").write_bytes(sqlite_template.read_bytes())
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-c", "from credit_registry.cli import main; main()", "serve", "--bind", f"127.0.0.1:{port}",
         "--workers", "1"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    page = wait_for(port, server)
    server.send_signal(how)
    said, complained = server.communicate(timeout=30)

    assert "企业安全信用公示" in page
    assert f"http://127.0.0.1:{port}/console" in said
    assert server.returncode == 0
    assert "Traceback" not in complained


def worker_of(server: subprocess.Popen[str]) -> int:
    """The process beside the server that does the jobs."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return next(int(pid) for pid in children if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes())


def test_a_worker_beside_it_does_what_was_handed_in_and_another_follows_when_it_is_killed(
    tmp_path: Path, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(tmp_path))
    enterprise = an_enterprise(sqlite_database)

    def hand_in(number: int) -> int:
        data = a_file("penalties", [a_penalty_row(enterprise, f"{number}号")])
        folder = tmp_path / "uploads"
        return sqlite_database.run(
            lambda session: jobs.submit(
                session, an_operator(), "penalties", data, "处罚.csv", folder=folder, now=NOW
            )
        ).job

    def state_in_the_end(job: int) -> str:
        for _ in range(300):
            with sqlite_database.read() as session:
                view = jobs.get(session, an_operator(), job)
            if view.is_over:
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=0.1)
        return view.state

    first = hand_in(1)
    server = subprocess.Popen(
        [sys.executable, "-c", "from credit_registry.cli import main; main()", "serve", "--bind",
         f"127.0.0.1:{free_port()}", "--workers", "2"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    states = [state_in_the_end(first)]
    killed = worker_of(server)
    os.kill(killed, signal.SIGKILL)
    states.append(state_in_the_end(hand_in(2)))
    heir = worker_of(server)
    server.terminate()
    _, complained = server.communicate(timeout=30)

    assert states == ["done", "done"], complained
    assert heir != killed
    assert not Path(f"/proc/{heir}").exists()
    assert server.returncode == 0


def test_a_database_that_is_not_migrated_is_refused_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(tmp_path))

    refused = CliRunner().invoke(main, ["serve"])

    assert refused.exit_code == 2
    assert "credit-registry migrate" in refused.stderr


def test_a_port_in_use_is_refused_with_the_remedy(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(tmp_path))
    (tmp_path / "registry.sqlite3").write_bytes(sqlite_template.read_bytes())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        refused = CliRunner().invoke(main, ["serve", "--bind", f"127.0.0.1:{taken.getsockname()[1]}"])

    assert refused.exit_code == 2
    assert "--bind" in refused.stderr
    assert refused.stdout == ""
