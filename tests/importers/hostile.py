"""Hostile files, each refused in a process of its own; `python -m tests.importers.hostile` prints what it cost.

Peak memory is of the process and of its children; seconds are of the processor, so that a busy machine tells the same.
"""

import io
import json
import resource
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from importers import read
from tests.importers.files import TODAY, grid, xlsx_bytes
from tests.importers.legacy import compound, record, xls_bytes

Make = Callable[[], bytes]


def _sheets_far_apart(count: int) -> bytes:
    """A workbook of many sheets, each with cells just close enough together for one alone."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    for _ in range(count):
        sheet = book.add_worksheet()
        for row in range(0, 1_000_000, 10_000):
            sheet.write_number(row, 0, 1)
        sheet.write_number(999_999, 3, 1)
    book.close()
    return target.getvalue()


def _packed(name: str, body: bytes) -> bytes:
    """A workbook with one part more, as well packed as it goes."""
    target = io.BytesIO(xlsx_bytes(grid("penalties", [{}])))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return target.getvalue()


def _entities() -> bytes:
    nested = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    return f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "aaaaaaaaaa">{nested}]><worksheet>&a11;</worksheet>'.encode()


FILES: dict[str, tuple[str, Make, set[str]]] = {
    "xls-far-cell": ("a.xls", lambda: xls_bytes([(0, 0, "a"), (65_535, 255, "b")]), {"F-DIMENSION"}),
    "xls-far-column": ("a.xls", lambda: xls_bytes([(0, 0, "a"), (9, 65_535, "b")]), {"F-TOO-MANY-COLUMNS"}),
    "xls-many-sheets": ("a.xls", lambda: xls_bytes(*[[(0, 0, "a"), (65_535, 50, "b")]] * 50), {"F-DIMENSION"}),
    "xls-lying-size": ("a.xls", lambda: xls_bytes([(0, 0, "a")], declared=(2**31, 65_535)), {"F-DIMENSION"}),
    "xls-many-texts": (
        "a.xls", lambda: compound(record(0x0809, b"\0\6\5\0" + bytes(12)) + record(0x00FC, b"\xff\xff\xff\x7f" * 2)),
        {"F-EMPTY"},
    ),
    "xls-empty-records": ("a.xls", lambda: compound(b"\x5c\x00\x00\x00" * 2**20), {"F-ARCHIVE"}),
    "xls-endless-chain": (
        "a.xls", lambda: (made := xls_bytes([(0, 0, "a")]))[:-512] + bytes(4) + made[-508:], {"H-MISSING"},
    ),
    "xlsx-ratio": ("a.xlsx", lambda: _packed("xl/media/a.xml", bytes(180 * 2**20)), {"F-TOO-LARGE-UNPACKED"}),
    "xlsx-entities": ("a.xlsx", lambda: _packed("xl/worksheets/sheet9.xml", _entities()), {"F-XML-UNSAFE"}),
    "xlsx-sheets-far-apart": ("a.xlsx", lambda: _sheets_far_apart(20), {"F-DIMENSION"}),
    "html": ("a.xls", lambda: b"<html><table>" + b"<tr><td>1</td></tr>" * 3_000_000, {"F-TYPE-MISMATCH"}),
    "csv-one-line": ("a.csv", lambda: b"a," * 30_000_000, {"F-TOO-MANY-COLUMNS"}),
    "csv-one-cell": ("a.csv", lambda: b'a,b\n"' + b"x" * 40_000_000, {"F-CSV-QUOTE"}),
    "csv-open-quote": ("a.csv", lambda: b'a,b\n"' + b"x,\n" * 10_000_000, {"F-CSV-QUOTE"}),
    "csv-narrow": ("a.csv", lambda: b"a,b\n" + b"1,2\n" * 3_000_000, {"F-TOO-MANY-ROWS"}),
}  # fmt: skip


def refuse(name: str, data: bytes) -> dict[str, object]:
    """What a process of its own says of a file, and what it cost."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "file").write_bytes(data)
        command = [sys.executable, "-m", "tests.importers.hostile", name, str(Path(folder) / "file")]
        told = subprocess.run(command, capture_output=True, check=True)  # noqa: S603
    answer: dict[str, object] = json.loads(told.stdout)
    return answer


def _measured(filename: str, path: str) -> dict[str, object]:
    data = Path(path).read_bytes()
    batch = read(data, filename=filename, kind="penalties", today=TODAY)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    # What getrusage tells of a process itself is carried over from the one that started it.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    own = int(status.partition("VmHWM:")[2].split()[0])
    return {
        "codes": [problem.code for problem in batch.problems if problem.disposition == "refuse_file"],
        "seconds": round(sum(each.ru_utime + each.ru_stime for each in used), 2),
        "megabytes": max(own, used[1].ru_maxrss) // 1024,
    }


def main() -> None:
    if len(sys.argv) == 3:
        print(json.dumps(_measured(FILES[sys.argv[1]][0], sys.argv[2])))
        return
    for name, (_, make, _) in FILES.items():
        data = make()
        told = refuse(name, data)
        print(
            f"{name:24}{len(data) / 2**20:8.2f} MB  {told['seconds']:6} s {told['megabytes']:5} MB  {told['codes']}"
        )


if __name__ == "__main__":
    main()
