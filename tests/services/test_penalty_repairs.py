"""Repair of penalties by the regime of their day, on both engines."""

from datetime import UTC, date, datetime, time

import pytest

from credit_registry.domain.errors import (
    Duplicate,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from credit_registry.domain.permissions import Actor, Role
from credit_registry.services import penalty_repairs, records
from credit_registry.services.penalty_repairs import APPLICATION, STEPS, RepairView
from credit_registry.storage.database import Database
from tests.factories import NOW, Team, a_penalty, a_team, an_actor, an_enterprise, papers_for


def at(day: date) -> datetime:
    return datetime.combine(day, time(2), UTC)


def a_fined(database: Database, dated_on: str = "2026-05-20", **values: str) -> int:
    enterprise = an_enterprise(database)
    return a_penalty(database, enterprise.uscc or "", dated_on=dated_on, **values).record.record_id


def apply(database: Database, team: Team, record_id: int, day: date = date(2026, 11, 24)) -> RepairView:
    papers = papers_for(APPLICATION, day)
    return database.run(
        lambda session: penalty_repairs.apply(session, team.officer, record_id, handed_in=papers, now=at(day))
    )


def move(
    database: Database, actor: Actor, view: RepairView, action: str, day: date, *, version: int | None = None
) -> RepairView:
    papers = papers_for(STEPS[view.state, action].papers if (view.state, action) in STEPS else (), day)
    return database.run(
        lambda session: penalty_repairs.advance(
            session,
            actor,
            view.repair_id,
            action,
            version=version or view.version,
            reason="理由",
            handed_in=papers,
            now=at(day),
        )
    )


def state_of(database: Database, team: Team, record_id: int) -> object:
    with database.read() as session:
        return records.get(session, team.officer, record_id, on=NOW.date()).record.state


def repaired(database: Database, team: Team, record_id: int) -> RepairView:
    view = move(database, team.officer, apply(database, team, record_id), "accept", date(2026, 11, 25))
    return move(database, team.decider, view, "allow", date(2026, 11, 30))


def test_a_repair_walks_from_application_to_the_record(database: Database) -> None:
    team = a_team(database)
    record_id = a_fined(database)

    applied = apply(database, team, record_id)
    accepted = move(database, team.officer, applied, "accept", date(2026, 11, 25))
    assert state_of(database, team, record_id) == "live"
    allowed = move(database, team.decider, accepted, "allow", date(2026, 11, 30))

    assert applied.clocks == (("accept_penalty_repair", date(2026, 11, 27)),)
    assert accepted.clocks == (("decide_penalty_repair", date(2026, 12, 9)),)
    assert (allowed.state, allowed.clocks, allowed.offered) == ("ALLOWED", (), ("restore",))
    assert state_of(database, team, record_id) == "repaired"
    assert ("准予处罚信息修复决定书", f"{team.office.short_name}罚修准〔2026〕1号") in allowed.papers


@pytest.mark.parametrize(
    ("dated_on", "earliest"),
    [("2026-05-20", date(2026, 8, 20)), ("2026-03-20", date(2027, 3, 20))],
    ids=["order-36", "order-58"],
)
def test_the_document_s_day_chooses_the_regime(database: Database, dated_on: str, earliest: date) -> None:
    team = a_team(database)
    record_id = a_fined(database, dated_on)
    with database.read() as session:
        clocks = records.get(session, team.officer, record_id, on=NOW.date()).record.clocks
    assert clocks is not None
    early = date.fromordinal(clocks.repair_from.toordinal() - 1)
    assert abs((clocks.repair_from - earliest).days) <= 1

    with pytest.raises(IllegalTransition) as refused:
        apply(database, team, record_id, early)
    taken = apply(database, team, record_id, clocks.repair_from)

    assert refused.value.facts == {"earliest": clocks.repair_from.isoformat()}
    assert taken.regime == clocks.regime


def test_who_took_the_application_in_does_not_decide_it(database: Database) -> None:
    team = a_team(database)
    both = an_actor(database, Role.OFFICER, Role.DECIDER, office=team.office)
    record_id = a_fined(database)
    papers = papers_for(APPLICATION, NOW.date())
    view = database.run(
        lambda session: penalty_repairs.apply(session, both, record_id, handed_in=papers, now=NOW)
    )
    view = move(database, team.officer, view, "accept", date(2026, 11, 25))

    with pytest.raises(NotAllowed) as refused:
        move(database, both, view, "allow", date(2026, 11, 26))

    assert refused.value.code == "second-officer"
    assert state_of(database, team, record_id) == "live"


def test_fraud_brings_the_penalty_back(database: Database) -> None:
    team = a_team(database)
    record_id = a_fined(database)
    view = repaired(database, team, record_id)

    restored = move(database, team.decider, view, "restore", date(2026, 12, 20))

    assert restored.state == "RESTORED"
    assert state_of(database, team, record_id) == "live"


@pytest.mark.parametrize(("action", "final"), [("reject", "NOT_ACCEPTED"), ("deny", "DENIED")])
def test_a_refused_application_leaves_the_record_and_may_come_again(
    database: Database, action: str, final: str
) -> None:
    team = a_team(database)
    record_id = a_fined(database)
    view = apply(database, team, record_id)
    if action == "deny":
        view = move(database, team.officer, view, "accept", date(2026, 11, 25))
    actor = team.decider if action == "deny" else team.officer

    assert move(database, actor, view, action, date(2026, 11, 25)).state == final
    assert state_of(database, team, record_id) == "live"
    assert apply(database, team, record_id, date(2026, 11, 26)).state == "APPLIED"


def test_one_application_at_a_time(database: Database) -> None:
    team = a_team(database)
    record_id = a_fined(database)
    apply(database, team, record_id)

    with pytest.raises(Duplicate):
        apply(database, team, record_id)


def test_an_unpaid_fine_is_not_repaired(database: Database) -> None:
    team = a_team(database)

    with pytest.raises(IllegalTransition) as refused:
        apply(database, team, a_fined(database, fine_state="未缴纳"))

    assert refused.value.code == "fine-unpaid"


def test_another_offices_penalty_and_no_penalty_are_refused(sqlite_database: Database) -> None:
    team = a_team(sqlite_database)
    foreign = a_fined(sqlite_database, authority_code="111101080000000945", authority_name="其他部门")

    with pytest.raises(NotAllowed):
        apply(sqlite_database, team, foreign)
    with pytest.raises(NotFound):
        apply(sqlite_database, team, 999_999)


def test_moves_are_guarded_by_version_and_table(sqlite_database: Database) -> None:
    team = a_team(sqlite_database)
    view = apply(sqlite_database, team, a_fined(sqlite_database))

    with pytest.raises(StaleVersion):
        move(sqlite_database, team.officer, view, "accept", date(2026, 11, 25), version=9)
    with pytest.raises(IllegalTransition) as refused:
        move(sqlite_database, team.decider, view, "allow", date(2026, 11, 25))
    assert refused.value.facts == {"state": "APPLIED", "offered": ["accept", "reject", "withdraw"]}


def test_an_application_without_its_papers_is_refused(sqlite_database: Database) -> None:
    team = a_team(sqlite_database)
    record_id = a_fined(sqlite_database)
    papers = papers_for(APPLICATION[:-1], NOW.date())

    with pytest.raises(InvalidInput) as refused:
        sqlite_database.run(
            lambda session: penalty_repairs.apply(session, team.officer, record_id, handed_in=papers, now=NOW)
        )

    assert refused.value.facts["paper"] == "commitment"


def test_the_page_shows_an_office_its_own_applications(database: Database) -> None:
    team = a_team(database)
    views = [apply(database, team, a_fined(database)) for _ in range(3)]

    with database.read() as session:
        first = penalty_repairs.page(session, team.officer, limit=2)
        second = penalty_repairs.page(session, team.officer, limit=2, after=first.after)
        one = penalty_repairs.get(session, team.decider, views[0].repair_id)

    assert [view.repair_id for view in (*first.items, *second.items)] == [view.repair_id for view in views]
    assert one == views[0]
