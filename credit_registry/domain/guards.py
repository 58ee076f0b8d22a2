"""What a step of a listing case demands, one guard per demand, each a pure question to a `Situation`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


@dataclass(frozen=True)
class Situation:
    """All that the guards look at, gathered once by the service.

    Attributes:
        today: the Beijing day of the act.
        on: the legal day of the act (of service, of receipt), today where the paper names none.
        account_id: the person who acts; ``None`` for the clock and for systems.
        selves: every account of that person: two accounts are not four eyes.
        takers: who took which steps of this case so far, by action.
        hearing: ``None``, ``"requested"`` or ``"held"``.
        open_grounds: grounds whose penalty this office made and that still stands.
        has_fields: the decision could name the enterprise, its code and its grounds.
        is_persons_named: everybody whom a condition of the case lists has been named.
        other_list_case: id of a case of the other list that is in force for the enterprise.
        new_case: id of another case of the same list, begun after this entry was decided.
        successor_case: id of such a case whose decision has been served.
        repair_from: last day of the months that must pass before an early removal.
        unmet_conditions: codes of the red list's conditions that were not confirmed in the last check.
        proposed_grade: of a grade case, as frozen when it was proposed.
        announced_grade: the one in force; ``None`` where none was announced.
        computed_grade: today's.
        is_fall: announcing the proposed grade would bring the enterprise down to 中 or 差.
        is_borne_out: today's grade still carries the proposed one.
    """

    today: date
    on: date
    account_id: int | None = None
    selves: frozenset[int] = frozenset()
    takers: Mapping[str, frozenset[int]] = field(default_factory=dict)
    opened_on: date | None = None
    last_step_on: date | None = None
    window_until: date | None = None
    reviewed_on: date | None = None
    decided_on: date | None = None
    listed_until: date | None = None
    hidden_since: date | None = None
    ban_until: date | None = None
    ended_by: str | None = None
    repair_from: date | None = None
    hearing: str | None = None
    hearing_notice_until: date | None = None
    open_grounds: int = 0
    has_fields: bool = False
    is_persons_named: bool = False
    has_other_entry: bool = False
    other_list_case: int | None = None
    new_case: int | None = None
    successor_case: int | None = None
    unmet_conditions: tuple[str, ...] = ()
    proposed_grade: str | None = None
    announced_grade: str | None = None
    computed_grade: str | None = None
    is_fall: bool = False
    is_borne_out: bool = False


class Guard(StrEnum):
    """The value is the stable code of the refusal."""

    GROUND_STANDS = "no-standing-ground"
    WINDOW_OPEN = "window-closed"
    WINDOW_CLOSED = "window-open"
    HEARING_SETTLED = "hearing-open"
    HEARING_REQUESTED = "no-hearing-requested"
    HEARING_ANNOUNCED = "hearing-too-early"
    FIELDS_COMPLETE = "decision-incomplete"
    PERSONS_NAMED = "persons-missing"
    NOT_ON_OTHER_LIST = "on-other-list"
    NO_OTHER_ENTRY = "already-listed"
    PERIOD_RUNNING = "period-over"
    PERIOD_OVER = "period-running"
    NOT_SUSPENDED = "effect-suspended"
    SUSPENDED = "effect-not-suspended"
    REPAIR_DAY_REACHED = "repair-too-early"
    NO_BAN = "ban-running"
    NO_NEW_CASE = "new-case"
    REMOVED_EARLY = "not-removed-early"
    SUCCESSOR_SERVED = "no-successor"
    CONDITIONS_MET = "conditions-not-met"
    GRADE_DIFFERS = "grade-unchanged"
    GRADE_STANDS = "grade-moved"
    NOTICE_NEEDED = "no-notice-needed"
    NO_NOTICE_NEEDED = "notice-needed"


GUARD_TITLES: dict[Guard, str] = {
    Guard.GROUND_STANDS: "本部门作出的、仍然有效的行政处罚作为依据",
    Guard.WINDOW_OPEN: "在规定期限内提出",
    Guard.WINDOW_CLOSED: "陈述申辩（公示）期限已经届满",
    Guard.HEARING_SETTLED: "要求听证的，已经举行听证",
    Guard.HEARING_REQUESTED: "当事人已要求听证",
    Guard.HEARING_ANNOUNCED: "举行听证七个工作日前已通知",
    Guard.FIELDS_COMPLETE: "决定书载明事项齐全（名称、统一社会信用代码、登记地址、事由）",
    Guard.PERSONS_NAMED: "应当一并列入的人员已经登记",
    Guard.NOT_ON_OTHER_LIST: "不在另一名单上",
    Guard.NO_OTHER_ENTRY: "没有同一名单的在列记录",
    Guard.PERIOD_RUNNING: "管理期限尚未届满",
    Guard.PERIOD_OVER: "管理期限已经届满",
    Guard.NOT_SUSPENDED: "效力没有被暂停",
    Guard.SUSPENDED: "效力正被暂停",
    Guard.REPAIR_DAY_REACHED: "列入已满十二个月",
    Guard.NO_BAN: "没有尚未届满的行业或者职业禁入",
    Guard.NO_NEW_CASE: "列入后没有新的严重失信案件",
    Guard.REMOVED_EARLY: "系提前移出",
    Guard.SUCCESSOR_SERVED: "新的列入决定已经送达",
    Guard.CONDITIONS_MET: "六项条件经核查全部符合",
    Guard.GRADE_DIFFERS: "今日计算等级与公布等级不同",
    Guard.GRADE_STANDS: "今日计算等级仍支持拟公布的等级",
    Guard.NOTICE_NEEDED: "拟公布等级降为中、差",
    Guard.NO_NOTICE_NEEDED: "拟公布等级没有降为中、差",
}


def _window_open(s: Situation) -> str | None:
    if s.window_until is not None and s.on <= s.window_until:
        return None
    return f"期限已于 {s.window_until} 届满。逾期提出的，可在复核前作为陈述申辩记录。"


def _window_closed(s: Situation) -> str | None:
    if s.window_until is not None and s.today > s.window_until:
        return None
    return f"期限至 {s.window_until} 届满，届满前不能进行下一步。请在次日起办理。"


def _hearing_announced(s: Situation) -> str | None:
    if s.hearing_notice_until is not None and s.on > s.hearing_notice_until:
        return None
    return f"听证应在通知七个工作日后举行，最早为 {s.hearing_notice_until} 的次日。"


def _repair_day(s: Situation) -> str | None:
    if s.repair_from is not None and s.on > s.repair_from:
        return None
    return f"列入未满十二个月，不能申请提前移出。最早可申请日期为 {_next_day(s.repair_from)}。"


def _conditions_met(s: Situation) -> str | None:
    if not s.unmet_conditions:
        return None
    return f"下列条件不符合或者没有核查：{'、'.join(s.unmet_conditions)}。请核查后重试，或者不予列入。"


def _unless(holds: Callable[[Situation], bool], message: str) -> Callable[[Situation], str | None]:
    return lambda situation: None if holds(situation) else message


def _next_day(day: date | None) -> date | None:
    return date.fromordinal(day.toordinal() + 1) if day else None


CHECKS: dict[Guard, Callable[[Situation], str | None]] = {
    Guard.GROUND_STANDS: _unless(
        lambda s: s.open_grounds > 0,
        "没有由本部门作出且仍然有效的行政处罚作为依据，不能继续。请核对处罚记录，或者撤回、撤销本案。",
    ),
    Guard.WINDOW_OPEN: _window_open,
    Guard.WINDOW_CLOSED: _window_closed,
    Guard.HEARING_SETTLED: _unless(
        lambda s: s.hearing != "requested", "当事人要求听证，尚未举行。请先举行听证并记录。"
    ),
    Guard.HEARING_REQUESTED: _unless(
        lambda s: s.hearing == "requested",
        "当事人没有要求听证，或者听证已经举行。如有新的意见，请记录为陈述申辩。",
    ),
    Guard.HEARING_ANNOUNCED: _hearing_announced,
    Guard.FIELDS_COMPLETE: _unless(
        lambda s: s.has_fields,
        "决定书应载明企业名称、统一社会信用代码和登记地址，档案中有缺项。请先补全企业档案。",
    ),
    Guard.PERSONS_NAMED: _unless(
        lambda s: s.is_persons_named,
        "本案情形只列入人员，尚未登记应列入的人员。请先登记其姓名和证件号码。",
    ),
    Guard.NOT_ON_OTHER_LIST: _unless(
        lambda s: s.other_list_case is None,
        "该企业仍在另一名单上，不能同时列入两个名单。请先办理移出，再公示。",
    ),
    Guard.NO_OTHER_ENTRY: _unless(
        lambda s: not s.has_other_entry,
        "该企业已在本名单上。新的列入决定送达后，请先以“由新决定接替”结束原记录，再公示。",
    ),
    Guard.PERIOD_RUNNING: _unless(
        lambda s: s.listed_until is None or s.today <= s.listed_until,
        "管理期限已经届满，不能公示或者继续列入。请按期满办理。",
    ),
    Guard.PERIOD_OVER: _unless(
        lambda s: s.listed_until is not None and s.today > s.listed_until,
        "管理期限尚未届满，不能按期满移出。请等待期满，或者办理提前移出。",
    ),
    Guard.NOT_SUSPENDED: _unless(
        lambda s: s.hidden_since is None,
        "复议机关或者法院已决定暂停执行，期间不能公示。请在恢复执行后办理。",
    ),
    Guard.SUSPENDED: _unless(
        lambda s: s.hidden_since is not None, "该决定没有被暂停执行，不需要恢复。请核对案件。"
    ),
    Guard.REPAIR_DAY_REACHED: _repair_day,
    Guard.NO_BAN: _unless(
        lambda s: s.ban_until is None or s.on > s.ban_until,
        "法律规定的行业或者职业禁入尚未届满，期间不能提前移出。请在禁入期满后申请。",
    ),
    Guard.NO_NEW_CASE: _unless(
        lambda s: s.new_case is None,
        "列入后又有新的严重失信案件，不符合提前移出条件。请先办结该案件。",
    ),
    Guard.REMOVED_EARLY: _unless(
        lambda s: s.ended_by == "repair", "只有提前移出的记录可以因弄虚作假恢复列入。请核对本案的移出方式。"
    ),
    Guard.SUCCESSOR_SERVED: _unless(
        lambda s: s.successor_case is not None,
        "没有已经送达的新列入决定，不能由其接替。请先办理新案件并送达决定。",
    ),
    Guard.CONDITIONS_MET: _conditions_met,
    Guard.GRADE_DIFFERS: lambda s: (
        None
        if s.proposed_grade != s.announced_grade
        else f"今日计算等级与公布等级同为 {s.announced_grade}，无需调整。等级有变化时再提出。"
    ),
    Guard.GRADE_STANDS: lambda s: (
        None
        if s.is_borne_out
        else f"今日计算等级已是 {s.computed_grade}，不再支持拟公布的 {s.proposed_grade}。请结束本案，按新的等级另行提出。"
    ),
    Guard.NOTICE_NEEDED: _unless(
        lambda s: s.is_fall, "拟公布的等级没有降为中、差，不需要告知。请直接提请决定公布等级。"
    ),
    Guard.NO_NOTICE_NEEDED: _unless(
        lambda s: not s.is_fall, "拟公布的等级降为中、差，应当先告知并听取陈述。请先送达等级降低告知书。"
    ),
}

assert set(CHECKS) == set(Guard) == set(GUARD_TITLES), "every guard has a title and a check"
