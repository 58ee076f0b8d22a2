"""Files at the console: taken in, tried, their problems, the rows that wait."""

import io
from collections.abc import Callable

import openpyxl
import pytest

from credit_registry.domain.permissions import Role
from credit_registry.services.enterprise_views import EnterpriseView
from credit_registry.storage.database import Database
from tests.factories import a_file, a_penalty_row, an_enterprise
from tests.web.conftest import Browser

FORM = "/console/imports/new"


@pytest.fixture
def enterprise(sqlite_database: Database) -> EnterpriseView:
    return an_enterprise(sqlite_database, "示例青松机械有限公司")


@pytest.fixture
def clerk(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in(Role.CLERK)


def _send(clerk: Browser, data: bytes, name: str = "处罚.csv", **fields: str):
    given = {"kind": "penalties", "act": "take", "file": (io.BytesIO(data), name), **fields}
    return clerk.post(FORM, given, on=FORM, content_type="multipart/form-data")


def test_a_file_is_taken_in_and_its_problems_have_places(clerk: Browser, enterprise: EnterpriseView) -> None:
    rows = [
        a_penalty_row(enterprise, "京海应急罚〔2026〕1号"),
        a_penalty_row(enterprise, "京海应急罚〔2026〕2号", uscc=""),
        a_penalty_row(enterprise, "京海应急罚〔2026〕3号", dated_on="2026-02-30"),
    ]

    taken = _send(clerk, a_file("penalties", rows))
    assert taken.status_code == 303
    page = clerk.get(taken.location).text

    assert "共 3 行：登记 1 行" in page
    assert "第 3 行" in page
    assert "R-USCC-MISSING" in page
    assert "R-DATE-FORMAT" in page
    assert enterprise.uscc in page  # proposed for the row without a code


def test_what_needs_somebody_is_listed_and_what_is_only_noted_is_one_line(
    clerk: Browser, enterprise: EnterpriseView
) -> None:
    rows = [a_penalty_row(enterprise, f"京海应急罚[2026]{n}号", cause=f"类型{n}") for n in range(3)]
    rows.append(a_penalty_row(enterprise, "京海应急罚〔2026〕9号", uscc=""))
    taken = _send(clerk, a_file("penalties", rows)).location

    page, noted = clerk.get(taken).text, clerk.get(f"{taken}?show=noted").text

    listed = page.partition('id="problems-title"')[2].partition("</section>")[0]
    assert "需处理 1" in listed
    assert "仅提示 3" in listed
    table, _, folded = listed.partition("<details")
    assert "R-USCC-MISSING" in table and "N-DOCUMENT" not in table
    assert folded.count("N-DOCUMENT") == 1 and ">3</td>" in folded
    assert noted.partition('id="problems-title"')[2].partition("</section>")[0].count("N-DOCUMENT") == 3
    trial = _send(clerk, a_file("penalties", rows[:3]), name="另.csv", act="try").text
    assert clerk.get(f"{taken}?show=everything").status_code == 422
    assert "没有需要处理的问题" in trial and trial.count("X-DUPLICATE") == 1


def test_the_problems_come_as_a_workbook(clerk: Browser, enterprise: EnterpriseView) -> None:
    rows = [a_penalty_row(enterprise, "京海应急罚〔2026〕2号", uscc="")]
    taken = _send(clerk, a_file("penalties", rows))

    answer = clerk.get(f"{taken.location}/problems.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]

    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "怎么改" in cells
    assert "R-USCC-MISSING" in cells


def test_the_rows_that_did_not_come_in_are_downloaded_corrected_and_sent_back(
    clerk: Browser, enterprise: EnterpriseView
) -> None:
    sent = [
        a_penalty_row(enterprise, "京海应急罚〔2026〕1号"),
        a_penalty_row(enterprise, "京海应急罚〔2026〕2号", uscc=""),
        a_penalty_row(enterprise, "京海应急罚〔2026〕3号", uscc="", dated_on="09/10/2020"),
    ]
    taken = _send(clerk, a_file("penalties", sent))
    saved = clerk.get(f"{taken.location}/rows.xlsx").data
    as_it_is = clerk.get(_send(clerk, saved, name="问题行.xlsx").location).text
    book = openpyxl.load_workbook(io.BytesIO(saved))
    sheet = book.worksheets[0]
    place = {cell.value: cell.column for cell in sheet[1]}
    for row in (2, 3):
        sheet.cell(row, place["行政相对人代码_1(统一社会信用代码)"]).value = enterprise.uscc
        sheet.cell(row, place["处罚决定日期"]).value = "2026-03-18"
    target = io.BytesIO()
    book.save(target)
    corrected = clerk.get(_send(clerk, target.getvalue(), name="改正.xlsx").location).text

    assert "下载问题行" in clerk.get(taken.location).text
    assert sheet.max_row == 3
    # The row that waits already does not wait twice.
    assert "共 2 行：登记 0 行，重复 1 行，未接收 1 行" in as_it_is
    assert "共 2 行：登记 2 行" in corrected


def test_a_trial_stores_nothing(clerk: Browser, enterprise: EnterpriseView) -> None:
    tried = _send(clerk, a_file("penalties", [a_penalty_row(enterprise, "京海应急罚〔2026〕1号")]), act="try")

    assert tried.status_code == 200
    assert "没有登记任何内容" in tried.text
    assert "还没有导入过文件" in clerk.get("/console/imports").text


def test_the_same_file_twice_says_so(clerk: Browser, enterprise: EnterpriseView) -> None:
    data = a_file("penalties", [a_penalty_row(enterprise, "京海应急罚〔2026〕1号")])
    first, second = _send(clerk, data), _send(clerk, data)

    assert first.location == second.location
    assert "以前已经导入过" in clerk.get(second.location).text


@pytest.mark.parametrize(
    ("data", "name"), [(b"PK\x03\x04 broken", "x.xlsx"), (b"<html><table></table>", "x.xls"), (b"", "x.csv")]
)
def test_a_hostile_file_is_refused_on_the_form(clerk: Browser, data: bytes, name: str) -> None:
    refused = _send(clerk, data, name)

    assert refused.status_code == 422
    assert "没有导入" in refused.text


def test_no_file_and_no_kind_are_told(clerk: Browser) -> None:
    assert "请选择“信息类别”" in clerk.post(FORM, {"act": "take"}, on=FORM).text
    assert "请选择“文件”" in clerk.post(FORM, {"act": "take", "kind": "penalties"}, on=FORM).text


def test_a_held_row_goes_on_with_the_enterprise_a_person_chose(
    clerk: Browser, enterprise: EnterpriseView
) -> None:
    batch = _send(
        clerk, a_file("penalties", [a_penalty_row(enterprise, "京海应急罚〔2026〕2号", uscc="")])
    ).location
    page = clerk.get(batch).text
    address = page.partition('action="/console/imports/rows/')[2].partition('"')[0]

    settled = clerk.post(
        f"/console/imports/rows/{address}", {"uscc": enterprise.uscc, "reason": "已与报送单位核实"}, on=batch
    )

    assert settled.status_code == 303
    assert "已处理" in clerk.get(batch).text
    assert "京海应急罚〔2026〕2号" in clerk.get(f"/console/enterprises/{enterprise.uscc}").text


def test_a_held_row_is_dropped_with_a_reason(clerk: Browser, enterprise: EnterpriseView) -> None:
    batch = _send(
        clerk, a_file("penalties", [a_penalty_row(enterprise, "京海应急罚〔2026〕2号", uscc="")])
    ).location
    number = clerk.get(batch).text.partition("/console/imports/rows/")[2].partition("/")[0]

    assert clerk.post(f"/console/imports/rows/{number}/drop", {"reason": "误报"}, on=batch).status_code == 303
    assert "误报" in clerk.get(batch).text


def test_a_batch_is_withdrawn_by_two(
    clerk: Browser, signed_in: Callable[..., Browser], enterprise: EnterpriseView
) -> None:
    batch = _send(clerk, a_file("penalties", [a_penalty_row(enterprise, "京海应急罚〔2026〕1号")])).location
    clerk.post(f"{batch}/withdrawal/ask", {"reason": "文件报错"}, on=batch)

    alone = clerk.post(f"{batch}/withdrawal/confirm", on=batch)
    assert alone.status_code == 403
    assert signed_in(Role.CLERK).post(f"{batch}/withdrawal/confirm", on=batch).status_code == 303

    assert "已撤回" in clerk.get(f"/console/enterprises/{enterprise.uscc}").text


@pytest.mark.parametrize(
    "kind", ["penalties", "inspections", "accidents", "hazards", "honours", "enterprises"]
)
def test_each_template_is_a_workbook(clerk: Browser, kind: str) -> None:
    answer = clerk.get(f"/console/imports/templates/{kind}.xlsx")

    assert len(openpyxl.load_workbook(io.BytesIO(answer.data)).sheetnames) >= 2


def test_who_may_not_import_sees_no_form(signed_in: Callable[..., Browser]) -> None:
    officer = signed_in(Role.OFFICER)

    assert officer.get(FORM).status_code == 403
    assert "导入文件</a>" not in officer.get("/console/imports").text
