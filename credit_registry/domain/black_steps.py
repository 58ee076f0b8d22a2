"""The procedure of the serious-breach list, row by row (安全生产严重失信主体名单管理办法)."""

from collections.abc import Iterable

from credit_registry.domain.guards import Guard
from credit_registry.domain.permissions import Permission
from credit_registry.domain.steps import IN_FORCE, Action, State, Step, Table

_ORDER = "安全生产严重失信主体名单管理办法(2023-08-08)"
_PENALTY = "行政处罚法(2021-01-22)"
_PREPARED = (Action.PROPOSE, Action.NOTIFY)
_P = Permission


def black() -> Table:
    """Candidate to publication, removal, revocation and restoration."""
    table: Table = {
        (None, Action.OPEN): Step(State.CANDIDATE, None, f"{_ORDER} 第六条、第七条", (Guard.GROUND_STANDS,)),
        (None, Action.PROPOSE): Step(
            State.CANDIDATE,
            _P.LISTINGS_PROPOSE,
            f"{_ORDER} 第四条",
            (Guard.GROUND_STANDS,),
            needs_reason=True,
        ),
        (State.CANDIDATE, Action.DROP): Step(
            State.CLOSED, _P.LISTINGS_PROPOSE, f"{_ORDER} 第三条", needs_reason=True
        ),
        (State.CANDIDATE, Action.NOTIFY): Step(
            State.NOTIFIED,
            _P.LISTINGS_NOTIFY,
            f"{_ORDER} 第九条",
            (Guard.GROUND_STANDS, Guard.FIELDS_COMPLETE, Guard.PERSONS_NAMED),
            papers=("listing_notice", "service_receipt"),
            starts=("statement",),
        ),
        (State.REVIEWED, Action.DECLINE): Step(
            State.CLOSED,
            _P.LISTINGS_DECIDE,
            f"{_PENALTY} 第五十七条（参照）",
            papers=("not_listed_notice",),
            apart_from=(*_PREPARED, Action.REVIEW),
            needs_reason=True,
        ),
        (State.REVIEWED, Action.DECIDE): Step(
            State.DECIDED,
            _P.LISTINGS_DECIDE,
            f"{_ORDER} 第十条",
            (Guard.GROUND_STANDS, Guard.FIELDS_COMPLETE, Guard.PERSONS_NAMED),
            papers=("listing_decision",),
            starts=("serve_decision", "enter_system", "publish"),
            apart_from=(*_PREPARED, Action.REVIEW),
            needs_reason=True,
        ),
        (State.DECIDED, Action.SERVE): Step(
            State.SERVED,
            _P.LISTINGS_NOTIFY,
            f"{_PENALTY} 第六十一条（参照）；国办发〔2025〕22号（两书同达）",
            papers=("service_receipt", "repair_notice"),
            meets=("serve_decision",),
        ),
        (State.SERVED, Action.PUBLISH): Step(
            State.ACTIVE,
            _P.LISTINGS_PUBLISH,
            f"{_ORDER} 第十一条、第十二条",
            (
                Guard.GROUND_STANDS,
                Guard.NOT_SUSPENDED,
                Guard.PERIOD_RUNNING,
                Guard.NO_OTHER_ENTRY,
                Guard.NOT_ON_OTHER_LIST,
            ),
            meets=("publish",),
        ),
        (State.RESTORED, Action.PUBLISH): Step(
            State.ACTIVE,
            _P.LISTINGS_PUBLISH,
            f"{_ORDER} 第二十一条",
            (
                Guard.GROUND_STANDS,
                Guard.NOT_SUSPENDED,
                Guard.PERIOD_RUNNING,
                Guard.NO_OTHER_ENTRY,
                Guard.NOT_ON_OTHER_LIST,
            ),
            papers=("service_receipt", "repair_notice"),
            meets=("serve_decision", "publish"),
        ),
        (State.REMOVAL_DECIDED, Action.COMPLETE_REMOVAL): Step(
            State.REMOVED,
            _P.LISTINGS_PUBLISH,
            f"{_ORDER} 第十四条",
            papers=("system_entry",),
            meets=("update_system", "lift_measures"),
        ),
    }
    for state in (State.NOTIFIED, State.STATED, State.NO_STATEMENT):
        table |= _statement_stage(state)
    for state in (State.DECIDED, State.SERVED, State.ACTIVE):
        table[(state, Action.ENTER)] = Step(
            state,
            _P.LISTINGS_PUBLISH,
            f"{_ORDER} 第十一条",
            papers=("system_entry",),
            meets=("enter_system",),
        )
    for state in (State.DECIDED, State.SERVED, State.RESTORED, *sorted(IN_FORCE)):
        table[(state, Action.REVOKE)] = Step(
            State.REVOKED,
            _P.LISTINGS_DECIDE,
            f"{_ORDER} 第十五条",
            papers=("revocation_decision",),
            meets=("revoke_fallen",),
            needs_reason=True,
            ends="revocation",
        )
    decided = (State.DECIDED, State.SERVED, State.RESTORED, *sorted(IN_FORCE))
    undecided = (State.CANDIDATE, State.NOTIFIED, State.STATED, State.NO_STATEMENT, State.REVIEWED)
    for state in (*undecided, *decided):
        # What rests on nothing is hidden at the same moment; a person then revokes it and says why in public.
        table[(state, Action.LOSE_GROUND)] = Step(
            state,
            None,
            f"{_ORDER} 第十五条；{_PENALTY} 第四十八条（参照）",
            starts=("revoke_fallen",) if state in decided else (),
            needs_reason=True,
        )
    for state in decided:
        # While a court has stopped the penalty, what rests on it is not shown; it comes back with the penalty.
        law = "行政复议法(2023-09-01) 第四十二条；行政诉讼法(2017-06-27) 第五十六条"
        table[(state, Action.SUSPEND_GROUND)] = Step(
            state, None, law, (Guard.NOT_SUSPENDED,), needs_reason=True
        )
        table[(state, Action.RESUME_GROUND)] = Step(
            state, None, law, (Guard.SUSPENDED, Guard.GROUND_STANDS), needs_reason=True
        )
    return table | _repair() | suspension(decided, Guard.GROUND_STANDS)


