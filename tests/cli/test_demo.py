"""The demonstration as somebody starts it for the first and the second time."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from credit_registry.cli import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_template: Path) -> Path:
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(tmp_path))
    monkeypatch.setenv("CREDIT_REGISTRY_DEMONSTRATION", "1")
    (tmp_path / "registry.sqlite3").write_bytes(sqlite_template.read_bytes())
    return tmp_path


def test_the_first_start_loads_and_prints_each_password_once_the_second_changes_nothing(var: Path) -> None:
    first = json.loads(run("demo", "--json").stdout)
    before = (var / "registry.sqlite3").read_bytes()
    second = run("demo", "--json")

    assert first["loaded"] is True
    assert {account["login"] for account in first["accounts"]} >= {
        "clerk", "officer", "reviewer", "decider", "publisher", "auditor", "administrator",
    }  # fmt: skip
    assert first["key"].startswith("hd_")
    assert len(list((var / "demonstration").iterdir())) > 50
    assert json.loads(second.stdout)["loaded"] is False
    assert not any(account["password"] in second.output for account in first["accounts"])
    assert (var / "registry.sqlite3").read_bytes() == before


@pytest.mark.parametrize(
    ("demonstration", "production"), [("0", "0"), ("1", "1")], ids=["not-a-demonstration", "production"]
)
def test_a_register_in_use_gets_no_demonstration(
    var: Path, monkeypatch: pytest.MonkeyPatch, demonstration: str, production: str
) -> None:
    monkeypatch.setenv("CREDIT_REGISTRY_DEMONSTRATION", demonstration)
    monkeypatch.setenv("CREDIT_REGISTRY_PRODUCTION", production)
    monkeypatch.setenv("CREDIT_REGISTRY_SECRET_KEY", "a" * 64)
    monkeypatch.setenv("CREDIT_REGISTRY_IDENTITY_KEY", "b" * 64)

    refused = run("demo", "--json")

    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["error"]["code"] == "not-a-demonstration"


def test_a_database_with_anything_in_it_gets_no_demonstration(var: Path) -> None:
    run("office", "add", "海淀区应急管理局（演示）", "--short", "应急局")

    refused = run("demo", "--json")

    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["error"]["code"] == "database-not-empty"
