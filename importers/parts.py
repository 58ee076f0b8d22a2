"""Large text files in parts: the same answers as `read`, in memory that does not grow with the file.

A part is a batch of its own rows with the digests of the whole file.  Whatever is not a plain large text file in a
plain encoding is read whole, so that there is one set of rules about encodings and formats.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import accumulate, islice
from pathlib import Path
from typing import Final, TextIO

from importers.ahead import read_ahead
from importers.batch import Batch
from importers.files import format_of
from importers.formats.table import MOST_COLUMNS, MOST_ROWS, FileRefused, Table
from importers.formats.text import bounded, decoded, too_wide, unclosed_quote
from importers.frames import sources_of
from importers.headers import find_header, header_notes, knows_titles
from importers.layouts import Layout, Match
from importers.lines import sort_lines
from importers.problems import Finding
from importers.reader import (
    MOST_REFUSED,
    REFUSED_FROM,
    Reading,
    candidates_for,
    read,
    refused_batch,
    too_many,
    uncollected,
)

ROWS: Final = 20_000
# Below this a file is read whole: its rows fit in memory many times.
LEAST_BYTES: Final = 8 * 2**20
# A streamed file costs no memory for its size, so it may be larger than one that is opened whole.
MOST_BYTES: Final = 2**30
_BLOCK: Final = 2**20
_HEAD: Final = 2**16
_ROWS_AT_ONCE: Final = 500


def read_parts(
    source: bytes | Path,
    *,
    filename: str,
    kind: str,
    layout: str | Layout | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    today: date,
    rows: int | None = ROWS,
    ahead: bool = False,
) -> Generator[Batch, None, None]:
    """The batches of a file, in order; one for a small file.

    A refused part ends the file, and what came before it must not be kept either.

    Args:
        rows: of a part; None reads any file whole.
        ahead: whether each part of a file on disk after its first is read while the caller is busy with the one
            before, by another process; close the iterator to be sure of its end.

    Raises:
        KeyError: no layout of that kind or name exists; a mistake of the caller, not of the sender.
        ReaderLost: that process came to an end before the file did.
    """
    candidates = candidates_for(kind, layout)
    name = _plain_encoding(source, filename, encoding, candidates) if rows else None
    if rows is None or name is None:
        data = source if isinstance(source, bytes) else source.read_bytes()
        yield read(
            data, filename=filename, kind=kind, layout=layout, sheet=sheet, encoding=encoding, today=today
        )
        return
    parts = Parts(source, candidates, _file_digest(source), today, rows, *name)
    for batch in parts.batches():
        if ahead and isinstance(source, Path) and not parts.is_last:
            yield from read_ahead(parts, batch)
            return
        yield batch


class Parts:
    """A large text file on its way into batches; a copy of it in another process goes on where it was copied."""

    def __init__(
        self,
        source: bytes | Path,
        candidates: Sequence[Layout],
        digest: str,
        today: date,
        rows: int,
        encoding: str,
        notes: list[Finding],
    ) -> None:
        self.source, self.candidates, self.digest = source, candidates, digest
        self.today, self.rows, self.encoding, self.notes = today, rows, encoding, notes
        self.counts: Counter[tuple[int, str]] = Counter()
        self.header: tuple[int, Sequence[object]] | None = None
        self.fit: tuple[Sequence[Layout], Match] | None = None
        self.is_last = False
        self._taken, self._read, self._refused = 0, 0, 0

    def batches(self) -> Iterator[Batch]:
        """Those that have not been taken yet."""
        try:
            with _opened(self.source, self.encoding) as text:
                for rows, numbers, is_last in islice(self._parted(text), self._taken, None):
                    self.is_last = is_last
                    with uncollected():
                        batch = self._batch(rows, numbers)
                    self._taken += 1
                    self._read, self._refused = self._read + batch.rows, self._refused + len(batch.refused)
                    yield batch
            if self._read >= REFUSED_FROM and self._refused > self._read * MOST_REFUSED:
                finding = too_many(self._refused, self._read)
                raise FileRefused(finding.code, finding.says, finding.hint)
        except FileRefused as refusal:
            self.is_last = True
            yield refused_batch(refusal, None, self.fit[0][0] if self.fit else None, self.digest)

    def _parted(self, text: TextIO) -> Iterator[tuple[list[Sequence[object]], list[int], bool]]:
        """The rows of each part with their numbers, and whether it is the last one."""
        rows: list[Sequence[object]] = []
        numbers: list[int] = []
        total = 0
        for more, begins in _blocks_of_rows(text):
            rows += more
            numbers += begins
            total += len(more)
            if total > MOST_ROWS:
                raise FileRefused(
                    "F-TOO-MANY-ROWS",
                    f"超过{MOST_ROWS:,}行的上限",
                    "请拆分为几个文件后分别上传",
                    row=MOST_ROWS + 1,
                )
            while len(rows) > self.rows:
                yield rows[: self.rows], numbers[: self.rows], False
                rows, numbers = rows[self.rows :], numbers[self.rows :]
        if rows:
            yield rows, numbers, True

    def _batch(self, rows: list[Sequence[object]], numbers: list[int]) -> Batch:
        is_first = self.fit is None
        if self.header is not None:
            rows, numbers = [self.header[1], *rows], [self.header[0], *numbers]
        table = Table(
            format="csv", rows=rows, numbers=numbers, encoding=self.encoding, is_text=True,
            notes=self.notes if is_first else [],
        )  # fmt: skip
        start = 0
        if self.fit is None:
            table, start, layout, match = find_header(table, self.candidates)
            self.header, self.fit = (table.numbers[start], table.rows[start]), (sources_of(layout), match)
        sources, match = self.fit
        lines = sort_lines(table, start, sources[0].titles)
        if is_first and not lines.rows and not lines.refused:
            raise FileRefused("F-NO-ROWS", "只有标题，没有数据", "请填写数据后重新上传")
        reading = _Part(table, start, sources, match, lines, self.today)
        reading.is_first, reading.counts = is_first, self.counts
        return replace(reading.batch(self.digest), is_part=True)


class _Part(Reading):
    """A reading that leaves what concerns the whole file to the whole."""

    is_first = True

    def _file_findings(self, rows: int, refused: int) -> list[Finding]:
        return [*self.table.notes, *header_notes(self.header, self.match)] if self.is_first else []


def _blocks_of_rows(text: TextIO) -> Iterator[tuple[list[list[str]], Sequence[int]]]:
    """Rows and the line on which each begins, some hundreds at a time: a bomb is seen before it has grown."""
    reader = csv.reader(bounded(text), strict=True)
    begins, is_sound = 1, True
    while is_sound:
        rows: list[list[str]] = []
        try:
            rows.extend(islice(reader, _ROWS_AT_ONCE))
        except csv.Error:
            # The rows before the broken one have been taken.
            is_sound = False
        ends: Sequence[int] = range(begins, begins + len(rows) + 1)
        if reader.line_num != ends[-1] - 1:
            ends = list(accumulate(map(_lines_of, rows), initial=begins))
        if rows and max(map(len, rows)) > MOST_COLUMNS:
            at = next(at for at, row in enumerate(rows) if len(row) > MOST_COLUMNS)
            raise too_wide(len(rows[at]), ends[at])
        if rows:
            yield rows, ends[:-1]
        if not is_sound:
            raise unclosed_quote(ends[-1])
        if not rows:
            return
        begins = ends[-1]


def _lines_of(row: Sequence[str]) -> int:
    """How many lines of the file a record takes: one, and one more for each break inside its cells."""
    return 1 + sum(cell.count("\n") + cell.count("\r") - cell.count("\r\n") for cell in row)


def _plain_encoding(
    source: bytes | Path, filename: str, encoding: str | None, candidates: Sequence[Layout]
) -> tuple[str, list[Finding]] | None:
    """The encoding of a large text file and its notes, when nothing about it needs a second look."""
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if not LEAST_BYTES <= size <= MOST_BYTES or not filename.lower().endswith((".csv", ".txt")):
        return None
    if not all(layout.dialect.is_plain for layout in candidates):
        return None
    head = source[:_HEAD] if isinstance(source, bytes) else _head(source)
    if format_of(head) != "text" or 0 in head or head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None
    # A whole number of lines decodes by itself in every encoding of the ladder.
    whole = head[: head.rfind(b"\n") + 1]
    knows = knows_titles(candidates)
    try:
        text, name, notes = decoded(whole, encoding=encoding, knows=knows)
    except FileRefused:
        return None
    if name not in ("utf-8", "gb18030") or text.startswith("\ufeff") or not knows(text):
        return None
    return (name, notes) if _is_strictly(source, name) else None


def _is_strictly(source: bytes | Path, name: str) -> bool:
    """Whether the whole file is in that encoding; found out before any row of it is taken for good."""
    decoder = codecs.getincrementaldecoder(name)(errors="strict")
    try:
        for block in _blocks(source):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _head(source: Path) -> bytes:
    with source.open("rb") as file:
        return file.read(_HEAD)


def _blocks(source: bytes | Path) -> Iterator[bytes]:
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def count_lines(source: bytes | Path) -> int:
    """Lines of a text file: about its rows, told before they are read; breaks inside cells count as lines too."""
    return sum(block.count(b"\n") for block in _blocks(source))


def _file_digest(source: bytes | Path) -> str:
    digest = hashlib.sha256()
    for block in _blocks(source):
        digest.update(block)
    return digest.hexdigest()


def _opened(source: bytes | Path, encoding: str) -> TextIO:
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    if isinstance(source, bytes):
        return io.TextIOWrapper(io.BytesIO(source), encoding=name, newline="")
    return source.open(encoding=name, newline="")
