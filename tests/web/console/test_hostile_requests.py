"""What a hostile or broken browser may send: an answer below 500, on both engines."""

from datetime import datetime
from pathlib import Path

import pytest

from credit_registry.app import create_app
from credit_registry.domain.permissions import Role
from credit_registry.services import accounts, sessions
from credit_registry.settings import Settings
from credit_registry.storage.database import Database
from tests.factories import PASSWORD, a_penalty, an_account, an_enterprise, an_office
from tests.web.conftest import OWN, Browser

HOSTILE = (
    "", "\0", "a\0b", "%", "_", "\\", "'", "';--", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "９９",
    "9" * 30, "-1", "1e9", "NaN", "<script>", "{{7*7}}", "../../etc/passwd", "\u202e", "x" * 5000, "2026-13-45", "null",
    "1_0", "9223372036854775808", "0", "2026-11-24_x", "示例" * 200,
)  # fmt: skip
LISTS = {
    "/console/enterprises": ("text", "grade", "subdistrict", "after"),
    "/console/cases": ("state", "list", "due", "after"),
    "/console/imports": ("kind", "after"),
    "/console/audit": ("subject", "verb", "before", "verify"),
    "/console/impact": ("from", "to", "on", "change", "aspect", "industry", "subdistrict", "after"),
    "/console/impact.csv": ("from", "to", "on", "change"),
    "/console/enterprises/{uscc}": ("kind", "after", "on", "known_on"),
}
PATHS = (
    "/console/enterprises/{}", "/console/enterprises/{}/records/new/penalty", "/console/enterprises/x/records/new/{}",
    "/console/records/{}", "/console/cases/{}", "/console/imports/{}", "/console/attachments/{}",
    "/console/imports/jobs/{}", "/console/imports/templates/{}.xlsx", "/console/enterprises/{}/amend", "/static/{}",
)  # fmt: skip


def _browser(database: Database, folder: Path, now: datetime, role: Role) -> Browser:
    settings = Settings(database_url="", var=folder, secret_key="s" * 64, identity_key=bytes(32))
    office = an_office(database, authority_code="11110108000000000F", is_keeper=True)
    account = an_account(database, role, office=office)
    with database.begin() as session:
        actor = accounts.actor_of(session, account.login, now=now)
        sessions.change_password(session, actor, old=PASSWORD, new=OWN, now=now)
    browser = Browser(create_app(settings, database).test_client())
    assert browser.sign_in(account.login, OWN).status_code == 303
    return browser


def test_no_parameter_of_a_list_breaks_it(database: Database, tmp_path: Path, now: datetime) -> None:
    made = an_enterprise(database)
    auditor = _browser(database, tmp_path, now, Role.AUDITOR)
    broken = []
    for path, names in LISTS.items():
        for name in names:
            for value in HOSTILE:
                answer = auditor.get(path.format(uscc=made.uscc), query_string={name: value})
                if answer.status_code >= 500:
                    broken.append((path, name, value[:30]))

    assert broken == []


def test_no_address_breaks_the_console(database: Database, tmp_path: Path, now: datetime) -> None:
    officer = _browser(database, tmp_path, now, Role.OFFICER)
    broken = []
    for path in PATHS:
        for value in HOSTILE:
            answer = officer.client.get(path.format(value.replace("?", "").replace("#", "")))
            if answer.status_code >= 500:
                broken.append((path, value[:30]))

    assert broken == []


@pytest.mark.parametrize(
    "field", ["document_no", "cause", "fine_fen", "dated_on", "penalty_kinds", "domain", "facts", "deaths"]
)
def test_no_value_breaks_a_form(database: Database, tmp_path: Path, now: datetime, field: str) -> None:
    made = an_enterprise(database)
    officer = _browser(database, tmp_path, now, Role.OFFICER)
    form = f"/console/enterprises/{made.uscc}/records/new/penalty"
    token = officer.token(form)
    broken = []
    for value in HOSTILE:
        answer = officer.client.post(form, data={"csrf_token": token, field: value})
        if answer.status_code >= 500:
            broken.append(value[:30])

    assert broken == []


def test_fields_that_no_form_has_change_nothing(database: Database, tmp_path: Path, now: datetime) -> None:
    made = an_enterprise(database)
    penalty = a_penalty(database, made.uscc or "")
    officer = _browser(database, tmp_path, now, Role.OFFICER)
    page = f"/console/records/{penalty.record.record_id}"
    smuggled = {
        "version": "1", "reason": "试", "state": "repaired", "record_id": "99", "enterprise_id": "99", "actor": "x",
        "recorded_at": "2000-01-01", "breach_class_origin": "confirmed", "accident_level": "extreme",
    }  # fmt: skip

    officer.post(f"{page}/correct", {**smuggled, "cause": "另一种违法行为"}, on=f"{page}/correct")

    assert "已修复" not in officer.get(page).text
    assert "已人工确认" not in officer.get(page).text
