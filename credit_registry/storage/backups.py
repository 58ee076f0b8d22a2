"""Copies of the whole store in one archive, and the way back.

An archive is a gzipped tar of ``manifest.json``, ``database`` (a SQLite file or pg_dump's custom format) and
``attachments/…``. The keys are not in it: whoever holds a copy must not be able to open identity numbers.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy.engine import URL

from credit_registry.domain.errors import InvalidInput, NotAllowed, Unavailable
from credit_registry.storage import migrations
from credit_registry.storage.database import Database
from credit_registry.storage.queries import audit

FORMAT = "credit-registry backup 1"
_MEMBER = re.compile(r"attachments/(?:[0-9A-Za-z][0-9A-Za-z._-]*/)*[0-9A-Za-z][0-9A-Za-z._-]*")


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself.

    Attributes:
        members: SHA-256 of every other member.
        audit_entries, audit_hash: the end of the audit chain; kept elsewhere, it proves that nothing was cut off.
    """

    format: str
    made_at: str
    engine: str
    revision: str
    audit_entries: int
    audit_hash: str | None
    members: dict[str, str]


def back_up(database: Database, attachments: Path, target: Path, *, now: datetime) -> Manifest:
    """Write one archive; ``target`` appears only when it is whole.

    The database is copied first: attachments are written before the rows that name them and never change, so
    the files copied afterwards hold at least all that the copy of the database names.

    Raises:
        InvalidInput: the target exists.
        Unavailable: PostgreSQL's tools are missing or failed.
    """
    if target.exists():
        raise InvalidInput(f"{target} 已经存在。请换一个文件名。", code="backup-exists")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:
        copy = Path(scratch) / "database"
        _dump(database, copy)
        files = {"database": copy} | {
            f"attachments/{file.relative_to(attachments).as_posix()}": file
            for file in sorted(attachments.rglob("*"))
            if file.is_file()
        }
        members = {name: _digest(file) for name, file in files.items()}
        manifest = _manifest(database, members, now)
        packed = Path(scratch) / "archive"
        with tarfile.open(packed, "w:gz", compresslevel=6) as archive:
            described = Path(scratch) / "manifest.json"
            described.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8")
            archive.add(described, "manifest.json", recursive=False, filter=_anonymous)
            for name, file in files.items():
                archive.add(file, name, recursive=False, filter=_anonymous)
        _sync(packed)
        os.replace(packed, target)
    _sync(target.parent)
    return manifest


def restore(
    database: Database, attachments: Path, source: Path, *, is_replacing: bool, now: datetime
) -> Manifest:
    """Bring the store back to what an archive holds.

    Everything is checked before anything is changed: the digests of all members and, for SQLite, the soundness of
    the unpacked file. A SQLite file that is replaced stays beside the new one under another name.

    Raises:
        InvalidInput: not an archive of ours, damaged, or of the other engine.
        NotAllowed: the store holds something and ``is_replacing`` is False.
        Unavailable: the store is in use, or PostgreSQL's tools failed.
    """
    target_folder = attachments.parent
    target_folder.mkdir(parents=True, exist_ok=True)
    if migrations.current(database) is not None and not is_replacing:
        raise NotAllowed("数据库已有内容。确认要用备份替换，请加 --replace。", code="restore-over-data")
    with tempfile.TemporaryDirectory(dir=target_folder, prefix=".restore-") as scratch:
        manifest = _unpack(source, Path(scratch))
        if manifest.engine != database.dialect:
            raise InvalidInput(
                f"备份来自 {manifest.engine}，当前数据库是 {database.dialect}，不能直接恢复。", code="backup-engine",
                facts={"backup": manifest.engine, "database": database.dialect},
            )  # fmt: skip
        copy = Path(scratch) / "database"
        if database.dialect == "sqlite":
            _take_sqlite(database, copy, now)
        else:
            _take_postgres(database, copy)
        _take_attachments(Path(scratch) / "attachments", attachments)
    return manifest


def faults(database: Database) -> list[str]:
    """What the engine itself finds wrong; empty for a sound database."""
    if database.dialect == "sqlite":
        with _raw(database) as cursor:
            found = [str(row[0]) for row in cursor.execute("PRAGMA integrity_check")]
            keys = [
                f"{row[0]} 第{row[1]}行引用的 {row[2]} 不存在"
                for row in cursor.execute("PRAGMA foreign_key_check")
            ]
        return [each for each in found if each != "ok"] + keys
    with _raw(database) as cursor:
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
        broken = [f"索引 {row[0]} 无效" for row in cursor.fetchall()]
        cursor.execute("SELECT conname FROM pg_constraint WHERE NOT convalidated")
        return broken + [f"约束 {row[0]} 未验证" for row in cursor.fetchall()]


def engine_version(database: Database) -> str:
    with _raw(database) as cursor:
        cursor.execute("SELECT sqlite_version()" if database.dialect == "sqlite" else "SHOW server_version")
        return str(cursor.fetchone()[0])


# --- SQLite -------------------------------------------------------------------------------------------------


def _take_sqlite(database: Database, copy: Path, now: datetime) -> None:
    checked = Database(f"sqlite:///{copy}", database.vault)
    try:
        found = faults(checked)
        with checked.read() as session:
            breach = audit.verify(session)
    finally:
        checked.dispose()
    if found or breach:
        raise InvalidInput(
            "备份中的数据库没有通过完整性检查，未作任何改动。", code="backup-unsound",
            facts={"faults": found[:10], "audit": breach.number if breach else None},
        )  # fmt: skip
    file = Path(str(database.engine.url.database))
    if file.exists():
        was_empty = migrations.current(database) is None
        kept = _set_aside(database, file, now)
        if was_empty:
            kept.unlink()
    # Opening the copy turned it to WAL; its own side files must not be left behind.
    for suffix in ("-wal", "-shm"):
        Path(f"{copy}{suffix}").unlink(missing_ok=True)
    _sync(copy)
    os.replace(copy, file)
    _sync(file.parent)


