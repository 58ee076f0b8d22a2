"""Cases of both lists, walked leg by leg by the officers whose roles they are, each to its own stage.

Every leg is an ordinary call of the service on the day it was really possible: windows close, reviews are made by
others than those who prepared, nothing is back-dated that the service would not accept on that day.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from credit_registry.clock import local_day
from credit_registry.demonstration.enterprises import Enterprise, fictional_identity_number
from credit_registry.demonstration.offences import Offence
from credit_registry.demonstration.people import Staff
from credit_registry.demonstration.timeline import Timeline
from credit_registry.domain.calendar import add_working_days
from credit_registry.services import annotations, listings, persons
from credit_registry.services.case_views import CaseView
from credit_registry.storage.database import Session

Papers = Mapping[str, Mapping[str, object]]
_RED_CONDITIONS = ("r-1", "r-2", "r-3", "r-4", "r-5", "r-6")
_LISTED_WITH = {"6-1": "principal", "6-4": "responsible", "7-1": "principal", "7-2": "direct"}
_SECTORS = {"化工": "化工", "危险品仓储": "危险化学品", "机械制造": "机械", "燃油销售": "危险化学品", "检测技术": "安全评价认证检测检验"}  # fmt: skip


@dataclass(frozen=True)
class Leg:
    """One step of a case.

    Attributes:
        who: login of the officer.
        gap: working days after the step before.
        on: the day itself, instead of a gap.
        after_window: not before the day after the window for statements or comments.
    """

    action: str
    who: str
    gap: int = 1
    on: date | None = None
    after_window: bool = False
    reason: str | None = None
    papers: Callable[[date], Papers] | None = None
    facts: Mapping[str, object] | None = None


def _served(on: date) -> Papers:
    return {"service_receipt": {"served_on": on, "method": "direct", "recipient": "法定代表人（演示）"}}


def _content(*kinds: str) -> Callable[[date], Papers]:
    texts = {
        "review_opinion": "经复核，事实清楚，证据确实，陈述申辩理由不成立。",
        "legal_review": "主体适格，程序合法，依据正确，同意提请集体讨论。",
        "system_entry": "已在安全生产信用信息管理系统中办理，回执存卷。",
        "duties_proof": "罚款已全部缴纳，停产整顿已验收合格。",
        "harm_proof": "危害后果已消除，受影响人员已得到妥善安置。",
        "no_new_breach": "列入以来未再发生严重失信行为。",
        "commitment": "承诺遵守安全生产法律法规，自愿接受社会监督。",
        "report_upward": "已将提前移出情况报市应急管理局。",
        "fraud_finding": "经查，提前移出时提交的整改验收材料系伪造。",
        "yearly_review": "年度复核：六项条件仍全部符合。",
        "condition_check": "经逐项查询信用平台和本系统，六项条件均符合，查询记录附后。",
    }
    return lambda _on: {kind: {"content": texts[kind]} for kind in kinds}


def _notice(sector: str) -> Callable[[date], Papers]:
    return lambda on: {"listing_notice": {"sector": sector}, **_served(on)}


def _reviewed(on: date) -> Papers:
    held = {"held_on": on, "attendees": "局领导班子成员、法制机构负责人（演示）", "content": "一致同意列入。"}
    return {**_content("review_opinion", "legal_review")(on), "collective_discussion": held}


def _suspended(on: date) -> Papers:
    return {"suspension_order": {"received_on": on, "content": "行政裁定书：诉讼期间停止执行列入决定。"}}


def _heard(on: date) -> Papers:
    return {
        "hearing_of_removed": {
            "held_on": on,
            "attendees": "企业负责人、经办人（演示）",
            "content": "企业无异议。",
        }
    }


def _application(kind: str, *others: str) -> Callable[[date], Papers]:
    received = {"content": "申请书及附件一式两份。"}
    return lambda on: {kind: {"received_on": on, **received}, **_content(*others)(on)}


def black_legs(offence: Offence, today: date, stage_ago: Callable[[int, int], date]) -> list[Leg]:
    """The legs of a black-list case up to the stage at which the demonstration leaves it."""
    until = offence.until
    if until == "CLOSED":
        return [Leg("drop", "officer", 3, reason="情节较轻，已按期改正，不属于性质恶劣、情节严重。")]
    heard = until == "STATED" or offence.months % 2 == 1
    statement = (
        Leg("hear_statement", "officer", 3, papers=_statement)
        if heard
        else Leg("close_window", "officer", 1, after_window=True)
    )
    legs = [
        Leg("notify", "officer", 2, papers=_notice(_SECTORS[offence.trade.name])),
        statement,
        Leg("review", "reviewer", 2, after_window=True, papers=_reviewed),
        Leg("decide", "decider", 2, reason="违法事实清楚，性质恶劣、情节严重，符合列入条件。"),
        Leg("enter", "publisher", 1, papers=_content("system_entry")),
        Leg("serve", "officer", 1, papers=_served),
        Leg("publish", "publisher", 2),
    ]
    stop = {
        "CANDIDATE": 0,
        "NOTIFIED": 1,
        "STATED": 2,
        "NO_STATEMENT": 2,
        "REVIEWED": 3,
        "DECIDED": 4,
        "SERVED": 6,
    }
    if until in stop:
        return legs[: stop[until]]
    return legs + _afterwards(until, today, stage_ago)


def _statement(on: date) -> Papers:
    return {"statement_record": {"received_on": on, "content": "当事人认为已积极整改，请求从轻。"}}


def _afterwards(until: str, today: date, ago: Callable[[int, int], date]) -> list[Leg]:
    applied = _application("removal_application", "duties_proof", "harm_proof", "no_new_breach", "commitment")

    def repair(on: date) -> list[Leg]:
        return [
            Leg("apply_repair", "officer", on=on, papers=applied),
            Leg("accept_repair", "officer", 3),
            Leg("allow_repair", "decider", 8),
            Leg("complete_removal", "publisher", 2, papers=_content("system_entry")),
            Leg("report_removal", "officer", 2, papers=_content("report_upward")),
        ]

    match until:
        case "REPAIR_APPLIED":
            return repair(today - timedelta(days=3))[:1]
        case "REPAIR_ACCEPTED":
            return repair(today - timedelta(days=15))[:2]
        case "REMOVAL_DECIDED":
            return repair(today - timedelta(days=18))[:3]
        case "REMOVED":
            return repair(ago(13, 0))
        case "RESTORED":
            fraud = Leg(
                "restore", "decider", on=today - timedelta(days=4), reason="提前移出时弄虚作假。",
                papers=_content("fraud_finding"),
            )  # fmt: skip
            return [*repair(ago(8, 0)), fraud]
        case "REVOKED":
            return [Leg("revoke", "decider", on=ago(5, 0), reason="据以列入的行政处罚已被依法撤销。")]
        case "SUSPENDED":
            return [
                Leg("suspend", "officer", on=ago(2, 0), reason="法院裁定停止执行。", papers=_suspended),
            ]
        case "EXPIRED":
            return [
                Leg("expire", "publisher", on=today - timedelta(days=11)),
                Leg("complete_removal", "publisher", 2, papers=_content("system_entry")),
            ]
    return []


@dataclass(frozen=True)
class RedCase:
    """One case of the good-faith list: begun ``months`` and ``days`` before the last day."""

    months: int
    days: int
    until: str

    def legs(self, ago: Callable[[int, int], date]) -> list[Leg]:
        legs = [
            Leg(
                "check",
                "officer",
                2,
                papers=_content("condition_check"),
                facts={"met": list(_RED_CONDITIONS)},
            ),
            Leg("open_comment", "publisher", 1),
            Leg("approve", "decider", 1, after_window=True, reason="公示期内无异议，六项条件全部符合。"),
            Leg("publish", "publisher", 1),
        ]
        stop = {"APPLIED": 0, "CHECKED": 1, "OPEN_COMMENT": 2, "APPROVED": 3}
        if self.until in stop:
            return legs[: stop[self.until]]
        if self.until == "ACTIVE":
            met = {"met": list(_RED_CONDITIONS)}
            checked = Leg(
                "review_yearly", "officer", on=ago(10, 0), papers=_content("yearly_review"), facts=met
            )
            return [*legs, checked] if self.months > 12 else legs
        if self.until == "REFUSED":
            return [legs[0], Leg("refuse", "decider", 2, reason="主要负责人近三年有安全生产失信记录。")]
        if self.until == "WITHDRAWN":
            return [legs[0], Leg("withdraw", "officer", 2, reason="企业主动撤回申请。")]
        if self.until == "REMOVED":
            return [
                *legs,
                Leg("remove", "decider", on=ago(2, 0), reason="因标准化一级证书失效，不再符合列入条件。"),
                Leg("hear_removed", "officer", 3, papers=_heard),
            ]
        return [*legs, Leg("expire", "publisher", on=ago(0, 12))]


RED_CASES = (
    RedCase(0, 2, "APPLIED"),
    RedCase(0, 7, "CHECKED"),
    RedCase(0, 8, "OPEN_COMMENT"),
    RedCase(0, 18, "APPROVED"),
    RedCase(4, 0, "ACTIVE"),
    RedCase(11, 0, "ACTIVE"),
    RedCase(22, 0, "ACTIVE"),
    RedCase(3, 0, "REFUSED"),
    RedCase(6, 0, "WITHDRAWN"),
    RedCase(12, 0, "REMOVED"),
    RedCase(37, 0, "EXPIRED"),
)


@dataclass
class Walker:
    """Plans and takes the legs of one case after another on the timeline."""

    timeline: Timeline
    staff: Staff
    today: date

    def begin_black(self, offence: Offence, subject: Enterprise, legs: list[Leg], on: date) -> None:
        """Find the case that the rules opened on that day, and walk on from it."""

        def find(session: Session, now: datetime) -> None:
            officer = self.staff.actors["officer"]
            (case,) = listings.page(session, officer, now=now, uscc=subject.uscc, state="CANDIDATE").items
            if any(leg.action == "notify" for leg in legs):
                # Whoever is to be listed beside the enterprise is named before the notice.
                persons.name_person(
                    session, officer, case.case_id, role=_LISTED_WITH[offence.condition], condition=offence.condition,
                    name="示例人员", number=fictional_identity_number(case.case_id), now=now,
                )  # fmt: skip
            self._plan_next(case.case_id, legs, now, None)

        self.timeline.plan(on, 16, find)

    def challenge(self, subject: Enterprise, kind: str, content: str, on: date) -> None:
        """The enterprise objects to its entry, or sues: noted beside the entry from then on."""

        def file(session: Session, now: datetime) -> None:
            officer = self.staff.actors["officer"]
            (case,) = listings.page(session, officer, now=now, uscc=subject.uscc, state="ACTIVE").items
            annotations.file(
                session,
                officer,
                kind=kind,
                filed_on=local_day(now),
                content=content,
                case_id=case.case_id,
                now=now,
            )

        self.timeline.plan(on, 10, file)

    def begin_red(self, subject: Enterprise, legs: list[Leg], on: date) -> None:
        """The enterprise applies."""

        def apply(session: Session, now: datetime) -> None:
            case = listings.propose(
                session, self.staff.actors["officer"], subject.uscc, series="safety-red-133", reason="企业自愿申请。",
                papers=_application("red_application", "commitment")(local_day(now)), now=now,
            )  # fmt: skip
            self._plan_next(case.case_id, legs, now, case)

        self.timeline.plan(on, 10, apply)

    def _plan_next(self, case_id: int, legs: list[Leg], now: datetime, case: CaseView | None) -> None:
        if not legs:
            return
        leg, rest = legs[0], legs[1:]
        on = leg.on or (add_working_days(local_day(now), leg.gap).day if leg.gap else local_day(now))
        if leg.after_window and case is not None and case.window_until is not None:
            on = max(on, add_working_days(case.window_until, 1).day)
        if leg.on is not None:
            # A day counted back in months may fall on a weekend; nobody works then.
            on = add_working_days(on - timedelta(days=1), 1).day
        assert on <= self.today, f"{leg.action} would be due on {on}, after the demonstration's last day"

        def take(session: Session, now: datetime) -> None:
            actor = self.staff.actors[leg.who]
            version = listings.get(session, actor, case_id, now=now).version
            done = listings.advance(
                session, actor, case_id, leg.action, version=version, now=now, reason=leg.reason,
                papers=leg.papers(local_day(now)) if leg.papers else None, facts=leg.facts,
            )  # fmt: skip
            self._plan_next(case_id, rest, now, done)

        self.timeline.plan(on, 14, take)
