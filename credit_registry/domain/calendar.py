"""Days: which are worked, and how periods of working days and months are counted.

The start day is never counted, the last day is. A year whose notice the State Council has not given yet is
provisional: it is computed from weekdays and statutory holidays, and every answer that touched it says so.

Law:
    行政处罚法(2021-01-22) 第八十五条
    民法典(2020-05-28) 第二百零一条至第二百零三条
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from credit_registry.domain.law import documents

_DAY = timedelta(days=1)
_SATURDAY = 5
# Statutory holidays that stand on the same day of every year; the others follow the moon.
_FIXED = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


@dataclass(frozen=True)
class Due:
    """A day that was counted out, and whether a notice that is not out yet may move it."""

    day: date
    is_provisional: bool


@dataclass(frozen=True)
class WorkingDays:
    """The dated table of working days.

    Attributes:
        version: of the table; clocks keep it, so that one can tell what a due day rests on.
        known: years whose notice is out.
        off: Mondays to Fridays that are days off, known or statutory.
        worked: Saturdays and Sundays that are worked (调休).
        charted: years without notice whose statutory holidays are listed.
    """

    version: str
    known: frozenset[int]
    off: frozenset[date]
    worked: frozenset[date]
    charted: frozenset[int]

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "WorkingDays":
        notices: Mapping[int, Mapping[str, Any]] = document["notices"]
        # A notice replaces the statutory guess of its year, it does not add to it.
        statutory = {year: days for year, days in document["statutory"].items() if year not in notices}
        off = [day for year in notices.values() for day in year["off"]]
        off += [day for days in statutory.values() for day in days]
        return cls(
            version=str(document["version"]),
            known=frozenset(notices),
            off=frozenset(off),
            worked=frozenset(day for year in notices.values() for day in year["worked"]),
            charted=frozenset(statutory),
        )

    def is_known(self, year: int) -> bool:
        return year in self.known

    def is_working_day(self, day: date) -> bool:
        if day in self.worked:
            return True
        if day.weekday() >= _SATURDAY or day in self.off:
            return False
        is_charted = day.year in self.known or day.year in self.charted
        return is_charted or (day.month, day.day) not in _FIXED

    def add_working_days(self, start: date, count: int) -> Due:
        """The ``count``-th working day after ``start``.

        Args:
            start: not counted itself, worked or not.
            count: one or more.
        """
        if count < 1:
            raise ValueError("a period has at least one day")
        day = start
        for _ in range(count):
            day = self._next_working_day(day)
        return self._due(start + _DAY, day)

    def on_or_after(self, day: date) -> Due:
        """``day`` itself if it is worked, else the next that is: the last day of a duty or window."""
        found = day if self.is_working_day(day) else self._next_working_day(day)
        return self._due(day, found)

    def _next_working_day(self, day: date) -> date:
        day += _DAY
        while not self.is_working_day(day):
            day += _DAY
        return day

    def _due(self, first: date, last: date) -> Due:
        return Due(last, any(not self.is_known(year) for year in range(first.year, last.year + 1)))


@cache
def working_days() -> WorkingDays:
    """The table that ships with this version of the registry."""
    return WorkingDays.from_document(documents.read("working_days"))


def add_working_days(day: date, count: int) -> Due:
    """The ``count``-th working day after ``day`` by the table in use; see `WorkingDays.add_working_days`."""
    return working_days().add_working_days(day, count)


def add_months(day: date, months: int) -> date:
    """The last day of a period of ``months`` that ``day`` starts: the same-numbered day, else the month's last.

    Example:
        31 August and 6 months end with 28 (29) February; 24 November and 36 months with 24 November.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def is_within_months(day: date, months: int, *, on: date) -> bool:
    """Whether ``on`` lies in the period of ``months`` from ``day``; an age of exactly n months is within."""
    return day <= on <= add_months(day, months)
