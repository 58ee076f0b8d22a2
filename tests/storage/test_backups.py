import io
import json
import tarfile
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from credit_registry.domain.audit import AuditEntry
from credit_registry.domain.errors import InvalidInput, NotAllowed, Unavailable
from credit_registry.storage import backups, migrations
from credit_registry.storage.database import Database
from credit_registry.storage.queries import audit
from tests.conftest import VAULT


def note(database: Database, subject: str, now: datetime) -> None:
    database.run(
        lambda session: audit.append(session, AuditEntry("account:li", None, "test:note", subject, now))
    )


def subjects(database: Database) -> list[str]:
    with database.read() as session:
        return [entry.subject for _, entry in audit.page(session)][::-1]


@pytest.fixture
def attachments(tmp_path: Path) -> Path:
    folder = tmp_path / "var" / "attachments"
    (folder / "ab").mkdir(parents=True)
    (folder / "ab" / "abcd").write_bytes(b"a scan")
    return folder


def test_a_restore_brings_back_exactly_what_was_backed_up(
    database: Database, attachments: Path, tmp_path: Path, now: datetime
) -> None:
    note(database, "case:1", now)
    archive = tmp_path / "copies" / "one.tar.gz"
    made = backups.back_up(database, attachments, archive, now=now)
    note(database, "case:2", now)
    (attachments / "ab" / "abcd").unlink()

    restored = backups.restore(database, attachments, archive, is_replacing=True, now=now)

    assert restored == made
    assert made.audit_entries == 1
    assert subjects(database) == ["case:1"]
    assert (attachments / "ab" / "abcd").read_bytes() == b"a scan"
    assert backups.faults(database) == []
    migrations.require_current(database)
    note(database, "case:3", now)
    assert subjects(database) == ["case:1", "case:3"]


def test_the_database_still_guards_its_rules_after_a_restore(
    database: Database, attachments: Path, tmp_path: Path, now: datetime
) -> None:
    def rules(of: Database) -> list[str]:
        query = (
            "SELECT type || ' ' || name FROM sqlite_master WHERE type IN ('trigger', 'index') AND name NOT LIKE 'sqlite_%'"
            if of.dialect == "sqlite"
            else "SELECT conname FROM pg_constraint UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal "
            "UNION ALL SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
        )
        with of.engine.connect() as connection:
            return sorted(connection.execute(text(query)).scalars())

    before = rules(database)
    archive = tmp_path / "one.tar.gz"
    backups.back_up(database, attachments, archive, now=now)

    backups.restore(database, attachments, archive, is_replacing=True, now=now)

    assert rules(database) == before
    assert len(before) > 20


def test_a_store_with_content_is_replaced_only_when_asked(
    database: Database, attachments: Path, tmp_path: Path, now: datetime
) -> None:
    archive = tmp_path / "one.tar.gz"
    backups.back_up(database, attachments, archive, now=now)
    note(database, "case:1", now)

    with pytest.raises(NotAllowed) as refused:
        backups.restore(database, attachments, archive, is_replacing=False, now=now)

    assert refused.value.code == "restore-over-data"
    assert subjects(database) == ["case:1"]


def test_an_empty_place_takes_a_backup_without_asking(
    sqlite_database: Database, attachments: Path, tmp_path: Path, now: datetime
) -> None:
    note(sqlite_database, "case:1", now)
    archive = tmp_path / "one.tar.gz"
    backups.back_up(sqlite_database, attachments, archive, now=now)
    elsewhere = tmp_path / "elsewhere"
    fresh = Database(f"sqlite:///{elsewhere / 'registry.sqlite3'}", VAULT)
    elsewhere.mkdir()

    backups.restore(fresh, elsewhere / "attachments", archive, is_replacing=False, now=now)

    assert subjects(fresh) == ["case:1"]
    assert (elsewhere / "attachments" / "ab" / "abcd").exists()
    assert not list(elsewhere.glob("*.before-restore-*"))
    fresh.dispose()


def test_the_replaced_sqlite_file_stays_beside_the_new_one(
    sqlite_database: Database, attachments: Path, tmp_path: Path, now: datetime
) -> None:
    archive = tmp_path / "one.tar.gz"
    backups.back_up(sqlite_database, attachments, archive, now=now)
    note(sqlite_database, "case:9", now)

    backups.restore(sqlite_database, attachments, archive, is_replacing=True, now=now)

    (kept,) = tmp_path.glob("registry.sqlite3.before-restore-*")
    old = Database(f"sqlite:///{kept}", VAULT)
    assert subjects(old) == ["case:9"]
    old.dispose()


