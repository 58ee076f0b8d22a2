"""What an enterprise may lawfully do about a record: pay, repair, close, comply, pass a recheck, ask for removal.

An act is an assumption to be scored, never a promise: whether a repair is granted is for the authority to decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from credit_registry.domain import clocks, penalties


@dataclass(frozen=True)
class Act:
    """One lawful act about one record.

    Attributes:
        code: names it within one answer, such as ``repair_penalty:12``.
        record: its number; negative for an entry in force, the case's number with the sign turned.
        earliest_on: the first day on which it may be done.
        needs: codes of the acts that must come with it.
        changes: columns of the record as they stand once the act is done on its earliest day.
    """

    code: str
    kind: str
    title: str
    record: int
    record_kind: str
    document_no: str | None
    earliest_on: date
    basis: str
    note: str | None
    needs: tuple[str, ...]
    changes: Mapping[str, object]

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "kind": self.kind,
            "title": self.title,
            "record": self.record,
            "record_kind": self.record_kind,
            "document_no": self.document_no,
            "earliest_on": self.earliest_on.isoformat(),
            "basis": self.basis,
            "note": self.note,
            "needs": list(self.needs),
        }


def acts_on(record: Mapping[str, Any], *, on: date) -> tuple[Act, ...]:
    """The acts that a record still allows from ``on`` onwards, none for one that has ended.

    Args:
        record: in the record vocabulary; what is unknown is None.
    """
    if record["state"] != "live":
        return ()
    find = _ACTS.get(record["kind"])
    return find(record, on) if find else ()


def _act(record: Mapping[str, Any], kind: str, title: str, earliest: date, **more: Any) -> Act:
    said = {"note": None, "needs": (), **more}
    return Act(
        f"{kind}:{record['record']}",
        kind,
        title,
        int(record["record"]),
        str(record["kind"]),
        record.get("document_no"),
        earliest,
        **said,
    )


def _about_penalty(record: Mapping[str, Any], on: date) -> tuple[Act, ...]:
    paid: tuple[Act, ...] = ()
    if record.get("fine_state") == "unpaid":
        changes = {"fine_state": "paid", "fine_paid_on": on}
        basis = "行政处罚法第六十七条"
        paid = (_act(record, "pay_fine", "缴清罚款", on, basis=basis, changes=changes),)
    kinds = record.get("penalty_kinds")
    breach_class = record.get("breach_class") or penalties.proposed_class(
        kinds, record.get("fine_fen"), record.get("is_simple_procedure"), decided_on=record["dated_on"]
    )
    periods = penalties.clocks_of(
        record["dated_on"],
        breach_class,
        on=on,
        valid_until=record.get("valid_until"),
        kinds=frozenset((kinds or "").split(";")),
    )
    repair = _act(
        record,
        "repair_penalty",
        "申请行政处罚信用修复",
        max(on, periods.repair_from),
        basis=periods.basis,
        note="须改正违法行为、履行全部义务并作出信用承诺；按当日获准测算，办理时限内会相应顺延",
        needs=tuple(act.code for act in paid),
        changes={"state": "repaired"},
    )
    return (*paid, repair)


def _about_hazard(record: Mapping[str, Any], on: date) -> tuple[Act, ...]:
    if _is_closed(record, on):
        return ()
    title = "消除重大事故隐患并通过验收销号" if record.get("hazard_grade") == "major" else "消除隐患并销号"
    basis = "安全生产法第四十一条"
    return (_act(record, "close_hazard", title, on, basis=basis, changes={"closed_on": on}),)


def _about_inspection(record: Mapping[str, Any], on: date) -> tuple[Act, ...]:
    # A recheck that was failed stays a fact of its day; only an order still running can be met.
    if record.get("result") != "open":
        return ()
    due = record.get("due_on")
    result = "fixed_in_time" if due is not None and on <= due else "fixed_late"
    changes = {"result": result, "rechecked_on": on, "closed_on": on}
    basis = "安全生产法第六十五条"
    return (_act(record, "pass_recheck", "完成整改并通过复查", on, basis=basis, changes=changes),)


def _about_order(record: Mapping[str, Any], on: date) -> tuple[Act, ...]:
    if _is_closed(record, on):
        return ()
    basis = "安全生产法第一百一十三条"
    return (
        _act(record, "comply_order", "履行停产停业或者查封决定", on, basis=basis, changes={"closed_on": on}),
    )


def _about_entry(record: Mapping[str, Any], on: date) -> tuple[Act, ...]:
    if record.get("list_kind") != "black":
        return ()
    waits_until = clocks.period_until("repair_earliest", record["dated_on"])
    return (
        _act(
            record,
            "ask_removal",
            "申请提前移出严重失信主体名单",
            max(on, waits_until + timedelta(days=1)),
            basis="安全生产严重失信主体名单管理办法第十七条",
            note="须履行义务、改正到位并经列入部门决定；按当日获准测算，办理时限内会相应顺延",
            changes={"state": "repaired"},
        ),
    )


def _is_closed(record: Mapping[str, Any], on: date) -> bool:
    closed = record.get("closed_on")
    return closed is not None and closed <= on


_ACTS = {
    "penalty": _about_penalty,
    "hazard": _about_hazard,
    "inspection": _about_inspection,
    "order_breach": _about_order,
    "listing": _about_entry,
}
