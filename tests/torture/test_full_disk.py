"""T12 over the line: the service on a small disk that fills up, and goes on once there is space again."""

import json
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories import a_file, a_penalty_row, an_enterprise
from tests.torture.test_service import Service, served

_SIZE = 24 * 2**20
_CODES = {"storage-full", "storage-failed"}
_ROWS = 500


class Disk:
    """A file system of its own where we may mount one, else a limit on how long any file may be."""

    def __init__(self, folder: Path, *, is_own: bool) -> None:
        self.folder, self.ballast = folder, folder / "ballast"
        mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(folder)]
        self.is_mounted = (
            is_own and os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
        )  # noqa: S603

    def fill(self, service: Service, leaving: int) -> None:
        if self.is_mounted:
            self.ballast.unlink(missing_ok=True)
            free = shutil.disk_usage(self.folder).free
            self.ballast.write_bytes(bytes(max(free - leaving, 0)))
        else:
            self._limit(service, leaving)

    def free(self, service: Service) -> None:
        if self.is_mounted:
            self.ballast.unlink()
        else:
            self._limit(service, resource.RLIM_INFINITY)

    def remove(self) -> None:
        if self.is_mounted:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)  # noqa: S603

    def _limit(self, service: Service, size: int) -> None:
        children = Path(f"/proc/{service.pid}/task/{service.pid}/children").read_text(encoding="ascii")
        for pid in (service.pid, *map(int, children.split())):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.fixture(params=["a file system of its own", "a limit on files"])
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Disk]:
    folder = tmp_path / "small"
    folder.mkdir()
    made = Disk(folder, is_own=request.param.startswith("a file system"))
    yield made
    made.remove()


@pytest.fixture
def service(sqlite_template: Path, disk: Disk) -> Iterator[Service]:
    # What a request is too large to be held for lies on the small disk as well.
    with served(sqlite_template, disk.folder, TMPDIR=str(disk.folder)) as running:
        yield running


def filled_up(
    service: Service, disk: Disk, *, prefer: str | None = None, believes_all: bool = False
) -> tuple[int, list[str]]:
    """Send files until the disk is full and some more, make space, send what was refused again.

    Args:
        believes_all: the mutant: a client that takes every answer for an acknowledgement.

    Returns:
        how many were refused, and what was found wrong.
    """
    enterprise = an_enterprise(service.database)
    files = {
        f"{prefer}-{number}": a_file(
            "penalties",
            [a_penalty_row(enterprise, f"{number}-{row}号", facts="某项事实" * 100) for row in range(_ROWS)],
        )
        for number in range(12)
    }
    good = 202 if prefer else 201
    found: list[str] = []
    acknowledged, refused = set(), 0
    disk.fill(service, leaving=2 * 2**20)
    for number, (key, data) in enumerate(files.items()):
        if number == len(files) - 2:
            # Now not even a request fits.
            disk.fill(service, leaving=2**17)
        status, answer = service.send(data, key, prefer=prefer)
        if status == good or believes_all:
            acknowledged.add(key)
        if status != good:
            refused += 1
            code = json.loads(answer).get("code") if answer else None
            if status not in (503, 507) or code not in _CODES:
                found.append(f"{key} is answered {status} {answer[:200]!r}")
    disk.free(service)
    for key, data in files.items():
        status, answer = service.send(data, key, prefer=prefer)
        expected = (200 if not prefer else 202) if key in acknowledged else good
        if status != expected:
            found.append(
                f"{key} was {'acknowledged' if key in acknowledged else 'refused'}, then {status} {answer[:200]!r}"
            )
    return refused, found


def test_a_full_disk_is_answered_with_a_code_and_what_was_acknowledged_is_there(service, disk):
    refused, found = filled_up(service, disk)

    assert found == []
    assert refused >= 2
    assert (service.batches(), service.records()) == (12, 12 * _ROWS)


def test_a_full_disk_refuses_files_for_the_worker_too_and_leaves_none_behind(service, disk):
    refused, found = filled_up(service, disk, prefer="respond-async")

    assert found == []
    assert refused >= 2
    assert len([file for file in (service.var / "uploads").rglob("*") if file.is_file()]) == 12


def test_the_full_disk_catches_a_client_that_believes_every_answer(service, disk):
    _, found = filled_up(service, disk, believes_all=True)

    assert any("was acknowledged, then 201" in each for each in found)
