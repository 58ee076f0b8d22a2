"""Credit repair of a penalty: application, acceptance, decision, and restoration where it was got by fraud.

The regime is that of the document's day (`domain.penalties`). A repaired penalty leaves publication, sharing,
score and answers in the transaction of the decision; the file keeps it.

Law:
    国办发〔2025〕22号 第三条
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from credit_registry.domain import clocks, letters, papers
from credit_registry.domain.answers import beijing_day
from credit_registry.domain.errors import (
    Duplicate,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from credit_registry.domain.paging import Page
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.records import Change
from credit_registry.domain.repair_steps import (
    ACTION_TITLES,
    APPLICATION,
    STATE_TITLES,
    STEPS,
    WITHDRAW,
    Step,
)
from credit_registry.services import casework, listings, record_views, records, recusals, situations
from credit_registry.services.case_views import PaperView, paper_views
from credit_registry.storage.database import Session
from credit_registry.storage.queries import accounts, audit, enterprises, repairs
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.queries import records as record_queries
from credit_registry.storage.tables.listings import ListingPaperRow, PenaltyRepairRow
from credit_registry.storage.tables.records import RecordVersionRow


@dataclass(frozen=True)
class RepairView:
    """An application; ``clocks`` are its duties, kind and last day, running ones only."""

    repair_id: int
    version: int
    record_id: int
    enterprise_id: int
    state: str
    state_title: str
    regime: str
    applied_on: date
    accepted_on: date | None
    decided_on: date | None
    reason: str | None
    papers: tuple[tuple[str, str | None], ...]
    clocks: tuple[tuple[str, date], ...]
    offered: tuple[str, ...]


def apply(
    session: Session, actor: Actor, record_id: int, *, handed_in: situations.Papers, now: datetime
) -> RepairView:
    """Take an application in, for a penalty of the actor's office.

    Raises:
        IllegalTransition: ``repair-too-early`` with the earliest day; ``fine-unpaid``; ``record-ended``.
        Duplicate: an application is being handled.
    """
    actor.require(Permission.LISTINGS_NOTIFY)
    account_id = listings.account_of(actor)
    penalty = _penalty(session, actor, record_id)
    assert actor.office_id is not None
    return take_in(
        session, actor, penalty, actor.office_id, drafter_id=account_id, handed_in=handed_in, now=now
    )


def take_in(
    session: Session,
    actor: Actor,
    penalty: RecordVersionRow,
    office_id: int,
    *,
    drafter_id: int | None,
    handed_in: situations.Papers,
    now: datetime,
) -> RepairView:
    """For services that have found out who applies and which office decides.

    Args:
        drafter_id: the officer who took it in; None where the enterprise filed it, then it is who accepts it.
    """
    record_id = penalty.record_id
    if repairs.open_for(session, record_id) is not None:
        raise Duplicate("这条处罚已有一件正在办理的修复申请。请在该申请中办理。", code="repair-open")
    received = _checked(APPLICATION, handed_in)
    day = received["repair_application"]["received_on"]
    assert isinstance(day, date)
    if not penalty.dated_on <= day <= beijing_day(now):
        raise InvalidInput("收到日期应在处罚决定之后、今天之前。请核对。", code="day-out-of-order")
    regime = _require_ripe(penalty, day)
    row = PenaltyRepairRow(
        record_id=record_id,
        enterprise_id=penalty.enterprise_id,
        office_id=office_id,
        state="APPLIED",
        version=1,
        regime=regime,
        applied_on=day,
        drafter_id=drafter_id,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    session.add(casework.clock_row(clocks.start("accept_penalty_repair", day), repair_id=row.id))
    _file(session, row, APPLICATION, received, None, now)
    _remember(session, actor, row, "apply", None, now)
    return _view(session, row)


def advance(
    session: Session,
    actor: Actor,
    repair_id: int,
    action: str,
    *,
    version: int,
    now: datetime,
    reason: str | None = None,
    handed_in: situations.Papers | None = None,
) -> RepairView:
    """Accept or not, allow or not; note that the applicant took it back; restore where it was got by fraud.

    Raises:
        NotAllowed: ``second-officer``; whoever took the application in does not decide it.
    """
    actor.require(Permission.REGISTER_READ)
    account_id = listings.account_of(actor)
    row = repairs.lock(session, repair_id)
    if row is None:
        raise NotFound(f"没有编号为 {repair_id} 的修复申请。请核对编号。", code="unknown-repair")
    actor.require_office(row.office_id)
    if row.version != version:
        raise StaleVersion("该申请已被他人更新，请刷新后再试。", facts={"version": row.version})
    step = _step(row, action)
    actor.require(step.who)
    _require_reason(step, action, reason)
    recusals.require_free(session, actor, case_id=None, enterprise_id=row.enterprise_id, who=step.who)
    if (refusal := acted_before(session, row.drafter_id, step, account_id)) is not None:
        raise refusal
    received = _checked(step.papers, handed_in or {})
    _settle(session, actor, row, action, step, account_id, reason, now)
    _file(session, row, step.papers, received, reason, now)
    session.flush()
    _remember(session, actor, row, action, reason, now)
    return _view(session, row)


def withdraw(
    session: Session, actor: Actor, row: PenaltyRepairRow, *, reason: str, now: datetime
) -> RepairView:
    """For services that have found out that it is the actor's own: take an undecided application back.

    Raises:
        IllegalTransition: it has been decided.
    """
    step = _step(row, WITHDRAW)
    _require_reason(step, WITHDRAW, reason)
    assert actor.account_id is not None, "a representative is a person"
    _settle(session, actor, row, WITHDRAW, step, actor.account_id, reason, now)
    _remember(session, actor, row, WITHDRAW, reason, now)
    return _view(session, row)


def _step(row: PenaltyRepairRow, action: str) -> Step:
    """The step from where the application stands."""
    step = STEPS.get((row.state, action))
    if step is None:
        raise IllegalTransition(
            f"当前状态为“{STATE_TITLES[row.state]}”，不能“{ACTION_TITLES.get(action, action)}”。请刷新后按可办事项办理。",
            facts={"state": row.state, "offered": [each for state, each in STEPS if state == row.state]},
        )
    return step


def _require_reason(step: Step, action: str, reason: str | None) -> None:
    if step.needs_reason and not (reason or "").strip():
        raise InvalidInput(f"“{ACTION_TITLES[action]}”须写明理由。请填写后重试。", code="reason-missing")


def acted_before(session: Session, drafter_id: int | None, step: Step, account_id: int) -> NotAllowed | None:
    """Two officers: whoever took the application in does not decide it, under whatever account."""
    if step.is_apart and drafter_id in accounts.same_person(session, account_id):
        return NotAllowed("申请由您受理，须由其他人员决定。请交由另一名同事。", code="second-officer")
    return None


def get(session: Session, actor: Actor, repair_id: int) -> RepairView:
    actor.require(Permission.REGISTER_READ)
    row = repairs.get(session, repair_id)
    if row is None:
        raise NotFound(f"没有编号为 {repair_id} 的修复申请。请核对编号。", code="unknown-repair")
    if not (actor.is_keeper or actor.may(Permission.AUDIT_READ)):
        actor.require_office(row.office_id)
    return _view(session, row)


def papers_of(session: Session, actor: Actor, repair_id: int) -> tuple[PaperView, ...]:
    """What was handed in with an application and what was issued on it."""
    get(session, actor, repair_id)
    return paper_views(repairs.papers(session, repair_id), ())


def page(
    session: Session, actor: Actor, *, state: str | None = None, after: str | None = None, limit: int = 50
) -> Page[RepairView]:
    """Applications of the actor's office, the oldest first."""
    actor.require(Permission.REGISTER_READ)
    limit = max(1, min(limit, 500))
    sees_all = actor.is_keeper or actor.may(Permission.AUDIT_READ)
    found = repairs.page(
        session,
        office_id=None if sees_all else actor.office_id or 0,
        state=state,
        after=int(after) if after and after.isdecimal() else 0,
        limit=limit + 1,
    )
    items = tuple(_view(session, row) for row in found[:limit])
    return Page(items, str(items[-1].repair_id) if len(found) > limit else None)


