"""The lists' use cases, on both engines."""

from datetime import date, datetime, timedelta

import pytest

from credit_registry.domain.errors import (
    Duplicate,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    StaleVersion,
    Unavailable,
)
from credit_registry.domain.permissions import Role
from credit_registry.services import listings, overdue, publications
from credit_registry.storage.database import Database
from credit_registry.storage.queries import audit
from tests.factories import (
    a_candidate,
    a_case,
    a_penalty,
    a_record,
    a_red_case,
    a_team,
    an_actor,
    an_enterprise,
    an_office,
    an_operator,
    carry,
)


def later(now: datetime, days: int) -> datetime:
    return now + timedelta(days=days)


def test_a_case_walks_from_penalty_to_public_list(database: Database, now: datetime) -> None:
    case = a_case(database, begun=now)

    assert case.state == "ACTIVE"
    assert case.window_until == date(2026, 12, 1)
    assert (case.decided_on, case.listed_from) == (date(2026, 12, 2), date(2026, 12, 2))
    assert case.listed_until == date(2029, 12, 2)
    with database.read() as session:
        shown = publications.page(session, "black", on=date(2026, 12, 2)).items
        assert [(entry.uscc, entry.listed_until) for entry in shown] == [(case.uscc, date(2029, 12, 2))]
        assert publications.list_version(session) == 1
        assert audit.verify(session) is None


def test_nobody_is_notified_without_proof_of_service(database: Database, now: datetime) -> None:
    team = a_team(database)
    case = a_candidate(database, team, now=now)

    with pytest.raises(InvalidInput) as refused:
        carry(database, team, case, "notify", now, papers={"listing_notice": {"sector": "机械"}})

    assert refused.value.code == "paper-missing"
    assert refused.value.facts["paper"] == "service_receipt"


def test_nobody_is_listed_without_notice(database: Database, now: datetime) -> None:
    team = a_team(database)
    case = a_candidate(database, team, now=now)

    for action in ("decide", "publish", "review", "serve"):
        with pytest.raises(IllegalTransition) as refused:
            database.run(
                lambda session, action=action: listings.advance(
                    session, team.decider, case.case_id, action, version=case.version, now=now, reason="x"
                )
            )
        assert refused.value.facts["state"] == "CANDIDATE"


def test_review_waits_for_the_window_to_close(database: Database, now: datetime) -> None:
    team = a_team(database)
    case = carry(database, team, a_candidate(database, team, now=now), "notify", now)
    stated = carry(database, team, case, "hear_statement", later(now, 1))

    with pytest.raises(IllegalTransition) as refused:
        carry(database, team, stated, "review", later(now, 7))
    reviewed = carry(database, team, stated, "review", later(now, 8))

    assert refused.value.code == "window-open"
    assert refused.value.facts == {"window_until": "2026-12-01"}
    assert reviewed.state == "REVIEWED"


def test_who_prepared_a_case_neither_reviews_nor_decides_it(database: Database, now: datetime) -> None:
    team = a_team(database)
    everything = an_actor(
        database, Role.OFFICER, Role.REVIEWER, Role.DECIDER, Role.PUBLISHER, office=team.office
    )
    case = carry(database, team, a_candidate(database, team, now=now), "notify", now, actor=everything)
    case = carry(database, team, case, "close_window", later(now, 8))

    with pytest.raises(NotAllowed) as review:
        carry(database, team, case, "review", later(now, 8), actor=everything)
    case = carry(database, team, case, "review", later(now, 8))
    with pytest.raises(NotAllowed) as decision:
        carry(database, team, case, "decide", later(now, 8), actor=everything)

    assert {review.value.code, decision.value.code} == {"second-officer"}


def test_the_reviewer_does_not_decide(database: Database, now: datetime) -> None:
    team = a_team(database)
    reviewer = an_actor(database, Role.REVIEWER, Role.DECIDER, office=team.office)
    case = carry(database, team, a_candidate(database, team, now=now), "notify", now)
    case = carry(database, team, case, "close_window", later(now, 8))
    case = carry(database, team, case, "review", later(now, 8), actor=reviewer)

    with pytest.raises(NotAllowed) as refused:
        carry(database, team, case, "decide", later(now, 8), actor=reviewer)

    assert refused.value.code == "second-officer"


def test_another_office_cannot_touch_or_see_the_case(database: Database, now: datetime) -> None:
    team = a_team(database)
    case = a_candidate(database, team, now=now)
    stranger = an_actor(
        database,
        Role.OFFICER,
        office=an_office(database, "海淀消防（演示）", authority_code="11230500001755309F"),
    )

    with pytest.raises(NotAllowed) as moved:
        carry(database, team, case, "notify", now, actor=stranger)
    with database.read() as session, pytest.raises(NotAllowed) as seen:
        listings.get(session, stranger, case.case_id, now=now)

    assert moved.value.code == seen.value.code == "not-own-office"


