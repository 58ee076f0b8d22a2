"""`credit-registry migrate`, as an administrator types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from credit_registry.cli import main
from credit_registry.storage import migrations


def test_the_document_tells_from_where_to_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(tmp_path))

    first = CliRunner().invoke(main, ["migrate", "--json"])
    second = CliRunner().invoke(main, ["migrate", "--json"])

    assert (first.exit_code, json.loads(first.stdout)) == (0, {"before": None, "after": migrations.head()})
    assert json.loads(second.stdout) == {"before": migrations.head(), "after": migrations.head()}


@pytest.mark.parametrize("command", ["migrate", "daily", "doctor"])
def test_a_database_out_of_reach_is_told_in_one_sentence(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "CREDIT_REGISTRY_DATABASE_URL", "postgresql+psycopg://nobody:wrong@127.0.0.1:1/registry"
    )

    answer = CliRunner().invoke(main, [command, "--json"])

    assert answer.exit_code == 2
    assert json.loads(answer.stdout)["error"]["code"] == "database-unreachable"
    assert answer.stderr.count("\n") == 1
