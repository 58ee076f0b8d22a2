"""Days as integers since 1970-01-01, and periods of calendar months over whole columns of them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from scoring_rules.language.conditions import Period

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MISSING = -(10**9)  # no date: before every day, so that nothing starts from it
NEVER = 10**9  # after every day
_EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    return (day - _EPOCH).days


def day_of(number: int) -> date:
    return _EPOCH + timedelta(days=int(number))


def add_months(days: Ints, months: int) -> Ints:
    """The same-numbered day ``months`` later, or the last day of a shorter month. MISSING stays MISSING."""
    if not days.size:
        return days
    known = days[(days > MISSING) & (days < NEVER)]
    if not known.size:
        return days.copy()
    low, high = int(known.min()), int(known.max())
    if high - low < days.size:
        # Few distinct days in many rows: one small table and a gather beats arithmetic on every row.
        moved = _moved(np.arange(low, high + 1, dtype=np.int64), months)
        found: Ints = moved[np.clip(days, low, high) - low]
    else:
        found = _moved(np.clip(days, low, high), months)
    return np.where((days > MISSING) & (days < NEVER), found, days)


def _moved(days: Ints, months: int) -> Ints:
    stamps = days.astype("datetime64[D]")
    month = stamps.astype("datetime64[M]")
    day = (stamps - month.astype("datetime64[D]")).astype(np.int64)
    first = (month + np.timedelta64(months, "M")).astype("datetime64[D]")
    length = ((month + np.timedelta64(months + 1, "M")).astype("datetime64[D]") - first).astype(np.int64)
    moved: Ints = first.astype(np.int64) + np.minimum(day, length - 1)
    return moved


def end_of(days: Ints, period: Period, *, inclusive: bool) -> Ints:
    """First day after the period. With ``inclusive`` its last day still belongs to it. MISSING stays MISSING."""
    if period.calendar_years:
        known = (days > MISSING) & (days < NEVER)
        years = np.where(known, days, 0).astype("datetime64[D]").astype("datetime64[Y]")
        ends = (years + np.timedelta64(period.calendar_years, "Y")).astype("datetime64[D]").astype(np.int64)
        return np.where(known, ends, days)
    moved = add_months(days, period.total_months) if period.total_months else days
    extra = period.days + (1 if inclusive else 0)
    return np.where((days > MISSING) & (days < NEVER), moved + extra, days)


def start_of(on: int, period: Period, *, inclusive: bool) -> int:
    """The earliest day whose period has not ended on ``on``: one comparison instead of one end per row."""
    guess = np.arange(on - 31 * (period.total_months + 12 * period.calendar_years) - period.days - 31, on + 2)
    alive = end_of(guess.astype(np.int64), period, inclusive=inclusive) > on
    return int(guess[np.argmax(alive)])


def whole_months(start: Ints, on: Ints, *, inclusive: bool) -> Ints:
    """Months completed between two days; with ``inclusive`` a month is complete the day after its last day."""
    begin = start.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    end = on.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    months = np.maximum(end - begin, 0)
    complete = np.empty(start.shape, dtype=np.int64)
    for count in np.unique(months):
        at = months == count
        reached = add_months(start[at], int(count)) + (1 if inclusive else 0) <= on[at]
        complete[at] = count - np.where(reached, 0, 1)
    return np.maximum(complete, 0)


def next_of(start: Ints, every: int, after: Ints) -> Ints:
    """The first day later than ``after`` of those ``every`` so many months from ``start``, before it as well.

    Each is counted from the start itself, so that a 31st is the last day of shorter months and a 31st again.
    """
    known = (start > MISSING) & (after > MISSING)
    found = np.full(start.shape, MISSING, dtype=np.int64)
    first, day = start[known], after[known]
    months = [days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) for days in (first, day)]
    cycle = (months[1] - months[0]) // every
    turn = np.empty(first.shape, dtype=np.int64)
    for count in np.unique(cycle).tolist():
        at = cycle == count
        this, following = (add_months(first[at], (count + more) * every) for more in (0, 1))
        turn[at] = np.where(this > day[at], this, following)
    found[known] = turn
    return found
