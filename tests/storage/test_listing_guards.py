"""What the database itself refuses, with no service in between, on both engines."""

from datetime import date, datetime

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import IntegrityError

from credit_registry.domain.steps import State
from credit_registry.storage.database import Database
from credit_registry.storage.tables.listings import (
    IN_FORCE,
    ListingCaseRow,
    ListingGroundRow,
    ListingPaperRow,
    ListingStepRow,
    ListVersionRow,
)
from tests.factories import a_case, a_team


def force(database: Database, case_id: int, **values: object) -> None:
    with database.begin() as session:
        session.execute(update(ListingCaseRow).where(ListingCaseRow.id == case_id).values(**values))


@pytest.mark.parametrize("state", ["CANDIDATE", "NOTIFIED", "NO_STATEMENT", "REVIEWED", "DECIDED"])
@pytest.mark.parametrize("target", sorted(IN_FORCE))
def test_no_hand_can_list_a_case_before_its_stages(
    sqlite_database: Database, state: str, target: str
) -> None:
    case = a_case(sqlite_database, state)
    everything = {
        "noticed_on": date(2026, 11, 24), "window_until": date(2026, 12, 1), "reviewed_on": date(2026, 12, 2),
        "decided_on": date(2026, 12, 2), "served_on": date(2026, 12, 2), "listed_from": date(2026, 12, 2),
        "listed_until": date(2029, 12, 2), "drafter_id": 1, "reviewer_id": 2, "approver_id": 3,
    }  # fmt: skip

    with pytest.raises(IntegrityError, match="listing guard"):
        force(sqlite_database, case.case_id, state=target, **everything)


@pytest.mark.parametrize(
    "column",
    ["noticed_on", "window_until", "reviewed_on", "decided_on", "served_on", "approver_id", "reviewer_id"],
)
def test_an_entry_keeps_its_days_and_persons(database: Database, column: str) -> None:
    case = a_case(database)

    with pytest.raises(IntegrityError, match="ck_listing_cases"):
        force(database, case.case_id, **{column: None})


def test_a_served_case_comes_into_force_only_with_its_period(database: Database) -> None:
    case = a_case(database, "SERVED")

    with pytest.raises(IntegrityError):
        force(database, case.case_id, state="ACTIVE")


def test_drafter_reviewer_and_approver_are_three_persons(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, "DECIDED", team=team)

    for column, person in (
        ("approver_id", team.officer.account_id),
        ("approver_id", team.reviewer.account_id),
        ("reviewer_id", team.officer.account_id),
    ):
        with pytest.raises(IntegrityError, match="ck_listing_cases"):
            force(database, case.case_id, **{column: person})


def test_whoever_notified_cannot_be_written_in_as_approver(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, "SERVED", team=team)
    values = {"listed_from": date(2026, 12, 2), "listed_until": date(2029, 12, 2), "state": "ACTIVE"}

    with pytest.raises(IntegrityError):
        force(
            database,
            case.case_id,
            drafter_id=team.publisher.account_id,
            approver_id=team.officer.account_id,
            **values,
        )


def test_a_revoked_penalty_lists_nobody(database: Database) -> None:
    case = a_case(database, "SERVED")
    with database.begin() as session:
        session.execute(
            update(ListingGroundRow).values(fell_at=datetime.fromisoformat("2026-12-02T00:00:00+00:00"))
        )

    with pytest.raises(IntegrityError, match="listing guard: no standing penalty"):
        force(
            database,
            case.case_id,
            state="ACTIVE",
            listed_from=date(2026, 12, 2),
            listed_until=date(2029, 12, 2),
        )


@pytest.mark.parametrize("row", [ListingStepRow, ListingPaperRow, ListVersionRow])
def test_steps_papers_and_versions_are_append_only(database: Database, row: type) -> None:
    a_case(database)

    for statement in (delete(row), text(f"UPDATE {row.__tablename__} SET case_id = case_id")):  # type: ignore[attr-defined]
        with pytest.raises(IntegrityError, match="append-only"), database.begin() as session:
            session.execute(statement)


def test_cases_and_grounds_are_never_deleted(database: Database) -> None:
    a_case(database, "CANDIDATE")

    for row in (ListingGroundRow, ListingCaseRow):
        with pytest.raises(IntegrityError), database.begin() as session:
            session.execute(delete(row))


def test_an_enterprise_has_one_case_under_way_and_one_entry_per_key(database: Database) -> None:
    case = a_case(database)
    with database.begin() as session:
        row = session.get_one(ListingCaseRow, case.case_id)
        twin = {
            name: getattr(row, name)
            for name in (
                "enterprise_id",
                "office_id",
                "list_kind",
                "series",
                "domain",
                "opened_at",
                "opened_on",
            )
        }
        session.add(ListingCaseRow(**twin, state=State.CANDIDATE, origin="officer"))

    with pytest.raises(IntegrityError), database.begin() as session:
        session.add(ListingCaseRow(**twin, state=State.CANDIDATE, origin="officer"))
