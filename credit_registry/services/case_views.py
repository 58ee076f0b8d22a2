"""What leaves the lists' services: frozen views of cases, steps, papers, clocks and entries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from credit_registry.domain.clocks import duties
from credit_registry.domain.clocks import title as clock_title
from credit_registry.domain.series import ListKind
from credit_registry.domain.steps import Action, State
from credit_registry.storage.tables.accounts import OfficeRow
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.listings import (
    ClockRow,
    ListingCaseRow,
    ListingGroundRow,
    ListingPaperRow,
    ListingPersonRow,
    ListingStepRow,
)


@dataclass(frozen=True)
class GroundView:
    condition: str
    title: str
    basis: str
    record_id: int
    document_no: str | None
    has_fallen: bool


@dataclass(frozen=True)
class PersonView:
    """Masked: the full number is opened only by `reveal`, which is logged."""

    person_id: int
    role: str
    condition: str
    name: str
    number: str


@dataclass(frozen=True)
class StepView:
    number: int
    action: Action
    from_state: State | None
    to_state: State
    actor: str
    at: datetime
    on: date
    reason: str | None
    facts: Mapping[str, object]


@dataclass(frozen=True)
class PaperView:
    paper_id: int
    step_number: int | None
    kind: str
    title: str
    document_no: str | None
    dated_on: date
    fields: Mapping[str, object]
    template: str | None
    text: str | None


@dataclass(frozen=True)
class ClockView:
    """A clock; ``is_late``: a duty met after its day, or not met though its day has passed."""

    kind: str
    title: str
    starts_on: date
    length: int
    unit: str
    basis: str
    due_on: date
    is_provisional: bool
    met_on: date | None
    stopped_on: date | None
    is_late: bool


@dataclass(frozen=True)
class CaseSummary:
    """A line of the worklist.

    Attributes:
        due_on: the last day of the office's next duty.
        waits_until: the last day of a window that others have, or that must pass; nobody here is late with it.
    """

    case_id: int
    version: int
    list_kind: ListKind
    series: str
    state: State
    enterprise_id: int
    uscc: str | None
    name: str
    office_id: int
    opened_on: date
    due_on: date | None
    is_overdue: bool
    waits_until: date | None = None


@dataclass(frozen=True)
class GradeMatter:
    """What a grade case is about: the frozen grade, its reasons, and what was announced before."""

    grade: str
    score: str | None
    computed_on: date
    ruleset: str
    previous: str | None
    is_fall: bool
    announced_on: date | None
    is_withheld: bool
    findings: tuple[Mapping[str, object], ...]


@dataclass(frozen=True)
class CaseView:
    """A whole case as an officer sees it; ``matter`` is what a case about the announced grade is about."""

    case_id: int
    version: int
    list_kind: ListKind
    series: str
    series_title: str
    domain: str
    state: State
    state_title: str
    enterprise_id: int
    uscc: str | None
    name: str
    office_id: int
    authority: str
    origin: str
    opened_on: date
    noticed_on: date | None
    window_until: date | None
    window_is_provisional: bool
    reviewed_on: date | None
    decided_on: date | None
    decision_no: str | None
    served_on: date | None
    entered_on: date | None
    listed_from: date | None
    listed_until: date | None
    ended_on: date | None
    ended_by: str | None
    ban_until: date | None
    hidden_since: date | None
    repair_from: date | None
    grounds: tuple[GroundView, ...]
    persons: tuple[PersonView, ...]
    steps: tuple[StepView, ...]
    papers: tuple[PaperView, ...]
    clocks: tuple[ClockView, ...]
    matter: GradeMatter | None = None


@dataclass(frozen=True)
class EntryView:
    """An enterprise's place on a list, as others are told of it.

    Attributes:
        listed_until: the last day.
        notes: open challenges, such as 异议处理中.
    """

    enterprise_id: int
    case_id: int
    list_kind: ListKind
    series: str
    title: str
    authority: str
    authority_code: str | None
    decision_no: str | None
    decided_on: date
    listed_from: date
    listed_until: date
    conditions: tuple[str, ...]
    reasons: tuple[str, ...]
    basis: tuple[str, ...]
    notes: tuple[str, ...] = ()


def clock_view(row: ClockRow, today: date) -> ClockView:
    met = row.met_on or (today if row.stopped_on is None else None)
    return ClockView(
        kind=row.kind,
        title=clock_title(row.kind),
        starts_on=row.starts_on,
        length=row.length,
        unit=row.unit,
        basis=row.basis,
        due_on=row.due_on,
        is_provisional=row.is_provisional,
        met_on=row.met_on,
        stopped_on=row.stopped_on,
        is_late=row.kind in duties() and met is not None and met > row.due_on,
    )


def step_view(row: ListingStepRow) -> StepView:
    return StepView(
        number=row.number,
        action=Action(row.action),
        from_state=State(row.from_state) if row.from_state else None,
        to_state=State(row.to_state),
        actor=row.actor_name,
        at=row.at,
        on=row.on,
        reason=row.reason,
        facts=dict(row.facts),
    )


def paper_views(rows: Sequence[ListingPaperRow], steps: Sequence[ListingStepRow]) -> tuple[PaperView, ...]:
    numbers = {step.id: step.number for step in steps}
    return tuple(
        PaperView(
            paper_id=row.id,
            step_number=numbers.get(row.step_id) if row.step_id else None,
            kind=row.kind,
            title=row.title,
            document_no=row.document_no,
            dated_on=row.dated_on,
            fields=dict(row.fields),
            template=row.template,
            text=row.text,
        )
        for row in rows
    )


def person_view(row: ListingPersonRow) -> PersonView:
    return PersonView(row.id, row.role, row.condition, row.name_masked, row.id_masked)


def summary(
    case: ListingCaseRow, enterprise: EnterpriseRow, due: date | None, wait: date | None, today: date
) -> CaseSummary:
    return CaseSummary(
        case_id=case.id,
        version=case.version,
        list_kind=ListKind(case.list_kind),
        series=case.series,
        state=State(case.state),
        enterprise_id=enterprise.id,
        uscc=enterprise.uscc,
        name=enterprise.name,
        office_id=case.office_id,
        opened_on=case.opened_on,
        due_on=due,
        is_overdue=due is not None and due < today,
        waits_until=wait,
    )


def entry_view(
    case: ListingCaseRow,
    office: OfficeRow,
    title: str,
    grounds: Sequence[GroundView],
    basis: Sequence[str],
    notes: Sequence[str],
) -> EntryView:
    decided_on, listed_from, listed_until = case.decided_on, case.listed_from, case.listed_until
    if decided_on is None or listed_from is None or listed_until is None:
        raise AssertionError("an entry in force has its days")
    return EntryView(
        enterprise_id=case.enterprise_id,
        case_id=case.id,
        list_kind=ListKind(case.list_kind),
        series=case.series,
        title=title,
        authority=office.name,
        authority_code=office.authority_code,
        decision_no=case.decision_no,
        decided_on=decided_on,
        listed_from=listed_from,
        listed_until=listed_until,
        conditions=tuple(dict.fromkeys(ground.condition for ground in grounds)),
        reasons=tuple(dict.fromkeys(ground.title for ground in grounds)),
        basis=tuple(dict.fromkeys(basis)),
        notes=tuple(notes),
    )


def ground_view(row: ListingGroundRow, title: str, basis: str) -> GroundView:
    return GroundView(
        condition=row.condition,
        title=title,
        basis=basis,
        record_id=row.record_id,
        document_no=row.document_no,
        has_fallen=row.fell_at is not None,
    )
