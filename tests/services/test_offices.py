"""Offices that change, on both engines: renamed with their history, closed only when nothing acts for them."""

from datetime import datetime, timedelta

import pytest

from credit_registry.domain.errors import (
    Duplicate,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    StaleVersion,
)
from credit_registry.domain.permissions import Actor, Role
from credit_registry.services import accounts, keys, listings, offices, publications
from credit_registry.services.offices import OfficeView
from credit_registry.storage.database import Database
from tests.factories import (
    NOW,
    a_candidate,
    a_case,
    a_penalty,
    a_team,
    an_account,
    an_actor,
    an_enterprise,
    an_office,
    an_operator,
)

CODE, OTHER = "11110108000000000F", "111101080000000945"


def amend(
    database: Database, office: OfficeView, *, version: int | None = None, **changes: object
) -> OfficeView:
    return database.run(
        lambda session: offices.amend(
            session,
            an_operator(),
            office.id,
            changes,
            version=version or office.version,
            reason="机构改革",
            now=NOW,
        )
    )


def close(database: Database, office: OfficeView, *, now: datetime = NOW) -> OfficeView:
    return database.run(
        lambda session: offices.close(
            session, an_operator(), office.id, version=office.version, reason="职能划转", now=now
        )
    )


@pytest.fixture
def keeper(database: Database) -> OfficeView:
    return an_office(database, "海淀区应急管理局（演示）", is_keeper=True)


@pytest.fixture
def street(database: Database, keeper: OfficeView) -> OfficeView:
    return an_office(database, "中关村街道（演示）", domain=None)


def test_a_name_changes_and_what_it_was_stays_known(database: Database, street: OfficeView) -> None:
    amended = amend(database, street, name="中关村街道办事处（演示）", short_name="中关村")

    assert (amended.name, amended.short_name, amended.version) == ("中关村街道办事处（演示）", "中关村", 2)
    with database.read() as session:
        created, changed = offices.history(session, an_operator(), street.id)
        assert offices.find(session, "中关村").id == street.id  # type: ignore[union-attr]
    assert (created.verb, changed.verb, changed.reason) == ("create", "amend", "机构改革")
    assert changed.changes["name"] == ("中关村街道（演示）", "中关村街道办事处（演示）")


def test_papers_keep_the_name_and_the_list_says_the_present_one(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, team=team)
    with database.read() as session:
        office = offices.get(session, an_operator(), team.office.id)

    amend(database, office, name="海淀区应急管理局", short_name="海应急")

    with database.read() as session:
        (entry,) = publications.rows(session, "black", on=NOW.date() + timedelta(days=60))
        papers = listings.get(session, team.officer, case.case_id, now=NOW).papers
    decision = next(paper for paper in papers if paper.kind == "listing_decision")
    assert entry.authority == "海淀区应急管理局"
    assert team.office.name in (decision.text or "")


def test_what_stands_against_a_change_is_said(
    database: Database, keeper: OfficeView, street: OfficeView
) -> None:
    with pytest.raises(Duplicate):
        amend(database, street, name=keeper.name)
    with pytest.raises(StaleVersion):
        amend(database, street, version=7, name="新名称")
    for changes, code in (
        ({"name": " "}, "office-name"),
        ({"authority_code": "123"}, "invalid-uscc"),
        ({"domain": "water"}, "office-domain"),
        ({"subdistrict_code": "999"}, "unknown-subdistrict"),
        ({"name": street.name}, "office-unchanged"),
    ):
        with pytest.raises(InvalidInput) as refused:
            amend(database, street, **changes)
        assert refused.value.code == code
    with pytest.raises(IllegalTransition) as last:
        amend(database, keeper, is_keeper=False)
    assert last.value.code == "office-last-keeper"
    stranger: Actor = an_actor(database, Role.OFFICER, office=street)
    with pytest.raises(NotAllowed):
        database.run(
            lambda session: offices.close(session, stranger, street.id, version=1, reason="x", now=NOW)
        )


