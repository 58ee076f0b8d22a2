"""The interface held to its own description by generated requests; the hand-made ones are in `test_requests.py`.

A generated request alone finds little (and finds nothing where every path parameter is refused), so the paths get
codes that exist, and the test counts that answers of every kind were really seen.
"""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import time_machine
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from credit_registry.api.auth import BEARER, PERSON
from credit_registry.app import create_app
from credit_registry.storage.database import Database
from tests.api.conftest import a_secret, settings_of, settle_in, sign_in
from tests.factories import a_case, a_code, a_penalty, a_record, a_team, an_enterprise

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture
def described(sqlite_database: Database, tmp_path: Path, now: datetime) -> Any:
    """The description, the key, and codes of each kind."""
    begun = datetime(2026, 9, 1, 2, tzinfo=UTC)
    team = a_team(sqlite_database, now=begun)
    settle_in(sqlite_database, team.officer, now)
    listed = a_case(sqlite_database, team=team, begun=begun).uscc
    graded = an_enterprise(sqlite_database).uscc or ""
    a_penalty(sqlite_database, graded)
    a_record(sqlite_database, "hazard", graded)
    secret = a_secret(sqlite_database, now)
    with time_machine.travel(now, tick=True):
        app = create_app(settings_of(tmp_path), sqlite_database)
        for limiter in app.extensions["limiter"]:
            limiter.enabled = False
        token = sign_in(app.test_client(), team.officer).secret
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
        yield schema, secret, token, [listed, graded, a_code()]


def _call_often(operation: Any, secret: str, codes: list[str]) -> Counter[int]:
    """Generated requests to one operation, each answer held to the description; how often each status came."""
    seen: Counter[int] = Counter()
    optional = {
        each["name"]
        for each in operation.definition.raw.get("parameters", ())
        if each.get("in") == "query" and not each.get("required")
    }

    @settings(
        max_examples=25, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(), code=st.sampled_from(codes), is_known=st.booleans())
    def call(case: Any, code: str, is_known: bool) -> None:
        given = case.path_parameters or {}
        if is_known and "uscc" in given:
            given["uscc"] = code
        if is_known:
            # What is known is asked for plainly: a made-up filter or page mark is refused all too often.
            for name in optional & set(case.query or {}):
                del case.query[name]
        if is_known and not {"case", "record"}.isdisjoint(given):
            given.update(dict.fromkeys(given, 1))
        response = case.call(headers={"Authorization": f"Bearer {secret}"})
        case.validate_response(response, checks=CHECKS)
        seen[response.status_code] += 1

    call()
    return seen


def test_every_operation_keeps_its_word(described: Any) -> None:
    schema, secret, token, codes = described
    operations = [result.ok() for result in schema.get_all_operations()]

    def caller(operation: Any) -> str:
        # Whoever signs out would leave the rest to nobody.
        is_personal = operation.definition.raw["security"] == [{BEARER: [PERSON]}]
        return token if is_personal and operation.method != "delete" else secret

    seen = {operation.label: _call_often(operation, caller(operation), codes) for operation in operations}

    assert len(seen) >= 28
    # These need a file, a number or a name that no generator guesses.
    hard = {
        "POST /api/v1/imports", "GET /api/v1/imports/{batch}", "GET /api/v1/imports/{batch}/rows", "GET /api/v1/imports/jobs/{job}",
        "GET /api/v1/rulesets/{ruleset}", "GET /api/v1/repairs/{repair}", "GET /api/v1/annotations/{annotation}",
        "GET /api/v1/announcements/{announcement}",
    }  # fmt: skip
    # Acts of persons: what they need no generator guesses, what they refuse is told as described.
    hard |= {
        operation.label
        for operation in operations
        if operation.definition.raw["security"] == [{BEARER: [PERSON]}] and operation.method != "get"
    }
    hard |= {"POST /api/v1/sessions"}
    assert {label for label, statuses in seen.items() if not statuses[200]} <= hard
