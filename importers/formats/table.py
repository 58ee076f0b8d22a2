"""A table of cells as it stood in the file, and the refusal of a file that gives none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from importers.problems import Finding

# Limits of a file, each refused with its own figure.  They keep a hostile file under two seconds and 300 MB, and are
# far above what a district sends: 256 columns is the width of a legacy sheet.
MOST_BYTES: Final = 128 * 2**20
MOST_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 256
MOST_CELLS: Final = 24_000_000
MOST_CHARS: Final = 32_767


@dataclass(slots=True)
class Table:
    """Rows of one sheet or one text file.

    ``rows[i]`` holds text, float, bool, date, datetime or None, with the true type of the cell; ``numbers[i]`` is the
    line as its sender sees it (the first line of a record that spans several).  ``marks`` names, by (row number,
    column index), cells whose value must not be used: formulas, errors, merged or struck-out cells.  ``merged`` holds
    (first row, last row, reference) of merged ranges.
    """

    format: str
    rows: Sequence[Sequence[object]]
    numbers: Sequence[int]
    sheet: str | None = None
    encoding: str | None = None
    is_text: bool = False
    notes: list[Finding] = field(default_factory=list)
    marks: dict[tuple[int, int], Finding] = field(default_factory=dict)
    merged: list[tuple[int, int, str]] = field(default_factory=list)


class FileRefused(Exception):
    """The whole file cannot be used; caught by the reader and turned into a problem."""

    def __init__(
        self,
        code: str,
        says: str,
        hint: str,
        *,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        super().__init__(code)
        self.finding = Finding(code, "refuse_file", says, hint)
        self.sheet, self.row, self.column, self.value = sheet, row, column, value
