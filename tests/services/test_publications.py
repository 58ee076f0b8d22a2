"""What the public sees of the lists, on both engines."""

from datetime import date, timedelta

import pytest

from credit_registry.domain.errors import InvalidInput, NotFound
from credit_registry.services import enterprises, publications
from credit_registry.storage.database import Database
from tests.factories import NOW, a_case, a_code, a_team, carry

LISTED = date(2026, 12, 2)
LATER = NOW + timedelta(days=8)


def test_only_entries_in_force_are_public(database: Database) -> None:
    team = a_team(database)
    shown = a_case(database, team=team)
    for state in ("CANDIDATE", "NOTIFIED", "REVIEWED", "DECIDED", "SERVED"):
        a_case(database, state, team=team)

    with database.read() as session:
        assert [entry.uscc for entry in publications.rows(session, "black", on=LISTED)] == [shown.uscc]
        assert publications.rows(session, "red", on=LISTED) == ()


def test_an_entry_is_shown_from_its_first_to_its_last_day(database: Database) -> None:
    case = a_case(database)
    assert case.listed_until == date(2029, 12, 2)

    with database.read() as session:
        days = [
            day
            for day in (LISTED - timedelta(1), LISTED, case.listed_until, case.listed_until + timedelta(1))
            if publications.rows(session, "black", on=day)
        ]
    assert days == [LISTED, case.listed_until]


def test_a_public_row_says_who_why_until_when_and_nothing_personal(database: Database) -> None:
    case = a_case(database, name="示例机械制造有限公司")

    with database.read() as session:
        (entry,) = publications.get(session, "black", case.uscc or "", on=LISTED)
    assert (entry.name, entry.address) == ("示例机械制造有限公司", "海淀区示例路1号")
    assert entry.authority == case.authority
    assert entry.conditions == ("7-4",)
    assert entry.basis == ("安全生产严重失信主体名单管理办法(2023-08-08) 第七条第四项",)
    assert entry.decision_no == case.decision_no
    assert entry.persons == ()


def test_a_part_of_a_name_or_a_code_finds_an_entry(database: Database) -> None:
    case = a_case(database, name="示例（北京）机械制造有限公司")

    with database.read() as session:
        for text in ("机械", "示例(北京)", case.uscc, (case.uscc or "").lower()):
            assert publications.page(session, "black", on=LISTED, text=text).items, text
        assert not publications.page(session, "black", on=LISTED, text="化工").items
        assert not publications.page(session, "black", on=LISTED, text="%").items


def test_a_former_code_still_finds_the_entry(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, team=team)
    code = a_code()
    database.run(
        lambda session: enterprises.change_code(
            session,
            team.officer,
            case.uscc or "",
            code,
            changed_on=LISTED,
            version=1,
            reason="换照",
            now=LATER,
        )
    )

    with database.read() as session:
        (by_new,) = publications.get(session, "black", code, on=LISTED)
        (by_old,) = publications.get(session, "black", case.uscc or "", on=LISTED)
    assert by_new == by_old
    assert by_new.uscc == code


def test_pages_join_to_the_whole_list(database: Database) -> None:
    team = a_team(database)
    for _ in range(3):
        a_case(database, team=team)

    with database.read() as session:
        first = publications.page(session, "black", on=LISTED, limit=2)
        second = publications.page(session, "black", on=LISTED, limit=2, after=first.after)
        whole = publications.rows(session, "black", on=LISTED)
    assert first.items + second.items == whole
    assert second.after is None


def test_the_version_grows_with_what_the_public_sees_and_with_nothing_else(database: Database) -> None:
    team = a_team(database)
    a_case(database, "SERVED", team=team)
    with database.read() as session:
        before = publications.list_version(session)
    case = a_case(database, team=team)
    with database.read() as session:
        listed = publications.list_version(session)
    carry(database, team, case, "revoke", NOW + timedelta(days=10))

    with database.read() as session:
        assert (before, listed, publications.list_version(session)) == (0, 1, 2)
        assert publications.rows(session, "black", on=LISTED) == ()


def test_an_enterprise_that_is_not_listed_is_said_to_be_so(database: Database) -> None:
    with database.read() as session, pytest.raises(NotFound) as refused:
        publications.get(session, "black", "91110108MA00000000", on=LISTED)

    assert refused.value.code == "not-listed"


@pytest.mark.parametrize("kind", ["grey", "", "BLACK"])
def test_there_are_two_lists(sqlite_database: Database, kind: str) -> None:
    with sqlite_database.read() as session, pytest.raises(InvalidInput):
        publications.rows(session, kind, on=LISTED)
