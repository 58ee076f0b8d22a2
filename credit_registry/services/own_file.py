"""The enterprise's own view: its cases, papers, records and grade, and nobody else's.

Each function begins with `own`; what belongs to somebody else is answered as what does not exist.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from credit_registry.domain import disclosure, listing, repair_steps
from credit_registry.domain.answers import AssessmentView, beijing_day
from credit_registry.domain.errors import NotFound
from credit_registry.domain.filings import FILING_TITLES, PARTY_STEPS
from credit_registry.domain.guards import CHECKS
from credit_registry.domain.paging import Page
from credit_registry.domain.papers import PAPERS
from credit_registry.domain.permissions import Actor
from credit_registry.domain.prospects import ProspectView
from credit_registry.domain.series import ListKind
from credit_registry.domain.steps import STATE_TITLES, Action, State
from credit_registry.services import (
    annotations,
    attachments,
    prospects,
    records,
    situations,
)
from credit_registry.services.annotations import AnnotationView
from credit_registry.services.attachments import AttachmentView
from credit_registry.services.case_file import case_view
from credit_registry.services.case_views import CaseView, PaperView, paper_views
from credit_registry.services.record_views import RecordView
from credit_registry.services.representatives import on_behalf, own
from credit_registry.storage.database import Session
from credit_registry.storage.queries import attachments as file_queries
from credit_registry.storage.queries import listings as case_queries
from credit_registry.storage.queries import repairs, representatives
from credit_registry.storage.tables.accounts import OfficeRow
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.listings import ListingCaseRow, PenaltyRepairRow
from credit_registry.storage.tables.records import RecordVersionRow


@dataclass(frozen=True)
class Act:
    """What the party may do in a case; ``papers``: kind and title of what it writes; ``obstacle``: why not today."""

    action: Action
    title: str
    law: str
    papers: tuple[tuple[str, str], ...]
    obstacle: str | None


@dataclass(frozen=True)
class OwnCase:
    """A case as its party sees it; ``files`` are those that it handed in itself."""

    case: CaseView
    acts: tuple[Act, ...]
    notes: tuple[AnnotationView, ...]
    files: tuple[AttachmentView, ...]


@dataclass(frozen=True)
class OwnRepair:
    """An application about a penalty, with the papers that came of it."""

    repair_id: int
    state: str
    state_title: str
    applied_on: date
    clocks: tuple[tuple[str, date], ...]
    papers: tuple[PaperView, ...]

    @property
    def may_withdraw(self) -> bool:
        """Not decided yet, so its applicant may take it back."""
        return (self.state, repair_steps.WITHDRAW) in repair_steps.STEPS


@dataclass(frozen=True)
class OwnRecord:
    """A record with what was filed about it; ``authority``: the office here that answers for it, if there is one."""

    record: RecordView
    authority: str | None
    notes: tuple[AnnotationView, ...]
    papers: tuple[PaperView, ...]
    files: tuple[AttachmentView, ...]
    repairs: tuple[OwnRepair, ...]


def cases(session: Session, actor: Actor, *, now: datetime) -> tuple[CaseView, ...]:
    """Every case of which the enterprise has been told, the newest first."""
    enterprise = own(session, actor)
    found = case_queries.cases_of_keys(session, [enterprise.id])
    return tuple(_told(session, row, enterprise, now) for row in reversed(found) if _is_told(row))


def case(session: Session, actor: Actor, case_id: int, *, now: datetime) -> OwnCase:
    """One case with what the party may do in it.

    Raises:
        NotFound: ``unknown-case``: there is none, it is another's, or it has not been told of it.
    """
    enterprise = own(session, actor)
    row = told_case(session, enterprise, case_id)
    view = _told(session, row, enterprise, now)
    return OwnCase(
        case=view,
        acts=_acts(session, actor, row, view, now),
        notes=annotations.of_case(session, on_behalf(actor), case_id, now=now),
        files=_own_files(session, enterprise, case_id=case_id),
    )


def paper(session: Session, actor: Actor, paper_id: int, *, now: datetime) -> PaperView:
    """One paper to read and print.

    Raises:
        NotFound: ``unknown-paper``.
    """
    enterprise = own(session, actor)
    row = representatives.paper(session, paper_id)
    found: tuple[PaperView, ...] = ()
    if row is not None and row.case_id is not None:
        case_row = case_queries.get(session, row.case_id)
        if case_row is not None and case_row.enterprise_id == enterprise.id and _is_told(case_row):
            found = _told(session, case_row, enterprise, now).papers
    elif row is not None and row.repair_id is not None:
        repair = repairs.get(session, row.repair_id)
        if repair is not None and repair.enterprise_id == enterprise.id:
            found = _repair_papers(session, repair)
    elif row is not None and representatives.enterprise_of_annotation(session, row.fields) == enterprise.id:
        found = paper_views([row], ())
    shown = next((each for each in found if each.paper_id == paper_id), None)
    if shown is None:
        raise NotFound("没有这份文书。请从案件或者记录页面进入。", code="unknown-paper")
    return shown


def page_of_records(
    session: Session, actor: Actor, *, kind: str | None = None, after: str | None = None, on: date
) -> Page[RecordView]:
    """What is on record of the enterprise, youngest first; what was sent by mistake and taken back is not."""
    enterprise = own(session, actor)
    page = records.page_of(
        session, on_behalf(actor), enterprise.uscc or "", kind=kind, after=after, limit=50, on=on
    )
    return Page(tuple(each for each in page.items if each.state != "withdrawn"), page.after)


def record(session: Session, actor: Actor, record_id: int, *, now: datetime) -> OwnRecord:
    """
    Raises:
        NotFound: ``unknown-record``: there is none, or it is another's.
    """
    enterprise = own(session, actor)
    present = own_record(session, enterprise, record_id)
    reader = on_behalf(actor)
    notes = annotations.of_record(session, reader, record_id, now=now)
    office = office_of(session, present)
    noted = representatives.papers_of_annotations(session, [note.annotation_id for note in notes])
    return OwnRecord(
        record=records.get(session, reader, record_id, on=beijing_day(now)).record,
        authority=office.name if office else None,
        notes=notes,
        papers=paper_views(noted, ()),
        files=_own_files(session, enterprise, record_id=record_id),
        repairs=tuple(
            own_repair(session, row)
            for row in repairs.of_enterprise(session, enterprise.id)
            if row.record_id == record_id
        ),
    )


def grade(session: Session, actor: Actor, *, now: datetime) -> tuple[AssessmentView, ProspectView]:
    """The computed grade with every reason, also those that no other office is told, and the way out of it."""
    enterprise = own(session, actor)
    return prospects.with_assessment(session, on_behalf(actor), enterprise.uscc or "", now=now)


def attachment(
    session: Session, actor: Actor, attachment_id: int, folder: Path
) -> tuple[AttachmentView, bytes]:
    """A file that the enterprise itself handed in.

    Raises:
        NotFound: ``unknown-attachment``: also for the office's own scans.
    """
    enterprise = own(session, actor)
    row = file_queries.find(session, attachment_id)
    if row is None or row.actor not in _labels(session, enterprise):
        raise NotFound("没有这个附件。请刷新后再试。", code="unknown-attachment")
    return attachments.view_of(row), attachments.read(row, folder)


# --- for the filings: whose it is -----------------------------------------------------------------------------


def told_case(session: Session, enterprise: EnterpriseRow, case_id: int) -> ListingCaseRow:
    """The enterprise's case; another's and an unknown one are the same answer."""
    row = case_queries.get(session, case_id)
    if row is None or row.enterprise_id != enterprise.id or not _is_told(row):
        raise NotFound(f"没有编号为 {case_id} 的案件。请从“我的案件”进入。", code="unknown-case")
    return row


def own_record(session: Session, enterprise: EnterpriseRow, record_id: int) -> RecordVersionRow:
    """The present version of the enterprise's record."""
    present = case_queries.present_records(session, [record_id]).get(record_id)
    if present is None or present.enterprise_id != enterprise.id or present.state == "withdrawn":
        raise NotFound("没有这条记录。请从“我的记录”进入。", code="unknown-record")
    return present


