"""A batch: the result of reading one file."""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from importers.frames import frame_of
from importers.layouts import Layout
from importers.problems import Problem, refuses_file, written

if TYPE_CHECKING:
    from pandas import DataFrame


class RawRow(Mapping[str, str]):
    """The original cells of one row by title, as written; built when asked, because most rows are never asked.

    Args:
        cells: as read, or `packed`.
    """

    __slots__ = ("_cells", "_named", "_titles")

    def __init__(self, titles: Sequence[str], cells: Sequence[object] | bytes) -> None:
        self._titles, self._cells = titles, cells
        self._named: dict[str, str] | None = None

    def _filled(self) -> dict[str, str]:
        if self._named is None:
            self._named = self._build()
        return self._named

    def _build(self) -> dict[str, str]:
        named = {}
        cells = marshal.loads(self._cells) if isinstance(self._cells, bytes) else self._cells  # noqa: S302 - our own
        for at, cell in enumerate(cells):
            if cell is not None and cell != "":
                title = self._titles[at] if at < len(self._titles) else ""
                named[title or f"第{at + 1}列"] = written(cell)
        return named

    def packed(self) -> bytes:
        """The cells of a row of text for another process of this program: one object there, not one for each."""
        return self._cells if isinstance(self._cells, bytes) else marshal.dumps(list(self._cells))

    def __getitem__(self, title: str) -> str:
        return self._filled()[title]

    def __iter__(self) -> Iterator[str]:
        return iter(self._filled())

    def __len__(self) -> int:
        return len(self._filled())


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that goes no further; ``raw`` holds its cells by title, identity numbers included: never log it."""

    row: int
    sheet: str | None
    raw: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one file says, every row of it accounted for once: ``rows == kept + len(refused)``.

    Args:
        digest: SHA-256 over the bytes and the layout: the same file under another layout is another batch.
        columns: rows that passed or are held: the layout's columns plus the record's own (``kind``, ``state``),
            ``details`` (dict), ``row``, ``sheet``, ``disposition`` (accept | hold), ``raw`` (mapping of the original
            cells by title, as written).  All hold plain Python values: str, int, bool, date, None for nothing; they
            go to a database as they are.
        header: titles of the file in its own order, for a workbook of problems.
        is_part: whether more of the file may follow.
    """

    layout: Layout | None
    encoding: str | None
    sheet: str | None
    digest: str
    file_digest: str
    rows: int
    columns: dict[str, list[Any]]
    refused: list[RefusedRow]
    problems: list[Problem]
    header: tuple[str, ...] = ()
    is_part: bool = False

    @property
    def frame(self) -> DataFrame:
        """The columns as a table, made when asked: all of dtype object but ``row``."""
        return frame_of(self.columns)

    @property
    def is_refused(self) -> bool:
        """Whether the whole file is refused: nothing of it may be stored."""
        return refuses_file(self.problems)

    @property
    def needs_confirmation(self) -> bool:
        """Whether the whole file waits for a person: a file-level hold, or the rows of a file that hides some."""
        return any(problem.row is None and problem.disposition == "hold" for problem in self.problems)
