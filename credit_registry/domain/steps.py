"""The words of the lists' procedures: states, actions, and what one step is."""

from dataclasses import dataclass
from enum import StrEnum

from credit_registry.domain.guards import Guard
from credit_registry.domain.permissions import Permission


class State(StrEnum):
    CANDIDATE = "CANDIDATE"
    NOTIFIED = "NOTIFIED"
    STATED = "STATED"
    NO_STATEMENT = "NO_STATEMENT"
    REVIEWED = "REVIEWED"
    DECIDED = "DECIDED"
    SERVED = "SERVED"
    ACTIVE = "ACTIVE"
    REPAIR_APPLIED = "REPAIR_APPLIED"
    REPAIR_ACCEPTED = "REPAIR_ACCEPTED"
    REMOVAL_DECIDED = "REMOVAL_DECIDED"
    REMOVED = "REMOVED"
    REVOKED = "REVOKED"
    RESTORED = "RESTORED"
    CLOSED = "CLOSED"
    APPLIED = "APPLIED"
    PROPOSED = "PROPOSED"
    CHECKED = "CHECKED"
    OPEN_COMMENT = "OPEN_COMMENT"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"
    ANNOUNCED = "ANNOUNCED"


STATE_TITLES: dict[State, str] = {
    State.CANDIDATE: "候选",
    State.NOTIFIED: "已告知",
    State.STATED: "已陈述申辩",
    State.NO_STATEMENT: "逾期未陈述",
    State.REVIEWED: "已复核",
    State.DECIDED: "已决定",
    State.SERVED: "已送达",
    State.ACTIVE: "在列",
    State.REPAIR_APPLIED: "已申请提前移出",
    State.REPAIR_ACCEPTED: "已受理提前移出",
    State.REMOVAL_DECIDED: "已决定移出",
    State.REMOVED: "已移出",
    State.REVOKED: "已撤销",
    State.RESTORED: "已决定恢复列入",
    State.CLOSED: "已结案",
    State.APPLIED: "已申请",
    State.PROPOSED: "已推荐",
    State.CHECKED: "已核查",
    State.OPEN_COMMENT: "公示中",
    State.APPROVED: "已批准",
    State.REFUSED: "不予列入",
    State.EXPIRED: "已期满",
    State.WITHDRAWN: "已撤回",
    State.ANNOUNCED: "已公布",
}

IN_FORCE = frozenset({State.ACTIVE, State.REPAIR_APPLIED, State.REPAIR_ACCEPTED})
ENDED = frozenset(
    {
        State.CLOSED,
        State.REMOVAL_DECIDED,
        State.REMOVED,
        State.REVOKED,
        State.REFUSED,
        State.EXPIRED,
        State.WITHDRAWN,
        State.ANNOUNCED,
    }
)
PENDING = frozenset(State) - IN_FORCE - ENDED


class Action(StrEnum):
    OPEN = "open"
    PROPOSE = "propose"
    DROP = "drop"
    NOTIFY = "notify"
    WITHDRAW_NOTICE = "withdraw_notice"
    HEAR_STATEMENT = "hear_statement"
    REQUEST_HEARING = "request_hearing"
    HOLD_HEARING = "hold_hearing"
    CLOSE_WINDOW = "close_window"
    REVIEW = "review"
    DECLINE = "decline"
    DECIDE = "decide"
    SERVE = "serve"
    ENTER = "enter"
    PUBLISH = "publish"
    APPLY_REPAIR = "apply_repair"
    ACCEPT_REPAIR = "accept_repair"
    REJECT_REPAIR = "reject_repair"
    ALLOW_REPAIR = "allow_repair"
    DENY_REPAIR = "deny_repair"
    EXPIRE = "expire"
    SUPERSEDE = "supersede"
    COMPLETE_REMOVAL = "complete_removal"
    REPORT_REMOVAL = "report_removal"
    REVOKE = "revoke"
    RESTORE = "restore"
    APPLY = "apply"
    CHECK = "check"
    OPEN_COMMENT = "open_comment"
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    REVIEW_YEARLY = "review_yearly"
    REMOVE = "remove"
    HEAR_REMOVED = "hear_removed"
    REINSTATE = "reinstate"
    LOSE_GROUND = "lose_ground"
    SUSPEND = "suspend"
    RESUME = "resume"
    SUSPEND_GROUND = "suspend_ground"
    RESUME_GROUND = "resume_ground"
    DEFER_GRADE = "defer_grade"
    NOTIFY_GRADE = "notify_grade"
    WITHDRAW_GRADE = "withdraw_grade"
    KEEP_GRADE = "keep_grade"
    DECIDE_GRADE = "decide_grade"
    ANNOUNCE_GRADE = "announce_grade"
    REVOKE_GRADE = "revoke_grade"


