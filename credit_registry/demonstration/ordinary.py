"""Ordinary years: what happens to an enterprise that nobody chose for a story."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from credit_registry.demonstration.enterprises import Enterprise, any_day
from credit_registry.demonstration.facts import (
    BRIGADE,
    CREDIT_LEAD,
    EMERGENCY,
    MARKET,
    SAFETY,
    TOWNS,
    Authority,
    Fact,
    Reporter,
)

_RESULTS = ("clean", "fixed_in_time", "fixed_late", "not_fixed", "obstructed")
_METHODS = ("random", "random", "special", "joint", "case", "routine")


def ordinary_life(subject: Enterprise, reporter: Reporter, first: date, last: date) -> Iterator[Fact]:
    """Facts of one enterprise between two days; its diligence, drawn once, colours all of them."""
    dice = reporter.dice
    diligence = dice.betavariate(4, 2)
    start = max(first, subject.registered_on + timedelta(days=60))
    if start >= last:
        return
    years = (last - start).days / 365.25
    for authority, rate in ((EMERGENCY, 0.6), (BRIGADE, 0.65), (MARKET, 0.1)):
        for on in _days(dice, rate * years, start, last):
            sender = (
                _town_of(subject) or authority
                if authority is EMERGENCY and dice.random() < 0.5
                else authority
            )
            yield reporter.inspection(
                subject, on, _result(dice, diligence), authority=sender, domain=authority.domain, method=dice.choice(_METHODS)
            )  # fmt: skip
    for on in _days(dice, (1 - diligence) * 0.75 * years, start, last):
        yield _ordinary_penalty(subject, reporter, on)
    for on in _days(dice, (1 - diligence) * 0.25 * years, start, last):
        yield _ordinary_hazard(subject, reporter, on, last)
    for on in _days(dice, (1 - diligence) * 0.02 * years, start, last):
        pending = (last - on).days < 75
        yield reporter.accident(
            subject, on, authority=dice.choice((EMERGENCY, BRIGADE)), injuries=dice.randint(0, 2),
            responsibility="pending" if pending else dice.choice(("main", "equal", "minor", "none")),
        )  # fmt: skip
    yield from _merits(subject, reporter, diligence, start, last)


def _merits(
    subject: Enterprise, reporter: Reporter, diligence: float, start: date, last: date
) -> Iterator[Fact]:
    dice = reporter.dice
    if dice.random() < diligence * 0.7:
        on = any_day(dice, max(start, last - timedelta(days=1400)), last)
        level = dice.choices(("first", "second", "third"), (1, 4, 6))[0]
        yield reporter.honour(subject, on, "standardisation", level=level)
    if dice.random() < 0.4 + 0.3 * subject.is_high_risk:
        for years_ago in range(dice.randint(1, 4)):
            on = last - timedelta(days=dice.randint(10, 350) + 365 * years_ago)
            if on > start:
                yield reporter.honour(subject, on, "insurance", months=12)
    if dice.random() < diligence * 0.3:
        yield reporter.honour(subject, any_day(dice, start, last), "commitment", months=12, authority=CREDIT_LEAD, domain=SAFETY)  # fmt: skip
    if subject.trade.is_crowded and dice.random() < diligence * 0.6:
        yield reporter.honour(
            subject, any_day(dice, start, last), "fire_station", months=12, authority=BRIGADE
        )


def _ordinary_penalty(subject: Enterprise, reporter: Reporter, on: date) -> Fact:
    dice = reporter.dice
    authority = dice.choices((EMERGENCY, BRIGADE, MARKET), (5, 6, 1))[0]
    weight = dice.choices(("minor", "general", "serious"), (35, 57, 8))[0]
    # Half of the departments' files leave the class to the register, which then proposes one.
    breach_class = weight if dice.random() < 0.5 else None
    if weight == "minor":
        return reporter.penalty(
            subject, on, authority=authority, kinds="warning", is_simple_procedure=dice.random() < 0.7, breach_class=breach_class
        )  # fmt: skip
    kinds = dice.choice(("fine;suspension", "fine;licence_suspended")) if weight == "serious" else "fine"
    return reporter.penalty(subject, on, authority=authority, kinds=kinds, breach_class=breach_class)


def _ordinary_hazard(subject: Enterprise, reporter: Reporter, on: date, last: date) -> Fact:
    dice = reporter.dice
    grade = dice.choices(("general", "major"), (4, 1))[0]
    due_on = on + timedelta(days=dice.choice((15, 30, 60)))
    late = dice.random() < 0.12
    closed_on = due_on + timedelta(days=dice.randint(5, 40) if late else -dice.randint(1, 10))
    return reporter.hazard(
        subject,
        on,
        authority=dice.choice((EMERGENCY, BRIGADE)),
        found_by=dice.choices(("authority", "self", "public"), (6, 3, 1))[0],
        grade=grade,
        due_on=due_on,
        closed_on=closed_on if closed_on <= last else None,
        overdue_on=due_on + timedelta(days=1) if late and due_on < last else None,
    )


def _result(dice: random.Random, diligence: float) -> str:
    slack = 1 - diligence
    return dice.choices(_RESULTS, (40 + 60 * diligence, 35, 22 * slack, 12 * slack, 0.8 * slack))[0]


def _days(dice: random.Random, expected: float, first: date, last: date) -> list[date]:
    """As many days as a Poisson draw gives, in order."""
    count, total = 0, dice.expovariate(1)
    while total < expected:
        count += 1
        total += dice.expovariate(1)
    return sorted(any_day(dice, first, last) for _ in range(count))


def _town_of(subject: Enterprise) -> Authority | None:
    return next((town for town in TOWNS if town.subdistrict_code == subject.subdistrict_code), None)
