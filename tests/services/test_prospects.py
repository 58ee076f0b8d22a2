"""The way out of a grade: what it foresees comes true, and what it proposes, done through the services, reaches it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from credit_registry.domain.permissions import Actor, Permission, Role
from credit_registry.domain.prospects import ProspectView
from credit_registry.services import assessments, prospects, records
from credit_registry.storage.database import Database
from tests.factories import (
    PENALTY_ROW,
    a_case,
    a_penalty,
    a_record,
    an_actor,
    an_enterprise,
    an_office,
    an_operator,
)

LONG_AGO = date(2015, 3, 1)


def _way_out(database: Database, uscc: str, now: datetime, actor: Actor | None = None) -> ProspectView:
    with database.read() as session:
        return prospects.get(session, actor or an_operator(), uscc, now=now)


def _graded(database: Database, uscc: str, now: datetime) -> tuple[str, str | None]:
    with database.read() as session:
        view = assessments.get(session, an_operator(), uscc, now=now)
    return view.grade, view.score


def _at(on: date) -> datetime:
    return datetime.combine(on, time(2), UTC)


def _uscc(database: Database, **values: Any) -> str:
    return an_enterprise(database, registered_on=LONG_AGO, **values).uscc or ""


def _inspected(database: Database, uscc: str, on: date) -> None:
    """A visit that keeps the domain known, so that repairing everything else leaves something to grade."""
    a_record(database, "inspection", uscc, dated_on=on.isoformat(), method="专项检查", result="合格")


def _an_officer(database: Database) -> Actor:
    office = an_office(database, authority_code=PENALTY_ROW["authority_code"], is_keeper=True)
    return an_actor(database, Role.OFFICER, office=office)


def _repair(database: Database, record_id: int, now: datetime) -> None:
    by = _an_officer(database)
    database.run(
        lambda session: records.repair(session, by, record_id, version=1, reason="义务已履行", now=now)
    )


def _correct(database: Database, record_id: int, now: datetime, **changes: object) -> None:
    by = _an_officer(database)
    database.run(
        lambda session: records.correct(
            session, by, record_id, changes, version=1, reason="据实补正", now=now
        )
    )


def test_the_forecast_is_what_the_engine_says_when_the_days_have_come(
    database: Database, now: datetime
) -> None:
    uscc = _uscc(database)
    a_penalty(database, uscc, dated_on="2026-09-20")
    a_record(database, "inspection", uscc, dated_on="2026-10-10", result="未改正")
    view = _way_out(database, uscc, now)

    assert len(view.forecast) >= 4
    for step, following in zip(view.forecast, [*view.forecast[1:], None], strict=True):
        last = (following.on - timedelta(days=1)) if following else view.until
        for day in (step.on, last):
            assert _graded(database, uscc, _at(day)) == (step.grade, step.score)
    assert view.is_stable


def test_each_line_says_when_it_eases_and_when_it_ends(database: Database, now: datetime) -> None:
    uscc = _uscc(database)
    a_penalty(database, uscc, dated_on="2026-09-20")

    lines = {line.item: line for line in _way_out(database, uscc, now).lines}

    assert (lines["P2"].points, lines["P2"].changes) == ("-6", ((date(2026, 12, 21), "-3"),))
    assert lines["P2"].ends_on == lines["K1"].ends_on == date(2027, 9, 21)


def test_waiting_says_the_first_day_of_a_better_grade(database: Database, now: datetime) -> None:
    uscc = _uscc(database)
    _inspected(database, uscc, date(2026, 10, 1))
    a_penalty(database, uscc, dated_on="2026-09-20")

    view = _way_out(database, uscc, now)

    assert view.better_on == date(2027, 9, 21)
    assert _graded(database, uscc, _at(date(2027, 9, 20)))[0] == view.grade == "B+"
    assert _graded(database, uscc, _at(date(2027, 9, 21)))[0] == "A"


def test_a_way_walked_through_the_services_reaches_its_grade(database: Database, now: datetime) -> None:
    uscc = _uscc(database)
    _inspected(database, uscc, date(2026, 10, 1))
    fined = a_penalty(database, uscc, dated_on="2026-09-20").record.record_id

    (way,) = _way_out(database, uscc, now).ways

    assert ([act.code for act in way.acts], way.reached_on) == (
        [f"repair_penalty:{fined}"],
        date(2026, 12, 20),
    )
    assert _graded(database, uscc, _at(way.reached_on))[0] == "B+"
    _repair(database, fined, _at(way.reached_on))
    assert _graded(database, uscc, _at(way.reached_on)) == (way.grade, way.score) == ("A", "100.0")


def _stopped_twice(database: Database) -> tuple[str, list[int]]:
    uscc = _uscc(database)
    _inspected(database, uscc, date(2026, 10, 1))
    fined = [
        a_penalty(database, uscc, dated_on=day, cause=cause, penalty_kinds="责令停产停业").record.record_id
        for day, cause in (("2025-06-20", "未设置警示标志"), ("2025-07-20", "未按规定培训"))
    ]
    return uscc, fined


def test_the_fewest_acts_and_the_quickest_are_told_apart(database: Database, now: datetime) -> None:
    uscc, fined = _stopped_twice(database)

    fewest, quickest = _way_out(database, uscc, now).ways

    assert [act.record for act in fewest.acts] == fined[1:]
    assert fewest.reached_on == date(2028, 6, 21)
    assert {act.record for act in quickest.acts} == set(fined)
    assert quickest.reached_on == date(2026, 11, 24)


def test_fewer_acts_than_the_quickest_way_do_not_reach_it_as_early(database: Database, now: datetime) -> None:
    uscc, fined = _stopped_twice(database)
    before, (_, quickest) = _graded(database, uscc, now), _way_out(database, uscc, now).ways
    for left_out in range(2):
        twin, twins = _stopped_twice(database)
        _repair(database, twins[left_out], now)
        assert _graded(database, twin, now)[0] == before[0] == "C+"

    for record in fined:
        _repair(database, record, now)

    assert _graded(database, uscc, now) == (quickest.grade, quickest.score)


def test_a_fine_must_be_paid_before_its_penalty_is_repaired(database: Database, now: datetime) -> None:
    uscc = _uscc(database)
    fined = a_penalty(database, uscc, fine_due_on="2026-06-10", fine_state="unpaid").record.record_id

    view = _way_out(database, uscc, now)
    acts = {act.kind: act for act in view.acts}

    assert view.grade == "B-"
    assert acts["repair_penalty"].needs == (acts["pay_fine"].code,)
    fewest = view.ways[0]
    assert [act.kind for act in fewest.acts] == ["pay_fine"]
    _correct(database, fined, now, fine_state="已缴", fine_paid_on="2026-11-24")
    assert _graded(database, uscc, now) == (fewest.grade, fewest.score)


def test_an_overdue_hazard_closed_reaches_what_was_foreseen(database: Database, now: datetime) -> None:
    uscc = _uscc(database)
    hazard = a_record(database, "hazard", uscc, is_overdue="是").record.record_id
    (way,) = _way_out(database, uscc, now).ways

    assert [act.code for act in way.acts] == [f"close_hazard:{hazard}"]
    _correct(database, hazard, now, closed_on="2026-11-24")
    assert _graded(database, uscc, now) == (way.grade, way.score)


def test_an_entry_ends_by_its_period_or_by_removal_from_its_day_on(database: Database) -> None:
    case = a_case(database, begun=datetime(2025, 3, 3, 2, tzinfo=UTC), registered_on=LONG_AGO)
    now = datetime(2025, 4, 7, 2, tzinfo=UTC)
    assert case.listed_until is not None
    assert case.decided_on is not None
    view = _way_out(database, case.uscc or "", now)

    assert view.grade == "D"
    (removal,) = (act for act in view.acts if act.kind == "ask_removal")
    assert (removal.record, removal.earliest_on) == (
        -case.case_id,
        case.decided_on.replace(year=2026) + timedelta(days=1),
    )
    # The entry outlasts the two years looked ahead; removal does not wait for it.
    assert [line.ends_on for line in view.lines if line.item == "V1"] == [None]
    assert case.listed_until > view.until


def test_who_is_not_graded_or_stands_best_has_no_way_to_seek(database: Database, now: datetime) -> None:
    unknown, clean = _uscc(database), _uscc(database)
    _inspected(database, clean, date(2026, 10, 1))

    views = [_way_out(database, uscc, now) for uscc in (unknown, clean)]

    assert [(view.grade, view.is_best, view.ways) for view in views] == [("N", True, ()), ("A", True, ())]


def test_of_very_many_acts_a_way_is_found_of_which_none_can_be_left_out(
    database: Database, now: datetime
) -> None:
    uscc = _uscc(database)
    _inspected(database, uscc, date(2026, 10, 1))
    for number in range(16):
        a_penalty(
            database, uscc, dated_on="2026-09-20", cause=f"案由{number}", penalty_kinds="警告", content="警告"
        )
    for number in range(10):
        a_penalty(database, uscc, dated_on="2026-08-24", cause=f"事由{number}")

    view = _way_out(database, uscc, now)

    assert view.grade == "D"
    way = view.ways[-1]
    assert not way.is_shortest
    for act in way.acts:
        _repair(database, act.record, _at(way.reached_on))
    assert _graded(database, uscc, _at(way.reached_on)) == (way.grade, way.score)


def test_supervision_facts_and_what_to_do_about_them_stay_inside(database: Database, now: datetime) -> None:
    uscc = _uscc(database)
    a_record(database, "hazard", uscc, is_overdue="是")
    office = an_office(database, "海淀区科技和经济信息化局（演示）", domain=None)
    outside = Actor(
        "key:hd_test", "系统", frozenset({Permission.REGISTER_READ}), key_id=1, office_id=office.id,
        office_name=office.name,
    )  # fmt: skip

    seen, shown = _way_out(database, uscc, now), _way_out(database, uscc, now, outside)

    assert (seen.is_complete, shown.is_complete) == (True, False)
    assert [act.kind for act in seen.acts] == ["close_hazard"]
    assert (shown.acts, shown.ways, shown.lines) == ((), (), ())
    assert shown.grade == seen.grade


def test_the_document_is_plain_and_names_acts_by_code(database: Database, now: datetime) -> None:
    uscc = _uscc(database)
    _inspected(database, uscc, date(2026, 10, 1))
    a_penalty(database, uscc, dated_on="2026-09-20")

    document = _way_out(database, uscc, now).as_dict()

    assert document["ways"][0]["acts"] == [act["code"] for act in document["acts"]]
    assert document["forecast"][0]["on"] == document["on"] == "2026-11-24"
    assert document["until"] == "2028-11-24"


@pytest.mark.parametrize("kind", ["pay_fine", "repair_penalty"])
def test_an_act_that_changes_nothing_is_not_offered(database: Database, now: datetime, kind: str) -> None:
    uscc = _uscc(database)
    _inspected(database, uscc, date(2026, 10, 1))
    a_penalty(database, uscc, dated_on="2020-01-20")

    assert kind not in {act.kind for act in _way_out(database, uscc, now).acts}


def test_whoever_shows_both_reads_the_facts_once_and_is_told_the_same(
    sqlite_database: Database, now: datetime
) -> None:
    uscc = _uscc(sqlite_database)
    a_penalty(sqlite_database, uscc)
    officer = _an_officer(sqlite_database)
    read: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        read.append(statement)

    event.listen(sqlite_database.engine, "before_cursor_execute", hear)
    with sqlite_database.read() as session:
        both = prospects.with_assessment(session, officer, uscc, now=now)
    event.remove(sqlite_database.engine, "before_cursor_execute", hear)

    with sqlite_database.read() as session:
        apart = (
            assessments.get(session, officer, uscc, now=now),
            prospects.get(session, officer, uscc, now=now),
        )
    assert both == apart
    assert len([each for each in read if "record_versions" in each and "fine_fen" in each]) == 1