def office_of(session: Session, present: RecordVersionRow) -> OfficeRow | None:
    """The office here that made what the record says, and answers for it."""
    return case_queries.offices_by_authority(session).get(present.authority_code or "")


def own_repair(session: Session, row: PenaltyRepairRow) -> OwnRepair:
    running = repairs.running_clocks(session, row.id)
    return OwnRepair(
        row.id,
        row.state,
        repair_steps.STATE_TITLES[row.state],
        row.applied_on,
        tuple((clock.kind, clock.due_on) for clock in running),
        _repair_papers(session, row),
    )


# --- what is told -----------------------------------------------------------------------------------------------


def _is_told(row: ListingCaseRow) -> bool:
    """A candidate is the office's own thought until its notice is served; for the red list nothing begins unasked."""
    return row.list_kind == ListKind.RED or row.noticed_on is not None or row.served_on is not None


def _told(session: Session, row: ListingCaseRow, enterprise: EnterpriseRow, now: datetime) -> CaseView:
    """The case without the office's deliberation, and without a decision that has not been served."""
    view = case_view(session, row, enterprise, beijing_day(now))
    served = [paper.step_number or 0 for paper in view.papers if paper.kind == "service_receipt"]
    untold = [
        step
        for step in view.steps
        if step.action in disclosure.DECIDING and not any(receipt > step.number for receipt in served)
    ]
    hidden = {step.number for step in untold}
    shown = replace(
        view,
        steps=tuple(
            step
            for step in view.steps
            if step.number not in hidden and step.action not in disclosure.INTERNAL_STEPS
        ),
        papers=tuple(
            paper
            for paper in view.papers
            if disclosure.is_of_party(paper.kind)
            and not (paper.kind in disclosure.SERVED_FIRST and paper.step_number in hidden)
        ),
        clocks=tuple(clock for clock in view.clocks if clock.kind in disclosure.CLOCKS),
    )
    if not untold:
        return shown
    before = untold[0].from_state or view.state
    return replace(
        shown,
        state=before,
        state_title=STATE_TITLES[before],
        decided_on=None,
        decision_no=None,
        ban_until=None,
    )


