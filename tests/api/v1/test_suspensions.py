"""A penalty stopped and resumed through the interface."""

from datetime import datetime, timedelta

from flask.testing import FlaskClient

from credit_registry.domain.accounts import local_day
from credit_registry.storage.database import Database
from tests.api.conftest import settle_in, sign_in
from tests.factories import a_case, a_team


def test_a_penalty_is_stopped_with_its_suit_and_resumed_by_a_decider(
    client: FlaskClient, database: Database, now: datetime
) -> None:
    team = a_team(database, now=now)
    for person in (team.officer, team.decider):
        settle_in(database, person, now)
    case = a_case(database, team=team, begun=now - timedelta(days=60))
    record, today = case.grounds[0].record_id, local_day(now).isoformat()
    officer, decider = sign_in(client, team.officer), sign_in(client, team.decider)
    suit = {"kind": "lawsuit", "filed_on": today, "content": "请求撤销"}
    note = officer.post(f"/records/{record}/annotations", json=suit).get_json()["annotation"]
    order = {"received_on": today, "content": "（2026）京01行初1号 裁定停止执行"}

    stopped = officer.post(f"/annotations/{note}/stop", json=order)
    assert (stopped.status_code, stopped.get_json()["state"]) == (200, "pending")
    again = officer.post(f"/annotations/{note}/stop", json=order)
    assert (again.status_code, again.get_json()["code"]) == (409, "effect-suspended")
    assert client.get("/api/v1/lists/black").get_json()["items"] == []

    resume = f"/records/{record}/resume"
    assert officer.post(resume, json={"reason": "恢复"}).get_json()["code"] == "not-allowed"
    resumed = decider.post(resume, json={"reason": "恢复执行裁定"})
    assert (resumed.status_code, resumed.get_json()["state"]) == (200, "live")
    assert len(client.get("/api/v1/lists/black").get_json()["items"]) == 1
