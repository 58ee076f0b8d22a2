"""P1–P3: an import of penalties against the bare insertion of the rows it accepts.

The baseline is handed finished rows and writes them with the driver's own bulk call into the same tables with the
same keys and the same durability. It reads no file, checks nothing, looks nothing up.
"""

import csv
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import importers
from credit_registry.services import imports
from credit_registry.storage.bulk import document
from credit_registry.storage.database import Database
from credit_registry.storage.migrations import migrate
from credit_registry.storage.tables.metadata import metadata
from tests.bench.measure import Ratio, compare, exponent
from tests.conftest import VAULT
from tests.factories import NOW, PENALTY_ROW, a_code, a_file, an_import, an_operator
from tests.postgres import start_cluster

ROWS = 500_000
ENTERPRISES = 50_000
TABLES = ("records", "record_versions", "personal_data")
_CAUSES = ("未按规定进行安全生产教育和培训", "未设置明显的安全警示标志", "未如实记录安全生产教育和培训情况")


def run(*, quick: bool) -> Iterator[Ratio]:
    rows = ROWS // 10 if quick else ROWS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small, large = folder / "small.csv", folder / "large.csv"
        write_penalties(small, rows // 5)
        write_penalties(large, rows)
        first, second = _sqlite(folder, small, rows // 5), _sqlite(folder, large, rows)
        yield first
        yield second
        print(f"   P1 grows with exponent {exponent(first, second):.2f} (goal ≤ 1.1)")
        yield _postgres(folder, large, rows)
        yield _memory(folder, rows)


def write_penalties(file: Path, rows: int) -> None:
    """Half a dozen rows for each of many enterprises, from a seed; one in a hundred is a duplicate or has no code."""
    chance = random.Random(20261124)
    layout = importers.layouts("penalties")[0]
    cells = {
        **PENALTY_ROW,
        "name": "",
        "uscc": "",
        "document_no": "",
        "legal_representative": "",
        "publish_until": "",
    }
    columns = [column for column in layout.columns if column.name in cells]
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow([column.title for column in columns])
        before: list[str] = []
        for number in range(rows):
            owner, fine = int(ENTERPRISES * chance.random() ** 2), chance.randint(1, 40)
            day = f"202{chance.randint(0, 5)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
            cells |= {
                "name": f"虚构第{owner}号制造有限公司", "uscc": a_code(owner), "document_no": f"京海应急罚〔{day[:4]}〕{number}号",
                "cause": chance.choice(_CAUSES), "facts": f"检查发现{fine}名从业人员未经培训上岗，现场笔录第{number}号",
                "content": f"罚款{fine * 5000}元", "fine_fen": str(fine / 2), "dated_on": day,
                "publish_until": f"{int(day[:4]) + 1}{day[4:]}", "legal_representative": f"张{number % 997}",
            }  # fmt: skip
            row = [cells[column.name] for column in columns]
            if number % 200 == 7:
                row = before
            elif number % 200 == 107:
                row[[column.name for column in columns].index("uscc")] = ""
            writer.writerow(row)
            before = row


def _registered(database: Database) -> None:
    rows = [{"name": f"虚构第{n}号制造有限公司", "uscc": a_code(n)} for n in range(ENTERPRISES)]
    an_import(database, "enterprises", a_file("enterprises", rows))


def _take(url: str, file: Path, progress: imports.Progress | None = None) -> imports.ImportResult:
    database = Database(url, VAULT)
    try:
        return database.run(
            lambda session: imports.take(
                session, an_operator(), "penalties", file, file.name, now=NOW, progress=progress
            )
        )
    finally:
        database.dispose()


def _sqlite(folder: Path, file: Path, rows: int) -> Ratio:
    template = folder / "template.sqlite3"
    if not template.exists():
        database = Database(f"sqlite:///{template}", VAULT)
        migrate(database)
        _registered(database)
        _settle(database)
    target = folder / "target.sqlite3"

    def fresh() -> str:
        for left in folder.glob("target.sqlite3*"):
            left.unlink()
        shutil.copy(template, target)
        return f"sqlite:///{target}"

    result = _take(fresh(), file)
    assert result.accepted > rows * 0.98, result.problems[:3]
    finished = Database(f"sqlite:///{target}", VAULT)
    material = _accepted(finished)
    finished.dispose()

    def theirs() -> None:
        database = Database(fresh(), VAULT)
        with database.begin() as session:
            # A batch for the rows to belong to.
            session.connection().exec_driver_sql(*material.batch)
            for table, names, values in material.rows:
                marks = ", ".join("?" * len(names))
                session.connection().exec_driver_sql(
                    f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", values
                )
        database.dispose()

    return compare(
        f"P1 import of {rows:,} penalties, SQLite, against executemany", lambda: _take(fresh(), file), theirs,
        kind="speed", target=0.6, rows=rows,
    )  # fmt: skip


def _postgres(folder: Path, file: Path, rows: int) -> Ratio:
    cluster_folder = folder / "pg"
    cluster_folder.mkdir()
    folder.chmod(0o711)
    cluster = start_cluster(cluster_folder)
    try:
        cluster.create("bench_template")
        database = Database(cluster.url("bench_template"), VAULT)
        migrate(database)
        _registered(database)
        database.dispose()

        def fresh() -> str:
            return cluster.url(cluster.create_from("bench_template"))

        done = fresh()
        _take(done, file)
        finished = Database(done, VAULT)
        material = _accepted(finished)
        finished.dispose()

        def theirs() -> None:
            database = Database(fresh(), VAULT)
            with database.begin() as session:
                driver: Any = session.connection().connection.driver_connection
                with driver.cursor() as cursor:
                    cursor.execute(*material.batch)
                    for table, names, values in material.rows:
                        with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
                            for row in values:
                                copy.write_row(row)
            database.dispose()

        return compare(
            f"P2 import of {rows:,} penalties, PostgreSQL, against COPY", lambda: _take(fresh(), file), theirs,
            kind="speed", target=0.5, rows=rows,
        )  # fmt: skip
    finally:
        cluster.stop()


class _Material:
    """Rows as the driver takes them, in columns that hold anything at all."""

    def __init__(self) -> None:
        self.batch: tuple[str, Any] = ("", ())
        self.rows: list[tuple[str, list[str], list[tuple[object, ...]]]] = []


def _accepted(database: Database) -> _Material:
    material = _Material()
    with database.read() as session:
        connection = session.connection()
        for table in ("import_batches", *TABLES):
            names = [column.name for column in metadata.tables[table].columns]
            last = " WHERE kind = 'penalties'" if table == "import_batches" else ""
            found = connection.exec_driver_sql(f"SELECT {', '.join(names)} FROM {table}{last}").fetchall()
            used = [at for at in range(len(names)) if any(row[at] is not None for row in found[:1000])]
            kept, values = (
                [names[at] for at in used],
                [tuple(_plain(row[at]) for at in used) for row in found],
            )
            if table == "import_batches":
                mark = "?" if database.dialect == "sqlite" else "%s"
                marks = ", ".join(mark for _ in kept)
                material.batch = (f"INSERT INTO {table} ({', '.join(kept)}) VALUES ({marks})", values[0])
            else:
                material.rows.append((table, kept, values))
    return material


def _plain(value: object) -> object:
    """A document as the text that the driver sends."""
    return document(value) if isinstance(value, dict | list) else value


def _settle(database: Database) -> None:
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()


def _memory(folder: Path, rows: int) -> Ratio:
    """Peak memory of a process that imports: half the rows, all of them, twice as many."""
    peaks = []
    for count in (rows // 2, rows, rows * 2):
        file = folder / "memory.csv"
        write_penalties(file, count)
        target = folder / "memory.sqlite3"
        for left in folder.glob("memory.sqlite3*"):
            left.unlink()
        shutil.copy(folder / "template.sqlite3", target)
        peaks.append(_peak(target, file))
    print("   P3 peaks: " + ", ".join(f"{peak:.0f} MB" for peak in peaks) + " (goal ≤ 700 MB)")
    growth = peaks[-1] / peaks[0]
    return Ratio(
        goal=f"P3 peak memory, {rows // 2:,} to {rows * 2:,} rows (MB)", kind="time", ours=peaks[-1], theirs=peaks[0],
        ratio=growth, low=growth, high=growth, target=1.2, rows=rows * 2,
    )  # fmt: skip


def _peak(target: Path, file: Path) -> float:
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench.imports", str(target), str(file)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(told.stdout)


def main() -> None:
    readers: dict[str, float] = {}

    def notice(_stage: str, _done: int, _all: int) -> None:
        for task in Path("/proc/self/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                readers[child] = max(readers.get(child, 0), _high_water(child))

    _take(f"sqlite:///{sys.argv[1]}", Path(sys.argv[2]), progress=notice)
    # The process that reads ahead is a part of the import; how far it had grown when it was last seen.
    print(_high_water("self") + sum(readers.values()))


def _high_water(process: str) -> float:
    """Most memory of a process since exec, in MB; getrusage would count the parent's pages as well.

    One that has ended and is not yet waited for has none.
    """
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int((status.partition("VmHWM:")[2] or "0").split()[0]) / 1024


if __name__ == "__main__":
    main()
