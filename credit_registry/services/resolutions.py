"""Resolutions: a person decides about rows that an import held, and the rows go on.

The row is read again through the layout of its batch, with the cells the person corrected, and meets the same
questions as any other row. What a person may answer is whom it is about, and that it corrects what we have.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import importers
from credit_registry.domain.accounts import local_day
from credit_registry.domain.errors import IllegalTransition, InvalidInput, NotFound, Refusal
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.records import Change
from credit_registry.services import (
    batches,
    changes,
    endings,
    intake,
    other_list_files,
    person_penalties,
    plans,
    registrations,
    versions,
)
from credit_registry.services.batches import ImportRowView
from credit_registry.services.deciding import Columns
from credit_registry.storage.database import Session
from credit_registry.storage.queries import audit, enterprises, records
from credit_registry.storage.queries import imports as queries
from credit_registry.storage.tables.imports import ImportBatchRow, ImportRowRow
from importers import Layout, Problem

# What naming the enterprise answers; every other doubt stays a doubt.
_ABOUT_THE_SUBJECT = frozenset(
    {
        "R-USCC-MISSING",
        "R-NAME-MISMATCH",
        "R-NAME-MISSING",
        "R-SUBJECT-UNKNOWN",
        "R-SUBJECT-STATUS",
        "R-LOOKALIKE",
    }
)
_MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Decision:
    """What a person decided about one held row.

    Attributes:
        enterprise_id: whom it is about; None: as the (corrected) cells say.
        cells: corrected cells, by the title in the file or by the column's name.
        is_correction: it corrects the record that it contradicts.
        role: of a row about a person, as what the person is fined there (`domain/person_roles`).
    """

    enterprise_id: int | None = None
    cells: Mapping[str, str] | None = None
    is_correction: bool = False
    role: str | None = None


@dataclass(frozen=True)
class Resolved:
    """What became of each row: done ones, and those that still wait, with the sentence that says why."""

    done: tuple[ImportRowView, ...]
    waiting: Mapping[int, str]


def resolve(
    session: Session, actor: Actor, row_id: int, decision: Decision, *, reason: str, now: datetime
) -> ImportRowView:
    """Let one held row go on.

    Raises:
        InvalidInput: ``row-still-held``; the facts hold the problems that remain.
        IllegalTransition: ``row-not-held``; somebody else has decided already.
    """
    result = resolve_many(session, actor, {row_id: decision}, reason=reason, now=now, is_strict=True)
    return result.done[0]


def resolve_many(
    session: Session,
    actor: Actor,
    decisions: Mapping[int, Decision],
    *,
    reason: str,
    now: datetime,
    is_strict: bool = False,
) -> Resolved:
    """Let many held rows go on; those that cannot keep waiting and are named.

    Args:
        is_strict: refuse the whole act if a row cannot go on.
    """
    actor.require(Permission.RECORDS_IMPORT)
    _require_reason(reason)
    rows = _held(session, actor, list(decisions))
    records.lock_writers(session)
    done: list[ImportRowRow] = []
    waiting: dict[int, str] = {}
    for row, batch in rows:
        try:
            row.record_id = _go_on(session, actor, row, batch, decisions[row.id], reason, now)
        except Refusal as refusal:
            if is_strict:
                raise
            waiting[row.id] = refusal.message
            continue
        _settle(row, "resolved", actor, reason, now)
        done.append(row)
    session.flush()
    if done:
        facts = {"rows": [row.id for row in done], "waiting": len(waiting)}
        subject = f"batch:{done[0].batch_id}"
        audit.remember(session, actor, "batch:resolve", subject, now, reason=reason, facts=facts)
    return Resolved(tuple(batches.row_view(row) for row in done), waiting)


def drop(
    session: Session, actor: Actor, row_ids: Sequence[int], *, reason: str, now: datetime
) -> tuple[ImportRowView, ...]:
    """Decide that held rows become nothing (sent by mistake, settled elsewhere)."""
    actor.require(Permission.RECORDS_IMPORT)
    _require_reason(reason)
    rows = _held(session, actor, row_ids)
    for row, _ in rows:
        _settle(row, "dropped", actor, reason, now)
    session.flush()
    subject, facts = f"batch:{rows[0][0].batch_id}", {"rows": [row.id for row, _ in rows]}
    audit.remember(session, actor, "batch:drop", subject, now, reason=reason, facts=facts)
    return tuple(batches.row_view(row) for row, _ in rows)


def drop_all(
    session: Session,
    actor: Actor,
    batch_id: int,
    *,
    code: str,
    keep_proposed: bool = False,
    reason: str,
    now: datetime,
) -> int:
    """Decide that all rows of a batch that wait with this problem become nothing; however many they are.

    Args:
        keep_proposed: let those wait on for which enterprises are proposed.

    Returns:
        how many.

    Raises:
        NotFound: ``no-such-rows``; none waits with it.
    """
    actor.require(Permission.RECORDS_IMPORT)
    _require_reason(reason)
    batches.visible(actor, queries.find(session, batch_id))
    waiting = [
        row
        for row in queries.lock_held(session, batch_id)
        if any(problem["code"] == code for problem in row.problems) and not (keep_proposed and row.proposals)
    ]
    if not waiting:
        raise NotFound(
            "本批次没有带这个问题的待处理行。请刷新后再试。", code="no-such-rows", facts={"code": code}
        )
    for row in waiting:
        _settle(row, "dropped", actor, reason, now)
    session.flush()
    facts = {"code": code, "rows": [row.id for row in waiting]}
    audit.remember(session, actor, "batch:drop", f"batch:{batch_id}", now, reason=reason, facts=facts)
    return len(waiting)


def _held(
    session: Session, actor: Actor, row_ids: Sequence[int]
) -> list[tuple[ImportRowRow, ImportBatchRow]]:
    """The rows, locked, all of the actor's own batches and all still held."""
    if not 1 <= len(row_ids) <= _MOST_AT_ONCE:
        raise InvalidInput(
            f"一次可处理1至{_MOST_AT_ONCE}行。", code="too-many-rows", facts={"most": _MOST_AT_ONCE}
        )
    rows = queries.lock_rows(session, row_ids)
    if len(rows) != len(set(row_ids)):
        raise NotFound("有的行不存在。请刷新后再试。", code="unknown-row")
    found = []
    for row in rows:
        batch = batches.visible(actor, queries.find(session, row.batch_id))
        if row.state != "held" or batch.state != "done":
            raise IllegalTransition(
                f"第{row.row}行已处理过，或所在批次已撤回。请刷新后再试。",
                code="row-not-held",
                facts={"row": row.id},
            )
        found.append((row, batch))
    return found


