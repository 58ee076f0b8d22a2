"""Reports through the interface: told once, receipt and feedback on the version seen, receipts from a file."""

import io
from datetime import datetime, timedelta

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from credit_registry.domain.accounts import local_day
from credit_registry.storage.database import Database
from tests.api.conftest import Caller, settle_in, sign_in
from tests.factories import a_case, a_team

HEAD = "报送编号,回执编号,回执日期,错误说明\n"


def test_a_change_is_told_received_and_answered(
    client: FlaskClient, database: Database, now: datetime
) -> None:
    team = a_team(database, now=now)
    for person in (team.officer, team.publisher):
        settle_in(database, person, now)
    case = a_case(database, team=team, begun=now - timedelta(days=60)).case_id
    officer, publisher = sign_in(client, team.officer), sign_in(client, team.publisher)
    due = publisher.get("/reports").get_json()["items"]
    first, second = (each["receiver"] for each in due[:2])
    today = local_day(now).isoformat()

    refused = officer.post(f"/cases/{case}/reports", json={"receiver": first})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "not-allowed")
    sent = publisher.post(f"/cases/{case}/reports", json={"receiver": first})
    assert (sent.status_code, sent.get_json()["state"], sent.headers["ETag"]) == (201, "SENT", '"1"')
    again = publisher.post(f"/cases/{case}/reports", json={"receiver": first})
    assert (again.status_code, again.get_json()["code"]) == (409, "reported-already")

    path, receipt = f"/reports/{sent.get_json()['report']}", {"received_on": today, "receipt_no": "HZ-1"}
    assert publisher.post(f"{path}/receipt", json=receipt).status_code == 428
    taken = publisher.post(f"{path}/receipt", json=receipt, headers={"If-Match": '"1"'})
    assert taken.get_json()["state"] == "ACCEPTED"
    done = {"on": today, "content": "已下调授信"}
    assert publisher.post(f"{path}/feedback", json=done, headers={"If-Match": '"1"'}).status_code == 412
    told = publisher.post(f"{path}/feedback", json=done, headers={"If-Match": taken.headers["ETag"]})
    assert (told.status_code, told.get_json()["feedback"]) == (200, "已下调授信")

    number = publisher.post(f"/cases/{case}/reports", json={"receiver": second}).get_json()["document_no"]
    file = f"{HEAD}{number},HZ-2,{today},\n无此编号,HZ-3,{today},\n"
    taken = _send(publisher, file).get_json()
    assert (taken["accepted"], [each["row"] for each in taken["problems"]]) == (1, [3])
    assert _send(publisher, file).get_json()["duplicate"] == 1
    assert _send(publisher, "a,b\n").get_json()["code"] == "receipts-unreadable"
    items = officer.get(f"/cases/{case}/reports").get_json()["items"]
    assert [each["state"] for each in items] == ["ACCEPTED", "ACCEPTED"]
    assert len(publisher.get("/reports").get_json()["items"]) == len(due) - 2


def _send(by: Caller, text: str) -> TestResponse:
    return by.post("/reports/receipts", data={"file": (io.BytesIO(text.encode()), "receipts.csv")})
