"""One move of a case, in one place: gather the situation, ask the table, write the step with its traces.

Every change of `listing_cases` goes through `take`: guarded by state and version, remembered as a step with
its papers and clocks, and followed by what others must learn (list version, stale grade).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from credit_registry.domain import clocks, papers
from credit_registry.domain.answers import beijing_day, plain
from credit_registry.domain.errors import InvalidInput, StaleVersion
from credit_registry.domain.permissions import Actor
from credit_registry.domain.series import ListKind
from credit_registry.domain.steps import ENDED, IN_FORCE, Action, State, Step
from credit_registry.services import grade_cases
from credit_registry.services.letters import written
from credit_registry.services.situations import Move, Papers
from credit_registry.storage.database import Session
from credit_registry.storage.queries import audit, enterprises, entries
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.listings import (
    ClockRow,
    ListingCaseRow,
    ListingPaperRow,
    ListingStepRow,
)


def prepare(
    row: Step | None,
    action: Action,
    *,
    now: datetime,
    reason: str | None,
    handed_in: Papers | None,
    facts: Mapping[str, object] | None = None,
) -> Move:
    """Check what was handed in against what the row demands.

    Raises:
        InvalidInput: a paper is missing, incomplete, or not one of this step.
    """
    given = dict(handed_in or {})
    demanded = row.papers if row is not None else ()
    foreign = [kind for kind in given if kind not in demanded]
    if foreign and row is not None:
        names = [papers.PAPERS[kind].title if kind in papers.PAPERS else kind for kind in foreign]
        raise InvalidInput(
            f"这一步不需要下列文书：{'、'.join(names)}。请删去后重试。",
            code="unexpected-paper",
            facts={"papers": foreign, "expected": list(demanded)},
        )
    received: dict[str, dict[str, object]] = {}
    days = [beijing_day(now)]
    for kind in demanded:
        paper = papers.PAPERS[kind]
        if kind not in given and paper.fields:
            raise InvalidInput(
                f"缺少“{paper.title}”，不能办理。请补充后重试。",
                code="paper-missing",
                facts={"paper": kind, "fields": list(paper.fields)},
            )
        received[kind] = papers.checked(kind, given.get(kind, {}))
        if paper.acted_on:
            day = received[kind][paper.acted_on]
            assert isinstance(day, date)
            days.append(day)
    return Move(action, now, days[-1], reason, received, dict(facts or {}))


def take(
    session: Session,
    case: ListingCaseRow,
    enterprise: EnterpriseRow,
    actor: Actor,
    move: Move,
    row: Step,
    *,
    account_id: int | None,
) -> ListingStepRow:
    """Write one move that the table allowed.

    Args:
        account_id: the person who takes it; ``None`` for the clock.

    Raises:
        StaleVersion: somebody moved the case since it was read.
    """
    before = State(case.state)
    today = beijing_day(move.now)
    numbers = _number_papers(session, case, move, row)
    values = _values(case, actor, move, row, numbers)
    if not cases.move(session, case, {"state": row.to, **values}):
        raise stale(case)
    step = _step_row(case, actor, move, before, account_id)
    session.add(step)
    session.flush()
    _file_papers(session, case, enterprise, step, move, row, numbers)
    _turn_clocks(session, case, move, row, before)
    if case.list_kind == ListKind.GRADE:
        grade_cases.settle(session, case, move.action, today)
    settle_visibility(session, case, now=move.now)
    session.flush()
    return step


def stale(case: ListingCaseRow) -> StaleVersion:
    return StaleVersion(
        "该案件已被他人更新，请刷新后再试。", facts={"case_id": case.id, "version": case.version}
    )


def is_shown(case: ListingCaseRow, on: date) -> bool:
    """The same predicate as `queries.listings.shown`, for a row in hand."""
    return (
        State(case.state) in IN_FORCE
        and case.hidden_since is None
        and case.listed_from is not None
        and case.listed_until is not None
        and case.listed_from <= on <= case.listed_until
    )


def settle_visibility(session: Session, case: ListingCaseRow, *, now: datetime) -> None:
    """Count a new version of the lists and have the grade recomputed where the public picture changed.

    Compared with the version last counted, not with the state before the step: an entry whose period ended on a
    day has left the lists by itself, and is counted with the step that says so.
    """
    shows = is_shown(case, beijing_day(now))
    if shows != entries.was_shown(session, case.id):
        entries.append_version(session, case, "shown" if shows else "hidden", now)
        enterprises.mark_dirty(session, [case.enterprise_id], now)


def _values(
    case: ListingCaseRow, actor: Actor, move: Move, row: Step, numbers: Mapping[str, tuple[int, int, str]]
) -> dict[str, Any]:
    """The columns that this action settles."""
    today = beijing_day(move.now)
    kind = ListKind(case.list_kind)
    match move.action:
        case Action.NOTIFY | Action.NOTIFY_GRADE:
            window = clocks.start(row.starts[0], move.on)
            return {
                "noticed_on": move.on,
                "window_until": window.due_on,
                "window_is_provisional": window.is_provisional,
                "drafter_id": case.drafter_id or actor.account_id,
            }
        case Action.CHECK | Action.REVIEW:
            reviewer = {"reviewer_id": actor.account_id} if move.action is Action.REVIEW else {}
            return {"reviewed_on": today, **reviewer}
        case Action.OPEN_COMMENT:
            window = clocks.start("comment", today)
            return {"window_until": window.due_on, "window_is_provisional": window.is_provisional}
        case Action.DECIDE | Action.APPROVE | Action.RESTORE | Action.DECIDE_GRADE:
            number = next(numbers[paper][2] for paper in row.papers if paper in numbers)
            decided: dict[str, Any] = {
                "decided_on": today,
                "decision_no": number,
                "approver_id": actor.account_id,
            }
            if "ban_until" in move.facts:
                decided["ban_until"] = papers.day(str(move.facts["ban_until"]), "禁入截止日期")
            if move.action is Action.RESTORE:
                decided |= dict.fromkeys(("served_on", "listed_from", "listed_until", "ended_on", "ended_by"))
            return decided
        case Action.SERVE | Action.ANNOUNCE_GRADE:
            return {"served_on": move.on}
        case Action.ENTER:
            return {"entered_on": today}
        case Action.PUBLISH:
            assert case.decided_on is not None, "the table publishes only what was decided"
            served = {"served_on": move.on} if "service_receipt" in row.papers else {}
            period = clocks.period_until(f"{kind.value}_period", case.decided_on)
            return {"listed_from": today, "listed_until": period, **served}
        case Action.SUSPEND | Action.SUSPEND_GROUND:
            return {"hidden_since": today}
        case Action.LOSE_GROUND:
            return {"hidden_since": case.hidden_since or today} if "revoke_fallen" in row.starts else {}
        case Action.RESUME | Action.RESUME_GROUND:
            return {"hidden_since": None}
        case Action.REINSTATE:
            return {"ended_on": None, "ended_by": None}
        case _:
            return {"ended_on": today, "ended_by": row.ends} if row.ends else {}


def _step_row(
    case: ListingCaseRow, actor: Actor, move: Move, before: State | None, account_id: int | None
) -> ListingStepRow:
    return ListingStepRow(
        case_id=case.id,
        number=case.version,
        action=move.action,
        from_state=before,
        to_state=case.state,
        account_id=account_id,
        actor=actor.label,
        actor_name=actor.name,
        at=move.now,
        on=move.on,
        reason=move.reason,
        facts=dict(move.facts),
        listed_from=case.listed_from,
        listed_until=case.listed_until,
        ended_by=case.ended_by,
        is_hidden=case.hidden_since is not None,
    )


def opening_step(
    session: Session, case: ListingCaseRow, actor: Actor, move: Move, *, account_id: int | None
) -> ListingStepRow:
    """The first step of a case that was just added."""
    step = _step_row(case, actor, move, None, account_id)
    session.add(step)
    session.flush()
    return step


def _number_papers(
    session: Session, case: ListingCaseRow, move: Move, row: Step
) -> dict[str, tuple[int, int, str]]:
    """(year, serial, number) for each paper that this step issues."""
    office = cases.office(session, case.office_id)
    year = beijing_day(move.now).year
    numbers = {}
    for kind in row.papers:
        if papers.PAPERS[kind].is_issued:
            serial = cases.next_serial(session, office.id, kind, year)
            numbers[kind] = (year, serial, papers.document_no(office.short_name, kind, year, serial))
    return numbers


def _file_papers(
    session: Session,
    case: ListingCaseRow,
    enterprise: EnterpriseRow,
    step: ListingStepRow,
    move: Move,
    row: Step,
    numbers: Mapping[str, tuple[int, int, str]],
) -> None:
    for kind in row.papers:
        year, serial, number = numbers.get(kind, (None, None, None))
        fields = {name: plain(value) for name, value in move.received.get(kind, {}).items()}
        letter = None
        if number is not None:
            letter = written(
                session,
                kind,
                case,
                enterprise,
                on=beijing_day(move.now),
                reason=move.reason,
                received=move.received,
            )
        session.add(
            ListingPaperRow(
                case_id=case.id,
                step_id=step.id,
                office_id=case.office_id,
                kind=kind,
                title=papers.PAPERS[kind].title,
                year=year,
                serial=serial,
                document_no=number,
                dated_on=beijing_day(move.now) if number else move.on,
                fields=fields,
                template=letter.template if letter else None,
                text=letter.text if letter else None,
                recorded_at=move.now,
            )
        )


def file_opening_papers(
    session: Session,
    case: ListingCaseRow,
    enterprise: EnterpriseRow,
    step: ListingStepRow,
    move: Move,
    row: Step,
) -> None:
    """The papers with which a case begins; none of them is issued by us."""
    _file_papers(session, case, enterprise, step, move, row, {})


def _turn_clocks(session: Session, case: ListingCaseRow, move: Move, row: Step, before: State) -> None:
    """Meet, stop and start the clocks of a step."""
    today = beijing_day(move.now)
    has_ended = State(case.state) in ENDED and before not in ENDED
    for clock in cases.clocks(session, case.id):
        if clock.met_on is not None or clock.stopped_on is not None:
            continue
        if clock.kind in row.meets:
            clock.met_on = max(move.on, clock.starts_on)
        elif has_ended:
            clock.stopped_on = today
    for kind in row.starts:
        session.add(clock_row(clocks.start(kind, move.on), case_id=case.id))


def clock_row(clock: clocks.Clock, **owner: int) -> ClockRow:
    return ClockRow(
        **owner,
        kind=clock.kind,
        starts_on=clock.starts_on,
        length=clock.length,
        unit=clock.unit,
        basis=clock.basis,
        due_on=clock.due_on,
        is_provisional=clock.is_provisional,
        calendar=clock.calendar,
    )


def remember(session: Session, actor: Actor, case: ListingCaseRow, move: Move, before: State | None) -> None:
    """The one audit entry of a move."""
    verb = f"listing:{move.action.value.replace('_', '-')}"
    facts = {
        "from": before.value if before else None,
        "to": case.state,
        "on": move.on.isoformat(),
        "version": case.version,
    }
    audit.remember(session, actor, verb, f"case:{case.id}", move.now, reason=move.reason, facts=facts)
