"""An import that is killed, fails or meets another: the whole batch is there with its audit entry, or nothing is."""

import os
import shutil
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, text

from credit_registry.domain.errors import Duplicate
from credit_registry.services import batches, imports
from credit_registry.storage.database import Database
from credit_registry.storage.queries import audit
from credit_registry.storage.tables.imports import ImportBatchRow, ImportRowRow
from credit_registry.storage.tables.metadata import metadata
from credit_registry.storage.tables.records import RecordRow, RecordVersionRow
from tests.conftest import VAULT
from tests.factories import NOW, a_file, a_penalty, a_penalty_row, an_enterprise, an_import, an_operator

# What an import writes.
TABLES = (
    "import_batches", "import_rows", "records", "record_versions", "personal_data", "dirty_enterprises",
    "audit_entries",
)  # fmt: skip


def a_small_file(database: Database) -> bytes:
    """Every fate of a row: new, new with a person, duplicate, held, refused, a further version."""
    enterprise = an_enterprise(database)
    an_import(
        database, "penalties", a_file("penalties", [a_penalty_row(enterprise, "0号")]), filename="earlier.csv"
    )
    rows = [
        a_penalty_row(
            enterprise, "1号", legal_representative="张三", legal_representative_id="11010119800307867X"
        ),
        a_penalty_row(
            enterprise, "1号", legal_representative="张三", legal_representative_id="11010119800307867X"
        ),
        a_penalty_row(enterprise, "2号"),
        a_penalty_row(enterprise, "3号", uscc=""),
        a_penalty_row(enterprise, "4号", fine_fen="-1"),
        a_penalty_row(enterprise, "0号", fine_paid_on="2026-06-01"),
    ]
    return a_file("penalties", rows)


