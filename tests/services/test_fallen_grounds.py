"""A revoked penalty takes the listing with it, at once and on both engines."""

from datetime import date, timedelta

import pytest

from credit_registry.domain.errors import IllegalTransition
from credit_registry.services import listings, publications, records
from credit_registry.services.case_views import CaseView
from credit_registry.storage.database import Database
from tests.factories import NOW, Team, a_case, a_penalty, a_team, an_operator, carry

ON = date(2026, 12, 10)
THEN = NOW + timedelta(days=16)


def revoke_ground(database: Database, team: Team, case: CaseView) -> CaseView:
    record_id = case.grounds[0].record_id
    database.run(
        lambda session: records.revoke(
            session, team.officer, record_id, version=1, reason="复议撤销", now=THEN
        )
    )
    with database.read() as session:
        return listings.get(session, team.officer, case.case_id, now=THEN)


def test_the_entry_is_gone_with_its_penalty(database: Database) -> None:
    team = a_team(database)
    case = revoke_ground(database, team, a_case(database, team=team))

    with database.read() as session:
        assert publications.rows(session, "black", on=ON) == ()
        assert listings.entries_of(session, [case.enterprise_id], on=ON) == {}
        assert listings.listing_rows(session, on=ON, known_at=THEN) == []
        assert publications.list_version(session) == 2
    assert case.grounds[0].has_fallen
    owed = [clock for clock in case.clocks if clock.kind == "revoke_fallen"]
    assert [clock.due_on for clock in owed] == [date(2026, 12, 15)]


def test_a_decider_then_revokes_and_the_clock_is_met(database: Database) -> None:
    team = a_team(database)
    case = revoke_ground(database, team, a_case(database, team=team))

    case = carry(database, team, case, "revoke", THEN + timedelta(days=1))

    assert case.state == "REVOKED"
    assert [clock.is_late for clock in case.clocks if clock.kind == "revoke_fallen"] == [False]


def test_a_bare_entry_cannot_be_resumed(database: Database) -> None:
    team = a_team(database)
    case = revoke_ground(database, team, a_case(database, team=team))

    with pytest.raises(IllegalTransition) as refused:
        carry(database, team, case, "resume", THEN + timedelta(days=1))

    assert refused.value.code == "no-standing-ground"


@pytest.mark.parametrize("state", ["CANDIDATE", "NO_STATEMENT", "REVIEWED", "SERVED"])
def test_a_case_under_way_goes_no_further_without_its_penalty(sqlite_database: Database, state: str) -> None:
    team = a_team(sqlite_database)
    case = revoke_ground(sqlite_database, team, a_case(sqlite_database, state, team=team))
    onward = {"CANDIDATE": "notify", "NO_STATEMENT": "review", "REVIEWED": "decide", "SERVED": "publish"}[
        state
    ]

    with pytest.raises(IllegalTransition):
        carry(sqlite_database, team, case, onward, THEN + timedelta(days=1))

    out = {"CANDIDATE": "drop", "NO_STATEMENT": "withdraw_notice", "REVIEWED": "decline", "SERVED": "revoke"}[
        state
    ]
    assert carry(sqlite_database, team, case, out, THEN + timedelta(days=1)).state in ("CLOSED", "REVOKED")


def test_an_entry_with_another_standing_penalty_stays(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, "CANDIDATE", team=team)
    second = a_penalty(
        database, case.uscc or "", cause="其他违法行为", dated_on="2026-10-20"
    ).record.record_id
    conditions = [(case.enterprise_id, "7-4", [second])]
    database.run(lambda session: listings.open_candidates(session, an_operator(), conditions, now=NOW))
    for action, days in (
        ("notify", 0),
        ("close_window", 8),
        ("review", 8),
        ("decide", 8),
        ("serve", 8),
        ("publish", 8),
    ):
        with database.read() as session:
            case = listings.get(session, team.officer, case.case_id, now=NOW)
        carry(database, team, case, action, NOW + timedelta(days=days))

    case = revoke_ground(database, team, case)

    assert [ground.has_fallen for ground in case.grounds] == [True, False]
    with database.read() as session:
        assert len(publications.rows(session, "black", on=ON)) == 1
