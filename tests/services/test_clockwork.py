"""What the calendar does by itself: late, twice, and with a new notice, on both engines."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from credit_registry.domain.calendar import WorkingDays, working_days
from credit_registry.domain.errors import NotAllowed
from credit_registry.services import clockwork, listings, publications
from credit_registry.storage.database import Database
from credit_registry.storage.queries import audit
from tests.factories import NOW, a_candidate, a_case, a_team, an_operator, carry


def at(day: date) -> datetime:
    return datetime.combine(day, time(2), UTC)


def tick(database: Database, day: date, calendar: WorkingDays | None = None) -> clockwork.ClockRun:
    return database.run(
        lambda session: clockwork.run_clocks(session, an_operator(), now=at(day), calendar=calendar)
    )


def test_a_window_closes_by_itself_on_the_day_after_its_last(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, "NOTIFIED", team=team)

    assert tick(database, date(2026, 12, 1)).closed_windows == ()
    assert tick(database, date(2026, 12, 2)).closed_windows == (case.case_id,)
    assert tick(database, date(2026, 12, 2)).closed_windows == ()
    with database.read() as session:
        after = listings.get(session, team.officer, case.case_id, now=NOW)
        assert audit.verify(session) is None
    assert after.state == "NO_STATEMENT"


def test_a_run_that_comes_weeks_late_exposes_nobody_and_catches_up(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, team=team)
    late = date(2030, 1, 20)

    with database.read() as session:
        assert publications.rows(session, "black", on=date(2029, 12, 3)) == ()
    run = tick(database, late)

    assert run.expired == (case.case_id,)
    with database.read() as session:
        after = listings.get(session, team.officer, case.case_id, now=at(late))
    assert (after.state, after.ended_by) == ("REMOVAL_DECIDED", "expiry")
    assert [paper.kind for paper in after.papers][-1] == "removal_decision"


def test_the_end_of_a_period_is_announced_thirty_days_before(database: Database) -> None:
    case = a_case(database)

    assert tick(database, date(2029, 11, 1)).expiring == ()
    assert tick(database, date(2029, 11, 2)).expiring == (case.case_id,)


def test_what_is_overdue_is_named(database: Database) -> None:
    case = a_case(database, "DECIDED")

    assert tick(database, date(2026, 12, 7)).overdue == ()
    assert tick(database, date(2026, 12, 8)).overdue == (case.case_id,)


def test_a_new_notice_moves_provisional_days_and_says_which(database: Database) -> None:
    team = a_team(database)
    now = at(date(2026, 12, 29))
    case = carry(database, team, a_candidate(database, team, now=now), "notify", now)
    assert (case.window_until, case.window_is_provisional) == (date(2027, 1, 6), True)
    known = working_days()
    noticed = WorkingDays(
        "2026-12-30", known.known | {2027}, known.off | {date(2027, 1, 4)}, known.worked, known.charted
    )

    run = tick(database, date(2026, 12, 30), noticed)
    again = tick(database, date(2026, 12, 30), noticed)

    assert [(moved.kind, moved.before, moved.after) for moved in run.moved] == [
        ("statement", date(2027, 1, 6), date(2027, 1, 7))
    ]
    assert again.moved == ()
    with database.read() as session:
        after = listings.get(session, team.officer, case.case_id, now=now)
    assert (after.window_until, after.window_is_provisional) == (date(2027, 1, 7), False)


def test_a_window_never_gets_shorter_than_the_party_was_told(database: Database) -> None:
    team = a_team(database)
    now = at(date(2026, 12, 29))
    case = carry(database, team, a_candidate(database, team, now=now), "notify", now)
    known = working_days()
    noticed = WorkingDays(
        "2026-12-30",
        known.known | {2027},
        known.off,
        known.worked | {date(2027, 1, 2), date(2027, 1, 3)},
        known.charted,
    )

    assert tick(database, date(2026, 12, 30), noticed).moved == ()
    with database.read() as session:
        after = listings.get(session, team.officer, case.case_id, now=now)
    assert (after.window_until, after.window_is_provisional) == (case.window_until, False)


def test_a_clock_that_goes_back_shows_nobody_and_stops_nothing(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, team=team)
    a_case(database, "NOTIFIED", team=team)

    run = tick(database, date(2025, 11, 24))

    assert (run.closed_windows, run.expired) == ((), ())
    with database.read() as session:
        assert publications.rows(session, "black", on=date(2025, 11, 24)) == ()
        assert listings.get(session, team.officer, case.case_id, now=NOW).state == "ACTIVE"


def test_a_step_dated_after_today_waits_without_stopping_the_run(database: Database) -> None:
    team = a_team(database)
    ahead = a_case(database, team=team)
    other = a_case(database, team=team)
    carry(database, team, ahead, "suspend", at(date(2031, 1, 6)))

    assert tick(database, date(2030, 1, 7)).expired == (other.case_id,)
    assert tick(database, date(2031, 1, 6)).expired == (ahead.case_id,)


def test_a_run_says_what_it_did_as_one_document(database: Database) -> None:
    document = tick(database, date(2026, 12, 1)).as_dict()

    assert document == {
        "on": "2026-12-01",
        "closed_windows": [],
        "expired": [],
        "moved": [],
        "expiring": [],
        "overdue": [],
        "unfit": [],
    }


def test_running_the_clocks_takes_the_right_to_run_assessments(sqlite_database: Database) -> None:
    team = a_team(sqlite_database)

    with sqlite_database.read() as session, pytest.raises(NotAllowed):
        clockwork.run_clocks(session, team.publisher, now=NOW + timedelta(days=1))
