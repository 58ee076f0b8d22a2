"""What the doctor finds."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from credit_registry.cli import main
from credit_registry.services import attachments
from credit_registry.storage.database import Database
from tests import factories
from tests.conftest import VAULT

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def checks() -> dict[str, str]:
    return {check["name"]: check["level"] for check in json.loads(run("doctor", "--json").stdout)["checks"]}


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_template: Path) -> Path:
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(tmp_path))
    (tmp_path / "registry.sqlite3").write_bytes(sqlite_template.read_bytes())
    return tmp_path


@pytest.fixture
def database(var: Path) -> Database:
    return Database(f"sqlite:///{var / 'registry.sqlite3'}", VAULT)


def an_attachment(database: Database, var: Path) -> str:
    enterprise = factories.an_enterprise(database, now=NOW)
    penalty = factories.a_penalty(database, enterprise.uscc or "", now=NOW)
    kept = database.run(
        lambda session: attachments.attach(
            session, factories.an_operator(), record_id=penalty.record.record_id, title="决定书", filename="a.png",
            data=PNG, folder=var / "attachments", now=NOW,
        )
    )  # fmt: skip
    database.dispose()
    return kept.sha256


def test_a_fresh_installation_is_sound(var: Path) -> None:
    found = run("doctor")

    assert found.exit_code == 0
    assert "审计日志" in found.stdout
    assert set(checks().values()) <= {"ok", "warning"}


def test_a_missing_and_a_changed_attachment_are_faults_and_a_stray_file_a_warning(
    var: Path, database: Database
) -> None:
    digest = an_attachment(database, var)
    file = var / "attachments" / digest[:2] / digest
    (var / "attachments" / "ff").mkdir(exist_ok=True)
    (var / "attachments" / "ff" / ("f" * 64)).write_bytes(b"stray")

    assert checks()["附件"] == "ok"
    assert checks()["无主文件"] == "warning"
    file.chmod(0o600)
    file.write_bytes(b"other bytes")
    assert checks()["附件"] == "fault"
    file.unlink()
    found = run("doctor")
    assert found.exit_code == 3
    assert digest[:12] in found.stdout


def test_a_changed_audit_entry_is_a_fault(var: Path, database: Database) -> None:
    factories.an_enterprise(database, now=NOW)
    with database.engine.begin() as connection:
        for name in (
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        ):
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text("UPDATE audit_entries SET actor = 'nobody' WHERE number = 1"))
    database.dispose()

    assert checks()["审计日志"] == "fault"


def test_a_row_without_its_parent_is_a_fault(var: Path, database: Database) -> None:
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql(
            "INSERT INTO dirty_enterprises (enterprise_id, since) VALUES (77, '2026-01-01')"
        )
    database.dispose()

    assert checks()["完整性"] == "fault"


def test_an_unmigrated_database_is_a_fault_with_the_command_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(tmp_path))

    found = run("doctor")

    assert found.exit_code == 3
    assert "credit-registry migrate" in found.stdout
