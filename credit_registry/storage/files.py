"""Files of attachments and uploads: bytes under the name of their own hash, on the disk before the database knows.

A row without its file is damage; a file without a row is only an orphan that `orphans` finds.
"""

import hashlib
import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from credit_registry.storage import failures


def keep(folder: Path, data: bytes) -> str:
    """Write the bytes durably and answer their SHA-256; the same bytes are kept once.

    The order is what a power cut leaves whole: write aside, fsync, rename, fsync the folder.
    """
    digest = hashlib.sha256(data).hexdigest()
    target = path_of(folder, digest)
    if target.exists() and target.stat().st_size == len(data):
        return digest
    _write(folder, target, data)
    return digest


def keep_apart(folder: Path, data: bytes) -> str:
    """Write the bytes durably under a name of their own; the answer is that name: their SHA-256 and a mark.

    For uploads, which go when their job is done: were the same bytes kept once, the end of one job would take them
    from another that was just handed in.
    """
    name = f"{hashlib.sha256(data).hexdigest()}-{secrets.token_hex(4)}"
    _write(folder, path_of(folder, name), data)
    return name


def _write(folder: Path, target: Path, data: bytes) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise failures.of_file(error) from error
    aside = target.with_name(f"aside-{target.name[:8]}-{secrets.token_hex(4)}")
    try:
        with aside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.chmod(0o640)
        aside.replace(target)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise failures.of_file(error) from error
    for each in (target.parent, folder):
        _sync(each)


def read(folder: Path, digest: str) -> bytes | None:
    """The bytes with that hash; None when they are missing or no longer what they were."""
    try:
        data = path_of(folder, digest).read_bytes()
    except FileNotFoundError:
        return None
    return data if hashlib.sha256(data).hexdigest() == digest else None


def is_whole(folder: Path, name: str) -> bool:
    """Whether an upload lies there as it was kept."""
    try:
        with path_of(folder, name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == name.partition("-")[0]
    except FileNotFoundError:
        return False


def discard(folder: Path, name: str) -> None:
    """Remove an upload and what was noted beside it; nothing happens where they are gone already."""
    path_of(folder, name).unlink(missing_ok=True)
    with suppress(OSError):
        _note_of(folder, name).unlink()


def note(folder: Path, name: str, text: str) -> None:
    """Put a hint beside an upload: there whole or not at all, and never worth a failure."""
    target = _note_of(folder, name)
    aside = target.with_name(f"aside-{target.name[:8]}-{secrets.token_hex(4)}")
    with suppress(OSError):
        try:
            aside.write_text(text, encoding="utf-8")
            aside.replace(target)
        except OSError:
            aside.unlink(missing_ok=True)


def noted(folder: Path, name: str) -> str | None:
    """The hint beside an upload; None where there is none that can be read."""
    try:
        return _note_of(folder, name).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None


def _note_of(folder: Path, name: str) -> Path:
    return path_of(folder, name).with_name(f"{name}.note")


def path_of(folder: Path, name: str) -> Path:
    return folder / name[:2] / name


def orphans(folder: Path, known: Collection[str]) -> Iterator[Path]:
    """Files that no row speaks of."""
    kept = frozenset(known)
    for file in sorted(folder.glob("*/*")):
        if file.is_file() and file.name not in kept:
            yield file


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