ACTION_TITLES: dict[Action, str] = {
    Action.OPEN: "规则发现候选",
    Action.PROPOSE: "提出",
    Action.DROP: "不予立案",
    Action.NOTIFY: "送达列入告知书",
    Action.WITHDRAW_NOTICE: "撤回告知",
    Action.HEAR_STATEMENT: "记录陈述申辩",
    Action.REQUEST_HEARING: "当事人要求听证",
    Action.HOLD_HEARING: "举行听证",
    Action.CLOSE_WINDOW: "陈述申辩期满",
    Action.REVIEW: "复核和法制审核",
    Action.DECLINE: "决定不予列入",
    Action.DECIDE: "决定列入",
    Action.SERVE: "送达决定",
    Action.ENTER: "录入部级系统",
    Action.PUBLISH: "公示",
    Action.APPLY_REPAIR: "申请提前移出",
    Action.ACCEPT_REPAIR: "受理移出申请",
    Action.REJECT_REPAIR: "不予受理移出申请",
    Action.ALLOW_REPAIR: "准予提前移出",
    Action.DENY_REPAIR: "不予提前移出",
    Action.EXPIRE: "期满移出",
    Action.SUPERSEDE: "由新决定接替",
    Action.COMPLETE_REMOVAL: "完成移出",
    Action.REPORT_REMOVAL: "上报提前移出",
    Action.REVOKE: "撤销列入",
    Action.RESTORE: "恢复列入",
    Action.APPLY: "申请",
    Action.CHECK: "核查条件",
    Action.OPEN_COMMENT: "公示征求意见",
    Action.APPROVE: "批准列入",
    Action.REFUSE: "不予列入",
    Action.WITHDRAW: "撤回",
    Action.REVIEW_YEARLY: "年度复核",
    Action.REMOVE: "移出",
    Action.HEAR_REMOVED: "听取移出后意见",
    Action.REINSTATE: "恢复",
    Action.LOSE_GROUND: "依据失效",
    Action.SUSPEND: "暂停执行",
    Action.RESUME: "恢复执行",
    Action.SUSPEND_GROUND: "依据停止执行",
    Action.RESUME_GROUND: "依据恢复执行",
    Action.DEFER_GRADE: "年度公布中留待告知",
    Action.NOTIFY_GRADE: "送达等级降低告知书",
    Action.WITHDRAW_GRADE: "撤回等级告知",
    Action.KEEP_GRADE: "决定不予调整等级",
    Action.DECIDE_GRADE: "决定公布等级",
    Action.ANNOUNCE_GRADE: "公布等级",
    Action.REVOKE_GRADE: "撤销公布等级",
}

# Steps in which an officer attests the red list's conditions one by one.
CONDITION_CHECKS = (Action.CHECK, Action.REVIEW_YEARLY)


@dataclass(frozen=True)
class Step:
    """One row of a table.

    Attributes:
        who: the permission it takes; ``None`` for what rules or the clock alone may do.
        papers: kinds handed in with the step (received) or made by it (issued).
        starts: clocks that begin with the legal day of the step.
        meets: clocks that it meets; clocks it makes pointless are stopped by leaving the state.
        apart_from: steps of this case whose taker may not take this one.
        by_clock: the daily run may take it, since it decides nothing.
        ends: how the entry leaves the list, where it does.
    """

    to: State
    who: Permission | None
    law: str
    guards: tuple[Guard, ...] = ()
    papers: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    meets: tuple[str, ...] = ()
    apart_from: tuple[Action, ...] = ()
    needs_reason: bool = False
    by_clock: bool = False
    ends: str | None = None


Table = dict[tuple[State | None, Action], Step]
