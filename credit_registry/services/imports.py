"""Imports: one file, taken in once, every row of it accounted for.

accepted + duplicate + held + refused = rows. A batch is whole or it is not there: everything happens in the one
transaction of the caller, and its audit entry with it.
"""

import contextlib
import itertools
import re
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import importers
from credit_registry.domain.accounts import local_day
from credit_registry.domain.errors import Duplicate, InvalidInput, NotAllowed, NotFound, Unavailable
from credit_registry.domain.identity import mask_text
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.records import CONTENT
from credit_registry.services import plans, registrations, staleness, subjects, waiting_rows
from credit_registry.services.plans import Tally
from credit_registry.storage.database import Session
from credit_registry.storage.queries import audit, enterprises, imports, records
from credit_registry.storage.tables.imports import ImportBatchRow
from importers import Batch, Layout, Problem

Progress = Callable[[str, int, int], None]

_KEY = re.compile(r"[\x21-\x7e]{1,64}")


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


def kinds() -> tuple[str, ...]:
    """The kinds of file that can be imported."""
    return tuple(dict.fromkeys(layout.kind for layout in importers.layouts() if _can_take(layout)))


def _can_take(layout: Layout) -> bool:
    """Whether the register has a place for what the layout reads; importers read more kinds than that."""
    return layout.record in plans.TAKEN


def template(kind: str, layout: str | None = None) -> bytes:
    """The template workbook of a kind.

    Raises:
        NotFound: ``unknown-kind``.
    """
    return importers.template(layout_of(kind, layout))


def take(
    session: Session,
    actor: Actor,
    kind: str,
    data: bytes | Path,
    filename: str,
    *,
    key: str | None = None,
    layout: str | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    dry_run: bool = False,
    is_confirmed: bool = False,
    create_unknown: bool = False,
    now: datetime,
    progress: Progress | None = None,
) -> ImportResult:
    """Take a file in: new facts, duplicates, rows that wait for a person, rows that are refused.

    Args:
        data: the bytes, or where they lie: a large text file is then taken in memory that does not grow with it.
        key: made by the client, so that a repeat is recognised; else the bytes and the layout are the key.
        dry_run: decide about every row and write nothing.
        create_unknown: register enterprises that a file of records names and the register does not hold, instead of
            holding their rows; for the keeper of the register only, since a mistyped code becomes an enterprise.
        is_confirmed: a person has looked at a file that needs it (hidden rows, an ambiguous encoding).
        progress: told the stage that begins, the rows that are through, and how many there are: 0 where unknown, about
            so many for a large text file.

    Raises:
        InvalidInput: ``file-refused`` (the whole file; facts name the problem), ``confirmation-needed``.
        NotAllowed: ``create_unknown`` by an office that does not keep the register.
        Duplicate: ``A-IDEMPOTENCY-CONFLICT``, the key was used for other bytes.
        NotFound: ``unknown-kind``, ``unknown-layout``.
    """
    actor.require(Permission.RECORDS_IMPORT)
    if create_unknown:
        _require_keeper(actor, is_dry=dry_run)
    tell, started = progress or _silent, time.perf_counter()
    layout_of(kind, layout)
    # A file about one person is often called by that person's number.
    filename = mask_text(filename.replace("\0", ""))[-300:]
    tell("read", 0, 0)
    # A dry run stores nothing that a later part could be compared with, so it sees the file whole.
    rows = None if dry_run or kind in plans.SEEN_WHOLE else importers.ROWS
    read = importers.read_parts(
        data, filename=filename, kind=kind, layout=layout, sheet=sheet, encoding=encoding, today=local_day(now),
        rows=rows, ahead=True,
    )  # fmt: skip
    with contextlib.closing(_read(read)) as parts, importers.uncollected():
        # No statement has been sent yet: other writers go on while the first part, mostly the only one, is read.
        first = next(parts)
        _refuse_file(first, is_confirmed=is_confirmed)
        read_for = time.perf_counter() - started
        stored_key = scoped_key(actor, key) if key is not None else first.digest
        records.lock_writers(session)
        earlier = imports.find_by_key(session, stored_key)
        if earlier is not None:
            return _replayed(earlier, first)
        tally = Tally()
        if dry_run:
            tell("check", 0, first.rows)
            plan = plans.decide(session, actor, first)
            _refuse_stale(session, actor, first, plan, now, is_confirmed=is_confirmed)
            tally.add(first, plan)
            return _result(tally, filename, None)
        row = _open_batch(session, actor, first, stored_key, filename, now)
        expected = importers.count_lines(data) if first.is_part else first.rows
        register = subjects.Register(session)
        for part in itertools.chain([first], parts):
            # A refusal here, half-way through a large file, undoes the whole transaction.
            _refuse_file(part, is_confirmed=is_confirmed)
            expected = max(expected, tally.rows + part.rows)
            tell("check", tally.rows, expected)
            plan = _decide(session, actor, part, tally, row, now, register, create_unknown=create_unknown)
            _refuse_stale(session, actor, part, plan, now, is_confirmed=is_confirmed or part is not first)
            tell("store", tally.rows, expected)
            _store(session, actor, part, plan, tally, row, now)
    result = _result(tally, filename, row.id)
    _close_batch(row, result)
    row.timing = {"read_ms": round(read_for * 1000), "all_ms": round((time.perf_counter() - started) * 1000)}
    enterprises.mark_dirty(session, tally.touched, now)
    audit.remember(session, actor, "batch:take", f"batch:{row.id}", now, facts=_counts(result))
    tell("done", result.rows, result.rows)
    return result


