"""What was typed is never lost: a refused form comes back with its sentence and its content, or offers both."""

import io
from collections.abc import Callable
from datetime import datetime

import pytest

from credit_registry.domain.permissions import Role
from credit_registry.services import annotations
from credit_registry.services.case_views import CaseView
from credit_registry.services.offices import OfficeView
from credit_registry.storage.database import Database
from tests.factories import Team, a_candidate, a_penalty, a_team, an_actor, an_enterprise
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]
TYPED = "当事人于今日来访，称处罚决定已被撤销。"


@pytest.fixture
def team(sqlite_database: Database, now: datetime) -> Team:
    return a_team(sqlite_database, now=now)


@pytest.fixture
def case(sqlite_database: Database, team: Team, now: datetime) -> CaseView:
    return a_candidate(sqlite_database, team, now=now)


@pytest.fixture
def officer(signed_in: SignedIn, team: Team) -> Browser:
    return signed_in(Role.OFFICER, office=team.office)


@pytest.fixture
def record(sqlite_database: Database, team: Team) -> int:
    office: OfficeView = team.office
    return a_penalty(
        sqlite_database, an_enterprise(sqlite_database).uscc or "",
        authority_code=office.authority_code, authority_name=office.name,
    ).record.record_id  # fmt: skip


@pytest.mark.parametrize("what", ["cases", "records"])
def test_an_objection_from_the_future(officer: Browser, case: CaseView, record: int, what: str) -> None:
    page = f"/console/{what}/{case.case_id if what == 'cases' else record}"
    typed = {"kind": "lawsuit", "filed_on": "2030-01-01", "content": TYPED}

    refused = officer.post(f"{page}/annotations", typed, on=page)

    assert refused.status_code == 422
    assert "不晚于今天的提出日期" in refused.text
    assert TYPED in refused.text
    assert 'value="2030-01-01"' in refused.text
    assert '<option value="lawsuit" selected>' in refused.text


def test_an_answer_by_somebody_who_took_part(
    sqlite_database: Database, signed_in: SignedIn, team: Team, case: CaseView, now: datetime
) -> None:
    outsider = an_actor(sqlite_database, Role.OFFICER, office=team.office)
    note = sqlite_database.run(
        lambda session: annotations.file(
            session, outsider, kind="objection", filed_on=now.date(), content="有误", case_id=case.case_id, now=now
        )
    )  # fmt: skip
    page = f"/console/cases/{case.case_id}"
    officer = signed_in(Role.OFFICER, office=team.office)

    refused = officer.post(
        f"/console/annotations/{note.annotation_id}/answer",
        {"version": "9", "outcome": "rejected", "answer": TYPED},
        on=page,
    )

    assert refused.status_code == 409
    assert "已被他人更新" in refused.text
    assert TYPED in refused.text


@pytest.mark.parametrize("what", ["cases", "records"])
def test_a_file_of_another_kind(officer: Browser, case: CaseView, record: int, what: str) -> None:
    page = f"/console/{what}/{case.case_id if what == 'cases' else record}"

    refused = officer.post(
        f"{page}/attachments",
        {"title": "现场照片", "file": (io.BytesIO(b"MZ\x90\x00"), "photo.jpg")},
        on=page,
        content_type="multipart/form-data",
    )

    assert refused.status_code == 422
    assert 'value="现场照片"' in refused.text
    assert "下一步" in refused.text or "现在所知" in refused.text


@pytest.mark.parametrize("act", ["end/revoke", "end/withdraw", "class"])
def test_an_ending_that_somebody_was_faster_with(officer: Browser, record: int, act: str) -> None:
    page = f"/console/records/{record}"

    refused = officer.post(
        f"{page}/{act}", {"version": "9", "reason": TYPED, "breach_class": "serious"}, on=page
    )

    assert refused.status_code == 409
    assert refused.text.count("没有办理") >= 1
    assert act == "class" or TYPED in refused.text


def test_where_no_form_takes_it_back_the_page_keeps_it_and_leads_back(signed_in: SignedIn) -> None:
    administrator = signed_in(Role.ADMINISTRATOR)
    page = "/console/keys"

    refused = administrator.post(
        "/console/keys/hd_none/revoke",
        {"reason": TYPED},
        on=page,
        headers={"Referer": f"http://localhost{page}"},
    )

    assert refused.status_code == 404
    assert TYPED in refused.text
    assert f'href="{page}"' in refused.text


def test_the_way_back_is_ours_and_passwords_are_not_repeated(signed_in: SignedIn) -> None:
    administrator = signed_in(Role.ADMINISTRATOR)

    refused = administrator.post(
        "/console/keys/hd_none/revoke",
        {"reason": "", "password": "Geheim-77-Tor"},
        on="/console/keys",
        headers={"Referer": "http://example.invalid/elsewhere"},
    )

    assert "elsewhere" not in refused.text
    assert "回到刚才的页面" not in refused.text
    assert "Geheim-77-Tor" not in refused.text
