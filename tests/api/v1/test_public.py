"""What anybody may read without a key: lists, rule sets, health, the description itself."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from credit_registry.api import limits
from credit_registry.app import create_app
from credit_registry.domain.identity import Vault
from credit_registry.storage.database import Database
from tests.api.conftest import settings_of
from tests.factories import a_case, a_team, carry

BEGUN = datetime(2026, 9, 1, 2, tzinfo=UTC)


def test_the_black_list_is_for_everybody(client: FlaskClient, database: Database) -> None:
    case = a_case(database, begun=BEGUN)

    black, red = (client.get(f"/api/v1/lists/{kind}").get_json() for kind in ("black", "red"))

    assert [item["uscc"] for item in black["items"]] == [case.uscc]
    assert black["items"][0]["basis"]
    assert black["list_version"] == red["list_version"] >= 1
    assert red["items"] == []


def test_an_entry_that_is_no_longer_is_gone_at_once(
    client: FlaskClient, database: Database, now: datetime
) -> None:
    team = a_team(database)
    case = a_case(database, begun=BEGUN, team=team)
    carry(database, team, case, "revoke", now)

    answer = client.get("/api/v1/lists/black").get_json()

    assert answer["items"] == []
    assert answer["list_version"] >= 2


def test_a_list_that_does_not_exist_is_not_found(client: FlaskClient) -> None:
    assert client.get("/api/v1/lists/grey").status_code == 404


def test_the_rules_can_be_read_with_their_sources(client: FlaskClient) -> None:
    page = client.get("/api/v1/rulesets").get_json()
    present = next(item for item in page["items"] if item["is_in_force"])

    ruleset = client.get(f"/api/v1/rulesets/{present['id']}").get_json()

    item = next(item for item in ruleset["items"] if item["code"] == "P2")
    assert (item["points"], item["is_internal"]) == ("6", False)
    assert all(item["source"] for item in ruleset["items"])
    assert ruleset["digest"] == present["digest"]
    assert {band["grade"] for band in ruleset["bands"]} >= {"A", "D"}
    assert ruleset["measures"]


def test_a_ruleset_that_does_not_exist_is_told_which_do(client: FlaskClient) -> None:
    response = client.get("/api/v1/rulesets/none")

    assert (response.status_code, response.get_json()["code"]) == (404, "unknown-ruleset")
    assert "haidian-default-1" in response.get_json()["facts"]["known"]


def test_the_service_says_that_it_lives_and_is_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.get_json()) == (
        200,
        {"status": "ok", "checks": {"database": "ok", "schema": "ok"}},
    )


def test_a_service_without_its_schema_is_not_ready(tmp_path: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path}/empty.sqlite3", Vault(bytes(32), b"p"))
    client = create_app(settings_of(tmp_path), empty).test_client()

    ready = client.get("/readyz")
    empty.dispose()

    assert (ready.status_code, ready.get_json()["checks"]) == (503, {"database": "ok", "schema": "failed"})


def test_a_service_whose_database_is_gone_says_so_and_no_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = Database("postgresql+psycopg://nobody:secret@/nothing?host=/nonexistent", Vault(bytes(32), b"p"))
    client = create_app(settings_of(tmp_path), gone).test_client()

    ready = client.get("/readyz")

    assert ready.status_code == 503
    assert "secret" not in ready.get_data(as_text=True)
    assert client.get("/healthz").status_code == 200
    for page in ("/", "/lists/black", "/search?text=示例", "/api/v1/lists/black"):
        answer = client.get(page)
        assert (page, answer.status_code) == (page, 503)
        assert "secret" not in answer.get_data(as_text=True)
    said = capsys.readouterr()
    assert "secret" not in said.out + said.err


def test_the_description_is_openapi_and_names_every_operation(client: FlaskClient) -> None:
    document = json.loads(client.get("/api/v1/openapi.json").get_data())

    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {
        "/api/v1/annotations/{annotation}",
        "/api/v1/annotations/{annotation}/answer",
        "/api/v1/annotations/{annotation}/stop",
        "/api/v1/announcements",
        "/api/v1/announcements/{announcement}",
        "/api/v1/announcements/{announcement}/make",
        "/api/v1/announcements/{announcement}/withdraw",
        "/api/v1/cases",
        "/api/v1/cases/{case}",
        "/api/v1/cases/{case}/annotations",
        "/api/v1/cases/{case}/persons",
        "/api/v1/cases/{case}/recusals",
        "/api/v1/cases/{case}/recusals/{recusal}/lift",
        "/api/v1/cases/{case}/reports",
        "/api/v1/cases/{case}/steps",
        "/api/v1/enterprises",
        "/api/v1/enterprises/{uscc}",
        "/api/v1/enterprises/{uscc}/assessment",
        "/api/v1/enterprises/{uscc}/person-penalties",
        "/api/v1/enterprises/{uscc}/prospects",
        "/api/v1/enterprises/{uscc}/records",
        "/api/v1/imports",
        "/api/v1/imports/jobs/{job}",
        "/api/v1/imports/rows/resolve",
        "/api/v1/imports/{batch}",
        "/api/v1/imports/{batch}/rows",
        "/api/v1/imports/{batch}/rows/drop",
        "/api/v1/lists/{list}",
        "/api/v1/lookups",
        "/api/v1/lookups/{uscc}",
        "/api/v1/overdue",
        "/api/v1/person-penalties/{person_penalty}/withdraw",
        "/api/v1/records/{record}/annotations",
        "/api/v1/records/{record}/resume",
        "/api/v1/repairs",
        "/api/v1/repairs/{repair}",
        "/api/v1/repairs/{repair}/steps",
        "/api/v1/reports",
        "/api/v1/reports/receipts",
        "/api/v1/reports/{report}/feedback",
        "/api/v1/reports/{report}/receipt",
        "/api/v1/rulesets",
        "/api/v1/rulesets/{ruleset}",
        "/api/v1/sessions",
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method in ("get", "post"):
                assert operation["summary"], (path, method)
                assert "security" in operation, (path, method)
                assert "application/problem+json" in json.dumps(
                    document["components"]["responses"]["DEFAULT_ERROR"]
                )


def test_the_page_of_the_description_takes_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/api/docs/").get_data(as_text=True)

    assert "http://" not in page
    assert "https://" not in page
    assert "<script>" not in page
    assert "style=" not in page


def test_those_without_a_key_are_counted_too(client: FlaskClient) -> None:
    allowed = int(limits.WITHOUT_KEY.split()[0])
    for _ in range(allowed):
        assert client.get("/api/v1/rulesets/none").status_code == 404

    assert client.get("/api/v1/rulesets/none").status_code == 429
    assert client.get("/healthz").status_code == 200
