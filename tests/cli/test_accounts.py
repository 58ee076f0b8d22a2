"""The life of an installation's accounts, as an operator types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from credit_registry.cli import main


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_template: Path):
    # The terminal door reads the environment itself; that is its job and cannot be handed in.
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(tmp_path))
    (tmp_path / "registry.sqlite3").write_bytes(sqlite_template.read_bytes())
    runner = CliRunner()

    def call(*arguments: str) -> Result:
        return runner.invoke(main, arguments)

    call("office", "add", "海淀区应急管理局（演示）", "--short", "应急局", "--keeper")
    return call


def test_the_first_administrator_comes_from_the_terminal(run) -> None:
    made = run("account", "add", "--login", "admin", "--name", "管理员", "--office", "应急局",
               "--role", "administrator", "--json")  # fmt: skip

    document = json.loads(made.stdout)
    assert made.exit_code == 0
    assert document["roles"] == ["administrator"]
    assert document["must_change_password"] is True
    assert len(document["password"]) == 19
    assert "password" not in json.loads(run("account", "list", "--json").stdout)["accounts"][0]


def test_disable_enable_reset(run) -> None:
    run("account", "add", "--login", "zhang", "--name", "张三", "--office", "应急局", "--role", "officer")

    disabled = json.loads(run("account", "disable", "--login", "zhang", "--reason", "调离", "--json").stdout)
    assert disabled["disabled_at"] is not None
    enabled = json.loads(run("account", "enable", "--login", "zhang", "--reason", "返岗", "--json").stdout)
    assert enabled["disabled_at"] is None
    assert "一次性密码" in run("account", "reset", "--login", "zhang").stdout


def test_a_refusal_is_a_sentence_and_two(run) -> None:
    refused = run(
        "account",
        "add",
        "--login",
        "x1y2",
        "--name",
        "x",
        "--office",
        "没有的局",
        "--role",
        "officer",
        "--json",
    )

    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["error"]["code"] == "unknown-office"
    assert "office add" in refused.stderr


def test_roles_that_lie_apart_are_refused(run) -> None:
    refused = run("account", "add", "--login", "both", "--name", "x", "--office", "应急局",
                  "--role", "auditor", "--role", "officer")  # fmt: skip

    assert refused.exit_code == 2
    assert "三权分立" in refused.stderr


def test_a_role_is_lent_from_the_terminal(run) -> None:
    run("account", "add", "--login", "boss", "--name", "甲", "--office", "应急局", "--role", "decider")
    run("account", "add", "--login", "zhang", "--name", "乙", "--office", "应急局", "--role", "officer")

    refused = run("account", "delegate", "--from", "boss", "--to", "zhang", "--role", "decider",
                  "--until", "2000-01-01", "--reason", "外出", "--json")  # fmt: skip

    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["error"]["code"] == "delegation-period"


def test_an_office_is_listed_once(run) -> None:
    again = run("office", "add", "海淀区应急管理局（演示）")

    assert again.exit_code == 2
    assert [one["short_name"] for one in json.loads(run("office", "list", "--json").stdout)["offices"]] == [
        "应急局"
    ]


def test_a_key_is_made_listed_and_revoked(run) -> None:
    made = json.loads(
        run("key", "new", "--title", "试", "--office", "应急局", "--scope", "lookups:read", "--json").stdout
    )
    assert made["key"].startswith(made["prefix"])

    run("key", "revoke", made["prefix"], "--reason", "泄露")
    (listed,) = json.loads(run("key", "list", "--json").stdout)["keys"]

    assert listed["revoked_at"] is not None
    assert "key" not in listed


def test_the_secrets_of_production_differ_each_time(run) -> None:
    first, second = (json.loads(run("key", "secret", "--json").stdout) for _ in range(2))

    assert set(first) == {"CREDIT_REGISTRY_SECRET_KEY", "CREDIT_REGISTRY_IDENTITY_KEY"}
    assert all(len(bytes.fromhex(value)) == 32 for value in first.values())
    assert first != second


def test_the_log_is_read_and_proved(run) -> None:
    page = json.loads(run("audit", "page", "--json").stdout)
    assert [entry["verb"] for entry in page["entries"]] == ["office:create"]
    assert page["entries"][0]["actor"].startswith("terminal:")

    verified = run("audit", "verify", "--json")
    assert verified.exit_code == 0
    assert json.loads(verified.stdout) == {"entries": 1, "broken_at": None, "what": None}


def test_an_office_is_renamed_with_its_history_closed_and_opened_again(run) -> None:
    run("office", "add", "中关村街道（演示）", "--short", "中关村")

    amended = run("office", "amend", "中关村", "--name", "中关村街道办事处", "--reason", "更名", "--json")
    assert json.loads(amended.stdout)["version"] == 2
    shown = run("office", "show", "中关村")
    assert "名称 中关村街道（演示） → 中关村街道办事处" in shown.stdout
    closed = json.loads(run("office", "close", "中关村", "--reason", "划转", "--json").stdout)
    assert closed["closed_at"] is not None
    assert "已停用" in run("office", "list").stdout
    refused = run(
        "account", "add", "--login", "late", "--name", "x", "--office", "中关村", "--role", "clerk", "--json"
    )
    assert json.loads(refused.stdout)["error"]["code"] == "office-closed"
    assert (
        json.loads(run("office", "reopen", "中关村", "--reason", "恢复", "--json").stdout)["closed_at"]
        is None
    )


def test_a_sub_district_that_is_none_is_refused_at_the_terminal(run) -> None:
    for arguments in (
        ("office", "add", "某街道", "--subdistrict", "110108999"),
        (
            "account",
            "add",
            "--login",
            "zhang",
            "--name",
            "x",
            "--office",
            "应急局",
            "--role",
            "clerk",
            "--subdistrict",
            "海淀",
        ),
    ):
        refused = run(*arguments, "--json")
        assert (refused.exit_code, json.loads(refused.stdout)["error"]["code"]) == (2, "unknown-subdistrict")