def _penalty(session: Session, actor: Actor, record_id: int) -> RecordVersionRow:
    present = cases.present_records(session, [record_id]).get(record_id)
    if present is None or present.kind != "penalty":
        raise NotFound(f"没有编号为 {record_id} 的处罚记录。请核对编号。", code="unknown-record")
    if actor.office_id is None or present.authority_code != actor.authority_code:
        raise NotAllowed(
            "该处罚由其他部门作出。谁处罚、谁修复，请联系作出处罚的部门。", code="not-own-office"
        )
    enterprises.lock(session, present.enterprise_id)
    return present


def _require_ripe(penalty: RecordVersionRow, day: date) -> str:
    """The regime of the penalty, if it stands, its shortest publication is over and its duties are done."""
    if penalty.state != "live":
        raise IllegalTransition(
            "该处罚记录已经终结，不需要修复。", code="record-ended", facts={"state": penalty.state}
        )
    periods = record_views.clocks_of(penalty, day)
    assert periods is not None, "a penalty has its clocks"
    if day < periods.repair_from:
        earliest = periods.repair_from.isoformat()
        raise IllegalTransition(
            f"未满最短公示期，最早可申请日期为 {earliest}。",
            code="repair-too-early",
            facts={"earliest": earliest},
        )
    if penalty.fine_state == "unpaid":
        raise IllegalTransition("罚款尚未缴清，不能修复。请先缴清罚款并登记缴款日期。", code="fine-unpaid")
    return periods.regime


