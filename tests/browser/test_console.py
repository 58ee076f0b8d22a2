"""Journeys through the console, as an officer takes them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
import time_machine
from playwright.sync_api import Page, expect

from credit_registry.domain.permissions import Role
from credit_registry.jobs import worker
from credit_registry.services import assessments
from credit_registry.storage.database import Database
from tests.browser.conftest import AUTHORITY, OWN, Desk, violations
from tests.factories import (
    PASSWORD,
    Team,
    a_candidate,
    a_draft,
    a_file,
    a_penalty,
    a_penalty_row,
    a_record,
    a_team,
    an_account,
    an_enterprise,
    an_office,
    an_operator,
)

pytestmark = pytest.mark.browser

NAME = "示例青松机械有限公司"


def _graded(database: Database, now: datetime, on: date) -> str:
    made = an_enterprise(database, NAME, registered_on=date(2010, 1, 1), address="北京市海淀区示例路1号")
    a_penalty(database, made.uscc or "")
    a_record(database, "inspection", made.uscc or "")
    database.run(lambda session: assessments.assess(session, an_operator(), on=on, now=now))
    return made.uscc or ""


def _team(database: Database) -> Team:
    return a_team(database, office=an_office(database, authority_code=AUTHORITY, is_keeper=True))


def test_signing_in_changing_the_password_and_out(
    address: str, visit: Callable[..., Page], sqlite_database: Database
) -> None:
    account = an_account(sqlite_database, name="李四")
    page = visit()
    page.goto(f"{address}/console/enterprises")
    page.get_by_label("账号").fill(account.login)
    page.get_by_label("密码").fill("Falsches-Passwort-1")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("账号、密码或动态口令不正确")

    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="我的账号")).to_be_visible()
    page.get_by_label("原密码").fill(PASSWORD)
    page.get_by_label("新密码", exact=True).fill(OWN)
    page.get_by_label("再次输入新密码").fill(OWN)
    page.get_by_role("button", name="修改密码").click()
    expect(page.get_by_role("status")).to_contain_text("密码已修改")

    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="工作人员登录")).to_be_visible()
    page.goto(f"{address}/console/")
    expect(page.get_by_role("heading", name="工作人员登录")).to_be_visible()


def test_typing_two_characters_finds_the_enterprise_and_its_grade(
    desk: Callable[..., Desk], sqlite_database: Database, now: datetime, on: date
) -> None:
    uscc = _graded(sqlite_database, now, on)
    an_enterprise(sqlite_database, "示例别的有限公司")
    page = desk(Role.OFFICER).open("/console/enterprises")

    page.get_by_label("名称或代码", exact=True).press_sequentially("青松")
    expect(page.locator("#found tbody tr")).to_have_count(1)
    page.get_by_role("link", name=NAME).click()

    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    expect(page.get_by_text(uscc).first).to_be_visible()
    findings = page.get_by_role("table", name="评分依据")
    expect(findings).to_contain_text("P2")
    findings.get_by_role("link", name="P2").click()
    expect(page.locator("tr:target")).to_contain_text("扣 6 分")
    page.go_back()
    findings.get_by_role("link", name="京海应急").first.click()
    expect(page.get_by_role("heading", name="现在所知")).to_be_visible()


def test_a_draft_is_compared_drawn_filtered_and_downloaded(
    desk: Callable[..., Desk], sqlite_database: Database, now: datetime, on: date, tmp_path: Path
) -> None:
    a_draft(tmp_path / "rulesets" / "一般处罚扣十分")
    a_draft(tmp_path / "rulesets" / "写错的", new="poins: 10\n")
    made = an_enterprise(sqlite_database, NAME, registered_on=date(2010, 1, 1), industry_code="C3311")
    a_penalty(sqlite_database, made.uscc or "", dated_on="2026-10-20")
    page = desk(Role.OFFICER).open("/console/")

    page.get_by_role("link", name="规则调整的影响").click()
    expect(page.get_by_role("row", name="写错的")).to_contain_text("是否应为 points？")
    page.get_by_label("调整后").select_option(label="草案 一般处罚扣十分")
    page.get_by_role("button", name="测算").click()

    for chart in page.locator("[data-bars]").all():
        expect(chart.locator("svg")).to_be_visible()
    row = page.locator("#moves tbody tr")
    expect(row).to_contain_text("一般失信行政处罚：-6 → -10 分")
    expect(row).to_contain_text("94.0 → 90.0")
    with page.expect_download() as started:
        page.get_by_role("link", name="下载 XLSX").click()
    started.value.save_as(tmp_path / "moves.xlsx")
    assert [cell.value for cell in openpyxl.load_workbook(tmp_path / "moves.xlsx")["明细"]["A"]][1:] == [NAME]
    page.get_by_label("变动内容").select_option(label="监管频次")
    page.get_by_role("button", name="筛选").click()
    expect(page.get_by_text("没有符合条件的企业")).to_be_visible()
    assert violations(page) == []


def test_the_desk_draws_the_grades(
    desk: Callable[..., Desk], sqlite_database: Database, now: datetime, on: date
) -> None:
    _graded(sqlite_database, now, on)

    page = desk(Role.OFFICER).open("/console/")

    expect(page.locator("[data-grades] svg")).to_be_visible()
    expect(page.get_by_role("cell", name="B+")).to_be_visible()


def test_a_record_is_entered_by_hand_and_corrected(
    desk: Callable[..., Desk], sqlite_database: Database
) -> None:
    made = an_enterprise(sqlite_database, NAME)
    page = desk(Role.OFFICER).open(f"/console/enterprises/{made.uscc}")

    page.get_by_role("button", name="录入记录").click()
    page.get_by_role("link", name="行政处罚").click()
    page.get_by_label("行政处罚决定书文号").fill("京海应急罚〔2026〕18号")
    page.get_by_label("处罚决定日期").fill("2026-05-20")
    page.get_by_label("违法行为类型").fill("未按规定进行安全生产教育和培训")
    page.get_by_label("处罚内容").fill("罚款20000元")
    page.get_by_label("罚款", exact=True).check()
    page.get_by_label("罚款金额（万元）").fill("2")
    page.get_by_label("领域").select_option("安全生产")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("status")).to_contain_text("记录已登记")
    expect(page.get_by_text("20,000.00 元")).to_be_visible()

    page.get_by_role("link", name="更正").click()
    page.get_by_label("罚款金额（万元）").fill("2.5")
    page.get_by_label("处罚内容").fill("罚款25000元")
    page.get_by_label("更正理由").fill("按决定书原件更正笔误")
    page.get_by_role("button", name="保存更正").click()

    versions = page.get_by_role("table").filter(has_text="第 2 版")
    expect(versions).to_contain_text("按决定书原件更正笔误")
    expect(versions.locator("del").filter(has_text="20,000.00 元")).to_be_visible()
    expect(versions.locator("ins").filter(has_text="25,000.00 元")).to_be_visible()


def test_a_file_with_problems_is_taken_in_and_a_held_row_settled(
    desk: Callable[..., Desk], sqlite_database: Database, tmp_path: Path
) -> None:
    made = an_enterprise(sqlite_database, NAME)
    rows = [
        a_penalty_row(made, "京海应急罚〔2026〕1号"),
        a_penalty_row(made, "京海应急罚〔2026〕2号", uscc=""),
        a_penalty_row(made, "京海应急罚〔2026〕3号", dated_on="2026-02-30"),
    ]
    file = tmp_path / "海淀处罚.csv"
    file.write_bytes(a_file("penalties", rows))
    page = desk(Role.CLERK).open("/console/imports/new")

    page.get_by_label("信息类别").select_option("行政处罚")
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_role("button", name="导入", exact=True).click()

    expect(page.get_by_role("status")).to_contain_text("共 3 行：登记 1 行")
    expect(page.get_by_text("R-DATE-FORMAT").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载问题清单").click()
    saved = tmp_path / "problems.xlsx"
    download.value.save_as(saved)
    assert download.value.suggested_filename.endswith("问题清单.xlsx")
    assert openpyxl.load_workbook(saved).worksheets

    held = page.locator("details.act").filter(has_text="第 3 行")
    held.locator("summary").first.click()
    held.get_by_label("认定的企业").fill(made.uscc or "")
    held.get_by_label("理由").first.fill("已与报送单位核实")
    held.get_by_role("button", name="登记这一行").click()
    expect(page.get_by_role("status")).to_contain_text("已登记")


def test_a_file_goes_through_the_wizard_to_its_batch(
    desk: Callable[..., Desk], sqlite_database: Database, tmp_path: Path
) -> None:
    made = an_enterprise(sqlite_database, NAME)
    file = tmp_path / "海淀处罚.csv"
    file.write_bytes(
        a_file("penalties", [a_penalty_row(made, f"京海应急罚〔2026〕{n}号") for n in (1, 2, 3)])
    )
    page = desk(Role.CLERK).open("/console/imports/new")

    page.get_by_label("信息类别").select_option("行政处罚")
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_role("button", name="预览后再导入").click()
    expect(page.get_by_role("cell", name="京海应急罚〔2026〕2号")).to_be_visible()
    wrong = violations(page)
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("正在排队")).to_be_visible()
    wrong += violations(page)
    # The worker comes while the officer looks at the page, which then goes on by itself.
    worker.run_next(sqlite_database, tmp_path / "uploads")
    page.wait_for_url("**/console/imports/1")

    expect(page.get_by_role("heading", name="海淀处罚.csv")).to_be_visible()
    assert wrong == []


def test_from_candidate_to_the_public_list_by_four_people(
    desk: Callable[..., Desk],
    visit: Callable[..., Page],
    sqlite_database: Database,
    clock: time_machine.Traveller,
    now: datetime,
) -> None:
    case = a_candidate(sqlite_database, _team(sqlite_database))
    officer, reviewer = desk(Role.OFFICER), desk(Role.REVIEWER, signed_in=False)
    decider, publisher = desk(Role.DECIDER, signed_in=False), desk(Role.PUBLISHER, signed_in=False)
    path = f"/console/cases/{case.case_id}"

    served = {"送达日期": "2026-11-24", "送达方式": "直接送达", "受送达人": "收发室"}
    _act(officer, path, "送达列入告知书", {"所属行业领域": "机械", **served})
    expect(officer.page.get_by_text("已告知").first).to_be_visible()
    officer.page.goto(f"{officer.address}{path}")
    early = officer.page.locator("details.act").filter(has_text="陈述申辩期满")
    expect(early).to_contain_text("尚不能办理")
    early.locator("summary").click()
    expect(early).to_contain_text("届满前不能进行下一步")

    clock.move_to(now + timedelta(days=10))
    for person in (officer, reviewer, decider, publisher):
        person.sign_in()
    _act(officer, path, "陈述申辩期满")
    content = {"内容": "事实清楚，程序合法", "举行日期": "2026-12-04", "参加人员": "甲、乙"}
    _act(reviewer, path, "复核和法制审核", content)
    _act(decider, path, "决定列入", {"理由": "符合第七条第四项"})
    expect(decider.page.locator("summary").filter(has_text="列入决定书")).to_be_visible()
    _act(officer, path, "送达决定", {**served, "送达日期": "2026-12-04"})
    _act(publisher, path, "公示")

    expect(publisher.page.get_by_text("在列").first).to_be_visible()
    citizen = visit()
    citizen.goto(f"{officer.address}/lists/black")
    expect(citizen.get_by_text(case.name).first).to_be_visible()


def _act(desk: Desk, path: str, title: str, given: dict[str, str] | None = None) -> None:
    """Open the step and fill in every field by its label."""
    page = desk.open(path)
    step = page.locator(f"details.act:has(button:text-is('{title}'))")
    if step.get_attribute("open") is None:
        step.locator("summary").first.click()
    for label, value in (given or {}).items():
        for field in step.get_by_label(label).all():
            if field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
    step.get_by_role("button", name=title, exact=True).click()
    page.wait_for_load_state()


def test_the_keyboard_alone_suffices(desk: Callable[..., Desk], sqlite_database: Database) -> None:
    an_enterprise(sqlite_database, NAME)
    page = desk(Role.OFFICER).open("/console/")

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到主要内容")
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.reload()
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type("青松")
    page.keyboard.press("Enter")
    expect(page.locator("#found tbody tr")).to_have_count(1)
    outline = page.get_by_role("link", name=NAME).evaluate(
        "element => { element.focus({focusVisible: true}); return getComputedStyle(element).outlineStyle; }"
    )
    assert outline == "solid"


def test_the_printed_page_is_the_file_without_the_tools(
    desk: Callable[..., Desk], sqlite_database: Database, now: datetime, on: date
) -> None:
    uscc = _graded(sqlite_database, now, on)
    page = desk(Role.OFFICER).open(f"/console/enterprises/{uscc}")

    page.emulate_media(media="print")

    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    expect(page.locator(".sidebar")).to_be_hidden()
    expect(page.locator(".masthead")).to_be_hidden()
    expect(page.get_by_text("评分依据")).to_be_visible()


def test_a_narrow_screen_scrolls_one_way_only(
    desk: Callable[..., Desk], sqlite_database: Database, now: datetime, on: date
) -> None:
    uscc = _graded(sqlite_database, now, on)
    made = desk(Role.OFFICER, viewport={"width": 390, "height": 800})

    for path in ("/console/", "/console/enterprises", f"/console/enterprises/{uscc}", "/console/cases"):
        page = made.open(path)
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, path


def test_the_pages_are_accessible(
    desk: Callable[..., Desk],
    sqlite_database: Database,
    now: datetime,
    on: date,
    address: str,
    visit: Callable[..., Page],
) -> None:
    uscc = _graded(sqlite_database, now, on)
    case = a_candidate(sqlite_database, _team(sqlite_database))
    form = f"/console/enterprises/{uscc}"
    walks = {
        Role.OFFICER: (
            "/console/", "/console/enterprises", form, f"{form}/records/new/penalty", f"{form}/propose",
            "/console/records/1", "/console/records/1/correct", "/console/cases", f"/console/cases/{case.case_id}",
            "/console/imports", "/console/password", "/console/impact", "/console/impact?to=shandong-four-classes",
        ),
        Role.CLERK: ("/console/imports/new",),
        Role.AUDITOR: ("/console/audit?verify=1",),
        Role.ADMINISTRATOR: ("/console/accounts", "/console/accounts/officer-x", "/console/keys"),
    }  # fmt: skip
    an_account(sqlite_database, login="officer-x")
    found: dict[str, list[str]] = {}
    stranger = visit()
    stranger.goto(f"{address}/sign-in")
    found["/sign-in"] = violations(stranger)
    for role, paths in walks.items():
        person = desk(role)
        for path in paths:
            page = person.open(path)
            page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
            found[path] = violations(page)

    assert {path: wrong for path, wrong in found.items() if wrong} == {}
