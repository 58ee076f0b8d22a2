"""The procedure of the announced grade, row by row: told before it falls to 中 or 差, decided by a second officer."""

from credit_registry.domain.black_steps import suspension
from credit_registry.domain.guards import Guard
from credit_registry.domain.permissions import Permission
from credit_registry.domain.steps import Action, State, Step, Table

_MODEL = "山西省安全生产信用评价办法(2023)（参照）"
_PENALTY = "行政处罚法(2021-01-22)"
_PREPARED = (Action.PROPOSE, Action.NOTIFY_GRADE)
_P = Permission


def grade() -> Table:
    """Proposal to announcement; a yearly announcement opens such a case for everybody who would fall."""
    statement = f"{_PENALTY} 第四十四条、第四十五条（参照）"
    table: Table = {
        (None, Action.DEFER_GRADE): Step(State.CANDIDATE, None, _MODEL, (Guard.NOTICE_NEEDED,)),
        (None, Action.PROPOSE): Step(
            State.CANDIDATE, _P.LISTINGS_PROPOSE, _MODEL, (Guard.GRADE_DIFFERS,), needs_reason=True
        ),
        (State.CANDIDATE, Action.DROP): Step(State.CLOSED, _P.LISTINGS_PROPOSE, _MODEL, needs_reason=True),
        (State.CANDIDATE, Action.NOTIFY_GRADE): Step(
            State.NOTIFIED,
            _P.LISTINGS_NOTIFY,
            statement,
            (Guard.NOTICE_NEEDED, Guard.GRADE_STANDS),
            papers=("grade_notice", "service_receipt"),
            starts=("grade_reply",),
        ),
        (State.NOTIFIED, Action.CLOSE_WINDOW): Step(
            State.NO_STATEMENT,
            _P.LISTINGS_NOTIFY,
            statement,
            (Guard.WINDOW_CLOSED,),
            meets=("grade_reply",),
            by_clock=True,
        ),
        # Nobody falls here: there is nothing to be told first.
        (State.CANDIDATE, Action.DECIDE_GRADE): Step(
            State.DECIDED,
            _P.LISTINGS_DECIDE,
            _MODEL,
            (Guard.NO_NOTICE_NEEDED, Guard.GRADE_STANDS),
            papers=("grade_decision",),
            starts=("announce_grade",),
            apart_from=_PREPARED,
            needs_reason=True,
        ),
        (State.REVIEWED, Action.DECIDE_GRADE): Step(
            State.DECIDED,
            _P.LISTINGS_DECIDE,
            f"{_MODEL}；{_PENALTY} 第五十七条（参照）",
            (Guard.GRADE_STANDS,),
            papers=("grade_decision",),
            starts=("announce_grade",),
            meets=("decide_grade",),
            apart_from=(*_PREPARED, Action.REVIEW),
            needs_reason=True,
        ),
        (State.REVIEWED, Action.KEEP_GRADE): Step(
            State.CLOSED,
            _P.LISTINGS_DECIDE,
            f"{_PENALTY} 第五十七条（参照）",
            papers=("grade_kept",),
            meets=("decide_grade",),
            apart_from=(*_PREPARED, Action.REVIEW),
            needs_reason=True,
        ),
        (State.DECIDED, Action.ANNOUNCE_GRADE): Step(
            State.ANNOUNCED,
            _P.LISTINGS_PUBLISH,
            f"{_MODEL}；{_PENALTY} 第六十一条（参照）",
            (Guard.NOT_SUSPENDED, Guard.GRADE_STANDS),
            papers=("grade_announcement", "service_receipt"),
            meets=("announce_grade",),
        ),
    }
    for state in (State.NOTIFIED, State.STATED, State.NO_STATEMENT):
        table[(state, Action.HEAR_STATEMENT)] = Step(
            State.STATED, _P.LISTINGS_NOTIFY, statement, papers=("statement_record",)
        )
        table[(state, Action.WITHDRAW_GRADE)] = Step(
            State.CLOSED, _P.LISTINGS_NOTIFY, statement, papers=("grade_withdrawal",), needs_reason=True
        )
    for state in (State.STATED, State.NO_STATEMENT):
        table[(state, Action.REVIEW)] = Step(
            State.REVIEWED,
            _P.LISTINGS_REVIEW,
            f"{_PENALTY} 第四十五条（参照）",
            (Guard.WINDOW_CLOSED,),
            papers=("review_opinion",),
            starts=("decide_grade",),
            meets=("grade_reply",),
            apart_from=_PREPARED,
        )
    settled = (State.DECIDED, State.ANNOUNCED)
    for state in settled:
        table[(state, Action.REVOKE_GRADE)] = Step(
            State.REVOKED, _P.LISTINGS_DECIDE, _MODEL, papers=("grade_revocation",), needs_reason=True
        )
    return table | suspension(settled)
