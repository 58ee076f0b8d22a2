"""Reading ahead: another process says what this one would have said, and ends with whoever asked it."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from importers import ReaderLost, ahead, parts
from tests.importers.files import TODAY, csv_bytes, grid, readers


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch):
    monkeypatch.setattr(parts, "LEAST_BYTES", 1)


def a_file(tmp_path, count=25, *, tail=b"", **changes):
    rows = [{"document_no": f"{n}号", **changes.get(f"row{n}", {})} for n in range(count)]
    file = tmp_path / "大文件.csv"
    file.write_bytes(csv_bytes(grid("penalties", rows)) + tail)
    return file


def reading(source, *, rows=10, **options):
    return parts.read_parts(
        source, filename="大文件.csv", kind="penalties", today=TODAY, rows=rows, **{"ahead": True, **options}
    )


def told(batches):
    return [
        (
            batch.layout, batch.encoding, batch.sheet, batch.digest, batch.file_digest, batch.rows, batch.header,
            {name: [dict(c) for c in cells] if name == "raw" else cells for name, cells in batch.columns.items()},
            [(each.row, each.sheet, dict(each.raw)) for each in batch.refused], batch.problems,
        )
        for batch in batches
    ]  # fmt: skip


def is_alive(pid):
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("changes", "tail"),
    [
        ({"row3": {"uscc": ""}, "row12": {"fine_fen": "-1"}, "row14": {"facts": "三\r\n行\r事实"}}, b""),
        ({"row20": {"name": " 空格 有限公司"}, "row21": {"facts": "电话13800138000"}}, b""),
        ({}, b'"'),
        ({f"row{n}": {"fine_fen": "-1"} for n in range(20, 60)}, b""),
    ],
    ids=["problems of rows", "notes", "a quote that never ends", "too many refused"],
)
def test_parts_read_ahead_are_those_read_here(tmp_path, changes, tail):
    file = a_file(tmp_path, 60, tail=tail, **changes)

    assert told(reading(file)) == told(reading(file, ahead=False))
    assert readers() == set()


def test_what_fits_into_one_part_or_lies_in_memory_starts_no_process(tmp_path):
    file = a_file(tmp_path)

    for source, rows in ((file, 26), (file.read_bytes(), 10)):
        with closing(reading(source, rows=rows)) as found:
            next(found)
            assert readers() == set()


def test_a_reader_ends_when_its_caller_has_had_enough(tmp_path):
    with closing(reading(a_file(tmp_path, 200))) as found:
        next(found), next(found)
        (reader,) = readers()

    assert readers() == set()
    assert not is_alive(reader)


def test_a_lost_reader_is_told(tmp_path):
    with closing(reading(a_file(tmp_path, 200))) as found:
        next(found), next(found)
        (reader,) = readers()
        os.kill(reader, signal.SIGKILL)

        with pytest.raises(ReaderLost):
            list(found)


def test_a_reader_that_fails_says_why_and_is_lost(tmp_path, capfd):
    first = next(reading(a_file(tmp_path), ahead=False))
    missing = parts.Parts(tmp_path / "missing.csv", [first.layout], "", TODAY, 10, "utf-8", [])

    with closing(ahead.read_ahead(missing, first)) as found:
        assert next(found) is first
        with pytest.raises(ReaderLost):
            next(found)
    assert "FileNotFoundError" in capfd.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_group_is_left_to_the_caller(tmp_path, number):
    file = a_file(tmp_path, 200)
    with closing(reading(file)) as found:
        begun = [next(found), next(found)]
        (reader,) = readers()
        os.kill(reader, number)

        assert told([*begun, *found]) == told(reading(file, ahead=False))


def test_a_reader_does_not_outlive_a_caller_that_is_killed(tmp_path):
    file = a_file(tmp_path, 30_000)
    caller = subprocess.Popen([sys.executable, "-c", _CALLER, str(file)], stdout=subprocess.PIPE, text=True)
    assert caller.stdout is not None
    reader = int(caller.stdout.readline())
    assert is_alive(reader)

    caller.kill()
    caller.wait()
    caller.stdout.close()
    until = time.monotonic() + 30
    while is_alive(reader) and time.monotonic() < until:
        time.sleep(0.05)

    assert not is_alive(reader)


_CALLER = """
import sys, time
from datetime import date
from pathlib import Path
from importers import parts
parts.LEAST_BYTES = 1
found = parts.read_parts(Path(sys.argv[1]), filename="a.csv", kind="penalties", today=date(2026, 11, 24), rows=1000, ahead=True)
next(found), next(found)
print(*[pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()], flush=True)
time.sleep(60)
"""
