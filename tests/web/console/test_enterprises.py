"""Enterprises at the console."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from credit_registry.domain.permissions import Role
from credit_registry.services import assessments
from credit_registry.storage.database import Database
from tests.factories import (
    a_case,
    a_file,
    a_penalty,
    a_record,
    an_enterprise,
    an_import,
    an_office,
    an_operator,
)
from tests.web.conftest import Browser


def test_two_characters_find_an_enterprise(
    signed_in: Callable[..., Browser], sqlite_database: Database
) -> None:
    made = an_enterprise(sqlite_database, "示例青松机械有限公司")
    officer = signed_in(Role.OFFICER)

    page = officer.get("/console/enterprises?text=青松").text

    assert f"/console/enterprises/{made.uscc}" in page
    assert "没有找到" in officer.get("/console/enterprises?text=不存在的").text
    assert "至少输入两个字" in officer.get("/console/enterprises?text=青").text


def test_htmx_gets_the_rows_alone(signed_in: Callable[..., Browser], sqlite_database: Database) -> None:
    an_enterprise(sqlite_database, "示例青松机械有限公司")

    part = signed_in(Role.OFFICER).get("/console/enterprises?text=青松", headers={"HX-Request": "true"}).text

    assert "示例青松机械有限公司" in part
    assert "<html" not in part


def test_enterprises_are_paged(signed_in: Callable[..., Browser], sqlite_database: Database) -> None:
    for number in range(51):
        an_enterprise(sqlite_database, f"示例第{number:03}号青松有限公司")
    officer = signed_in(Role.OFFICER)

    first = officer.get("/console/enterprises").text
    following = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")

    assert first.count("/console/enterprises/9") == 50
    assert officer.get(following).text.count("/console/enterprises/9") == 1


def test_the_page_explains_the_grade_line_by_line(
    signed_in: Callable[..., Browser], sqlite_database: Database, now: datetime, on: date
) -> None:
    made = an_enterprise(sqlite_database, "示例青松机械有限公司", registered_on=date(2010, 1, 1))
    penalty = a_penalty(sqlite_database, made.uscc or "")
    a_record(sqlite_database, "inspection", made.uscc or "")
    sqlite_database.run(lambda session: assessments.assess(session, an_operator(), on=on, now=now))
    officer = signed_in(Role.OFFICER)

    page = officer.get(f"/console/enterprises/{made.uscc}").text

    assert "评分依据" in page
    assert f"/console/records/{penalty.record.record_id}" in page
    for code in ("P2", "K1", "B6"):
        assert f'href="/rules/haidian-default-1#rule-{code}"' in page
    assert "#rule-base" not in page


def test_an_enterprise_without_records_is_told_kindly(
    signed_in: Callable[..., Browser], sqlite_database: Database
) -> None:
    made = an_enterprise(sqlite_database)

    page = signed_in(Role.OFFICER).get(f"/console/enterprises/{made.uscc}").text

    assert "未评定" in page
    assert "这不是负面评价" in page
    assert "没有记录不等于没有问题" in page


def test_a_listed_enterprise_shows_list_and_case(
    signed_in: Callable[..., Browser], sqlite_database: Database
) -> None:
    begun = datetime.fromisoformat("2026-10-12T02:00:00+00:00")
    case = a_case(sqlite_database, begun=begun)
    officer = signed_in(Role.OFFICER, office=an_office(sqlite_database))

    page = officer.get(f"/console/enterprises/{case.uscc}").text

    assert "在列：严重失信主体名单" in page
    assert f"/console/cases/{case.case_id}" in page


def test_other_departments_lists_stand_apart_with_their_source(
    signed_in: Callable[..., Browser], sqlite_database: Database
) -> None:
    made = an_enterprise(sqlite_database)
    row = {
        "list_name": "拖欠工资名单", "list_colour": "失信", "name": made.name, "uscc": made.uscc or "", "listed_on": "2026-03-18",
        "authority_name": "北京市海淀区人力资源和社会保障局", "source_name": "信用中国", "removed_on": "2026-11-20",
    }  # fmt: skip
    officer = signed_in(Role.OFFICER)
    before = officer.get(f"/console/enterprises/{made.uscc}").text
    an_import(sqlite_database, "other_lists", a_file("other_lists", [row]))

    page = officer.get(f"/console/enterprises/{made.uscc}").text

    assert "其他部门的名单" not in before
    section = page.partition('id="other-lists-title"')[2].partition("</section>")[0]
    for told in ("拖欠工资名单", "失信", "不在列", "2026-11-20", "信用中国", "仅供查阅"):
        assert told in section
    assert "在列：" not in page


def test_a_subdistrict_officer_does_not_see_the_neighbours(
    signed_in: Callable[..., Browser], sqlite_database: Database
) -> None:
    near = an_enterprise(sqlite_database, subdistrict_code="110108007")
    far = an_enterprise(sqlite_database, subdistrict_code="110108010")
    clerk = signed_in(Role.CLERK, subdistricts=["110108007"])

    assert clerk.get(f"/console/enterprises/{near.uscc}").status_code == 200
    assert clerk.get(f"/console/enterprises/{far.uscc}").status_code == 403
    assert far.name not in clerk.get("/console/enterprises").text


def test_history_is_for_the_auditor_and_is_logged(
    signed_in: Callable[..., Browser], sqlite_database: Database, now: datetime
) -> None:
    made = an_enterprise(
        sqlite_database,
        registered_on=date(2010, 1, 1),
        now=datetime.fromisoformat("2026-01-05T02:00:00+00:00"),
    )
    auditor, officer = signed_in(Role.AUDITOR), signed_in(Role.OFFICER)
    path = f"/console/enterprises/{made.uscc}?on=2026-06-30&known_on=2026-07-15"

    assert "历史回看" in auditor.get(path).text
    assert "assessment:replay" in auditor.get("/console/audit").text
    assert "历史回看" not in officer.get(path).text


@pytest.mark.parametrize("query", ["grade=Z", "grade=<script>"])
def test_a_filter_that_does_not_exist_is_refused(signed_in: Callable[..., Browser], query: str) -> None:
    assert signed_in(Role.OFFICER).get(f"/console/enterprises?{query}").status_code == 422


def test_the_page_tells_how_the_grade_can_be_bettered(
    signed_in: Callable[..., Browser], sqlite_database: Database, now: datetime, on: date
) -> None:
    made = an_enterprise(sqlite_database, "示例青松机械有限公司", registered_on=date(2010, 1, 1))
    uscc = made.uscc or ""
    a_penalty(sqlite_database, uscc, dated_on="2026-09-20", document_no="京海应急罚〔2026〕88号")
    a_record(sqlite_database, "inspection", uscc, dated_on="2026-10-01")
    auditor = signed_in(Role.AUDITOR)

    page = auditor.get(f"/console/enterprises/{uscc}").text
    panel = page.partition('id="prospects-title"')[2].partition("</section>")[0]

    assert "申请行政处罚信用修复：" in panel
    assert "京海应急罚〔2026〕88号" in panel
    assert "办理以下 1 项，2026-12-20 起可达到" in panel
    assert "如无新信息，2027-09-21 起等级提高" in panel
    past = auditor.get(f"/console/enterprises/{uscc}?on=2026-10-01").text
    assert "prospects-title" not in past
    assert "评分依据" in past


def test_the_best_grade_has_nothing_above_it(
    signed_in: Callable[..., Browser], sqlite_database: Database
) -> None:
    made = an_enterprise(sqlite_database, registered_on=date(2010, 1, 1))
    a_record(sqlite_database, "inspection", made.uscc or "", dated_on="2026-10-01")

    assert "已是最好的等级" in signed_in(Role.OFFICER).get(f"/console/enterprises/{made.uscc}").text