def suspension(states: Iterable[State], *resuming: Guard) -> Table:
    """Reconsideration and lawsuit do not stop a decision unless its effect is suspended; then it is not shown."""
    table: Table = {}
    for state in states:
        table[(state, Action.SUSPEND)] = Step(
            state,
            _P.LISTINGS_NOTIFY,
            "行政复议法(2023-09-01) 第四十二条；行政诉讼法(2017-06-27) 第五十六条",
            (Guard.NOT_SUSPENDED,),
            papers=("suspension_order",),
            needs_reason=True,
        )
        table[(state, Action.RESUME)] = Step(
            state,
            _P.LISTINGS_DECIDE,
            "行政复议法(2023-09-01) 第四十二条；行政诉讼法(2017-06-27) 第五十六条",
            (Guard.SUSPENDED, *resuming),
            papers=("resumption_order",),
            needs_reason=True,
        )
    return table


def _statement_stage(state: State) -> Table:
    """Between notice and review. The table of the design has the withdrawal from NOTIFIED only; a ground that
    falls after a statement must lead out as well, and it only ever helps the party."""
    law = f"{_ORDER} 第十条；{_PENALTY} 第四十四条、第四十五条（参照）"
    table: Table = {
        (state, Action.WITHDRAW_NOTICE): Step(
            State.CLOSED, _P.LISTINGS_NOTIFY, law, papers=("notice_withdrawal",), needs_reason=True
        ),
        (state, Action.HEAR_STATEMENT): Step(
            State.STATED, _P.LISTINGS_NOTIFY, law, papers=("statement_record",)
        ),
        (state, Action.REQUEST_HEARING): Step(
            state,
            _P.LISTINGS_NOTIFY,
            f"{_PENALTY} 第六十四条（参照）",
            (Guard.WINDOW_OPEN,),
            papers=("hearing_request", "hearing_notice"),
            starts=("hearing_notice",),
        ),
        (state, Action.HOLD_HEARING): Step(
            State.STATED,
            _P.LISTINGS_NOTIFY,
            f"{_PENALTY} 第六十四条（参照）",
            (Guard.HEARING_REQUESTED, Guard.HEARING_ANNOUNCED),
            papers=("hearing_record",),
            meets=("hearing_notice",),
        ),
    }
    if state is State.NOTIFIED:
        table[(state, Action.CLOSE_WINDOW)] = Step(
            State.NO_STATEMENT,
            _P.LISTINGS_NOTIFY,
            law,
            (Guard.WINDOW_CLOSED,),
            meets=("statement",),
            by_clock=True,
        )
    else:
        table[(state, Action.REVIEW)] = Step(
            State.REVIEWED,
            _P.LISTINGS_REVIEW,
            f"{_PENALTY} 第四十五条、第五十七条、第五十八条（参照）",
            (Guard.WINDOW_CLOSED, Guard.HEARING_SETTLED, Guard.GROUND_STANDS),
            papers=("review_opinion", "legal_review", "collective_discussion"),
            meets=("statement",),
            apart_from=_PREPARED,
        )
    return table


