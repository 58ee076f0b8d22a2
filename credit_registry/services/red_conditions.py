"""The six conditions of the good-faith list, asked of the register one by one, with evidence.

The register can refute a condition and can confirm some; what it cannot know (the persons, other platforms) an
officer attests in the check, with the day of the query. A condition is met when it is attested and not refuted.

Law:
    安监总办〔2017〕133号(2017-12-07) 第二条
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from credit_registry.domain import clocks
from credit_registry.domain.calendar import add_months
from credit_registry.domain.series import ListKind
from credit_registry.services import other_lists
from credit_registry.storage.database import Session
from credit_registry.storage.queries import entries
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.tables.records import RecordVersionRow

_BREACHES = frozenset({"false_commitment", "false_report", "order_breach"})


@dataclass(frozen=True)
class Examined:
    """What the register says of one condition on a day; ``is_refuted``: it stands against it."""

    code: str
    is_refuted: bool
    evidence: str
    queried_on: date

    def as_dict(self) -> dict[str, object]:
        return {
            "is_refuted": self.is_refuted,
            "evidence": self.evidence,
            "queried_on": self.queried_on.isoformat(),
        }


def examine(session: Session, enterprise_id: int, *, on: date) -> dict[str, Examined]:
    """All six, by code."""
    months = clocks.rule("red_look_back", on).length
    records = cases.records_of_enterprise(session, enterprise_id)
    recent = [record for record in records if record.dated_on <= on <= add_months(record.dated_on, months)]
    since = add_months(on, -months)
    black = entries.black_since(session, enterprise_id, since)
    found = {
        "r-1": _none(recent, lambda record: record.kind == "false_commitment", "虚假承诺记录"),
        "r-2": _cases_or(black, _none(recent, lambda record: record.kind in _BREACHES, "失信行为记录")),
        "r-3": _none(
            recent, lambda record: record.kind == "penalty" and record.domain == "safety", "行政处罚"
        ),
        "r-4": _none(recent, _is_fatal, "造成人员死亡且未认定无责任的事故"),
        "r-5": _standardised(records, on),
        "r-6": _cases_or(
            entries.entry_of_other_list(session, enterprise_id, ListKind.RED),
            _elsewhere(session, enterprise_id, since, on),
        ),
    }
    return {code: Examined(code, refuted, evidence, on) for code, (refuted, evidence) in found.items()}


def refuted(session: Session, enterprise_id: int, *, on: date) -> frozenset[str]:
    return frozenset(code for code, each in examine(session, enterprise_id, on=on).items() if each.is_refuted)


Answer = tuple[bool, str]


def _none(
    records: Sequence[RecordVersionRow], is_against: Callable[[RecordVersionRow], bool], what: str
) -> Answer:
    against = [record for record in records if is_against(record)]
    if not against:
        return False, f"回溯期内本系统无{what}"
    numbers = "、".join(record.document_no or f"记录{record.record_id}" for record in against[:5])
    return True, f"回溯期内有{what} {len(against)} 条：{numbers}"


def _cases_or(case_id: int | None, otherwise: Answer) -> Answer:
    return (True, f"严重失信主体名单案件 {case_id}") if case_id is not None else otherwise


def _elsewhere(session: Session, enterprise_id: int, since: date, on: date) -> Answer:
    """Joint punishment in other fields: entries of other departments' lists that reached into the look-back."""
    against = [
        view
        for view in other_lists.of_enterprise(session, enterprise_id, on=on)
        if view.list_colour == "black" and view.stood_between(since, on)
    ]
    if not against:
        return False, "本系统无在列记录，已导入的其他部门名单中回溯期内也没有"
    told = "；".join(
        f"{view.list_name}（{view.authority_name or view.source_name or '来源不详'}，{view.recorded_on} 收到）"
        for view in against[:5]
    )
    return True, f"其他部门名单 {len(against)} 条：{told}"


def _is_fatal(record: RecordVersionRow) -> bool:
    """Until responsibility is settled a fatal accident stands against the red list: nobody is praised on doubt."""
    return record.kind == "accident" and (record.deaths or 0) > 0 and record.state in ("live", "pending")


def _standardised(records: Sequence[RecordVersionRow], on: date) -> Answer:
    held = [
        record
        for record in records
        if record.kind == "honour"
        and record.honour_kind == "standardisation"
        and record.honour_level == "first"
        and record.dated_on <= on
        and (record.valid_until is None or record.valid_until >= on)
    ]
    if not held:
        return True, "本系统无有效的安全生产标准化一级证书"
    until = held[-1].valid_until
    number = held[-1].document_no or f"记录{held[-1].record_id}"
    return False, f"标准化一级证书 {number}，有效期至 {until.isoformat() if until else '长期'}"
