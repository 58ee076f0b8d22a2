"""Lines of items to one total per case, step by step, and the way back from the total to each line's share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from scoring_rules.engine import exact
from scoring_rules.engine.calendar import Bools, Ints
from scoring_rules.engine.exact import Exact
from scoring_rules.engine.facts import Facts
from scoring_rules.engine.firing import Fired
from scoring_rules.engine.quantities import RecordQuantities
from scoring_rules.language.items import GroupShape, Step

SELECTING = ("largest", "smallest", "latest", "earliest")


@dataclass
class Lines:
    """One line is an item on a record, or a merger of such lines (``item`` -1). ``row`` stands for its records."""

    case: Ints
    row: Ints
    item: Ints
    value: Exact

    @property
    def size(self) -> int:
        return int(self.row.size)

    def at(self, positions: Ints | Bools) -> Lines:
        return Lines(
            self.case[positions], self.row[positions], self.item[positions], self.value.at(positions)
        )


@dataclass
class Adjustment:
    """A line of its own that a cap or a floor makes: what it took away or added, before later factors."""

    why: str
    case: Ints
    row: Ints
    item: Ints
    points: Exact
    behind: int = 0  # lines put behind the others: their coefficients start here


@dataclass
class Trace:
    """How the shares of the total flow back. Each step turns the coefficients after it into those before it."""

    back: list[Callable[[Exact], Exact]] = field(default_factory=list)
    adjustments: list[tuple[int, Adjustment]] = field(default_factory=list)

    def adjust(self, adjustment: Adjustment) -> None:
        self.adjustments.append((len(self.back), adjustment))


@dataclass
class Total:
    """The total per case, the lines it came from, and the trace between them."""

    group: GroupShape
    lines: Lines
    per_case: Exact
    trace: Trace
    absorbed: Ints

    def shares(self, weight: Exact) -> tuple[Exact, list[Adjustment]]:
        """Points of every line and adjustment when the total counts ``weight`` times (per case)."""
        coefficients, found = weight, []
        pending = list(self.trace.adjustments)
        for position in range(len(self.trace.back), -1, -1):
            while pending and pending[-1][0] == position:
                one = pending.pop()[1]
                weights = coefficients.at(slice(one.behind, None)) if one.behind else coefficients
                points = exact.multiply(one.points, weights)
                found.append(Adjustment(one.why, one.case, one.row, one.item, points))
            if position:
                coefficients = self.trace.back[position - 1](coefficients)
        return exact.multiply(self.lines.value.zeroed(), coefficients), found[::-1]


class Aggregation:
    def __init__(self, facts: Facts, quantities: RecordQuantities) -> None:
        self.facts, self.quantities = facts, quantities

    def lines(self, fired: list[tuple[int, Fired]]) -> Lines:
        rows = [one.rows for _, one in fired]
        row = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
        items = [np.full(one.rows.size, position, dtype=np.int64) for position, one in fired]
        item = np.concatenate(items) if items else np.zeros(0, dtype=np.int64)
        return Lines(self.facts.case_of[row], row, item, exact.joined([one.value for _, one in fired]))

    def total(self, group: GroupShape, lines: Lines, caps: dict[int, Fraction]) -> Total:
        start, trace = lines, Trace()
        absorbed = np.zeros(0, dtype=np.int64)
        capped = not caps
        for step in group.steps:
            if step.take in SELECTING:
                lines, dropped = self._select(step, lines, trace)
                absorbed = np.concatenate([absorbed, dropped])
            else:
                if not capped:
                    lines, capped = self._cap_items(lines, caps, trace), True
                lines = self._merge(step, lines, trace)
            lines = self._scale(step, lines, trace)
        if not capped:
            lines = self._cap_items(lines, caps, trace)
        return Total(group, start, self._per_case(group, lines, trace), trace, absorbed)

    # -- one step -------------------------------------------------------------------------------------------------

    def _keys_of(self, step: Step, lines: Lines) -> Ints:
        """As ``_keys``; lines of items that the step does not speak of stay alone."""
        keys = self._keys(step.per, lines)
        if not step.items:
            return keys
        items = self.facts.ruleset.items
        spoken = np.array([item.id in step.items or item.code in step.items for item in items] + [False])
        apart = ~spoken[lines.item]
        return np.where(apart, int(keys.max(initial=0)) + 1 + np.arange(lines.size), keys)

    def _keys(self, per: tuple[str, ...], lines: Lines) -> Ints:
        """One number per group. Cases are always kept apart."""
        facts, domains = self.facts, len(self.facts.domains)
        if per in (("event",), (facts.ruleset.event,)):
            return facts.events[lines.row] * domains + lines.case % domains
        found = lines.case.astype(np.int64)
        for name in per:
            if name in ("event", facts.ruleset.event):
                more = facts.events[lines.row]
            elif name == "record":
                more = lines.row
            elif name == "item":
                more = lines.item + 1
            else:
                more = facts.records.keys(name, lines.row) + 1
            _, found = np.unique(found, return_inverse=True)
            found = found * (int(more.max(initial=0)) + 1) + more
        return found

    def _select(self, step: Step, lines: Lines, trace: Trace) -> tuple[Lines, Ints]:
        """The best of each group stay (weighted by place where weights are given); the others count 0."""
        keys = self._keys_of(step, lines)
        shared = np.flatnonzero(_shared(keys))
        weights = list(step.weights) or [Fraction(1)] * step.keep
        if not shared.size and weights[0] == 1:
            return lines, np.zeros(0, dtype=np.int64)
        place = np.zeros(lines.size, dtype=np.int64)
        if shared.size:
            place[shared] = self._places(step, lines.at(shared), keys[shared])
        table = exact.of_fractions([*weights, Fraction(0)])
        weight = table.at(np.minimum(place, len(weights)))
        stays = np.flatnonzero(~exact.is_zero(weight))
        kept = weight.at(stays)
        size = lines.size

        def back(after: Exact) -> Exact:
            return _spread(exact.multiply(after, kept), stays, size)

        trace.back.append(back)
        left = lines.at(stays)
        left.value = exact.multiply(left.value, kept)
        gone = np.ones(size, dtype=bool)
        gone[stays] = False
        return left, np.setdiff1d(lines.row[gone], left.row)

    def _places(self, step: Step, lines: Lines, keys: Ints) -> Ints:
        """0 for the best of each group, then 1, 2 …; equals in the declared order of records, then of items."""
        # Of one record, lines stand in the order of the items: a stable sort by item first.
        by_item = np.argsort(lines.item, kind="stable")
        turn = _rank(by_item[self.facts.order(lines.row[by_item], keys[by_item])])
        if step.take in ("latest", "earliest"):
            days = self.facts.records.days(self.facts.ruleset.dated or "")[lines.row]
            by = (
                np.lexsort((turn, days, keys))
                if step.take == "earliest"
                else np.lexsort((-turn, -days, keys))
            )
        else:
            value = exact.sort_keys(lines.value.zeroed())
            by = np.lexsort((turn, -value if step.take == "largest" else value, keys))
        starts = np.flatnonzero(np.concatenate([[True], keys[by][1:] != keys[by][:-1]]))
        place = np.empty(lines.size, dtype=np.int64)
        lengths = np.diff(np.concatenate([starts, [lines.size]]))
        place[by] = np.arange(lines.size) - np.repeat(starts, lengths)
        return place

    def _merge(self, step: Step, lines: Lines, trace: Trace) -> Lines:
        order = self.facts.order(lines.row)
        ordered = lines.at(order)
        if step.take == "count":
            ordered = _counted(ordered, _reordered(trace, order, lines.size))
        else:
            _reordered(trace, order, lines.size)
        _, first, parent = np.unique(self._keys_of(step, ordered), return_index=True, return_inverse=True)
        value = exact.totals(ordered.value, parent, first.size)
        share = None
        if step.take == "average":
            share = exact.of_fractions(
                [Fraction(1, int(n)) for n in np.bincount(parent, minlength=first.size)]
            )
            value = exact.multiply(value, share)

        def back(after: Exact) -> Exact:
            return (after if share is None else exact.multiply(after, share)).at(parent)

        trace.back.append(back)
        item = np.where(np.bincount(parent, minlength=first.size) == 1, ordered.item[first], -1)
        return Lines(ordered.case[first], ordered.row[first], item, value)

    def _scale(self, step: Step, lines: Lines, trace: Trace) -> Lines:
        lines = _bounded(lines, step.floor, step.cap, "step-cap", trace)
        if step.times is not None:
            times = self.quantities.of(step.times, lines.row).zeroed()
            trace.back.append(lambda after: exact.multiply(after, times))
            lines = Lines(lines.case, lines.row, lines.item, exact.multiply(lines.value, times))
        return _bounded(lines, None, step.cap_after, "step-cap", trace)

    def _cap_items(self, lines: Lines, caps: dict[int, Fraction], trace: Trace) -> Lines:
        """A line of its own for what an item has above its cap in a case."""
        extra = [lines]
        for item, cap in caps.items():
            mine = np.flatnonzero(lines.item == item)
            if not mine.size:
                continue
            cases, first, parent = np.unique(lines.case[mine], return_index=True, return_inverse=True)
            total = exact.totals(lines.value.at(mine), parent, cases.size)
            over = np.flatnonzero(exact.compare(total, "above", cap))
            if over.size:
                less = exact.subtract(exact.constant(cap, over.size), total.at(over))
                extra.append(Lines(cases[over], lines.row[mine[first[over]]], np.full(over.size, item), less))
        if len(extra) == 1:
            return lines
        size = lines.size
        added = Lines(
            np.concatenate([part.case for part in extra[1:]]),
            np.concatenate([part.row for part in extra[1:]]),
            np.concatenate([part.item for part in extra[1:]]),
            exact.joined([part.value for part in extra[1:]]),
        )
        trace.back.append(lambda after: after.at(np.arange(size)))
        trace.adjust(Adjustment("item-cap", added.case, added.row, added.item, added.value, size))
        return Lines(
            np.concatenate([lines.case, added.case]),
            np.concatenate([lines.row, added.row]),
            np.concatenate([lines.item, added.item]),
            exact.joined([lines.value, added.value]),
        )

    def _per_case(self, group: GroupShape, lines: Lines, trace: Trace) -> Exact:
        size = self.facts.case_count
        if group.take in SELECTING:
            final = Step((), (), group.take, 1, (), None, None, None, None, "", group.place)
            lines, _ = self._select(final, lines, trace)
        elif group.take == "count":
            lines = _counted(lines, trace)
        case = lines.case
        value = exact.totals(lines.value, case, size)
        share = None
        if group.take == "average":
            counts = np.bincount(case, minlength=size)
            share = exact.of_fractions([Fraction(1, int(max(n, 1))) for n in counts])
            value = exact.multiply(value, share)
            value.ok = counts > 0
        trace.back.append(lambda after: (after if share is None else exact.multiply(after, share)).at(case))
        cases = np.arange(size, dtype=np.int64)
        whole = Lines(cases, np.full(size, -1), np.full(size, -1), value)
        return _bounded(whole, group.floor, group.cap, "group-cap", trace).value


def _reordered(trace: Trace, order: Ints, size: int) -> Trace:
    def back(after: Exact) -> Exact:
        return _spread(after, order, size)

    trace.back.append(back)
    return trace


def _rank(order: Ints) -> Ints:
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    return rank


def _counted(lines: Lines, trace: Trace) -> Lines:
    ones = exact.constant(1, lines.size)
    difference = exact.subtract(ones, lines.value.zeroed())
    trace.adjust(Adjustment("count", lines.case, lines.row, lines.item, difference))
    return Lines(lines.case, lines.row, lines.item, ones)


def _bounded(lines: Lines, floor: Fraction | None, cap: Fraction | None, why: str, trace: Trace) -> Lines:
    value = lines.value
    if floor is not None:
        value = _no_less(value, floor)
    if cap is not None:
        value = exact.choose(exact.compare(value, "above", cap), exact.constant(cap, value.size), value)
    if value is lines.value:
        return lines
    difference = exact.subtract(value, lines.value)
    trace.adjust(Adjustment(why, lines.case, lines.row, lines.item, difference))
    return Lines(lines.case, lines.row, lines.item, value)


def _no_less(value: Exact, floor: Fraction) -> Exact:
    return exact.choose(exact.compare(value, "below", floor), exact.constant(floor, value.size), value)


def _spread(values: Exact, at: Ints, size: int) -> Exact:
    """``values`` at the positions ``at`` of ``size``, 0 elsewhere."""
    found = np.zeros(size, dtype=values.n.dtype)
    if not values.is_whole:
        found[:] = [Fraction(0)] * size
    found[at] = values.n
    return Exact(found, values.d)


def _shared(keys: Ints) -> Bools:
    """Lines whose group has others."""
    if not keys.size:
        return np.zeros(0, dtype=bool)
    span = int(keys.max()) + 1
    if span <= 8 * keys.size + 1024:
        found: Bools = np.bincount(keys, minlength=span)[keys] > 1
        return found
    order = np.sort(keys)
    doubles = np.unique(order[1:][order[1:] == order[:-1]])
    return np.isin(keys, doubles)
