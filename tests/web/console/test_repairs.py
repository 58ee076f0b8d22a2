"""Applications to repair a penalty at the officers' desk, and codes on an enterprise's page."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from credit_registry.domain.permissions import Role
from credit_registry.services import filings
from credit_registry.storage.database import Database
from tests.factories import a_case, a_penalty, a_representative, a_team, an_enterprise, an_office
from tests.web.conftest import Browser

REPAIR = {"repair_application": "申请修复", "duties_proof": "罚款已缴", "commitment": "承诺守法"}


def test_what_an_enterprise_applied_for_is_found_accepted_and_decided_by_two(
    signed_in: Callable[..., Browser], sqlite_database: Database, now: datetime, tmp_path: Path
) -> None:
    office = an_office(sqlite_database, authority_code="11110108000000000F", is_keeper=True)
    team, made = a_team(sqlite_database, office=office), an_enterprise(sqlite_database)
    record = a_penalty(sqlite_database, made.uscc or "", dated_on="2025-05-20").record.record_id
    person = a_representative(sqlite_database, team.officer, made.uscc or "")
    sqlite_database.run(
        lambda session: filings.apply_repair(
            session, person.actor, record, contents=REPAIR, folder=tmp_path, now=now
        )
    )
    officer, decider = signed_in(Role.OFFICER), signed_in(Role.DECIDER)

    desk = officer.get("/console/")
    assert "企业网上提交" in desk.text and "/console/repairs/1" in desk.text
    assert "申请 1" in officer.get("/console/repairs").text
    page = officer.get("/console/repairs/1")
    assert "申请修复" in page.text and "受理" in page.text
    accepted = officer.post("/console/repairs/1/accept", {"version": "1"}, on="/console/repairs/1")
    assert accepted.status_code == 303
    unreasoned = decider.post("/console/repairs/1/deny", {"version": "2"}, on="/console/repairs/1")
    assert unreasoned.status_code == 422 and "须写明理由" in unreasoned.text
    allowed = decider.post("/console/repairs/1/allow", {"version": "2"}, on="/console/repairs/1")
    assert allowed.status_code == 303
    assert "准予处罚信息修复决定书" in decider.get("/console/repairs/1").text


def test_a_code_is_shown_once_printed_with_the_notice_and_can_be_voided(
    signed_in: Callable[..., Browser], sqlite_database: Database
) -> None:
    office = an_office(sqlite_database, authority_code="11110108000000000F", is_keeper=True)
    case = a_case(sqlite_database, "NOTIFIED", team=a_team(sqlite_database, office=office))
    officer, reviewer = signed_in(Role.OFFICER), signed_in(Role.REVIEWER)
    page, enterprise = f"/console/cases/{case.case_id}", f"/console/enterprises/{case.uscc}"

    printed = officer.post(f"{page}/invitations", on=page)

    assert printed.status_code == 200
    code = printed.text.partition('id="once">')[2].partition("<")[0]
    assert len(code) == 19 and "享有陈述、申辩的权利" in printed.text
    assert code not in officer.get(page).text + officer.get(enterprise).text
    assert "未使用" in officer.get(enterprise).text
    assert "企业账号" not in reviewer.get(enterprise).text
    voided = officer.post(f"{enterprise}/invitations/1/void", {"reason": "送达地址有误"}, on=enterprise)
    assert voided.status_code == 303
    assert "已作废" in officer.get(enterprise).text and "送达地址有误" in officer.get(enterprise).text
