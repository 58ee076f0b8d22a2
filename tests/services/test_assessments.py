"""Grades kept and explained, on both engines."""

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from credit_registry.domain.answers import AssessmentView
from credit_registry.domain.errors import InvalidInput, NotAllowed, NotFound
from credit_registry.domain.permissions import Actor, Permission, Role
from credit_registry.services import assessments, enterprises, listings, records
from credit_registry.storage.database import Database
from tests.factories import (
    PENALTY_ROW,
    a_case,
    a_code,
    a_penalty,
    a_record,
    a_team,
    an_actor,
    an_enterprise,
    an_office,
    an_operator,
)

EARLIER = datetime(2026, 8, 3, 2, tzinfo=UTC)
LONG_AGO = date(2015, 3, 1)
PENALTY = {
    "authority_name": "海淀区应急管理局（演示）", "authority_code": PENALTY_ROW["authority_code"], "domain": "safety",
    "cause": "未设置警示标志", "penalty_kinds": "罚款", "content": "罚款20000元", "fine_fen": "2", "dated_on": "2026-05-20",
    "facts": "现场没有标志", "basis": "安全生产法第九十九条",
}  # fmt: skip


def _assess(database: Database, on: date, now: datetime, **options: Any) -> assessments.Assessed:
    return database.run(lambda session: assessments.assess(session, an_operator(), on=on, now=now, **options))


def _get(
    database: Database, uscc: str | None, now: datetime, actor: Actor | None = None, **when: Any
) -> AssessmentView:
    by = actor or an_operator()
    return database.run(lambda session: assessments.get(session, by, uscc or "", now=now, **when))


def _stored(database: Database) -> list[tuple[Any, ...]]:
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM assessments ORDER BY enterprise_id").all()
    return [tuple(row) for row in rows]


def _a_key_of(database: Database, *permissions: Permission, **office: Any) -> Actor:
    """The actor that a key of an office would give."""
    place = an_office(database, **office)
    return Actor(
        "key:hd_test",
        "测试系统",
        frozenset(permissions),
        key_id=1,
        office_id=place.id,
        office_name=place.name,
    )


def _named(view: AssessmentView) -> set[int]:
    """Every record that any line names, those of caps and vetoes included."""
    return {named.record for finding in view.findings for named in finding.records}


def test_a_line_that_sets_the_grade_names_all_its_records(database: Database, now: datetime) -> None:
    enterprise = an_enterprise(database, registered_on=LONG_AGO)
    fines = [a_penalty(database, enterprise.uscc or "", document_no=f"测罚〔2026〕{n}号") for n in (1, 2)]

    lines = {finding.item: finding for finding in _get(database, enterprise.uscc, now).findings}

    for item in ("K1", "S1"):
        assert {named.record for named in lines[item].records} == {fine.record.record_id for fine in fines}
        assert {named.document_no for named in lines[item].records} == {"测罚〔2026〕1号", "测罚〔2026〕2号"}
        assert lines[item].record is None
    assert lines["P2"].record == lines["P2"].records[0].record


def test_a_run_grades_everybody_and_counts_them(database: Database, now: datetime, on: date) -> None:
    fined = an_enterprise(database, registered_on=LONG_AGO)
    a_penalty(database, fined.uscc or "")
    an_enterprise(database, registered_on=LONG_AGO)

    result = _assess(database, on, now)

    assert (result.scope, result.assessed, result.changed) == ("all", 2, 2)
    assert result.grades == {"B+": 1, "N": 1}
    assert result.as_dict()["ruleset"] == "haidian-default-1"


def test_a_second_run_changes_no_byte(database: Database, now: datetime, on: date) -> None:
    a_penalty(database, an_enterprise(database, registered_on=LONG_AGO).uscc or "")
    _assess(database, on, now)
    before = _stored(database)

    again = _assess(database, on + timedelta(days=1), now + timedelta(days=1))

    assert (again.assessed, again.changed) == (1, 0)
    assert _stored(database) == before


def test_a_daily_run_looks_only_where_something_moved(database: Database, now: datetime, on: date) -> None:
    first, second = (an_enterprise(database, registered_on=LONG_AGO) for _ in range(2))
    a_record(database, "inspection", first.uscc or "")
    _assess(database, on, now)
    quiet = _assess(database, on, now, only_due=True)

    a_penalty(database, second.uscc or "", now=now)
    moved = _assess(database, on, now, only_due=True)

    assert (quiet.scope, quiet.assessed) == ("due", 0)
    assert (moved.scope, moved.assessed, moved.changed) == ("due", 1, 1)
    assert moved.grades == {"A": 1, "B+": 1}


