"""What may lawfully be done about a record, and from when."""

from datetime import date
from typing import Any

import pytest

from credit_registry.domain.remedies import acts_on

ON = date(2026, 11, 24)
PENALTY = {
    "record": 7, "kind": "penalty", "state": "live", "document_no": "京海应急罚〔2026〕7号", "dated_on": date(2026, 9, 20),
    "breach_class": "general", "penalty_kinds": "fine", "fine_state": "unknown",
}  # fmt: skip


def _kinds(record: dict[str, Any]) -> list[str]:
    return [act.kind for act in acts_on(record, on=ON)]


@pytest.mark.parametrize(
    ("dated_on", "breach_class", "earliest"),
    [
        (date(2026, 9, 20), "minor", ON),
        (date(2026, 9, 20), "general", date(2026, 12, 20)),
        (date(2026, 9, 20), "serious", date(2027, 9, 20)),
        # Decided before the present regime: the one of its own day holds, a year for safety.
        (date(2026, 3, 1), "general", date(2027, 3, 1)),
    ],
)
def test_repair_may_be_asked_from_the_day_of_the_regime_of_the_document(
    dated_on: date, breach_class: str, earliest: date
) -> None:
    (repair,) = acts_on({**PENALTY, "dated_on": dated_on, "breach_class": breach_class}, on=ON)

    assert (repair.code, repair.earliest_on) == ("repair_penalty:7", earliest)
    assert repair.basis


def test_a_class_nobody_gave_is_the_proposed_one() -> None:
    (repair,) = acts_on({**PENALTY, "breach_class": None, "penalty_kinds": "suspension"}, on=ON)

    assert repair.earliest_on == date(2027, 9, 20)


def test_only_a_fine_known_to_be_unpaid_is_to_be_paid() -> None:
    assert _kinds(PENALTY) == ["repair_penalty"]
    pay, repair = acts_on({**PENALTY, "fine_state": "unpaid"}, on=ON)
    assert (pay.kind, pay.changes) == ("pay_fine", {"fine_state": "paid", "fine_paid_on": ON})
    assert repair.needs == (pay.code,)


@pytest.mark.parametrize("state", ["repaired", "revoked", "withdrawn", "pending", "not_responsible"])
def test_a_record_that_counts_no_more_or_not_yet_asks_for_nothing(state: str) -> None:
    assert _kinds({**PENALTY, "state": state}) == []


@pytest.mark.parametrize(("due_on", "result"), [(ON, "fixed_in_time"), (date(2026, 11, 23), "fixed_late"), (None, "fixed_late")])  # fmt: skip
def test_an_order_still_running_can_be_met_in_time_or_late(due_on: date | None, result: str) -> None:
    visit = {
        "record": 3, "kind": "inspection", "state": "live", "dated_on": date(2026, 10, 1), "result": "open",
        "due_on": due_on,
    }  # fmt: skip
    (recheck,) = acts_on(visit, on=ON)

    assert recheck.changes["result"] == result
    assert _kinds({**visit, "result": "not_fixed"}) == []


def test_what_is_open_can_be_closed_once() -> None:
    hazard = {"record": 4, "kind": "hazard", "state": "live", "dated_on": date(2026, 7, 1), "closed_on": None}
    order = {**hazard, "kind": "order_breach"}

    assert (_kinds(hazard), _kinds(order)) == (["close_hazard"], ["comply_order"])
    assert _kinds({**hazard, "closed_on": ON}) == _kinds({**order, "closed_on": ON}) == []


def test_removal_from_the_list_may_be_asked_the_day_after_twelve_months() -> None:
    entry = {
        "record": -5, "kind": "listing", "state": "live", "list_kind": "black", "dated_on": date(2026, 6, 1),
        "valid_until": date(2029, 6, 1),
    }  # fmt: skip
    (removal,) = acts_on(entry, on=ON)

    assert (removal.record, removal.earliest_on) == (-5, date(2027, 6, 2))
    assert _kinds({**entry, "list_kind": "red"}) == []


def test_accidents_and_honours_leave_nothing_to_do() -> None:
    assert _kinds({**PENALTY, "kind": "accident"}) == _kinds({**PENALTY, "kind": "honour"}) == []
