"""What a plan says of single rows, whatever the kind of file: held, known already, a finding at its place."""

from typing import Generic, Protocol, TypeVar

from credit_registry.services.intake import Columns, Held
from importers import Layout, Problem
from importers.problems import Finding, place


class Rows(Protocol):
    """The part of a plan that is the same for every kind of file."""

    columns: Columns
    duplicates: list[int]
    held: dict[int, Held]
    notes: list[Problem]


P = TypeVar("P", bound=Rows)


class Deciding(Generic[P]):
    """Decides row by row; a subclass asks the questions."""

    def __init__(self, layout: Layout, made: P) -> None:
        self.plan, self.columns = made, made.columns
        self.titles = {column.name: column.title for column in layout.columns}

    def _hold(self, row: int, why: tuple[str, Finding] | None) -> None:
        """Let the row wait; None where the reader has said why."""
        held = self.plan.held.setdefault(row, Held())
        if why is not None:
            held.problems.append(self._problem(row, *why))

    def _duplicate(self, row: int, column: str, says: str) -> None:
        self.plan.duplicates.append(row)
        self._note(row, column, Finding("X-DUPLICATE", "duplicate", says, "已略过，无需处理"))

    def _note(self, row: int, column: str, finding: Finding) -> None:
        self.plan.notes.append(self._problem(row, column, finding))

    def _problem(self, row: int, column: str, finding: Finding) -> Problem:
        values, sheets = self.columns.get(column), self.columns.get("sheet")
        return place(
            finding,
            sheet=sheets[row] if sheets else None,
            row=self.columns["row"][row],
            column=self.titles.get(column, column),
            value=values[row] if values else None,
        )