def test_a_stale_version_is_refused_and_leaves_no_trace(database: Database, now: datetime) -> None:
    team = a_team(database)
    case = a_candidate(database, team, now=now)
    moved = carry(database, team, case, "notify", now)

    with pytest.raises(StaleVersion):
        carry(database, team, moved, "hear_statement", now, version=case.version)

    with database.read() as session:
        assert listings.get(session, team.officer, case.case_id, now=now) == moved


def test_a_refused_step_leaves_no_trace(database: Database, now: datetime) -> None:
    team = a_team(database)
    case = a_candidate(database, team, now=now)
    with database.read() as session:
        entries = audit.count(session)

    with pytest.raises(InvalidInput):
        carry(database, team, case, "notify", now, papers={})

    with database.read() as session:
        assert audit.count(session) == entries
        assert listings.get(session, team.officer, case.case_id, now=now) == case


def test_a_penalty_of_another_office_is_no_ground(database: Database, now: datetime) -> None:
    team = a_team(database)
    enterprise = an_enterprise(database, address="海淀区示例路1号")
    other = a_penalty(
        database, enterprise.uscc or "", authority_code="111101080000000945", authority_name="其他部门"
    )

    with pytest.raises(IllegalTransition) as refused:
        database.run(
            lambda session: listings.propose(
                session,
                team.officer,
                enterprise.uscc or "",
                series="safety-order-11",
                grounds=[("7-4", other.record.record_id)],
                reason="性质恶劣",
                now=now,
            )
        )

    assert refused.value.code == "no-standing-ground"


def test_fire_is_switched_off_until_its_instrument_is_configured(database: Database, now: datetime) -> None:
    team = a_team(database)
    enterprise = an_enterprise(database)

    with pytest.raises(Unavailable) as refused:
        database.run(
            lambda session: listings.propose(
                session, team.officer, enterprise.uscc or "", series="fire", reason="x", now=now
            )
        )

    assert refused.value.code == "series-disabled"


def test_one_case_at_a_time_per_enterprise_instrument_and_office(database: Database, now: datetime) -> None:
    team = a_team(database)
    case = a_candidate(database, team, now=now)

    with pytest.raises(Duplicate) as refused:
        database.run(
            lambda session: listings.propose(
                session,
                team.officer,
                case.uscc or "",
                series="safety-order-11",
                grounds=[("7-4", case.grounds[0].record_id)],
                reason="再次提出",
                now=now,
            )
        )

    assert refused.value.facts["case_id"] == case.case_id


def test_rules_open_candidates_once_and_only_for_own_penalties(database: Database, now: datetime) -> None:
    team = a_team(database)
    enterprise = an_enterprise(database, address="海淀区示例路1号")
    own = a_penalty(database, enterprise.uscc or "").record.record_id
    foreign = a_penalty(
        database, enterprise.uscc or "", authority_code="111101080000000945", authority_name="其他部门"
    ).record.record_id
    conditions = [(enterprise.enterprise_id, "7-4", [own]), (enterprise.enterprise_id, "7-1", [foreign])]

    first = database.run(
        lambda session: listings.open_candidates(session, an_operator(), conditions, now=now)
    )
    second = database.run(
        lambda session: listings.open_candidates(session, an_operator(), conditions, now=now)
    )

    assert len(first) == 1
    assert second == ()
    with database.read() as session:
        case = listings.get(session, team.officer, first[0], now=now)
    assert case.state == "CANDIDATE"
    assert [(ground.condition, ground.record_id) for ground in case.grounds] == [("7-4", own)]
    assert case.steps[0].action == "open"


def test_what_an_officer_dropped_does_not_come_back(database: Database, now: datetime) -> None:
    team = a_team(database)
    case = a_candidate(database, team, now=now)
    carry(database, team, case, "drop", now, papers={})
    conditions = [(case.enterprise_id, "7-4", [case.grounds[0].record_id])]

    assert (
        database.run(lambda session: listings.open_candidates(session, an_operator(), conditions, now=now))
        == ()
    )


def test_an_accident_opens_a_case_through_the_penalty_of_its_event(database: Database, now: datetime) -> None:
    team = a_team(database)
    enterprise = an_enterprise(database, address="海淀区示例路1号")
    uscc = enterprise.uscc or ""
    accident = a_record(
        database, "accident", uscc, event_key="E1", responsibility="主要责任", deaths="10"
    ).record
    alone = [(enterprise.enterprise_id, "6-1", [accident.record_id])]
    without = database.run(lambda session: listings.open_candidates(session, an_operator(), alone, now=now))
    penalty = a_penalty(database, uscc, event_key="E1").record
    with_penalty = database.run(
        lambda session: listings.open_candidates(session, an_operator(), alone, now=now)
    )

    assert without == ()
    with database.read() as session:
        case = listings.get(session, team.officer, with_penalty[0], now=now)
    assert {ground.record_id for ground in case.grounds} == {accident.record_id, penalty.record_id}


