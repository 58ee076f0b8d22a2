"""Imports: one file, taken in once, every row of it accounted for.

accepted + duplicate + held + refused = rows. A batch is whole or it is not there: everything happens in the one
transaction of the caller, and its audit entry with it.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import importers
from credit_registry.domain.accounts import local_day
from credit_registry.domain.audit import AuditEntry
from credit_registry.domain.errors import Duplicate, InvalidInput, NotAllowed, NotFound
from credit_registry.domain.paging import Page
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.records import CONTENT
from credit_registry.services import changes, endings, intake, registrations
from credit_registry.services.intake import Waiting
from credit_registry.storage.database import Session
from credit_registry.storage.queries import audit, enterprises, imports, records
from credit_registry.storage.tables.imports import ImportBatchRow, ImportRowRow
from importers import Batch, Layout, Problem

Progress = Callable[[str, int, int], None]

# Notes that stop nothing are kept up to here, for each code; the rest is told as a number.
_NOTES_KEPT = 500
_KEY = re.compile(r"[\x21-\x7e]{1,64}")
_NOTED = frozenset({"duplicate", "normalised", "warning"})


@dataclass(frozen=True)
class ImportResult:
    """The answer to a batch, stored with it: a repeat is answered from the store."""

    batch: int | None
    source: str
    rows: int
    accepted: int
    duplicate: int
    held: int
    refused: int
    problems: tuple[Mapping[str, object], ...]
    replayed: bool

    @property
    def has_problem_rows(self) -> bool:
        return self.held + self.refused > 0

    def as_dict(self) -> dict[str, object]:
        return {
            "batch": self.batch,
            "source": self.source,
            "rows": self.rows,
            "accepted": self.accepted,
            "duplicate": self.duplicate,
            "held": self.held,
            "refused": self.refused,
            "problems": [dict(problem) for problem in self.problems],
            "replayed": self.replayed,
        }


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


def kinds() -> tuple[str, ...]:
    """The kinds of file that can be imported."""
    return tuple(dict.fromkeys(layout.kind for layout in importers.layouts() if _can_take(layout)))


def _can_take(layout: Layout) -> bool:
    """Whether the register has a place for what the layout reads; importers read more kinds than that."""
    return layout.record in _TAKEN


_TAKEN = frozenset({*CONTENT, *endings.ENDINGS, "enterprise", "enterprise_change"})


def template(kind: str, layout: str | None = None) -> bytes:
    """The template workbook of a kind.

    Raises:
        NotFound: ``unknown-kind``.
    """
    return importers.template(_layout_of(kind, layout))


def take(
    session: Session,
    actor: Actor,
    kind: str,
    data: bytes,
    filename: str,
    *,
    key: str | None = None,
    layout: str | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    dry_run: bool = False,
    is_confirmed: bool = False,
    now: datetime,
    progress: Progress | None = None,
) -> ImportResult:
    """Take a file in: new facts, duplicates, rows that wait for a person, rows that are refused.

    Args:
        key: made by the client, so that a repeat is recognised; else the bytes and the layout are the key.
        dry_run: decide about every row and write nothing.
        is_confirmed: a person has looked at a file that needs it (hidden rows, an ambiguous encoding).

    Raises:
        InvalidInput: ``file-refused`` (the whole file; facts name the problem), ``confirmation-needed``.
        Duplicate: ``A-IDEMPOTENCY-CONFLICT``, the key was used for other bytes.
        NotFound: ``unknown-kind``, ``unknown-layout``.
    """
    actor.require(Permission.RECORDS_IMPORT)
    tell = progress or _silent
    started = time.perf_counter()
    _layout_of(kind, layout)
    tell("read", 0, 0)
    today = local_day(now)
    # No statement has been sent yet: other writers go on while this file is read.
    batch = importers.read(
        data, filename=filename, kind=kind, layout=layout, sheet=sheet, encoding=encoding, today=today
    )
    read_for = time.perf_counter() - started
    _refuse_file(batch, is_confirmed=is_confirmed)
    stored_key = _scoped(actor, key) if key is not None else batch.digest
    records.lock_writers(session)
    earlier = imports.find_by_key(session, stored_key)
    if earlier is not None:
        return _replayed(earlier, batch)
    tell("check", 0, batch.rows)
    assert batch.layout is not None
    plan = _plan(session, actor, batch)
    result = _result(batch, plan, filename)
    if dry_run:
        return result
    tell("store", 0, batch.rows)
    row = _open_batch(session, actor, batch, stored_key, filename, now)
    _store(session, actor, plan, batch_id=row.id, now=now)
    touched = plan.touched
    intake.keep_waiting(session, _waiting(batch, plan), batch_id=row.id, layout=batch.layout)
    _close_batch(row, result)
    row.timing = {"read_ms": round(read_for * 1000), "all_ms": round((time.perf_counter() - started) * 1000)}
    enterprises.mark_dirty(session, touched, now)
    _remember(session, actor, "batch:take", row, now, None, _counts(result))
    tell("done", batch.rows, batch.rows)
    return ImportResult(**{**result.__dict__, "batch": row.id})


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


def visible(actor: Actor, row: ImportBatchRow | None) -> ImportBatchRow:
    """For services: the batch, if it is the actor's own office's or the actor keeps the register."""
    if row is None:
        raise NotFound("没有这个导入批次。请核对批次编号。", code="unknown-batch")
    if not (actor.is_keeper or actor.may(Permission.AUDIT_READ) or row.office_id == actor.office_id):
        raise NotAllowed("该批次由其他单位报送。如需查看，请联系报送单位。", code="not-own-office")
    return row


def _layout_of(kind: str, layout: str | None) -> Layout:
    found = tuple(each for each in importers.layouts(kind) if _can_take(each))
    if not found:
        known = "、".join(kinds())
        raise NotFound(
            f"没有“{kind}”这类文件。可用的类别：{known}。",
            code="unknown-kind",
            facts={"kinds": list(kinds())},
        )
    if layout is None:
        return found[0]
    chosen = next((each for each in found if each.name == layout), None)
    if chosen is None:
        names = [each.name for each in found]
        raise NotFound(
            f"“{kind}”没有名为“{layout}”的版式。可用的版式：{'、'.join(names)}。",
            code="unknown-layout",
            facts={"layouts": names},
        )
    return chosen


def _refuse_file(batch: Batch, *, is_confirmed: bool) -> None:
    if batch.is_refused:
        worst = next(problem for problem in batch.problems if problem.disposition == "refuse_file")
        raise InvalidInput(
            f"文件未导入：{worst.message}。{worst.hint}。",
            code="file-refused",
            facts={
                "problem": worst.code,
                "problems": [problem.as_dict() for problem in batch.problems[:_NOTES_KEPT]],
            },
        )
    if batch.needs_confirmation and not is_confirmed:
        doubt = next(
            problem for problem in batch.problems if problem.row is None and problem.disposition == "hold"
        )
        raise InvalidInput(
            f"文件需要人工确认后才能导入：{doubt.message}。{doubt.hint}。",
            code="confirmation-needed",
            facts={
                "problem": doubt.code,
                "problems": [problem.as_dict() for problem in batch.problems[:_NOTES_KEPT]],
            },
        )


def _scoped(actor: Actor, key: str) -> str:
    """A client's key is its own office's: two offices may both number their batches from one."""
    if not _KEY.fullmatch(key):
        raise InvalidInput("幂等键应为1到64个可见的英文字符。", code="key-invalid")
    return f"{actor.office_id or 0}:{key}"


def _replayed(earlier: ImportBatchRow, batch: Batch) -> ImportResult:
    if earlier.digest != batch.digest:
        raise Duplicate(
            f"这个幂等键已用于另一份文件（批次{earlier.id}）。请为新文件换一个键。",
            code="A-IDEMPOTENCY-CONFLICT",
            facts={"batch": earlier.id},
        )
    return ImportResult(
        earlier.id, earlier.filename, earlier.rows, earlier.accepted, earlier.duplicate, earlier.held, earlier.refused,
        tuple(earlier.problems), replayed=True,
    )  # fmt: skip


Plan = intake.Plan | registrations.Plan | endings.Plan | changes.Plan


def _plan(session: Session, actor: Actor, batch: Batch) -> Plan:
    assert batch.layout is not None
    columns = intake.columns_of(batch.frame)
    columns.setdefault("row", [])
    record = batch.layout.record
    if record == "enterprise":
        return registrations.plan(session, actor, batch.layout, columns)
    if record == "enterprise_change":
        return changes.plan(session, actor, batch.layout, columns)
    if record in endings.ENDINGS:
        return endings.plan(session, actor, batch.layout, columns)
    return intake.plan(session, actor, record, batch.layout, columns)


def _store(session: Session, actor: Actor, plan: Plan, *, batch_id: int, now: datetime) -> None:
    match plan:
        case intake.Plan():
            intake.store(session, actor, plan, batch_id=batch_id, now=now)
        case registrations.Plan():
            registrations.store(session, actor, plan, batch_id=batch_id, now=now)
        case endings.Plan():
            endings.store(session, actor, plan, batch_id=batch_id, now=now)
        case changes.Plan():
            changes.store(session, actor, plan, batch_id=batch_id, now=now)


def _result(batch: Batch, plan: Plan, filename: str) -> ImportResult:
    ours = [problem for held in plan.held.values() for problem in held.problems]
    ours += [problem for problems in plan.refused.values() for problem in problems]
    problems = _kept([*batch.problems, *ours, *plan.notes])
    result = ImportResult(
        batch=None,
        source=filename,
        rows=batch.rows,
        accepted=plan.accepted,
        duplicate=len(plan.duplicates),
        held=len(plan.held),
        refused=len(batch.refused) + len(plan.refused),
        problems=tuple(problem.as_dict() for problem in problems),
        replayed=False,
    )
    told = result.accepted + result.duplicate + result.held + result.refused
    assert told == result.rows, f"{told} of {result.rows} rows are accounted for"
    return result


def _kept(problems: Sequence[Problem]) -> list[Problem]:
    """In the order of the rows; of notes that stop nothing, so many of each code and the number of the rest."""
    kept: list[Problem] = []
    noted: dict[str, int] = {}
    for problem in sorted(problems, key=lambda each: (each.row is not None, each.row or 0)):
        if problem.disposition in _NOTED:
            noted[problem.code] = noted.get(problem.code, 0) + 1
            if noted[problem.code] > _NOTES_KEPT:
                continue
        kept.append(problem)
    for code, count in noted.items():
        if count > _NOTES_KEPT:
            rest = count - _NOTES_KEPT
            message = f"另有{rest}行同样的提示（{code}），不再逐行列出"
            kept.append(Problem(None, None, None, code, "warning", None, message, "这些提示不影响入库"))
    return kept


def _open_batch(
    session: Session, actor: Actor, batch: Batch, key: str, filename: str, now: datetime
) -> ImportBatchRow:
    assert batch.layout is not None
    row = ImportBatchRow(
        key=key, kind=batch.layout.kind, layout=batch.layout.name, filename=filename[-300:], digest=batch.digest,
        file_digest=batch.file_digest, state="done", actor=actor.label, office_id=actor.office_id, recorded_at=now,
        rows=0, accepted=0, duplicate=0, held=0, refused=0, problems=[],
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _close_batch(row: ImportBatchRow, result: ImportResult) -> None:
    row.rows, row.accepted, row.duplicate = result.rows, result.accepted, result.duplicate
    row.held, row.refused = result.held, result.refused
    row.problems = [dict(problem) for problem in result.problems]


def _waiting(batch: Batch, plan: Plan) -> list[Waiting]:
    """The rows to keep for a person: held by us or by the reader, refused by us or by the reader."""
    told: dict[int, list[Problem]] = {}
    for problem in batch.problems:
        if problem.row is not None and problem.disposition in ("hold", "refuse_row"):
            told.setdefault(problem.row, []).append(problem)
    columns = plan.columns
    numbers, raws = columns["row"], columns.get("raw", [])
    sheets = columns.get("sheet") or [None] * len(numbers)
    waiting = [
        Waiting(
            numbers[at],
            sheets[at],
            "held",
            raws[at],
            (*told.get(numbers[at], ()), *held.problems),
            held.proposals,
        )
        for at, held in plan.held.items()
    ]
    waiting += [
        Waiting(numbers[at], sheets[at], "refused", raws[at], tuple(problems))
        for at, problems in plan.refused.items()
    ]
    waiting += [
        Waiting(each.row, each.sheet, "refused", each.raw, tuple(told.get(each.row, ())))
        for each in batch.refused
    ]
    return sorted(waiting, key=lambda each: each.row)


def _counts(result: ImportResult) -> dict[str, object]:
    names = ("source", "rows", "accepted", "duplicate", "held", "refused")
    return {name: getattr(result, name) for name in names}


def _remember(
    session: Session,
    actor: Actor,
    verb: str,
    row: ImportBatchRow,
    now: datetime,
    reason: str | None,
    facts: Mapping[str, object],
) -> None:
    audit.append(
        session, AuditEntry(actor.label, actor.office_id, verb, f"batch:{row.id}", now, reason, facts)
    )


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


def _silent(_stage: str, _done: int, _all: int) -> None:
    return
