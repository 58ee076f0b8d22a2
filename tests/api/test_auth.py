"""Who may call: T51 of the torture table, and that no operation forgets to say."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import structlog
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from credit_registry.domain.permissions import KEY_SCOPES
from credit_registry.services import keys
from credit_registry.storage.database import Database
from tests.api.conftest import Caller, a_secret
from tests.factories import a_code, an_operator

PROTECTED = "/api/v1/enterprises/91110108MA01KPGC87"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One engine: keys are tried on both in `tests/services/test_keys.py`."""
    return sqlite_database


def test_every_operation_says_who_may_call(app: Flask) -> None:
    access = {}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/") and rule.endpoint != "api-docs.openapi_json":
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                access[f"{method} {rule.rule}"] = getattr(app.view_functions[rule.endpoint], "access", None)

    assert len(access) >= 12
    assert {path for path, who in access.items() if who is None} == set()
    assert {path for path, who in access.items() if who == "public"} == {
        "GET /api/docs/",
        "GET /api/docs/start.js",
        "GET /api/v1/lists/<any(black, red):list>",
        "GET /api/v1/rulesets",
        "GET /api/v1/rulesets/<word:ruleset>",
        "POST /api/v1/sessions",
    }
    assert set(access.values()) <= {"public", "person", *(scope.value for scope in KEY_SCOPES)}


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic aGQ6aGQ=",
        "Bearer hd_none_none",
        "hd_ab_cd",
        "Bearer " + "x" * 5000,
        "Bearer 某",
    ],
)
def test_without_a_good_key_nothing_is_told(client: FlaskClient, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header.encode().decode("latin-1")}

    response = client.get(PROTECTED, headers=headers)

    assert response.status_code == 401
    assert response.content_type == "application/problem+json"
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_key_is_refused_on_the_next_call(caller: Caller, database: Database, now: datetime) -> None:
    assert caller.get("/enterprises?text=示例").status_code == 200
    prefix = caller.secret.rpartition("_")[0]

    database.run(lambda session: keys.revoke_key(session, an_operator(), prefix, reason="泄露", now=now))

    assert caller.get("/enterprises?text=示例").status_code == 401


def test_an_expired_key_is_refused(caller: Caller, now: datetime) -> None:
    with time_machine.travel(now + timedelta(days=300), tick=True):
        response = caller.get("/enterprises?text=示例")

    assert (response.status_code, response.get_json()["code"]) == (401, "key-expired")


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        ("lookups:read", "/enterprises?text=示例"),
        ("lookups:read", f"/enterprises/{a_code(1)}/assessment"),
        ("lookups:read", f"/enterprises/{a_code(1)}/records"),
        ("register:read", f"/lookups/{a_code(1)}"),
        ("lookups:read", "/imports/1"),
    ],
)
def test_a_key_opens_only_what_its_scope_says(
    caller_with: Callable[..., Caller], scope: str, path: str
) -> None:
    response = caller_with(scope).get(path)

    assert (response.status_code, response.get_json()["code"]) == (403, "not-allowed")


@pytest.mark.parametrize("name", ["key", "api_key", "token", "access_token", "Authorization", "x"])
def test_a_key_in_the_address_is_refused_and_not_repeated(
    client: FlaskClient, database: Database, now: datetime, name: str
) -> None:
    secret = a_secret(database, now)

    for path in (PROTECTED, "/api/v1/rulesets", "/api/v1/lists/black"):
        response = client.get(
            path, query_string={name: secret}, headers={"Authorization": f"Bearer {secret}"}
        )

        assert (response.status_code, response.get_json()["code"]) == (400, "A-KEY-IN-QUERY")
        assert secret not in response.get_data(as_text=True)


def test_a_key_sees_the_sub_districts_of_its_office_only(
    caller_with: Callable[..., Caller], database: Database
) -> None:
    from tests.factories import an_enterprise

    inside = an_enterprise(database, subdistrict_code="110108001")
    outside = an_enterprise(database, subdistrict_code="110108002")
    street = caller_with("register:read", name="某街道办事处", domain=None, subdistrict_code="110108001")

    assert street.get(f"/enterprises/{inside.uscc}/records").status_code == 200
    assert street.get(f"/enterprises/{outside.uscc}/records").get_json()["code"] == "out-of-scope"


def test_a_misused_key_leaves_a_line_without_the_key(caller_with: Callable[..., Caller]) -> None:
    caller = caller_with("lookups:read")

    with structlog.testing.capture_logs() as lines:
        caller.get("/enterprises?text=示例")
        Caller(caller.client, f"{caller.secret}x").get("/enterprises?text=示例")
        Caller(caller.client, "password of mine").get("/enterprises?text=示例")

    prefix = caller.secret.rpartition("_")[0]
    assert [(line["event"], line["code"], line["key"]) for line in lines] == [
        ("key-refused", "not-allowed", prefix),
        ("key-refused", "key-invalid", prefix),
        ("key-refused", "key-invalid", ""),
    ]
    assert caller.secret not in str(lines)
    assert "password" not in str(lines)
