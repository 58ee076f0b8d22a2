"""The desk of the day, on both engines."""

from datetime import date, datetime, timedelta

import pytest

from credit_registry.domain.errors import NotAllowed
from credit_registry.domain.permissions import Role
from credit_registry.services import assessments, overview
from credit_registry.storage.database import Database
from tests.factories import (
    NOW,
    a_case,
    a_file,
    a_penalty_row,
    a_record,
    a_team,
    an_actor,
    an_enterprise,
    an_import,
    an_office,
    an_operator,
)


def test_grades_are_counted_best_first(database: Database, now: datetime, on: date) -> None:
    for _ in range(3):
        made = an_enterprise(database, registered_on=date(2010, 1, 1))
        a_record(database, "inspection", made.uscc or "")
    an_enterprise(database)
    database.run(lambda session: assessments.assess(session, an_operator(), on=on, now=now))
    actor = an_actor(database, Role.OFFICER)

    with database.read() as session:
        desk = overview.desk(session, actor, now=now)

    assert list(desk.grades)[0] == "A"
    assert list(desk.grades)[-1] == "N"
    assert (desk.grades["A"], desk.grades["N"], desk.graded) == (3, 1, 4)


def test_cases_are_told_by_what_is_due(database: Database) -> None:
    team = a_team(database)
    late = a_case(database, "DECIDED", team=team, begun=NOW - timedelta(days=40))
    soon = a_case(database, "DECIDED", team=team, begun=NOW - timedelta(days=10))
    waiting = a_case(database, "NOTIFIED", team=team, begun=NOW - timedelta(days=20))

    with database.read() as session:
        desk = overview.desk(session, team.officer, now=NOW)

    assert [case.case_id for case in desk.due] == [late.case_id, waiting.case_id, soon.case_id]
    # Of the late case: entering, serving, publishing. The other's statement is not ours to make.
    assert (desk.overdue, desk.soon, desk.has_more_due) == (3, 1, False)


def test_batches_with_rows_that_wait_are_named(database: Database) -> None:
    office = an_office(database, is_keeper=True, authority_code="11110108000000000F")
    clerk = an_actor(database, Role.CLERK, office=office)
    made = an_enterprise(database)
    clean = a_file("penalties", [a_penalty_row(made, "京海应急罚〔2026〕1号")])
    waits = a_file("penalties", [a_penalty_row(made, "京海应急罚〔2026〕2号", uscc="")])
    an_import(database, "penalties", clean, actor=clerk)
    batch = an_import(database, "penalties", waits, actor=clerk)

    with database.read() as session:
        desk = overview.desk(session, clerk, now=NOW)

    assert [one.batch for one in desk.waiting] == [batch.batch]


def test_an_empty_register_has_an_empty_desk(sqlite_database: Database, now: datetime) -> None:
    actor = an_actor(sqlite_database, Role.OFFICER)

    with sqlite_database.read() as session:
        desk = overview.desk(session, actor, now=now)

    assert (desk.grades, desk.due, desk.waiting, desk.graded) == ({}, (), (), 0)


def test_an_administrator_has_no_desk(sqlite_database: Database, now: datetime) -> None:
    actor = an_actor(sqlite_database, Role.ADMINISTRATOR)

    with pytest.raises(NotAllowed), sqlite_database.read() as session:
        overview.desk(session, actor, now=now)
