"""The administrator's and the auditor's pages."""

from collections.abc import Callable
from datetime import datetime

import pytest

from credit_registry.domain.permissions import Role
from credit_registry.storage.database import Database
from tests.factories import an_account, an_office
from tests.web.conftest import Browser

ACCOUNTS = "/console/accounts"


@pytest.fixture
def administrator(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in(Role.ADMINISTRATOR)


def _once(text: str) -> str:
    return text.partition('id="once">')[2].partition("<")[0]


def test_an_account_is_opened_and_its_password_shown_once(
    administrator: Browser, visitor: Browser, sqlite_database: Database
) -> None:
    office = an_office(sqlite_database)
    made = administrator.post(
        ACCOUNTS,
        {"login": "zhang.san", "name": "张三", "office_id": office.id, "roles": ["officer"]},
        on=ACCOUNTS,
    )

    password = _once(made.text)
    assert len(password) == 19
    assert password not in administrator.get(ACCOUNTS).text
    assert visitor.sign_in("zhang.san", password).status_code == 303


def test_roles_that_lie_apart_are_refused_and_the_form_kept(
    administrator: Browser, sqlite_database: Database
) -> None:
    office = an_office(sqlite_database)
    given = {"login": "both", "name": "李四", "office_id": office.id, "roles": ["auditor", "officer"]}

    refused = administrator.post(ACCOUNTS, given, on=ACCOUNTS)

    assert refused.status_code == 422
    assert "三权分立" in refused.text
    assert 'value="both"' in refused.text


def test_disable_enable_reset_and_roles(administrator: Browser, sqlite_database: Database) -> None:
    account = an_account(sqlite_database, login="wang")
    page = f"{ACCOUNTS}/{account.login}"

    assert administrator.post(f"{page}/disable", {"reason": "调离"}, on=page).status_code == 303
    assert "已停用" in administrator.get(page).text
    assert administrator.post(f"{page}/enable", {"reason": "返岗"}, on=page).status_code == 303
    assert len(_once(administrator.post(f"{page}/reset", on=page).text)) == 19
    version = administrator.get(page).text.partition('name="version" value="')[2].partition('"')[0]
    changed = administrator.post(f"{page}/roles", {"version": version, "roles": ["clerk"]}, on=page)
    assert changed.status_code == 303
    stale = administrator.post(f"{page}/roles", {"version": version, "roles": ["officer"]}, on=page)
    assert stale.status_code == 409


def test_a_role_is_lent_and_taken_back(administrator: Browser, sqlite_database: Database) -> None:
    an_account(sqlite_database, Role.DECIDER, login="boss")
    an_account(sqlite_database, Role.OFFICER, login="zhang")
    page = f"{ACCOUNTS}/boss"
    lent = {"borrower": "zhang", "role": "decider", "until": "2026-12-01", "reason": "外出培训"}

    assert administrator.post(f"{page}/delegate", lent, on=page).status_code == 303
    shown = administrator.get(page).text
    assert "外出培训" in shown
    address = shown.partition(f'action="{page}/delegations/')[2].partition('"')[0]
    assert administrator.post(f"{page}/delegations/{address}", on=page).status_code == 303
    assert "外出培训" not in administrator.get(page).text


def test_an_office_is_registered(administrator: Browser) -> None:
    given = {"name": "北京市海淀区消防救援支队（演示）", "short_name": "区消防支队", "domain": "fire"}

    assert administrator.post("/console/offices", given, on=ACCOUNTS).status_code == 303
    again = administrator.post("/console/offices", given, on=ACCOUNTS)

    assert again.status_code == 409
    assert "已经登记" in again.text


def test_a_key_is_made_shown_once_and_revoked(administrator: Browser, sqlite_database: Database) -> None:
    office = an_office(sqlite_database)
    given = {
        "title": "政务平台",
        "office_id": office.id,
        "scopes": ["lookups:read"],
        "expires_on": "2027-06-30",
    }

    secret = _once(administrator.post("/console/keys", given, on="/console/keys").text)
    assert secret.startswith("hd_")
    prefix = secret.rpartition("_")[0]
    assert secret not in administrator.get("/console/keys").text
    administrator.post(f"/console/keys/{prefix}/revoke", {"reason": "停用平台"}, on="/console/keys")

    assert "已撤销" in administrator.get("/console/keys").text


def test_an_administrator_sees_no_enterprise(administrator: Browser) -> None:
    assert administrator.get("/console/").location == "/console/accounts"
    assert administrator.get("/console/enterprises").status_code == 403


def test_the_auditor_reads_the_log_and_proves_it(
    signed_in: Callable[..., Browser], administrator: Browser, now: datetime
) -> None:
    auditor = signed_in(Role.AUDITOR)

    page = auditor.get("/console/audit?verify=1").text

    assert "日志完整" in page
    assert "登录" in page
    assert "开通账号" in auditor.get("/console/audit?verb=account:create").text


def test_the_log_is_paged(signed_in: Callable[..., Browser], sqlite_database: Database) -> None:
    for number in range(101):
        an_office(sqlite_database, f"第{number}局")
    auditor = signed_in(Role.AUDITOR)

    first = auditor.get("/console/audit").text
    following = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")

    assert "第一页" in auditor.get(following).text


def test_the_desk_of_an_empty_register_says_what_to_do(signed_in: Callable[..., Browser]) -> None:
    page = signed_in(Role.OFFICER).get("/console/").text

    assert "还没有评价结果" in page
    assert "没有待办案件" in page
    assert "没有待处理的行" in page


def test_an_office_is_renamed_closed_and_opened_again(
    signed_in: Callable[..., Browser], sqlite_database: Database
) -> None:
    administrator = signed_in(Role.ADMINISTRATOR)
    made = an_office(sqlite_database, "中关村街道（演示）", domain=None)
    page = f"/console/offices/{made.id}"
    assert page in administrator.get("/console/accounts").text
    typed = {"version": "1", "name": "中关村街道办事处", "short_name": "中关村", "reason": "机构改革"}

    refused = administrator.post(f"{page}/amend", {**typed, "authority_code": "123"}, on=page)
    assert refused.status_code == 422
    assert 'value="中关村街道办事处"' in refused.text
    assert "机构改革" in refused.text
    assert administrator.post(f"{page}/amend", typed, on=page).status_code == 303
    assert "<del" in administrator.get(page).text
    assert administrator.post(f"{page}/close", {"version": "2", "reason": "划转"}, on=page).status_code == 303
    assert f'value="{made.id}"' not in administrator.get("/console/accounts").text
    assert (
        administrator.post(f"{page}/reopen", {"version": "3", "reason": "恢复"}, on=page).status_code == 303
    )
