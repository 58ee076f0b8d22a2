"""Records at the console: entered, corrected, ended, with papers beside them."""

import io
from collections.abc import Callable

import pytest

from credit_registry.domain.permissions import Role
from credit_registry.services.enterprise_views import EnterpriseView
from credit_registry.storage.database import Database
from tests.factories import a_penalty, an_enterprise, an_office
from tests.web.conftest import Browser

OWN = {
    "authority_name": "海淀区应急管理局（演示）",
    "authority_code": "11110108000000000F",
    "domain": "safety",
}
PENALTY = {
    **OWN, "document_no": "京海应急罚〔2026〕18号", "cause": "未按规定进行安全生产教育和培训", "penalty_kinds": ["fine", "warning"],
    "content": "罚款20000元", "fine_fen": "2", "dated_on": "2026-05-20",
}  # fmt: skip


@pytest.fixture
def enterprise(sqlite_database: Database) -> EnterpriseView:
    return an_enterprise(sqlite_database, "示例青松机械有限公司")


@pytest.fixture
def officer(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in(Role.OFFICER)


def _form(enterprise: EnterpriseView, kind: str = "penalty") -> str:
    return f"/console/enterprises/{enterprise.uscc}/records/new/{kind}"


def test_a_penalty_is_entered_and_shown_in_words(officer: Browser, enterprise: EnterpriseView) -> None:
    saved = officer.post(_form(enterprise), PENALTY, on=_form(enterprise))
    assert saved.status_code == 303

    page = officer.get(saved.location).text
    assert "京海应急罚〔2026〕18号" in page
    assert "20,000.00 元" in page
    assert "罚款、警告" in page
    assert "系统建议，待确认" in page


def test_what_was_typed_survives_a_refusal(officer: Browser, enterprise: EnterpriseView) -> None:
    bad = {**PENALTY, "dated_on": "2026-02-30", "document_no": ""}

    refused = officer.post(_form(enterprise), bad, on=_form(enterprise))

    assert refused.status_code == 422
    assert "没有保存" in refused.text
    assert "未按规定进行安全生产教育和培训" in refused.text
    assert 'value="fine" checked' in refused.text


def test_an_id_number_that_was_refused_is_not_sent_back(officer: Browser, enterprise: EnterpriseView) -> None:
    typed = {
        **PENALTY,
        "legal_representative": "张某",
        "legal_representative_id": "110108199001011239",
        "dated_on": "x",
    }

    refused = officer.post(_form(enterprise), typed, on=_form(enterprise))

    assert refused.status_code == 422
    assert "110108199001011239" not in refused.text


def test_the_same_penalty_twice_names_the_first(officer: Browser, enterprise: EnterpriseView) -> None:
    officer.post(_form(enterprise), PENALTY, on=_form(enterprise))

    again = officer.post(_form(enterprise), PENALTY, on=_form(enterprise))

    assert again.status_code == 409
    assert "打开记录" in again.text


def test_a_correction_appends_a_version_with_its_reason(officer: Browser, enterprise: EnterpriseView) -> None:
    made = officer.post(_form(enterprise), PENALTY, on=_form(enterprise)).location
    form = f"{made}/correct"
    changed = {
        **PENALTY,
        "fine_fen": "2.5",
        "content": "罚款25000元",
        "version": "1",
        "reason": "罚款金额笔误，按决定书原件更正",
    }

    answer = officer.post(form, changed, on=form)
    assert answer.status_code == 303, answer.text[answer.text.find("没有保存") :][:300]
    page = officer.get(made).text

    assert "第 2 版" in page
    assert "25,000.00 元" in page
    assert "20,000.00 元" in page
    assert "罚款金额笔误" in page


def test_a_correction_of_an_old_page_is_refused_and_kept(
    officer: Browser, enterprise: EnterpriseView
) -> None:
    made = officer.post(_form(enterprise), PENALTY, on=_form(enterprise)).location
    form = f"{made}/correct"
    officer.post(form, {**PENALTY, "cause": "其他", "version": "1", "reason": "笔误"}, on=form)

    late = officer.post(form, {**PENALTY, "cause": "另外", "version": "1", "reason": "也是笔误"}, on=form)

    assert late.status_code == 409
    assert 'name="cause" value="另外"' in late.text


@pytest.mark.parametrize(("act", "word"), [("revoke", "已撤销"), ("withdraw", "已撤回")])
def test_a_record_is_ended_with_a_reason(
    officer: Browser, enterprise: EnterpriseView, act: str, word: str
) -> None:
    made = officer.post(_form(enterprise), PENALTY, on=_form(enterprise)).location

    without = officer.post(f"{made}/end/{act}", {"version": "1", "reason": " "}, on=made)
    assert without.status_code == 422
    assert (
        officer.post(f"{made}/end/{act}", {"version": "1", "reason": "复议撤销"}, on=made).status_code == 303
    )

    page = officer.get(made).text
    assert word in page
    assert ">live<" not in page


def test_a_proposed_class_is_confirmed_by_a_person(officer: Browser, enterprise: EnterpriseView) -> None:
    made = officer.post(_form(enterprise), PENALTY, on=_form(enterprise)).location

    officer.post(f"{made}/class", {"version": "1", "breach_class": "serious", "reason": "情节严重"}, on=made)

    assert "已人工确认" in officer.get(made).text


def test_a_clerk_enters_and_does_not_correct(
    signed_in: Callable[..., Browser], enterprise: EnterpriseView
) -> None:
    clerk = signed_in(Role.CLERK)
    made = clerk.post(_form(enterprise), PENALTY, on=_form(enterprise)).location

    assert "更正</a>" not in clerk.get(made).text
    assert clerk.get(f"{made}/correct").status_code == 403


def test_a_kind_that_is_not_entered_by_hand_is_told(officer: Browser, enterprise: EnterpriseView) -> None:
    assert officer.get(_form(enterprise, "listing")).status_code == 422


def test_a_scan_is_attached_and_comes_back_as_a_download(
    officer: Browser, enterprise: EnterpriseView, sqlite_database: Database
) -> None:
    an_office(sqlite_database)
    made = officer.post(_form(enterprise), PENALTY, on=_form(enterprise)).location
    data = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

    sent = officer.post(
        f"{made}/attachments",
        {"title": "处罚决定书", "file": (io.BytesIO(data), "../决定书.pdf")},
        on=made,
        content_type="multipart/form-data",
    )
    assert sent.status_code == 303
    page = officer.get(made).text
    address = page.partition('href="/console/attachments/')[2].partition('"')[0]
    answer = officer.get(f"/console/attachments/{address}")

    assert answer.data == data
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert ".." not in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_objection_marks_the_record(officer: Browser, enterprise: EnterpriseView) -> None:
    made = officer.post(_form(enterprise), PENALTY, on=_form(enterprise)).location

    filed = officer.post(
        f"{made}/annotations",
        {"kind": "objection", "filed_on": "2026-11-23", "content": "金额有误，请求核实"},
        on=made,
    )

    assert filed.status_code == 303
    page = officer.get(made).text
    assert "金额有误" in page
    assert "办理中" in page


def test_hostile_text_is_text_everywhere(
    signed_in: Callable[..., Browser], sqlite_database: Database
) -> None:
    officer = signed_in(Role.OFFICER)
    hostile = an_enterprise(sqlite_database, "示例<script>alert(1)</script>{{7*7}}公司")
    plain = an_enterprise(sqlite_database, "示例青松机械有限公司")
    penalty = a_penalty(sqlite_database, plain.uscc or "", facts='"><img src=x onerror=alert(1)>{{7*7}}')

    for path in (
        f"/console/enterprises/{hostile.uscc}",
        "/console/enterprises?text=示例",
        f"/console/records/{penalty.record.record_id}",
        f"/console/records/{penalty.record.record_id}/correct",
        _form(hostile),
        "/console/enterprises?text=" + '"><img src=x onerror=alert(1)>',
    ):
        page = officer.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert (
            "49" not in page.replace(hostile.uscc or "", "").replace(plain.uscc or "", "")
            or "{{7*7}}" in page
        )