def _read(parts: Generator[Batch, None, None]) -> Generator[Batch, None, None]:
    """The parts; a refusal where the process that reads them has been lost."""
    try:
        with contextlib.closing(parts):
            yield from parts
    except importers.ReaderLost as lost:
        raise Unavailable(
            "读取文件的进程意外中断，什么都没有写入。请稍后重试；再次出现时，请检查服务器的内存和日志。",
            code="reader-lost",
        ) from lost


def _decide(
    session: Session,
    actor: Actor,
    part: Batch,
    tally: Tally,
    row: ImportBatchRow,
    now: datetime,
    register: subjects.Register,
    *,
    create_unknown: bool,
) -> plans.Plan:
    assert part.layout is not None, "a batch that is not refused has a layout"
    if create_unknown and part.layout.record in CONTENT and part.columns["row"]:
        tally.note(
            registrations.enter_unknown(session, actor, part.layout, part.columns, batch_id=row.id, now=now)
        )
    return plans.decide(session, actor, part, register=register)


def _store(
    session: Session,
    actor: Actor,
    part: Batch,
    plan: plans.Plan,
    tally: Tally,
    row: ImportBatchRow,
    now: datetime,
) -> None:
    assert part.layout is not None, "a batch that is not refused has a layout"
    tally.add(part, plan)
    plans.store(session, actor, plan, batch_id=row.id, now=now)
    tally.touched |= plan.touched
    waiting_rows.keep(session, plans.waiting(part, plan), batch_id=row.id, layout=part.layout)


def _require_keeper(actor: Actor, *, is_dry: bool) -> None:
    if not actor.is_keeper:
        raise NotAllowed(
            "只有登记主管部门可以在导入时登记新企业。请先由登记主管部门登记这些企业。", code="not-keeper"
        )
    if is_dry:
        raise InvalidInput(
            "试运行不登记企业。请去掉“登记未知企业”后再试运行。", code="dry-run-creates-nothing"
        )


def layout_of(kind: str, layout: str | None) -> Layout:
    """For services: the layout that was asked for, or the main one of its kind.

    Raises:
        NotFound: ``unknown-kind``, ``unknown-layout``.
    """
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
                "problems": [problem.as_dict() for problem in batch.problems[: plans.NOTES_KEPT]],
            },
        )
    if batch.needs_confirmation and not is_confirmed:
        doubt = next(
            problem for problem in batch.problems if problem.row is None and problem.disposition == "hold"
        )
        raise _unconfirmed(doubt, batch.problems)


def _refuse_stale(
    session: Session, actor: Actor, part: Batch, plan: plans.Plan, now: datetime, *, is_confirmed: bool
) -> None:
    """Ask about a file that looks old; one that comes in parts is too large to be picked by mistake."""
    if is_confirmed or part.rows >= importers.ROWS:
        return
    doubt = staleness.doubt(session, actor, part, plan, now=now)
    if doubt is not None:
        raise _unconfirmed(doubt, [doubt])


def _unconfirmed(doubt: Problem, problems: Sequence[Problem]) -> InvalidInput:
    return InvalidInput(
        f"文件需要人工确认后才能导入：{doubt.message}。{doubt.hint}。",
        code="confirmation-needed",
        facts={
            "problem": doubt.code,
            "problems": [problem.as_dict() for problem in problems[: plans.NOTES_KEPT]],
        },
    )


def scoped_key(actor: Actor, key: str) -> str:
    """For services. A client's key is its own office's: two offices may both number their batches from one."""
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


def _result(tally: Tally, filename: str, batch_id: int | None) -> ImportResult:
    return ImportResult(
        batch_id, filename, tally.rows, tally.accepted, tally.duplicate, tally.held, tally.refused, tally.problems(),
        replayed=False,
    )  # fmt: skip


def _open_batch(
    session: Session, actor: Actor, batch: Batch, key: str, filename: str, now: datetime
) -> ImportBatchRow:
    assert batch.layout is not None
    row = ImportBatchRow(
        key=key, kind=batch.layout.kind, layout=batch.layout.name, filename=filename, digest=batch.digest,
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


def _counts(result: ImportResult) -> dict[str, object]:
    names = ("source", "rows", "accepted", "duplicate", "held", "refused")
    return {name: getattr(result, name) for name in names}


def _silent(_stage: str, _done: int, _all: int) -> None:
    return