def _set_aside(database: Database, file: Path, now: datetime) -> Path:
    """Keep the present file under another name, after taking it from everybody; where it lies now."""
    database.dispose()
    with _raw(database) as cursor:
        cursor.execute("PRAGMA busy_timeout=1000")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            # Leaving WAL needs every other connection gone: a running service is found out here.
            mode = cursor.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        except Exception as error:
            if "locked" not in str(error):
                raise
            mode = "locked"
    database.dispose()
    if mode != "delete":
        raise Unavailable("数据库正被使用。请先停止服务，再恢复。", code="database-in-use")
    kept = file.with_name(f"{file.name}.before-restore-{now:%Y%m%dT%H%M%S}")
    os.replace(file, kept)
    return kept


@contextmanager
def _raw(database: Database) -> Iterator[Any]:
    """A cursor without SQLAlchemy's BEGIN: VACUUM and some pragmas refuse to run inside a transaction."""
    connection = database.engine.raw_connection()
    try:
        yield connection.cursor()
    finally:
        connection.close()


# --- PostgreSQL ---------------------------------------------------------------------------------------------


def _take_postgres(database: Database, copy: Path) -> None:
    database.dispose()
    _run(
        database.engine.url,
        "pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction",
        "--exit-on-error", "--dbname={}", str(copy),
    )  # fmt: skip
    with database.read() as session:
        breach = audit.verify(session)
    if breach:
        raise InvalidInput(
            f"已恢复，但审计日志在第{breach.number}条断开。请核查备份的来源。", code="backup-unsound",
            facts={"audit": breach.number},
        )  # fmt: skip


def _run(url: URL, tool: str, *arguments: str) -> None:
    found = shutil.which(tool)
    if found is None:
        raise Unavailable(f"没有找到 {tool}。请安装：apt-get install postgresql-client", code="tool-missing")
    with _connection_words(url) as words:
        command = [found, *(argument.format(words) for argument in arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    if done.returncode:
        raise Unavailable(
            f"{tool} 没有成功：{done.stderr.strip()[-300:]}",
            code="tool-failed",
            facts={"exit": done.returncode},
        )


@contextmanager
def _connection_words(url: URL) -> Iterator[str]:
    """libpq's connection string; the password goes through a file, since arguments are seen by everybody."""
    query = {key: str(value) for key, value in url.query.items()}
    words = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database, **query}
    with tempfile.TemporaryDirectory() as folder:
        if url.password:
            passwords = Path(folder) / "passwords"
            passwords.touch(mode=0o600)
            secret = str(url.password).replace("\\", "\\\\").replace(":", "\\:")
            passwords.write_text(f"*:*:*:*:{secret}\n", encoding="utf-8")
            words["passfile"] = str(passwords)
        quoted = (f"{key}='{_quoted(value)}'" for key, value in words.items() if value)
        yield " ".join(quoted)


def _quoted(value: object) -> str:
    return str(value).replace("\\", "\\\\").replace("'", "\\'")


# --- archives -----------------------------------------------------------------------------------------------


def _dump(database: Database, copy: Path) -> None:
    if database.dialect == "sqlite":
        # One consistent snapshot while others write; copying the live file could tear it.
        with _raw(database) as cursor:
            cursor.execute("VACUUM INTO ?", (str(copy),))
        return
    _run(database.engine.url, "pg_dump", "--format=custom", "--no-owner", "--file", str(copy), "--dbname={}")


def _manifest(database: Database, members: dict[str, str], now: datetime) -> Manifest:
    with database.read() as session:
        entries, last = audit.tail(session) or (0, None)
    return Manifest(
        FORMAT,
        now.isoformat(timespec="seconds"),
        database.dialect,
        str(migrations.current(database)),
        entries,
        last,
        members,
    )


def _unpack(source: Path, folder: Path) -> Manifest:
    """Unpack the members that the manifest names, and no others, after checking their names and digests."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            manifest = Manifest(**json.loads(_member(archive, "manifest.json").read()))
            if manifest.format != FORMAT:
                raise InvalidInput("不是本系统的备份，或版本不同。", code="backup-format")
            for name, digest in manifest.members.items():
                if name != "database" and not _MEMBER.fullmatch(name):
                    raise InvalidInput(f"备份中的文件名 {name[:80]} 不合规则。", code="backup-format")
                file = folder / name
                file.parent.mkdir(parents=True, exist_ok=True)
                with _member(archive, name) as packed, file.open("wb") as unpacked:
                    shutil.copyfileobj(packed, unpacked)
                if _digest(file) != digest:
                    raise InvalidInput(f"备份中的 {name} 已损坏，未作任何改动。", code="backup-damaged")
    except (tarfile.TarError, OSError, EOFError, ValueError, TypeError, KeyError) as error:
        raise InvalidInput("不是本系统的备份，或文件已损坏。", code="backup-format") from error
    return manifest


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    found = archive.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _take_attachments(unpacked: Path, attachments: Path) -> None:
    """Add what is missing; a file under its hash is never another."""
    if not unpacked.is_dir():
        return
    for file in sorted(unpacked.rglob("*")):
        target = attachments / file.relative_to(unpacked)
        if file.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            _sync(file)
            os.replace(file, target)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
