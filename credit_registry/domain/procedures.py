"""Every procedure as a lawyer or a machine reads it: the lists, the repair of a penalty, objections; one shape for all."""

from collections.abc import Iterable, Mapping
from typing import Any

from credit_registry.domain import listing, objection_steps, repair_steps
from credit_registry.domain.papers import PAPERS
from credit_registry.domain.permissions import PERMISSION_TITLES, Permission
from credit_registry.domain.series import LIST_TITLES, ListKind

TITLES: dict[str, str] = {
    **{kind.value: title for kind, title in LIST_TITLES.items()},
    "repair": "处罚信息信用修复",
    **objection_steps.KIND_TITLES,
}
Row = dict[str, Any]


def printed(procedure: str) -> list[Row]:
    """The rows of one procedure, in its order.

    Args:
        procedure: a key of `TITLES`.
    """
    if procedure in objection_steps.KIND_TITLES:
        return _objection(procedure)
    return _repair() if procedure == "repair" else listing.printed(ListKind(procedure))


def _repair() -> list[Row]:
    applied = _row(
        "repair", repair_steps.STATE_TITLES, (None, "apply", "APPLIED"), repair_steps.ACTION_TITLES["apply"],
        who=Permission.LISTINGS_NOTIFY,
        guards={
            "repair-day-reached": "已满决定书日期所适用的最短公示期",
            "duties-done": "罚款已经缴清，处罚决定的义务已经履行",
            "one-open-application": "没有正在办理的修复申请",
        },
        clocks_=("accept_penalty_repair",), papers=repair_steps.APPLICATION, law=repair_steps.LAW,
    )  # fmt: skip
    moves = [
        _row(
            "repair", repair_steps.STATE_TITLES, (state, action, step.to), repair_steps.ACTION_TITLES[action],
            who=step.who,
            guards={
                **({"apart-from:apply": "不得由登记申请的人员办理"} if step.is_apart else {}),
                **({"reason": "写明理由"} if step.needs_reason else {}),
            },
            clocks_=(step.starts,) if step.starts else (), papers=step.papers, law=repair_steps.LAW,
        )
        for (state, action), step in repair_steps.STEPS.items()
    ]  # fmt: skip
    return [applied, *moves]


def _objection(kind: str) -> list[Row]:
    is_objection = kind == "objection"
    title = objection_steps.KIND_TITLES[kind]
    filed, answered = objection_steps.FILE, objection_steps.ANSWER
    rows = [
        _row(
            kind, objection_steps.STATE_TITLES, (None, "file", "open"), f"登记{title}",
            who=filed.who, guards={"reason": "写明内容"},
            clocks_=(filed.clock,) if is_objection else (), papers=(filed.paper,) if is_objection else (),
            law=objection_steps.LAW[kind],
        )
    ]  # fmt: skip
    for outcome in objection_steps.OUTCOMES:
        guards = {"apart-from:took-part": "不得由办理过所涉事项的人员答复"} if is_objection else {}
        if outcome == "upheld":
            guards |= {"may-revoke": "同时撤销所涉决定或者记录，须有相应权限"}
        rows.append(
            _row(
                kind, objection_steps.STATE_TITLES, ("open", "answer", outcome),
                "答复异议" if is_objection else f"登记{title}结果",
                who=answered.who, guards={**guards, "reason": "写明理由"},
                clocks_=(), papers=(answered.paper,) if is_objection else (), law=objection_steps.LAW[kind],
            )
        )  # fmt: skip
    return rows


def _row(
    procedure: str,
    states: Mapping[str, str],
    move: tuple[str | None, str, str],
    title: str,
    *,
    who: Permission,
    guards: Mapping[str, str],
    clocks_: Iterable[str],
    papers: Iterable[str],
    law: str,
) -> Row:
    begin, action, end = move
    return {
        "list": procedure,
        "from": begin,
        "action": action,
        "to": end,
        "who": who.value,
        "guards": list(guards),
        "clock": [listing.spelled(clock) for clock in clocks_],
        "paper": [PAPERS[paper].title for paper in papers],
        "law": law,
        "titles": {
            "list": TITLES[procedure],
            "from": states[begin] if begin else "（收到）",
            "action": title,
            "to": states[end],
            "who": PERMISSION_TITLES[who],
            "guards": list(guards.values()),
        },
    }
