"""Recusal, and one person behind several accounts: refused by the services and by the database, on both engines."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from credit_registry.domain.errors import Duplicate, IllegalTransition, NotAllowed
from credit_registry.domain.permissions import Actor, Permission, Role
from credit_registry.services import accounts, annotations, listings, recusals
from credit_registry.services.case_views import CaseView
from credit_registry.services.recusals import RecusalView
from credit_registry.storage.database import Database
from credit_registry.storage.queries import audit
from credit_registry.storage.tables.listings import ListingCaseRow, ListingStepRow
from tests.factories import (
    NOW,
    Team,
    a_candidate,
    a_case,
    a_team,
    an_actor,
    an_enterprise,
    an_operator,
    carry,
)


def recuse(database: Database, actor: Actor, case: CaseView, **said: str | None) -> RecusalView:
    given = {"scope": "case", "reason": "近亲属系该企业股东", "login": None, **said}
    return database.run(
        lambda session: recusals.recuse(session, actor, case.case_id, now=NOW, **given)  # type: ignore[arg-type]
    )


def identify(database: Database, actor: Actor, person: str) -> None:
    login = actor.label.removeprefix("account:")
    database.run(lambda session: accounts.identify(session, an_operator(), login, person=person, now=NOW))


def a_second_account(database: Database, team: Team, actor: Actor, role: Role) -> Actor:
    """Another account in the same office, of the same person."""
    second = an_actor(database, role, office=team.office)
    for each in (actor, second):
        identify(database, each, "110108-0007")
    return second


def test_whoever_keeps_out_takes_no_step_and_is_told_who_may(database: Database) -> None:
    team = a_team(database)
    other = an_actor(database, Role.OFFICER, office=team.office)
    case = a_candidate(database, team)
    recuse(database, team.officer, case)

    with pytest.raises(NotAllowed) as refused:
        carry(database, team, case, "drop", NOW)
    assert refused.value.code == "recused"
    assert other.name in refused.value.message
    assert refused.value.facts["colleagues"] == [other.name]
    assert carry(database, team, case, "drop", NOW, actor=other).state == "CLOSED"
    with database.read() as session:
        assert audit.verify(session) is None


def test_a_recusal_from_one_enterprise_says_nothing_of_another(database: Database) -> None:
    team = a_team(database)
    case = a_candidate(database, team)
    other = an_enterprise(database)
    recuse(database, team.officer, case, scope="enterprise")

    with database.read() as session:
        for enterprise_id in (other.enterprise_id, case.enterprise_id):
            asked = partial(
                recusals.require_free,
                session, team.officer, case_id=None, enterprise_id=enterprise_id, who=Permission.LISTINGS_PROPOSE,
            )  # fmt: skip
            if enterprise_id == other.enterprise_id:
                asked()
                continue
            with pytest.raises(NotAllowed, match="回避"):
                asked()


def test_a_recusal_from_an_enterprise_holds_for_every_case_of_it(database: Database) -> None:
    team = a_team(database)
    case = a_candidate(database, team)
    recuse(database, team.officer, case, scope="enterprise")
    other = an_actor(database, Role.OFFICER, office=team.office)
    carry(database, team, case, "drop", NOW, actor=other)

    with pytest.raises(NotAllowed) as refused:
        database.run(
            lambda session: listings.propose(
                session, team.officer, case.uscc or "", series="safety-order-11", reason="再次提出",
                grounds=[("7-4", case.grounds[0].record_id)], now=NOW,
            )
        )  # fmt: skip
    assert refused.value.code == "recused"


def test_only_a_decider_orders_and_lifts_and_nobody_lifts_the_own(database: Database) -> None:
    team = a_team(database)
    case = a_candidate(database, team)
    with pytest.raises(NotAllowed):
        recuse(database, team.officer, case, login=team.reviewer.label.removeprefix("account:"))
    ordered = recuse(database, team.decider, case, login=team.reviewer.label.removeprefix("account:"))
    own = recuse(database, team.decider, case)
    with pytest.raises(Duplicate):
        recuse(database, team.decider, case)

    assert (ordered.origin, own.origin) == ("ordered", "declared")
    for actor, number, code in (
        (team.officer, ordered.recusal_id, "not-allowed"),
        (team.decider, own.recusal_id, "own-recusal"),
    ):
        with pytest.raises(NotAllowed) as refused:
            lift(database, actor, case, number)
        assert refused.value.code == code
    lift(database, team.decider, case, ordered.recusal_id)
    with database.read() as session:
        assert [each.name for each in recusals.of_case(session, case.case_id)] == [team.decider.name]


def lift(database: Database, actor: Actor, case: CaseView, number: int) -> None:
    database.run(
        lambda session: recusals.lift(session, actor, case.case_id, number, reason="关系已消失", now=NOW)
    )


def test_a_recused_decider_does_not_answer_an_objection(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, team=team)
    outsider = an_actor(database, Role.DECIDER, office=team.office)
    now = datetime(2026, 12, 10, 2, tzinfo=UTC)
    note = database.run(
        lambda session: annotations.file(
            session, team.officer, kind="objection", filed_on=date(2026, 12, 9), content="不服", case_id=case.case_id,
            now=now,
        )
    )  # fmt: skip
    recuse(database, outsider, case)

    with pytest.raises(NotAllowed) as refused:
        database.run(
            lambda session: annotations.answer(
                session, outsider, note.annotation_id, outcome="rejected", answer="不成立", version=1, now=now
            )
        )
    assert refused.value.code == "recused"


def test_a_recusal_follows_the_person_to_every_account(database: Database) -> None:
    team = a_team(database)
    case = a_candidate(database, team)
    second = a_second_account(database, team, team.officer, Role.OFFICER)
    recuse(database, team.officer, case)

    with pytest.raises(NotAllowed) as refused:
        carry(database, team, case, "drop", NOW, actor=second)
    assert refused.value.code == "recused"


def test_two_accounts_of_one_person_are_not_four_eyes(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, "REVIEWED", team=team)
    second = a_second_account(database, team, team.officer, Role.DECIDER)
    assert case.window_until is not None
    now = datetime.combine(case.window_until + timedelta(days=1), time(2), UTC)

    with pytest.raises(NotAllowed) as refused:
        carry(database, team, case, "decide", now, actor=second)
    assert refused.value.code == "second-officer"
    for values in (
        {"approver_id": second.account_id},
        {"approver_id": None, "reviewer_id": second.account_id},
    ):
        with pytest.raises(IntegrityError, match="person guard"), database.begin() as session:
            session.execute(update(ListingCaseRow).where(ListingCaseRow.id == case.case_id).values(**values))
    assert carry(database, team, case, "decide", now).state == "DECIDED"


def test_no_hand_writes_a_step_of_a_recused_officer(database: Database) -> None:
    team = a_team(database)
    case = a_candidate(database, team)
    second = a_second_account(database, team, team.officer, Role.OFFICER)
    recuse(database, team.officer, case)
    step = {
        "case_id": case.case_id, "number": 9, "action": "drop", "from_state": "CANDIDATE", "to_state": "CLOSED",
        "actor": "account:x", "actor_name": "某", "at": NOW, "on": NOW.date(), "facts": {}, "is_hidden": False,
    }  # fmt: skip

    for account in (team.officer.account_id, second.account_id):
        with pytest.raises(IntegrityError, match="person guard"), database.begin() as session:
            session.execute(insert(ListingStepRow).values(**step, account_id=account))
    with database.begin() as session:
        session.execute(insert(ListingStepRow).values(**step, account_id=team.reviewer.account_id))


def test_the_person_behind_an_account_is_said_once_and_kept_as_a_hash(database: Database) -> None:
    team = a_team(database)
    identify(database, team.officer, "HD-00123")

    with pytest.raises(IllegalTransition) as refused:
        identify(database, team.officer, "HD-00124")
    assert refused.value.code == "person-known"
    with database.engine.connect() as connection:
        kept = connection.exec_driver_sql(
            "SELECT person_digest FROM accounts WHERE person_digest IS NOT NULL"
        )
        assert [len(row[0]) for row in kept] == [64]
