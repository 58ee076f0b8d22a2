"""What SQLite does for the questions that the public and look-ups ask: no walk through every version."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from credit_registry.storage.database import Database, Session
from credit_registry.storage.queries import annotations, entries, imports, records

ON = date(2026, 11, 24)


@contextmanager
def _heard(database: Database) -> Iterator[list[tuple[str, Any]]]:
    heard: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        heard.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(database.engine, "before_cursor_execute", hear)


@pytest.mark.parametrize(
    "ask",
    [
        lambda session: entries.public_entries(session, "black", on=ON, limit=20),
        lambda session: entries.entries(session, [1, 2], on=ON),
        lambda session: entries.last_steps(session, known_at=session.info.get("now")),
        lambda session: annotations.stopped_records(session, [1, 2]),
        lambda session: records.grounds_of_batch(session, 1),
    ],
)
def test_a_ground_finds_its_version_by_an_index(
    sqlite_database: Database, ask: Callable[[Session], object], now: Any
) -> None:
    with sqlite_database.read() as session:
        session.info["now"] = now
        with _heard(sqlite_database) as heard:
            ask(session)
        plans = [
            row[3]
            for statement, parameters in heard
            if "record_versions" in statement
            for row in session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
        ]

    assert plans
    assert [step for step in plans if step.startswith("SCAN record_versions")] == []
    assert not any("AUTOMATIC" in step for step in plans if "record_versions" in step)


def test_rows_that_wait_already_are_found_by_their_cells_and_not_by_walking_through_all_that_wait(
    sqlite_database: Database,
) -> None:
    with sqlite_database.read() as session:
        with _heard(sqlite_database) as heard:
            imports.waiting_or_resolved(session, ["a", "b"])
        ((statement, parameters),) = [each for each in heard if "cells_digest" in each[0]]
        told = session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
        plan = "; ".join(row[3] for row in told)

    assert "SEARCH import_rows USING INDEX ix_import_rows_cells_digest" in plan
    assert "ix_import_rows_state" not in plan
