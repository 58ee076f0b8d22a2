"""The enterprise's own door: who comes in, what stays shut, what a refusal looks like."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from credit_registry.domain.permissions import Permission, Role
from credit_registry.services import accounts, batches, invitations, representatives, resolutions
from credit_registry.storage.database import Database, Session
from credit_registry.web import access
from tests.factories import (
    NOW,
    PASSWORD,
    Team,
    a_case,
    a_penalty,
    a_person_file,
    a_person_row,
    a_representative,
    a_team,
    an_enterprise,
    an_import,
    an_office,
    an_operator,
)
from tests.web.conftest import OWN, Browser


@pytest.fixture
def team(sqlite_database: Database) -> Team:
    return a_team(
        sqlite_database,
        office=an_office(sqlite_database, authority_code="11110108000000000F", is_keeper=True),
    )


@pytest.fixture
def entered(app: Flask, sqlite_database: Database, team: Team) -> Callable[..., Browser]:
    """A person of the enterprise with this code, signed in through the form."""

    def make(uscc: str) -> Browser:
        person = a_representative(sqlite_database, team.officer, uscc)
        browser = Browser(app.test_client(), person.login)
        answer = browser.post("/my/sign-in", {"login": person.login, "password": PASSWORD}, on="/my/sign-in")
        assert (answer.status_code, answer.location) == (303, "/my/")
        return browser

    return make


def _paths(app: Flask, *, number: int, method: str) -> list[str]:
    """Every own page with a key in its address, as somebody would ask for it with this number."""
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        is_own = rule.endpoint.startswith("portal.") and rule.arguments
        if is_own and method in (rule.methods or set()):
            given = {name: "hear_statement" if name == "action" else number for name in rule.arguments}
            found.append(adapter.build(rule.endpoint, given, method=method))
    return found


def test_every_own_page_is_for_enterprises_alone(app: Flask) -> None:
    doors = {"portal.form", "portal.enter", "portal.enrol", "portal.enrolment"}
    declared = {
        rule.endpoint: access.declared(app, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("portal.") and rule.endpoint not in doors
    }

    assert len(declared) > 15
    assert set(declared.values()) == {(Permission.OWN_FILE,)}


def test_the_code_on_the_notice_opens_the_door(
    visitor: Browser, sqlite_database: Database, team: Team, now: datetime
) -> None:
    case = a_case(sqlite_database, "NOTIFIED", team=team)
    _, code = sqlite_database.run(
        lambda session: invitations.issue(session, team.officer, case_id=case.case_id, now=now)
    )
    given = {"uscc": case.uscc, "code": "AAAA-BBBB-CCCC-DDDD", "name": "陈晓明", "role": "agent"}
    given |= {"password": PASSWORD, "again": PASSWORD}

    wrong = visitor.post("/my/enrol", given, on="/my/enrol")
    assert wrong.status_code == 401
    assert "开通码不正确" in wrong.text and PASSWORD not in wrong.text and "AAAA-BBBB" not in wrong.text
    differing = visitor.post("/my/enrol", {**given, "again": OWN}, on="/my/enrol")
    assert differing.status_code == 422

    right = visitor.post("/my/enrol", {**given, "code": code}, on="/my/enrol")
    assert (right.status_code, right.location) == (303, "/my/")
    assert code not in str(right.headers) and "HttpOnly" in right.headers["Set-Cookie"]
    page = visitor.get("/my/")
    assert "您的账号名是 e" in page.text and case.name in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_a_stranger_is_sent_to_the_enterprises_form_and_back(
    app: Flask, visitor: Browser, sqlite_database: Database, team: Team
) -> None:
    person = a_representative(sqlite_database, team.officer, an_enterprise(sqlite_database).uscc or "")
    answer = visitor.get("/my/records?kind=penalty")
    assert answer.location == "/my/sign-in?next=/my/records%3Fkind%3Dpenalty"

    form = {"login": person.login, "password": PASSWORD}
    back = visitor.post("/my/sign-in", {**form, "next": "/my/records?kind=penalty"}, on="/my/sign-in")
    assert back.location == "/my/records?kind=penalty"
    other = Browser(app.test_client())
    assert other.post("/sign-in", {**form, "next": "/console/cases"}, on="/sign-in").location == "/my/"


def test_what_is_anothers_looks_like_nothing_at_every_address(
    app: Flask, sqlite_database: Database, team: Team, entered: Callable[..., Browser]
) -> None:
    """The key of each kind is tried at every address that takes one; another's and none are the same page."""
    case = a_case(sqlite_database, "NOTIFIED", team=team)
    stranger = entered(an_enterprise(sqlite_database).uscc or "")
    owner = entered(case.uscc or "")
    record = case.grounds[0].record_id
    filed = owner.post(f"/my/records/{record}/objection", {"content": "有误"}, on=f"/my/records/{record}")
    assert filed.status_code == 303
    token = stranger.token("/my/password")
    theirs = sorted({1, 2, 3, case.case_id, record, *(paper.paper_id for paper in case.papers)})

    def seen(number: int, method: str) -> list[tuple[int, str]]:
        answers = []
        for path in _paths(app, number=number, method=method):
            answer = stranger.client.open(path, method=method, data={"csrf_token": token, "version": "1"})
            sentence = answer.text.partition('error-sentence">')[2].partition("<")[0]
            answers.append((answer.status_code, sentence.replace(str(number), "…")))
        return answers

    for method, count in (("GET", 5), ("POST", 5)):
        nothing = seen(987654, method)
        assert len(nothing) >= count
        assert {status for status, _ in nothing} == {404}, nothing
        for number in theirs:
            assert seen(number, method) == nothing, (method, number)
    assert owner.get(f"/my/cases/{case.case_id}").status_code == 200
    assert owner.get(f"/my/records/{record}").status_code == 200


