"""The page that shows what another rule set would move."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from credit_registry.domain.permissions import Role
from credit_registry.storage.database import Database
from credit_registry.web.console import impacts
from tests.factories import a_draft, a_penalty, a_record, an_enterprise
from tests.web.conftest import Browser
from tests.web.console.test_hostile_requests import HOSTILE

LONG_AGO = date(2010, 1, 1)
PAGE = "/console/impact?to=draft:harsher"
Opened = Callable[..., Browser]


@pytest.fixture
def harsher(tmp_path: Path) -> Path:
    """A draft in the folder where the application looks for drafts."""
    return a_draft(tmp_path / "rulesets" / "harsher")


def a_fined(database: Database, name: str, **values: object) -> str:
    code = an_enterprise(database, name, registered_on=LONG_AGO, **values).uscc or ""
    a_record(database, "inspection", code)
    a_penalty(database, code, dated_on="2026-10-20")
    return code


def test_before_a_choice_the_page_says_what_to_do(signed_in: Opened) -> None:
    page = signed_in(Role.OFFICER).get("/console/impact").text

    assert "还没有选择调整后的规则" in page
    assert "还没有草案" in page
    assert "示例 山东省危险化学品企业" in page
    assert "us-hours-of-service" not in page


def test_the_moves_are_shown_with_reasons_charts_and_the_way_to_the_rule(
    signed_in: Opened, sqlite_database: Database, harsher: Path
) -> None:
    code = a_fined(
        sqlite_database, "示例青松机械有限公司", industry_code="C3311", subdistrict_code="110108002"
    )

    page = signed_in(Role.OFFICER).get(PAGE).text

    assert f"/console/enterprises/{code}" in page
    assert "一般失信行政处罚：-6 → -10 分" in page
    assert 'href="/rules/haidian-default-1#rule-P2"' in page
    assert page.count("data-bars=") == 3
    assert "C 制造业" in page
    assert "只作比较" in page


def test_nobody_moves_is_an_answer(signed_in: Opened, sqlite_database: Database) -> None:
    a_fined(sqlite_database, "示例青松机械有限公司")
    officer = signed_in(Role.OFFICER)

    assert "没有企业会变" in officer.get("/console/impact?to=haidian-default-1").text


def test_an_empty_register_says_so(signed_in: Opened, harsher: Path) -> None:
    assert "名册中还没有企业" in signed_in(Role.OFFICER).get(PAGE).text


def test_a_draft_that_does_not_load_shows_file_line_and_remedy(signed_in: Opened, tmp_path: Path) -> None:
    a_draft(tmp_path / "rulesets" / "broken", new="poins: 10\n")
    officer = signed_in(Role.OFFICER)

    overview = officer.get("/console/impact")
    asked = officer.get("/console/impact?to=draft:broken")

    assert (overview.status_code, asked.status_code) == (200, 422)
    assert re.search(r"items\.yaml 第 \d+ 行</span>：[^<]*poins[^<]*是否应为 points？", overview.text)
    assert 'value="draft:broken"' not in overview.text
    assert "不能测算" in asked.text


def test_a_draft_that_breaks_its_own_examples_can_be_compared_and_says_so(
    signed_in: Opened, harsher: Path
) -> None:
    page = signed_in(Role.OFFICER).get("/console/impact").text

    assert "与自带算例不符" in page
    assert "to=draft:harsher" in page


def test_an_unknown_rule_set_or_a_future_day_is_refused(signed_in: Opened, harsher: Path) -> None:
    officer = signed_in(Role.OFFICER)

    assert officer.get("/console/impact?to=draft:../harsher").status_code == 404
    assert "不能按将来的日期测算" in officer.get(f"{PAGE}&on=2027-01-01").text
    assert officer.get(f"{PAGE}&aspect=everything").status_code == 422


def test_no_filter_of_a_comparison_breaks_it(signed_in: Opened, sqlite_database: Database) -> None:
    a_fined(sqlite_database, "示例青松机械有限公司")
    officer = signed_in(Role.OFFICER)
    asked = {"to": "shandong-four-classes"}

    answers = {
        (name, value[:20]): officer.get("/console/impact", query_string={**asked, name: value}).status_code
        for name in ("change", "after", "aspect", "industry", "subdistrict", "on")
        for value in HOSTILE
    }

    assert [key for key, status in answers.items() if status >= 500] == []
    assert {200, 422} <= set(answers.values())


def test_moves_are_filtered_and_paged(
    signed_in: Opened, sqlite_database: Database, harsher: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(impacts, "_SHOWN", 2)
    for number in range(3):
        a_fined(sqlite_database, f"示例{number}号有限公司", subdistrict_code=f"11010800{number + 1}")
    officer = signed_in(Role.OFFICER)

    first = officer.get(PAGE).text
    following = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = officer.get(following.partition("#")[0]).text

    names = [
        [name for name in ("0号", "1号", "2号") if f"示例{name}有限公司" in page] for page in (first, second)
    ]
    assert names == [["0号", "1号"], ["2号"]]
    assert "回到第一页" in second
    alone = officer.get(f"{PAGE}&subdistrict=110108002").text
    assert "示例1号有限公司" in alone
    assert "示例0号有限公司" not in alone
    assert "没有符合条件的企业" in officer.get(f"{PAGE}&change=A:D").text


def test_the_selected_moves_are_downloaded(
    signed_in: Opened, sqlite_database: Database, harsher: Path
) -> None:
    a_fined(sqlite_database, "示例甲有限公司", subdistrict_code="110108002")
    a_fined(sqlite_database, "=示例乙有限公司", subdistrict_code="110108003")
    officer = signed_in(Role.OFFICER)
    query = "?to=draft:harsher&subdistrict=110108003"

    answer = officer.get(f"/console/impact.csv{query}")
    book = openpyxl.load_workbook(io.BytesIO(officer.get(f"/console/impact.xlsx{query}").data))

    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert (row["单位名称"], row["调整前得分"], row["调整后得分"]) == ("'=示例乙有限公司", "95.0", "91.0")
    assert row["原因"] == "安全生产 P2 一般失信行政处罚：-6 → -10 分"
    assert "名单版本" not in row
    assert [each[0].value for each in book["明细"].iter_rows(min_row=2)] == ["=示例乙有限公司"]
    assert "没有改动任何记录" in str([each[1].value for each in book["说明"].iter_rows()])


def test_an_entered_fact_is_in_the_next_answer(
    signed_in: Opened, sqlite_database: Database, harsher: Path
) -> None:
    a_fined(sqlite_database, "示例甲有限公司")
    officer = signed_in(Role.OFFICER)
    assert "示例乙有限公司" not in officer.get(PAGE).text

    a_fined(sqlite_database, "示例乙有限公司")

    assert "示例乙有限公司" in officer.get(PAGE).text


def test_an_officer_of_a_sub_district_gets_its_enterprises_alone(
    signed_in: Opened, sqlite_database: Database, harsher: Path
) -> None:
    a_fined(sqlite_database, "示例甲有限公司", subdistrict_code="110108002")
    a_fined(sqlite_database, "示例乙有限公司", subdistrict_code="110108003")
    officer = signed_in(Role.CLERK, subdistricts=["110108003"])

    page = officer.get(PAGE).text
    file = officer.get("/console/impact.csv?to=draft:harsher").data.decode("utf-8")

    assert ("示例甲有限公司" in page, "示例乙有限公司" in page) == (False, True)
    assert ("示例甲有限公司" in file, "示例乙有限公司" in file) == (False, True)


def test_the_administrator_has_no_business_there(signed_in: Opened, harsher: Path) -> None:
    administrator = signed_in(Role.ADMINISTRATOR)

    assert administrator.get(PAGE).status_code == 403
    assert administrator.get("/console/impact.csv?to=draft:harsher").status_code == 403
    assert "规则调整的影响" not in administrator.get("/console/accounts").text
