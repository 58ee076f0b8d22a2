"""The good-faith list: conditions asked of the register, comment, approval, removal, on both engines."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from credit_registry.domain.errors import IllegalTransition, InvalidInput, NotAllowed
from credit_registry.domain.permissions import Role
from credit_registry.services import clockwork, listings, publications, red_conditions
from credit_registry.services.case_views import CaseView
from credit_registry.storage.database import Database
from tests.factories import (
    NOW,
    RED_CONDITIONS,
    a_case,
    a_penalty,
    a_record,
    a_red_application,
    a_red_case,
    a_team,
    an_actor,
    an_enterprise,
    an_exemplar,
    an_operator,
    carry,
    papers_for,
)

MET = {"met": list(RED_CONDITIONS)}


def at(day: date) -> datetime:
    return datetime.combine(day, time(2), UTC)


def refuted(database: Database, case: CaseView, on: date) -> set[str]:
    with database.read() as session:
        return set(red_conditions.refuted(session, case.enterprise_id, on=on))


def test_an_application_walks_to_the_public_red_list(database: Database) -> None:
    case = a_red_case(database)

    assert case.state == "ACTIVE"
    assert (case.window_until, case.decided_on) == (date(2026, 12, 1), date(2026, 12, 2))
    assert case.listed_until == date(2029, 12, 2)
    with database.read() as session:
        (entry,) = publications.rows(session, "red", on=date(2026, 12, 2))
        assert publications.rows(session, "black", on=date(2026, 12, 2)) == ()
        assert listings.listing_rows(session, on=date(2026, 12, 2), known_at=at(date(2026, 12, 3))) == []
    assert entry.uscc == case.uscc
    assert [clock.due_on for clock in case.clocks if clock.kind == "yearly_check"] == [date(2027, 12, 2)]


def test_a_check_keeps_what_the_register_said_with_the_day_of_the_query(database: Database) -> None:
    case = a_red_case(database, "CHECKED")

    facts = case.steps[-1].facts
    assert facts["met"] == list(RED_CONDITIONS)
    examined = facts["examined"]
    assert isinstance(examined, dict)
    assert set(examined) == set(RED_CONDITIONS)
    assert examined["r-5"]["queried_on"] == "2026-11-24"
    assert "标准化一级证书" in examined["r-5"]["evidence"]


@pytest.mark.parametrize(
    ("kind", "values", "codes"),
    [
        ("penalty", {"dated_on": "2023-11-24"}, {"r-3"}),
        ("penalty", {"dated_on": "2023-11-23"}, set()),
        ("accident", {"deaths": "1", "responsibility": "主要责任"}, {"r-4"}),
        ("accident", {"deaths": "1", "responsibility": "待认定"}, {"r-4"}),
        ("accident", {"deaths": "1", "responsibility": "无责任"}, set()),
        ("accident", {"deaths": "0", "responsibility": "主要责任"}, set()),
    ],
)
def test_the_register_refutes_what_it_knows_better(
    sqlite_database: Database, kind: str, values: dict[str, str], codes: set[str]
) -> None:
    team = a_team(sqlite_database)
    enterprise = an_exemplar(sqlite_database)
    a_record(sqlite_database, kind, enterprise.uscc or "", **values)
    case = a_red_application(sqlite_database, team, enterprise.uscc or "")

    assert refuted(sqlite_database, case, date(2026, 11, 24)) == codes


def test_without_a_first_level_certificate_nobody_qualifies(database: Database) -> None:
    team = a_team(database)
    case = a_red_application(database, team, an_enterprise(database, address="海淀区").uscc or "")
    case = carry(database, team, case, "check", NOW, facts=MET)

    assert case.steps[-1].facts["met"] == ["r-1", "r-2", "r-3", "r-4", "r-6"]
    with pytest.raises(IllegalTransition) as refused:
        carry(database, team, case, "open_comment", NOW)
    assert refused.value.code == "conditions-not-met"
    assert refused.value.facts["unmet_conditions"] == ["安全生产标准化一级达标"]


def test_what_nobody_attested_is_not_met(database: Database) -> None:
    team = a_team(database)
    case = a_red_case(database, "APPLIED", team=team)
    case = carry(database, team, case, "check", NOW, facts={"met": ["r-1", "r-3", "r-4", "r-5", "r-6"]})

    with pytest.raises(IllegalTransition) as refused:
        carry(database, team, case, "open_comment", NOW)

    assert len(refused.value.facts["unmet_conditions"]) == 1  # type: ignore[arg-type]


def test_a_condition_that_does_not_exist_cannot_be_attested(sqlite_database: Database) -> None:
    team = a_team(sqlite_database)
    case = a_red_case(sqlite_database, "APPLIED", team=team)

    with pytest.raises(InvalidInput):
        carry(sqlite_database, team, case, "check", NOW, facts={"met": ["r-9"]})


@pytest.mark.parametrize("state", ["OPEN_COMMENT", "APPROVED"])
def test_a_penalty_that_arrives_on_the_way_stops_the_case(database: Database, state: str) -> None:
    team = a_team(database)
    case = a_red_case(database, state, team=team)
    a_penalty(database, case.uscc or "", dated_on="2026-11-20")

    with pytest.raises(IllegalTransition) as refused:
        carry(
            database, team, case, "approve" if state == "OPEN_COMMENT" else "publish", at(date(2026, 12, 3))
        )

    assert refused.value.code == "conditions-not-met"


def test_approval_waits_for_the_comment_period_and_another_person(database: Database) -> None:
    team = a_team(database)
    both = an_actor(database, Role.OFFICER, Role.DECIDER, office=team.office)
    case = a_red_case(database, "APPLIED", team=team)
    case = carry(database, team, case, "check", NOW, facts=MET, actor=both)
    case = carry(database, team, case, "open_comment", NOW)

    with pytest.raises(IllegalTransition) as early:
        carry(database, team, case, "approve", at(date(2026, 12, 1)))
    with pytest.raises(NotAllowed) as same:
        carry(database, team, case, "approve", at(date(2026, 12, 2)), actor=both)

    assert early.value.code == "window-open"
    assert same.value.code == "second-officer"


def test_who_stands_on_the_black_list_cannot_apply(database: Database) -> None:
    team = a_team(database)
    listed = a_case(database, team=team)

    with pytest.raises(IllegalTransition) as refused:
        a_red_application(database, team, listed.uscc or "", now=at(date(2026, 12, 10)))

    assert refused.value.code == "on-other-list"


def test_nobody_becomes_black_while_still_red(database: Database) -> None:
    team = a_team(database)
    red = a_red_case(database, team=team)
    penalty = a_penalty(database, red.uscc or "", dated_on="2026-11-20").record
    day = at(date(2026, 12, 3))
    black = database.run(
        lambda session: listings.propose(
            session,
            team.officer,
            red.uscc or "",
            series="safety-order-11",
            grounds=[("7-4", penalty.record_id)],
            reason="性质恶劣",
            now=day,
        )
    )
    for action in ("notify", "close_window", "review", "decide", "serve"):
        day = at(date(2026, 12, 3)) if action == "notify" else at(date(2026, 12, 11))
        black = carry(database, team, black, action, day)

    with pytest.raises(IllegalTransition) as refused:
        carry(database, team, black, "publish", day)
    removed = carry(database, team, red, "remove", day, reason="受到行政处罚")
    published = carry(database, team, black, "publish", day)

    assert refused.value.facts == {"other_list_case": red.case_id}
    assert (removed.state, published.state) == ("REMOVED", "ACTIVE")


def test_removal_hides_at_once_and_the_party_is_heard_within_five_days(database: Database) -> None:
    team = a_team(database)
    case = carry(database, team, a_red_case(database, team=team), "remove", at(date(2027, 3, 1)))

    with database.read() as session:
        assert publications.rows(session, "red", on=date(2027, 3, 1)) == ()
    assert [clock.due_on for clock in case.clocks if clock.kind == "hear_removed"] == [date(2027, 3, 8)]
    heard = carry(database, team, case, "hear_removed", at(date(2027, 3, 3)))
    other = an_actor(database, Role.DECIDER, office=team.office)
    back = carry(database, team, heard, "reinstate", at(date(2027, 3, 4)), actor=other)
    assert back.state == "ACTIVE"
    with database.read() as session:
        assert len(publications.rows(session, "red", on=date(2027, 3, 4))) == 1


def test_a_yearly_check_that_fails_is_not_passed(database: Database) -> None:
    team = a_team(database)
    case = a_red_case(database, team=team)
    passed = carry(database, team, case, "review_yearly", at(date(2027, 11, 1)), facts=MET)
    assert [clock.met_on for clock in passed.clocks if clock.kind == "yearly_check"] == [
        date(2027, 11, 1),
        None,
    ]

    a_penalty(database, case.uscc or "", dated_on="2026-11-20")
    with pytest.raises(IllegalTransition):
        carry(database, team, passed, "review_yearly", at(date(2028, 10, 1)), facts=MET)


def test_an_entry_that_the_register_no_longer_bears_out_falls_due_for_removal_once(
    database: Database,
) -> None:
    team = a_team(database)
    case = a_red_case(database, team=team)
    a_penalty(database, case.uscc or "", dated_on="2026-11-20")
    day = at(date(2026, 12, 10))

    first = database.run(lambda session: clockwork.run_clocks(session, an_operator(), now=day))
    second = database.run(lambda session: clockwork.run_clocks(session, an_operator(), now=day))

    assert first.unfit == second.unfit == (case.case_id,)
    with database.read() as session:
        clocks = listings.get(session, team.officer, case.case_id, now=day).clocks
    assert [clock.due_on for clock in clocks if clock.kind == "remove_unfit"] == [date(2026, 12, 11)]


def test_a_red_entry_expires(database: Database) -> None:
    team = a_team(database)
    case = a_red_case(database, team=team)

    ended = carry(database, team, case, "expire", at(date(2029, 12, 2) + timedelta(days=1)))

    assert (ended.state, ended.ended_by) == ("EXPIRED", "expiry")


def test_an_application_received_yesterday_opens_a_case_today(database: Database) -> None:
    team = a_team(database)
    subject = an_exemplar(database)
    yesterday = NOW.date() - timedelta(days=1)
    papers = papers_for(("red_application", "commitment"), yesterday)

    case = database.run(
        lambda session: listings.propose(
            session,
            team.officer,
            subject.uscc or "",
            series="safety-red-133",
            reason="申请",
            papers=papers,
            now=NOW,
        )
    )
    assert (case.opened_on, case.steps[0].on) == (NOW.date(), yesterday)
    assert carry(database, team, case, "check", NOW, facts={"met": list(RED_CONDITIONS)}).state == "CHECKED"
    other, tomorrow = an_exemplar(database), papers_for(tuple(papers), NOW.date() + timedelta(days=1))
    with pytest.raises(InvalidInput) as refused:
        database.run(
            lambda session: listings.propose(
                session,
                team.officer,
                other.uscc or "",
                series="safety-red-133",
                reason="申请",
                papers=tomorrow,
                now=NOW,
            )
        )
    assert refused.value.code == "day-out-of-order"