def test_the_penalty_of_a_person_is_on_no_page_of_its_enterprise(
    app: Flask, entered: Callable[..., Browser], sqlite_database: Database
) -> None:
    enterprise = an_enterprise(sqlite_database)
    a_penalty(sqlite_database, enterprise.uscc or "")
    file = a_person_file([a_person_row("京海应急罚〔2026〕77号", cause="未履行人员职责")])
    batch = an_import(sqlite_database, "penalties", file).batch

    def keep(session: Session) -> None:
        (row,) = batches.rows(session, an_operator(), batch, "held").items
        decision = resolutions.Decision(enterprise_id=enterprise.enterprise_id, role="principal")
        resolutions.resolve(session, an_operator(), row.id, decision, reason="核对", now=NOW)

    sqlite_database.run(keep)
    browser, seen = entered(enterprise.uscc), 0
    plain = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("portal.") and not rule.arguments and "GET" in (rule.methods or set())
    ]
    for path in [*plain, *_paths(app, number=1, method="GET")]:
        answer = browser.get(path)
        seen += answer.status_code == 200
        for word in ("赵示例", "赵**", "002X", "〔2026〕77号", "未履行人员职责"):
            assert word not in answer.text, (path, word)
    assert seen > 5


def test_an_enterprise_opens_no_page_of_the_console_and_an_officer_none_of_the_enterprise(
    app: Flask, sqlite_database: Database, entered: Callable[..., Browser], signed_in: Callable[..., Browser]
) -> None:
    uscc = an_enterprise(sqlite_database).uscc or ""
    person, officer = entered(uscc), signed_in(Role.OFFICER)
    closed = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("console.") and not rule.arguments and "GET" in (rule.methods or set())
    ]

    assert len(closed) > 10
    assert {person.get(path).status_code for path in [*closed, f"/console/enterprises/{uscc}"]} == {403}
    assert officer.get("/my/").status_code == 403
    assert person.get("/sign-in").location == "/my/"
    assert officer.get("/my/sign-in").location == "/console/"


def test_an_expired_session_sees_nothing(
    sqlite_database: Database, entered: Callable[..., Browser], clock: time_machine.Traveller
) -> None:
    made = an_enterprise(sqlite_database)
    record = a_penalty(sqlite_database, made.uscc or "").record
    person = entered(made.uscc or "")
    token = person.token("/my/password")
    clock.shift(timedelta(minutes=31))

    for path in ("/my/", "/my/records", f"/my/records/{record.record_id}", "/my/filings"):
        answer = person.get(path)
        assert (answer.status_code, made.name in answer.text) == (302, False), path
    posted = person.client.post(
        f"/my/records/{record.record_id}/objection", data={"csrf_token": token, "content": "有误"}
    )
    assert posted.status_code == 401


