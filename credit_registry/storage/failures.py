"""Failures of the disk as refusals: the same words, whether a database or a file met them."""

import errno

from credit_registry.domain.errors import Unavailable

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def storage_full() -> Unavailable:
    return Unavailable(
        "存储空间已满，本次没有写入任何内容。请联系系统管理员清理磁盘后重试。", code="storage-full"
    )


def storage_failed() -> Unavailable:
    return Unavailable(
        "读写磁盘失败。请联系系统管理员检查磁盘和剩余空间，然后用同一个键重试。", code="storage-failed"
    )


def of_file(error: OSError) -> Unavailable:
    """Why a file could not be kept."""
    return storage_full() if is_full(error) else storage_failed()


def is_full(error: OSError) -> bool:
    return error.errno in _NO_SPACE
