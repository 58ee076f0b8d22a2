"""What an enterprise files itself: statement, hearing, objection, applications for repair.

Each goes through the services and the step table that officers use, on the day it is filed, and gets a receipt
with a number of the office that handles it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from credit_registry.domain import listing, repair_steps
from credit_registry.domain.answers import beijing_day
from credit_registry.domain.errors import IllegalTransition, InvalidInput, NotFound, TooMuch
from credit_registry.domain.filings import (
    FILES_AT_ONCE,
    FILING_TITLES,
    FILINGS_PER_DAY,
    PARTY_STEPS,
    RECEIPT_WORD,
    FilingKind,
)
from credit_registry.domain.papers import PAPERS
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.series import ListKind
from credit_registry.domain.steps import ACTION_TITLES, Action, State
from credit_registry.services import annotations, attachments, casework, penalty_repairs, situations
from credit_registry.services.invitations import deregistered
from credit_registry.services.own_file import office_of, own_record, told_case
from credit_registry.services.representatives import own
from credit_registry.storage.database import Session
from credit_registry.storage.queries import annotations as annotation_queries
from credit_registry.storage.queries import enterprises, repairs
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.queries import representatives as queries
from credit_registry.storage.tables.accounts import AccountRow, OfficeRow
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.records import RecordVersionRow
from credit_registry.storage.tables.representatives import FilingRow


@dataclass(frozen=True)
class Upload:
    """A file handed in with a filing."""

    filename: str
    data: bytes


@dataclass(frozen=True)
class FilingView:
    """A filing and its receipt; ``person`` is masked."""

    filing_id: int
    kind: FilingKind
    title: str
    receipt_no: str
    filed_at: datetime
    office: str
    enterprise: str
    uscc: str | None
    person: str
    case_id: int | None
    record_id: int | None
    repair_id: int | None


def take_step(
    session: Session,
    actor: Actor,
    case_id: int,
    action: Action,
    *,
    version: int,
    contents: Mapping[str, str],
    files: Sequence[Upload] = (),
    folder: Path,
    now: datetime,
) -> FilingView:
    """Take a step of a case that is the party's own to take: statement, hearing, application for early removal.

    Args:
        version: of the case as the person saw it.
        contents: what was written, by kind of paper; every day on these papers is today.

    Raises:
        NotFound: ``unknown-case``.
        StaleVersion: the case has moved since.
        IllegalTransition: the table has no such step here, or a guard does not hold (``code`` names it).
    """
    enterprise = _filing_enterprise(session, actor, files, now)
    if action not in PARTY_STEPS:
        raise InvalidInput(
            f"“{ACTION_TITLES[action]}”不由企业办理。请从案件页面进入。", code="not-for-parties"
        )
    told_case(session, enterprise, case_id)
    case = cases.lock(session, case_id)
    assert case is not None, "cases are never deleted"
    if case.version != version:
        raise casework.stale(case)
    kind, before = ListKind(case.list_kind), State(case.state)
    row = listing.STEPS[kind].get((before, action))
    handed = _handed_in(row.papers if row else (), contents, beijing_day(now))
    move = casework.prepare(row, action, now=now, reason=None, handed_in=handed)
    where = situations.situation(session, case, actor, move)
    step = listing.step(kind, before, action, where, reason=None)
    casework.take(session, case, enterprise, actor, move, step, account_id=actor.account_id)
    casework.remember(session, actor, case, move, before)
    made = _filed(session, actor, enterprise, case.office_id, PARTY_STEPS[action], now, case_id=case_id)
    return _with_files(session, actor, made, files, folder, now)


def object_to(
    session: Session,
    actor: Actor,
    *,
    case_id: int | None = None,
    record_id: int | None = None,
    content: str,
    files: Sequence[Upload] = (),
    folder: Path,
    now: datetime,
) -> FilingView:
    """Object to a case or to a record: noted and shown from this moment, answered by an officer who took no part.

    Raises:
        IllegalTransition: ``objection-open``; ``foreign-record`` with the authority that answers for it.
    """
    enterprise = _filing_enterprise(session, actor, files, now)
    if case_id is not None:
        office_id = told_case(session, enterprise, case_id).office_id
        under_way = annotation_queries.of_cases(session, [case_id])
    else:
        present = own_record(session, enterprise, record_id or 0)
        office_id = _answering(session, present, "异议").id
        under_way = annotation_queries.of_records(session, [present.record_id])
    if any(row.kind == "objection" and row.state == "open" for row in under_way):
        raise IllegalTransition(
            "对这一事项的异议正在办理，不需要重复提出。请等待答复，或者先撤回再提出。", code="objection-open"
        )
    noted = annotations.note(
        session, actor, office_id, enterprise, kind="objection", filed_on=beijing_day(now), content=content,
        now=now, case_id=case_id, record_id=record_id,
    )  # fmt: skip
    made = _filed(
        session, actor, enterprise, office_id, FilingKind.OBJECTION, now,
        case_id=case_id, record_id=record_id, annotation_id=noted.annotation_id,
    )  # fmt: skip
    return _with_files(session, actor, made, files, folder, now)


def withdraw_objection(session: Session, actor: Actor, annotation_id: int, *, now: datetime) -> FilingView:
    """Take back an objection that is not answered yet.

    Raises:
        NotFound: ``unknown-annotation``: there is none, or it is another's.
        IllegalTransition: ``annotation-answered``.
    """
    enterprise = _filing_enterprise(session, actor, (), now)
    row = annotation_queries.lock(session, annotation_id)
    if row is None or row.kind != "objection" or _owner(session, row.case_id, row.record_id) != enterprise.id:
        raise NotFound("没有这项异议。请从案件或者记录页面进入。", code="unknown-annotation")
    annotations.withdraw(session, actor, row, enterprise, now=now)
    made = _filed(
        session, actor, enterprise, row.office_id, FilingKind.WITHDRAWAL, now,
        case_id=row.case_id, record_id=row.record_id, annotation_id=row.id,
    )  # fmt: skip
    return _view(session, made)


def apply_repair(
    session: Session,
    actor: Actor,
    record_id: int,
    *,
    contents: Mapping[str, str],
    files: Sequence[Upload] = (),
    folder: Path,
    now: datetime,
) -> FilingView:
    """Apply for the repair of a penalty with the office that imposed it.

    Raises:
        IllegalTransition: ``repair-too-early`` with the earliest day; ``fine-unpaid``; ``foreign-record``.
        Duplicate: ``repair-open``.
    """
    enterprise = _filing_enterprise(session, actor, files, now)
    present = own_record(session, enterprise, record_id)
    if present.kind != "penalty":
        raise IllegalTransition(
            "只有行政处罚信息可以申请信用修复。对其他记录有异议的，请提出异议。", code="not-a-penalty"
        )
    office = _answering(session, present, "信用修复申请")
    handed = _handed_in(repair_steps.APPLICATION, contents, beijing_day(now))
    applied = penalty_repairs.take_in(
        session, actor, present, office.id, drafter_id=None, handed_in=handed, now=now
    )
    made = _filed(
        session, actor, enterprise, office.id, FilingKind.REPAIR, now,
        record_id=record_id, repair_id=applied.repair_id,
    )  # fmt: skip
    return _with_files(session, actor, made, files, folder, now)


def withdraw_repair(
    session: Session, actor: Actor, repair_id: int, *, reason: str, now: datetime
) -> FilingView:
    """Take back an application for the repair of a penalty that is not decided yet.

    Raises:
        NotFound: ``unknown-repair``: there is none, or it is another's.
        IllegalTransition: it has been decided.
    """
    enterprise = _filing_enterprise(session, actor, (), now)
    row = repairs.lock(session, repair_id)
    if row is None or row.enterprise_id != enterprise.id:
        raise NotFound("没有这件修复申请。请从记录页面进入。", code="unknown-repair")
    penalty_repairs.withdraw(session, actor, row, reason=reason, now=now)
    made = _filed(
        session, actor, enterprise, row.office_id, FilingKind.REPAIR_WITHDRAWAL, now,
        record_id=row.record_id, repair_id=row.id,
    )  # fmt: skip
    return _view(session, made)


def page(session: Session, actor: Actor, *, limit: int = 100) -> tuple[FilingView, ...]:
    """What the enterprise has filed, the newest first."""
    enterprise = own(session, actor)
    return tuple(_of(*row) for row in queries.filings(session, enterprise_id=enterprise.id, limit=limit))


def get(session: Session, actor: Actor, filing_id: int) -> FilingView:
    """One receipt.

    Raises:
        NotFound: ``unknown-filing``: there is none, or it is another's.
    """
    enterprise = own(session, actor)
    row = queries.filing(session, filing_id)
    if row is None or row.enterprise_id != enterprise.id:
        raise NotFound("没有这份回执。请从“我的申请”进入。", code="unknown-filing")
    return _view(session, row)


def inbox(session: Session, actor: Actor, *, limit: int = 8) -> tuple[FilingView, ...]:
    """What enterprises have filed with the officer's own office, the newest first."""
    actor.require(Permission.REGISTER_READ)
    if actor.office_id is None:
        return ()
    return tuple(_of(*row) for row in queries.filings(session, office_id=actor.office_id, limit=limit))