def test_a_closed_account_is_out_at_once(
    sqlite_database: Database, team: Team, entered: Callable[..., Browser], now: datetime
) -> None:
    uscc = an_enterprise(sqlite_database).uscc or ""
    person = entered(uscc)
    assert person.get("/my/").status_code == 200
    sqlite_database.run(
        lambda session: representatives.switch(
            session, team.officer, uscc, person.login, is_open=False, reason="离职", now=now
        )
    )

    assert person.get("/my/").status_code == 302
    again = person.post("/my/sign-in", {"login": person.login, "password": PASSWORD}, on="/my/sign-in")
    assert again.status_code == 401


def test_a_reset_password_is_changed_before_anything_else(
    app: Flask, sqlite_database: Database, entered: Callable[..., Browser], now: datetime
) -> None:
    person = entered(an_enterprise(sqlite_database).uscc or "")
    _, first = sqlite_database.run(
        lambda session: accounts.reset(session, an_operator(), person.login, now=now)
    )
    browser = Browser(app.test_client())
    browser.post("/my/sign-in", {"login": person.login, "password": first}, on="/my/sign-in")

    assert browser.get("/my/").location == "/my/password"
    changed = browser.post("/my/password", {"old": first, "new": OWN, "again": OWN}, on="/my/password")
    assert changed.location == "/my/"
    assert browser.get("/my/").status_code == 200


def test_a_refusal_keeps_what_was_typed_and_says_what_to_do(
    sqlite_database: Database, entered: Callable[..., Browser]
) -> None:
    made = an_enterprise(sqlite_database)
    record = a_penalty(sqlite_database, made.uscc or "", dated_on="2026-11-10").record.record_id
    person = entered(made.uscc or "")
    page = f"/my/records/{record}"
    given = {"paper.repair_application": "请求修复", "paper.duties_proof": "已缴", "paper.commitment": "承诺"}

    answer = person.post(f"{page}/repair", given, on=page)

    assert answer.status_code == 409
    assert "最早可申请日期为" in answer.text and "没有提交" in answer.text


def test_an_application_for_repair_is_taken_back_on_its_record(
    sqlite_database: Database, entered: Callable[..., Browser], signed_in: Callable[..., Browser], team: Team
) -> None:
    made = an_enterprise(sqlite_database)
    record = a_penalty(sqlite_database, made.uscc or "", dated_on="2025-05-20").record.record_id
    person, page = entered(made.uscc or ""), f"/my/records/{record}"
    given = {"paper.repair_application": "请求修复", "paper.duties_proof": "已缴", "paper.commitment": "承诺"}
    person.post(f"{page}/repair", given, on=page)
    way = re.search(rf'action="({page}/repairs/\d+/withdraw)"', person.get(page).text)
    assert way is not None

    refused = person.post(way.group(1), {"reason": ""}, on=page)
    taken = person.post(way.group(1), {"reason": "材料有误"}, on=page)

    assert refused.status_code == 422
    assert taken.status_code == 303
    after = person.get(page).text
    assert "已撤回" in after and "撤回申请" not in after and "申请信用修复" in after
    assert "撤回处罚信息修复申请" in signed_in(Role.OFFICER, office=team.office).get("/console/").text


def test_what_was_filed_carries_no_markup_into_anybodys_page(
    sqlite_database: Database, entered: Callable[..., Browser], signed_in: Callable[..., Browser], team: Team
) -> None:
    case = a_case(sqlite_database, "NOTIFIED", team=team)
    person, page = entered(case.uscc or ""), f"/my/cases/{case.case_id}"
    hostile = "<script>alert(1)</script>"

    filed = person.post(
        f"{page}/hear_statement", {"version": str(case.version), "paper.statement_record": hostile}, on=page
    )

    assert filed.status_code == 303
    for browser, path in (
        (person, page),
        (person, filed.location),
        (signed_in(Role.OFFICER), f"/console/cases/{case.case_id}"),
    ):
        shown = browser.get(path)
        assert shown.status_code == 200 and hostile not in shown.text, path


def test_forms_are_not_taken_without_their_token(
    sqlite_database: Database, entered: Callable[..., Browser]
) -> None:
    person = entered(an_enterprise(sqlite_database).uscc or "")

    for path in ("/my/sign-out", "/my/password", "/my/records/1/objection", "/my/cases/1/hear_statement"):
        assert person.client.post(path, data={}).status_code == 400, path
