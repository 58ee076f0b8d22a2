"""Listing cases at the console: the table's forms, and due process held by the pages too."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine

from credit_registry.domain.permissions import Role
from credit_registry.services.case_views import CaseView
from credit_registry.storage.database import Database
from tests.factories import (
    Team,
    a_candidate,
    a_case,
    a_penalty,
    a_team,
    an_enterprise,
    an_exemplar,
    an_office,
)
from tests.web.conftest import Browser

SERVED = {
    "paper.service_receipt.served_on": "2026-11-24",
    "paper.service_receipt.method": "direct",
    "paper.service_receipt.recipient": "单位收发人员",
}


@pytest.fixture
def team(sqlite_database: Database) -> Team:
    return a_team(
        sqlite_database,
        office=an_office(sqlite_database, authority_code="11110108000000000F", is_keeper=True),
    )


@pytest.fixture
def candidate(sqlite_database: Database, team: Team) -> CaseView:
    return a_candidate(sqlite_database, team)


def _page(case: CaseView) -> str:
    return f"/console/cases/{case.case_id}"


def _notice(version: int = 1) -> dict[str, str]:
    return {"version": str(version), "paper.listing_notice.sector": "机械", **SERVED}


def test_a_case_is_proposed_on_the_offices_own_penalty(
    signed_in: Callable[..., Browser], sqlite_database: Database
) -> None:
    officer = signed_in(Role.OFFICER)
    made = an_enterprise(sqlite_database, address="海淀区示例路1号")
    own = a_penalty(sqlite_database, made.uscc or "")
    other = a_penalty(
        sqlite_database, made.uscc or "", authority_code="111101080000000945", authority_name="乙局"
    )
    form = f"/console/enterprises/{made.uscc}/propose"
    page = officer.get(form).text
    assert f'name="ground.{own.record.record_id}"' in page
    assert f'name="ground.{other.record.record_id}"' not in page

    begun = officer.post(
        form,
        {"series": "safety-order-11", f"ground.{own.record.record_id}": "7-4", "reason": "性质恶劣"},
        on=form,
    )

    assert begun.status_code == 303, begun.text[begun.text.find("没有立案") :][:300]
    assert "候选" in officer.get(begun.location).text


def test_a_proposal_without_ground_stays_on_the_form(
    signed_in: Callable[..., Browser], sqlite_database: Database
) -> None:
    officer = signed_in(Role.OFFICER)
    made = an_enterprise(sqlite_database)
    a_penalty(sqlite_database, made.uscc or "")
    form = f"/console/enterprises/{made.uscc}/propose"

    refused = officer.post(form, {"series": "safety-order-11", "reason": "性质恶劣"}, on=form)

    assert refused.status_code in (409, 422)
    assert "没有立案" in refused.text


def test_the_whole_road_by_four_people(
    signed_in: Callable[..., Browser], candidate: CaseView, clock: time_machine.Traveller, now: datetime
) -> None:
    officer, reviewer = signed_in(Role.OFFICER), signed_in(Role.REVIEWER)
    decider, publisher = signed_in(Role.DECIDER), signed_in(Role.PUBLISHER)
    page = _page(candidate)
    # The officer of the page is another person than the one who proposed; the permission is the same.
    printed = officer.post(f"{page}/notify", _notice(), on=page)
    assert printed.status_code == 200 and "开通码" in printed.text, "the notice is printed with its code"

    early = officer.post(f"{page}/close_window", {"version": "2"}, on=page)
    assert early.status_code == 409
    assert "届满" in early.text

    clock.move_to(now + timedelta(days=10), tick=False)
    people = [
        signed_in(Role.OFFICER),
        signed_in(Role.REVIEWER),
        signed_in(Role.DECIDER),
        signed_in(Role.PUBLISHER),
    ]
    officer, reviewer, decider, publisher = people
    assert officer.post(f"{page}/close_window", {"version": "2"}, on=page).status_code == 303
    content = {
        "paper.review_opinion.content": "事实清楚", "paper.legal_review.content": "程序合法",
        "paper.collective_discussion.content": "一致同意", "paper.collective_discussion.held_on": "2026-12-04",
        "paper.collective_discussion.attendees": "甲、乙",
    }  # fmt: skip
    assert reviewer.post(f"{page}/review", {"version": "3", **content}, on=page).status_code == 303
    assert decider.post(f"{page}/decide", {"version": "4", "reason": "符合条件"}, on=page).status_code == 303
    receipt = {**SERVED, "paper.service_receipt.served_on": "2026-12-04"}
    assert officer.post(f"{page}/serve", {"version": "5", **receipt}, on=page).status_code == 303
    assert publisher.post(f"{page}/publish", {"version": "6"}, on=page).status_code == 303

    shown = officer.get(page).text
    assert "在列" in shown
    assert "列入决定书" in shown
    assert candidate.name in officer.get("/lists/black").text


def test_nobody_is_listed_without_notice(signed_in: Callable[..., Browser], candidate: CaseView) -> None:
    decider = signed_in(Role.DECIDER)

    refused = decider.post(
        f"{_page(candidate)}/decide", {"version": "1", "reason": "着急"}, on=_page(candidate)
    )

    assert refused.status_code == 409
    assert "候选" in refused.text


def test_the_same_person_does_not_prepare_and_decide(
    signed_in: Callable[..., Browser], sqlite_database: Database, team: Team
) -> None:
    both = signed_in(Role.OFFICER, Role.DECIDER)
    made = an_enterprise(sqlite_database, address="海淀区示例路1号")
    own = a_penalty(sqlite_database, made.uscc or "")
    form = f"/console/enterprises/{made.uscc}/propose"
    page = both.post(
        form,
        {"series": "safety-order-11", f"ground.{own.record.record_id}": "7-4", "reason": "性质恶劣"},
        on=form,
    ).location
    assert "不得由办理过" not in both.get(page).text

    both.post(f"{page}/notify", _notice(), on=page)
    refused = both.post(f"{page}/decide", {"version": "2", "reason": "我来定"}, on=page)

    assert refused.status_code == 409


def test_a_stale_page_moves_nothing(signed_in: Callable[..., Browser], candidate: CaseView) -> None:
    officer = signed_in(Role.OFFICER)
    page = _page(candidate)
    officer.post(f"{page}/notify", _notice(), on=page)

    late = officer.post(f"{page}/notify", _notice(), on=page)

    assert late.status_code == 409
    assert "没有办理" in late.text


def test_what_was_typed_comes_back_with_the_refusal(
    signed_in: Callable[..., Browser], candidate: CaseView
) -> None:
    officer = signed_in(Role.OFFICER)
    given = {**_notice(), "paper.service_receipt.served_on": "2026-13-01"}

    refused = officer.post(f"{_page(candidate)}/notify", given, on=_page(candidate))

    assert refused.status_code == 422
    assert "单位收发人员" in refused.text


def test_a_reader_sees_who_may_act(signed_in: Callable[..., Browser], candidate: CaseView) -> None:
    clerk = signed_in(Role.CLERK)

    page = clerk.get(_page(candidate)).text

    assert "本案目前没有由您办理的步骤" in page
    assert "告知和送达" in page
    assert clerk.post(f"{_page(candidate)}/notify", _notice(), on=_page(candidate)).status_code == 403


def test_another_offices_case_is_closed(
    signed_in: Callable[..., Browser], sqlite_database: Database, candidate: CaseView
) -> None:
    other = an_office(sqlite_database, "乙局", authority_code="111101080000000945")
    stranger = signed_in(Role.OFFICER, office=other)

    assert stranger.get(_page(candidate)).status_code == 403
    assert "没有符合条件的案件" in stranger.get("/console/cases").text


def test_the_worklist_knows_what_is_due(
    signed_in: Callable[..., Browser], sqlite_database: Database, team: Team
) -> None:
    begun = datetime.fromisoformat("2026-10-12T02:00:00+00:00")
    late = a_case(sqlite_database, "DECIDED", team=team, begun=begun)
    waiting = a_case(sqlite_database, "NOTIFIED", team=team, begun=begun)
    officer = signed_in(Role.OFFICER)

    # The party's own time to speak is over, which makes nobody here late.
    assert waiting.name not in officer.get("/console/cases?due=overdue").text
    assert "等待已满" in officer.get("/console/cases").text
    assert late.name in officer.get("/console/cases?due=overdue").text
    assert late.name not in officer.get("/console/cases?state=ACTIVE").text
    assert officer.get("/console/cases?state=NONSENSE").status_code == 422


def test_a_person_is_named_sealed_and_masked(
    signed_in: Callable[..., Browser], sqlite_database: Database, candidate: CaseView
) -> None:
    officer = signed_in(Role.OFFICER)
    page = _page(candidate)

    named = officer.post(
        f"{page}/persons", {"as": "7-4 principal", "name": "王某某", "number": "11010119900307803X"}, on=page
    )

    assert named.status_code == 303
    shown = officer.get(page).text
    assert "110***********803X" in shown
    assert "11010119900307803X" not in shown
    assert "王某某" not in shown


def test_a_number_is_opened_for_a_purpose_and_only_in_that_answer(
    signed_in: Callable[..., Browser], candidate: CaseView
) -> None:
    officer = signed_in(Role.OFFICER)
    page = _page(candidate)
    given = {"as": "7-4 principal", "name": "王某某", "number": "11010119900307803X"}
    officer.post(f"{page}/persons", given, on=page)
    address = re.search(r'action="(/console/cases/[^"]*/reveal)"', officer.get(page).text)
    assert address is not None

    silent = officer.post(address[1], {"reason": " "}, on=page)
    opened = officer.post(address[1], {"reason": "制作列入告知书"}, on=page)

    assert (silent.status_code, opened.status_code) == (422, 200)
    assert "11010119900307803X" in opened.text
    assert "11010119900307803X" not in silent.text + officer.get(page).text


def test_a_red_case_begins_with_the_application(
    signed_in: Callable[..., Browser], sqlite_database: Database
) -> None:
    officer = signed_in(Role.OFFICER)
    made = an_exemplar(sqlite_database)
    form = f"/console/enterprises/{made.uscc}/propose?series=safety-red-133"
    given = {
        "series": "safety-red-133", "reason": "企业自愿申请",
        "paper.red_application.received_on": "2026-11-24", "paper.red_application.content": "申请",
        "paper.commitment.content": "承诺",
    }  # fmt: skip

    begun = officer.post(form, given, on=form)
    assert begun.status_code == 303, begun.text[begun.text.find("没有立案") :][:300]
    checked = officer.post(
        f"{begun.location}/check",
        {
            "version": "1",
            "paper.condition_check.content": "逐项核查",
            "met": ["r-1", "r-2", "r-3", "r-4", "r-5", "r-6"],
        },
        on=begun.location,
    )

    assert checked.status_code == 303
    page = officer.get(begun.location).text
    assert "已核查" in page
    assert "系统查库" in page
    assert "回溯期内本系统无行政处罚" in page