def test_a_daily_run_sees_the_day_on_which_a_grade_changes(
    database: Database, now: datetime, on: date
) -> None:
    fined = an_enterprise(database, registered_on=LONG_AGO)
    a_penalty(database, fined.uscc or "")
    _assess(database, on, now)
    due = _get(database, fined.uscc, now).next_change_on
    assert due is not None
    assert due > on

    day_before = _assess(database, due - timedelta(days=1), now, only_due=True)
    that_day = _assess(database, due, now, only_due=True)

    assert (day_before.assessed, that_day.assessed, that_day.changed) == (0, 1, 1)


def test_a_full_run_after_daily_runs_finds_nothing_to_change(
    database: Database, now: datetime, on: date
) -> None:
    for months in range(4):
        fined = an_enterprise(database, registered_on=LONG_AGO)
        a_penalty(database, fined.uscc or "", dated_on=(on - timedelta(days=70 * months + 20)).isoformat())
    _assess(database, on, now)
    for week in range(1, 40):
        _assess(database, on + timedelta(days=10 * week), now, only_due=True)
    before = _stored(database)

    full = _assess(database, on + timedelta(days=390), now)

    assert (full.assessed, full.changed) == (4, 0)
    assert _stored(database) == before


def test_a_run_for_an_earlier_day_moves_the_day_back(database: Database, now: datetime, on: date) -> None:
    enterprise = an_enterprise(database)
    _assess(database, on, now)

    earlier = _assess(database, on - timedelta(days=5), now)

    assert earlier.changed == 1
    assert enterprise.enterprise_id
    assert str(_stored(database)[0][1])[:10] == (on - timedelta(days=5)).isoformat()


def test_each_run_leaves_one_sentence(database: Database, now: datetime, on: date) -> None:
    _assess(database, on, now)

    with database.engine.connect() as connection:
        verbs = connection.exec_driver_sql("SELECT verb FROM audit_entries").scalars().all()
    assert verbs == ["assessment:run"]


def test_who_may_not_run_is_refused(database: Database, now: datetime, on: date) -> None:
    clerk = an_actor(database, Role.CLERK)

    with pytest.raises(NotAllowed):
        database.run(lambda session: assessments.assess(session, clerk, on=on, now=now))


def test_progress_ends_with_everybody(database: Database, now: datetime, on: date) -> None:
    an_enterprise(database)
    told: list[tuple[int, int]] = []

    _assess(database, on, now, progress=lambda done, everybody: told.append((done, everybody)))

    assert told[-1] == (1, 1)


