"""Transactions on both engines: writers queue, readers see one moment, a retried function runs whole."""

import threading

import pytest
from sqlalchemy import String, func, select, text
from sqlalchemy.orm import InstrumentedAttribute

from credit_registry.domain.errors import Unavailable
from credit_registry.storage.database import Database, Session
from credit_registry.storage.tables.accounts import OfficeRow
from credit_registry.storage.tables.assessments import AssessmentRow
from credit_registry.storage.tables.grades import AnnouncedGradeRow
from scoring_rules.language.grammar import LONGEST_GRADE
from tests.conftest import VAULT


def _add(session: Session, name: str) -> None:
    session.add(OfficeRow(name=name, short_name=name))
    session.flush()


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(OfficeRow)) or 0


def test_what_fails_half_way_leaves_no_trace(database: Database) -> None:
    def fail(session: Session) -> None:
        _add(session, "甲")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.run(fail)

    with database.read() as session:
        assert _count(session) == 0


def test_what_a_reader_writes_does_not_stay(database: Database) -> None:
    with database.read() as session:
        if database.dialect == "sqlite":
            _add(session, "甲")

    with database.read() as session:
        assert _count(session) == 0


def test_a_reader_sees_one_moment_while_others_write(database: Database) -> None:
    with database.read() as reader:
        before = _count(reader)
        database.run(lambda session: _add(session, "甲"))
        again = _count(reader)

    assert (before, again) == (0, 0)


def test_no_increment_is_lost_between_writers(database: Database) -> None:
    database.run(lambda session: _add(session, "甲"))

    def increment(session: Session) -> None:
        row = session.scalars(select(OfficeRow).with_for_update()).one()
        row.short_name = str(int(row.short_name) + 1) if row.short_name.isdigit() else "1"

    def work() -> None:
        for _ in range(20):
            database.run(increment, attempts=20)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as session:
        assert session.scalars(select(OfficeRow.short_name)).one() == "60"


def test_a_busy_database_is_explained_after_the_last_attempt(sqlite_database: Database) -> None:
    from sqlalchemy.exc import OperationalError

    calls = []

    def busy(session: Session) -> None:
        calls.append(1)
        raise OperationalError("BEGIN", {}, Exception("database is locked"))

    with pytest.raises(Unavailable) as refused:
        sqlite_database.run(busy, attempts=3)

    assert refused.value.code == "database-busy"
    assert len(calls) == 3


def test_sqlite_keeps_what_it_acknowledged(sqlite_database: Database) -> None:
    with sqlite_database.engine.connect() as connection:
        settings = [
            connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert settings == ["wal", 2, 1]


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://nobody:wrong@127.0.0.1:1/registry", "sqlite:////nowhere/at/all"]
)
def test_a_database_out_of_reach_is_a_refusal_with_a_remedy(url: str) -> None:
    database = Database(url, VAULT)

    with (
        pytest.raises(Unavailable, match="CREDIT_REGISTRY_DATABASE_URL") as refused,
        database.read() as session,
    ):
        _count(session)
    assert refused.value.code == "database-unreachable"


@pytest.mark.parametrize("column", [AssessmentRow.grade, AnnouncedGradeRow.grade, AnnouncedGradeRow.previous])
def test_a_grade_of_the_longest_name_has_room_where_grades_are_kept(
    column: InstrumentedAttribute[str],
) -> None:
    """SQLite would keep anything; PostgreSQL refuses what is longer than its column."""
    assert isinstance(column.type, String)
    assert column.type.length is not None and column.type.length >= LONGEST_GRADE
