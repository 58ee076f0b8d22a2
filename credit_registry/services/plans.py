"""Plans: what each kind of file decides about its rows, and how what it decided is stored.

Every kind answers the same four questions of every row: taken, known already, held for a person, refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from credit_registry.domain.permissions import Actor
from credit_registry.domain.records import CONTENT
from credit_registry.services import (
    changes,
    endings,
    intake,
    other_list_files,
    registrations,
    subjects,
    versions,
    waiting_rows,
)
from credit_registry.services.deciding import Columns
from credit_registry.services.waiting_rows import Waiting
from credit_registry.storage.database import Session
from credit_registry.storage.queries import imports
from importers import Batch, Layout, Problem
from importers.problems import Finding, place

Plan = versions.Plan | registrations.Plan | endings.Plan | changes.Plan | other_list_files.Plan

# Records that the register has a place for; the importers read more kinds of file than that.
TAKEN = frozenset({*CONTENT, *endings.ENDINGS, "enterprise", "enterprise_change", "other_listing"})
# Files whose rows must be seen together: two rows of one enterprise contradict each other within the file.
SEEN_WHOLE = frozenset({"enterprises", "enterprise_changes"})
# Notes that stop nothing are kept up to here, for each code; the rest is told as a number.
NOTES_KEPT = 500
_NOTED = frozenset({"duplicate", "normalised", "warning"})


def decide(
    session: Session, actor: Actor, batch: Batch, *, register: subjects.Register | None = None
) -> Plan:
    """What becomes of each row of a batch (or a part of one); writes nothing."""
    assert batch.layout is not None, "a batch that is not refused has a layout"
    made = _plan(session, actor, batch.layout, batch.columns, register)
    _wait_once(session, made)
    return made


def _plan(
    session: Session,
    actor: Actor,
    layout: Layout,
    columns: Columns,
    register: subjects.Register | None,
) -> Plan:
    if layout.record == "enterprise":
        return registrations.plan(session, actor, layout, columns)
    if layout.record == "enterprise_change":
        return changes.plan(session, actor, layout, columns)
    if layout.record == "other_listing":
        return other_list_files.plan(session, actor, layout, columns)
    if layout.record in endings.ENDINGS:
        return endings.plan(session, actor, layout, columns, register=register)
    return intake.plan(session, actor, layout.record, layout, columns, register=register)


def _wait_once(session: Session, made: Plan) -> None:
    """A row with the very cells of one that waits already, or that a person has let go on, waits no second time."""
    raws = made.columns.get("raw", [])
    digests = {row: waiting_rows.cells_digest(session.vault, raws[row]) for row in sorted(made.held)}
    known = imports.waiting_or_resolved(session, sorted(set(digests.values()))) if digests else {}
    seen: dict[str, str] = {digest: f"批次{batch}第{row}行" for digest, (batch, row) in known.items()}
    sheets = made.columns.get("sheet")
    for row, digest in digests.items():
        number = made.columns["row"][row]
        earlier = seen.setdefault(digest, f"本文件第{number}行")
        if earlier == f"本文件第{number}行":
            continue
        del made.held[row]
        made.duplicates.append(row)
        finding = Finding(
            "X-DUPLICATE", "duplicate", f"与{earlier}相同，该行已交人工处理", "已略过，无需处理"
        )
        sheet = sheets[row] if sheets else None
        made.notes.append(place(finding, sheet=sheet, row=number, column=None, value=None))


def store(session: Session, actor: Actor, plan: Plan, *, batch_id: int, now: datetime) -> None:
    match plan:
        case versions.Plan():
            versions.store(session, actor, plan, batch_id=batch_id, now=now)
        case registrations.Plan():
            registrations.store(session, actor, plan, batch_id=batch_id, now=now)
        case endings.Plan():
            endings.store(session, actor, plan, batch_id=batch_id, now=now)
        case changes.Plan():
            changes.store(session, actor, plan, batch_id=batch_id, now=now)
        case other_list_files.Plan():
            other_list_files.store(session, actor, plan, batch_id=batch_id, now=now)


def waiting(batch: Batch, plan: Plan) -> list[Waiting]:
    """The rows to keep for a person: held by us or by the reader, refused by us or by the reader."""
    told: dict[int, list[Problem]] = {}
    for problem in batch.problems:
        if problem.row is not None and problem.disposition in ("hold", "refuse_row"):
            told.setdefault(problem.row, []).append(problem)
    numbers, raws = plan.columns["row"], plan.columns.get("raw", [])
    sheets = plan.columns.get("sheet") or [None] * len(numbers)
    found = []
    for at, held in plan.held.items():
        problems = (*told.get(numbers[at], ()), *held.problems)
        found.append(Waiting(numbers[at], sheets[at], "held", raws[at], problems, held.proposals))
    for at, ours in plan.refused.items():
        found.append(Waiting(numbers[at], sheets[at], "refused", raws[at], tuple(ours)))
    for row in batch.refused:
        found.append(Waiting(row.row, row.sheet, "refused", row.raw, tuple(told.get(row.row, ()))))
    return sorted(found, key=lambda each: each.row)


@dataclass(slots=True)
class Tally:
    """Counts and problems of a file, part by part; it does not grow with the rows that have no problem."""

    rows: int = 0
    accepted: int = 0
    duplicate: int = 0
    held: int = 0
    refused: int = 0
    touched: set[int] = field(default_factory=set)
    _problems: list[Problem] = field(default_factory=list)
    _noted: dict[str, int] = field(default_factory=dict)

    def add(self, batch: Batch, plan: Plan) -> None:
        """Count a part; a row that is not accounted for is a defect, never a smaller number."""
        refused = len(batch.refused) + len(plan.refused)
        accounted = plan.accepted + len(plan.duplicates) + len(plan.held) + refused
        assert accounted == batch.rows, f"{accounted} of {batch.rows} rows are accounted for"
        self.rows += batch.rows
        self.accepted += plan.accepted
        self.duplicate += len(plan.duplicates)
        self.held += len(plan.held)
        self.refused += refused
        # The reader held these rows before we knew that they wait already.
        known = {plan.columns["row"][row] for row in plan.duplicates}
        ours = [problem for held in plan.held.values() for problem in held.problems]
        ours += [problem for problems in plan.refused.values() for problem in problems]
        told_by_reader = [p for p in batch.problems if p.disposition != "hold" or p.row not in known]
        everything = [*told_by_reader, *ours, *plan.notes]
        for problem in sorted(everything, key=lambda each: (each.row is not None, each.row or 0)):
            self._keep(problem)

    def note(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            self._keep(problem)

    def problems(self) -> tuple[dict[str, object], ...]:
        """In the order of the rows; of notes, so many of each code and the number of the rest."""
        kept = list(self._problems)
        for code, count in self._noted.items():
            if count > NOTES_KEPT:
                message = f"另有{count - NOTES_KEPT}行同样的提示（{code}），不再逐行列出"
                kept.append(Problem(None, None, None, code, "warning", None, message, "这些提示不影响入库"))
        return tuple(problem.as_dict() for problem in kept)

    def _keep(self, problem: Problem) -> None:
        if problem.disposition in _NOTED:
            self._noted[problem.code] = self._noted.get(problem.code, 0) + 1
            if self._noted[problem.code] > NOTES_KEPT:
                return
        self._problems.append(problem)
