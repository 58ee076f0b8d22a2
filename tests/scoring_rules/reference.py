"""A literal, slow reading of the rule language: one record at a time, Fractions, no numpy, no pandas.

Written from the meaning of the language, not from the engine; the two are compared over random rules and records.
Dates are `date`, texts are `str`, numbers Fraction, missing is None.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from scoring_rules.language import conditions as c
from scoring_rules.language import quantities as q
from scoring_rules.language.attributes import Derived, Recurring
from scoring_rules.language.grades import Effect
from scoring_rules.language.items import GroupShape, Item, Step
from scoring_rules.language.shapes import RuleSet

Row = dict[str, Any]


def add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def ends(day: date, period: c.Period, *, inclusive: bool) -> date:
    """First day after the period."""
    if period.calendar_years:
        return date(day.year + period.calendar_years, 1, 1)
    return add_months(day, period.total_months) + timedelta(days=period.days + (1 if inclusive else 0))


@dataclass
class Line:
    row: Row | None
    item: Item
    value: Fraction
    points: Fraction = Fraction(0)


class Reference:
    """One subject in one domain at a time."""

    def __init__(self, rules: RuleSet, subject: Row, records: list[Row], on: date) -> None:
        self.rules, self.on = rules, on
        self.inclusive = rules.boundary == "inclusive"
        self.subject = self._derived(dict(subject), rules.derived_subjects)
        self.rows = [dict(row) for row in records if row["subject"] == subject["subject"]]
        if rules.dated in rules.event_attributes:
            self._share(rules.dated)
        self.rows = [
            row
            for row in self.rows
            if rules.dated is None or (row.get(rules.dated) is not None and row[rules.dated] <= on)
        ]
        for name in rules.event_attributes:
            self._share(name)
        for row in self.rows:
            self._derived(row, rules.derived_records)

    def _derived(self, row: Row, declared: dict[str, Derived]) -> Row:
        for name, how in declared.items():
            if how.choose:
                case = next((k for k in how.choose if k.when is None or self.record(k.when, row)), None)
                row[name] = None if case is None else case.value if case.take is None else row.get(case.take)
                continue
            if how.recurring is not None:
                row[name] = self._recurring(how.recurring, row)
                continue
            others = [row.get(other) for other in (*how.first, *how.earliest, *how.latest)]
            present = [value for value in others if value is not None]
            if not present:
                row[name] = None
                continue
            row[name] = present[0] if how.first else min(present) if how.earliest else max(present)
        return row

    def _recurring(self, how: Recurring, row: Row) -> date | None:
        after = row.get(how.after)
        start = (
            self.subject.get(how.subject) if how.subject else row.get(how.record) if how.record else how.day
        )
        if after is None or start is None:
            return None
        step = 0
        while add_months(start, step) > after:
            step -= how.every.total_months
        while add_months(start, step) <= after:
            step += how.every.total_months
        return add_months(start, step)

    def _event(self, row: Row) -> list[Row]:
        key = row.get(self.rules.event)
        return [row] if key is None else [other for other in self.rows if other.get(self.rules.event) == key]

    def _share(self, name: str) -> None:
        for row in self.rows:
            row[name] = next((r[name] for r in self._event(row) if r.get(name) is not None), None)

    def in_domain(self, domain: str) -> list[Row]:
        attribute = self.rules.domain_attribute
        return [row for row in self.rows if attribute is None or row.get(attribute) == domain]

    def order(self, row: Row) -> tuple[Any, ...]:
        keys = [(row.get(name) is not None, row.get(name)) for name in self.rules.order]
        return (*((known, value if known else 0) for known, value in keys), row["record"])

    # -- conditions of records ------------------------------------------------------------------------------------

    def record(self, condition: Any, row: Row) -> bool:
        match condition:
            case c.All(parts):
                return all(self.record(part, row) for part in parts)
            case c.Any_(parts):
                return any(self.record(part, row) for part in parts)
            case c.Not(part):
                return not self.record(part, row)
            case c.Term(name, _):
                return self.record(self.rules.terms[name], row)
            case c.OfSubject(part):
                return self.record(part, self.subject)
            case c.EventHas(part):
                return any(self.record(part, other) for other in self._event(row))
            case c.ValueTest():
                return self.within(self.number(condition.of, row), condition)
            case c.AttributeTest(_, name, compares, _):
                return all(self.compare(compare, row.get(name), row, name) for compare in compares)
        raise TypeError(condition)

    @staticmethod
    def within(value: Fraction | None, test: Any) -> bool:
        if value is None:
            return False
        return (
            (test.at_least is None or value >= test.at_least)
            and (test.at_most is None or value <= test.at_most)
            and (test.above is None or value > test.above)
            and (test.below is None or value < test.below)
        )

    def compare(self, compare: c.Compare, value: Any, row: Row, name: str) -> bool:
        operand = compare.operand
        if compare.op == "missing":
            return (value is None) == operand
        if compare.op == "reached":
            arrived = value is not None and value <= self.on
            return bool(arrived == operand)
        if value is None:
            return False
        if compare.op in ("within", "older_than"):
            inside = ends(value, operand, inclusive=self.inclusive) > self.on
            return bool(value <= self.on and inside == (compare.op == "within"))
        if isinstance(operand, c.Reference):
            operand = row.get(operand.attribute)
            if operand is None:
                return False
            if compare.operand.plus is not None:
                plus = compare.operand.plus
                operand = add_months(operand, plus.total_months) + timedelta(days=plus.days)
        words = {str(part) for part in operand} if isinstance(operand, tuple) else set()
        held = set(value.split(";")) if isinstance(value, str) else set()
        text = {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
        tests: dict[str, Callable[[], bool]] = {
            "is": lambda: (
                text in words or (isinstance(text, Fraction) and any(text == Fraction(w) for w in words))
            ),
            "other_than": lambda: not tests["is"](),
            "includes": lambda: bool(held & words),
            "includes_all": lambda: held >= words,
            "only": lambda: held <= words,
            "mentions": lambda: any(word in value for word in words),
            "starts_with": lambda: any(value.startswith(word) for word in words),
            "at_least": lambda: value >= operand,
            "at_most": lambda: value <= operand,
            "above": lambda: value > operand,
            "below": lambda: value < operand,
        }
        return bool(tests[compare.op]())

    # -- quantities of records ------------------------------------------------------------------------------------

    def number(self, quantity: Any, row: Row) -> Fraction | None:
        match quantity:
            case q.Attribute(scope, name, missing, _):
                value = (row if scope == "record" else self.subject).get(name)
                return missing if value is None else Fraction(value)
            case q.Table(keys, values, otherwise, _):
                asked = [
                    self.number(key.of, row)
                    if key.scope == "value"
                    else (row if key.scope == "record" else self.subject).get(key.name)
                    for key in keys
                ]
                return self._cell(asked, values, otherwise)
            case q.Alike():
                return self._alike(quantity, row)
            case q.Aged(cases):
                return self.aged(cases, row)[0]
            case q.Elapsed(unit, from_, to, scope, _):
                holder = row if scope == "record" else self.subject
                return self._elapsed(unit, holder.get(from_), self.on if to is None else holder.get(to))
            case q.Choose(cases, otherwise):
                chosen = next((case.value for case in cases if self.record(case.when, row)), otherwise)
                return None if chosen is None else self.number(chosen, row)
        return self._tree(quantity, lambda part: self.number(part, row))

    @staticmethod
    def _cell(asked: list[Any], values: dict[tuple[str, ...], Fraction], otherwise: Fraction | None) -> Any:
        texts = [str(value).lower() if isinstance(value, bool) else str(value) for value in asked]
        return otherwise if None in asked else values.get(tuple(texts), otherwise)

    def _alike(self, spec: q.Alike, row: Row) -> Fraction | None:
        mine = self._likeness(spec.same, row)
        rows = [r for r in self.rows if self._likeness(spec.same, r) == mine]
        rows = [r for r in rows if spec.when is None or self.record(spec.when, r)]
        name = spec.dated or self.rules.dated or ""
        period = spec.before or spec.after
        if period is not None:
            near = []
            for other in rows:
                first, last = (other, row) if spec.before is not None else (row, other)
                if first.get(name) is None or last.get(name) is None:
                    continue
                is_earlier = (first[name], self.order(first)) < (last[name], self.order(last))
                if is_earlier and ends(first[name], period, inclusive=self.inclusive) > last[name]:
                    near.append(other)
            rows = near
        rows = self._distinct(sorted(rows, key=self.order), spec.distinct)
        return self._take(spec.take, spec.value, rows, name)

    def _likeness(self, same: tuple[str, ...], row: Row) -> tuple[Any, ...]:
        found: list[Any] = []
        for name in same:
            value = row.get(self.rules.event if name == "event" else name)
            found.append(("record", row["record"]) if value is None else value)
        return tuple(found)

    def _tree(self, quantity: Any, of: Callable[[Any], Fraction | None]) -> Fraction | None:
        match quantity:
            case q.Literal(value):
                return value
            case q.Lookup(inner, points, steps, _):
                value = of(inner)
                return None if value is None else self._lookup(value, points, steps)
            case q.Rounded(inner, scale, rounding):
                value = of(inner)
                return None if value is None else rounded(value, scale, rounding)
            case q.Combined(op, parts, _):
                values = [of(part) for part in parts]
                present = [value for value in values if value is not None]
                if op in ("greatest", "least"):
                    return (max if op == "greatest" else min)(present) if present else None
                if len(present) < len(values):
                    return None
                total = present[0]
                for value in present[1:]:
                    if op == "quotient" and value == 0:
                        return None
                    total = {
                        "sum": lambda a, b: a + b,
                        "difference": lambda a, b: a - b,
                        "product": lambda a, b: a * b,
                        "quotient": lambda a, b: a / b,
                    }[op](total, value)
                return total
        raise TypeError(quantity)

    @staticmethod
    def _lookup(value: Fraction, points: Any, steps: bool) -> Fraction:
        if value <= points[0][0]:
            return points[0][1]
        for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
            if value < x1:
                return y0 if steps else y0 + (y1 - y0) * (value - x0) / (x1 - x0)
        return points[-1][1]

    def _elapsed(self, unit: str, start: date | None, end: date | None) -> Fraction | None:
        if start is None or end is None:
            return None
        if unit == "days":
            return Fraction((end - start).days)
        months = 0
        while add_months(start, months + 1) <= end:
            months += 1
        return Fraction(months)

    def aged(self, cases: Iterable[q.Ageing], row: Row) -> tuple[Fraction, bool]:
        """The factor and whether any stage is running."""
        case = next((k for k in cases if k.when is None or self.record(k.when, row)), None)
        start = None if case is None else row.get(case.from_)
        if case is None or start is None or start > self.on:
            return Fraction(0), False
        for stage in case.stages:
            begin = start if stage.after is None else row.get(stage.after)
            if stage.open:
                end = date.max
            elif stage.until is not None:
                end = row.get(stage.until) or date.max
            elif stage.through is not None:
                last = row.get(stage.through)
                end = date.max if last is None else last + timedelta(days=1)
            elif begin is None:
                continue
            else:
                end = ends(begin, stage.period, inclusive=self.inclusive)
            if end > self.on:
                return self._factor(stage, begin, end), True
        return Fraction(0), False

    def _factor(self, stage: q.Stage, begin: date | None, end: date) -> Fraction:
        if stage.linear is None or begin is None:
            return stage.factor
        first, last = stage.linear
        if stage.by == "days" or stage.days or stage.calendar_years:
            share = Fraction((self.on - begin).days, max((end - begin).days, 1))
        else:
            done = 0
            while ends(begin, c.Period(months=done + 1), inclusive=self.inclusive) <= self.on:
                done += 1
            share = Fraction(done, stage.period.total_months)
        return first + (last - first) * share

    # -- items ----------------------------------------------------------------------------------------------------

    def matched(self, item: Item, domain: str) -> list[Row]:
        if item.domains and domain not in item.domains:
            return []
        return [row for row in self.in_domain(domain) if self.record(item.when, row)]

    def live(self, item: Item, domain: str) -> list[Row]:
        rows = self.matched(item, domain)
        return [row for row in rows if not item.validity or self.aged(item.validity, row)[1]]

    def points(self, item: Item, row: Row, domain: str, absorbed: set[int]) -> Fraction:
        points = self.number(item.points, row)
        for increment in item.increments:
            extra = Fraction(0)
            excepted = increment.unless is not None and self.record(increment.unless, row)
            if self.record(increment.when, row) and not excepted:
                found = self.number(increment.points, row)
                points = None if found is None else points
                extra = found or Fraction(0)
            points = None if points is None else points + extra
        if points is None:
            return Fraction(0)
        decay = self.aged(item.validity, row)[0] if item.validity else Fraction(1)
        return points * decay * self.repetition(item, row, domain, absorbed)

    def repetition(self, item: Item, row: Row, domain: str, absorbed: set[int]) -> Fraction:
        spec = item.repeat
        if spec is None or any(row.get(name) is None for name in spec.same):
            return Fraction(1)
        wanted = spec.among or (item.id,)
        items = [i for i in self.rules.items if i.id in wanted or i.code in wanted]
        like = {r["record"]: r for i in items for r in self.matched(i, domain)}
        dated = spec.dated or self.rules.dated or ""
        nth = 1
        for other in like.values():
            if other["record"] == row["record"] or other["record"] in absorbed:
                continue
            same = all(other.get(name) == row.get(name) for name in spec.same)
            earlier = (other[dated], self.order(other)) < (row[dated], self.order(row))
            if same and earlier and ends(other[dated], spec.within, inclusive=self.inclusive) > row[dated]:
                nth += 1
        return spec.factors[min(nth, len(spec.factors)) - 1]

    # -- groups ---------------------------------------------------------------------------------------------------

    def total(self, name: str, domain: str) -> Fraction | None:
        return self._total(name, domain, self._absorbed(domain))[0]

    def _absorbed(self, domain: str) -> set[int]:
        """Records of which no line stays in some group, by a first count in which every record repeats."""
        if all(item.repeat is None for item in self.rules.items):
            return set()
        gone: set[int] = set()
        for group in self.rules.groups:
            if group.steps:
                gone |= self._total(group.id, domain, set())[1]
        return gone

    def _total(self, name: str, domain: str, absorbed: set[int]) -> tuple[Fraction | None, set[int]]:
        group = next(group for group in self.rules.groups if group.id == name)
        position = {item.id: at for at, item in enumerate(self.rules.items)}
        lines: list[tuple[Row, int, Fraction]] = [
            (row, position[item.id], self.points(item, row, domain, absorbed))
            for item in self.rules.items
            if item.group == name
            for row in self.live(item, domain)
        ]
        gone: set[int] = set()
        capped = False
        for step in group.steps:
            if step.take in ("largest", "smallest", "latest", "earliest"):
                before = {row["record"] for row, _, _ in lines}
                lines = self._select(step, lines)
                gone |= before - {row["record"] for row, _, _ in lines}
            else:
                if not capped:
                    lines, capped = self._item_caps(lines), True
                lines = self._merge(step, lines)
            lines = [(row, item, self._scaled(step, row, value)) for row, item, value in lines]
        if not capped:
            lines = self._item_caps(lines)
        return self._final(group, lines), gone

    def _key(self, step: Step, row: Row, item: int, at: int) -> tuple[Any, ...]:
        shape = self.rules.items[item] if item >= 0 else None
        if step.items and (shape is None or (shape.id not in step.items and shape.code not in step.items)):
            return ("alone", at)
        key: list[Any] = []
        for name in step.per:
            if name in ("event", self.rules.event):
                event = row.get(self.rules.event)
                key.append(("record", row["record"]) if event is None else ("event", event))
            elif name == "record":
                key.append(row["record"])
            elif name == "item":
                key.append(item)
            else:
                key.append(row.get(name))
        return tuple(key)

    def _grouped(self, step: Step, lines: list[Any]) -> list[list[Any]]:
        groups: dict[Any, list[Any]] = {}
        for at, line in enumerate(lines):
            groups.setdefault(self._key(step, line[0], line[1], at), []).append(line)
        return list(groups.values())

    def _select(self, step: Step, lines: list[Any]) -> list[Any]:
        dated = self.rules.dated or ""
        weights = list(step.weights) or [Fraction(1)] * step.keep
        kept = []
        for group in self._grouped(step, lines):
            group = sorted(group, key=lambda line: (self.order(line[0]), line[1]))
            if step.take == "latest":
                group.reverse()  # the sort is stable: of one day, the last in order comes first
                group.sort(key=lambda line: line[0][dated], reverse=True)
            elif step.take == "earliest":
                group = sorted(group, key=lambda line: line[0][dated])
            else:
                group = sorted(group, key=lambda line: line[2], reverse=step.take == "largest")
            for (row, item, value), weight in zip(group, weights, strict=False):
                if weight != 0:
                    kept.append((row, item, value * weight))
        return kept

    def _merge(self, step: Step, lines: list[Any]) -> list[Any]:
        merged = []
        for group in self._grouped(step, lines):
            group = sorted(group, key=lambda line: self.order(line[0]))
            total = sum((value for _, _, value in group), Fraction(0))
            if step.take == "average":
                total /= len(group)
            elif step.take == "count":
                total = Fraction(len(group))
            merged.append((group[0][0], group[0][1] if len(group) == 1 else -1, total))
        return merged

    def _scaled(self, step: Step, row: Row, value: Fraction) -> Fraction:
        if step.floor is not None:
            value = max(value, step.floor)
        if step.cap is not None:
            value = min(value, step.cap)
        if step.times is not None:
            value *= self.number(step.times, row) or Fraction(0)
        return value if step.cap_after is None else min(value, step.cap_after)

    def _item_caps(self, lines: list[Any]) -> list[Any]:
        for at, item in enumerate(self.rules.items):
            total = sum((value for _, which, value in lines if which == at), Fraction(0))
            if item.cap is not None and total > item.cap:
                row = next(row for row, which, _ in lines if which == at)
                lines = [*lines, (row, at, item.cap - total)]
        return lines

    def _final(self, group: GroupShape, lines: list[Any]) -> Fraction | None:
        values = [value for _, _, value in lines]
        if group.take in ("largest", "smallest", "latest", "earliest"):
            step = Step((), (), group.take, 1, (), None, None, None, None, "", group.place)
            values = [value for _, _, value in self._select(step, lines)]
        if group.take == "count":
            total: Fraction | None = Fraction(len(values))
        elif group.take == "average":
            total = sum(values, Fraction(0)) / len(values) if values else None
        else:
            total = sum(values, Fraction(0))
        if total is None:
            return None
        if group.floor is not None:
            total = max(total, group.floor)
        return total if group.cap is None else min(total, group.cap)

    # -- cases ----------------------------------------------------------------------------------------------------

    def case_number(self, quantity: Any, domain: str) -> Fraction | None:
        match quantity:
            case q.Group(name, _):
                return self.total(name, domain)
            case q.Part(name, _):
                return self.case_number(next(p for p in self.rules.parts if p.id == name).value, domain)
            case q.Attribute() | q.Elapsed():
                return self.number(quantity, self.subject)
            case q.Table(keys, values, otherwise, _):
                asked = [
                    self.case_number(key.of, domain) if key.scope == "value" else self.subject.get(key.name)
                    for key in keys
                ]
                return self._cell(asked, values, otherwise)
            case q.Choose(cases, otherwise):
                chosen = next((k.value for k in cases if self.case(k.when, domain)), otherwise)
                return None if chosen is None else self.case_number(chosen, domain)
            case q.Collect():
                return self._collect(quantity, domain)
            case q.Snapshots(when, value, months, dated, _):
                found = [self._snapshot(when, value, add_months(self.on, -m), dated, domain) for m in months]
                present = [one for one in found if one is not None]
                return sum(present, Fraction(0)) / len(present) if present else None
        return self._tree(quantity, lambda part: self.case_number(part, domain))

    def _snapshot(self, when: Any, value: Any, day: date, dated: str | None, domain: str) -> Fraction | None:
        name = dated or self.rules.dated or ""
        rows = [r for r in self.in_domain(domain) if when is None or self.record(when, r)]
        rows = [
            r
            for r in rows
            if r.get(name) is not None and r[name] <= day and self.number(value, r) is not None
        ]
        return self.number(value, max(rows, key=lambda r: (r[name], self.order(r)))) if rows else None

    def _collect(self, collect: q.Collect, domain: str) -> Fraction | None:
        rows = [r for r in self.in_domain(domain) if collect.when is None or self.record(collect.when, r)]
        rows = self._distinct(sorted(rows, key=self.order), collect.distinct)
        return self._take(collect.take, collect.value, rows, collect.dated or self.rules.dated or "")

    def _take(self, take: str, of: Any, rows: list[Row], name: str) -> Fraction | None:
        pairs = [(row, value) for row in rows if (value := self.number(of, row)) is not None]
        values = [value for _, value in pairs]
        if take == "count":
            return Fraction(len(values))
        if take == "sum":
            return sum(values, Fraction(0))
        if not values:
            return None
        if take == "average":
            return sum(values, Fraction(0)) / len(values)
        if take in ("largest", "smallest"):
            return max(values) if take == "largest" else min(values)
        pick = max if take == "latest" else min
        return pick(pairs, key=lambda pair: (pair[0][name], self.order(pair[0])))[1]

    def _distinct(self, rows: list[Row], names: tuple[str, ...]) -> list[Row]:
        if not names:
            return rows
        seen: dict[Any, Row] = {}
        for row in rows:
            key = []
            for name in names:
                value = row.get(self.rules.event if name == "event" else name)
                key.append(("record", row["record"]) if value is None else value)
            seen.setdefault(tuple(key), row)
        return list(seen.values())

    def case(self, condition: Any, domain: str) -> bool:
        match condition:
            case c.All(parts):
                return all(self.case(part, domain) for part in parts)
            case c.Any_(parts):
                return any(self.case(part, domain) for part in parts)
            case c.Not(part):
                return not self.case(part, domain)
            case c.OfSubject(part):
                return self.record(part, self.subject)
            case c.InDomain(names, _):
                return domain in names
            case c.Has(part):
                return any(self.record(part, row) for row in self.in_domain(domain))
            case c.Live(names, _):
                items = [item for item in self.rules.items if item.id in names or item.code in names]
                return any(self.live(item, domain) for item in items)
            case c.Count(of, distinct, within, dated, least, most, _):
                rows = [row for row in self.in_domain(domain) if self.record(of, row)]
                name = dated or self.rules.dated or ""
                if within is not None:
                    window = c.Compare("within", within)
                    rows = [row for row in rows if self.compare(window, row.get(name), row, name)]
                number = len(self._distinct(rows, distinct))
                return (least is None or number >= least) and (most is None or number <= most)
            case c.Cluster():
                return self._cluster(condition, domain)
            case c.ValueTest():
                return self.within(self.case_number(condition.of, domain), condition)
        raise TypeError(condition)

    def _cluster(self, cluster: c.Cluster, domain: str) -> bool:
        name = cluster.dated or self.rules.dated or ""
        rows = [r for r in self.in_domain(domain) if self.record(cluster.of, r) and r.get(name) is not None]
        rows = [r for r in rows if r[name] <= self.on]
        rows = self._distinct(sorted(rows, key=lambda r: (r[name], self.order(r))), cluster.distinct)
        weights = {r["record"]: Fraction(1) for r in rows}
        if cluster.value is not None:
            found = {r["record"]: self.number(cluster.value, r) for r in rows}
            weights = {key: value for key, value in found.items() if value is not None}
        rows = [r for r in rows if r["record"] in weights]
        for at, last in enumerate(rows):
            inside = [
                r
                for r in rows[: at + 1]
                if r[name] <= last[name]
                and ends(r[name], cluster.within, inclusive=self.inclusive) > last[name]
            ]
            lasting = (
                cluster.lasts is None or ends(last[name], cluster.lasts, inclusive=self.inclusive) > self.on
            )
            if sum(weights[r["record"]] for r in inside) >= cluster.at_least and lasting:
                return True
        return False

    # -- the result -----------------------------------------------------------------------------------------------

    def result(self, domain: str) -> tuple[Fraction | None, str]:
        rules = self.rules
        score = Fraction(0) if rules.score is None else self.case_number(rules.score.of, domain)
        if score is not None and rules.score is not None:
            if rules.score.floor is not None:
                score = max(score, rules.score.floor)
            if rules.score.ceiling is not None:
                score = min(score, rules.score.ceiling)
            score = rounded(score, rules.scale, rules.rounding)
        if any(self._met(effect, domain) for effect in rules.not_graded):
            score = None
        names = [grade.grade for grade in rules.grades]
        grade = -1
        if score is not None:
            bands = (
                b
                for b in rules.bands
                if self.within(score, b) and (b.when is None or self.case(b.when, domain))
            )
            band = next(bands, None)
            grade = -1 if band is None or band.grade == "N" else names.index(band.grade)
        if grade >= 0:
            for cap in rules.caps:
                if self._met(cap, domain):
                    grade = max(grade, names.index(cap.grade or ""))
            for step in rules.step_downs:
                if self._met(step, domain):
                    down = self.case_number(step.down, domain) or Fraction(0)
                    grade = min(max(grade + int(down), 0), len(names) - 1)
        for veto in rules.vetoes:
            if self._met(veto, domain):
                grade = max(grade, names.index(veto.grade or ""))
        return None if rules.score is None else score, "N" if grade < 0 else names[grade]

    def _met(self, effect: Effect, domain: str) -> bool:
        return (not effect.domains or domain in effect.domains) and self.case(effect.when, domain)


def rounded(value: Fraction, scale: int, rounding: str) -> Fraction:
    if rounding in ("floor", "ceiling"):
        return Fraction(math.floor(value * scale) if rounding == "floor" else math.ceil(value * scale), scale)
    scaled = abs(value) * scale
    whole, rest = divmod(scaled, 1)
    half = Fraction(1, 2)
    up = {
        "half_up": rest >= half,
        "half_even": rest > half or (rest == half and whole % 2 == 1),
        "down": False,
        "up": rest > 0,
    }[rounding]
    return (-1 if value < 0 else 1) * Fraction(int(whole) + up, scale)
