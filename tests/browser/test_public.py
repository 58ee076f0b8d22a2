"""The public site as a citizen uses it: by mouse, by keyboard, on a telephone, on paper."""

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
import time_machine
from playwright.sync_api import Page, expect

from credit_registry.app import create_app
from credit_registry.settings import Settings
from credit_registry.storage.database import Database
from tests.browser.conftest import serving, violations
from tests.conftest import VAULT

pytestmark = pytest.mark.browser

LISTED = "北京示例新桥化工有限公司"
PAGES = ("/", "/lists/black", "/lists/red", "/search?text=示例", "/rules", "/downloads", "/help")


@pytest.fixture
def site(demonstration_file: Path, tmp_path: Path, clock: time_machine.Traveller) -> Iterator[str]:
    """The public site over the demonstration, on 2026-11-24."""
    file = tmp_path / "registry.sqlite3"
    shutil.copy(demonstration_file, file)
    database = Database(f"sqlite:///{file}", VAULT)
    settings = Settings(
        database_url="", var=tmp_path, secret_key="s" * 64, identity_key=bytes(32), is_demonstration=True
    )
    with serving(create_app(settings, database)) as url:
        yield url
    database.dispose()


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    return visit()


def test_a_citizen_finds_an_enterprise_reads_why_and_how_it_may_leave(site: str, page: Page) -> None:
    page.goto(site)
    page.get_by_label("按企业名称或统一社会信用代码查询").fill("新桥")
    page.get_by_role("button", name="查询名单").click()
    page.get_by_role("link", name=LISTED).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(LISTED)
    facts = page.locator("dl.facts")
    expect(facts).to_contain_text("第六条第一项")
    expect(facts).to_contain_text("北京市海淀区应急管理局")
    expect(page.get_by_role("region", name="依法采取的管理措施")).to_contain_text("加大执法检查频次")
    expect(page.get_by_role("region", name="异议、救济与信用修复")).to_contain_text("列入满 12 个月")
    page.get_by_role("link", name="查看办事指南").click()
    expect(page.get_by_role("heading", name="怎样申请信用修复（提前移出）")).to_be_visible()


def test_everything_works_by_keyboard_alone(site: str, page: Page) -> None:
    page.goto(site)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到主要内容")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("按企业名称或统一社会信用代码查询")).to_be_focused()
    page.keyboard.type("91110108XX0000668D")
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name=LISTED)
    for _ in range(15):
        page.keyboard.press("Tab")
        if link.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text(LISTED)


def test_a_list_is_narrowed_and_shown_whole_again(site: str, page: Page) -> None:
    page.goto(f"{site}/lists/black")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(7)
    page.get_by_label("在本名单中查找").fill("新桥")
    page.get_by_role("button", name="查找").click()
    expect(rows).to_have_count(1)
    page.get_by_role("link", name="显示全部").click()
    expect(rows).to_have_count(7)
    page.get_by_label("在本名单中查找").fill("查无此家")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_text("未在列不等于没有其他信用记录")).to_be_visible()


def test_a_downloaded_workbook_opens_and_holds_the_list(site: str, page: Page) -> None:
    page.goto(f"{site}/downloads")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="black.xlsx").click()

    assert waiting.value.suggested_filename.startswith("black-20261124-v")
    book = openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert book["名单"].max_row == 8


@pytest.mark.parametrize("path", PAGES)
def test_every_page_passes_the_accessibility_checks(site: str, page: Page, path: str) -> None:
    page.goto(site + path)

    assert violations(page) == []


def test_an_entry_passes_the_accessibility_checks(site: str, page: Page) -> None:
    page.goto(f"{site}/lists/black/91110108XX0000668D")

    assert violations(page) == []


@pytest.mark.parametrize("path", [*PAGES, "/lists/black/91110108XX0000668D"])
def test_nothing_is_cut_off_on_a_telephone(site: str, visit: Callable[..., Page], path: str) -> None:
    page = visit(viewport={"width": 360, "height": 740}, is_mobile=True)
    page.goto(site + path)

    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_on_paper_there_is_the_entry_and_no_navigation(site: str, page: Page) -> None:
    page.goto(f"{site}/lists/black/91110108XX0000668D")
    page.emulate_media(media="print")

    expect(page.locator(".masthead")).to_be_hidden()
    expect(page.locator("dl.facts")).to_be_visible()
    assert page.pdf().startswith(b"%PDF")


def test_pages_are_whole_without_scripts(site: str, visit: Callable[..., Page]) -> None:
    page = visit(java_script_enabled=False)
    page.goto(f"{site}/search?text=新桥")
    page.get_by_role("link", name=LISTED).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(LISTED)
