"""Batches: what was taken in with each file, and its rows that wait for a person or were refused."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import importers
from credit_registry.domain.errors import NotAllowed, NotFound
from credit_registry.domain.paging import Page
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.storage.database import Session
from credit_registry.storage.queries import imports
from credit_registry.storage.tables.imports import ImportBatchRow, ImportRowRow

# Rows of one state in one workbook that a person corrects by hand.
_MOST_SENT_BACK = 20_000


@dataclass(frozen=True)
class BatchView:
    batch: int
    kind: str
    layout: str
    filename: str
    state: str
    actor: str
    office_id: int | None
    recorded_at: datetime
    rows: int
    accepted: int
    duplicate: int
    held: int
    refused: int
    timing: Mapping[str, object]
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    withdrawal_asked_by: str | None
    problems: tuple[Mapping[str, object], ...] = field(repr=False)


@dataclass(frozen=True)
class ImportRowView:
    """A row that waits, or waited, for a person; the cells masked."""

    id: int
    batch: int
    sheet: str
    row: int
    state: str
    cells: Mapping[str, str]
    problems: tuple[Mapping[str, object], ...]
    proposals: tuple[Mapping[str, object], ...]
    record_id: int | None
    resolved_at: datetime | None
    resolved_by: str | None
    reason: str | None


def page(
    session: Session, actor: Actor, *, kind: str | None = None, after: str | None = None, limit: int = 50
) -> Page[BatchView]:
    """Batches, the newest first; an office sees its own, the keeper of the register all."""
    actor.require(Permission.REGISTER_READ)
    before = int(after) if after and after.isascii() and after.isdigit() else None
    office = None if actor.is_keeper or actor.may(Permission.AUDIT_READ) else actor.office_id
    found = imports.page(session, before=before, limit=limit + 1, office_id=office, kind=kind)
    more = str(found[limit - 1].id) if len(found) > limit else None
    return Page(tuple(view(row) for row in found[:limit]), more)


def get(session: Session, actor: Actor, batch_id: int) -> BatchView:
    actor.require(Permission.REGISTER_READ)
    return view(visible(actor, imports.find(session, batch_id)))


def rows(
    session: Session,
    actor: Actor,
    batch_id: int | None = None,
    state: str | None = None,
    *,
    after: str | None = None,
    limit: int = 50,
) -> Page[ImportRowView]:
    """Rows of a batch that wait (``held``), were refused, resolved or dropped; of all batches when None."""
    actor.require(Permission.REGISTER_READ)
    if batch_id is not None:
        visible(actor, imports.find(session, batch_id))
    elif not actor.is_keeper:
        raise NotAllowed("请先选择本单位的批次。", code="not-own-office")
    start = int(after) if after and after.isascii() and after.isdigit() else 0
    found = imports.rows(session, batch_id, state=state, after=start, limit=limit + 1)
    more = str(found[limit - 1].id) if len(found) > limit else None
    return Page(tuple(row_view(row) for row in found[:limit]), more)


def waiting_by_problem(session: Session, actor: Actor, batch_id: int) -> dict[str, int]:
    """Code of a problem -> how many rows of the batch wait with it; the most frequent first."""
    actor.require(Permission.REGISTER_READ)
    visible(actor, imports.find(session, batch_id))
    found = Counter(
        code
        for problems in imports.problems_of_held(session, batch_id)
        for code in {p["code"] for p in problems}
    )
    return dict(found.most_common())


def problem_rows(
    session: Session, actor: Actor, batch_id: int
) -> tuple[tuple[ImportRowView, ...], tuple[str, ...]]:
    """The rows of a batch that wait or were refused, and the titles that a file of them alone would lack."""
    actor.require(Permission.REGISTER_READ)
    batch = visible(actor, imports.find(session, batch_id))
    found = tuple(
        row_view(row)
        for state in ("held", "refused")
        for row in imports.rows(session, batch_id, state=state, after=0, limit=_MOST_SENT_BACK)
    )
    layout = next((each for each in importers.layouts(batch.kind) if each.name == batch.layout), None)
    if layout is None:
        return found, ()
    # Empty cells are not kept, but the layout may insist on their columns.
    return found, tuple(column.title for column in layout.lacking({t for row in found for t in row.cells}))


def visible(actor: Actor, row: ImportBatchRow | None) -> ImportBatchRow:
    """For services: the batch, if it is the actor's own office's or the actor keeps the register."""
    if row is None:
        raise NotFound("没有这个导入批次。请核对批次编号。", code="unknown-batch")
    if not (actor.is_keeper or actor.may(Permission.AUDIT_READ) or row.office_id == actor.office_id):
        raise NotAllowed("该批次由其他单位报送。如需查看，请联系报送单位。", code="not-own-office")
    return row


def view(row: ImportBatchRow) -> BatchView:
    return BatchView(
        row.id, row.kind, row.layout, row.filename, row.state, row.actor, row.office_id, row.recorded_at, row.rows,
        row.accepted, row.duplicate, row.held, row.refused, dict(row.timing), row.withdrawn_at, row.withdrawn_reason,
        row.withdrawal_asked_by, tuple(row.problems),
    )  # fmt: skip


def row_view(row: ImportRowRow) -> ImportRowView:
    return ImportRowView(
        row.id, row.batch_id, row.sheet, row.row, row.state, dict(row.shown), tuple(row.problems),
        tuple(row.proposals), row.record_id, row.resolved_at, row.resolved_by, row.reason,
    )  # fmt: skip
