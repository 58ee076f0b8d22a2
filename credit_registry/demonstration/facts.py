"""Facts of the demonstration in the record vocabulary, and the offices that report them."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from credit_registry.demonstration.enterprises import Enterprise, fictional_code

SAFETY, FIRE = "safety", "fire"


@dataclass(frozen=True)
class Authority:
    """An office that acts in the demonstration."""

    key: str
    name: str
    short_name: str
    code: str
    domain: str | None
    mark: str
    is_keeper: bool = False
    subdistrict_code: str | None = None


def _authority(
    number: int, key: str, name: str, short: str, domain: str | None, mark: str, **more: object
) -> Authority:
    made = Authority(key, f"{name}（演示）", short, fictional_code(900_000 + number, kind="11"), domain, mark)
    return replace(made, **more)  # type: ignore[arg-type]


EMERGENCY = _authority(1, "emergency", "北京市海淀区应急管理局", "区应急局", SAFETY, "应急", is_keeper=True)
BRIGADE = _authority(2, "brigade", "北京市海淀区消防救援支队", "区消防支队", FIRE, "消")
CREDIT_LEAD = _authority(3, "credit", "北京市海淀区科学技术和经济信息化局", "区科信局", None, "科信")
MARKET = _authority(4, "market", "北京市海淀区市场监督管理局", "区市场监管局", SAFETY, "市监")
TOWNS = (
    _authority(
        11, "shangdi", "北京市海淀区上地街道办事处", "上地街道", None, "上街", subdistrict_code="110108022"
    ),
    _authority(
        12,
        "zhongguancun",
        "北京市海淀区中关村街道办事处",
        "中关村街道",
        None,
        "中街",
        subdistrict_code="110108011",
    ),
    _authority(
        13, "sijiqing", "北京市海淀区四季青镇人民政府", "四季青镇", None, "四镇", subdistrict_code="110108027"
    ),
    _authority(
        14,
        "xisanqi",
        "北京市海淀区西三旗街道办事处",
        "西三旗街道",
        None,
        "西街",
        subdistrict_code="110108019",
    ),
)
AUTHORITIES = (EMERGENCY, BRIGADE, CREDIT_LEAD, MARKET, *TOWNS)


@dataclass(frozen=True)
class Fact:
    """One reported fact.

    Attributes:
        kind: the importers' word (``penalties`` …), or the record kind of a fact that is entered by hand.
        sender: the office whose file carries it.
        sent_on: the day of a file of its own; None: it goes with the next regular file.
        later: what became known afterwards: (day, changed values), in order.
        mark: a name by which the loader finds the record again (to repair, revoke, tag it).
    """

    kind: str
    subject: Enterprise
    sender: Authority
    values: Mapping[str, object]
    sent_on: date | None = None
    later: tuple[tuple[date, Mapping[str, object]], ...] = ()
    mark: str = ""

    @property
    def dated_on(self) -> date:
        found = self.values["dated_on"]
        assert isinstance(found, date)
        return found

    def known_at(self, on: date) -> dict[str, object]:
        """The row as the office knew it on a day."""
        row = {"name": self.subject.name, "uscc": self.subject.uscc, **self.values}
        for known_on, changes in self.later:
            if known_on <= on:
                row.update(changes)
        return row


@dataclass
class Numbers:
    """Document numbers: running within authority, year and kind."""

    last: dict[tuple[str, int, str], int] = field(default_factory=dict)

    def next(self, authority: Authority, on: date, what: str) -> str:
        key = (authority.key, on.year, what)
        self.last[key] = self.last.get(key, 0) + 1
        return f"示例{authority.mark}{what}〔{on.year}〕{self.last[key]}号"


@dataclass(frozen=True)
class Breach:
    """A violation with its clause and the usual fine in yuan."""

    cause: str
    facts: str
    basis: str
    fine: tuple[int, int]


SAFETY_BREACHES = (
    Breach("未按规定进行安全生产教育和培训", "新上岗的从业人员未经安全生产教育和培训即上岗作业", "《中华人民共和国安全生产法》第九十七条第三项", (10_000, 60_000)),
    Breach("特种作业人员未取得相应资格上岗作业", "电工未取得特种作业操作证即上岗作业", "《中华人民共和国安全生产法》第九十七条第七项", (10_000, 50_000)),
    Breach("未设置明显的安全警示标志", "有较大危险因素的设备上未设置明显的安全警示标志", "《中华人民共和国安全生产法》第九十九条第一项", (5_000, 30_000)),
    Breach("未如实记录事故隐患排查治理情况", "未将事故隐患排查治理情况如实记录并向从业人员通报", "《中华人民共和国安全生产法》第九十七条第五项", (10_000, 40_000)),
    Breach("未按规定制定应急救援预案或者未定期组织演练", "一年内未组织应急预案演练", "《中华人民共和国安全生产法》第九十七条第六项", (10_000, 40_000)),
    Breach("未采取措施消除事故隐患", "对检查发现的事故隐患未采取措施消除", "《中华人民共和国安全生产法》第一百零二条", (20_000, 50_000)),
)  # fmt: skip
FIRE_BREACHES = (
    Breach("占用、堵塞、封闭疏散通道、安全出口", "二层疏散通道堆放货物", "《中华人民共和国消防法》第六十条第一款第三项", (5_000, 50_000)),
    Breach("消防设施、器材未保持完好有效", "室内消火栓无水，部分灭火器失效", "《中华人民共和国消防法》第六十条第一款第一项", (5_000, 50_000)),
    Breach("电器产品的安装、使用不符合消防技术标准", "仓库内电气线路未穿管敷设", "《中华人民共和国消防法》第六十六条", (1_000, 5_000)),
    Breach("未按规定进行防火检查", "未按规定开展每月防火检查", "《北京市消防条例》第七十九条", (5_000, 30_000)),
)  # fmt: skip
UNLICENSED = Breach(
    "未取得安全生产许可擅自从事生产经营活动", "在许可被暂扣期间继续从事生产经营活动", "《危险化学品安全管理条例》第七十七条", (100_000, 200_000)
)  # fmt: skip
ACCIDENT_DUTY = Breach(
    "对生产安全事故的发生负有责任", "未履行安全生产管理职责，对事故的发生负有责任", "《中华人民共和国安全生产法》第一百一十四条", (300_000, 1_000_000)
)  # fmt: skip

FALSE_REPORT = Breach(
    "出具虚假安全评价报告", "未到现场勘验即出具安全评价报告", "《中华人民共和国安全生产法》第九十二条", (100_000, 200_000)
)  # fmt: skip


def add_months(day: date, months: int) -> date:
    """The same-numbered day, else the last one, so many months on (or back)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


