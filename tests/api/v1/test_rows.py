"""Rows that wait, decided by an officer through the interface; a key decides nothing and learns of no person."""

from datetime import datetime

import pytest
from flask.testing import FlaskClient

from credit_registry.domain.permissions import Role
from credit_registry.storage.database import Database
from tests.api.conftest import AUTHORITY, Caller, settle_in, sign_in
from tests.factories import a_person_file, a_person_row, an_actor, an_enterprise, an_import, an_office

STRANGER = "110101199003074530"


@pytest.fixture
def officer(client: FlaskClient, database: Database, now: datetime) -> Caller:
    an_office(database, is_keeper=True, authority_code=AUTHORITY)
    actor = an_actor(database, Role.CLERK, Role.OFFICER, now=now)
    settle_in(database, actor, now)
    return sign_in(client, actor)


@pytest.fixture
def auditor(client: FlaskClient, database: Database, now: datetime) -> Caller:
    actor = an_actor(database, Role.AUDITOR, now=now)
    settle_in(database, actor, now)
    return sign_in(client, actor)


def test_persons_are_kept_with_their_enterprise_and_the_rest_dropped(
    officer: Caller, auditor: Caller, database: Database, now: datetime
) -> None:
    enterprise = an_enterprise(database)
    rows = [
        a_person_row("1号"),
        a_person_row("2号"),
        *(a_person_row(f"{n}号", person_id=STRANGER) for n in (3, 4)),
    ]
    batch = an_import(database, "penalties", a_person_file(rows), now=now).batch

    waiting = officer.get(f"/imports/{batch}/rows").get_json()["items"]
    assert [row["row"] for row in waiting] == [2, 3, 4, 5]
    one, two = ({"id": row["id"], "uscc": enterprise.uscc} for row in waiting[:2])
    answer = officer.post(
        "/imports/rows/resolve",
        json={"reason": "该企业主要负责人", "rows": [{**one, "role": "principal"}, two]},
    ).get_json()
    assert [row["state"] for row in answer["done"]] == ["resolved"]
    assert [row["id"] for row in answer["waiting"]] == [two["id"]]
    assert "请选定其在该企业的身份" in answer["waiting"][0]["message"]

    dropped = officer.post(
        f"/imports/{batch}/rows/drop", json={"reason": "与名册企业无关", "code": "R-NATURAL-PERSON"}
    ).get_json()
    assert dropped == {"dropped": 3}
    assert officer.get(f"/imports/{batch}/rows").get_json()["items"] == []

    (kept,) = officer.get(f"/enterprises/{enterprise.uscc}/person-penalties").get_json()["items"]
    assert (kept["role_title"], kept["name"], kept["number"]) == ("主要负责人", "赵**", "110***********002X")
    assert auditor.get(f"/enterprises/{enterprise.uscc}/person-penalties").get_json()["items"] == [kept]
    past = f"/enterprises/{enterprise.uscc}/person-penalties?known_at=2026-11-23"
    assert auditor.get(past).get_json()["items"] == []
    assert officer.get(past).status_code == 403

    number = kept["person_penalty"]
    gone = officer.post(f"/person-penalties/{number}/withdraw", json={"reason": "认错了人"})
    assert gone.status_code == 200
    assert officer.get(f"/enterprises/{enterprise.uscc}/person-penalties").get_json()["items"] == []


def test_a_row_decided_twice_in_one_body_is_refused(officer: Caller) -> None:
    row = {"id": 1}
    answer = officer.post("/imports/rows/resolve", json={"reason": "核对", "rows": [row, row]})

    assert (answer.status_code, answer.get_json()["code"]) == (422, "row-decided-twice")


@pytest.mark.parametrize("path", ["/imports/1/rows", "/enterprises/91110108551385082Q/person-penalties"])
def test_a_key_learns_of_no_row_and_no_person(caller: Caller, path: str) -> None:
    assert caller.get(path).status_code == 403


def test_no_answer_to_a_key_tells_of_a_person(
    officer: Caller, caller: Caller, database: Database, now: datetime
) -> None:
    enterprise = an_enterprise(database)
    file = a_person_file([a_person_row("京海应急罚〔2026〕77号", cause="未履行人员职责")])
    batch = an_import(database, "penalties", file, now=now).batch
    (row,) = officer.get(f"/imports/{batch}/rows").get_json()["items"]
    decision = {"id": row["id"], "uscc": enterprise.uscc, "role": "principal"}
    done = officer.post("/imports/rows/resolve", json={"reason": "核对", "rows": [decision]}).get_json()
    assert len(done["done"]) == 1

    for path in (
        f"/enterprises/{enterprise.uscc}",
        f"/enterprises/{enterprise.uscc}/records",
        f"/enterprises/{enterprise.uscc}/assessment",
        f"/lookups/{enterprise.uscc}",
        "/lists/black",
        "/lists/red",
    ):
        answer = caller.get(path)
        assert answer.status_code == 200, path
        for told in (
            "赵示例",
            "11010519491231002X",
            "002X",
            "赵**",
            "〔2026〕77号",
            "未履行人员职责",
            "主要负责人",
        ):
            assert told not in answer.get_data(as_text=True), (path, told)
