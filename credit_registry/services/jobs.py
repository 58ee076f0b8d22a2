"""Jobs: what a worker performs, so that nobody waits at a door for a large file or for everybody's grades.

The table is the truth. A worker claims a job, gives signs of life, and ends it in the very transaction of its work:
there is no moment at which the batch is there and the job does not know. A worker that dies leaves a job without
signs of life, which another takes again; the import itself is taken in once, by its key.

How far a job is, is a hint and no fact: on SQLite the import itself holds the only writing lock, so the worker notes it
beside the upload as well, where every door may look. The note counts for the attempt under way alone and goes with the
upload; where it is missing, the door tells what the table knows.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from credit_registry.domain.errors import Duplicate, IllegalTransition, NotAllowed, NotFound, Refusal
from credit_registry.domain.identity import mask_text
from credit_registry.domain.paging import Page
from credit_registry.domain.permissions import Actor, Permission, terminal_operator
from credit_registry.services import accounts, announcements, imports, keys
from credit_registry.services.imports import ImportResult, Progress
from credit_registry.storage import files
from credit_registry.storage.database import Session
from credit_registry.storage.queries import audit
from credit_registry.storage.queries import jobs as queries
from credit_registry.storage.tables.jobs import ImportJobRow

# A worker beats every few seconds, except while it holds SQLite's only writing lock; then nobody else can claim either.
SILENT_FOR = timedelta(seconds=60)
ATTEMPTS = 3
# A file that was looked at and never confirmed, and one that no job speaks of.
DRAFTS_KEPT = timedelta(days=1)
ORPHANS_KEPT = timedelta(hours=1)
_TERMINAL = "terminal:"


@dataclass(frozen=True)
class JobView:
    """An import on its way.

    Attributes:
        state: ``draft`` (looked at, not confirmed), ``queued``, ``running``, ``done``, ``refused``.
        stage: how far the import is: read, check, store, done; None before it began.
        rows: of the file; 0 while unknown.
        result: as `ImportResult.as_dict`, once done.
        refusal: code, message and facts, once refused.
    """

    job: int
    state: str
    kind: str
    layout: str | None
    filename: str
    size: int
    actor: str
    office_id: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int
    stage: str | None
    done_rows: int
    rows: int
    batch: int | None
    result: Mapping[str, object] | None = field(repr=False)
    refusal: Mapping[str, object] | None = field(repr=False)

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "refused")


@dataclass(frozen=True)
class Claim:
    """A job in the hands of one worker; the mark proves whose."""

    job: int
    mark: str
    upload: str
    attempt: int


class TakenOver(Exception):
    """The worker gave no sign of life for so long that another has the job; what it did must not stand."""


def submit(
    session: Session,
    actor: Actor,
    kind: str,
    data: bytes,
    filename: str,
    *,
    folder: Path,
    key: str | None = None,
    layout: str | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    is_confirmed: bool = False,
    is_draft: bool = False,
    now: datetime,
) -> JobView:
    """Hand a file in. The bytes are on the disk before the transaction can end.

    Args:
        folder: where the installation keeps uploads.
        key: made by the client; the same key and file again give the same job, until one is refused.
        is_draft: wait for `confirm`.

    Raises:
        Duplicate: ``A-IDEMPOTENCY-CONFLICT``, the key was used for other bytes.
        NotFound: ``unknown-kind``, ``unknown-layout``.
    """
    actor.require(Permission.RECORDS_IMPORT)
    imports.layout_of(kind, layout)
    stored_key = imports.scoped_key(actor, key) if key is not None else None
    upload = files.keep_apart(folder, data)
    earlier = queries.find_by_key(session, stored_key) if stored_key else None
    if earlier is not None:
        files.discard(folder, upload)
        return _view(_same(earlier, upload, kind, layout))
    row = ImportJobRow(
        state="draft" if is_draft else "queued", key=stored_key, kind=kind, layout=layout, sheet=sheet, encoding=encoding,
        is_confirmed=is_confirmed, filename=mask_text(filename.replace("\0", ""))[-300:], upload=upload, size=len(data), actor=actor.label,
        account_id=actor.account_id, key_id=actor.key_id, office_id=actor.office_id, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    if not is_draft:
        _remember(session, actor, row, now)
    return _view(row)


def confirm(session: Session, actor: Actor, job_id: int, *, now: datetime) -> JobView:
    """Let a file that was looked at go on its way; a second time changes nothing.

    Raises:
        NotFound: ``unknown-job``, also when the file waited for too long.
    """
    actor.require(Permission.RECORDS_IMPORT)
    row = _visible(actor, queries.find(session, job_id))
    # Whoever confirmed is who imports.
    values = {
        "state": "queued", "actor": actor.label, "account_id": actor.account_id, "key_id": actor.key_id,
        "office_id": actor.office_id, "created_at": now,
    }  # fmt: skip
    if queries.change_draft(session, row.id, values):
        _remember(session, actor, row, now)
    return _view(_visible(actor, queries.find(session, job_id)))


def drop(session: Session, actor: Actor, job_id: int, *, folder: Path) -> None:
    """Forget a file that was looked at; nothing of it was in the register.

    Raises:
        IllegalTransition: ``job-confirmed``: it is on its way already.
    """
    actor.require(Permission.RECORDS_IMPORT)
    row = _visible(actor, queries.find(session, job_id))
    upload = row.upload
    if not queries.remove_draft(session, job_id):
        raise IllegalTransition(
            "文件已确认导入，不能放弃。如报送有误，请在批次页面申请撤回。", code="job-confirmed"
        )
    files.discard(folder, upload)


def cancel(session: Session, actor: Actor, job_id: int, *, folder: Path, now: datetime) -> JobView:
    """Take a job back that no worker has begun; it ends as refused, by whom is in the log.

    Raises:
        IllegalTransition: ``job-begun``; it may be done any moment.
    """
    actor.require(Permission.RECORDS_IMPORT)
    row = _visible(actor, queries.find(session, job_id))
    cancelled = {"code": "job-cancelled", "message": "任务已取消，没有登记任何内容。", "facts": {}}
    values = {"state": "refused", "finished_at": now, "refusal": cancelled}
    upload = row.upload
    if not queries.change_queued(session, job_id, values):
        raise IllegalTransition(
            "任务已经开始或已经结束，不能取消。如报送有误，请在批次页面申请撤回。", code="job-begun"
        )
    audit.remember(session, actor, "job:cancel", f"job:{job_id}", now)
    files.discard(folder, upload)
    return _view(_visible(actor, queries.find(session, job_id)))


def page(
    session: Session, actor: Actor, *, folder: Path | None = None, after: str | None = None, limit: int = 50
) -> Page[JobView]:
    """Jobs, the newest first; an office sees its own, the keeper of the register all.

    Args:
        folder: of uploads, for how far those under way are.
    """
    actor.require(Permission.RECORDS_IMPORT)
    before = int(after) if after and after.isascii() and after.isdigit() else None
    office = None if actor.is_keeper else actor.office_id
    found = queries.page(session, before=before, limit=limit + 1, office_id=office)
    more = str(found[limit - 1].id) if len(found) > limit else None
    return Page(tuple(_followed(row, folder) for row in found[:limit]), more)


def forget(session: Session, *, before: datetime) -> int:
    """Forget jobs that ended before an instant; their batches tell what came of them. How many went."""
    return queries.remove_finished(session, before)


def get(session: Session, actor: Actor, job_id: int, *, folder: Path | None = None) -> JobView:
    """A job of the actor's own office; the keeper of the register sees all.

    Args:
        folder: of uploads, for how far it is.

    Raises:
        NotFound: ``unknown-job``.
        NotAllowed: ``not-own-office``.
    """
    actor.require(Permission.RECORDS_IMPORT)
    return _followed(_visible(actor, queries.find(session, job_id)), folder)


def is_any_due(session: Session, *, now: datetime) -> bool:
    """Whether there is something for a worker to do; reads only, since it is asked each second."""
    return queries.is_any_due(session, now - SILENT_FOR)


def claim(session: Session, *, now: datetime) -> Claim | None:
    """Take the job that has waited longest; None when there is none or another worker was faster."""
    _requeue_stale(session, now)
    job_id = queries.find_queued(session)
    if job_id is None:
        return None
    mark = secrets.token_hex(16)
    if not queries.claim(session, job_id, mark, now):
        return None
    row = queries.find(session, job_id)
    assert row is not None, "it was changed above"
    return Claim(row.id, mark, row.upload, row.attempts)


def beat(session: Session, held: Claim, stage: str, done: int, rows: int, *, now: datetime) -> bool:
    """A sign of life, and how far the import is; False when the job is in other hands."""
    values = {"heartbeat_at": now, "stage": stage, "done_rows": done, "all_rows": rows}
    return queries.change_claimed(session, held.job, held.mark, values)


def note(folder: Path, held: Claim, stage: str, done: int, rows: int) -> None:
    """Tell the doors how far the import is, without the database; a failure is none."""
    told = {"attempt": held.attempt, "stage": stage, "done": done, "rows": rows}
    files.note(folder, held.upload, json.dumps(told))


def perform(
    session: Session,
    held: Claim,
    *,
    folder: Path,
    now: datetime,
    ended: Callable[[], datetime] | None = None,
    progress: Progress | None = None,
) -> ImportResult | None:
    """Import the file, or draft the yearly act, and end the job, in one transaction.

    Returns:
        what came of an import.

    Args:
        ended: tells the time when the import is through, which may be minutes after ``now``.

    Raises:
        Refusal: of the import, or ``upload-missing``; `refuse` is to be told.
        TakenOver: the transaction must end without effect.
    """
    row = queries.find(session, held.job)
    if row is None or row.state != "running" or row.claim != held.mark:
        raise TakenOver
    actor = _actor_of(session, row, now)
    if row.year is not None:
        act = announcements.draft(
            session, actor, year=row.year, now=now, progress=_graded(progress) if progress else None
        )
        made: dict[str, object] = {"announcement": act.announcement_id}
        _finish(session, held, made, rows=act.total, batch=None, now=ended() if ended else now)
        return None
    if not files.is_whole(folder, row.upload):
        raise NotFound("待导入的文件缺失或已损坏。请重新提交文件。", code="upload-missing")
    result = imports.take(
        session,
        actor,
        row.kind,
        files.path_of(folder, row.upload),
        row.filename,
        key=row.key.partition(":")[2] if row.key else None,
        layout=row.layout,
        sheet=row.sheet,
        encoding=row.encoding,
        is_confirmed=row.is_confirmed,
        now=now,
        progress=progress,
    )
    at = ended() if ended else now
    _finish(session, held, result.as_dict(), rows=result.rows, batch=result.batch, now=at)
    return result


def refuse(session: Session, held: Claim, refusal: Refusal, *, now: datetime) -> bool:
    """End a job whose file cannot be imported; False when the job is in other hands."""
    values = {
        "state": "refused", "claim": None, "finished_at": now,
        "refusal": {"code": refusal.code, "message": refusal.message, "facts": refusal.facts},
    }  # fmt: skip
    return queries.change_claimed(session, held.job, held.mark, values)


def give_back(session: Session, held: Claim) -> None:
    """Let a job wait again because the database was busy: no fault of its own, so no attempt is counted."""
    queries.give_back(session, held.job, held.mark)


def fail(session: Session, held: Claim, *, now: datetime) -> None:
    """Let a job that met a defect be tried again, as often as one whose worker died."""
    queries.change_claimed(session, held.job, held.mark, {"heartbeat_at": now - 2 * SILENT_FOR})


def discard(folder: Path, held: Claim) -> None:
    """Remove the upload of a job that is over, if it had one; to be called after the transaction."""
    if held.upload:
        files.discard(folder, held.upload)


def sweep(session: Session, *, folder: Path, now: datetime) -> int:
    """Forget drafts of yesterday, and remove uploads that no job needs; how many files went.

    A worker may die between the end of a job and the removal of its file, and a door between the file and the job.
    """
    queries.remove_drafts(session, now - DRAFTS_KEPT)
    removed = 0
    for file in files.orphans(folder, queries.uploads(session)):
        # A young one may be on its way into a job whose transaction has not ended.
        if file.stat().st_mtime <= (now - ORPHANS_KEPT).timestamp():
            file.unlink(missing_ok=True)
            removed += 1
    return removed


def _requeue_stale(session: Session, now: datetime) -> None:
    for row in queries.stale(session, now - SILENT_FOR):
        assert row.claim is not None, "a running job is claimed"
        if row.attempts < ATTEMPTS:
            queries.change_claimed(session, row.id, row.claim, {"state": "queued", "claim": None})
            continue
        # Three workers died of it: the file is to blame, or the machine is too small for it.
        given_up = Refusal(
            f"导入连续{ATTEMPTS}次中断，已停止。请把文件分成几份再提交，或联系系统管理员查看日志。",
            code="job-gave-up",
            facts={"attempts": row.attempts},
        )
        refuse(session, Claim(row.id, row.claim, row.upload, row.attempts), given_up, now=now)


def _graded(progress: Progress) -> announcements.Progress:
    return lambda done, total: progress("grade", done, total)


def _finish(
    session: Session,
    held: Claim,
    result: Mapping[str, object],
    *,
    rows: int,
    batch: int | None,
    now: datetime,
) -> None:
    values = {
        "state": "done", "claim": None, "finished_at": now, "heartbeat_at": now, "stage": "done",
        "done_rows": rows, "all_rows": rows, "batch_id": batch, "result": dict(result),
    }  # fmt: skip
    if not queries.change_claimed(session, held.job, held.mark, values):
        raise TakenOver


def _same(earlier: ImportJobRow, upload: str, kind: str, layout: str | None) -> ImportJobRow:
    given = (upload.partition("-")[0], kind, layout)
    if (earlier.upload.partition("-")[0], earlier.kind, earlier.layout) != given:
        raise Duplicate(
            f"这个幂等键已用于另一份文件（任务{earlier.id}）。请为新文件换一个键。",
            code="A-IDEMPOTENCY-CONFLICT",
            facts={"job": earlier.id},
        )
    return earlier


def _actor_of(session: Session, row: ImportJobRow, now: datetime) -> Actor:
    """Who handed the file in, with what that actor may do now."""
    if row.account_id is not None:
        return accounts.actor_of_id(session, row.account_id, now=now)
    if row.key_id is not None:
        return keys.actor_of_id(session, row.key_id)
    return terminal_operator(row.actor.removeprefix(_TERMINAL))


def _visible(actor: Actor, row: ImportJobRow | None) -> ImportJobRow:
    if row is None or row.year is not None:
        raise NotFound("没有这个导入任务。请核对任务编号，或重新提交文件。", code="unknown-job")
    if not (actor.is_keeper or row.office_id == actor.office_id):
        raise NotAllowed("该批次由其他单位报送。如需查看，请联系报送单位。", code="not-own-office")
    return row


def _remember(session: Session, actor: Actor, row: ImportJobRow, now: datetime) -> None:
    facts = {
        "kind": row.kind, "filename": row.filename, "sha256": row.upload.partition("-")[0], "size": row.size,
    }  # fmt: skip
    audit.remember(session, actor, "job:submit", f"job:{row.id}", now, facts=facts)


def _followed(row: ImportJobRow, folder: Path | None) -> JobView:
    """The job, with what its worker noted last where that is of the attempt under way."""
    view = _view(row)
    text = files.noted(folder, row.upload) if folder is not None and row.state == "running" else None
    try:
        told = json.loads(text) if text is not None else {}
        if told.get("attempt") != row.attempts:
            return view
        return replace(view, stage=str(told["stage"]), done_rows=int(told["done"]), rows=int(told["rows"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return view


def _view(row: ImportJobRow) -> JobView:
    return JobView(
        row.id, row.state, row.kind, row.layout, row.filename, row.size, row.actor, row.office_id, row.created_at,
        row.started_at, row.finished_at, row.attempts, row.stage, row.done_rows, row.all_rows, row.batch_id, row.result,
        row.refusal,
    )  # fmt: skip
