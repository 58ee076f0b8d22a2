"""What is decided about single rows, whatever the kind of file: held, known already, a finding at its place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Generic, TypeVar

from credit_registry.domain.permissions import Actor
from credit_registry.services import subjects
from credit_registry.storage.database import Session
from importers import Layout, Problem
from importers.problems import Finding, place

Columns = dict[str, list[Any]]


@dataclass(slots=True)
class Held:
    """A row that waits for a person, by its place in the table."""

    problems: list[Problem] = field(default_factory=list)
    proposals: tuple[subjects.Proposal, ...] = ()


@dataclass(slots=True)
class Decided:
    """What becomes of each row; every row is in exactly one of the four: these three, or taken by a subclass."""

    columns: Columns
    _: KW_ONLY
    duplicates: list[int] = field(default_factory=list)
    held: dict[int, Held] = field(default_factory=dict)
    refused: dict[int, list[Problem]] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)


D = TypeVar("D", bound=Decided)


class Deciding(Generic[D]):
    """Decides row by row; a subclass asks the questions."""

    def __init__(self, session: Session, actor: Actor, layout: Layout, made: D) -> None:
        self.session, self.actor, self.plan = session, actor, made
        self.columns, self.count = made.columns, len(made.columns["row"])
        self.titles = {column.name: column.title for column in layout.columns}
        self.dispositions: Sequence[str] = self.columns.get("disposition") or ["accept"] * self.count

    def _is_own(self, row: int) -> bool:
        """An office sends its own rows; the keeper of the register sends anybody's."""
        if self.actor.is_keeper:
            return True
        source = self.columns["source_code"][row] or self.columns["authority_code"][row]
        return source is not None and source == self.actor.authority_code

    def _hold(self, row: int, why: tuple[str, Finding] | None) -> None:
        """Let the row wait; a cell that the reader has called empty is not called so again."""
        held = self.plan.held.setdefault(row, Held())
        if why is None or (self.dispositions[row] == "hold" and why[1].code in _SAID_BY_THE_READER):
            return
        held.problems.append(self._problem(row, *why))

    def _refuse(self, row: int, column: str, finding: Finding) -> None:
        self.plan.refused[row] = [self._problem(row, column, finding)]

    def _duplicate(self, row: int, column: str, says: str) -> None:
        self.plan.duplicates.append(row)
        self._note(row, column, Finding("X-DUPLICATE", "duplicate", says, "已略过，无需处理"))

    def _note(self, row: int, column: str, finding: Finding) -> None:
        self.plan.notes.append(self._problem(row, column, finding))

    def _conflict(self, with_what: str, told: Sequence[str]) -> Finding:
        """The row and something known are one thing, told differently in these columns."""
        differs = "、".join(self.titles.get(name, name) for name in told[:6]) or "状态"
        return Finding(
            "X-CONFLICT",
            "hold",
            f"{with_what}是同一件事，但内容不同（{differs}）",
            "请核对原件：是更正的，确认后作为新版本入库；是误报的，放弃此行",
        )

    def _propose(self, rows: Iterable[int]) -> None:
        """Give held rows the enterprises that they may be about."""
        nothing = [None] * self.count
        codes, names = self.columns.get("uscc", nothing), self.columns.get("name", nothing)
        unsure: Mapping[int, tuple[str | None, str | None]] = {row: (codes[row], names[row]) for row in rows}
        for row, proposals in (subjects.propose(self.session, unsure) if unsure else {}).items():
            self.plan.held[row].proposals = proposals

    def _problem(self, row: int, column: str, finding: Finding) -> Problem:
        values, sheets = self.columns.get(column), self.columns.get("sheet")
        return place(
            finding,
            sheet=sheets[row] if sheets else None,
            row=self.columns["row"][row],
            column=self.titles.get(column, column),
            value=values[row] if values else None,
        )


_SAID_BY_THE_READER = frozenset({"R-USCC-MISSING", "R-NAME-MISSING"})
NOT_OWN = Finding(
    "R-NOT-OWN",
    "refuse_row",
    "不是本单位：数据来源单位与报送账号所属单位不一致",
    "请由作出处理的单位报送，或由登记主管部门代为导入",
)
