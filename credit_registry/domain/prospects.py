"""The way out of a grade, as frozen values: what ends when, what comes by waiting, what by acting."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from credit_registry.domain.answers import DomainView, NamedRecord
from credit_registry.domain.remedies import Act


@dataclass(frozen=True)
class Step:
    """The result from ``on`` until the next step, if nothing new happens."""

    on: date
    grade: str
    score: str | None
    domains: Mapping[str, DomainView]
    ruleset: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "on": self.on.isoformat(),
            "grade": self.grade,
            "score": self.score,
            "domains": {name: domain.as_dict() for name, domain in self.domains.items()},
            "ruleset": self.ruleset,
        }


@dataclass(frozen=True)
class LineOutlook:
    """A line that counts today, and what the calendar alone makes of it.

    Attributes:
        points: decimal text, None for a line that sets the grade.
        changes: on which days it has other points.
        ends_on: the first day without it; None where it outlasts the outlook.
    """

    domain: str
    item: str
    title: str
    records: tuple[NamedRecord, ...]
    points: str | None
    grade_after: str | None
    changes: tuple[tuple[date, str], ...]
    ends_on: date | None

    def as_dict(self) -> dict[str, Any]:
        return {
            "domain": self.domain,
            "item": self.item,
            "title": self.title,
            "records": [record.as_dict() for record in self.records],
            "points": self.points,
            "grade_after": self.grade_after,
            "changes": [{"on": on.isoformat(), "points": points} for on, points in self.changes],
            "ends_on": self.ends_on.isoformat() if self.ends_on else None,
        }


@dataclass(frozen=True)
class Way:
    """Acts that together reach a better grade, each done on its earliest day, as the engine scores them.

    Attributes:
        is_shortest: fewer acts were all tried and do not reach it before waiting does; otherwise only no single
            one of these can be left out.
    """

    acts: tuple[Act, ...]
    reached_on: date
    grade: str
    score: str | None
    is_shortest: bool

    def as_dict(self) -> dict[str, Any]:
        return {
            "acts": [act.code for act in self.acts],
            "reached_on": self.reached_on.isoformat(),
            "grade": self.grade,
            "score": self.score,
            "is_shortest": self.is_shortest,
        }


@dataclass(frozen=True)
class ProspectView:
    """The way out of one enterprise's grade.

    Attributes:
        until: how far was looked ahead.
        forecast: the first step is ``on``; each further one is a day on which something changes.
        is_stable: after the last step the calendar changes nothing more, however long one waits.
        better_on: when waiting alone brings a better grade.
        acts: that would change something.
        ways: to a better grade, each earlier than waiting: first the one of the fewest acts, then, where more acts are
            quicker, the quickest. Empty where there is none.
        is_complete: supervision facts, and what could be done about them, were withheld when false.
    """

    uscc: str | None
    name: str
    on: date
    until: date
    forecast: tuple[Step, ...]
    is_stable: bool
    better_on: date | None
    lines: tuple[LineOutlook, ...]
    acts: tuple[Act, ...]
    ways: tuple[Way, ...]
    is_best: bool
    is_complete: bool = True

    @property
    def grade(self) -> str:
        return self.forecast[0].grade

    def as_dict(self) -> dict[str, Any]:
        return {
            "uscc": self.uscc,
            "name": self.name,
            "on": self.on.isoformat(),
            "until": self.until.isoformat(),
            "grade": self.grade,
            "is_best": self.is_best,
            "forecast": [step.as_dict() for step in self.forecast],
            "is_stable": self.is_stable,
            "better_on": self.better_on.isoformat() if self.better_on else None,
            "lines": [line.as_dict() for line in self.lines],
            "acts": [act.as_dict() for act in self.acts],
            "ways": [way.as_dict() for way in self.ways],
            "is_complete": self.is_complete,
        }
