"""What a case allows next, and what stands in the way of this person's doing it now.

Nothing is promised: the service that takes the step asks everything again, under its locks.
"""

from dataclasses import dataclass
from datetime import datetime

from credit_registry.domain import listing, repair_steps
from credit_registry.domain.answers import beijing_day
from credit_registry.domain.errors import NotAllowed, Refusal
from credit_registry.domain.papers import FIELD_TITLES, PAPERS, SERVICE_METHODS
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.steps import ACTION_TITLES, STATE_TITLES, Action, State, Step
from credit_registry.services import penalty_repairs, recusals, situations
from credit_registry.services.case_views import CaseView
from credit_registry.services.listings import account_of
from credit_registry.services.penalty_repairs import RepairView
from credit_registry.storage.database import Session
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.queries import repairs
from credit_registry.storage.tables.listings import ListingCaseRow, PenaltyRepairRow


@dataclass(frozen=True)
class NextStep:
    """A row of the step table that begins where the case stands.

    Attributes:
        refusal: what this person would be told today; ``None`` where nothing is in sight.
    """

    action: Action
    step: Step
    who: Permission
    refusal: Refusal | None

    @property
    def title(self) -> str:
        return ACTION_TITLES[self.action]

    @property
    def is_for_others(self) -> bool:
        """Somebody else may: the person, not the case, is the obstacle."""
        return isinstance(self.refusal, NotAllowed)

    def as_dict(self) -> dict[str, object]:
        return {
            "action": self.action.value,
            "title": self.title,
            "to": self.step.to.value,
            "to_title": STATE_TITLES[self.step.to],
            "who": self.who.value,
            "needs_reason": self.step.needs_reason,
            "papers": [paper_document(kind) for kind in self.step.papers],
            "law": self.step.law,
            **_allowance(self.refusal),
        }


def of_case(session: Session, actor: Actor, view: CaseView, *, now: datetime) -> tuple[NextStep, ...]:
    """Every step that persons may take from where the case stands."""
    case = cases.get(session, view.case_id)
    assert case is not None, "cases are never deleted"
    today = beijing_day(now)
    # The situation before anything is handed in; no row of any table leads from a state by opening.
    neutral = situations.Move(Action.OPEN, now, today, None, {}, {})
    where = situations.situation(session, case, actor, neutral)
    return tuple(
        NextStep(
            action,
            row,
            row.who,
            _personal(session, actor, case, row.who, case_id=case.id) or listing.obstacle(row, action, where),
        )
        for (begin, action), row in listing.STEPS[view.list_kind].items()
        if begin is State(view.state) and row.who is not None
    )


@dataclass(frozen=True)
class RepairStep:
    """A row of the repair's step table; ``refusal`` as with `NextStep`."""

    action: str
    step: repair_steps.Step
    refusal: Refusal | None

    @property
    def title(self) -> str:
        return repair_steps.ACTION_TITLES[self.action]

    def as_dict(self) -> dict[str, object]:
        return {
            "action": self.action,
            "title": self.title,
            "to": self.step.to,
            "to_title": repair_steps.STATE_TITLES[self.step.to],
            "who": self.step.who.value,
            "needs_reason": self.step.needs_reason,
            "papers": [paper_document(kind) for kind in self.step.papers],
            "law": repair_steps.LAW,
            **_allowance(self.refusal),
        }


def of_repair(session: Session, actor: Actor, view: RepairView) -> tuple[RepairStep, ...]:
    """Every step that an application to repair a penalty allows from where it stands."""
    row = repairs.get(session, view.repair_id)
    assert row is not None, "applications are never deleted"
    return tuple(
        RepairStep(
            action,
            step,
            _personal(session, actor, row, step.who, case_id=None)
            or penalty_repairs.acted_before(session, row.drafter_id, step, account_of(actor)),
        )
        for (state, action), step in repair_steps.STEPS.items()
        if state == view.state
    )


def _personal(
    session: Session,
    actor: Actor,
    row: ListingCaseRow | PenaltyRepairRow,
    who: Permission,
    *,
    case_id: int | None,
) -> NotAllowed | None:
    """Why this person may not, whatever the case says: no person, no right, another office, an interest of theirs."""
    try:
        account_of(actor)
        actor.require(who)
        actor.require_office(row.office_id)
        recusals.require_free(session, actor, case_id=case_id, enterprise_id=row.enterprise_id, who=who)
    except NotAllowed as refusal:
        return refusal
    return None


def _allowance(refusal: Refusal | None) -> dict[str, object]:
    obstacle = {"code": refusal.code, "message": refusal.message} if refusal else None
    return {"is_allowed": refusal is None, "obstacle": obstacle}


def paper_document(kind: str) -> dict[str, object]:
    """What a paper asks for; no fields where the registry writes it itself."""
    paper = PAPERS[kind]
    fields = [
        {
            "name": name,
            "title": FIELD_TITLES[name],
            "type": "date" if shape is not str else "text",
            "choices": list(SERVICE_METHODS) if name == "method" else None,
        }
        for name, shape in (paper.fields or {}).items()
    ]
    return {"kind": kind, "title": paper.title, "is_issued": paper.is_issued, "fields": fields}
