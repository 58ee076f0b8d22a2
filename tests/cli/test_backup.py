"""Backup and restore as an operator types them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from credit_registry.cli import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_template: Path) -> Path:
    folder = tmp_path / "var"
    folder.mkdir()
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(folder))
    (folder / "registry.sqlite3").write_bytes(sqlite_template.read_bytes())
    return folder


def offices() -> list[str]:
    return [office["name"] for office in json.loads(run("office", "list", "--json").stdout)["offices"]]


def test_a_mistake_is_undone_by_going_back_to_the_backup(var: Path, tmp_path: Path) -> None:
    run("office", "add", "甲局", "--short", "甲")
    made = json.loads(run("backup", str(tmp_path / "one.tar.gz"), "--json").stdout)
    run("office", "add", "错误的局", "--short", "错")

    refused = run("restore", str(tmp_path / "one.tar.gz"))
    restored = run("restore", str(tmp_path / "one.tar.gz"), "--replace", "--json")

    assert made["audit_entries"] == 1
    assert refused.exit_code == 2
    assert "--replace" in refused.stderr
    assert json.loads(restored.stdout)["faults"] == []
    assert offices() == ["甲局"]


def test_a_folder_as_target_names_the_file_by_the_instant(var: Path, tmp_path: Path) -> None:
    made = run("backup", str(tmp_path))

    (archive,) = tmp_path.glob("credit-registry-*Z.tar.gz")
    assert made.exit_code == 0
    assert str(archive) in made.stdout
    assert "密钥" in made.stdout


def test_what_is_no_backup_is_refused_with_a_sentence(var: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("not a backup")

    refused = run("restore", str(tmp_path / "letter.txt"), "--replace")

    assert refused.exit_code == 2
    assert "不是本系统的备份" in refused.stderr
