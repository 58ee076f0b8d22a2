"""The roads beyond publication: repair, expiry, revocation, suspension, restoration, on both engines."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from credit_registry.domain.errors import IllegalTransition, NotAllowed
from credit_registry.domain.permissions import Role
from credit_registry.services import listings, publications
from credit_registry.services.case_views import CaseView
from credit_registry.storage.database import Database
from tests.factories import NOW, Team, a_case, a_team, an_actor, carry


def at(day: date) -> datetime:
    """Ten in the morning of a day in Beijing."""
    return datetime.combine(day, time(2), UTC)


def is_public(database: Database, case: CaseView, on: date) -> bool:
    with database.read() as session:
        return any(entry.case_id == case.case_id for entry in publications.rows(session, "black", on=on))


def repaired(database: Database, team: Team) -> CaseView:
    case = a_case(database, team=team)
    case = carry(database, team, case, "apply_repair", at(date(2027, 12, 3)))
    case = carry(database, team, case, "accept_repair", at(date(2027, 12, 6)))
    return carry(database, team, case, "allow_repair", at(date(2027, 12, 10)))


def test_repair_is_refused_on_the_last_day_of_the_twelve_months_and_taken_on_the_next(
    database: Database,
) -> None:
    team = a_team(database)
    case = a_case(database, team=team)
    assert case.repair_from == date(2027, 12, 2)

    with pytest.raises(IllegalTransition) as refused:
        carry(database, team, case, "apply_repair", at(date(2027, 12, 2)))
    applied = carry(database, team, case, "apply_repair", at(date(2027, 12, 3)))

    assert refused.value.code == "repair-too-early"
    assert refused.value.facts == {"earliest": "2027-12-03"}
    assert applied.state == "REPAIR_APPLIED"
    assert is_public(database, case, date(2027, 12, 3))


def test_an_allowed_repair_hides_at_once_and_leaves_papers_to_do(database: Database) -> None:
    team = a_team(database)
    case = repaired(database, team)

    assert (case.state, case.ended_by) == ("REMOVAL_DECIDED", "repair")
    assert not is_public(database, case, date(2027, 12, 10))
    owed = {
        clock.kind: clock.due_on for clock in case.clocks if clock.met_on is None and clock.stopped_on is None
    }
    assert owed == {
        "update_system": date(2027, 12, 15),
        "lift_measures": date(2027, 12, 24),
        "report_removal": date(2027, 12, 24),
    }
    done = carry(database, team, case, "complete_removal", at(date(2027, 12, 13)))
    done = carry(database, team, done, "report_removal", at(date(2027, 12, 13)))
    assert done.state == "REMOVED"
    assert not any(clock.met_on is None and clock.stopped_on is None for clock in done.clocks)


def test_a_repaired_listing_counts_on_no_day_any_more(database: Database) -> None:
    team = a_team(database)
    repaired(database, team)

    with database.read() as session:
        assert listings.listing_rows(session, on=date(2027, 6, 1), known_at=at(date(2027, 12, 11))) == []
        assert len(listings.listing_rows(session, on=date(2027, 6, 1), known_at=at(date(2027, 12, 9)))) == 1


def test_whoever_took_the_application_in_does_not_allow_it(database: Database) -> None:
    team = a_team(database)
    both = an_actor(database, Role.OFFICER, Role.DECIDER, office=team.office)
    case = a_case(database, team=team)
    case = carry(database, team, case, "apply_repair", at(date(2027, 12, 3)))
    case = carry(database, team, case, "accept_repair", at(date(2027, 12, 6)), actor=both)

    with pytest.raises(NotAllowed) as refused:
        carry(database, team, case, "allow_repair", at(date(2027, 12, 10)), actor=both)

    assert refused.value.code == "second-officer"


@pytest.mark.parametrize(
    ("action", "since"), [("reject_repair", "apply_repair"), ("deny_repair", "accept_repair")]
)
def test_a_refused_repair_leaves_the_entry_in_force(database: Database, action: str, since: str) -> None:
    team = a_team(database)
    case = carry(database, team, a_case(database, team=team), "apply_repair", at(date(2027, 12, 3)))
    if since == "accept_repair":
        case = carry(database, team, case, "accept_repair", at(date(2027, 12, 6)))

    case = carry(database, team, case, action, at(date(2027, 12, 10)))

    assert case.state == "ACTIVE"
    assert is_public(database, case, date(2027, 12, 10))
    assert carry(database, team, case, "apply_repair", at(date(2028, 1, 10))).state == "REPAIR_APPLIED"


def test_a_ban_that_still_runs_bars_the_removal(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, "REVIEWED", team=team)
    now = at(date(2026, 12, 2))
    case = carry(database, team, case, "decide", now, facts={"ban_until": "2028-06-30"})
    case = carry(database, team, carry(database, team, case, "serve", now), "publish", now)

    with pytest.raises(IllegalTransition) as refused:
        carry(database, team, case, "apply_repair", at(date(2027, 12, 3)))
    later = carry(database, team, case, "apply_repair", at(date(2028, 7, 3)))

    assert refused.value.code == "ban-running"
    assert later.state == "REPAIR_APPLIED"


def test_fraud_restores_the_listing_for_a_new_full_period(database: Database) -> None:
    team = a_team(database)
    case = repaired(database, team)
    day = at(date(2028, 3, 1))

    case = carry(database, team, case, "restore", day)
    assert not is_public(database, case, date(2028, 3, 1))
    case = carry(database, team, case, "publish", day)

    assert case.state == "ACTIVE"
    assert case.listed_until == date(2031, 3, 1)
    assert is_public(database, case, date(2031, 3, 1))
    assert [paper.title for paper in case.papers if paper.kind == "restoration_decision"] == [
        "恢复列入决定书"
    ]


def test_what_expired_is_not_restored_for_fraud(database: Database) -> None:
    team = a_team(database)
    case = carry(database, team, a_case(database, team=team), "expire", at(date(2029, 12, 3)))

    with pytest.raises(IllegalTransition) as refused:
        carry(database, team, case, "restore", at(date(2029, 12, 4)))

    assert refused.value.code == "not-removed-early"


def test_a_period_does_not_end_before_its_last_day_is_over(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, team=team)

    with pytest.raises(IllegalTransition) as refused:
        carry(database, team, case, "expire", at(date(2029, 12, 2)))

    assert refused.value.code == "period-running"


def test_revocation_hides_in_the_same_moment_and_says_why(database: Database) -> None:
    team = a_team(database)
    case = carry(
        database, team, a_case(database, team=team), "revoke", NOW + timedelta(days=30), reason="处罚被撤销"
    )

    assert case.state == "REVOKED"
    assert not is_public(database, case, date(2026, 12, 24))
    decision = next(paper for paper in case.papers if paper.kind == "revocation_decision")
    assert "处罚被撤销" in (decision.text or "")


def test_a_suspended_entry_is_not_shown_until_it_is_resumed(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, team=team)
    day = at(date(2027, 1, 11))

    suspended = carry(database, team, case, "suspend", day)
    assert not is_public(database, case, date(2027, 1, 11))
    with database.read() as session:
        assert listings.listing_rows(session, on=date(2027, 1, 11), known_at=day) == []
    resumed = carry(database, team, suspended, "resume", at(date(2027, 2, 15)))

    assert resumed.state == "ACTIVE"
    assert resumed.listed_until == case.listed_until
    assert is_public(database, case, date(2027, 2, 15))


def test_a_suspended_decision_cannot_be_published(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, "SERVED", team=team)
    case = carry(database, team, case, "suspend", at(date(2026, 12, 3)))

    with pytest.raises(IllegalTransition) as refused:
        carry(database, team, case, "publish", at(date(2026, 12, 4)))

    assert refused.value.code == "effect-suspended"


def test_a_requested_hearing_must_be_held_before_the_review(database: Database) -> None:
    team = a_team(database)
    case = carry(
        database, team, a_case(database, "NOTIFIED", team=team), "request_hearing", NOW + timedelta(days=2)
    )
    heard = carry(database, team, case, "hear_statement", NOW + timedelta(days=3))

    with pytest.raises(IllegalTransition) as unsettled:
        carry(database, team, heard, "review", at(date(2026, 12, 10)))
    with pytest.raises(IllegalTransition) as early:
        carry(database, team, heard, "hold_hearing", at(date(2026, 12, 7)))
    held = carry(database, team, heard, "hold_hearing", at(date(2026, 12, 8)))

    assert (unsettled.value.code, early.value.code) == ("hearing-open", "hearing-too-early")
    assert carry(database, team, held, "review", at(date(2026, 12, 9))).state == "REVIEWED"


def test_a_hearing_is_requested_inside_the_window_only(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, "NO_STATEMENT", team=team)

    with pytest.raises(IllegalTransition) as refused:
        carry(database, team, case, "request_hearing", at(date(2026, 12, 2)))

    assert refused.value.code == "window-closed"


def test_only_the_system_may_say_that_a_ground_fell(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, team=team)

    with pytest.raises(NotAllowed) as refused:
        database.run(
            lambda session: listings.advance(
                session, team.decider, case.case_id, "lose_ground", version=case.version, now=NOW, reason="x"
            )
        )

    assert refused.value.code == "not-for-persons"
