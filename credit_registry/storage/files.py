"""Files of attachments: bytes under the name of their own hash, on the disk before the database knows of them.

A row without its file is damage; a file without a row is only an orphan that `orphans` finds.
"""

import hashlib
import os
import secrets
from collections.abc import Collection, Iterator
from pathlib import Path


def keep(folder: Path, data: bytes) -> str:
    """Write the bytes durably and answer their SHA-256; the same bytes are kept once.

    The order is what a power cut leaves whole: write aside, fsync, rename, fsync the folder.
    """
    digest = hashlib.sha256(data).hexdigest()
    target = path_of(folder, digest)
    if target.exists() and target.stat().st_size == len(data):
        return digest
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f"aside-{digest[:8]}-{secrets.token_hex(4)}")
    try:
        with aside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.chmod(0o640)
        aside.replace(target)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    for each in (target.parent, folder):
        _sync(each)
    return digest


def read(folder: Path, digest: str) -> bytes | None:
    """The bytes with that hash; None when they are missing or no longer what they were."""
    try:
        data = path_of(folder, digest).read_bytes()
    except FileNotFoundError:
        return None
    return data if hashlib.sha256(data).hexdigest() == digest else None


def path_of(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest


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
