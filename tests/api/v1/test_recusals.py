"""Recusals through the interface: declared by oneself, ordered and lifted by a decider, and by no key."""

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from credit_registry.storage.database import Database
from tests.api.conftest import settle_in, sign_in
from tests.factories import Team, a_candidate, a_team


@pytest.fixture
def team(database: Database, now: datetime) -> Team:
    found = a_team(database, now=now)
    for person in found.people():
        settle_in(database, person, now)
    return found


def test_who_declares_keeps_out_until_a_decider_lifts_it(
    client: FlaskClient, database: Database, team: Team
) -> None:
    path = f"/cases/{a_candidate(database, team).case_id}"
    officer, decider = sign_in(client, team.officer), sign_in(client, team.decider)
    body = {"scope": "case", "reason": "近亲属在该企业任职"}

    made = officer.post(f"{path}/recusals", json=body)
    assert (made.status_code, made.get_json()["origin"]) == (201, "declared")
    again = officer.post(f"{path}/recusals", json=body)
    assert (again.status_code, again.get_json()["code"]) == (409, "recused-already")
    step = {"action": "drop", "reason": "证据不足"}
    kept_out = officer.post(f"{path}/steps", json=step, headers={"If-Match": '"1"'})
    assert (kept_out.status_code, kept_out.get_json()["code"]) == (403, "recused")
    assert officer.get(f"{path}/recusals").get_json()["items"] == [made.get_json()]

    lift = f"{path}/recusals/{made.get_json()['recusal']}/lift"
    assert officer.post(lift, json={"reason": "不再任职"}).get_json()["code"] == "not-allowed"
    lifted = decider.post(lift, json={"reason": "不再任职"})
    assert (lifted.status_code, lifted.get_json()) == (200, {"items": []})
    assert officer.post(f"{path}/steps", json=step, headers={"If-Match": '"1"'}).status_code == 200


def test_a_decider_orders_and_an_officer_does_not(
    client: FlaskClient, database: Database, team: Team
) -> None:
    path = f"/cases/{a_candidate(database, team).case_id}/recusals"
    body = {"scope": "enterprise", "reason": "利害关系", "login": team.reviewer.label.partition(":")[2]}

    refused = sign_in(client, team.officer).post(path, json=body)
    ordered = sign_in(client, team.decider).post(path, json=body)

    assert (refused.status_code, refused.get_json()["code"]) == (403, "not-allowed")
    assert (ordered.status_code, ordered.get_json()["origin"]) == (201, "ordered")


def test_a_key_reads_and_does_not_act(
    client: FlaskClient, database: Database, team: Team, caller_with: Any
) -> None:
    path = f"/cases/{a_candidate(database, team).case_id}/recusals"
    key = caller_with("register:read", is_keeper=True)

    assert key.get(path).get_json() == {"items": []}
    refused = key.post(path, json={"scope": "case", "reason": "x"})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "person-required")
