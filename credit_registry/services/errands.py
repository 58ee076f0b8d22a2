"""What an enterprise finds first at its own door: where it stands, and what to do by when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from credit_registry.domain import clocks
from credit_registry.domain.answers import beijing_day
from credit_registry.domain.permissions import Actor
from credit_registry.domain.steps import Action
from credit_registry.services import grade_cases, own_file, record_views
from credit_registry.services.case_views import CaseView, EntryView
from credit_registry.services.grade_cases import AnnouncedGrade
from credit_registry.services.representatives import own
from credit_registry.services.standings import entries_of
from credit_registry.storage.database import Session
from credit_registry.storage.queries import annotations, repairs
from credit_registry.storage.queries import listings as cases


@dataclass(frozen=True)
class Errand:
    """Something the enterprise may do: from when (None: already), until when (None: no last day), where."""

    title: str
    note: str
    from_on: date | None
    until: date | None
    case_id: int | None = None
    record_id: int | None = None


@dataclass(frozen=True)
class Running:
    """A clock that runs: the enterprise's own window, or a duty of the office towards it."""

    title: str
    due_on: date
    is_provisional: bool
    case_id: int | None = None
    record_id: int | None = None


@dataclass(frozen=True)
class Standing:
    """The first page: who it is, the grade announced, the lists it stands on, its errands, the clocks that run."""

    name: str
    uscc: str | None
    announced: AnnouncedGrade | None
    entries: tuple[EntryView, ...]
    errands: tuple[Errand, ...]
    clocks: tuple[Running, ...]


def of(session: Session, actor: Actor, *, now: datetime) -> Standing:
    """Errands with a last day first, then those that may be done already, then those whose day is to come."""
    enterprise, today = own(session, actor), beijing_day(now)
    told = own_file.cases(session, actor, now=now)
    found = [errand for view in told for errand in _of_case(session, actor, view, now)]
    found += _of_penalties(session, enterprise.id, today)
    running = [
        Running(clock.title, clock.due_on, clock.is_provisional, case_id=view.case_id)
        for view in told
        for clock in view.clocks
        if clock.met_on is None and clock.stopped_on is None
    ]
    running += _filed(session, enterprise.id, [view.case_id for view in told])
    return Standing(
        enterprise.name,
        enterprise.uscc,
        grade_cases.in_force(session, [enterprise.id]).get(enterprise.id),
        entries_of(session, [enterprise.id], on=today).get(enterprise.id, ()),
        tuple(sorted(found, key=lambda each: (each.until or date.max, each.from_on or date.min))),
        tuple(sorted(running, key=lambda each: each.due_on)),
    )


def _filed(session: Session, enterprise_id: int, case_ids: list[int]) -> Iterator[Running]:
    """What the office owes on applications about penalties, and on objections to cases and records."""
    for repair in repairs.of_enterprise(session, enterprise_id):
        for clock in repairs.clocks(session, repair.id):
            if clock.met_on is None and clock.stopped_on is None:
                title = clocks.title(clock.kind)
                yield Running(title, clock.due_on, clock.is_provisional, record_id=repair.record_id)
    record_ids = [row.record_id for row in cases.records_of_enterprise(session, enterprise_id)]
    for note in (*annotations.of_cases(session, case_ids), *annotations.of_records(session, record_ids)):
        for clock in annotations.clocks(session, note.id) if note.state == "open" else ():
            title = clocks.title(clock.kind)
            yield Running(title, clock.due_on, clock.is_provisional, note.case_id, note.record_id)


def _of_case(session: Session, actor: Actor, view: CaseView, now: datetime) -> Iterator[Errand]:
    """The party's own steps: what has a window until its end, an early removal from its first day on."""
    today = beijing_day(now)
    for act in own_file.case(session, actor, view.case_id, now=now).acts:
        title = f"提交{act.title}"
        if act.action is Action.APPLY_REPAIR:
            early = view.repair_from is not None and today <= view.repair_from
            first = view.repair_from + timedelta(days=1) if early and view.repair_from else None
            yield Errand(title, (not early and act.obstacle) or view.series_title, first, None, view.case_id)
        elif act.obstacle is None and view.window_until is not None and today <= view.window_until:
            yield Errand(title, view.series_title, None, view.window_until, view.case_id)


def _of_penalties(session: Session, enterprise_id: int, today: date) -> Iterator[Errand]:
    """Standing penalties whose repair nobody has applied for yet."""
    applied = {
        row.record_id
        for row in repairs.of_enterprise(session, enterprise_id)
        if row.state in ("APPLIED", "ACCEPTED")
    }
    for row in cases.records_of_enterprise(session, enterprise_id):
        periods = record_views.clocks_of(row, today) if row.state == "live" else None
        if periods is None or row.record_id in applied:
            continue
        first = periods.repair_from if today < periods.repair_from else None
        note = row.document_no or f"记录 {row.record_id}"
        yield Errand("申请处罚信息修复", note, first, None, record_id=row.record_id)