def test_a_store_in_use_is_not_replaced(
    sqlite_database: Database, attachments: Path, tmp_path: Path, now: datetime
) -> None:
    archive = tmp_path / "one.tar.gz"
    backups.back_up(sqlite_database, attachments, archive, now=now)
    note(sqlite_database, "case:1", now)
    service = Database(str(sqlite_database.engine.url), VAULT)

    with service.read() as session:
        audit.count(session)
        with pytest.raises(Unavailable) as refused:
            backups.restore(sqlite_database, attachments, archive, is_replacing=True, now=now)

    assert refused.value.code == "database-in-use"
    assert subjects(sqlite_database) == ["case:1"]
    service.dispose()


def repacked(archive: Path, change: dict[str, bytes]) -> Path:
    """The same archive with some members' bytes exchanged."""
    changed = archive.with_name("changed.tar.gz")
    with tarfile.open(archive) as old, tarfile.open(changed, "w:gz") as new:
        for member in old.getmembers():
            packed = old.extractfile(member)
            assert packed is not None
            data = change.get(member.name, packed.read())
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    return changed


def test_a_damaged_archive_changes_nothing(
    database: Database, attachments: Path, tmp_path: Path, now: datetime
) -> None:
    archive = tmp_path / "one.tar.gz"
    backups.back_up(database, attachments, archive, now=now)
    note(database, "case:1", now)
    whole = archive.read_bytes()
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(whole[: len(whole) // 2])

    for bad in (
        cut,
        repacked(archive, {"database": b"not a database"}),
        repacked(archive, {"manifest.json": b"[]"}),
    ):
        with pytest.raises(InvalidInput):
            backups.restore(database, attachments, bad, is_replacing=True, now=now)

    assert subjects(database) == ["case:1"]


def test_a_member_that_would_leave_its_folder_is_refused(
    sqlite_database: Database, attachments: Path, tmp_path: Path, now: datetime
) -> None:
    archive = tmp_path / "one.tar.gz"
    backups.back_up(sqlite_database, attachments, archive, now=now)
    with tarfile.open(archive) as old:
        packed = old.extractfile("manifest.json")
        assert packed is not None
        manifest = json.load(packed)
    manifest["members"]["attachments/../../escaped"] = manifest["members"].pop("attachments/ab/abcd")
    bad = repacked(archive, {"manifest.json": json.dumps(manifest).encode()})

    with pytest.raises(InvalidInput) as refused:
        backups.restore(sqlite_database, attachments, bad, is_replacing=True, now=now)

    assert refused.value.code == "backup-format"


def test_a_tampered_audit_chain_is_found_before_anything_is_replaced(
    sqlite_database: Database, attachments: Path, tmp_path: Path, now: datetime
) -> None:
    note(sqlite_database, "case:1", now)
    with sqlite_database.engine.begin() as connection:
        for name in (
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        ):
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text("UPDATE audit_entries SET subject = 'case:2'"))
    archive = tmp_path / "one.tar.gz"
    backups.back_up(sqlite_database, attachments, archive, now=now)

    with pytest.raises(InvalidInput) as refused:
        backups.restore(sqlite_database, attachments, archive, is_replacing=True, now=now)

    assert refused.value.code == "backup-unsound"
    assert not list(tmp_path.glob("*.before-restore-*"))


def test_a_backup_never_overwrites_another(
    sqlite_database: Database, attachments: Path, tmp_path: Path, now: datetime
) -> None:
    archive = tmp_path / "one.tar.gz"
    backups.back_up(sqlite_database, attachments, archive, now=now)

    with pytest.raises(InvalidInput):
        backups.back_up(sqlite_database, attachments, archive, now=now)


def test_the_keys_are_not_in_the_archive(
    sqlite_database: Database, attachments: Path, tmp_path: Path, now: datetime
) -> None:
    (attachments.parent / "secret.key").write_text("f" * 64)
    archive = tmp_path / "one.tar.gz"

    manifest = backups.back_up(sqlite_database, attachments, archive, now=now)

    assert set(manifest.members) == {"database", "attachments/ab/abcd"}
