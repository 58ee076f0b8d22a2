"""What a request may look like: the hostile inputs B94 to B109, none of them a 500."""

import io
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from credit_registry.api import limits
from credit_registry.storage.database import Database
from tests.api.conftest import Caller
from tests.factories import a_code

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One engine: what is refused here never reaches the database (`test_texts.py` asks both)."""
    return sqlite_database


def _lookup(caller: Caller, body: bytes, content_type: str = "application/json") -> tuple[int, str]:
    response = caller.post("/lookups", data=body, headers={"Content-Type": content_type})
    assert response.content_type.startswith("application/")
    return response.status_code, response.get_json().get("code", "")


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (b'{"codes": [9223372036854775808]}', (422, "A-RANGE")),
        (b'{"codes": [' + b"9" * 5000 + b"]}", (422, "A-RANGE")),
        (b'{"codes": [1e400]}', (422, "A-NUMBER")),
        (b'{"codes": NaN}', (422, "A-NUMBER")),
        (b'{"codes": [12]}', (422, "A-TYPE")),
        (b'{"codes": "91110108MA01KPGC87"}', (422, "A-TYPE")),
        (b'{"codes": null}', (422, "A-TYPE")),
        (b'{"codes": [true]}', (422, "A-TYPE")),
        (b'{"codes": [["a"]]}', (422, "A-TYPE")),
        (b'{"codes": []}', (422, "A-RANGE")),
        (json.dumps({"codes": ["a"] * 1001}).encode(), (422, "A-RANGE")),
        (b'{"codes": ["\\ud800"]}', (422, "A-TEXT")),
        (b'{"codes": ["\\u0000"]}', (422, "A-TEXT")),
        ('{"codes": ["\uffff"]}'.encode(), (422, "A-TEXT")),
        (b"[" * 100_000, (422, "A-JSON")),
        (b'{"codes": ["a"], "codes": ["b"]}', (422, "A-JSON")),
        (b'{"codes": ["a"],}', (422, "A-JSON")),
        (b"\xef\xbb\xbf{}", (422, "A-JSON")),
        ('{"codes": []}'.encode("utf-16"), (422, "A-JSON")),
        ('{"purpose": "某公司"}'.encode("gbk"), (422, "A-JSON")),
        (b"x" * (1024 * 1024 + 1), (413, "A-TOO-LARGE")),
        (b'["a"]', (422, "A-SHAPE")),
        (b"null", (422, "A-SHAPE")),
        (b'"text"', (422, "A-SHAPE")),
        (b"", (400, "A-EMPTY")),
        (b"{}", (422, "A-REQUIRED")),
        (b'{"codes": ["a"], "extra": 1}', (422, "A-UNKNOWN-FIELD")),
        (b'{"codes": ["a"], "known": true}', (422, "A-UNKNOWN-FIELD")),
        (b'{"codes": ["a"], "matter": "none"}', (422, "A-VALUE")),
    ],
)
def test_a_body_that_is_not_as_it_should_be(caller: Caller, body: bytes, answer: tuple[int, str]) -> None:
    status, code = _lookup(caller, body)

    # Slips of the form are 400 where the table says so; the table of codes decides.
    assert (status, code) == ((400, "A-JSON") if answer[1] == "A-JSON" else answer)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/xml",
        "application/json; charset=gbk",
        "application/x-www-form-urlencoded",
    ],
)
def test_a_body_must_call_itself_json_in_utf8(caller: Caller, content_type: str) -> None:
    assert _lookup(caller, b'{"codes": ["a"]}', content_type) == (415, "A-MEDIA-TYPE")


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("limit=0", (422, "A-PAGE")),
        ("limit=-1", (422, "A-PAGE")),
        ("limit=100000000000000000000", (422, "A-PAGE")),
        ("limit=1_0", (422, "A-PAGE")),
        ("limit=%201", (422, "A-PAGE")),
        ("limit=%EF%BC%91", (422, "A-PAGE")),
        ("limit=1000000", (422, "A-PAGE")),
        ("limit=20&limit=20", (400, "A-PARAM")),
        ("page=1", (400, "A-PARAM")),
        ("text=%00%00", (422, "A-TEXT")),
        ("text=a", (422, "A-LENGTH")),
        ("text=" + "%25" * 4000, (422, "A-LENGTH")),
    ],
)
def test_a_query_that_is_not_as_it_should_be(caller: Caller, query: str, answer: tuple[int, str]) -> None:
    response = caller.get(f"/enterprises?{query}")

    assert (response.status_code, response.get_json()["code"]) == answer


@pytest.mark.parametrize(
    "tail", ["a%2fb", "%00", "%ff", "%0a", "a" * 65, "a" * 70_000, "..%2f..%2fetc", "%ED%A0%80"]
)
def test_a_path_that_is_no_code_is_not_found(caller: Caller, tail: str) -> None:
    for path in (
        f"/enterprises/{tail}",
        f"/lookups/{tail}",
        f"/enterprises/{tail}/assessment",
        f"/rulesets/{tail}",
    ):
        response = caller.get(path)

        assert response.status_code == 404
        assert response.content_type == "application/problem+json"


@pytest.mark.parametrize("tail", ["x", "91110108MA01KPGC88", "91110108MAO1KPGC86", "91110108", "🏭" * 18])
def test_a_malformed_code_is_not_an_unknown_one(caller: Caller, tail: str) -> None:
    for path in (
        f"/enterprises/{tail}",
        f"/lookups/{tail}",
        f"/enterprises/{tail}/assessment",
        f"/enterprises/{tail}/prospects",
        f"/enterprises/{tail}/records",
    ):
        response = caller.get(path)

        assert (response.status_code, response.get_json()["code"]) == (422, "invalid-uscc")


def test_an_identity_number_is_not_carried_back(caller: Caller) -> None:
    number = "110108199001011235"

    response = caller.get(f"/lookups/{number}")

    assert response.status_code == 422
    assert number not in response.get_data(as_text=True)


def test_unknown_addresses_and_methods_are_told_in_the_same_shape(client: FlaskClient) -> None:
    missing, wrong = client.get("/api/v1/nothing"), client.delete("/api/v1/rulesets")

    assert (missing.status_code, missing.get_json()["code"]) == (404, "A-NOT-FOUND")
    assert (wrong.status_code, wrong.get_json()["code"]) == (405, "A-METHOD")
    assert "GET" in wrong.headers["Allow"]


def test_a_page_of_the_site_stays_a_page(client: FlaskClient) -> None:
    assert client.get("/nowhere").content_type.startswith("text/html")


def test_a_caller_in_a_hurry_is_asked_to_wait(caller: Caller) -> None:
    allowed = int(limits.WITH_KEY.split()[0])
    body = json.dumps({"codes": [a_code(9)] * 1000})
    codes = [
        caller.post("/lookups?stop=1", data=body, headers=JSON).status_code
        for _ in range(allowed // 1000 + 1)
    ]

    late = caller.get("/enterprises?text=示例")

    assert codes[:-1] == [400] * (allowed // 1000)
    assert (late.status_code, late.get_json()["code"]) == (429, "A-RATE")
    assert int(late.headers["Retry-After"]) >= 1


def test_who_is_answered_is_not_asked_to_wait(caller: Caller) -> None:
    response = caller.get("/enterprises?text=示例")

    assert "Retry-After" not in response.headers
    assert int(response.headers["X-RateLimit-Remaining"]) > 0


def test_another_caller_is_not_held_up(app: Flask, caller: Caller, caller_with: Any) -> None:
    body = json.dumps({"codes": [a_code(9)] * 1000})
    for _ in range(5):
        caller.post("/lookups?stop=1", data=body, headers=JSON)

    assert caller.get("/enterprises?text=示例").status_code == 429
    assert caller_with("register:read").get("/enterprises?text=示例").status_code == 200


def _upload(caller: Caller, data: dict[str, Any], **headers: str) -> tuple[int, str]:
    response = caller.post("/imports", data=data, content_type="multipart/form-data", headers=headers)
    return response.status_code, response.get_json().get("code", "")


def test_an_upload_is_read_as_strictly(caller: Caller) -> None:
    def file() -> tuple[io.BytesIO, str]:
        return io.BytesIO(b"a,b\n1,2\n"), "a.csv"

    assert _upload(caller, {"file": file()}) == (422, "A-REQUIRED")
    assert _upload(caller, {"kind": "penalties"}) == (422, "A-REQUIRED")
    assert _upload(caller, {"kind": "penalties", "file": file(), "more": "x"}) == (422, "A-UNKNOWN-FIELD")
    assert _upload(caller, {"kind": "penalties", "file": file(), "second": file()}) == (
        422,
        "A-UNKNOWN-FIELD",
    )
    assert _upload(caller, {"kind": "penalties", "file": [file(), file()]}) == (422, "A-SHAPE")
    assert _upload(caller, {"kind": "none", "file": file()}) == (404, "unknown-kind")
    response = caller.post("/imports", json={"kind": "penalties"})
    assert (response.status_code, response.get_json()["code"]) == (415, "A-MEDIA-TYPE")
