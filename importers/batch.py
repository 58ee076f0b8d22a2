"""A batch: the result of reading one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from importers.layouts import Layout
from importers.problems import Problem, refuses_file, written

if TYPE_CHECKING:
    from pandas import DataFrame


class RawRow(Mapping[str, str]):
    """The original cells of one row by title, as written; built when asked, because most rows are never asked."""

    __slots__ = ("_cells", "_named", "_titles")

    def __init__(self, titles: Sequence[str], cells: Sequence[object]) -> None:
        self._titles, self._cells = titles, cells
        self._named: dict[str, str] | None = None

    def _filled(self) -> dict[str, str]:
        if self._named is None:
            self._named = self._build()
        return self._named

    def _build(self) -> dict[str, str]:
        named = {}
        for at, cell in enumerate(self._cells):
            if cell is not None and cell != "":
                title = self._titles[at] if at < len(self._titles) else ""
                named[title or f"第{at + 1}列"] = written(cell)
        return named

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
    """What one file says, every row of it accounted for once: ``rows == len(frame) + len(refused)``.

    Args:
        digest: SHA-256 over the bytes and the layout: the same file under another layout is another batch.
        frame: rows that passed or are held.  Columns: the layout's columns plus the record's own (``kind``, ``state``),
            ``details`` (dict), ``row``, ``sheet``, ``disposition`` (accept | hold), ``raw`` (mapping of the original
            cells by title, as written).  All columns but ``row`` have dtype object with plain Python values: str, int,
            bool, date, None for nothing; they go to a database as they are.
        header: titles of the file in its own order, for a workbook of problems.
    """

    layout: Layout | None
    encoding: str | None
    sheet: str | None
    digest: str
    file_digest: str
    rows: int
    frame: DataFrame
    refused: list[RefusedRow]
    problems: list[Problem]
    header: tuple[str, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether the whole file is refused: nothing of it may be stored."""
        return refuses_file(self.problems)

    @property
    def needs_confirmation(self) -> bool:
        """Whether the whole file waits for a person: a file-level hold, or the rows of a file that hides some."""
        return any(problem.row is None and problem.disposition == "hold" for problem in self.problems)
