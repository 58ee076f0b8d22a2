"""Legal clocks: what length holds on which day, and what is due when.

Lengths are dated data (law/clocks.yaml). A duty or window that would end on a day off ends with the next
working day; an exposure (how long somebody stays on a list) never gets longer that way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from credit_registry.domain.calendar import Due, WorkingDays, add_months, working_days
from credit_registry.domain.law import documents

# What a party was told it has: the last day of the case's window.
WINDOWS = ("statement", "comment", "grade_reply")
UNITS = ("working_day", "day", "month")
SOURCES = ("read", "reported", "default")


@dataclass(frozen=True)
class ClockRule:
    """One dated length.

    Attributes:
        is_duty: the office owes something by its end; else it is time that others have, or that must pass.
    """

    kind: str
    title: str
    length: int
    unit: str
    basis: str
    source: str
    valid_from: date
    is_duty: bool = True

    def spelled(self) -> str:
        """The length as a lawyer reads it: ``5 个工作日``, ``36 个月``."""
        return f"{self.length} {'个工作日' if self.unit == 'working_day' else '个月'}"


@dataclass(frozen=True)
class Clock:
    """A clock that was started: everything a reader needs to check the due day by hand."""

    kind: str
    starts_on: date
    length: int
    unit: str
    basis: str
    due_on: date
    is_provisional: bool
    calendar: str


def parse_rules(document: Sequence[Mapping[str, Any]]) -> dict[str, tuple[ClockRule, ...]]:
    """The rules by kind, oldest first; a malformed entry stops the program at its start."""
    rules: dict[str, list[ClockRule]] = {}
    for entry in document:
        rule = ClockRule(**entry)
        if rule.unit not in UNITS or rule.source not in SOURCES or rule.length < 1:
            raise ValueError(f"clock rule cannot be used: {entry}")
        rules.setdefault(rule.kind, []).append(rule)
    ordered = {kind: tuple(sorted(found, key=lambda rule: rule.valid_from)) for kind, found in rules.items()}
    for kind, found in ordered.items():
        if len({rule.valid_from for rule in found}) < len(found):
            raise ValueError(f"two lengths of {kind} begin on one day")
    return ordered


@cache
def _rules() -> dict[str, tuple[ClockRule, ...]]:
    return parse_rules(documents.read("clocks"))


def kinds() -> tuple[str, ...]:
    return tuple(_rules())


@cache
def duties() -> tuple[str, ...]:
    """The kinds of clocks with which an office can be late."""
    return tuple(kind for kind in _rules() if latest(kind).is_duty)


def rule(kind: str, on: date) -> ClockRule:
    """The length that holds for a period starting ``on``; before the first, the first holds."""
    found = _rules()[kind]
    return next((candidate for candidate in reversed(found) if candidate.valid_from <= on), found[0])


def latest(kind: str) -> ClockRule:
    return _rules()[kind][-1]


def title(kind: str) -> str:
    return latest(kind).title


def start(kind: str, on: date, calendar: WorkingDays | None = None) -> Clock:
    """Start the clock ``kind`` on the day ``on``, which is not counted."""
    calendar = calendar or working_days()
    found = rule(kind, on)
    due = due_of(on, found.length, found.unit, calendar)
    return Clock(
        kind, on, found.length, found.unit, found.basis, due.day, due.is_provisional, calendar.version
    )


def due_of(starts_on: date, length: int, unit: str, calendar: WorkingDays) -> Due:
    """The last day of a duty or window of ``length`` ``unit``s."""
    if unit == "working_day":
        return calendar.add_working_days(starts_on, length)
    if unit == "month":
        return calendar.on_or_after(add_months(starts_on, length))
    return calendar.on_or_after(date.fromordinal(starts_on.toordinal() + length))


def period_until(kind: str, on: date) -> date:
    """The last day of an exposure, or of a bar to an application: by the calendar alone, never rolled on."""
    found = rule(kind, on)
    if found.unit != "month":
        raise ValueError(f"{kind} is not a period of months")
    return add_months(on, found.length)
