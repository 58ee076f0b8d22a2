"""The repair of a penalty in the console: taken in, accepted, decided by another person, printed."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from credit_registry.domain.permissions import Role
from credit_registry.domain.repair_steps import APPLICATION
from credit_registry.services.offices import OfficeView
from credit_registry.storage.database import Database
from tests.factories import a_penalty, an_enterprise, an_office, papers_for
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]


@pytest.fixture
def office(sqlite_database: Database) -> OfficeView:
    return an_office(sqlite_database, authority_code="11110108000000000F")


@pytest.fixture
def officer(signed_in: SignedIn, office: OfficeView) -> Browser:
    return signed_in(Role.OFFICER, office=office)


def _penalty(database: Database, office: OfficeView, now: datetime, *, days: int = 500) -> int:
    penalty = a_penalty(
        database, an_enterprise(database).uscc or "", dated_on=(now - timedelta(days=days)).date().isoformat(),
        authority_code=office.authority_code, authority_name=office.name,
    )  # fmt: skip
    return penalty.record.record_id


def _papers(now: datetime) -> dict[str, str]:
    filled = papers_for(APPLICATION, now.date())
    return {
        f"paper.{kind}.{name}": str(value)
        for kind, fields in filled.items()
        for name, value in fields.items()
    }


def test_a_repair_from_the_record_to_the_decision(
    sqlite_database: Database, officer: Browser, signed_in: SignedIn, office: OfficeView, now: datetime
) -> None:
    record = _penalty(sqlite_database, office, now)
    form = f"/console/records/{record}/repair"
    assert form in officer.get(f"/console/records/{record}").text
    opened = officer.post(form, _papers(now), on=form)
    assert opened.status_code == 303
    page = opened.headers["Location"]

    accepted = officer.post(f"{page}/accept", {"version": "1"}, on=page)
    assert accepted.status_code == 303
    assert "由有“作出列入、移出决定”权限的人员办理" in officer.get(page).text
    decider = signed_in(Role.DECIDER, office=office)
    assert decider.post(f"{page}/allow", {"version": "2"}, on=page).status_code == 303

    assert "准予修复" in officer.get("/console/repairs").text
    history = officer.get(f"{page}/history").text
    for said in ("收到申请", "受理", "准予处罚信息修复决定书", "10 个工作日"):
        assert said in history
    assert officer.get(f"{page}/history.pdf").data.startswith(b"%PDF-")


def test_what_was_typed_comes_back_with_the_refusal(
    sqlite_database: Database, officer: Browser, office: OfficeView, now: datetime
) -> None:
    record = _penalty(sqlite_database, office, now, days=20)
    form = f"/console/records/{record}/repair"
    typed = {**_papers(now), "paper.commitment.content": "承诺守法经营，改正违法行为"}

    refused = officer.post(form, typed, on=form)

    assert refused.status_code == 409
    assert "最早可申请日期" in refused.text
    assert "承诺守法经营，改正违法行为" in refused.text


def test_a_refused_step_comes_back_on_the_application(
    sqlite_database: Database, officer: Browser, office: OfficeView, now: datetime
) -> None:
    form = f"/console/records/{_penalty(sqlite_database, office, now)}/repair"
    page = officer.post(form, _papers(now), on=form).headers["Location"]

    refused = officer.post(f"{page}/reject", {"version": "1", "reason": ""}, on=page)

    assert (refused.status_code, "须写明理由" in refused.text) == (422, True)
    assert officer.post(f"{page}/nonsense", {"version": "1"}, on=page).status_code == 409