def test_papers_are_numbered_without_gaps_and_filled_from_the_case(database: Database, now: datetime) -> None:
    team = a_team(database)
    cases = [carry(database, team, a_candidate(database, team, now=now), "notify", now) for _ in range(3)]

    notices = [paper for case in cases for paper in case.papers if paper.kind == "listing_notice"]
    assert [paper.document_no for paper in notices] == [
        f"{team.office.short_name}信列告〔2026〕{number}号" for number in (1, 2, 3)
    ]
    text = notices[0].text or ""
    assert cases[0].name in text
    assert "2026年12月1日" in text
    assert "第七条第四项" in text
    assert "{" not in text


def test_entries_follow_their_dates_not_the_daily_run(database: Database, now: datetime) -> None:
    case = a_case(database, begun=now)
    last = date(2029, 12, 2)

    with database.read() as session:
        on_last = listings.entries_of(session, [case.enterprise_id], on=last)
        after = listings.entries_of(session, [case.enterprise_id], on=last + timedelta(days=1))
        before = listings.entries_of(session, [case.enterprise_id], on=date(2026, 12, 1))

    assert [entry.case_id for entry in on_last[case.enterprise_id]] == [case.case_id]
    assert on_last[case.enterprise_id][0].basis == (
        "安全生产严重失信主体名单管理办法(2023-08-08) 第七条第四项",
    )
    assert after == before == {}


def test_the_scorer_reads_an_entry_as_it_was_known(database: Database, now: datetime) -> None:
    team = a_team(database)
    case = a_case(database, team=team, begun=now)
    on = date(2026, 12, 10)
    published = case.steps[-1].at

    with database.read() as session:
        known = listings.listing_rows(session, on=on, known_at=published)
        unknown = listings.listing_rows(session, on=on, known_at=published - timedelta(seconds=1))
    carry(database, team, case, "revoke", later(now, 20))
    with database.read() as session:
        revoked = listings.listing_rows(session, on=on, known_at=later(now, 21))
        replayed = listings.listing_rows(session, on=on, known_at=later(now, 19))

    assert [(row["subject"], row["list_kind"], row["dated_on"]) for row in known] == [
        (case.enterprise_id, "black", date(2026, 12, 2))
    ]
    assert unknown == []
    assert revoked == []
    assert replayed == known


def test_the_worklist_is_ordered_by_legal_deadline(database: Database, now: datetime) -> None:
    team = a_team(database)
    first = carry(database, team, a_candidate(database, team, now=now), "notify", now)
    second = carry(database, team, a_candidate(database, team, now=later(now, -5)), "notify", later(now, -5))
    a_candidate(database, team, now=now)

    with database.read() as session:
        page = listings.page(session, team.officer, now=later(now, 4), state="open", limit=2)
        rest = listings.page(session, team.officer, now=later(now, 4), state="open", after=page.after)

    assert [item.case_id for item in page.items] == [second.case_id, first.case_id]
    # A statement is the party's to make: its window is waited for, and nobody here is late with it.
    assert [item.is_overdue for item in page.items] == [False, False]
    assert [item.due_on for item in page.items] == [None, None]
    assert [item.waits_until for item in page.items] == [second.window_until, first.window_until]
    assert [(item.due_on, item.waits_until) for item in rest.items] == [(None, None)]


def test_no_window_of_others_is_ever_counted_as_overdue(database: Database, now: datetime) -> None:
    team = a_team(database)
    carry(database, team, a_candidate(database, team, now=now), "notify", now)
    red = a_red_case(database, "OPEN_COMMENT", team=team, begun=now)
    long_after = later(now, 60)

    with database.read() as session:
        page = listings.page(
            session, team.officer, now=long_after, due_until=later(now, 59).date(), state="open"
        )
        case = listings.get(session, team.officer, red.case_id, now=long_after)
        report = overdue.report(session, team.decider, now=long_after)
    assert page.items == ()
    assert report.duties == ()
    assert not any(clock.is_late for clock in case.clocks)


def test_the_terminal_and_keys_take_no_step(database: Database, now: datetime) -> None:
    team = a_team(database)
    case = a_candidate(database, team, now=now)

    with pytest.raises(NotAllowed) as refused:
        carry(database, team, case, "notify", now, actor=an_operator())

    assert refused.value.code == "person-required"
