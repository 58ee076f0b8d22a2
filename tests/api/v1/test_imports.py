import io
from datetime import datetime
from typing import Any

import pytest
from werkzeug.test import TestResponse

from credit_registry.storage.database import Database
from tests.api.conftest import Caller
from tests.factories import a_file, a_penalty_row, an_enterprise


def _send(caller: Caller, data: bytes, key: str | None = None, **form: str) -> TestResponse:
    headers = {"Idempotency-Key": key} if key else {}
    fields: dict[str, Any] = {"kind": "penalties", **form, "file": (io.BytesIO(data), "处罚.csv")}
    return caller.post("/imports", data=fields, content_type="multipart/form-data", headers=headers)


@pytest.fixture
def data(database: Database) -> bytes:
    enterprise = an_enterprise(database)
    rows = [
        a_penalty_row(enterprise, f"京海应急罚〔2026〕{number}号", cause=f"违法行为{number}")
        for number in (1, 2)
    ]
    return a_file("penalties", rows)


def test_a_file_is_taken_in_and_can_be_looked_at_again(caller: Caller, data: bytes) -> None:
    response = _send(caller, data)

    answer = response.get_json()
    assert (response.status_code, answer["rows"], answer["accepted"], answer["replayed"]) == (
        201,
        2,
        2,
        False,
    )
    again = caller.get(response.headers["Location"].removeprefix("/api/v1")).get_json()
    assert (again["batch"], again["accepted"], again["kind"]) == (answer["batch"], 2, "penalties")


def test_the_same_key_and_file_give_the_first_answer(caller: Caller, data: bytes) -> None:
    first, second = (_send(caller, data, key="2026-11-24-1") for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.get_json()["replayed"] is True
    assert second.get_json()["batch"] == first.get_json()["batch"]


def test_the_same_key_for_another_file_is_a_conflict(caller: Caller, data: bytes) -> None:
    _send(caller, data, key="2026-11-24-1")

    response = _send(caller, data + b"\n", key="2026-11-24-1")

    assert (response.status_code, response.get_json()["code"]) == (409, "A-IDEMPOTENCY-CONFLICT")


def test_a_row_with_a_problem_is_told_with_its_place(caller: Caller, database: Database) -> None:
    enterprise = an_enterprise(database)
    row = a_penalty_row(enterprise, "京海应急罚〔2026〕9号") | {"uscc": "91110108MA01KPGC88"}

    answer = _send(caller, a_file("penalties", [row])).get_json()

    assert (answer["rows"], answer["accepted"]) == (1, 0)
    assert answer["problems"][0]["code"] == "R-USCC-CHECK"
    assert answer["problems"][0]["row"] == 2


def test_a_file_that_is_none_is_refused_whole(caller: Caller) -> None:
    response = _send(caller, b"\x00\x01\x02" * 100)

    assert response.status_code == 422
    assert response.get_json()["code"] == "file-refused"


@pytest.mark.parametrize("batch", ["0", "999999999", "9007199254740991"])
def test_a_batch_that_is_not_there(caller: Caller, batch: str) -> None:
    response = caller.get(f"/imports/{batch}")

    assert (response.status_code, response.get_json()["code"]) == (404, "unknown-batch")


@pytest.mark.parametrize("batch", ["x", "-1", "1.5", "9223372036854775808", "9" * 60])
def test_a_number_that_is_none_is_not_found(caller: Caller, batch: str) -> None:
    assert caller.get(f"/imports/{batch}").get_json()["code"] == "A-NOT-FOUND"


def test_another_office_does_not_see_the_batch(
    caller: Caller, caller_with: Any, data: bytes, now: datetime
) -> None:
    batch = _send(caller, data).get_json()["batch"]
    other = caller_with("register:read", name="某审批部门", domain=None)

    assert other.get(f"/imports/{batch}").get_json()["code"] == "not-own-office"
