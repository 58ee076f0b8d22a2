"""What happens to cases when a record that they rest on is revoked or withdrawn, or its execution is stopped.

The entry disappears from every outward answer with the record, in the same transaction; the revocation of the
listing itself, with its reason in public, is then an act of a decider within three working days.
"""

from collections.abc import Iterator
from datetime import datetime

from credit_registry.domain import listing
from credit_registry.domain.permissions import Actor
from credit_registry.domain.series import ListKind
from credit_registry.domain.steps import Action, State
from credit_registry.services import casework, situations
from credit_registry.storage.database import Session
from credit_registry.storage.queries import enterprises
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.listings import ListingCaseRow

_FALLEN = frozenset({"revoked", "withdrawn"})
_VEILING = frozenset(
    {Action.SUSPEND, Action.RESUME, Action.LOSE_GROUND, Action.SUSPEND_GROUND, Action.RESUME_GROUND}
)


def ground_fell(
    session: Session, actor: Actor, record_id: int, *, reason: str, now: datetime
) -> tuple[int, ...]:
    """Note on each open case that the record no longer stands; hide an entry that has no ground left.

    For services that end a record: no permission is asked here, since the record's own was.

    Returns:
        the cases that rest on nothing now.
    """
    bare = []
    for case, enterprise in _resting_on(session, record_id):
        if not _note(session, case.id, now) and _take(
            session, actor, case, enterprise, Action.LOSE_GROUND, record_id, reason, now
        ):
            bare.append(case.id)
    return tuple(bare)


def ground_stopped(
    session: Session, actor: Actor, record_id: int, *, is_stopped: bool, reason: str, now: datetime
) -> tuple[int, ...]:
    """Hide each decided case whose last ground was stopped (停止执行), or show again what only that had hidden.

    For services that stop or resume a record, as `ground_fell`.
    """
    touched = []
    for case, enterprise in _resting_on(session, record_id):
        if is_stopped:
            is_due = case.hidden_since is None and not situations.standing_grounds(session, case)
        else:
            is_due = _hidden_by(session, case.id) == Action.SUSPEND_GROUND
        action = Action.SUSPEND_GROUND if is_stopped else Action.RESUME_GROUND
        if is_due and _take(session, actor, case, enterprise, action, record_id, reason, now):
            touched.append(case.id)
    return tuple(touched)


def _hidden_by(session: Session, case_id: int) -> str | None:
    """The act that hid a case or showed it again last."""
    taken = [step.action for step in cases.steps(session, case_id) if step.action in _VEILING]
    return taken[-1] if taken else None


def _resting_on(session: Session, record_id: int) -> Iterator[tuple[ListingCaseRow, EnterpriseRow]]:
    """The open cases of a record with their enterprises, each locked when it is its turn."""
    for case_id in cases.cases_on_record(session, record_id):
        found = cases.get(session, case_id)
        assert found is not None, "cases are never deleted"
        enterprise = enterprises.lock(session, found.enterprise_id)
        case = cases.lock(session, case_id)
        assert enterprise is not None
        assert case is not None
        yield case, enterprise


def _take(
    session: Session,
    actor: Actor,
    case: ListingCaseRow,
    enterprise: EnterpriseRow,
    action: Action,
    record_id: int,
    reason: str,
    now: datetime,
) -> bool:
    """The step that follows by itself, where the table has it in the case's state."""
    kind, before = ListKind(case.list_kind), State(case.state)
    row = listing.STEPS[kind].get((before, action))
    if row is None:
        return False
    move = casework.prepare(row, action, now=now, reason=reason, handed_in=None, facts={"record": record_id})
    step = listing.step(kind, before, action, situations.situation(session, case, actor, move), reason=reason)
    casework.take(session, case, enterprise, actor, move, step, account_id=None)
    casework.remember(session, actor, case, move, before)
    return True


def _note(session: Session, case_id: int, now: datetime) -> bool:
    """Mark the grounds whose record has ended; whether a penalty among them still stands."""
    grounds = cases.grounds(session, case_id)
    present = cases.present_records(session, [ground.record_id for ground in grounds])
    for ground in grounds:
        if present[ground.record_id].state in _FALLEN and ground.fell_at is None:
            ground.fell_at = now
    session.flush()
    return any(record.kind == "penalty" and record.state not in _FALLEN for record in present.values())