def _settle(
    session: Session,
    actor: Actor,
    row: PenaltyRepairRow,
    action: str,
    step: Step,
    account_id: int,
    reason: str | None,
    now: datetime,
) -> None:
    """Change the application and, where it is decided, the record with it."""
    today = beijing_day(now)
    row.state, row.version, row.reason = step.to, row.version + 1, reason or row.reason
    if action == "accept":
        # What the enterprise filed itself has been taken in by nobody so far.
        row.accepted_on, row.drafter_id = today, row.drafter_id or account_id
    if step.is_apart:
        row.approver_id, row.decided_on = account_id, today
    for clock in repairs.running_clocks(session, row.id):
        if clock.kind == step.meets:
            clock.met_on = max(today, clock.starts_on)
        elif action == WITHDRAW:
            clock.stopped_on = max(today, clock.starts_on)
    if step.starts:
        session.add(casework.clock_row(clocks.start(step.starts, today), repair_id=row.id))
    if action not in ("allow", "restore"):
        return
    record = record_queries.lock(session, row.record_id)
    assert record is not None
    newest = record_queries.newest(session, record)
    if action == "allow" and newest.state != "live":
        raise IllegalTransition(
            "该处罚记录已经终结，不需要修复。", code="record-ended", facts={"state": newest.state}
        )
    change = Change.REPAIR if action == "allow" else Change.REINSTATEMENT
    records.append(session, actor, record, newest, change, reason=reason or "符合信用修复条件", now=now)
    enterprises.mark_dirty(session, [row.enterprise_id], now)


def _checked(kinds: tuple[str, ...], handed_in: situations.Papers) -> dict[str, dict[str, object]]:
    received = {}
    for kind in kinds:
        paper = papers.PAPERS[kind]
        if paper.fields and kind not in handed_in:
            raise InvalidInput(
                f"缺少“{paper.title}”，不能办理。请补充后重试。",
                code="paper-missing",
                facts={"paper": kind, "fields": list(paper.fields)},
            )
        received[kind] = papers.checked(kind, handed_in.get(kind, {}))
    return received


def _file(
    session: Session,
    row: PenaltyRepairRow,
    kinds: tuple[str, ...],
    received: Mapping[str, Mapping[str, object]],
    reason: str | None,
    now: datetime,
) -> None:
    on = beijing_day(now)
    office = cases.office(session, row.office_id)
    enterprise = enterprises.find_by_id(session, row.enterprise_id)
    assert enterprise is not None
    penalty = cases.present_records(session, [row.record_id])[row.record_id]
    for kind in kinds:
        paper = papers.PAPERS[kind]
        fields = {name: str(value) for name, value in received.get(kind, {}).items()}
        serial = cases.next_serial(session, office.id, kind, on.year) if paper.is_issued else None
        places = {
            "name": enterprise.name,
            "uscc": enterprise.uscc,
            "authority": office.name,
            "today": letters.spelled(on),
            "documents": penalty.document_no,
            "reason": reason,
        }
        letter = letters.render(kind, on, places) if paper.is_issued else None
        number = papers.document_no(office.short_name, kind, on.year, serial) if serial else None
        session.add(
            ListingPaperRow(
                repair_id=row.id,
                office_id=office.id,
                kind=kind,
                title=paper.title,
                year=on.year if serial else None,
                serial=serial,
                document_no=number,
                dated_on=on,
                fields=fields,
                template=letter.template if letter else None,
                text=letter.text if letter else None,
                recorded_at=now,
            )
        )


def _remember(
    session: Session, actor: Actor, row: PenaltyRepairRow, verb: str, reason: str | None, now: datetime
) -> None:
    session.flush()
    facts = {"repair": row.id, "state": row.state}
    audit.remember(
        session, actor, f"repair:{verb}", f"record:{row.record_id}", now, reason=reason, facts=facts
    )


def _view(session: Session, row: PenaltyRepairRow) -> RepairView:
    running = repairs.running_clocks(session, row.id)
    return RepairView(
        repair_id=row.id,
        version=row.version,
        record_id=row.record_id,
        enterprise_id=row.enterprise_id,
        state=row.state,
        state_title=STATE_TITLES[row.state],
        regime=row.regime,
        applied_on=row.applied_on,
        accepted_on=row.accepted_on,
        decided_on=row.decided_on,
        reason=row.reason,
        papers=tuple((paper.title, paper.document_no) for paper in repairs.papers(session, row.id)),
        clocks=tuple((clock.kind, clock.due_on) for clock in running),
        offered=tuple(action for state, action in STEPS if state == row.state),
    )
