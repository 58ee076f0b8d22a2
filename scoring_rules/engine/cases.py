"""Conditions and quantities of cases: a subject in one domain, over all its records there."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from scoring_rules.engine import exact
from scoring_rules.engine.aggregation import Total
from scoring_rules.engine.calendar import MISSING, NEVER, Bools, Ints, add_months, end_of
from scoring_rules.engine.conditions import Truth, both, bounded, either, negated
from scoring_rules.engine.exact import Exact
from scoring_rules.engine.facts import Facts
from scoring_rules.engine.firing import Fired
from scoring_rules.engine.gathering import keys_of, taken
from scoring_rules.engine.quantities import (
    RecordQuantities,
    combined,
    defaulted,
    elapsed,
    first_of,
    looked_up,
    table_of,
)
from scoring_rules.language.conditions import (
    All,
    Any_,
    Cluster,
    Condition,
    Count,
    Has,
    InDomain,
    Live,
    Not,
    OfSubject,
    ValueTest,
)
from scoring_rules.language.quantities import (
    Attribute,
    Choose,
    Collect,
    Combined,
    Elapsed,
    Group,
    Literal,
    Lookup,
    Part,
    Rank,
    Rounded,
    Snapshots,
    Table,
)


class Cases:
    """``turns`` gathers the soonest change of every quantity that was asked for; conditions bring their own.

    ``seen`` is told which records make a condition hold: caps, vetoes and list conditions name them.
    """

    def __init__(
        self,
        facts: Facts,
        records: RecordQuantities,
        fired: dict[str, Fired],
        total: Callable[[str], Total],
        rank: Callable[[str], Exact],
    ) -> None:
        self.facts, self.records, self.fired, self.total, self.rank = facts, records, fired, total, rank
        self.subject_of = np.repeat(np.arange(facts.subject_ids.size), len(facts.domains))
        self.turns = np.full(facts.case_count, NEVER, dtype=np.int64)
        self.seen: Callable[[Ints], None] | None = None
        self._parts: dict[str, Exact] = {}

    # -- conditions -----------------------------------------------------------------------------------------------

    def named(self, condition: Condition) -> tuple[Truth, Ints]:
        """Where it holds, and the rows that make it hold there, by case.

        What is met by the absence of records, or by a number alone, names none.
        """
        told: list[Ints] = []
        outer, self.seen = self.seen, told.append
        truth = self.holds(condition)
        self.seen = outer
        rows = np.unique(np.concatenate(told)) if told else np.zeros(0, dtype=np.int64)
        rows = rows[truth.holds[self.facts.case_of[rows]]]
        return truth, rows[np.argsort(self.facts.case_of[rows], kind="stable")]

    def _branch(self, condition: Condition) -> Truth:
        """One of several ways to hold: where it does not, its records are no reason for the whole."""
        if self.seen is None:
            return self.holds(condition)
        truth, rows = self.named(condition)
        self._tell(rows)
        return truth

    def holds(self, condition: Condition) -> Truth:
        match condition:
            case All(parts):
                return both([self.holds(part) for part in parts])
            case Any_(parts):
                return either([self._branch(part) for part in parts])
            case Not(part):
                kept, self.seen = self.seen, None
                found = negated(self.holds(part))
                self.seen = kept
                return found
            case OfSubject(part):
                truth = self.records.conditions.of_subjects(part)
                turns = None if truth.turns is None else truth.turns[self.subject_of]
                return Truth(truth.holds[self.subject_of], turns)
            case Has(part):
                return self._has(part)
            case Live(items, _):
                return self._live(items)
            case InDomain(names, _):
                inside = np.array([domain in names for domain in self.facts.domains])
                return Truth(np.tile(inside, self.facts.subject_ids.size))
            case Count():
                return self._count(condition)
            case Cluster():
                return self._cluster(condition)
            case ValueTest():
                return Truth(bounded(self.of(condition.of), condition))
        raise TypeError(f"{type(condition).__name__} is not a condition of cases")

    def _gathered(self, condition: Condition) -> tuple[Ints, Truth]:
        """Rows of graded domains and the truth of the condition on them."""
        rows, truth = self.records.conditions.matching(condition)
        if self.facts.ruleset.domain_attribute is not None:
            inside = self.facts.case_of[rows] >= 0
            rows = rows[inside]
            truth = Truth(truth.holds[inside], None if truth.turns is None else truth.turns[inside])
        return rows, truth

    def _has(self, condition: Condition) -> Truth:
        rows, truth = self._gathered(condition)
        size = self.facts.case_count
        holds = np.zeros(size, dtype=bool)
        if not rows.size:
            return Truth(holds)
        hit = rows[truth.holds]
        holds[self.facts.case_of[hit]] = True
        self._tell(hit)
        if truth.turns is None:
            return Truth(holds)
        # It holds until the last record that makes it hold has turned, and fails until the first other one has.
        falls = np.full(size, MISSING, dtype=np.int64)
        np.maximum.at(falls, self.facts.case_of[hit], truth.turns[truth.holds])
        rises = np.full(size, NEVER, dtype=np.int64)
        np.minimum.at(rises, self.facts.case_of[rows[~truth.holds]], truth.turns[~truth.holds])
        return Truth(holds, np.where(holds, falls, rises))

    def _live(self, items: tuple[str, ...]) -> Truth:
        """Turns with the items themselves, which are always watched."""
        holds = np.zeros(self.facts.case_count, dtype=bool)
        for one in self.fired.values():
            if one.item.id in items or (one.item.code and one.item.code in items):
                holds[self.facts.case_of[one.rows]] = True
                self._tell(one.rows)
        return Truth(holds)

    def _count(self, count: Count) -> Truth:
        rows, truth = self._gathered(count.of)
        if count.within is not None:
            days = self.facts.records.days(count.dated or self.facts.ruleset.dated or "")[rows]
            ends = end_of(days, count.within, inclusive=self.facts.inclusive)
            inside = (days > MISSING) & (days <= self.facts.on) & (ends > self.facts.on)
            truth = both([truth, Truth(inside, np.where(inside, ends, NEVER))])
        turns = np.full(rows.size, NEVER, dtype=np.int64) if truth.turns is None else truth.turns
        hit = rows[truth.holds]
        case, falls = self._one_each(hit, turns[truth.holds], count.distinct)
        number = np.bincount(case, minlength=self.facts.case_count)
        self._tell(hit)
        rises = np.full(self.facts.case_count, NEVER, dtype=np.int64)
        np.minimum.at(rises, self.facts.case_of[rows[~truth.holds]], turns[~truth.holds])
        least = Truth(np.ones(number.size, dtype=bool))
        if count.at_least is not None:
            enough = number >= count.at_least
            least = Truth(enough, np.where(enough, _nth_soonest(case, falls, number, count.at_least), rises))
        if count.at_most is None:
            return least
        few = number <= count.at_most
        most = Truth(few, np.where(few, rises, _nth_soonest(case, falls, number, count.at_most + 1)))
        return both([least, most])

    def _one_each(self, rows: Ints, turns: Ints, distinct: tuple[str, ...]) -> tuple[Ints, Ints]:
        """Case and last turn of every different record. A missing value differs from everything."""
        case = self.facts.case_of[rows]
        if not distinct or not rows.size:
            return case, turns
        keys = self.distinct_keys(rows, distinct)
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        last = np.full(first.size, MISSING, dtype=np.int64)
        np.maximum.at(last, inverse, turns)
        return case[first], last

    def distinct_keys(self, rows: Ints, distinct: tuple[str, ...]) -> Ints:
        return keys_of(self.facts, rows, distinct, self.facts.case_of[rows])

    def _cluster(self, cluster: Cluster) -> Truth:
        rows, truth = self._gathered(cluster.of)
        size, inclusive = self.facts.case_count, self.facts.inclusive
        if not rows.size:
            return Truth(np.zeros(size, dtype=bool))
        rises = np.full(size, NEVER, dtype=np.int64)
        if truth.turns is not None:
            np.minimum.at(rises, self.facts.case_of[rows], truth.turns)
        days = self.facts.records.days(cluster.dated or self.facts.ruleset.dated or "")
        rows = rows[truth.holds & (days[rows] > MISSING) & (days[rows] <= self.facts.on)]
        rows = rows[self.facts.order(rows)]
        rows = rows[np.argsort(days[rows], kind="stable")]
        if cluster.distinct and rows.size:
            _, first = np.unique(self.distinct_keys(rows, cluster.distinct), return_index=True)
            rows = rows[np.sort(first)]
        case = self.facts.case_of[rows]
        by = np.argsort(case, kind="stable")
        rows, case = rows[by], case[by]
        value = exact.constant(1, rows.size)
        if cluster.value is not None:
            value = self.records.of(cluster.value, rows)
            rows, case, value = rows[value.present()], case[value.present()], value.at(value.present())
        day = days[rows]
        reach = end_of(day, cluster.within, inclusive=inclusive)
        first = _window_starts(case, day, reach)
        fits = exact.compare(exact.window_sums(value, first), "at_least", cluster.at_least)
        last = np.full(rows.size, NEVER, dtype=np.int64)
        if cluster.lasts is not None:
            last = end_of(day, cluster.lasts, inclusive=inclusive)
        falls = np.full(size, MISSING, dtype=np.int64)
        np.maximum.at(falls, case[fits], last[fits])
        holds = falls > self.facts.on
        if self.seen is not None:
            members = np.zeros(rows.size, dtype=bool)
            for position in np.flatnonzero(fits & (last > self.facts.on)):
                members[first[position] : position + 1] = True
            self._tell(rows[members])
        return Truth(holds, np.where(holds, np.minimum(falls, rises), rises))

    def _tell(self, rows: Ints) -> None:
        if self.seen is not None:
            self.seen(rows)

    # -- quantities -----------------------------------------------------------------------------------------------

    def of(self, quantity: object) -> Exact:
        size = self.facts.case_count
        match quantity:
            case Literal(value):
                return exact.constant(value, size)
            case Group(name, _):
                return self.total(name).per_case
            case Part(name, _):
                return self.part(name)
            case Rank(name, _):
                return self.rank(name)
            case Attribute(_, name, missing, _):
                return defaulted(self.facts.subjects.numbers(name).at(self.subject_of), missing)
            case Table():
                return table_of(quantity, lambda key: (self.facts.subjects, self.subject_of), self.of)
            case Lookup(of, points, steps, _):
                return looked_up(self.of(of), points, steps=steps)
            case Combined(op, parts, _):
                return combined(op, [self.of(part) for part in parts])
            case Choose():
                truths = [self.watched(case.when) for case in quantity.cases]
                values = [self.of(case.value) for case in quantity.cases]
                return first_of(
                    truths, values, None if quantity.otherwise is None else self.of(quantity.otherwise)
                )
            case Rounded(of, scale, rounding):
                inner = self.of(of)
                return Exact(exact.rounded(inner.zeroed(), scale, rounding), scale, inner.ok)
            case Elapsed(unit, from_, to, _, _):
                number, turns = elapsed(unit, from_, to, self.facts.subjects, self.subject_of, self.facts)
                self.turns = np.minimum(self.turns, turns)
                return number
            case Collect():
                return self._collect(quantity)
            case Snapshots():
                return self._snapshots(quantity)
        raise TypeError(f"{type(quantity).__name__} is not a quantity of cases")

    def watched(self, condition: Condition) -> Bools:
        truth = self.holds(condition)
        if truth.turns is not None:
            self.turns = np.minimum(self.turns, truth.turns)
        return truth.holds

    def part(self, name: str) -> Exact:
        if name not in self._parts:
            shape = next(part for part in self.facts.ruleset.parts if part.id == name)
            self._parts[name] = self.of(shape.value)
        return self._parts[name]

    def _rows(self, when: Condition | None) -> Ints:
        if when is None:
            rows = np.arange(self.facts.records.size, dtype=np.int64)
            return rows[self.facts.case_of >= 0]
        rows, truth = self._gathered(when)
        if truth.turns is not None:
            np.minimum.at(self.turns, self.facts.case_of[rows], truth.turns)
        return rows[truth.holds]

    def _collect(self, collect: Collect) -> Exact:
        rows = self._rows(collect.when)
        rows = rows[self.facts.order(rows)]
        if collect.distinct:
            _, first = np.unique(self.distinct_keys(rows, collect.distinct), return_index=True)
            rows = rows[np.sort(first)]
        value = self.records.of(collect.value, rows)
        rows, value = rows[value.present()], Exact(value.n[value.present()], value.d)
        return self._taken(collect.take, rows, value, collect.dated)

    def _taken(self, take: str, rows: Ints, value: Exact, dated: str | None) -> Exact:
        days = None
        if take in ("latest", "earliest"):
            days = self.facts.records.days(dated or self.facts.ruleset.dated or "")[rows]
        return taken(take, self.facts.case_of[rows], self.facts.case_count, value, days)

    def _snapshots(self, snapshots: Snapshots) -> Exact:
        """The latest record on or before each of the days, then the mean of those that exist."""
        rows = self._rows(snapshots.when)
        name = snapshots.dated or self.facts.ruleset.dated or ""
        days = self.facts.records.days(name)[rows]
        parts = []
        for months in snapshots.months_ago:
            day = int(add_months(np.array([self.facts.on], dtype=np.int64), -months)[0])
            known = (days > MISSING) & (days <= day)
            mine = rows[known]
            mine = mine[self.facts.order(mine)]
            value = self.records.of(snapshots.value, mine)
            mine, value = mine[value.present()], Exact(value.n[value.present()], value.d)
            parts.append(self._taken("latest", mine, value, name))
            # A record comes into a snapshot so many months after its day, near a month's end perhaps a little later.
            later = rows[days > day]
            comes = np.maximum(add_months(days[days > day], months), self.facts.on + 1)
            np.minimum.at(self.turns, self.facts.case_of[later], comes)
        number = sum(part.present().astype(np.int64) for part in parts)
        total = parts[0].zeroed()
        for part in parts[1:]:
            total = exact.add(total, part.zeroed())
        counts = np.asarray(number)
        share = exact.of_fractions([Fraction(1, int(max(n, 1))) for n in counts])
        mean = exact.multiply(total, share)
        return Exact(mean.n, mean.d, counts > 0)


def _window_starts(case: Ints, day: Ints, reach: Ints) -> Ints:
    """Per record, in the order of cases and days, the first of its case whose period it still falls in."""
    low = int(day.min(initial=0))
    span = int(reach.max(initial=0)) - low + 2
    return np.searchsorted(case * span + reach - low, case * span + day - low, side="right")


def _nth_soonest(case: Ints, turns: Ints, number: Ints, least: int) -> Ints:
    """Per case, the day on which so many of its records have turned that fewer than ``least`` are left."""
    found = np.full(number.size, NEVER, dtype=np.int64)
    by = np.lexsort((turns, case))
    starts = np.concatenate([[0], np.cumsum(number)])[:-1]
    enough = np.flatnonzero(number >= least)
    if enough.size and least >= 1:
        found[enough] = turns[by][starts[enough] + number[enough] - least]
    return found