def test_a_code_that_records_name_is_not_changed(database: Database, street: OfficeView) -> None:
    coded = amend(database, street, authority_code=CODE)
    again = amend(database, coded, authority_code=OTHER)
    a_penalty(database, an_enterprise(database).uscc or "", authority_code=OTHER, authority_name=again.name)

    with pytest.raises(IllegalTransition) as refused:
        amend(database, again, authority_code=CODE)

    assert refused.value.code == "office-code-used"


def test_an_office_closes_when_nothing_acts_for_it_and_nothing_new_can(
    database: Database, street: OfficeView
) -> None:
    account = an_account(database, Role.CLERK, office=street)
    key, _ = database.run(
        lambda session: keys.create_key(
            session, an_operator(), title="系统", office_id=street.id, scopes=["lookups:read"], expires_on=NOW.date(), now=NOW
        )
    )  # fmt: skip
    with pytest.raises(IllegalTransition) as refused:
        close(database, street)
    assert (refused.value.code, refused.value.facts) == (
        "office-in-use", {"accounts": [account.login], "keys": [key.prefix], "cases": []},
    )  # fmt: skip
    database.run(
        lambda session: accounts.disable(session, an_operator(), account.login, reason="划转", now=NOW)
    )
    database.run(lambda session: keys.revoke_key(session, an_operator(), key.prefix, reason="划转", now=NOW))

    closed = close(database, street)

    assert closed.closed_at == NOW
    for act in (
        lambda session: accounts.enable(session, an_operator(), account.login, reason="返岗", now=NOW),
        lambda session: accounts.create(
            session, an_operator(), "newcomer", name="李四", office_id=street.id, roles=[Role.CLERK], now=NOW
        ),
        lambda session: keys.create_key(
            session, an_operator(), title="x", office_id=street.id, scopes=["lookups:read"], expires_on=NOW.date(), now=NOW
        ),
        lambda session: offices.amend(
            session, an_operator(), street.id, {"name": "x"}, version=closed.version, reason="x", now=NOW
        ),
    ):  # fmt: skip
        with pytest.raises(IllegalTransition) as late:
            database.run(act)
        assert late.value.code == "office-closed"
    opened = database.run(
        lambda session: offices.reopen(
            session, an_operator(), street.id, version=closed.version, reason="恢复", now=NOW
        )
    )
    assert opened.closed_at is None


def test_an_office_with_a_case_under_way_does_not_close(database: Database, keeper: OfficeView) -> None:
    office = an_office(database, "海淀消防救援支队（演示）", authority_code=CODE)
    team = a_team(database, office=office)
    case = a_candidate(database, team)
    for person in team.people():
        login = person.label.partition(":")[2]
        database.run(
            lambda session, login=login: accounts.disable(session, an_operator(), login, reason="x", now=NOW)
        )

    with pytest.raises(IllegalTransition) as refused:
        close(database, office)

    assert refused.value.facts["cases"] == [case.case_id]


def test_sub_districts_are_known_ones_at_every_door(database: Database, keeper: OfficeView) -> None:
    for act in (
        lambda session: offices.create(
            session, an_operator(), "某街道", now=NOW, subdistrict_code="110108999"
        ),
        lambda session: accounts.create(
            session, an_operator(), "somebody", name="王五", office_id=keeper.id, roles=[Role.CLERK],
            subdistricts=["haidian"], now=NOW,
        ),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            database.run(act)
        assert refused.value.code == "unknown-subdistrict"


@pytest.mark.parametrize("code", ["11110108…", "11110108000000001A"])
def test_an_office_code_with_a_slip_is_refused(sqlite_database: Database, now: datetime, code: str) -> None:
    with pytest.raises(InvalidInput) as refused, sqlite_database.begin() as session:
        offices.create(session, an_operator(), "丙局", authority_code=code, now=now)
    assert refused.value.code == "invalid-uscc"
