"""The enterprise's walk through its own door, and what the officer then sees."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from credit_registry.domain.permissions import Role
from credit_registry.storage.database import Database
from tests.browser.conftest import AUTHORITY, Desk, violations
from tests.factories import PASSWORD, a_candidate, a_team, an_office

pytestmark = pytest.mark.browser

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def test_from_the_code_on_the_notice_to_the_statement_on_the_officers_desk(
    desk: Callable[..., Desk],
    visit: Callable[..., Page],
    sqlite_database: Database,
    now: datetime,
    tmp_path: Path,
) -> None:
    team = a_team(
        sqlite_database, office=an_office(sqlite_database, authority_code=AUTHORITY, is_keeper=True)
    )
    case = a_candidate(sqlite_database, team, now=now, name="示例青松机械有限公司")
    officer = desk(Role.OFFICER)
    office = officer.open(f"/console/cases/{case.case_id}")

    # The notice is served, and printed with a code that is shown this once.
    office.locator("summary", has_text="送达列入告知书").click()
    office.get_by_label("所属行业领域").select_option("机械")
    office.get_by_label("送达日期").fill(now.date().isoformat())
    office.get_by_label("送达方式").select_option("直接送达")
    office.get_by_label("受送达人").fill("单位收发人员")
    office.get_by_role("button", name="送达列入告知书").click()
    expect(office.get_by_text("享有陈述、申辩的权利")).to_be_visible()
    code = office.locator("#once").inner_text()
    assert violations(office) == []
    officer.open(f"/console/cases/{case.case_id}")
    assert code not in office.content()

    # A person of the enterprise opens an account with it, by keyboard alone.
    page = visit()
    page.goto(f"{officer.address}/my/enrol")
    assert violations(page) == []
    page.get_by_label("统一社会信用代码").focus()
    for text in (case.uscc or "", code.lower(), "陈晓明"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_label("企业经办人").check()
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("账号已开通")
    expect(page.get_by_role("heading", name="示例青松机械有限公司")).to_be_visible()
    assert violations(page) == []

    # It reads the notice and files its statement with a proof.
    page.get_by_role("link", name="提交陈述申辩").click()
    assert violations(page) == []
    page.get_by_label("陈述申辩的事实、理由和请求").fill("已于九月完成整改，请求不予列入。")
    proof = tmp_path / "整改证明.pdf"
    proof.write_bytes(PDF)
    page.locator("#files-hear_statement").set_input_files(proof)
    page.get_by_role("button", name="提交陈述申辩").click()
    expect(page.get_by_role("heading", name="网上提交回执")).to_be_visible()
    assert violations(page) == []
    for path in ("/my/grade", "/my/cases", "/my/records", "/my/filings", "/my/password"):
        page.goto(officer.address + path)
        assert violations(page) == [], path

    # The officer finds it at the desk and in the case, under a masked name.
    officer.open("/console/")
    expect(office.get_by_role("heading", name="企业网上提交")).to_be_visible()
    office.get_by_role("link", name="陈述申辩", exact=True).click()
    expect(office.get_by_text("已陈述申辩").first).to_be_visible()
    expect(office.get_by_text("陈**（企业经办人）").first).to_be_visible()
    office.locator("summary", has_text="陈述申辩记录").click()
    expect(office.get_by_text("已于九月完成整改")).to_be_visible()
    assert "陈晓明" not in office.content()

    # Signed out, the page is gone.
    page.get_by_role("button", name="退出").click()
    page.goto(f"{officer.address}/my/cases/{case.case_id}")
    expect(page.get_by_role("heading", name="企业登录")).to_be_visible()
