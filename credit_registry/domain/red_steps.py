"""The procedure of the good-faith list, row by row (安监总办〔2017〕133号)."""

from credit_registry.domain.black_steps import suspension
from credit_registry.domain.guards import Guard
from credit_registry.domain.permissions import Permission
from credit_registry.domain.steps import Action, State, Step, Table

_NOTICE_133 = "安监总办〔2017〕133号(2017-12-07)"
_PREPARED = (Action.PROPOSE, Action.APPLY, Action.CHECK)
_P = Permission


def red() -> Table:
    """Application or proposal to publication, yearly check, removal and hearing."""
    law = f"{_NOTICE_133} 第二条"
    table: Table = {
        (None, Action.APPLY): Step(
            State.APPLIED, _P.LISTINGS_PROPOSE, law, papers=("red_application", "commitment")
        ),
        (None, Action.PROPOSE): Step(
            State.PROPOSED, _P.LISTINGS_PROPOSE, law, papers=("consent", "commitment"), needs_reason=True
        ),
        (State.CHECKED, Action.OPEN_COMMENT): Step(
            State.OPEN_COMMENT,
            _P.LISTINGS_PUBLISH,
            law,
            (Guard.NOT_ON_OTHER_LIST, Guard.CONDITIONS_MET, Guard.FIELDS_COMPLETE),
            papers=("comment_notice",),
            starts=("comment",),
        ),
        (State.OPEN_COMMENT, Action.APPROVE): Step(
            State.APPROVED,
            _P.LISTINGS_DECIDE,
            law,
            (Guard.WINDOW_CLOSED, Guard.NOT_ON_OTHER_LIST, Guard.CONDITIONS_MET),
            papers=("red_decision",),
            meets=("comment",),
            apart_from=_PREPARED,
            needs_reason=True,
        ),
        (State.APPROVED, Action.PUBLISH): Step(
            State.ACTIVE,
            _P.LISTINGS_PUBLISH,
            law,
            (
                Guard.NOT_ON_OTHER_LIST,
                Guard.NO_OTHER_ENTRY,
                Guard.CONDITIONS_MET,
                Guard.NOT_SUSPENDED,
                Guard.PERIOD_RUNNING,
            ),
            starts=("yearly_check",),
        ),
        (State.ACTIVE, Action.REVIEW_YEARLY): Step(
            State.ACTIVE,
            _P.LISTINGS_PROPOSE,
            law,
            (Guard.CONDITIONS_MET,),
            papers=("yearly_review",),
            starts=("yearly_check",),
            meets=("yearly_check",),
        ),
        (State.ACTIVE, Action.EXPIRE): Step(
            State.EXPIRED, _P.LISTINGS_PUBLISH, law, (Guard.PERIOD_OVER,), by_clock=True, ends="expiry"
        ),
        (State.ACTIVE, Action.WITHDRAW): Step(
            State.WITHDRAWN, _P.LISTINGS_NOTIFY, law, needs_reason=True, ends="withdrawal"
        ),
        (State.ACTIVE, Action.REMOVE): Step(
            State.REMOVED,
            _P.LISTINGS_DECIDE,
            law,
            papers=("red_removal",),
            meets=("remove_unfit",),
            starts=("hear_removed",),
            needs_reason=True,
            ends="removal",
        ),
        (State.REMOVED, Action.HEAR_REMOVED): Step(
            State.REMOVED, _P.LISTINGS_NOTIFY, law, papers=("hearing_of_removed",), meets=("hear_removed",)
        ),
        (State.REMOVED, Action.REINSTATE): Step(
            State.ACTIVE,
            _P.LISTINGS_DECIDE,
            law,
            (Guard.NOT_ON_OTHER_LIST, Guard.NO_OTHER_ENTRY, Guard.CONDITIONS_MET, Guard.PERIOD_RUNNING),
            papers=("red_decision",),
            meets=("hear_removed",),
            apart_from=(*_PREPARED, Action.REMOVE),
            needs_reason=True,
        ),
    }
    for state in (State.APPLIED, State.PROPOSED, State.CHECKED):
        table[(state, Action.CHECK)] = Step(
            State.CHECKED, _P.LISTINGS_PROPOSE, law, papers=("condition_check",)
        )
    for state in (State.APPLIED, State.PROPOSED, State.CHECKED, State.OPEN_COMMENT, State.APPROVED):
        table[(state, Action.WITHDRAW)] = Step(State.WITHDRAWN, _P.LISTINGS_NOTIFY, law, needs_reason=True)
        table[(state, Action.REFUSE)] = Step(
            State.REFUSED, _P.LISTINGS_DECIDE, law, papers=("red_refusal",), needs_reason=True
        )
    return table | suspension((State.APPROVED, State.ACTIVE), Guard.CONDITIONS_MET)
