"""The draft of a yearly act: made at once where the register is small, by the worker where it is large."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from credit_registry.domain.errors import Duplicate
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.services import announcements
from credit_registry.services.announcements import AnnouncementView
from credit_registry.storage.database import Session
from credit_registry.storage.queries import audit, jobs
from credit_registry.storage.queries import grades as announced
from credit_registry.storage.tables.jobs import ImportJobRow

# Enterprises whose grades are frozen while somebody waits: about five seconds.
AT_ONCE = 5_000


@dataclass(frozen=True)
class DraftJob:
    """A draft in the hands of the worker.

    Attributes:
        state: ``queued``, ``running``, ``done``, ``refused``.
        total: enterprises; 0 while unknown.
        announcement: the act, once done.
    """

    year: int
    state: str
    created_at: datetime
    done: int
    total: int
    announcement: int | None
    refusal: Mapping[str, object] | None

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "refused")


def begin(session: Session, actor: Actor, *, year: int, now: datetime) -> AnnouncementView | DraftJob:
    """Draft the act, or have the worker draft it where there are more than `AT_ONCE` enterprises.

    Raises:
        Duplicate: ``announcement-open``: a draft is open or under way.
        InvalidInput: ``announcement-year``.
    """
    account_id, office_id = announcements.require_possible(session, actor, year=year, now=now)
    under_way = latest(session, actor)
    if under_way is not None and not under_way.is_over:
        raise Duplicate("年度等级正在锁定。请等待完成后再办理。", code="announcement-open")
    if announced.count_active(session) <= AT_ONCE:
        return announcements.draft(session, actor, year=year, now=now)
    row = ImportJobRow(
        state="queued", kind="yearly_grades", year=year, is_confirmed=False, filename=f"{year}年度等级", upload="",
        size=0, actor=actor.label, account_id=account_id, office_id=office_id, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.remember(session, actor, "job:submit", f"job:{row.id}", now, facts={"year": year})
    return _view(row)


def latest(session: Session, actor: Actor) -> DraftJob | None:
    """The newest draft that was left to the worker, whatever came of it."""
    actor.require(Permission.REGISTER_READ)
    row = jobs.newest_yearly(session)
    return _view(row) if row is not None else None


def _view(row: ImportJobRow) -> DraftJob:
    assert row.year is not None, "found by it"
    made = (row.result or {}).get("announcement")
    return DraftJob(
        row.year, row.state, row.created_at, row.done_rows, row.all_rows, int(made) if made else None, row.refusal
    )  # fmt: skip
