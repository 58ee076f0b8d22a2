import io
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from credit_registry.app import create_app
from credit_registry.jobs import worker
from credit_registry.storage.database import Database
from tests.api.conftest import Caller, settings_of
from tests.factories import a_file, a_penalty_row, an_enterprise


def _send(
    caller: Caller, data: bytes, key: str | None = None, prefer: str | None = None, **form: str
) -> TestResponse:
    given = {"Idempotency-Key": key, "Prefer": prefer}
    headers = {name: value for name, value in given.items() if value}
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


def _polled(caller: Caller, accepted: TestResponse) -> dict[str, Any]:
    return caller.get(accepted.headers["Location"].removeprefix("/api/v1")).get_json()


@pytest.mark.parametrize("prefer", ["respond-async", "wait=5, Respond-Async", "respond-async;x=1"])
def test_who_does_not_want_to_wait_gets_a_job_and_then_the_same_answer(
    caller: Caller, data: bytes, database: Database, tmp_path: Path, prefer: str
) -> None:
    accepted = _send(caller, data, prefer=prefer)
    waiting = _polled(caller, accepted)
    worker.run_next(database, tmp_path / "uploads")
    done = _polled(caller, accepted)

    assert (accepted.status_code, accepted.headers["Preference-Applied"]) == (202, "respond-async")
    assert accepted.get_json() == waiting
    assert (waiting["state"], waiting["result"], waiting["problem"]) == ("queued", None, None)
    assert (done["state"], done["attempts"], done["progress"]) == (
        "done", 1, {"stage": "done", "done": 2, "rows": 2},
    )  # fmt: skip
    assert (done["result"]["rows"], done["result"]["accepted"], done["result"]["replayed"]) == (2, 2, False)
    assert caller.get(f"/imports/{done['result']['batch']}").get_json()["accepted"] == 2


def test_a_large_file_is_left_to_the_worker_unasked(
    caller: Caller, data: bytes, database: Database, tmp_path: Path
) -> None:
    app = create_app(replace(settings_of(tmp_path), import_at_once_mb=0), database)

    accepted = _send(Caller(app.test_client(), caller.secret), data)

    assert accepted.status_code == 202
    assert "Preference-Applied" not in accepted.headers
    assert _send(caller, data, prefer="wait=5").status_code == 201


def test_a_job_that_cannot_be_says_why(caller: Caller, database: Database, tmp_path: Path) -> None:
    accepted = _send(caller, b"\x00\x01\x02" * 100, prefer="respond-async")
    worker.run_next(database, tmp_path / "uploads")

    refused = _polled(caller, accepted)

    assert (refused["state"], refused["result"]) == ("refused", None)
    assert refused["problem"]["code"] == "file-refused"
    assert refused["problem"]["message"]


def test_the_same_key_and_file_are_one_job_and_another_file_a_conflict(caller: Caller, data: bytes) -> None:
    first, second = (_send(caller, data, key="one", prefer="respond-async") for _ in range(2))
    other = _send(caller, data + b"\n", key="one", prefer="respond-async")

    assert first.headers["Location"] == second.headers["Location"]
    assert (other.status_code, other.get_json()["code"]) == (409, "A-IDEMPOTENCY-CONFLICT")


def test_a_file_of_an_unknown_kind_is_refused_at_once(caller: Caller, data: bytes) -> None:
    refused = _send(caller, data, prefer="respond-async", kind="weather")

    assert (refused.status_code, refused.get_json()["code"]) == (404, "unknown-kind")


def test_another_office_does_not_see_the_job_and_no_number_is_guessed(
    caller: Caller, caller_with: Any, data: bytes
) -> None:
    job = _send(caller, data, prefer="respond-async").get_json()["job"]
    other = caller_with("records:import", name="某审批部门", domain=None)
    reader = caller_with("register:read", name="某查询部门", domain=None)

    assert other.get(f"/imports/jobs/{job}").get_json()["code"] == "not-own-office"
    assert caller.get("/imports/jobs/999").get_json()["code"] == "unknown-job"
    assert reader.get(f"/imports/jobs/{job}").status_code == 403


def test_a_file_that_a_person_must_look_at_goes_on_once_confirmed(caller: Caller, database: Database) -> None:
    enterprise = an_enterprise(database)
    new, old = (
        a_file("penalties", [a_penalty_row(enterprise, number, dated_on=day)])
        for number, day in (("1号", "2026-11-02"), ("2号", "2025-03-18"))
    )
    assert _send(caller, new).status_code == 201

    asked = _send(caller, old)
    done = _send(caller, old, confirmed="true")

    assert (asked.status_code, asked.get_json()["code"]) == (422, "confirmation-needed")
    assert asked.get_json()["facts"]["problem"] == "F-STALE"
    assert (done.status_code, done.get_json()["accepted"]) == (201, 1)
    assert _send(caller, old, confirmed="yes").status_code == 422


def test_the_problems_of_a_batch_are_listed_by_what_they_ask_for(caller: Caller, database: Database) -> None:
    enterprise = an_enterprise(database)
    rows = [
        a_penalty_row(enterprise, "京海应急罚[2026]1号"), a_penalty_row(enterprise, "京海应急罚〔2026〕2号", uscc=""),
    ]  # fmt: skip
    batch = _send(caller, a_file("penalties", rows)).get_json()["batch"]

    def codes(query: str) -> list[str]:
        answer = caller.get(f"/imports/{batch}{query}").get_json()
        assert answer["problem_counts"] == {"needed": 1, "noted": 1}
        return [problem["code"] for problem in answer["problems"]]

    assert codes("") == codes("?show=all") == ["N-DOCUMENT", "R-USCC-MISSING"]
    assert codes("?show=needed") == ["R-USCC-MISSING"]
    assert codes("?show=noted") == ["N-DOCUMENT"]
    assert caller.get(f"/imports/{batch}?show=some").status_code == 422