# --- plumbing -----------------------------------------------------------------------------------------------


def _filing_enterprise(
    session: Session, actor: Actor, files: Sequence[Upload], now: datetime
) -> EnterpriseRow:
    """The actor's own enterprise, locked as every move of its cases locks it, where it may file at all today."""
    enterprise = own(session, actor)
    enterprises.lock(session, enterprise.id)
    if enterprise.status == "deregistered":
        raise deregistered()
    if len(files) > FILES_AT_ONCE:
        raise TooMuch(f"一次最多上传 {FILES_AT_ONCE} 个附件。请合并后再提交。", code="too-many-files")
    if queries.count_filings_since(session, enterprise.id, now - timedelta(days=1)) >= FILINGS_PER_DAY:
        raise TooMuch(
            f"24 小时内最多网上提交 {FILINGS_PER_DAY} 次。请明天再提交，或者到办理机关窗口办理。",
            code="too-many-filings",
        )
    return enterprise


def _handed_in(
    kinds: Sequence[str], contents: Mapping[str, str], today: date
) -> dict[str, dict[str, object]]:
    """The papers of a step from what was written; whoever files today cannot date a paper otherwise."""
    handed: dict[str, dict[str, object]] = {}
    for kind in kinds:
        if fields := PAPERS[kind].fields:
            handed[kind] = {
                name: today if shape is date else contents.get(kind, "") for name, shape in fields.items()
            }
    return handed