def _go_on(
    session: Session,
    actor: Actor,
    row: ImportRowRow,
    batch: ImportBatchRow,
    decision: Decision,
    reason: str,
    now: datetime,
) -> int | None:
    """Read the row again, decided; the record it became, None for an enterprise."""
    layout = _layout(batch)
    table, problems = _read_again(session, row, layout, decision, now)
    table["row"], table["sheet"] = [row.row], [row.sheet or None]
    if layout.record in ("enterprise", "enterprise_change"):
        _change_register(session, actor, layout, table, problems, batch, now)
        return None
    if person_penalties.rows_of(table):
        _keep_person(session, actor, table, problems, decision, batch, reason, now)
        return None
    if decision.role is not None:
        raise InvalidInput(
            "此行的当事人不是自然人，不需要选择身份。请去掉“身份”后再登记。", code="person-role-unasked"
        )
    decided: dict[int, int] = {}
    if decision.enterprise_id is not None:
        if enterprises.find_by_id(session, decision.enterprise_id) is None:
            raise NotFound("没有所选的企业。请重新选择。", code="unknown-enterprise")
        decided[0] = decision.enterprise_id
        problems = [problem for problem in problems if problem.code not in _ABOUT_THE_SUBJECT]
    if problems:
        raise _still_held(problems)
    table["disposition"] = ["accept"]
    if layout.record == "other_listing":
        _list(session, actor, layout, table, decision, batch, reason, now)
        return None
    if layout.record in endings.ENDINGS:
        return _end(session, actor, layout, table, decided, batch, reason, now)
    plan = intake.plan(session, actor, layout.record, layout, table, decided=decided)
    if plan.duplicates:
        known = records.find_by_key(session, plan.enterprise_ids[0] or 0, plan.keys[0])
        return known.id if known is not None else None
    if plan.held and decision.is_correction:
        _accept_correction(session, plan)
    if stopping := _stopping(plan):
        raise _still_held(stopping)
    versions.store(session, actor, plan, batch_id=batch.id, now=now, reason=reason)
    enterprises.mark_dirty(session, plan.touched, now)
    stored = records.find_by_key(session, plan.enterprise_ids[0] or 0, plan.keys[0])
    assert stored is not None
    return stored.id


def _keep_person(
    session: Session,
    actor: Actor,
    table: Columns,
    problems: Sequence[Problem],
    decision: Decision,
    batch: ImportBatchRow,
    reason: str,
    now: datetime,
) -> None:
    """A person is no enterprise: naming the one that is concerned, and the role there, is what lets the row go on."""
    others = [problem for problem in problems if problem.code != "R-NATURAL-PERSON"]
    if others or decision.enterprise_id is None:
        raise _still_held(others or problems)
    person_penalties.keep(
        session, actor, intake.completed("penalty", table), enterprise_id=decision.enterprise_id, role=decision.role, batch_id=batch.id,
        reason=reason, now=now,
    )  # fmt: skip


def _accept_correction(session: Session, plan: versions.Plan) -> None:
    """A contradiction that a person has confirmed becomes the next version of what it contradicts."""
    codes = {problem.code for held in plan.held.values() for problem in held.problems}
    identity = (plan.enterprise_ids[0] or 0, plan.keys[0])
    known = records.known(session, [identity[0]], [identity[1]]).get(identity)
    if codes == {"X-CONFLICT"} and known is not None and known.state not in ("revoked", "repaired"):
        plan.held.clear()
        plan.further.append((0, known, Change.CORRECTION))