class Reporter:
    """Makes facts; knows the last document number of every office."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.numbers = Numbers()

    def penalty(
        self,
        subject: Enterprise,
        on: date,
        *,
        authority: Authority = EMERGENCY,
        breach: Breach | None = None,
        kinds: str = "fine",
        fine: int | None = None,
        sent_on: date | None = None,
        mark: str = "",
        **more: object,
    ) -> Fact:
        """An administrative penalty; ``fine`` in yuan."""
        breach = breach or self.dice.choice(FIRE_BREACHES if authority.domain == FIRE else SAFETY_BREACHES)
        has_fine = "fine" in kinds.split(";")
        yuan = (
            (fine if fine is not None else round(self.dice.randint(*breach.fine), -3)) if has_fine else None
        )
        values: dict[str, object] = {
            "party_type": "organisation",
            "domain": authority.domain or SAFETY,
            "document_no": self.numbers.next(authority, on, "罚"),
            "cause": breach.cause,
            "facts": f"{subject.name}{breach.facts}。",
            "basis": breach.basis,
            "penalty_kinds": kinds,
            "content": _sentence(kinds, yuan),
            "fine_fen": None if yuan is None else yuan * 100,
            "dated_on": on,
            "occurred_on": on - timedelta(days=self.dice.randint(15, 60)),
            "fine_due_on": on + timedelta(days=15) if has_fine else None,
            "is_simple_procedure": False,
        }
        paid_on = on + timedelta(days=self.dice.randint(1, 14))
        paid = ((paid_on, {"fine_state": "paid", "fine_paid_on": paid_on}),)
        later = paid if has_fine and "fine_state" not in more else ()
        return Fact("penalties", subject, authority, _named(values | more, authority), sent_on, later, mark)

    def inspection(
        self,
        subject: Enterprise,
        on: date,
        result: str = "fixed_in_time",
        *,
        authority: Authority = EMERGENCY,
        domain: str | None = None,
        method: str = "routine",
        mark: str = "",
    ) -> Fact:
        domain = domain or authority.domain or SAFETY
        found = result != "clean"
        breach = self.dice.choice(FIRE_BREACHES if domain == FIRE else SAFETY_BREACHES)
        due_on = (
            on + timedelta(days=15)
            if result in ("fixed_in_time", "fixed_late", "not_fixed", "open")
            else None
        )
        rechecked_on = {"fixed_late": 40, "not_fixed": 18, "fixed_in_time": 14}.get(result)
        values: dict[str, object] = {
            "domain": domain,
            "dated_on": on,
            "document_no": self.numbers.next(authority, on, "检"),
            "method": method,
            "result": result,
            "cause": breach.cause if found else None,
            "facts": breach.facts if found else None,
            "due_on": due_on,
            "rechecked_on": on + timedelta(days=rechecked_on) if rechecked_on else None,
            "closed_on": on + timedelta(days=rechecked_on) if result in ("fixed_late", "fixed_in_time") and rechecked_on else None,
        }  # fmt: skip
        later: tuple[tuple[date, Mapping[str, object]], ...] = ()
        if rechecked_on:
            ended = {key: values[key] for key in ("result", "rechecked_on", "closed_on")}
            values |= {"result": "open", "rechecked_on": None, "closed_on": None}
            later = ((on + timedelta(days=rechecked_on), ended),)
        return Fact("inspections", subject, authority, _named(values, authority), None, later, mark)

    def accident(
        self,
        subject: Enterprise,
        on: date,
        *,
        authority: Authority = EMERGENCY,
        deaths: int = 0,
        injuries: int = 1,
        loss: int = 200_000,
        responsibility: str = "main",
        event_key: str | None = None,
        sent_on: date | None = None,
        later: tuple[tuple[date, Mapping[str, object]], ...] = (),
        mark: str = "",
        **more: object,
    ) -> Fact:
        """An accident or fire; ``loss`` in yuan."""
        is_fire = authority.domain == FIRE
        values: dict[str, object] = {
            "domain": authority.domain or SAFETY,
            "event_key": event_key or f"SJ-{subject.uscc[9:16]}-{on:%Y%m%d}",
            "dated_on": on,
            "document_no": None if responsibility == "pending" else self.numbers.next(authority, on, "事"),
            "deaths": deaths,
            "serious_injuries": injuries,
            "loss_fen": loss * 100,
            "responsibility": responsibility,
            "is_late_report": False,
            "is_concealed": False,
            "is_fire": is_fire,
            "facts": "仓库起火，过火面积约20平方米" if is_fire else "作业人员自高处坠落",
            "cause": "火灾" if is_fire else "高处坠落",
        }
        return Fact("accidents", subject, authority, _named(values | more, authority), sent_on, later, mark)

    def hazard(
        self,
        subject: Enterprise,
        on: date,
        *,
        authority: Authority = EMERGENCY,
        found_by: str = "authority",
        grade: str = "major",
        level: str = "none",
        due_on: date | None = None,
        closed_on: date | None = None,
        overdue_on: date | None = None,
        mark: str = "",
    ) -> Fact:
        """A hazard; ``overdue_on``: the day on which the authority confirmed that it is overdue."""
        values: dict[str, object] = {
            "domain": authority.domain or SAFETY,
            "dated_on": on,
            "document_no": self.numbers.next(authority, on, "隐"),
            "found_by": found_by,
            "hazard_grade": grade,
            "supervision_level": level,
            "cause": "疏散设施" if authority.domain == FIRE else "危险场所防爆",
            "facts": "疏散楼梯间设置不符合要求"
            if authority.domain == FIRE
            else "危险场所使用不防爆的电气设备",
            "due_on": due_on or on + timedelta(days=60),
            "is_overdue": None,
        }
        later: list[tuple[date, Mapping[str, object]]] = []
        if overdue_on:
            later.append((overdue_on, {"is_overdue": True}))
        if closed_on:
            later.append((closed_on, {"closed_on": closed_on, "rechecked_on": closed_on}))
        return Fact("hazards", subject, authority, _named(values, authority), None, tuple(sorted(later, key=lambda each: each[0])), mark)  # fmt: skip

    def honour(
        self,
        subject: Enterprise,
        on: date,
        kind: str,
        *,
        level: str | None = None,
        months: int | None = 36,
        authority: Authority = EMERGENCY,
        domain: str | None = None,
        quantity: int | None = None,
        mark: str = "",
    ) -> Fact:
        values: dict[str, object] = {
            "domain": domain or authority.domain or SAFETY,
            "honour_kind": kind,
            "honour_level": level,
            "document_no": self.numbers.next(authority, on, "证"),
            "dated_on": on,
            "valid_until": add_months(on, months) if months else None,
            "quantity": quantity,
        }
        return Fact("honours", subject, authority, _named(values, authority), None, (), mark)

    def entry(
        self,
        kind: str,
        subject: Enterprise,
        on: date,
        *,
        authority: Authority,
        closed_on: date | None = None,
        **more: object,
    ) -> Fact:
        """A fact that an officer enters by hand the day after; its end, where it has one, on its own day."""
        values: dict[str, object] = {
            "domain": authority.domain or SAFETY,
            "dated_on": on,
            "document_no": self.numbers.next(authority, on, "文"),
        }
        later = ((closed_on, {"closed_on": closed_on}),) if closed_on else ()
        return Fact(kind, subject, authority, _named(values | more, authority), on + timedelta(days=1), later)


def _named(values: dict[str, object], authority: Authority) -> dict[str, object]:
    said = {"authority_name": authority.name, "authority_code": authority.code}
    return {**values, **said, "source_name": authority.name, "source_code": authority.code}


def _sentence(kinds: str, yuan: int | None) -> str:
    words = {
        "warning": "警告",
        "criticism": "通报批评",
        "confiscation": "没收违法所得",
        "suspension": "责令停产停业整顿",
        "licence_suspended": "暂扣安全生产许可证",
        "licence_revoked": "吊销安全生产许可证",
    }
    parts = [words[kind] for kind in kinds.split(";") if kind in words]
    if yuan is not None:
        parts.append(f"罚款{yuan}元")
    return "；".join(parts) + "。"
