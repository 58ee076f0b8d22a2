"""Days are Beijing's, instants are UTC."""

from datetime import UTC, date, datetime

import pytest

from credit_registry.clock import day_end, local_day


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_day_turns_at_midnight_in_beijing(at: datetime, day: date) -> None:
    assert local_day(at) == day


def test_the_end_of_a_day_belongs_to_the_next() -> None:
    end = day_end(date(2026, 7, 15))

    assert end == datetime(2026, 7, 15, 16, 0, tzinfo=UTC)
    assert local_day(end) == date(2026, 7, 16)
