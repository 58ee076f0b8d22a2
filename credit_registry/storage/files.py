"""Files of attachments and uploads: bytes under the name of their own hash, on the disk before the database knows.

A row without its file is damage; a file without a row is only an orphan that `orphans` finds.
"""

import hashlib
import os
import secrets
from collections.abc import Collection, Iterator
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
    """Remove an upload; nothing happens where it is gone already."""
    path_of(folder, name).unlink(missing_ok=True)


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