def _end(
    session: Session,
    actor: Actor,
    layout: Layout,
    table: Columns,
    decided: Mapping[int, int],
    batch: ImportBatchRow,
    reason: str,
    now: datetime,
) -> int | None:
    plan = endings.plan(session, actor, layout, table, decided=decided)
    if stopping := _stopping(plan):
        raise _still_held(stopping)
    ended = [newest.record_id for _, newest, _ in plan.further]
    endings.store(session, actor, plan, batch_id=batch.id, now=now, reason=reason)
    enterprises.mark_dirty(session, plan.touched, now)
    return ended[0] if ended else None


def _list(
    session: Session,
    actor: Actor,
    layout: Layout,
    table: Columns,
    decision: Decision,
    batch: ImportBatchRow,
    reason: str,
    now: datetime,
) -> None:
    decided = {0: decision.enterprise_id} if decision.enterprise_id is not None else {}
    plan = other_list_files.plan(
        session, actor, layout, table, decided=decided, is_correction=decision.is_correction
    )
    if stopping := _stopping(plan):
        raise _still_held(stopping)
    other_list_files.store(session, actor, plan, batch_id=batch.id, now=now, reason=reason)


def _change_register(
    session: Session,
    actor: Actor,
    layout: Layout,
    table: Columns,
    problems: Sequence[Problem],
    batch: ImportBatchRow,
    now: datetime,
) -> None:
    if problems:
        raise _still_held(problems)
    table["disposition"] = ["accept"]
    if layout.record == "enterprise":
        fresh = registrations.plan(session, actor, layout, table)
        if stopping := _stopping(fresh):
            raise _still_held(stopping)
        registrations.store(session, actor, fresh, batch_id=batch.id, now=now)
        enterprises.mark_dirty(session, fresh.touched, now)
        return
    told = changes.plan(session, actor, layout, table)
    if stopping := _stopping(told):
        raise _still_held(stopping)
    changes.store(session, actor, told, batch_id=batch.id, now=now)
    enterprises.mark_dirty(session, told.touched, now)


def _stopping(plan: plans.Plan) -> list[Problem]:
    held = [problem for each in plan.held.values() for problem in each.problems]
    return held + [problem for each in plan.refused.values() for problem in each]


def _read_again(
    session: Session, row: ImportRowRow, layout: Layout, decision: Decision, now: datetime
) -> tuple[Columns, list[Problem]]:
    """The row's cells through its layout: the table of one row, and what still makes a person necessary."""
    raw: dict[str, str] = json.loads(session.vault.open(row.raw_sealed))
    cells = {**raw, **_by_title(decision.cells or {}, raw, layout)}
    # Empty cells are not kept, but a layout may insist on their columns.
    cells |= dict.fromkeys((column.title for column in layout.lacking(cells)), "")
    target = io.StringIO()
    csv.writer(target).writerows([list(cells), list(cells.values())])
    batch = importers.read(
        target.getvalue().encode(), filename="row.csv", kind=layout.kind, layout=layout.name, encoding="utf-8",
        today=local_day(now),
    )  # fmt: skip
    stopping = [p for p in batch.problems if p.disposition in ("refuse_file", "refuse_row", "hold")]
    if batch.is_refused or batch.refused or len(batch.columns["row"]) != 1:
        raise _still_held(stopping)
    return batch.columns, stopping


def _by_title(cells: Mapping[str, str], raw: Mapping[str, str], layout: Layout) -> dict[str, str]:
    """Corrected cells under the titles that the file has; a column the file lacks comes under its usual title."""
    titles = {column.name: title for title in raw if (column := layout.titled(title)) is not None}
    found = {}
    for name, cell in cells.items():
        column = layout.column(name) or layout.titled(name)
        if column is None:
            raise InvalidInput(f"版式中没有“{name}”这一列。", code="unknown-field", facts={"field": name})
        found[titles.get(column.name, column.title)] = cell
    return found


def _layout(batch: ImportBatchRow) -> Layout:
    for layout in importers.layouts(batch.kind):
        if layout.name == batch.layout:
            return layout
    raise IllegalTransition(
        f"版式“{batch.layout}”已不再使用。请放弃此行，用现行模板重新上传。",
        code="layout-gone",
        facts={"layout": batch.layout},
    )


def _still_held(problems: Sequence[Problem]) -> InvalidInput:
    sentences = "；".join(f"{problem.message}（{problem.hint}）" for problem in problems[:3])
    return InvalidInput(
        f"此行仍不能入库：{sentences}。",
        code="row-still-held",
        facts={"problems": [problem.as_dict() for problem in problems]},
    )


def _settle(row: ImportRowRow, state: str, actor: Actor, reason: str, now: datetime) -> None:
    row.state, row.resolved_at, row.resolved_by, row.reason = state, now, actor.label, reason


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("请填写处理理由。", code="reason-missing")