def breaches(database: Database, data: bytes) -> list[str]:
    """What is wrong with the store: a half batch, a batch without its audit entry, a broken chain."""
    found = []
    with database.read() as session:
        for batch in session.scalars(select(ImportBatchRow)):
            versions = session.scalar(
                select(func.count())
                .select_from(RecordVersionRow)
                .where(RecordVersionRow.batch_id == batch.id)
            )
            waiting = session.scalar(
                select(func.count()).select_from(ImportRowRow).where(ImportRowRow.batch_id == batch.id)
            )
            told = [entry for _, entry in audit.page(session, subject=f"batch:{batch.id}")]
            if versions != batch.accepted or waiting != batch.held + batch.refused or batch.rows == 0:
                found.append(
                    f"batch {batch.id}: {versions} versions, {waiting} waiting, {batch.accepted} accepted"
                )
            if [entry.verb for entry in told] != ["batch:take"]:
                found.append(f"batch {batch.id}: audit says {told}")
        orphans = session.scalar(
            select(func.count())
            .select_from(RecordRow)
            .where(~select(RecordVersionRow.id).where(RecordVersionRow.record_id == RecordRow.id).exists())
        )
        if orphans:
            found.append(f"{orphans} records without a version")
        if breach := audit.verify(session):
            found.append(f"audit chain: {breach}")
        if database.dialect == "sqlite":
            found += [row[0] for row in session.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
            found += [str(row) for row in session.execute(text("PRAGMA foreign_key_check"))]
    return found


def picture(database: Database) -> dict[str, int]:
    """How many rows each table holds: enough to see a doubled or a lost one."""
    with database.read() as session:
        return {
            name: session.scalar(select(func.count()).select_from(metadata.tables[name])) or 0
            for name in TABLES
        }


def in_a_child(work: Callable[[], object]) -> int:
    """Run ``work`` in a forked process; the signal that ended it, 0 when it came to its end."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - a child must never return into the tests
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0, "the child failed by itself"
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def die_at(database: Database, n: int, *, commits_each: bool = False) -> None:
    """SIGKILL this process before its n-th statement (the commit is one).

    Args:
        commits_each: the mutant: every statement is its own transaction.
    """
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == n:
            os.kill(os.getpid(), signal.SIGKILL)

    def end(connection, cursor, statement, parameters, context, executemany) -> None:
        if not statement.startswith(("BEGIN", "SELECT", "PRAGMA", "WITH")):
            cursor.connection.execute("COMMIT")
            cursor.connection.execute("BEGIN IMMEDIATE")

    event.listen(database.engine, "before_cursor_execute", count)
    event.listen(database.engine, "commit", count)
    if commits_each:
        event.listen(database.engine, "after_cursor_execute", end)


def killed_at_every_statement(
    template: Path, folder: Path, *, commits_each: bool = False, most: int = 200
) -> tuple[int, list[str]]:
    """Kill an import before each of its statements, look, and run it again.

    Returns:
        how many kills there were, and every breach that was found.
    """
    base = folder / "base.sqlite3"
    shutil.copy(template, base)
    prepared = Database(f"sqlite:///{base}", VAULT)
    data = a_small_file(prepared)
    before = picture(prepared)
    with prepared.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    prepared.dispose()
    whole: dict[str, int] = {}
    found: list[str] = []
    for n in range(1, most):
        file = folder / f"{n}.sqlite3"
        shutil.copy(base, file)

        def work(file: Path = file, n: int = n) -> None:
            database = Database(f"sqlite:///{file}", VAULT)
            die_at(database, n, commits_each=commits_each)
            an_import(database, "penalties", data)

        signalled = in_a_child(work)
        database = Database(f"sqlite:///{file}", VAULT)
        after = picture(database)
        found += breaches(database, data)
        if signalled and after != before:
            found.append(f"kill {n} left {after}")
        if not commits_each:
            result = an_import(database, "penalties", data)
            found += breaches(database, data)
            whole = whole or picture(database)
            if picture(database) != whole:
                found.append(f"kill {n}: run again gives {picture(database)}, not {whole}")
            assert result.replayed == (signalled == 0)
        database.dispose()
        if signalled == 0:
            return n - 1, found
    raise AssertionError("the import never came to its end")


def test_killed_before_any_statement_an_import_leaves_nothing_and_runs_again(sqlite_template, tmp_path):
    kills, found = killed_at_every_statement(sqlite_template, tmp_path)

    assert found == []
    assert kills > 15


def test_the_harness_catches_an_import_that_commits_as_it_goes(sqlite_template, tmp_path):
    _, found = killed_at_every_statement(sqlite_template, tmp_path, commits_each=True)

    assert any("kill" in breach for breach in found)


@pytest.mark.parametrize("table", TABLES)
def test_one_failing_statement_undoes_the_whole_import(sqlite_database, table):
    data = a_small_file(sqlite_database)
    before = picture(sqlite_database)
    with sqlite_database.begin() as session:
        session.execute(text(
            f"CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'disk on fire'); END"
        ))  # fmt: skip

    with pytest.raises(Exception, match="disk on fire"):
        an_import(sqlite_database, "penalties", data)
    halfway = picture(sqlite_database)
    with sqlite_database.begin() as session:
        session.execute(text("DROP TRIGGER broken"))

    assert halfway == before
    assert an_import(sqlite_database, "penalties", data).accepted == 3
    assert breaches(sqlite_database, data) == []


def together(*works: Callable[[], object]) -> list[object]:
    """Run all at once, each in its thread, from one starting line; their answers in order."""
    line = threading.Barrier(len(works))
    answers: list[object] = [None] * len(works)

    def run(at: int, work: Callable[[], object]) -> None:
        line.wait()
        try:
            answers[at] = work()
        except Exception as error:  # noqa: BLE001 - handed to the test
            answers[at] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_batches_with_overlapping_rows_end_as_if_one_after_the_other(database):
    enterprise = an_enterprise(database)
    files = [
        a_file("penalties", [a_penalty_row(enterprise, f"{n}号") for n in range(start, start + 40)])
        for start in (0, 20, 40, 10)
    ]

    answers = together(*(lambda data=data: an_import(database, "penalties", data) for data in files))

    assert all(isinstance(answer, imports.ImportResult) for answer in answers), answers
    assert sum(answer.accepted for answer in answers) == 80
    assert sum(answer.duplicate for answer in answers) == 80
    assert breaches(database, b"") == []
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(RecordRow)) == 80
        assert session.scalar(select(func.count()).select_from(RecordVersionRow)) == 80


def test_the_same_file_delivered_twice_at_once_is_one_batch(database):
    enterprise = an_enterprise(database)
    data = a_file("penalties", [a_penalty_row(enterprise, f"{n}号") for n in range(40)])

    answers = together(*(lambda: an_import(database, "penalties", data, key="one") for _ in range(4)))

    assert sorted(answer.replayed for answer in answers) == [False, True, True, True]
    assert len({answer.batch for answer in answers}) == 1
    assert breaches(database, data) == []


def test_the_same_file_under_two_keys_adds_nothing(database):
    enterprise = an_enterprise(database)
    data = a_file("penalties", [a_penalty_row(enterprise, f"{n}号") for n in range(5)])

    first = an_import(database, "penalties", data, filename="one.csv", key="1")
    second = an_import(database, "penalties", data, filename="two.csv", key="2")

    assert (first.accepted, second.accepted, second.duplicate, second.replayed) == (5, 0, 5, False)
    assert breaches(database, data) == []


def test_a_hand_entry_waits_for_a_running_import_and_is_not_doubled(database):
    enterprise = an_enterprise(database)
    data = a_file("penalties", [a_penalty_row(enterprise, f"京海应急〔2026〕{n}号") for n in range(200)])

    answers = together(
        lambda: an_import(database, "penalties", data, now=NOW),
        lambda: a_penalty(database, enterprise.uscc, document_no="京海应急〔2026〕7号"),
    )

    with database.read() as session:
        held = batches.rows(session, an_operator(), answers[0].batch, "held").items
        assert session.scalar(select(func.count()).select_from(RecordRow)) == 200
    assert isinstance(answers[1], Duplicate) or len(held) + answers[0].duplicate == 1
