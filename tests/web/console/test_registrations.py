"""The register by hand."""

from collections.abc import Callable

import pytest

from credit_registry.domain.permissions import Role
from credit_registry.services.enterprise_views import EnterpriseView
from credit_registry.storage.database import Database
from tests.factories import a_code, an_enterprise
from tests.web.conftest import Browser

FORM = "/console/enterprises/new"


@pytest.fixture
def officer(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in(Role.OFFICER)


@pytest.fixture
def enterprise(sqlite_database: Database) -> EnterpriseView:
    return an_enterprise(sqlite_database, "示例青松机械有限公司")


def test_an_enterprise_is_registered(officer: Browser) -> None:
    code = a_code()
    given = {
        "name": "示例新桥化工有限公司", "uscc": code, "status": "active", "registered_on": "2015-03-04",
        "subdistrict_code": "110108007", "is_high_risk": "true",
    }  # fmt: skip

    saved = officer.post(FORM, given, on=FORM)
    assert saved.location == f"/console/enterprises/{code}"
    page = officer.get(saved.location).text

    assert "示例新桥化工有限公司" in page
    assert "北下关街道" in page
    assert "2015-03-04" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("uscc", "91110108MA01KPGC87"),
        ("name", ""),
        ("registered_on", "2015-02-30"),
        ("subdistrict_code", "1"),
        ("status", "x"),
    ],
)
def test_a_wrong_field_is_told_and_the_rest_kept(officer: Browser, field: str, value: str) -> None:
    given = {
        "name": "示例新桥化工有限公司",
        "uscc": a_code(),
        "status": "active",
        "address": "示例路9号",
        field: value,
    }

    refused = officer.post(FORM, given, on=FORM)

    assert refused.status_code == 422
    assert "示例路9号" in refused.text


def test_a_known_code_is_refused(officer: Browser, enterprise: EnterpriseView) -> None:
    given = {"name": "示例别的有限公司", "uscc": enterprise.uscc, "status": "active"}

    assert officer.post(FORM, given, on=FORM).status_code == 409


def test_facts_change_with_a_reason_and_what_is_not_known_stays_unknown(
    officer: Browser, enterprise: EnterpriseView
) -> None:
    form = f"/console/enterprises/{enterprise.uscc}/amend"
    given = {"version": "1", "status": "deregistered", "reason": "营业执照已注销"}

    assert officer.post(f"{form}/facts", given, on=form).status_code == 303
    page = officer.get(f"/console/enterprises/{enterprise.uscc}").text

    assert "注销" in page
    assert "变更企业信息" in page
    assert "登记状态" in page
    assert officer.post(f"{form}/facts", given, on=form).status_code == 409


def test_the_old_name_and_the_old_code_go_on_finding_it(officer: Browser, enterprise: EnterpriseView) -> None:
    form, code = f"/console/enterprises/{enterprise.uscc}/amend", a_code()
    renamed = {
        "version": "1",
        "new": "示例长青机械有限公司",
        "changed_on": "2026-11-01",
        "reason": "工商变更",
    }
    assert officer.post(f"{form}/name", renamed, on=form).status_code == 303
    recoded = {"version": "2", "new": code, "changed_on": "2026-11-01", "reason": "换发执照"}
    assert officer.post(f"{form}/code", recoded, on=form).location == f"/console/enterprises/{code}"

    assert "示例长青机械有限公司" in officer.get("/console/enterprises?text=青松").text
    assert "示例长青机械有限公司" in officer.get(f"/console/enterprises/{enterprise.uscc}").text


def test_a_clerk_registers_and_does_not_amend(
    signed_in: Callable[..., Browser], enterprise: EnterpriseView
) -> None:
    clerk = signed_in(Role.CLERK)

    assert clerk.get(FORM).status_code == 200
    assert clerk.get(f"/console/enterprises/{enterprise.uscc}/amend").status_code == 403
