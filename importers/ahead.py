"""The parts of a large file after its first, each read by another process while the caller is busy with the one before.

The reader is at most one part ahead: it goes on when its answer has been taken.  It lives no longer than its caller:
whoever closes the iterator ends it, and a caller that dies leaves it a pipe that nobody reads.
"""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Final

from importers.batch import Batch, RawRow

if TYPE_CHECKING:
    from importers.parts import Parts


class ReaderLost(Exception):
    """The reading process came to an end before the file did; what it had not answered yet is not known."""


# Isolated, so that neither the environment nor the working directory says what is imported: the caller does.
# Signals to the group are the caller's to answer: it decides whether the import goes on.
_READER: Final = """
import pickle, signal, sys
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
sys.path[:] = pickle.load(sys.stdin.buffer)
from importers import ahead
ahead.answer(sys.stdin.buffer, sys.stdout.buffer)
"""


def read_ahead(parts: Parts, first: Batch) -> Iterator[Batch]:
    """The first part, read already, and those after it.

    Raises:
        ReaderLost: the reader was killed, or failed and said so on the standard error stream.
    """
    reader = subprocess.Popen(  # noqa: S603 - our own words, by our own interpreter
        [sys.executable, "-I", "-c", _READER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert reader.stdin is not None
    assert reader.stdout is not None
    try:
        _ask(reader.stdin, parts)
        yield first
        while (batch := _next(reader.stdout)) is not None:
            yield _unpacked(batch, first)
    finally:
        reader.kill()
        reader.stdout.close()
        reader.wait()


def _ask(pipe: IO[bytes], parts: Parts) -> None:
    try:
        with pipe:
            pickle.dump(sys.path, pipe)
            pickle.dump(parts, pipe)
    except BrokenPipeError:
        raise ReaderLost from None


def _next(pipe: IO[bytes]) -> Batch | None:
    try:
        # Our own code wrote it; the bytes of the sender are only in the values.
        batch: Batch | None = pickle.load(pipe)  # noqa: S301
    except (EOFError, pickle.UnpicklingError):
        raise ReaderLost from None
    return batch


def answer(asked: IO[bytes], answers: IO[bytes]) -> None:
    """In the reading process: every part that is left, and None after the last."""
    gc.disable()
    parts: Parts = pickle.load(asked)  # noqa: S301 - of our own caller
    try:
        for batch in parts.batches():
            pickle.dump(_packed(batch), answers, protocol=5)
            answers.flush()
        pickle.dump(None, answers)
        answers.flush()
    except BrokenPipeError:
        # Nobody reads any more.
        os._exit(0)


def _packed(batch: Batch) -> Batch:
    """Without the layout, which the caller has, and with rows that are few objects."""
    raws: list[RawRow] = batch.columns["raw"]
    return replace(batch, layout=None, columns=batch.columns | {"raw": [raw.packed() for raw in raws]})


def _unpacked(batch: Batch, first: Batch) -> Batch:
    raws = [RawRow(batch.header, cells) for cells in batch.columns["raw"]]
    return replace(batch, layout=first.layout, columns=batch.columns | {"raw": raws})
