"""Overdue duties through the interface: a person's own view of them."""

from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from credit_registry.storage.database import Database
from tests.api.conftest import settle_in, sign_in
from tests.factories import a_case, a_team


def test_a_decider_sees_what_the_office_owes(
    client: FlaskClient, database: Database, now: datetime, caller_with: Any
) -> None:
    team = a_team(database, now=now)
    settle_in(database, team.decider, now)
    case = a_case(database, "DECIDED", team=team, begun=now - timedelta(days=120))

    seen = sign_in(client, team.decider).get("/overdue").get_json()

    assert seen["scope"] == "office"
    assert {duty["case"] for duty in seen["items"]} == {case.case_id}
    assert [duty["due_on"] for duty in seen["items"]] == sorted(duty["due_on"] for duty in seen["items"])
    assert caller_with("register:read").get("/overdue").get_json()["code"] == "person-required"