def test_chunks_give_the_same_bytes(
    database: Database, now: datetime, on: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        a_penalty(database, an_enterprise(database, registered_on=LONG_AGO).uscc or "")
    _assess(database, on, now)

    # The size of a chunk is the only way to see the seams with five enterprises.
    monkeypatch.setattr(assessments, "CHUNK", 2)
    again = _assess(database, on, now)

    assert (again.assessed, again.changed) == (5, 0)


def test_a_fact_that_arrives_during_a_run_is_not_forgotten(
    database: Database, now: datetime, on: date
) -> None:
    enterprise = an_enterprise(database, registered_on=LONG_AGO)
    penalty = {**PENALTY, "document_no": "京海应急〔2026〕999号"}
    done: list[assessments.Assessed] = []
    run = threading.Thread(target=lambda: done.append(_assess(database, on, now)))

    # The enterprise is marked already; its new fact is written but not yet there for others to see.
    with database.begin() as session:
        records.enter(session, an_operator(), "penalty", enterprise.uscc or "", penalty, now=now)
        run.start()
        run.join(timeout=1)
    run.join()
    _assess(database, on, now, only_due=True)

    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT grade FROM assessments").scalar_one() == "B+"


def test_findings_name_their_records_and_sum_to_the_score(database: Database, now: datetime) -> None:
    enterprise = an_enterprise(database, registered_on=LONG_AGO)
    penalty = a_penalty(database, enterprise.uscc or "")
    a_record(database, "inspection", enterprise.uscc or "")

    view = _get(database, enterprise.uscc, now)

    line = next(finding for finding in view.findings if finding.kind == "penalty")
    assert (line.record, line.document_no) == (penalty.record.record_id, penalty.record.values["document_no"])
    assert (line.item, line.points) == ("P2", "-3")
    assert line.source
    points = [Decimal(finding.points or 0) for finding in view.findings if finding.domain == "safety"]
    assert sum(points) == Decimal(view.domains["safety"].score or 0)
    assert (view.ruleset, view.engine != "", len(view.ruleset_digest)) == ("haidian-default-1", True, 64)


def test_the_stored_grade_is_the_explained_one(database: Database, now: datetime, on: date) -> None:
    enterprise = an_enterprise(database, registered_on=LONG_AGO)
    a_penalty(database, enterprise.uscc or "")
    _assess(database, on, now)

    view = _get(database, enterprise.uscc, now)

    with database.engine.connect() as connection:
        row = connection.exec_driver_sql(
            "SELECT score, grade, watermark, next_change_on FROM assessments"
        ).one()
    assert view.score == f"{row[0] // 10}.{row[0] % 10}"
    assert (row[1], row[2], str(row[3])) == (view.grade, view.watermark, str(view.next_change_on))


def test_grade_prints_exactly_these_keys(database: Database, now: datetime) -> None:
    view = _get(database, an_enterprise(database).uscc, now)

    assert list(view.as_dict()) == [
        "uscc", "on", "known_at", "ruleset", "grade", "score", "domains", "findings", "next_change",
    ]  # fmt: skip
    assert (view.as_dict()["score"], view.as_dict()["grade"]) == (None, "N")


def test_the_past_is_graded_as_it_was_known(database: Database, now: datetime) -> None:
    enterprise = an_enterprise(database, registered_on=LONG_AGO, now=EARLIER)
    a_record(database, "inspection", enterprise.uscc or "", now=EARLIER)
    a_penalty(database, enterprise.uscc or "", dated_on="2026-07-20", now=now)
    asked = {"on": date(2026, 8, 3), "known_at": EARLIER + timedelta(days=1)}

    assert _get(database, enterprise.uscc, now, **asked).grade == "A"
    assert _get(database, enterprise.uscc, now, on=date(2026, 8, 3)).grade == "B+"


def test_a_replay_sees_what_was_revoked_since_but_never_outside(database: Database, now: datetime) -> None:
    enterprise = an_enterprise(database, registered_on=LONG_AGO, now=EARLIER)
    a_record(database, "inspection", enterprise.uscc or "", now=EARLIER)
    penalty = a_penalty(database, enterprise.uscc or "", dated_on="2026-07-20", now=EARLIER)
    officer = a_team(database).officer
    database.run(
        lambda session: records.revoke(
            session,
            officer,
            penalty.record.record_id,
            version=1,
            reason="复议撤销",
            now=now - timedelta(days=1),
        )
    )
    outside = _a_key_of(database, Permission.REGISTER_READ, Permission.HISTORY_READ)
    asked = {"on": date(2026, 8, 10), "known_at": EARLIER + timedelta(days=7)}

    inward, outward = (_get(database, enterprise.uscc, now, who, **asked) for who in (an_operator(), outside))

    assert (inward.grade, outward.grade) == ("B+", "A")
    assert penalty.record.record_id in _named(inward)
    assert penalty.record.record_id not in _named(outward)
    assert _get(database, enterprise.uscc, now).grade == "A"


def test_a_revoked_record_does_not_even_make_an_enterprise_known(database: Database, now: datetime) -> None:
    enterprise = an_enterprise(database, registered_on=LONG_AGO, now=EARLIER)
    penalty = a_penalty(database, enterprise.uscc or "", dated_on="2026-07-20", now=EARLIER)
    officer = a_team(database).officer
    database.run(
        lambda session: records.revoke(
            session, officer, penalty.record.record_id, version=1, reason="复议撤销", now=now
        )
    )
    outside = _a_key_of(database, Permission.REGISTER_READ, Permission.HISTORY_READ)
    asked = {"on": date(2026, 8, 10), "known_at": EARLIER + timedelta(days=7)}

    assert _get(database, enterprise.uscc, now, **asked).grade == "B+"
    assert _get(database, enterprise.uscc, now, outside, **asked).grade == "N"


def test_a_replay_is_logged_and_needs_its_permission(database: Database, now: datetime) -> None:
    enterprise = an_enterprise(database, now=EARLIER)

    _get(database, enterprise.uscc, now, known_at=EARLIER)

    with database.engine.connect() as connection:
        entry = connection.exec_driver_sql(
            "SELECT verb, subject FROM audit_entries ORDER BY number DESC LIMIT 1"
        ).one()
    assert tuple(entry) == ("assessment:replay", f"enterprise:{enterprise.enterprise_id}")
    with pytest.raises(NotAllowed):
        _get(database, enterprise.uscc, now, an_actor(database, Role.OFFICER), known_at=EARLIER)


@pytest.mark.parametrize(
    "when",
    [
        {"on": date(2026, 11, 25)},
        {"on": date(2018, 12, 31)},
        {"known_at": datetime(2026, 11, 26, tzinfo=UTC)},
        {"known_at": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
)
def test_days_that_nobody_can_answer_for_are_refused(
    sqlite_database: Database, now: datetime, when: dict[str, Any]
) -> None:
    enterprise = an_enterprise(sqlite_database)

    with pytest.raises(InvalidInput) as refused:
        _get(sqlite_database, enterprise.uscc, now, **when)

    assert refused.value.code == "A-AS-OF"


def test_unknown_and_malformed_codes_differ(sqlite_database: Database, now: datetime) -> None:
    with pytest.raises(NotFound) as unknown:
        _get(sqlite_database, a_code(77), now)
    with pytest.raises(InvalidInput) as malformed:
        _get(sqlite_database, "91110108MA01KPGC8", now)

    assert (unknown.value.code, malformed.value.code) == ("unknown-enterprise", "invalid-uscc")


def test_supervision_facts_stay_with_those_who_supervise(database: Database, now: datetime) -> None:
    enterprise = an_enterprise(database, registered_on=LONG_AGO)
    a_penalty(database, enterprise.uscc or "")
    hazard = a_record(database, "hazard", enterprise.uscc or "")
    inside = _a_key_of(database, Permission.REGISTER_READ)
    outside = _a_key_of(database, Permission.REGISTER_READ, name="某审批部门", domain=None)

    seen, shown = (_get(database, enterprise.uscc, now, who) for who in (inside, outside))

    assert hazard.record.record_id in _named(seen)
    assert hazard.record.record_id not in _named(shown)
    assert all("隐患" not in finding.title for finding in shown.findings)
    assert "penalty" in {finding.kind for finding in shown.findings}
    assert (seen.is_complete, shown.is_complete) == (True, False)
    assert seen.grade == shown.grade


def test_an_entry_in_force_is_a_veto_until_its_last_day(database: Database, now: datetime) -> None:
    case = a_case(database, begun=datetime(2026, 9, 1, 2, tzinfo=UTC), registered_on=LONG_AGO)
    assert case.listed_from is not None
    assert case.listed_until is not None
    uscc = case.uscc

    listed = _get(database, uscc, now)
    before = _get(database, uscc, now, on=case.listed_from - timedelta(days=1))
    (veto,) = (finding for finding in listed.findings if finding.item == "V1")
    assert [(named.record, named.kind) for named in veto.records] == [(-case.case_id, "listing")]

    assert (listed.grade, before.grade != "D") == ("D", True)
    last = datetime.combine(case.listed_until, datetime.min.time(), UTC)
    assert _get(database, uscc, last).grade == "D"
    assert _get(database, uscc, last).next_change_on == case.listed_until + timedelta(days=1)
    assert _get(database, uscc, last + timedelta(days=1)).grade != "D"


def test_a_condition_met_opens_a_candidate_and_lists_nobody(
    database: Database, now: datetime, on: date
) -> None:
    team = a_team(database)
    enterprise = an_enterprise(database, registered_on=LONG_AGO)
    common = {
        "authority_name": team.office.name,
        "authority_code": team.office.authority_code,
        "event_key": "E-1",
    }
    a_penalty(database, enterprise.uscc or "", **common)
    a_record(
        database, "accident", enterprise.uscc or "", **common,
        deaths="10", serious_injuries="0", responsibility="主要责任",
    )  # fmt: skip

    first = _assess(database, on, now)
    second = _assess(database, on, now)

    assert (first.candidates, second.candidates) == (1, 0)
    with database.read() as session:
        cases = listings.page(session, team.officer, now=now).items
        entries = listings.entries_of(session, [enterprise.enterprise_id], on=on)
    assert [case.state.value for case in cases] == ["CANDIDATE"]
    assert entries == {}


def test_out_of_scope_is_refused(sqlite_database: Database, now: datetime) -> None:
    enterprise = an_enterprise(sqlite_database, subdistrict_code="110108001")
    street = an_actor(sqlite_database, Role.OFFICER, subdistricts=["110108002"])

    with pytest.raises(NotAllowed) as refused:
        _get(sqlite_database, enterprise.uscc, now, street)

    assert refused.value.code == "out-of-scope"


def test_a_former_code_finds_the_same_assessment(sqlite_database: Database, now: datetime) -> None:
    enterprise = an_enterprise(sqlite_database)
    officer, fresh = an_actor(sqlite_database, Role.OFFICER), a_code()
    sqlite_database.run(
        lambda session: enterprises.change_code(
            session,
            officer,
            enterprise.uscc or "",
            fresh,
            changed_on=date(2026, 11, 1),
            version=1,
            reason="换照",
            now=now,
        )
    )

    assert _get(sqlite_database, enterprise.uscc, now).uscc == fresh
