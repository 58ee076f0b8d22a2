"""A whole case as an officer sees it, read together from all its rows."""

from datetime import date

from credit_registry.domain import clocks
from credit_registry.domain.series import ListKind, find
from credit_registry.domain.steps import STATE_TITLES, State
from credit_registry.services import grade_cases
from credit_registry.services.case_views import (
    CaseView,
    clock_view,
    paper_views,
    person_view,
    step_view,
)
from credit_registry.services.standings import ground_of
from credit_registry.storage.database import Session
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.listings import ListingCaseRow


def case_view(session: Session, case: ListingCaseRow, enterprise: EnterpriseRow, today: date) -> CaseView:
    series = find(case.series)
    kind, state = ListKind(case.list_kind), State(case.state)
    taken = cases.steps(session, case.id)
    earliest = (
        clocks.period_until("repair_earliest", case.decided_on)
        if case.decided_on and kind is ListKind.BLACK
        else None
    )
    return CaseView(
        case_id=case.id,
        version=case.version,
        list_kind=kind,
        series=case.series,
        series_title=series.title,
        domain=case.domain,
        state=state,
        state_title=STATE_TITLES[state],
        enterprise_id=enterprise.id,
        uscc=enterprise.uscc,
        name=enterprise.name,
        office_id=case.office_id,
        authority=cases.office(session, case.office_id).name,
        origin=case.origin,
        opened_on=case.opened_on,
        noticed_on=case.noticed_on,
        window_until=case.window_until,
        window_is_provisional=case.window_is_provisional,
        reviewed_on=case.reviewed_on,
        decided_on=case.decided_on,
        decision_no=case.decision_no,
        served_on=case.served_on,
        entered_on=case.entered_on,
        listed_from=case.listed_from,
        listed_until=case.listed_until,
        ended_on=case.ended_on,
        ended_by=case.ended_by,
        ban_until=case.ban_until,
        hidden_since=case.hidden_since,
        repair_from=earliest,
        grounds=tuple(ground_of(ground, series) for ground in cases.grounds(session, case.id)),
        persons=tuple(person_view(person) for person in cases.persons(session, case.id)),
        steps=tuple(step_view(step) for step in taken),
        papers=paper_views(cases.papers(session, case.id), taken),
        clocks=tuple(clock_view(clock, today) for clock in cases.clocks(session, case.id)),
        matter=grade_cases.matter(session, case) if kind is ListKind.GRADE else None,
    )
