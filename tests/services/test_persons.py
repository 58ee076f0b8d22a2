"""Persons of a case: sealed, masked, and opened only on the record, on both engines."""

from datetime import timedelta

import pytest

from credit_registry.domain.errors import Duplicate, IllegalTransition, InvalidInput, NotAllowed
from credit_registry.domain.permissions import Actor
from credit_registry.services import listings, persons, publications
from credit_registry.services.case_views import CaseView, PersonView
from credit_registry.storage.database import Database
from credit_registry.storage.queries import audit
from credit_registry.storage.tables.listings import ListingPersonRow
from tests.factories import BLACK_ROAD, NOW, Team, a_candidate, a_case, a_team, carry

NUMBER = "11010519491231002X"


def name(database: Database, team: Team, case: CaseView, **kwargs: str) -> PersonView:
    given = {"role": "principal", "condition": "7-4", "name": "张三丰", "number": NUMBER, **kwargs}
    return database.run(
        lambda session: persons.name_person(session, team.officer, case.case_id, now=NOW, **given)
    )


def test_a_person_is_kept_sealed_and_shown_masked(database: Database) -> None:
    team = a_team(database)
    case = a_candidate(database, team)
    view = name(database, team, case)

    assert (view.name, view.number) == ("张**", "110***********002X")
    with database.read() as session:
        row = session.get_one(ListingPersonRow, view.person_id)
        assert NUMBER.encode() not in row.id_sealed
        assert "张三丰".encode() not in row.name_sealed
        assert session.vault.open(row.id_sealed) == NUMBER


def test_no_paper_no_step_no_public_row_holds_the_full_number(database: Database) -> None:
    team = a_team(database)
    case = a_candidate(database, team)
    name(database, team, case)
    for action in BLACK_ROAD:
        with database.read() as session:
            case = listings.get(session, team.officer, case.case_id, now=NOW)
        case = carry(database, team, case, action, NOW + timedelta(days=0 if action == "notify" else 8))

    with database.read() as session:
        (entry,) = publications.get(session, "black", case.uscc or "", on=case.listed_from or NOW.date())
        entries = audit.page(session, limit=500)
    assert [(person.name, person.number) for person in entry.persons] == [("张**", "110***********002X")]
    for shown in (repr(case), repr(entry), repr(entries)):
        assert NUMBER not in shown
        assert "张三丰" not in shown
    assert "张**" in next(paper.text or "" for paper in case.papers if paper.kind == "listing_decision")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"number": "110105194912310021"}, "identity-invalid"),
        ({"number": ""}, "identity-invalid"),
        ({"name": " "}, "identity-invalid"),
        ({"condition": "7-1"}, "role-not-listed"),
        ({"role": "owner"}, "role-not-listed"),
    ],
)
def test_a_wrong_person_is_refused(sqlite_database: Database, wrong: dict[str, str], code: str) -> None:
    team = a_team(sqlite_database)
    case = a_candidate(sqlite_database, team)

    with pytest.raises(InvalidInput) as refused:
        name(sqlite_database, team, case, **wrong)

    assert refused.value.code == code


def test_nobody_is_added_once_the_notice_is_served(database: Database) -> None:
    team = a_team(database)

    with pytest.raises(IllegalTransition) as refused:
        name(database, team, a_case(database, "NOTIFIED", team=team))

    assert refused.value.code == "notice-served"


def test_a_person_is_named_once_per_condition(database: Database) -> None:
    team = a_team(database)
    case = a_candidate(database, team)
    name(database, team, case)

    with pytest.raises(Duplicate):
        name(database, team, case, number=NUMBER.lower())


def test_a_condition_that_lists_persons_only_needs_one_before_the_notice(database: Database) -> None:
    team = a_team(database)
    case = a_candidate(database, team, condition="6-5")

    with pytest.raises(IllegalTransition) as refused:
        carry(database, team, case, "notify", NOW)
    name(database, team, case, condition="6-5")

    assert refused.value.code == "persons-missing"
    assert carry(database, team, case, "notify", NOW).state == "NOTIFIED"


def test_revealing_takes_the_right_a_reason_and_leaves_a_trace(database: Database) -> None:
    team = a_team(database)
    case = a_candidate(database, team)
    person = name(database, team, case)

    def reveal(actor: Actor, reason: str) -> tuple[str, str]:
        return database.run(
            lambda session: persons.reveal(
                session, actor, case.case_id, person.person_id, reason=reason, now=NOW
            )
        )

    with pytest.raises(NotAllowed):
        reveal(team.decider, "送达")
    with pytest.raises(InvalidInput):
        reveal(team.officer, " ")
    assert reveal(team.officer, "制作决定书") == ("张三丰", NUMBER)
    with database.read() as session:
        ((_, entry),) = audit.page(session, verb="personal:reveal")
    assert entry.reason == "制作决定书"
