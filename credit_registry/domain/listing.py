"""The law of the lists and of the announced grade as tables: (state, action) -> step. What no row allows cannot happen.

`step()` is the only judge; the service gathers a `Situation`, asks it, and writes what it says.
"""

from collections.abc import Iterable

from credit_registry.domain import clocks
from credit_registry.domain.black_steps import black
from credit_registry.domain.errors import IllegalTransition, InvalidInput, NotAllowed
from credit_registry.domain.grade_steps import grade
from credit_registry.domain.guards import CHECKS, GUARD_TITLES, Guard, Situation
from credit_registry.domain.papers import PAPERS
from credit_registry.domain.permissions import PERMISSION_TITLES
from credit_registry.domain.red_steps import red
from credit_registry.domain.series import LIST_TITLES, ListKind
from credit_registry.domain.steps import (
    ACTION_TITLES,
    CONDITION_CHECKS,
    STATE_TITLES,
    Action,
    State,
    Step,
    Table,
)

STEPS: dict[ListKind, Table] = {ListKind.BLACK: black(), ListKind.RED: red(), ListKind.GRADE: grade()}


def actions(kind: ListKind, state: State | None) -> tuple[Action, ...]:
    """The actions that persons may take from ``state``, whoever they are."""
    return tuple(action for (begin, action), row in STEPS[kind].items() if begin is state and row.who)


def step(
    kind: ListKind, state: State | None, action: Action, situation: Situation, *, reason: str | None
) -> Step:
    """The row for ``action`` in ``state``, if the situation satisfies all that it demands.

    Papers are not judged here: `papers.checked` says what each must contain.

    Raises:
        IllegalTransition: no such row, or a guard does not hold; ``code`` names the guard.
        InvalidInput: the reason is missing.
        NotAllowed: the same person prepared and would now decide.
    """
    found = STEPS[kind].get((state, action))
    if found is None:
        raise _no_road(kind, state, action)
    if found.needs_reason and not (reason or "").strip():
        raise InvalidInput(f"“{ACTION_TITLES[action]}”须写明理由。请填写后重试。", code="reason-missing")
    if (twice := _acted_before(found, action, situation)) is not None:
        raise twice
    # What opens a case may have come in on an earlier day than we open it; from then on the days go forward.
    earliest = (
        situation.on if state is None else situation.last_step_on or situation.opened_on or situation.on
    )
    if not earliest <= situation.on <= situation.today:
        raise InvalidInput(
            f"办理日期 {situation.on} 应在上一步（{earliest}）之后、今天（{situation.today}）之前。请核对日期。",
            code="day-out-of-order",
            facts={"on": situation.on.isoformat(), "earliest": earliest.isoformat()},
        )
    if (unmet := _unmet(found.guards, situation)) is not None:
        raise unmet
    return found


def obstacle(found: Step, action: Action, situation: Situation) -> IllegalTransition | NotAllowed | None:
    """What `step` would refuse already now, before anything is handed in; None where nothing is in sight.

    A guard that the step's own papers or facts may yet satisfy is left to `step`.
    """
    guards = [guard for guard in found.guards if not _is_answered_by(found, action, guard)]
    return _acted_before(found, action, situation) or _unmet(guards, situation)


def _is_answered_by(found: Step, action: Action, guard: Guard) -> bool:
    if guard is Guard.WINDOW_OPEN:
        # A paper received in time may be put on file later.
        return any(PAPERS[paper].acted_on for paper in found.papers)
    return guard is Guard.CONDITIONS_MET and action in CONDITION_CHECKS


def _unmet(guards: Iterable[Guard], situation: Situation) -> IllegalTransition | None:
    for guard in guards:
        message = CHECKS[guard](situation)
        if message is not None:
            return IllegalTransition(message, code=guard.value, facts=_facts(guard, situation))
    return None


