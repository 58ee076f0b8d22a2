"""The lists that may be kept: one series per instrument, with its conditions, all of it dated data."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from credit_registry.domain.errors import InvalidInput, Unavailable
from credit_registry.domain.law import documents


class ListKind(StrEnum):
    BLACK = "black"
    RED = "red"
    # Not a list that anybody stands on, but a procedure of the same kind: whose step table is `grade_steps`.
    GRADE = "grade"


LIST_TITLES = {
    ListKind.BLACK: "严重失信主体名单",
    ListKind.RED: "守信激励名单",
    ListKind.GRADE: "公布等级",
}
# What the public may read; whether announced grades are published waits for a municipal basis.
PUBLIC_LISTS = (ListKind.BLACK, ListKind.RED)


@dataclass(frozen=True)
class Condition:
    """One condition of an instrument: its article, and who is listed for it."""

    code: str
    article: str
    title: str
    unit: bool
    persons: tuple[str, ...]


@dataclass(frozen=True)
class Series:
    """One instrument under which entries are made.

    Attributes:
        noticed_grades: of a grade procedure: grades (中、差) to which nobody falls without notice and reply.
    """

    series: str
    kind: ListKind
    domain: str
    title: str
    instrument: str
    document: str
    valid_from: date
    is_enabled: bool
    shows_persons: bool
    sectors: tuple[str, ...]
    measures: str
    conditions: dict[str, Condition]
    noticed_grades: tuple[str, ...] = ()

    def condition(self, code: str) -> Condition:
        found = self.conditions.get(code)
        if found is None:
            raise InvalidInput(
                f"“{self.title}”没有第 {code} 项条件，请从 {'、'.join(self.conditions)} 中选择。",
                code="unknown-condition",
                facts={"condition": code, "known": list(self.conditions)},
            )
        return found

    def basis_of(self, code: str) -> str:
        return f"{self.instrument} {self.conditions[code].article}"


def _parse(entry: dict[str, Any]) -> Series:
    conditions = [
        Condition(item["code"], item["article"], item["title"], item["unit"], tuple(item["persons"]))
        for item in entry["conditions"]
    ]
    apart = ("list", "conditions", "sectors", "noticed_grades")
    plain = {name: value for name, value in entry.items() if name not in apart}
    return Series(
        kind=ListKind(entry["list"]),
        sectors=tuple(entry["sectors"]),
        noticed_grades=tuple(entry.get("noticed_grades", ())),
        conditions={condition.code: condition for condition in conditions},
        **plain,
    )


@cache
def all_series() -> dict[str, Series]:
    return {entry["series"]: _parse(entry) for entry in documents.read("lists")}


def find(series: str) -> Series:
    """Raises: InvalidInput for a series that is not configured."""
    found = all_series().get(series)
    if found is None:
        raise InvalidInput(
            f"没有编号为“{series}”的名单。已配置的名单：{'、'.join(all_series())}。",
            code="unknown-series",
            facts={"known": list(all_series())},
        )
    return found


def require_enabled(series: str) -> Series:
    """The series, if its lawful basis is configured.

    Raises:
        Unavailable: the list is switched off.
    """
    found = find(series)
    if not found.is_enabled:
        raise Unavailable(
            f"“{found.title}”尚未启用：其设立依据（{found.document}）有待确认。请由法制部门确认依据后再启用。",
            code="series-disabled",
            facts={"series": series},
        )
    return found


def of_grades() -> Series:
    """The one instrument under which grades are announced."""
    return next(series for series in all_series().values() if series.kind is ListKind.GRADE)


def of_condition(code: str) -> Series | None:
    """The enabled black series that knows the condition ``code``."""
    return next(
        (
            series
            for series in all_series().values()
            if series.is_enabled and series.kind is ListKind.BLACK and code in series.conditions
        ),
        None,
    )
