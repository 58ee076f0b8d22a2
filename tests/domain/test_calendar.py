"""Working days against the notices' tables of another hand, months against the civil code's rule."""

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit_registry.domain.calendar import (
    Due,
    WorkingDays,
    add_months,
    add_working_days,
    is_within_months,
    working_days,
)

KNOWN = [
    date(2019, 1, 1) + timedelta(days=number) for number in range((date(2027, 1, 1) - date(2019, 1, 1)).days)
]
PROVISIONAL = [
    date(2027, 1, 1) + timedelta(days=number) for number in range((date(2037, 1, 1) - date(2027, 1, 1)).days)
]


def test_every_day_of_the_known_years_is_as_the_notices_say() -> None:
    table = working_days()

    assert [day for day in KNOWN if table.is_working_day(day) != chinese_calendar.is_workday(day)] == []


def test_every_day_of_the_provisional_years_is_as_the_statute_says() -> None:
    table, statutory = working_days(), holidays.country_holidays("CN", years=range(2027, 2037))

    assert [
        day
        for day in PROVISIONAL
        if table.is_working_day(day) != (day.weekday() < 5 and day not in statutory)
    ] == []


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        (date(2026, 11, 24), 5, date(2026, 12, 1)),
        (date(2026, 9, 29), 1, date(2026, 9, 30)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # a Saturday that is worked
        (date(2026, 11, 28), 1, date(2026, 11, 30)),  # from a Saturday
    ],
)
def test_working_days_cross_holidays_and_worked_saturdays(start: date, count: int, due: date) -> None:
    assert add_working_days(start, count) == Due(due, is_provisional=False)


def test_a_period_that_reaches_an_unknown_year_is_provisional() -> None:
    assert add_working_days(date(2026, 12, 24), 5) == Due(date(2026, 12, 31), is_provisional=False)
    assert add_working_days(date(2026, 12, 24), 6) == Due(date(2027, 1, 4), is_provisional=True)
    assert add_working_days(date(2050, 9, 30), 1) == Due(date(2050, 10, 4), is_provisional=True)


def test_a_notice_replaces_the_statutory_guess_of_its_year() -> None:
    document = {
        "version": "2026-12-01",
        "notices": {2027: {"source": "x", "off": [date(2027, 1, 1)], "worked": [date(2027, 1, 3)]}},
        "statutory": {2027: [date(2027, 5, 3)]},
    }
    table = WorkingDays.from_document(document)

    assert table.add_working_days(date(2027, 1, 1), 1) == Due(date(2027, 1, 3), is_provisional=False)
    assert table.is_working_day(date(2027, 5, 3))


def test_a_period_has_at_least_one_day() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        add_working_days(date(2026, 11, 24), 0)


@given(st.sampled_from(KNOWN), st.integers(1, 60))
def test_the_nth_working_day_has_n_working_days_up_to_it(start: date, count: int) -> None:
    due = add_working_days(start, count).day

    table = working_days()
    between = [start + timedelta(days=number) for number in range(1, (due - start).days + 1)]
    assert sum(table.is_working_day(day) for day in between) == count
    assert table.is_working_day(due)


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 11, 24), 36, date(2029, 11, 24)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_end_with_the_same_numbered_day_or_the_months_last(day: date, months: int, last: date) -> None:
    assert add_months(day, months) == last


def test_an_age_of_exactly_six_months_is_within_six_months() -> None:
    assert is_within_months(date(2026, 5, 24), 6, on=date(2026, 11, 24))
    assert not is_within_months(date(2026, 5, 24), 6, on=date(2026, 11, 25))
    assert not is_within_months(date(2026, 5, 24), 6, on=date(2026, 5, 23))