def _repair() -> Table:
    table: Table = {
        (State.ACTIVE, Action.APPLY_REPAIR): Step(
            State.REPAIR_APPLIED,
            _P.LISTINGS_NOTIFY,
            f"{_ORDER} 第十七条至第十九条",
            (Guard.REPAIR_DAY_REACHED, Guard.NO_BAN, Guard.NO_NEW_CASE, Guard.PERIOD_RUNNING),
            papers=("removal_application", "duties_proof", "harm_proof", "no_new_breach", "commitment"),
            starts=("accept_repair",),
        ),
        (State.REPAIR_APPLIED, Action.ACCEPT_REPAIR): Step(
            State.REPAIR_ACCEPTED,
            _P.LISTINGS_NOTIFY,
            f"{_ORDER} 第十九条",
            papers=("acceptance",),
            starts=("decide_repair",),
            meets=("accept_repair",),
        ),
        (State.REPAIR_APPLIED, Action.REJECT_REPAIR): Step(
            State.ACTIVE,
            _P.LISTINGS_NOTIFY,
            f"{_ORDER} 第十九条",
            papers=("non_acceptance",),
            meets=("accept_repair",),
            needs_reason=True,
        ),
        (State.REPAIR_ACCEPTED, Action.ALLOW_REPAIR): Step(
            State.REMOVAL_DECIDED,
            _P.LISTINGS_DECIDE,
            f"{_ORDER} 第二十条",
            (Guard.NO_BAN, Guard.NO_NEW_CASE),
            papers=("early_removal_decision",),
            starts=("update_system", "lift_measures", "report_removal"),
            meets=("decide_repair",),
            apart_from=(Action.APPLY_REPAIR, Action.ACCEPT_REPAIR),
            ends="repair",
        ),
        (State.REPAIR_ACCEPTED, Action.DENY_REPAIR): Step(
            State.ACTIVE,
            _P.LISTINGS_DECIDE,
            f"{_ORDER} 第二十条",
            papers=("early_removal_refusal",),
            meets=("decide_repair",),
            apart_from=(Action.APPLY_REPAIR, Action.ACCEPT_REPAIR),
            needs_reason=True,
        ),
    }
    for state in sorted(IN_FORCE):
        table[(state, Action.EXPIRE)] = Step(
            State.REMOVAL_DECIDED,
            _P.LISTINGS_PUBLISH,
            f"{_ORDER} 第十三条、第十四条",
            (Guard.PERIOD_OVER,),
            papers=("removal_decision",),
            starts=("update_system", "lift_measures"),
            by_clock=True,
            ends="expiry",
        )
        table[(state, Action.SUPERSEDE)] = Step(
            State.REMOVAL_DECIDED,
            _P.LISTINGS_PUBLISH,
            f"{_ORDER} 第十三条",
            (Guard.SUCCESSOR_SERVED,),
            papers=("removal_decision",),
            starts=("update_system",),
            ends="successor",
        )
    for state in (State.REMOVAL_DECIDED, State.REMOVED):
        table[(state, Action.REPORT_REMOVAL)] = Step(
            state,
            _P.LISTINGS_NOTIFY,
            f"{_ORDER} 第二十条",
            (Guard.REMOVED_EARLY,),
            papers=("report_upward",),
            meets=("report_removal",),
        )
        table[(state, Action.RESTORE)] = Step(
            State.RESTORED,
            _P.LISTINGS_DECIDE,
            f"{_ORDER} 第二十一条",
            (Guard.REMOVED_EARLY, Guard.GROUND_STANDS, Guard.NO_OTHER_ENTRY),
            papers=("fraud_finding", "restoration_decision"),
            starts=("serve_decision", "publish"),
            apart_from=(*_PREPARED, Action.REVIEW),
            needs_reason=True,
        )
    return table
