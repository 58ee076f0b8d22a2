"""Penalties: the class that is proposed where the department gave none, and when one is published and repaired.

Law:
    安全生产法(2021-06-10) 第七十八条
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from credit_registry.domain.calendar import Due, add_months, add_working_days
from credit_registry.domain.law import documents

CLASSES = ("minor", "general", "serious")


@dataclass(frozen=True)
class Term:
    """What a regime says of one class.

    Attributes:
        is_published: whether it is public without a recorded reason.
        months: the longest publication, from the decision.
        repair_after: months from the decision before repair may be asked.
    """

    is_published: bool
    months: int
    repair_after: int


@dataclass(frozen=True)
class Regime:
    """The rules of publication for decisions from ``valid_from`` on."""

    valid_from: date
    title: str
    basis: str
    source: str
    publish_within_working_days: int
    minor: Term
    general: Term
    serious: Term

    def of(self, breach_class: str) -> Term:
        term: Term = getattr(self, breach_class)
        return term


@dataclass(frozen=True)
class PenaltyClocks:
    """The days that follow from a decision.

    Attributes:
        publish_by: the last day for the publication.
        repair_from: the first day on which repair may be asked, duties being done.
        published_until: the last day of publication.
        is_lenient: an older decision profits from the shorter end of the newer rule; for the owner's lawyers to confirm.
    """

    regime: str
    basis: str
    is_published: bool
    publish_by: Due
    repair_from: date
    published_until: date
    is_lenient: bool


def proposed_class(
    penalty_kinds: str | None,
    fine_fen: int | None,
    is_simple_procedure: bool | None,
    *,
    decided_on: date | None = None,
) -> str:
    """The class to propose: serious by kind or size, minor by procedure or when only warned, else general.

    Args:
        penalty_kinds: codes joined by ``;``.
    """
    rule = _class_rule(decided_on)
    kinds = frozenset(penalty_kinds.split(";")) if penalty_kinds else frozenset()
    if kinds & rule.serious_kinds or (fine_fen or 0) >= rule.huge_fine_fen:
        return "serious"
    if is_simple_procedure or (kinds and kinds <= rule.minor_kinds):
        return "minor"
    return "general"


def clocks_of(
    decided_on: date,
    breach_class: str,
    *,
    on: date,
    valid_until: date | None = None,
    kinds: frozenset[str] = frozenset(),
) -> PenaltyClocks:
    """When a penalty must be published, may be repaired, and ends to be published.

    Args:
        decided_on: the day of the decision; it chooses the regime.
        on: the day of the question: once a newer regime is in force, its shorter end helps an older decision too.
        valid_until: end of a statutory ban; publication follows a ban that lasts longer.
    """
    regime = regime_of(decided_on)
    term = regime.of(breach_class)
    months, is_lenient = term.months, False
    newer = regime_of(on) if on > decided_on else regime
    if newer.of(breach_class).months < months:
        months, is_lenient = newer.of(breach_class).months, True
    ends_on = add_months(decided_on, months)
    if kinds & _BANS and valid_until is not None and valid_until > ends_on:
        ends_on = valid_until
    return PenaltyClocks(
        regime=regime.title,
        basis=regime.basis,
        is_published=term.is_published,
        publish_by=add_working_days(decided_on, regime.publish_within_working_days),
        repair_from=add_months(decided_on, term.repair_after) if term.repair_after else decided_on,
        published_until=ends_on,
        is_lenient=is_lenient,
    )


# Kinds that forbid something for a time of their own.
_BANS = frozenset({"restriction", "licence_suspended", "suspension"})


def regime_of(decided_on: date) -> Regime:
    """The regime in force on the day of a decision; the oldest one also covers what came before."""
    found = _regimes()[0]
    for regime in _regimes():
        if regime.valid_from <= decided_on:
            found = regime
    return found


@dataclass(frozen=True)
class _ClassRule:
    valid_from: date
    huge_fine_fen: int
    serious_kinds: frozenset[str]
    minor_kinds: frozenset[str]


@cache
def _class_rules() -> tuple[_ClassRule, ...]:
    return tuple(
        _ClassRule(
            entry["valid_from"],
            int(entry["huge_fine_fen"]),
            frozenset(entry["serious_kinds"]),
            frozenset(entry["minor_kinds"]),
        )
        for entry in documents.read("penalties")["classes"]
    )


def _class_rule(decided_on: date | None) -> _ClassRule:
    rules = _class_rules()
    if decided_on is None:
        return rules[-1]
    return next((rule for rule in reversed(rules) if rule.valid_from <= decided_on), rules[0])


@cache
def _regimes() -> tuple[Regime, ...]:
    regimes = [_regime(entry) for entry in documents.read("penalties")["regimes"]]
    return tuple(sorted(regimes, key=lambda regime: regime.valid_from))


def _regime(entry: Mapping[str, Any]) -> Regime:
    terms = {name: Term(**entry[name]) for name in CLASSES}
    return Regime(**{**entry, **terms})