def _acts(
    session: Session, actor: Actor, row: ListingCaseRow, view: CaseView, now: datetime
) -> tuple[Act, ...]:
    """The party's own steps that the table has from here, with the first guard that stands against each."""
    found = []
    for action, kind in PARTY_STEPS.items():
        step = listing.STEPS[view.list_kind].get((State(row.state), action))
        if step is None:
            continue
        move = situations.Move(action, now, beijing_day(now), None, {}, {})
        where = situations.situation(session, row, actor, move)
        obstacle = next((said for guard in step.guards if (said := CHECKS[guard](where))), None)
        wanted = tuple((each, PAPERS[each].title) for each in step.papers if PAPERS[each].fields)
        found.append(Act(action, FILING_TITLES[kind], step.law, wanted, obstacle))
    return tuple(found)


def _repair_papers(session: Session, row: PenaltyRepairRow) -> tuple[PaperView, ...]:
    found = repairs.papers(session, row.id)
    return paper_views([each for each in found if disclosure.is_of_party(each.kind)], ())


def _labels(session: Session, enterprise: EnterpriseRow) -> frozenset[str]:
    found = representatives.of_enterprise(session, enterprise.id)
    return frozenset(f"account:{row.login}" for _, row in found)


def _own_files(
    session: Session, enterprise: EnterpriseRow, *, record_id: int | None = None, case_id: int | None = None
) -> tuple[AttachmentView, ...]:
    """What the enterprise handed in; the office's scans may hold what others said."""
    labels = _labels(session, enterprise)
    rows = file_queries.page(session, record_id=record_id, case_id=case_id)
    return tuple(attachments.view_of(row) for row in rows if row.actor in labels)
