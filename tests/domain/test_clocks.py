"""Dated lengths: which holds when, and what is due."""

from datetime import date

import pytest

from credit_registry.domain import clocks
from credit_registry.domain.calendar import WorkingDays
from credit_registry.domain.clocks import parse_rules
from credit_registry.domain.listing import STEPS

ENTRY = {
    "kind": "x",
    "title": "某期限",
    "length": 5,
    "unit": "working_day",
    "valid_from": date(2023, 10, 1),
    "source": "read",
    "basis": "某法",
}


def test_a_clock_tells_all_that_is_needed_to_check_it() -> None:
    clock = clocks.start("statement", date(2026, 11, 24))

    assert (clock.starts_on, clock.length, clock.unit) == (date(2026, 11, 24), 5, "working_day")
    assert clock.due_on == date(2026, 12, 1)
    assert "第六十四条" in clock.basis
    assert not clock.is_provisional


def test_a_duty_in_months_rolls_to_a_working_day_and_a_period_does_not() -> None:
    assert clocks.start("yearly_check", date(2025, 12, 5)).due_on == date(2026, 12, 7)
    assert clocks.period_until("black_period", date(2023, 12, 5)) == date(2026, 12, 5)


def test_a_period_must_be_of_months() -> None:
    with pytest.raises(ValueError, match="not a period of months"):
        clocks.period_until("statement", date(2026, 11, 24))


def test_the_length_in_force_on_the_first_day_holds() -> None:
    rules = parse_rules([{**ENTRY, "length": 7, "valid_from": date(2026, 1, 1)}, ENTRY])["x"]

    assert [rule.length for rule in rules] == [5, 7]


@pytest.mark.parametrize(
    "broken",
    [
        [{**ENTRY, "unit": "fortnight"}],
        [{**ENTRY, "source": "guessed"}],
        [{**ENTRY, "length": 0}],
        [ENTRY, ENTRY],
    ],
)
def test_a_malformed_length_stops_the_program(broken: list[dict[str, object]]) -> None:
    with pytest.raises(ValueError, match=r"cannot be used|begin on one day"):
        parse_rules(broken)


def test_every_clock_that_a_step_starts_or_meets_has_a_dated_length() -> None:
    used = {
        clock for table in STEPS.values() for step in table.values() for clock in (*step.starts, *step.meets)
    }

    assert used <= set(clocks.kinds())


def test_days_of_the_calendar_roll_as_well() -> None:
    plain = WorkingDays("t", frozenset({2026}), frozenset(), frozenset(), frozenset())

    assert clocks.due_of(date(2026, 11, 20), 1, "day", plain).day == date(2026, 11, 23)
