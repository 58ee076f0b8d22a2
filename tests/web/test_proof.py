"""The password again before an act that has weight: asked where the last proof is old, nothing typed is lost."""

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from credit_registry.domain import listing, weight
from credit_registry.domain.permissions import Role
from credit_registry.domain.series import ListKind
from credit_registry.domain.steps import Action, State
from credit_registry.services import accounts, records
from credit_registry.storage.database import Database
from credit_registry.storage.queries import audit
from credit_registry.web import access, proof
from tests.factories import a_penalty, an_enterprise, an_operator
from tests.web.conftest import OWN, Browser

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
LATER = timedelta(minutes=16)
REASON = "判决撤销“原处罚” <b>& 其他</b>"


@pytest.fixture
def record(sqlite_database: Database) -> int:
    return a_penalty(sqlite_database, an_enterprise(sqlite_database).uscc or "").record.record_id


def _work_until(browser: Browser, clock: time_machine.Traveller, then: datetime) -> None:
    """Go on reading pages, so that the session does not end for idleness."""
    browser.get("/console/")
    clock.move_to(then)
    browser.get("/console/")


def _revoke(browser: Browser, record: int) -> tuple[int, dict[str, str]]:
    """The form is sent: the status, and what the page that came back carries on."""
    page = f"/console/records/{record}"
    answer = browser.post(f"{page}/end/revoke", {"version": "1", "reason": REASON}, on=page)
    return answer.status_code, {name: html.unescape(value) for name, value in _HIDDEN.findall(answer.text)}


def _state(database: Database, record: int, now: datetime) -> str:
    with database.read() as session:
        return records.get(session, an_operator(), record, on=now.date()).record.state


def _told(database: Database, verb: str) -> int:
    with database.read() as session:
        return len(audit.page(session, verb=verb))


def test_a_fresh_sign_in_is_proof_enough(
    signed_in: Callable[..., Browser], sqlite_database: Database, record: int, now: datetime
) -> None:
    status, _ = _revoke(signed_in(Role.OFFICER), record)

    assert status == 303
    assert _state(sqlite_database, record, now) == "revoked"


def test_an_old_proof_is_asked_anew_and_the_act_goes_on_with_all_that_was_typed(
    signed_in: Callable[..., Browser],
    sqlite_database: Database,
    record: int,
    now: datetime,
    clock: time_machine.Traveller,
) -> None:
    officer, address = signed_in(Role.OFFICER), f"/console/records/{record}/end/revoke"
    _work_until(officer, clock, now + LATER)

    status, kept = _revoke(officer, record)
    assert (status, _state(sqlite_database, record, now)) == (401, "live")
    assert (kept["reason"], kept["version"]) == (REASON, "1")

    wrong = officer.client.post(address, data={**kept, "proof.password": "Falsch-Falsch-1"})
    assert (wrong.status_code, _state(sqlite_database, record, now)) == (401, "live")
    assert "不正确" in wrong.text and "Falsch" not in wrong.text
    assert dict(_HIDDEN.findall(wrong.text))["reason"] == html.escape(REASON).replace("&quot;", "&#34;")

    right = officer.client.post(address, data={**kept, "proof.password": OWN})
    assert (right.status_code, _state(sqlite_database, record, now)) == (303, "revoked")
    assert (_told(sqlite_database, "session:refuse"), _told(sqlite_database, "session:prove")) == (1, 1)
    with sqlite_database.read() as session:
        (_, entry), *_ = audit.page(session, verb="record:revoke")
    assert OWN not in str(entry)


def test_a_proof_holds_for_the_next_act(
    signed_in: Callable[..., Browser],
    sqlite_database: Database,
    record: int,
    now: datetime,
    clock: time_machine.Traveller,
) -> None:
    officer = signed_in(Role.OFFICER)
    _work_until(officer, clock, now + LATER)
    _, kept = _revoke(officer, record)
    officer.client.post(f"/console/records/{record}/end/revoke", data={**kept, "proof.password": OWN})
    other = a_penalty(
        sqlite_database, an_enterprise(sqlite_database).uscc or "", document_no="测罚〔2026〕77号"
    ).record.record_id

    assert _revoke(officer, other)[0] == 303


def test_guessing_locks_the_account_as_at_the_door(
    signed_in: Callable[..., Browser],
    sqlite_database: Database,
    record: int,
    now: datetime,
    clock: time_machine.Traveller,
) -> None:
    officer = signed_in(Role.OFFICER)
    _work_until(officer, clock, now + LATER)
    _, kept = _revoke(officer, record)
    address = f"/console/records/{record}/end/revoke"
    for number in range(5):
        officer.client.post(address, data={**kept, "proof.password": f"Falsch-Falsch-{number}"})

    right = officer.client.post(address, data={**kept, "proof.password": OWN})

    assert (right.status_code, _state(sqlite_database, record, now)) == (401, "live")
    with sqlite_database.read() as session:
        assert accounts.get(session, an_operator(), officer.login).locked_until is not None


def test_what_has_weight_follows_from_the_step_tables() -> None:
    steps = listing.STEPS[ListKind.BLACK]

    assert {"decide", "publish", "remove"} & {action.value for _, action in steps} <= weight.CASE_ACTS
    assert not {"notify", "propose"} & weight.CASE_ACTS
    assert steps[(State.CANDIDATE, Action.NOTIFY)].who not in weight.WEIGHTY
    assert sorted(weight.REPAIR_ACTS) == ["allow", "deny", "restore"]


def test_every_form_for_those_alone_who_decide_or_publish_asks_for_proof(app: Flask) -> None:
    # Receipts, and a colleague's recusal, change nothing that the public sees.
    inward = {"take_receipts", "receive_report", "feed_back_report", "lift_recusal"}
    open_forms = {
        rule.endpoint.partition(".")[2]
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("console.") and "POST" in (rule.methods or ())
        and isinstance(wanted := access.declared(app, rule.endpoint), tuple)
        and set(wanted) <= weight.WEIGHTY
        and not getattr(app.view_functions[rule.endpoint], "proved", None)
    }  # fmt: skip

    assert open_forms == inward
    with app.app_context():
        assert proof.is_wanted("console.advance_case", [5, "decide"])
        assert not proof.is_wanted("console.advance_case", [5, "notify"])
        assert proof.is_wanted("console.withdraw_batch", [5, "confirm"])