def _no_road(kind: ListKind, state: State | None, action: Action) -> IllegalTransition:
    offered = [ACTION_TITLES[other] for other in actions(kind, state)]
    here = STATE_TITLES[state] if state else "尚未立案"
    advice = f"此时可办理：{'、'.join(offered)}。" if offered else "该案件已办结，不能再办理。"
    return IllegalTransition(
        f"当前状态为“{here}”，不能“{ACTION_TITLES[action]}”。{advice}",
        facts={"state": state, "action": action, "offered": list(actions(kind, state))},
    )


def _acted_before(found: Step, action: Action, situation: Situation) -> NotAllowed | None:
    """Two officers: who prepared does not decide, under whatever account."""
    selves = situation.selves | {situation.account_id}
    for earlier in found.apart_from:
        if selves & situation.takers.get(earlier, frozenset()):
            return NotAllowed(
                f"本案的“{ACTION_TITLES[earlier]}”由您（或者您的另一个账号）办理，“{ACTION_TITLES[action]}”须由其他人员办理。请交由另一名同事。",
                code="second-officer",
                facts={"earlier": earlier, "action": action},
            )
    return None


def _facts(guard: Guard, situation: Situation) -> dict[str, object]:
    """The days and cases that the guard compared, so that a machine can tell when to come back."""
    named: dict[Guard, tuple[str, ...]] = {
        Guard.WINDOW_OPEN: ("window_until",),
        Guard.WINDOW_CLOSED: ("window_until",),
        Guard.PERIOD_OVER: ("listed_until",),
        Guard.PERIOD_RUNNING: ("listed_until",),
        Guard.NOT_SUSPENDED: ("hidden_since",),
        Guard.NO_BAN: ("ban_until",),
        Guard.NO_NEW_CASE: ("new_case",),
        Guard.NOT_ON_OTHER_LIST: ("other_list_case",),
        Guard.CONDITIONS_MET: ("unmet_conditions",),
        Guard.GRADE_DIFFERS: ("proposed_grade", "announced_grade"),
        Guard.GRADE_STANDS: ("proposed_grade", "computed_grade"),
    }
    facts: dict[str, object] = {}
    for name in named.get(guard, ()):
        value = getattr(situation, name)
        if isinstance(value, tuple):
            facts[name] = list(value)
        else:
            facts[name] = value.isoformat() if hasattr(value, "isoformat") else value
    if guard is Guard.REPAIR_DAY_REACHED and situation.repair_from is not None:
        facts["earliest"] = situation.repair_from.fromordinal(
            situation.repair_from.toordinal() + 1
        ).isoformat()
    return facts


def printed(kind: ListKind) -> list[dict[str, object]]:
    """The table for a lawyer or a machine: one document per row, in the order of the procedure."""
    return [
        {
            "list": kind.value,
            "from": begin.value if begin else None,
            "action": action.value,
            "to": row.to.value,
            "who": row.who.value if row.who else ("clock" if row.by_clock else "rules"),
            "guards": [guard.value for guard in row.guards]
            + [f"apart-from:{earlier.value}" for earlier in row.apart_from]
            + (["reason"] if row.needs_reason else []),
            "clock": [spelled(clock) for clock in row.starts],
            "paper": [PAPERS[paper].title for paper in row.papers],
            "law": row.law,
            "titles": {
                "list": LIST_TITLES[kind],
                "from": STATE_TITLES[begin] if begin else "（立案）",
                "action": ACTION_TITLES[action],
                "to": STATE_TITLES[row.to],
                "who": PERMISSION_TITLES[row.who] if row.who else "规则",
                "guards": [GUARD_TITLES[guard] for guard in row.guards]
                + [f"不得由办理“{ACTION_TITLES[earlier]}”的人员办理" for earlier in row.apart_from]
                + (["写明理由"] if row.needs_reason else []),
            },
        }
        for (begin, action), row in STEPS[kind].items()
    ]


def spelled(clock: str) -> str:
    """A clock as a lawyer reads it: ``陈述申辩期限：5 个工作日``."""
    return f"{clocks.title(clock)}：{clocks.latest(clock).spelled()}"