def _answering(session: Session, present: RecordVersionRow, what: str) -> OfficeRow:
    """The office that made what a record says (谁产生、谁负责)."""
    found = office_of(session, present)
    if found is None:
        authority = present.authority_name or "作出该记录的单位"
        raise IllegalTransition(
            f"该记录由“{authority}”作出，{what}由该单位受理。请直接向该单位提出。",
            code="foreign-record",
            facts={"authority": authority},
        )
    return found


def _owner(session: Session, case_id: int | None, record_id: int | None) -> int | None:
    if case_id is not None:
        case = cases.get(session, case_id)
        return case.enterprise_id if case else None
    present = cases.present_records(session, [record_id or 0]).get(record_id or 0)
    return present.enterprise_id if present else None


def _filed(
    session: Session,
    actor: Actor,
    enterprise: EnterpriseRow,
    office_id: int,
    kind: FilingKind,
    now: datetime,
    **about: int | None,
) -> FilingRow:
    year = beijing_day(now).year
    serial = cases.next_serial(session, office_id, "filing_receipt", year)
    office = cases.office(session, office_id)
    assert actor.account_id is not None, "a representative is a person"
    made = FilingRow(
        enterprise_id=enterprise.id, account_id=actor.account_id, office_id=office_id, kind=kind.value,
        year=year, serial=serial, receipt_no=f"{office.short_name}{RECEIPT_WORD}〔{year}〕{serial}号",
        filed_at=now, **about,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def _with_files(
    session: Session, actor: Actor, made: FilingRow, files: Sequence[Upload], folder: Path, now: datetime
) -> FilingView:
    title = FILING_TITLES[FilingKind(made.kind)]
    for number, file in enumerate(files, 1):
        attachments.keep(
            session, actor, record_id=made.record_id, case_id=made.case_id,
            title=f"{title}附件{number}（{made.receipt_no}）", filename=file.filename, data=file.data, folder=folder, now=now,
        )  # fmt: skip
    return _view(session, made)


def _view(session: Session, row: FilingRow) -> FilingView:
    return _of(
        row,
        session.get_one(AccountRow, row.account_id),
        cases.office(session, row.office_id),
        session.get_one(EnterpriseRow, row.enterprise_id),
    )


def _of(row: FilingRow, account: AccountRow, office: OfficeRow, enterprise: EnterpriseRow) -> FilingView:
    kind = FilingKind(row.kind)
    return FilingView(
        row.id, kind, FILING_TITLES[kind], row.receipt_no, row.filed_at, office.name, enterprise.name,
        enterprise.uscc, account.name, row.case_id, row.record_id, row.repair_id,
    )  # fmt: skip
