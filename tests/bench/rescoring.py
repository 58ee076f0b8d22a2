"""P8, P10 and P15: from the database and back into it.

P8: everybody graded anew with all grades stored, against the same columns read by ADBC and the same grades written by
the driver's executemany. P10: one record entered, its enterprise graded and kept, against the bare driver that runs the very
statements of it, captured beforehand, on a copy of the same file. P15: a loop over the ORM against the engine.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import adbc_driver_sqlite.dbapi as adbc
from pysqlite3 import dbapi2 as sqlite3
from sqlalchemy import event

import scoring_rules
from credit_registry.services import assessments, facts, records
from credit_registry.storage.database import Database, Session
from tests.bench import naive
from tests.bench.measure import Ratio, compare, exponent
from tests.bench.stock import fill
from tests.conftest import VAULT
from tests.factories import a_code, an_operator

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
ON = date(2026, 11, 1)
ARRIVALS = 40
PENALTY = {
    "authority_name": "海淀区应急管理局（演示）", "authority_code": "11110108000000000F", "domain": "safety",
    "cause": "未按规定进行安全生产教育和培训", "penalty_kinds": "罚款", "content": "罚款20000元", "fine_fen": "2",
    "dated_on": "2026-10-20", "facts": "新上岗人员未经培训", "basis": "安全生产法第九十七条",
}  # fmt: skip


def run(*, quick: bool) -> Iterator[Ratio]:
    sizes = ((10_000, 1_000), (100_000, 10_000)) if quick else ((100_000, 10_000), (1_000_000, 100_000))
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as name:
        folder = Path(name)
        found = []
        for size in sizes:
            file = folder / f"{size[0]}.sqlite3"
            database = _database(file)
            fill(database, *size)
            found.append(_full(database, file, size[0]))
            database.dispose()
            yield found[-1]
        print(f"   growth of P8: exponent {exponent(*found):.2f} (goal ≤ 1.1)")
        yield _arrival(folder, folder / f"{sizes[0][0]}.sqlite3", sizes[0][1])
        yield _against_a_loop(folder, 500 if quick else 5_000)


def _database(file: Path) -> Database:
    return Database(f"sqlite:///{file}", VAULT)


def _assess(database: Database, *, only_due: bool = False) -> assessments.Assessed:
    return database.run(
        lambda session: assessments.assess(session, an_operator(), on=ON, now=NOW, only_due=only_due)
    )


# -- P8 ----------------------------------------------------------------------------------------------------------------


def _full(database: Database, file: Path, rows: int) -> Ratio:
    _assess(database)
    with database.read() as session:
        grades = [tuple(row) for row in session.connection().exec_driver_sql("SELECT * FROM assessments")]
    marks = ", ".join("?" * len(grades[0]))
    statements: list[str] = []
    listening = _listening(database, lambda statement, _: statements.append(statement))
    with listening, database.read() as session:
        facts.of(session, None, on=ON, now=NOW)
    columns = next(text for text in statements if "record_versions.state" in text and "penalty_kinds" in text)

    def forget() -> None:
        with database.begin() as session:
            session.connection().exec_driver_sql("DELETE FROM assessments")
        # ADBC brings an SQLite of its own: two of them in one process must not hold the file at the same time.
        database.dispose()

    def theirs() -> None:
        with adbc.connect(str(file)) as connection, connection.cursor() as cursor:
            cursor.execute(columns)
            cursor.fetch_arrow_table()
        writer = sqlite3.connect(file, isolation_level=None)
        writer.execute("PRAGMA synchronous=FULL")
        writer.execute("BEGIN IMMEDIATE")
        writer.executemany(f"INSERT INTO assessments VALUES ({marks})", grades)
        writer.execute("COMMIT")
        writer.close()

    _told_of_all("P8", database)
    return compare(
        f"P8 everybody graded from the database and kept, {rows:,} records", lambda: _assess(database), theirs,
        kind="time", target=1.3, rows=rows, before=forget,
    )  # fmt: skip


class _listening:
    """Tells of every statement that reaches the driver, with its parameters."""

    def __init__(self, database: Database, told: Any) -> None:
        self.engine = database.engine
        self.hear = lambda conn, cursor, statement, parameters, context, many: told(statement, parameters)

    def __enter__(self) -> None:
        event.listen(self.engine, "before_cursor_execute", self.hear)

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self.hear)


def _read_and_scored(database: Database) -> tuple[Any, float, float]:
    """The results, and the seconds that reading and scoring took."""
    ruleset = assessments.ruleset_on(ON)
    with database.read() as session:
        start = time.perf_counter()
        held = facts.of(session, None, on=ON, now=NOW, attributes=scoring_rules.attributes_read(ruleset))
        read = time.perf_counter()
        scores = scoring_rules.score(ruleset, held.records, held.subjects, on=ON, findings=False)
    return scores.results, read - start, time.perf_counter() - read


def _told_of_all(goal: str, database: Database) -> None:
    _, read, scored = _read_and_scored(database)
    print(f"   {goal} in parts, s: columns read through the driver {read:.2f}, scored {scored:.2f}")


# -- P10 ---------------------------------------------------------------------------------------------------------------


def _enter(session: Session, *, number: int, code: str) -> None:
    values = {**PENALTY, "document_no": f"京海应急罚〔2026〕到{number}号"}
    records.enter(session, an_operator(), "penalty", code, values, now=NOW)


def _arrive(database: Database, number: int, code: str) -> None:
    def one(session: Session) -> None:
        _enter(session, number=number, code=code)
        assessments.assess(session, an_operator(), on=ON, now=NOW, only_due=True)

    database.run(one)


def _arrival(folder: Path, full: Path, enterprises: int) -> Ratio:
    """Each side on a copy of the same register, made before its time starts."""
    target, taken = folder / "arrival.sqlite3", folder / "captured.sqlite3"
    codes = [a_code(number) for number in range(0, enterprises, enterprises // ARRIVALS)][:ARRIVALS]
    script: list[list[tuple[str, Any]]] = []
    shutil.copy(full, taken)
    database = _database(taken)
    for number, code in enumerate(codes):
        script.append([])
        with _listening(database, lambda statement, values: script[-1].append((statement, values))):
            _arrive(database, number, code)
    database.dispose()
    opened: list[Any] = []

    def fresh() -> None:
        for one in opened:
            with suppress(AttributeError):
                one.dispose()
        opened.clear()
        for left in folder.glob("arrival.sqlite3*"):
            left.unlink()
        shutil.copy(full, target)
        opened.append(_database(target))
        with opened[0].read() as session:
            session.connection().exec_driver_sql("SELECT count(*) FROM assessments").scalar()

    def ours() -> None:
        for number, code in enumerate(codes):
            _arrive(opened[0], number, code)

    def theirs() -> None:
        raw = sqlite3.connect(target, isolation_level=None)
        raw.execute("PRAGMA synchronous=FULL")
        for statements in script:
            raw.execute("BEGIN IMMEDIATE")
            for statement, values in statements:
                if not statement.startswith(("BEGIN", "COMMIT", "PRAGMA")):
                    _replay(raw, statement, values)
            raw.execute("COMMIT")
        raw.close()

    _told(folder, full, codes)
    return compare(
        f"P10 one record stored, graded and committed, {enterprises:,} enterprises", ours, theirs,
        kind="time", target=4, rows=ARRIVALS, before=fresh,
    )  # fmt: skip


def _replay(raw: sqlite3.Connection, statement: str, values: Any) -> None:
    if isinstance(values, list) and values and isinstance(values[0], tuple | dict):
        raw.executemany(statement, values)
    else:
        raw.execute(statement, values).fetchall()


def _told(folder: Path, full: Path, codes: list[str]) -> None:
    """Where the time of one arrival goes."""
    copy = folder / "told.sqlite3"
    shutil.copy(full, copy)
    database = _database(copy)
    spent = {"enter": 0.0, "facts": 0.0, "score": 0.0, "assess": 0.0}
    ruleset = assessments.ruleset_on(ON)
    for number, code in enumerate(codes):
        marks = [time.perf_counter()]
        database.run(partial(_enter, number=number, code=code))
        marks.append(time.perf_counter())
        with database.read() as session:
            held = facts.of(session, [number + 1], on=ON, now=NOW)
        marks.append(time.perf_counter())
        scoring_rules.score(ruleset, held.records, held.subjects, on=ON, findings=False)
        marks.append(time.perf_counter())
        _assess(database, only_due=True)
        marks.append(time.perf_counter())
        for name, start, end in zip(spent, marks, marks[1:], strict=False):
            spent[name] += (end - start) / len(codes) * 1000
    print(
        f"   P10 in parts, ms: record entered {spent['enter']:.1f}, graded and kept {spent['assess']:.1f},"
        f" of that its facts read {spent['facts']:.1f} and scored {spent['score']:.1f}"
    )
    database.dispose()


# -- P15 ---------------------------------------------------------------------------------------------------------------


def _against_a_loop(folder: Path, enterprises: int) -> Ratio:
    """Both read the same register, penalties and inspections alone, and answer the same grades."""
    database = _database(folder / "loop.sqlite3")
    fill(database, enterprises * 60, enterprises, kinds=naive.KINDS)

    def ours() -> Any:
        return _read_and_scored(database)[0]

    def theirs() -> Any:
        with database.read() as session:
            return naive.grade_everybody(session, ON)

    results = ours().set_index("subject")
    for subject, domains in theirs().items():
        for domain, expected in domains.items():
            score = results.at[subject, f"{domain}_score"]
            found = (
                None if score is None or str(score) == "<NA>" else int(score),
                results.at[subject, f"{domain}_grade"],
            )
            if found != expected:
                raise AssertionError(f"{json.dumps(a_code(subject))} {domain}: {found} and {expected}")
    _told_of_all("P15", database)
    result = compare(
        f"P15 a loop over the ORM, {enterprises:,} enterprises", ours, theirs,
        kind="speed", target=40, rows=enterprises, pairs=3,
    )  # fmt: skip
    database.dispose()
    return result
