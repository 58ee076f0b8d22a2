"""Reports upward and sideways (通报): each visible change of a list told once to each receiver, with its receipt.

What is told is a row of the list versions, so that nothing can be told that the public did not see; a second report
of the same change waits for an error, and feedback is given once.

Law:
    安全生产法(2021-06-10) 第七十八条
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from credit_registry.domain import letters, papers, receivers
from credit_registry.domain.answers import beijing_day
from credit_registry.domain.errors import (
    Duplicate,
    IllegalTransition,
    InvalidInput,
    NotFound,
    StaleVersion,
)
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.series import find
from credit_registry.services import casework, listings, recusals
from credit_registry.storage.database import Session
from credit_registry.storage.queries import audit, entries, reports
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.tables.listings import ListingCaseRow, ListingPaperRow, ListVersionRow
from credit_registry.storage.tables.reports import ReportRow

STATE_TITLES = {"SENT": "待回执", "ACCEPTED": "已接收", "REJECTED": "报送失败"}
CHANGE_TITLES = {"shown": "列入", "hidden": "退出（移出、撤销或者暂停）"}
# The receipt file of a platform: our number, theirs, the day, and an error where it was not taken.
COLUMNS = ("报送编号", "回执编号", "回执日期", "错误说明")
_MOST_ROWS = 10_000


@dataclass(frozen=True)
class ReportView:
    report_id: int
    version: int
    case_id: int
    list_version: int
    receiver: str
    receiver_title: str
    attempt: int
    state: str
    state_title: str
    document_no: str
    sent_on: date
    receipt_no: str | None
    receipt_on: date | None
    error: str | None
    feedback: str | None
    feedback_on: date | None


@dataclass(frozen=True)
class Unreported:
    """A change that a receiver has not been told of, or of which the last report failed."""

    case_id: int
    uscc: str | None
    name: str
    change: str
    change_title: str
    receiver: str
    receiver_title: str
    has_failed: bool


@dataclass(frozen=True)
class Receipts:
    """What became of the rows of a receipt file; ``problems`` by row number of the file."""

    accepted: int
    rejected: int
    duplicate: int
    problems: Mapping[int, str]


def of_case(session: Session, actor: Actor, case_id: int, *, now: datetime) -> tuple[ReportView, ...]:
    listings.get(session, actor, case_id, now=now)
    return tuple(_view(row) for row in reports.of_case(session, case_id))


def unreported(
    session: Session, actor: Actor, *, now: datetime, case_id: int | None = None
) -> tuple[Unreported, ...]:
    """What is still to be told: the newest change of each case; its end only to those who were told of it."""
    actor.require(Permission.REGISTER_READ)
    on = beijing_day(now)
    sees_all = actor.is_keeper or actor.may(Permission.AUDIT_READ)
    changes = reports.newest_changes(
        session,
        office_id=None if sees_all else actor.office_id or 0,
        case_id=case_id,
        within=actor.subdistricts,
    )
    told: dict[int, list[ReportRow]] = defaultdict(list)
    for row in reports.of_cases(session, [case.id for case, _, _ in changes]):
        told[row.case_id].append(row)
    found: list[Unreported] = []
    for case, change, enterprise in changes:
        if _has_moved_on(case, change, on):
            continue
        for receiver in receivers.of_list(case.list_kind, on):
            mine = [row for row in told[case.id] if row.receiver == receiver.receiver]
            of_change = [row for row in mine if row.list_version == change.number]
            if _knows(of_change) or (change.change == "hidden" and not _knows(mine)):
                continue
            found.append(
                Unreported(
                    case.id,
                    enterprise.uscc,
                    enterprise.name,
                    change.change,
                    CHANGE_TITLES[change.change],
                    receiver.receiver,
                    receiver.title,
                    bool(of_change),
                )
            )
    return tuple(found)


def _knows(told: Iterable[ReportRow]) -> bool:
    """Whether some report of these stands."""
    return any(row.state != "REJECTED" for row in told)


def _has_moved_on(case: ListingCaseRow, change: ListVersionRow, on: date) -> bool:
    """The period has ended and no step says so yet: nobody is told of a listing that is none any more."""
    return change.change == "shown" and not casework.is_shown(case, on)


def send(session: Session, actor: Actor, case_id: int, receiver: str, *, now: datetime) -> ReportView:
    """Tell one receiver of the newest visible change of a case, under a number of its own.

    Raises:
        Duplicate: ``reported-already``; a report of this change is out or accepted.
        IllegalTransition: ``nothing-to-report``.
    """
    actor.require(Permission.LISTINGS_PUBLISH)
    listings.account_of(actor)
    case, enterprise = listings.locked_case(session, actor, case_id)
    actor.require_office(case.office_id)
    recusals.require_free(
        session, actor, case_id=case.id, enterprise_id=case.enterprise_id, who=Permission.LISTINGS_PUBLISH
    )
    on = beijing_day(now)
    chosen = receivers.find(receiver, case.list_kind, on)
    change = entries.newest_change(session, case.id)
    mine = [row for row in reports.of_case(session, case.id) if row.receiver == receiver]
    is_untold_end = change is not None and change.change == "hidden" and not _knows(mine)
    if change is None or is_untold_end or _has_moved_on(case, change, on):
        raise IllegalTransition(
            "该案件没有需要向这个单位通报的变动：尚未公示，管理期限已满而未办理移出，或者列入时没有向其通报。",
            code="nothing-to-report",
        )
    of_change = [row for row in mine if row.list_version == change.number]
    if _knows(of_change):
        raise Duplicate(
            f"已向{chosen.title}通报（{of_change[-1].document_no}），不能重复报送。请登记其回执。",
            code="reported-already",
            facts={"report_id": of_change[-1].id},
        )
    office = cases.office(session, case.office_id)
    serial = cases.next_serial(session, office.id, "listing_report", on.year)
    number = papers.document_no(office.short_name, "listing_report", on.year, serial)
    row = ReportRow(
        case_id=case.id,
        list_version=change.number,
        office_id=case.office_id,
        receiver=receiver,
        attempt=len(of_change) + 1,
        version=1,
        state="SENT",
        document_no=number,
        sent_on=on,
        sent_by=actor.label,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    letter = letters.render(
        "listing_report",
        on,
        {
            "receiver": chosen.title,
            "name": enterprise.name,
            "uscc": enterprise.uscc,
            "authority": office.name,
            "today": letters.spelled(on),
            "series": f"“{find(case.series).title}”",
            "decision_no": case.decision_no,
            "outcome": CHANGE_TITLES[change.change],
            "basis": chosen.basis,
            "measures": find(case.series).measures,
        },
    )
    session.add(
        ListingPaperRow(
            case_id=case.id,
            office_id=office.id,
            kind="listing_report",
            title=papers.PAPERS["listing_report"].title,
            year=on.year,
            serial=serial,
            document_no=number,
            dated_on=on,
            fields={"report": row.id, "receiver": receiver},
            template=letter.template,
            text=letter.text,
            recorded_at=now,
        )
    )
    session.flush()
    _remember(session, actor, row, "send", now)
    return _view(row)


def receive(
    session: Session,
    actor: Actor,
    report_id: int,
    *,
    version: int,
    received_on: date,
    now: datetime,
    receipt_no: str | None = None,
    error: str | None = None,
) -> ReportView:
    """Enter the receipt: accepted under the receiver's number, or an error, after which it may be sent again.

    Raises:
        Duplicate: ``receipt-known``; the number answers another report.
        IllegalTransition: ``receipt-given``.
    """
    row = _own(session, actor, report_id, version)
    if row.state != "SENT":
        raise IllegalTransition("该报送已有回执，不能再次登记。", code="receipt-given")
    number, said = (receipt_no or "").strip() or None, (error or "").strip() or None
    if number is None and said is None:
        raise InvalidInput("请填写回执编号；报送失败的，填写错误说明。", code="receipt-incomplete")
    if not row.sent_on <= received_on <= beijing_day(now):
        raise InvalidInput("回执日期应在报送之后、今天之前。请核对。", code="day-out-of-order")
    if number is not None and reports.holder(session, row.receiver, number) is not None:
        raise Duplicate(f"回执编号“{number}”已用于另一份报送。请核对编号。", code="receipt-known")
    row.state = "REJECTED" if said else "ACCEPTED"
    row.receipt_no, row.receipt_on, row.error, row.version = number, received_on, said, row.version + 1
    session.flush()
    _remember(session, actor, row, "receive", now)
    return _view(row)


def feed_back(
    session: Session, actor: Actor, report_id: int, *, version: int, content: str, on: date, now: datetime
) -> ReportView:
    """Enter what the receiver did with it: once.

    Raises:
        IllegalTransition: ``feedback-given``; ``not-accepted``.
    """
    row = _own(session, actor, report_id, version)
    if row.state != "ACCEPTED":
        raise IllegalTransition("对方接收之后才有反馈。请先登记回执。", code="not-accepted")
    if row.feedback is not None:
        raise IllegalTransition("该报送已登记反馈，不重复登记。", code="feedback-given")
    assert row.receipt_on is not None, "accepted"
    if not content.strip() or not row.receipt_on <= on <= beijing_day(now):
        raise InvalidInput("请填写反馈内容和不早于回执、不晚于今天的日期。", code="feedback-incomplete")
    row.feedback, row.feedback_on, row.version = content.strip(), on, row.version + 1
    session.flush()
    _remember(session, actor, row, "feed-back", now)
    return _view(row)


def take_receipts(session: Session, actor: Actor, data: bytes, *, now: datetime) -> Receipts:
    """A platform's receipt file (CSV, UTF-8): each row is entered, known already, or told as a problem.

    Running the same file again enters nothing.
    """
    actor.require(Permission.LISTINGS_PUBLISH)
    rows = _read(data)
    known = reports.by_numbers(session, actor.office_id or 0, [row["报送编号"] for _, row in rows])
    counts = {"accepted": 0, "rejected": 0, "duplicate": 0}
    problems: dict[int, str] = {}
    for number, cells in rows:
        row = known.get(cells["报送编号"])
        if row is None:
            problems[number] = f"没有编号为“{cells['报送编号']}”的报送"
        elif row.state != "SENT":
            same = (row.receipt_no or "", row.error or "") == (cells["回执编号"], cells["错误说明"])
            if same:
                counts["duplicate"] += 1
            else:
                problems[number] = f"该报送已有回执（{row.receipt_no or row.error}），与本行不同"
        else:
            try:
                view = receive(
                    session,
                    actor,
                    row.id,
                    version=row.version,
                    received_on=papers.day(cells["回执日期"], "回执日期"),
                    receipt_no=cells["回执编号"],
                    error=cells["错误说明"],
                    now=now,
                )
                counts["rejected" if view.state == "REJECTED" else "accepted"] += 1
            except (InvalidInput, Duplicate) as refusal:
                problems[number] = refusal.message
    return Receipts(**counts, problems=problems)


def _read(data: bytes) -> list[tuple[int, dict[str, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(
            "回执文件不是 UTF-8 编码。请另存为 UTF-8 的 CSV 后重试。", code="receipts-unreadable"
        ) from None
    reader = csv.DictReader(io.StringIO(text))
    if set(COLUMNS) - set(reader.fieldnames or ()):
        raise InvalidInput(
            f"回执文件的表头应为：{'、'.join(COLUMNS)}。请核对后重试。", code="receipts-unreadable"
        )
    rows = [
        (number, {name: (row[name] or "").strip() for name in COLUMNS})
        for number, row in enumerate(reader, start=2)
    ]
    if len(rows) > _MOST_ROWS:
        raise InvalidInput(f"回执文件超过 {_MOST_ROWS} 行。请分开导入。", code="receipts-unreadable")
    return rows


def _own(session: Session, actor: Actor, report_id: int, version: int) -> ReportRow:
    actor.require(Permission.LISTINGS_PUBLISH)
    listings.account_of(actor)
    row = reports.lock(session, report_id)
    if row is None:
        raise NotFound(f"没有编号为 {report_id} 的报送。请核对编号。", code="unknown-report")
    actor.require_office(row.office_id)
    if row.version != version:
        raise StaleVersion("该报送已被他人更新，请刷新后再试。", facts={"version": row.version})
    return row


def _view(row: ReportRow) -> ReportView:
    known = receivers.all_receivers().get(row.receiver)
    return ReportView(
        report_id=row.id,
        version=row.version,
        case_id=row.case_id,
        list_version=row.list_version,
        receiver=row.receiver,
        receiver_title=known.title if known else row.receiver,
        attempt=row.attempt,
        state=row.state,
        state_title=STATE_TITLES[row.state],
        document_no=row.document_no,
        sent_on=row.sent_on,
        receipt_no=row.receipt_no,
        receipt_on=row.receipt_on,
        error=row.error,
        feedback=row.feedback,
        feedback_on=row.feedback_on,
    )


def _remember(session: Session, actor: Actor, row: ReportRow, verb: str, now: datetime) -> None:
    facts = {"report": row.id, "receiver": row.receiver, "state": row.state, "list_version": row.list_version}
    audit.remember(session, actor, f"report:{verb}", f"case:{row.case_id}", now, facts=facts)
