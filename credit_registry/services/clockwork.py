"""What the calendar alone does to cases: windows close, periods end, provisional days become certain.

Nothing here decides and nothing here hides or shows: visibility is read from dates at each answer. So this may
run late by weeks, or twice, without harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from credit_registry.domain import clocks, listing
from credit_registry.domain.answers import beijing_day
from credit_registry.domain.calendar import WorkingDays, working_days
from credit_registry.domain.errors import Refusal
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.series import ListKind
from credit_registry.domain.steps import Action, State
from credit_registry.services import casework, fallen_grounds, red_conditions, situations
from credit_registry.storage.database import Session
from credit_registry.storage.queries import audit, enterprises, entries, worklists
from credit_registry.storage.queries import listings as cases

_WARNED_DAYS = 30


@dataclass(frozen=True)
class MovedClock:
    """A due day that a new notice moved."""

    case_id: int | None
    kind: str
    before: date
    after: date


@dataclass(frozen=True)
class ClockRun:
    """What one run did and saw.

    Attributes:
        expiring: entries whose period ends within thirty days: their removal can be prepared.
        overdue: cases with a duty whose day has passed.
        unfit: red entries that the register no longer bears out; their removal is due at once.
    """

    on: date
    closed_windows: tuple[int, ...]
    expired: tuple[int, ...]
    moved: tuple[MovedClock, ...]
    expiring: tuple[int, ...]
    overdue: tuple[int, ...]
    unfit: tuple[int, ...]

    def as_dict(self) -> dict[str, object]:
        return {
            "on": self.on.isoformat(),
            "closed_windows": list(self.closed_windows),
            "expired": list(self.expired),
            "moved": [
                {
                    "case": each.case_id,
                    "clock": each.kind,
                    "before": each.before.isoformat(),
                    "after": each.after.isoformat(),
                }
                for each in self.moved
            ],
            "expiring": list(self.expiring),
            "overdue": list(self.overdue),
            "unfit": list(self.unfit),
        }


def run_clocks(
    session: Session, actor: Actor, *, now: datetime, calendar: WorkingDays | None = None
) -> ClockRun:
    """Take every step that the calendar takes by itself, and say what waits for people.

    Args:
        calendar: the table of working days to recompute by; the one in use unless a test brings another.
    """
    actor.require(Permission.ASSESSMENTS_RUN)
    today = beijing_day(now)
    for _, record_id in worklists.bare_cases(session):
        fallen_grounds.ground_fell(
            session, actor, record_id, reason="据以列入的处罚记录已撤销或者撤回", now=now
        )
    moved = recompute(session, actor, calendar or working_days(), now=now)
    closed = _take_all(session, actor, worklists.with_closed_window(session, today), Action.CLOSE_WINDOW, now)
    expired = _take_all(session, actor, worklists.with_ended_period(session, today), Action.EXPIRE, now)
    return ClockRun(
        on=today,
        closed_windows=closed,
        expired=expired,
        moved=moved,
        expiring=tuple(worklists.ending_between(session, today, today + timedelta(days=_WARNED_DAYS))),
        overdue=tuple(worklists.overdue(session, today, clocks.duties())),
        unfit=_note_unfit(session, actor, now=now),
    )


def _take_all(
    session: Session, actor: Actor, case_ids: Sequence[int], action: Action, now: datetime
) -> tuple[int, ...]:
    return tuple(case_id for case_id in case_ids if _take(session, actor, case_id, action, now))


def _take(session: Session, actor: Actor, case_id: int, action: Action, now: datetime) -> bool:
    """One step by the clock; False where somebody was faster and it is no longer due."""
    found = cases.get(session, case_id)
    assert found is not None, "cases are never deleted"
    enterprise = enterprises.lock(session, found.enterprise_id)
    case = cases.lock(session, case_id)
    assert enterprise is not None
    assert case is not None
    kind, before = ListKind(case.list_kind), State(case.state)
    row = listing.STEPS[kind].get((before, action))
    if row is None or not row.by_clock:
        return False
    move = casework.prepare(row, action, now=now, reason=None, handed_in=None)
    try:
        step = listing.step(
            kind, before, action, situations.situation(session, case, actor, move), reason=None
        )
    except Refusal:
        # A machine whose clock went back finds steps dated after its today: they wait, the others go on.
        return False
    casework.take(session, case, enterprise, actor, move, step, account_id=None)
    casework.remember(session, actor, case, move, before)
    return True


def recompute(
    session: Session, actor: Actor, calendar: WorkingDays, *, now: datetime
) -> tuple[MovedClock, ...]:
    """Count again every running clock that rested on an older table of working days.

    A window that a party was told of never gets shorter than it was told.
    """
    moved = []
    for clock in worklists.running_clocks(session, other_than=calendar.version):
        due = clocks.due_of(clock.starts_on, clock.length, clock.unit, calendar)
        is_window = clock.kind in clocks.WINDOWS
        day = max(due.day, clock.due_on) if is_window else due.day
        if day != clock.due_on:
            moved.append(MovedClock(clock.case_id, clock.kind, clock.due_on, day))
        clock.due_on, clock.is_provisional, clock.calendar = day, due.is_provisional, calendar.version
        if is_window and clock.case_id is not None:
            worklists.set_window(session, clock.case_id, day, is_provisional=due.is_provisional)
    session.flush()
    if moved:
        facts = {"calendar": calendar.version, "moved": len(moved)}
        audit.remember(session, actor, "clock:recompute", "list:all", now, facts=facts)
    return tuple(moved)


def _note_unfit(session: Session, actor: Actor, *, now: datetime) -> tuple[int, ...]:
    """Red entries that the register no longer bears out: a removal falls due, once.

    Removal itself is an act with a reason and a name; what the clock does is to put it on top of the worklist.
    """
    today = beijing_day(now)
    unfit = []
    for case in entries.in_force(session, ListKind.RED):
        refuted = red_conditions.refuted(session, case.enterprise_id, on=today)
        if not refuted:
            continue
        unfit.append(case.id)
        running = [clock for clock in cases.clocks(session, case.id) if clock.kind == "remove_unfit"]
        if not any(clock.met_on is None and clock.stopped_on is None for clock in running):
            session.add(casework.clock_row(clocks.start("remove_unfit", today), case_id=case.id))
            facts = {"conditions": sorted(refuted)}
            audit.remember(session, actor, "listing:unfit", f"case:{case.id}", now, facts=facts)
    session.flush()
    return tuple(unfit)
