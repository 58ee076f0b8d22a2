"""What happens to cases when a record that they rest on is revoked or withdrawn.

The entry disappears from every outward answer with the record, in the same transaction; the revocation of the
listing itself, with its reason in public, is then an act of a decider within three working days.
"""

from datetime import datetime

from credit_registry.domain import listing
from credit_registry.domain.permissions import Actor
from credit_registry.domain.series import ListKind
from credit_registry.domain.steps import Action, State
from credit_registry.services import casework, situations
from credit_registry.storage.database import Session
from credit_registry.storage.queries import enterprises
from credit_registry.storage.queries import listings as cases

_FALLEN = frozenset({"revoked", "withdrawn"})


def ground_fell(
    session: Session, actor: Actor, record_id: int, *, reason: str, now: datetime
) -> tuple[int, ...]:
    """Note on each open case that the record no longer stands; hide an entry that has no ground left.

    For services that end a record: no permission is asked here, since the record's own was.

    Returns:
        the cases that rest on nothing now.
    """
    bare = []
    for case_id in cases.cases_on_record(session, record_id):
        found = cases.get(session, case_id)
        assert found is not None, "cases are never deleted"
        enterprise = enterprises.lock(session, found.enterprise_id)
        case = cases.lock(session, case_id)
        assert enterprise is not None
        assert case is not None
        still_stands = _note(session, case_id, now)
        before = State(case.state)
        row = listing.STEPS[ListKind(case.list_kind)].get((before, Action.LOSE_GROUND))
        if row is None or still_stands:
            continue
        move = casework.prepare(
            row, Action.LOSE_GROUND, now=now, reason=reason, handed_in=None, facts={"record": record_id}
        )
        step = listing.step(
            ListKind(case.list_kind),
            before,
            Action.LOSE_GROUND,
            situations.situation(session, case, actor, move),
            reason=reason,
        )
        casework.take(session, case, enterprise, actor, move, step, account_id=None)
        casework.remember(session, actor, case, move, before)
        bare.append(case_id)
    return tuple(bare)


def _note(session: Session, case_id: int, now: datetime) -> bool:
    """Mark the grounds whose record has ended; whether a penalty among them still stands."""
    grounds = cases.grounds(session, case_id)
    present = cases.present_records(session, [ground.record_id for ground in grounds])
    for ground in grounds:
        if present[ground.record_id].state in _FALLEN and ground.fell_at is None:
            ground.fell_at = now
    session.flush()
    return any(record.kind == "penalty" and record.state not in _FALLEN for record in present.values())
