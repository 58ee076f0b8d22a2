"""The lists' use cases: open candidates, propose, move a case along the table, show it, answer who is listed.

Every move is one step of `domain.listing`; nothing here knows a state by name except where it asks the table.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from credit_registry.domain import clocks, listing
from credit_registry.domain.answers import beijing_day
from credit_registry.domain.errors import Duplicate, IllegalTransition, InvalidInput, NotAllowed, NotFound
from credit_registry.domain.guards import Guard
from credit_registry.domain.paging import Page
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.series import ListKind, Series, find, require_enabled
from credit_registry.domain.steps import ACTION_TITLES, ENDED, STATE_TITLES, Action, State
from credit_registry.services import candidates, casework, grade_cases, recusals, situations
from credit_registry.services.case_file import case_view
from credit_registry.services.case_views import (
    CaseSummary,
    CaseView,
    EntryView,
    summary,
)
from credit_registry.services.enterprises import fetch
from credit_registry.services.standings import entries_of, listing_rows
from credit_registry.storage.database import Session
from credit_registry.storage.queries import audit, enterprises, entries, worklists
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.listings import ListingCaseRow


def open_candidates(
    session: Session,
    actor: Actor,
    conditions: Iterable[tuple[int, str, Sequence[int]]],
    *,
    now: datetime,
) -> tuple[int, ...]:
    """Open a candidate case wherever a rule found a condition met by a penalty of an office that keeps lists.

    Nothing beyond CANDIDATE follows by itself. Running it again opens nothing twice, and what an officer has
    dropped, or what has already led to an entry, does not come back for the same records.

    Args:
        conditions: (enterprise_id, condition code, record ids), as the rules report them.

    Returns:
        the ids of the cases opened now.
    """
    actor.require(Permission.ASSESSMENTS_RUN)
    opened, added = candidates.open_for(session, actor, conditions, now=now)
    if opened or added:
        facts = {"opened": list(opened), "grounds_added": added}
        audit.remember(session, actor, "listing:open-candidates", "list:black", now, facts=facts)
    return opened


def propose(
    session: Session,
    actor: Actor,
    uscc: str,
    *,
    series: str,
    reason: str,
    now: datetime,
    grounds: Sequence[tuple[str, int]] = (),
    papers: situations.Papers | None = None,
) -> CaseView:
    """Begin a case by hand, on behalf of the actor's own office.

    Args:
        series: ``safety-order-11`` (black), ``safety-red-133`` (red) or ``safety-fire-grade``, whose case proposes
            to announce the grade computed today.
        grounds: for a black case: (condition code, record id); the record is a penalty of the actor's office,
            or a record of the same event as such a penalty.
        papers: for a red case: ``red_application`` of the enterprise, or its ``consent``, and ``commitment``.

    Raises:
        Duplicate: a case of this key is under way.
        IllegalTransition: ``no-standing-ground``; ``on-other-list`` for a red case.
        NotAllowed: another office's matter.
        Unavailable: the list is switched off.
    """
    actor.require(Permission.LISTINGS_PROPOSE)
    office_id = _acting_office(actor)
    chosen = require_enabled(series)
    enterprise = fetch(session, actor, uscc)
    enterprises.lock(session, enterprise.id)
    recusals.require_free(
        session, actor, case_id=None, enterprise_id=enterprise.id, who=Permission.LISTINGS_PROPOSE
    )
    under_way = cases.pending(session, enterprise.id, series, office_id)
    if under_way is not None:
        raise _already_open(under_way)
    handed = dict(papers or {})
    if chosen.kind is ListKind.GRADE:
        grade_cases.require_keeper(actor)
    action = Action.APPLY if "red_application" in handed else Action.PROPOSE
    row = listing.STEPS[chosen.kind].get((None, action))
    move = casework.prepare(row, action, now=now, reason=reason, handed_in=handed)
    case = candidates.new_case(enterprise.id, office_id, chosen, "officer", State.CANDIDATE, now)
    if chosen.kind is ListKind.BLACK:
        found = candidates.own_grounds(session, chosen, enterprise.id, office_id, grounds)
        session.add(case)
        session.flush()
        session.add_all(candidates.ground_row(case.id, ground, now) for ground in found)
        session.flush()
    elif chosen.kind is ListKind.GRADE:
        session.add(case)
        session.flush()
        grade_cases.freeze(session, case, now=now)
    else:
        _refuse_red_beside_black(session, enterprise.id)
        case.state = State.APPLIED if action is Action.APPLY else State.PROPOSED
        case.origin = "application" if action is Action.APPLY else "officer"
        session.add(case)
        session.flush()
    step = listing.step(
        chosen.kind, None, action, situations.situation(session, case, actor, move), reason=reason
    )
    case.drafter_id = actor.account_id
    first = casework.opening_step(session, case, actor, move, account_id=actor.account_id)
    casework.file_opening_papers(session, case, enterprise, first, move, step)
    session.flush()
    casework.remember(session, actor, case, move, None)
    return case_view(session, case, enterprise, beijing_day(now))


def advance(
    session: Session,
    actor: Actor,
    case_id: int,
    action: str,
    *,
    version: int,
    now: datetime,
    reason: str | None = None,
    papers: situations.Papers | None = None,
    facts: Mapping[str, object] | None = None,
) -> CaseView:
    """Take one step of a case.

    Args:
        action: a value of `domain.steps.Action`.
        version: of the case as the actor saw it.
        papers: by kind, the fields of each paper handed in; papers we issue need none (see `domain.papers`).
        facts: details of the act itself, such as ``{"ban_until": …}`` with a decision, or ``{"met": …}`` with
            a check of the red list's conditions.

    Raises:
        StaleVersion: somebody moved the case since.
        IllegalTransition: the table has no such row, or a guard does not hold (``code`` names it).
        InvalidInput: reason or papers are missing or incomplete.
        NotAllowed: no permission, another office's case, or the same person would act at both ends.
    """
    chosen = _action(action)
    case, enterprise = locked_case(session, actor, case_id)
    account_of(actor)
    actor.require_office(case.office_id)
    row = listing.STEPS[ListKind(case.list_kind)].get((State(case.state), chosen))
    if row is not None and row.who is None:
        raise NotAllowed(
            f"“{ACTION_TITLES[chosen]}”由系统依据记录自动办理，不能人工办理。", code="not-for-persons"
        )
    if row is not None and row.who is not None:
        actor.require(row.who)
        recusals.require_free(session, actor, case_id=case.id, enterprise_id=case.enterprise_id, who=row.who)
    if case.version != version:
        raise casework.stale(case)
    move = casework.prepare(row, chosen, now=now, reason=reason, handed_in=papers, facts=facts)
    _check_sector(find(case.series), move)
    return _taken(session, actor, case, enterprise, move)


def _taken(
    session: Session, actor: Actor, case: ListingCaseRow, enterprise: EnterpriseRow, move: situations.Move
) -> CaseView:
    before = State(case.state)
    move = situations.with_evidence(session, case, move)
    where = situations.situation(session, case, actor, move)
    step = listing.step(ListKind(case.list_kind), before, move.action, where, reason=move.reason)
    if move.action is Action.RESTORE:
        under_way = cases.pending(session, case.enterprise_id, case.series, case.office_id)
        if under_way is not None:
            raise _already_open(under_way)
    casework.take(session, case, enterprise, actor, move, step, account_id=actor.account_id)
    casework.remember(session, actor, case, move, before)
    return case_view(session, case, enterprise, beijing_day(move.now))


def get(session: Session, actor: Actor, case_id: int, *, now: datetime) -> CaseView:
    """A whole case: for its own office, the keeper of the register, and the auditor."""
    case, enterprise = _visible(session, actor, case_id)
    return case_view(session, case, enterprise, beijing_day(now))


def page(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    state: str | None = None,
    list_kind: str | None = None,
    due_until: date | None = None,
    uscc: str | None = None,
    is_mine: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> Page[CaseSummary]:
    """The worklist: cases by their next legal deadline, else by the window that must pass; the others last.

    Args:
        state: one state, or ``open`` for every case that is not ended.
        due_until: only what is due by that day; yesterday gives what is overdue.
        is_mine: only cases in which the actor has taken a step.
    """
    actor.require(Permission.REGISTER_READ)
    states: Iterable[str] | None = [state] if state else None
    if state == "open":
        states = [each for each in State if each not in ENDED]
    elif state is not None and state not in State.__members__:
        raise InvalidInput(f"没有“{state}”这种状态。", code="unknown-state", facts={"known": list(State)})
    enterprise_id = fetch(session, actor, uscc).id if uscc else None
    limit = max(1, min(limit, 500))
    sees_all = actor.is_keeper or actor.may(Permission.AUDIT_READ)
    rows = worklists.page(
        session,
        office_id=None if sees_all else actor.office_id or 0,
        states=states,
        list_kind=list_kind,
        due_until=due_until,
        enterprise_id=enterprise_id,
        account_id=account_of(actor) if is_mine else None,
        within=actor.subdistricts,
        duties=clocks.duties(),
        after=_cursor(after),
        limit=limit + 1,
    )
    today = beijing_day(now)
    items = tuple(
        summary(case, enterprise, due, wait, today) for case, enterprise, due, wait, _ in rows[:limit]
    )
    if len(rows) <= limit:
        return Page(items)
    last_case, *_, last_day = rows[limit - 1]
    return Page(items, f"{last_day.isoformat()}_{last_case.id}")


def account_of(actor: Actor) -> int:
    """The person who acts: due process is for people with names, never for a key or a terminal."""
    if actor.account_id is None:
        raise NotAllowed("名单案件须由具名工作人员办理。请用本人账号登录后办理。", code="person-required")
    return actor.account_id


def _acting_office(actor: Actor) -> int:
    account_of(actor)
    if actor.office_id is None:
        raise NotAllowed("名单案件须以部门名义办理。请用所在部门的账号登录。", code="office-required")
    return actor.office_id


def _action(action: str) -> Action:
    try:
        return Action(action)
    except ValueError:
        raise InvalidInput(
            f"没有“{action}”这一步骤。",
            code="unknown-action",
            facts={"known": [each.value for each in Action]},
        ) from None


def _visible(session: Session, actor: Actor, case_id: int) -> tuple[ListingCaseRow, EnterpriseRow]:
    actor.require(Permission.REGISTER_READ)
    case = cases.get(session, case_id)
    if case is None:
        raise NotFound(f"没有编号为 {case_id} 的名单案件。请核对编号。", code="unknown-case")
    if not (actor.is_keeper or actor.may(Permission.AUDIT_READ)):
        actor.require_office(case.office_id)
    enterprise = enterprises.find_by_id(session, case.enterprise_id)
    assert enterprise is not None, "a case belongs to an enterprise"
    if not actor.sees(enterprise.subdistrict_code):
        raise NotAllowed(
            "该企业不在您负责的街镇范围内。如工作需要，请联系登记主管部门。", code="out-of-scope"
        )
    return case, enterprise


def locked_case(session: Session, actor: Actor, case_id: int) -> tuple[ListingCaseRow, EnterpriseRow]:
    """The case and its enterprise, locked: enterprise first, so that red and black wait for each other."""
    case, _ = _visible(session, actor, case_id)
    enterprise = enterprises.lock(session, case.enterprise_id)
    locked = cases.lock(session, case_id)
    if enterprise is None or locked is None:
        raise AssertionError("neither cases nor enterprises are ever deleted")
    return locked, enterprise


def _already_open(case: ListingCaseRow) -> Duplicate:
    return Duplicate(
        f"该企业已有一件正在办理的案件（编号 {case.id}，{STATE_TITLES[State(case.state)]}）。请在该案件中办理。",
        code="open-case",
        facts={"case_id": case.id, "state": case.state},
    )


def _refuse_red_beside_black(session: Session, enterprise_id: int) -> None:
    blocking = entries.entry_of_other_list(session, enterprise_id, ListKind.RED)
    if blocking is not None:
        raise IllegalTransition(
            "该企业在严重失信主体名单上，不能申请列入守信激励名单。请在移出满三年后再申请。",
            code=Guard.NOT_ON_OTHER_LIST.value,
            facts={"other_list_case": blocking},
        )


def _check_sector(series: Series, move: situations.Move) -> None:
    notice = move.received.get("listing_notice")
    if notice is not None and notice["sector"] not in series.sectors:
        raise InvalidInput(
            f"“{notice['sector']}”不在办法第二条规定的行业领域内。请从下列领域中选择：{'、'.join(series.sectors)}。",
            code="sector-out-of-scope",
            facts={"sectors": list(series.sectors)},
        )


def _cursor(after: str | None) -> tuple[date, int] | None:
    if after is None:
        return None
    day, _, number = after.partition("_")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        raise InvalidInput("翻页参数无效，请回到第一页。", code="bad-cursor") from None


__all__ = [
    "EntryView",
    "account_of",
    "advance",
    "entries_of",
    "get",
    "listing_rows",
    "open_candidates",
    "page",
    "propose",
]
