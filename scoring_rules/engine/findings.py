"""Why a score is what it is: one line a record and item, and one for everything else that moved the number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from scoring_rules.engine import exact
from scoring_rules.engine.aggregation import Total
from scoring_rules.engine.calendar import Bools, Ints
from scoring_rules.engine.cases import Cases
from scoring_rules.engine.exact import Exact
from scoring_rules.engine.firing import Fired
from scoring_rules.engine.grading import Graded
from scoring_rules.language.checking import walk
from scoring_rules.language.grades import PartShape
from scoring_rules.language.items import GroupShape, Item
from scoring_rules.language.quantities import Combined, Group, Literal, Lookup, Part, Rounded, Table
from scoring_rules.language.shapes import RuleSet

COLUMNS = (
    "subject",
    "domain",
    "record",
    "records",
    "item",
    "item_id",
    "title",
    "base",
    "repeat",
    "decay",
    "points",
    "grade_before",
    "grade_after",
    "note",
    "source",
)
NO_DATA = "缺少计分所需的数据"
_WHY = {
    "step-cap": "超过上限或低于下限的部分",
    "item-cap": "该项超过上限的部分",
    "group-cap": "该组超过上限的部分",
    "count": "按次数计",
}


@dataclass
class Block:
    """Some lines with what they share. Arrays are per line; ``record_row`` -1 stands for none or for several.

    ``named``: per line the rows of the records it speaks of, where they are not just ``record_row``.
    """

    case: Ints
    record_row: Ints
    code: str
    id: str
    title: str
    points: Exact
    note: list[str] | str
    source: str = ""
    base: Exact | None = None
    repeat: Exact | None = None
    decay: Exact | None = None
    before: Ints | None = None
    after: Ints | None = None
    named: list[Ints] | None = None


class Explanation:
    """Gathers blocks while it walks the score's tree with the share that each node has in the score."""

    def __init__(
        self, ruleset: RuleSet, cases: Cases, fired: dict[str, Fired], total: Callable[[str], Total]
    ) -> None:
        self.ruleset, self.cases, self.fired, self.total = ruleset, cases, fired, total
        self.shown: set[str] = set()
        self.blocks: list[Block] = []
        self.size = cases.facts.case_count
        self.scored = np.ones(self.size, dtype=bool)
        self.idle = np.full(self.size, "", dtype=object)  # per case, why what is walked now gives no points
        self.part: PartShape | None = None
        self.role = ""

    def start(self, quantity: object, scored: Bools) -> None:
        """From the score down. Where there is none, its parts are named and carry no points."""
        self.scored = scored
        self.idle[~scored] = "没有得分，未计入"
        one, nothing = exact.constant(1, self.size), exact.constant(0, self.size)
        self.score(quantity, exact.choose(self.scored, one, nothing))

    def score(self, quantity: object, share: Exact) -> None:
        match quantity:
            case Group(name, _):
                self._group(self.total(name), share)
            case Part(name, _):
                outer = self.part
                self.part = next(part for part in self.ruleset.parts if part.id == name)
                self.score(self.part.value, share)
                self.part = outer
            case Combined(op, parts, _):
                self._combined(op, parts, share)
            case Rounded(of) | Lookup(of):
                inner = self.cases.of(of).zeroed()
                self.score(of, share)
                difference = exact.subtract(self.cases.of(quantity).zeroed(), inner)
                self.whole("converted", "换算（取整或查表）", exact.multiply(difference, share))
            case Literal():
                self.whole("base", "基础分", exact.multiply(self.cases.of(quantity), share))
            case _:
                value = self.cases.of(quantity).zeroed()
                self.whole("value", "按主体情况计算", exact.multiply(value, share))

    def _combined(self, op: str, parts: tuple[object, ...], share: Exact) -> None:
        values = [self.cases.of(part).zeroed() for part in parts]
        if op in ("sum", "difference"):
            for position, part in enumerate(parts):
                self.score(part, share if op == "sum" or position == 0 else exact.negative(share))
        elif op == "product":
            lead = max(range(len(parts)), key=lambda at: (self._has_lines(parts[at]), -at))
            for position, value in enumerate(values):
                share = share if position == lead else exact.multiply(share, value)
            self.score(parts[lead], share)
            self._beside("计入系数", [part for position, part in enumerate(parts) if position != lead])
        elif op == "quotient":
            for value in values[1:]:
                share = exact.divide(share, value).zeroed()
            self.score(parts[0], share)
            self._beside("计入分母", list(parts[1:]))
        else:
            self._extreme(op, parts, share)

    def _has_lines(self, quantity: object) -> int:
        """2 for what items make up, 1 for another number of the case, 0 for a constant: who carries a product."""
        if isinstance(quantity, Literal):
            return 0
        inside = list(walk(quantity))
        named = [part for part in inside if isinstance(part, Part)]
        values = [one.value for part in named for one in self.ruleset.parts if one.id == part.name]
        is_made = any(isinstance(part, Group) for part in inside)
        return 2 if is_made or any(self._has_lines(value) == 2 for value in values) else 1

    def _beside(self, role: str, parts: list[object]) -> None:
        """Lines of what scales the score: they have no points of their own but a reader must see them."""
        outer, self.role = self.role, role
        for part in parts:
            self.score(part, exact.constant(0, self.size))
        self.role = outer

    def others(self) -> None:
        """Lines of groups that the score does not count: a band or a part may ask for them all the same."""
        names = [group.id for group in self.ruleset.groups if group.id not in self.shown]
        self._beside("不计入得分", [Group(name, self.ruleset.place) for name in names])

    def _extreme(self, op: str, parts: tuple[object, ...], share: Exact) -> None:
        values = [self.cases.of(part) for part in parts]
        best, which = exact.extreme(values, largest=op == "greatest")
        made = [self._has_lines(part) for part in parts]
        open_ = [at for at, lines in enumerate(made) if lines == max(made)]
        if len(open_) == 1:
            # A bound on what items make up: their lines stay visible and the bound takes the rest.
            (lead,) = open_
            self.score(parts[lead], share)
            difference = exact.subtract(best.zeroed(), values[lead].zeroed())
            self.whole("bound", "封顶或保底", exact.multiply(difference, share))
            return
        nothing, outer = exact.constant(0, self.size), self.idle
        for at, part in enumerate(parts):
            taken = (which == at) & best.present()
            self.idle = np.where(taken | (outer != ""), outer, "未取用这一部分").astype(object)
            self.score(part, exact.choose(taken, share, nothing))
        self.idle = outer

    def _group(self, total: Total, share: Exact) -> None:
        self.shown.add(total.group.id)
        points, adjustments = total.shares(share)
        items = self.ruleset.items
        for position in np.unique(total.lines.item).tolist():
            mine = total.lines.item == position
            self._item(items[position], total, mine, points.at(mine))
        for one in adjustments:
            keep = np.flatnonzero(~exact.is_zero(one.points))
            known = one.row[keep] >= 0
            for at, has_row in ((keep[known], True), (keep[~known], False)):
                if not at.size:
                    continue
                item = items[int(one.item[at[0]])] if one.why == "item-cap" else None
                code = item.code or item.id if item else total.group.id
                self.blocks.append(
                    Block(
                        one.case[at],
                        one.row[at] if has_row and one.why != "item-cap" else np.full(at.size, -1),
                        code,
                        f"{item.id if item else total.group.id}:{one.why}",
                        (item.title if item else total.group.title) + "：" + _why(one.why, total.group),
                        one.points.at(at),
                        "",
                    )
                )

    def _item(self, item: Item, total: Total, mine: Bools, points: Exact) -> None:
        one = self.fired[item.id]
        case, row = total.lines.case[mine], total.lines.row[mine]
        base = one.base.zeroed()
        earned = ~exact.is_zero(total.lines.value.at(mine).zeroed())
        dropped = exact.is_zero(points) & earned
        reason = next((step.note for step in total.group.steps if step.note), "已由其他记录计分")
        idle = self.idle[case]
        reasons = np.where(idle != "", idle, reason) if not self.role else self.role
        lost = np.where(dropped, reasons, "").astype(object)
        if one.base.ok is not None:
            lost = np.where(one.base.ok, lost, NO_DATA).astype(object)
            if isinstance(item.points, Table):
                for at in np.flatnonzero(~one.base.ok):
                    lost[at] = f"{NO_DATA}：{self._sought(item.points, int(row[at]))}"
        if one.nth is not None:
            for at in np.flatnonzero((one.nth > 1) & ~dropped):
                lost[at] = f"期间内第 {int(one.nth[at])} 次"
        if item.note:
            lost = np.array([f"{text}；{item.note}" if text else item.note for text in lost], dtype=object)
        self.blocks.append(
            Block(
                case,
                row,
                item.code or item.id,
                item.id,
                item.title,
                points,
                list(lost),
                self.ruleset.source_text(item.source),
                base,
                one.repeat if one.repeat is not None else exact.constant(1, row.size),
                one.decay,
            )
        )

    def _sought(self, table: Table, row: int) -> str:
        """What a table was asked for and does not hold."""
        facts = self.cases.facts
        asked = []
        for key in table.keys:
            if key.scope == "value":
                number = self.cases.records.of(key.of, np.array([row], dtype=np.int64))
                asked.append(f"算得 {texts_of(number)[0]}" if number.present()[0] else "算不出所查的数")
                continue
            columns, at = (
                (facts.records, row) if key.scope == "record" else (facts.subjects, facts.subject_of[row])
            )
            word = columns.word(key.name, int(at))
            asked.append(f"没有 {key.name}" if word is None else f"{key.name} 为“{word}”")
        return "、".join(asked) + "，表中未列"

    def whole(self, id_: str, title: str, points: Exact) -> None:
        """A line of the case itself, left out where it is 0. Inside a part it bears the part's name."""
        at = np.flatnonzero(~exact.is_zero(points))
        source = ""
        if self.part is not None:
            code = self.part.code or self.part.id
            id_, title = (code, self.part.title) if id_ == "value" else (id_, f"{self.part.title}：{title}")
            source = self.ruleset.source_text(self.part.source)
        if at.size:
            key = id_ if self.part is None else f"{self.part.id}:{id_}"
            self.blocks.append(Block(at, np.full(at.size, -1), id_, key, title, points.at(at), "", source))

    def grades(self, graded: Graded) -> None:
        for met in graded.met:
            if not met.cases.size:
                continue
            effect = met.effect
            idle = met.kind in ("cap", "veto", "step-down")
            note = [
                effect.note or ("未改变等级" if idle and before == after else "")
                for before, after in zip(met.before, met.after, strict=True)
            ]
            ends = np.searchsorted(self.cases.facts.case_of[met.rows], met.cases, side="right")
            starts = np.searchsorted(self.cases.facts.case_of[met.rows], met.cases)
            named = [met.rows[start:end] for start, end in zip(starts, ends, strict=True)]
            self.blocks.append(
                Block(
                    met.cases,
                    np.array([rows[0] if rows.size == 1 else -1 for rows in named], dtype=np.int64),
                    effect.code,
                    f"{met.kind}:{effect.code}",
                    effect.title,
                    exact.constant(0, met.cases.size),
                    note,
                    self.ruleset.source_text(effect.source),
                    before=met.before,
                    after=met.after,
                    named=named,
                )
            )

    def frame(self) -> pd.DataFrame:
        """All lines, by subject, domain and the order in which they were found."""
        if not self.blocks:
            return pd.DataFrame({name: [] for name in COLUMNS})
        facts, names = (
            self.cases.facts,
            np.array([*(g.grade for g in self.ruleset.grades), "N"], dtype=object),
        )
        case = np.concatenate([block.case for block in self.blocks])
        rows = np.concatenate([block.record_row for block in self.blocks])
        ids = facts.record_ids
        known = rows >= 0
        record = np.zeros(rows.size, dtype=np.int64)
        record[known] = ids[rows[known]]
        domains = np.array(facts.domains, dtype=object)
        frame = pd.DataFrame(
            {
                "subject": facts.subject_ids[case // len(facts.domains)],
                "domain": domains[case % len(facts.domains)],
                "record": pd.arrays.IntegerArray(record, ~known),
                "records": self._named(ids),
                "item": self._texts(lambda block: block.code),
                "item_id": self._texts(lambda block: block.id),
                "title": self._texts(lambda block: block.title),
                "base": self._numbers(lambda block: block.base),
                "repeat": self._numbers(lambda block: block.repeat),
                "decay": self._numbers(lambda block: block.decay),
                "points": self._numbers(lambda block: block.points),
                "grade_before": self._grades(lambda block: block.before, names),
                "grade_after": self._grades(lambda block: block.after, names),
                "note": self._texts(lambda block: block.note),
                "source": self._texts(lambda block: block.source),
            }
        )
        order = np.argsort(case, kind="stable")
        return frame.iloc[order].reset_index(drop=True)

    def _named(self, ids: Ints) -> Any:
        """Per line, the records it speaks of in the order of their numbers: one of an item, all of a cap or veto."""
        found: list[tuple[int, ...]] = []
        for block in self.blocks:
            if block.named is not None:
                found += [tuple(sorted(ids[rows].tolist())) for rows in block.named]
            else:
                found += [(int(ids[row]),) if row >= 0 else () for row in block.record_row.tolist()]
        # A plain array would make a table of equally long tuples.
        return pd.Series(found, dtype=object).array

    def _texts(self, of: Any) -> Any:
        parts: list[str] = []
        for block in self.blocks:
            value = of(block)
            parts += [value] * block.case.size if isinstance(value, str) else value
        return pd.array(parts, dtype="str")

    def _numbers(self, of: Any) -> Any:
        parts: list[str | None] = []
        for block in self.blocks:
            value = of(block)
            parts += [None] * block.case.size if value is None else texts_of(value)
        return pd.array(parts, dtype="str")

    def _grades(self, of: Any, names: Any) -> Any:
        parts: list[str | None] = []
        for block in self.blocks:
            value = of(block)
            parts += [None] * block.case.size if value is None else list(names[value])
        return pd.array(parts, dtype="str")


def _why(why: str, group: GroupShape) -> str:
    """In words, naming the bound that a group has."""
    if why == "group-cap" and group.floor is not None:
        return "该组低于下限的部分" if group.cap is None else "该组超过上限或低于下限的部分"
    return _WHY[why]


def texts_of(numbers: Exact) -> list[str]:
    """Each distinct value is written once."""
    written: dict[Any, str] = {}
    found = []
    for value in numbers.n.tolist():
        if value not in written:
            written[value] = exact.text_of(Fraction(value) / numbers.d)
        found.append(written[value])
    return found
