"""Days on which something ends: the last day that counts, and the first that does not."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from scoring_rules import ruleset_in_force, score

RULES = ruleset_in_force(date(2026, 11, 1))
SUBJECTS = pd.DataFrame({"subject": [1], "registered_on": [date(2015, 1, 1)]})
LIVE = {"subject": 1, "domain": "safety", "state": "live"}
SEEN = {**LIVE, "kind": "inspection", "result": "fixed_in_time"}


def grade_on(day: date, *records: dict[str, object]) -> tuple[str, int]:
    rows = [*records, {**SEEN, "dated_on": day - timedelta(days=400)}]
    frame = pd.DataFrame([{**row, "record": at} for at, row in enumerate(rows, 1)])
    row = score(RULES, frame, SUBJECTS, on=day, findings=False).results.iloc[0]
    return str(row["grade"]), int(row["score"])


def accident(day: date) -> dict[str, object]:
    return {
        **LIVE,
        "kind": "accident",
        "accident_level": "general",
        "responsibility": "main",
        "dated_on": day,
    }


def penalty(class_: str, day: date) -> dict[str, object]:
    return {**LIVE, "kind": "penalty", "breach_class": class_, "dated_on": day}


@pytest.mark.parametrize(("day", "grade"), [(date(2026, 10, 31), "D"), (date(2026, 11, 1), "A")])
def test_two_accidents_weigh_for_twelve_months_from_the_last(day: date, grade: str) -> None:
    facts = accident(date(2025, 6, 1)), accident(date(2025, 10, 31))

    assert grade_on(day, *facts)[0] == grade


@pytest.mark.parametrize(("first", "grade"), [(date(2025, 3, 1), "D"), (date(2025, 2, 28), "B+")])
def test_accidents_twelve_months_apart_are_together_and_a_day_more_are_not(first: date, grade: str) -> None:
    assert grade_on(date(2026, 3, 1), accident(first), accident(date(2026, 3, 1)))[0] == grade


@pytest.mark.parametrize(
    ("class_", "months_end", "points"),
    [
        ("minor", date(2025, 5, 28), (980, 1000)),
        ("general", date(2025, 5, 28), (940, 970)),
        ("general", date(2026, 2, 28), (970, 1000)),
        ("serious", date(2026, 2, 28), (800, 900)),
        ("serious", date(2028, 2, 28), (900, 1000)),
    ],
)
def test_a_period_ends_with_the_same_numbered_day(
    class_: str, months_end: date, points: tuple[int, int]
) -> None:
    decided = date(2025, 2, 28)

    last = grade_on(months_end, penalty(class_, decided))[1]
    after = grade_on(months_end + timedelta(days=1), penalty(class_, decided))[1]

    assert (last, after) == points


def test_a_month_end_is_kept_within_a_shorter_month() -> None:
    """30 November 2025 and three months: 28 February 2026."""
    decided = penalty("minor", date(2025, 11, 30))

    assert grade_on(date(2026, 2, 28), decided)[1] == 980
    assert grade_on(date(2026, 3, 1), decided)[1] == 1000
