"""Dossiers and papers on paper: whole, masked, for those who may see the case, as page, JSON and PDF."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from credit_registry.domain.permissions import Role
from credit_registry.exports import pdf
from credit_registry.services import dossiers, persons
from credit_registry.services.case_views import CaseView
from credit_registry.services.offices import OfficeView
from credit_registry.storage.database import Database
from tests.factories import Team, a_candidate, a_case, a_team, an_office, carry
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]


@pytest.fixture
def team(sqlite_database: Database, now: datetime) -> Team:
    return a_team(sqlite_database, now=now - timedelta(days=60))


@pytest.fixture
def listed(sqlite_database: Database, team: Team, now: datetime) -> CaseView:
    return a_case(sqlite_database, team=team, begun=now - timedelta(days=60))


@pytest.fixture
def officer(signed_in: SignedIn, team: Team) -> Browser:
    return signed_in(Role.OFFICER, office=team.office)


def test_a_history_says_who_did_what_on_what_papers(officer: Browser, listed: CaseView) -> None:
    page = officer.get(f"/console/cases/{listed.case_id}/history").text

    for step in ("提出", "送达列入告知书", "复核和法制审核", "决定列入", "送达决定", "公示"):
        assert step in page
    assert listed.decision_no in page
    assert "送达方式：直接送达" in page
    assert "20 个工作日" in page
    assert "data-print" in page


def test_late_is_said(sqlite_database: Database, officer: Browser, team: Team, now: datetime) -> None:
    case = a_case(sqlite_database, "DECIDED", team=team, begun=now - timedelta(days=60))
    assert "超期" in officer.get(f"/console/cases/{case.case_id}/history").text
    carry(sqlite_database, team, case, "serve", now)
    assert "超期" in officer.get(f"/console/cases/{case.case_id}/history").text


def test_the_file_is_the_document_of_every_door(
    sqlite_database: Database, officer: Browser, team: Team, listed: CaseView, now: datetime
) -> None:
    answer = officer.get(f"/console/cases/{listed.case_id}/history.json")

    with sqlite_database.read() as session:
        told = dossiers.of_case(session, team.officer, listed.case_id, now=now).as_dict()
    assert json.loads(answer.data)["steps"] == told["steps"]
    assert f"case-{listed.case_id}-v{listed.version}.json" in answer.headers["Content-Disposition"]


def test_persons_are_masked_on_every_sheet(
    sqlite_database: Database, officer: Browser, team: Team, now: datetime
) -> None:
    case = a_candidate(sqlite_database, team, condition="6-5", now=now)
    sqlite_database.run(
        lambda session: persons.name_person(
            session, team.officer, case.case_id, role="principal", condition="6-5", name="王小明", number="11010519491231002X", now=now
        )
    )  # fmt: skip
    for path in ("history", "history.json"):
        text = officer.get(f"/console/cases/{case.case_id}/{path}").text
        assert "110***********002X" in text
        assert "11010519491231002X" not in text
        assert "王小明" not in text


def test_a_history_and_its_papers_as_pdf(officer: Browser, listed: CaseView) -> None:
    paper = next(each for each in listed.papers if each.kind == "listing_decision")
    for path in ("history.pdf", f"papers/{paper.paper_id}.pdf"):
        answer = officer.get(f"/console/cases/{listed.case_id}/{path}")
        assert (answer.status_code, answer.content_type, answer.data[:5]) == (
            200,
            "application/pdf",
            b"%PDF-",
        )
    assert (
        paper.text.splitlines()[0].strip()
        in officer.get(f"/console/cases/{listed.case_id}/papers/{paper.paper_id}").text
    )


def test_without_the_extra_the_page_says_how_to_go_on(
    officer: Browser, listed: CaseView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)

    page = officer.get(f"/console/cases/{listed.case_id}/history").text

    assert "下载 PDF" not in page
    assert "请用浏览器打印" in page


def test_another_office_sees_neither_case_nor_paper(
    sqlite_database: Database, signed_in: SignedIn, listed: CaseView
) -> None:
    other: OfficeView = an_office(sqlite_database, "市场监管局（演示）")
    stranger = signed_in(Role.OFFICER, office=other)
    for path in ("history", "history.json", "history.pdf", f"papers/{listed.papers[0].paper_id}"):
        assert stranger.get(f"/console/cases/{listed.case_id}/{path}").status_code == 403


def test_a_paper_of_another_case_is_not_found_here(
    sqlite_database: Database, officer: Browser, team: Team, listed: CaseView, now: datetime
) -> None:
    other = a_candidate(sqlite_database, team, now=now)
    paper = listed.papers[0].paper_id
    assert officer.get(f"/console/cases/{other.case_id}/papers/{paper}").status_code == 404
