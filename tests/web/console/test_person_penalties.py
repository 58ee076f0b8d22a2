"""Penalties of persons at the console: kept from the batch, read and taken back at the enterprise."""

import re
from collections.abc import Callable

import pytest

from credit_registry.domain.permissions import Role
from credit_registry.services.enterprise_views import EnterpriseView
from credit_registry.storage.database import Database
from tests.factories import NOW, a_person_file, a_person_row, an_enterprise, an_import
from tests.web.conftest import Browser

STRANGER = "110101199003074530"
REASON = {"reason": "该企业主要负责人"}


@pytest.fixture
def enterprise(sqlite_database: Database) -> EnterpriseView:
    return an_enterprise(sqlite_database, "示例青松机械有限公司")


@pytest.fixture
def batch(sqlite_database: Database) -> str:
    rows = [
        a_person_row("京海应急罚〔2026〕30号"),
        *(a_person_row(f"{n}号", person_id=STRANGER) for n in range(60)),
    ]
    taken = an_import(sqlite_database, "penalties", a_person_file(rows), now=NOW)
    return f"/console/imports/{taken.batch}"


def test_a_person_is_kept_with_an_enterprise_and_taken_back(
    signed_in: Callable[..., Browser], enterprise: EnterpriseView, batch: str
) -> None:
    clerk = signed_in(Role.CLERK)
    page = clerk.get(batch).text
    assert "此人在该企业的身份" in page and "个人经营的投资人" in page
    number = re.findall(r"/console/imports/rows/(\d+)/resolve", page)[0]
    given = {**REASON, "uscc": enterprise.uscc}

    without = clerk.post(f"/console/imports/rows/{number}/resolve", given, on=batch)
    assert without.status_code == 422 and "请选定其在该企业的身份" in without.text
    done = clerk.post(f"/console/imports/rows/{number}/resolve", {**given, "role": "principal"}, on=batch)
    assert done.status_code == 303

    here = f"/console/enterprises/{enterprise.uscc}"
    section = clerk.get(here).text.partition('id="person-penalties-title"')[2].partition("</section>")[0]
    assert "主要负责人" in section and "赵**" in section and "110***********002X" in section
    assert "赵示例" not in section and "撤下" not in section

    officer = signed_in(Role.OFFICER)
    withdraw = re.findall(r'action="([^"]+/withdraw)"', officer.get(here).text)[0]
    assert officer.post(withdraw, {"reason": "认错了人"}, on=here).status_code == 303
    assert "person-penalties-title" not in officer.get(here).text


def test_who_neither_enters_nor_audits_sees_none(
    signed_in: Callable[..., Browser], enterprise: EnterpriseView, batch: str
) -> None:
    clerk = signed_in(Role.CLERK)
    number = re.findall(r"/console/imports/rows/(\d+)/resolve", clerk.get(batch).text)[0]
    given = {**REASON, "uscc": enterprise.uscc, "role": "worker"}
    assert clerk.post(f"/console/imports/rows/{number}/resolve", given, on=batch).status_code == 303

    assert (
        "有关人员的处罚" not in signed_in(Role.PUBLISHER).get(f"/console/enterprises/{enterprise.uscc}").text
    )


def test_a_file_of_strangers_is_dropped_in_one_act(signed_in: Callable[..., Browser], batch: str) -> None:
    clerk = signed_in(Role.CLERK)
    assert "当事人是自然人（61 行）" in clerk.get(batch).text

    given = {"code": "R-NATURAL-PERSON", "reason": "与名册企业无关"}
    assert clerk.post(f"{batch}/rows/drop", given, on=batch).status_code == 303

    page = clerk.get(batch).text
    assert "已放弃 61 行" in page and "一并放弃" not in page
    assert clerk.post(f"{batch}/rows/drop", given, on=batch).status_code == 404
