"""Filling a paper from its case: what the register knows, what the step says, nothing typed twice."""

from collections.abc import Mapping
from datetime import date

from credit_registry.domain import clocks
from credit_registry.domain.letters import Letter, render, spelled
from credit_registry.domain.series import ListKind, find
from credit_registry.services import grade_cases
from credit_registry.storage.database import Session
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.listings import ListingCaseRow

_ROLE_TITLES = {
    "principal": "主要负责人",
    "responsible": "有关责任人员",
    "direct": "直接责任人员",
    "other": "其他责任人员",
}


def written(
    session: Session,
    kind: str,
    case: ListingCaseRow,
    enterprise: EnterpriseRow,
    *,
    on: date,
    reason: str | None,
    received: Mapping[str, Mapping[str, object]],
) -> Letter:
    """The text of a paper that a step of ``case`` issues, as the case stands after the step.

    Persons appear with masked numbers: the text is kept and shown, the full number stays sealed.
    """
    series = find(case.series)
    grounds = cases.grounds(session, case.id)
    codes = list(dict.fromkeys(ground.condition for ground in grounds)) or list(series.conditions)
    documents = dict.fromkeys(ground.document_no for ground in grounds if ground.document_no)
    persons = [
        f"{_ROLE_TITLES[person.role]} {person.name_masked}（{person.id_masked}）"
        for person in cases.persons(session, case.id)
    ]
    is_grade = series.kind is ListKind.GRADE
    decided = None if is_grade else case.decided_on
    period = clocks.period_until(f"{case.list_kind}_period", decided) if decided else None
    earliest = clocks.period_until("repair_earliest", decided) if decided else None
    given = {name: str(value) for fields in received.values() for name, value in fields.items()}
    return render(
        kind,
        on,
        {
            "name": enterprise.name,
            "uscc": enterprise.uscc,
            "address": enterprise.address,
            "authority": cases.office(session, case.office_id).name,
            "today": spelled(on),
            "series": f"“{series.title}”",
            "reasons": "；".join(series.condition(code).title for code in codes),
            "documents": "、".join(documents),
            "basis": "、".join(series.basis_of(code) for code in codes),
            "measures": series.measures,
            "sector": given.get("sector"),
            "persons": "；".join(persons) or "无",
            "window": clocks.latest("grade_reply" if is_grade else "statement").spelled(),
            "window_until": spelled(case.window_until),
            "noticed_on": spelled(case.noticed_on),
            "decision_no": case.decision_no,
            "period_until": spelled(period),
            "repair_from": spelled(earliest),
            "reason": reason,
            **(grade_cases.places(session, case) if is_grade else {}),
        },
    )
