"""The proof of due process over what is stored, on both engines."""

from datetime import date

import pytest
from sqlalchemy import text, update

from credit_registry.domain.errors import NotAllowed
from credit_registry.services import standings
from credit_registry.storage.database import Database
from credit_registry.storage.tables.listings import ListingCaseRow
from tests.factories import a_case, a_red_case, a_team, an_operator


def test_what_the_services_made_is_without_breach(database: Database) -> None:
    team = a_team(database)
    a_case(database, team=team)
    a_red_case(database, team=team)
    a_case(database, "NOTIFIED", team=team)

    with database.read() as session:
        assert standings.due_process_breaches(session, an_operator()) == []


def test_an_entry_forced_past_dropped_triggers_is_found(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, "NO_STATEMENT", team=team)
    on = " ON listing_cases" if database.dialect == "postgresql" else ""
    with database.begin() as session:
        session.execute(text(f"DROP TRIGGER tr_listing_cases_entry_update{on}"))
        session.execute(
            update(ListingCaseRow)
            .where(ListingCaseRow.id == case.case_id)
            .values(
                state="ACTIVE", reviewed_on=date(2026, 12, 2), decided_on=date(2026, 12, 2),
                served_on=date(2026, 12, 2), listed_from=date(2026, 12, 2), listed_until=date(2029, 12, 2),
                reviewer_id=team.reviewer.account_id, approver_id=team.decider.account_id,
            )
        )  # fmt: skip

    with database.read() as session:
        found = standings.due_process_breaches(session, an_operator())

    assert {case_id for case_id, _ in found} == {case.case_id}
    assert {
        "black entry without step review",
        "black entry without step decide",
        "black entry without paper legal_review",
        "black entry without paper listing_decision",
    } <= {what for _, what in found}


def test_the_proof_is_for_those_who_audit(sqlite_database: Database) -> None:
    team = a_team(sqlite_database)

    with sqlite_database.read() as session, pytest.raises(NotAllowed):
        standings.due_process_breaches(session, team.decider)
