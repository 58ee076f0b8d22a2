"""Why a case has no score, or no grade for all its score: the numbers that are not there, each with its cause."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scoring_rules.engine import exact
from scoring_rules.engine.calendar import Bools
from scoring_rules.engine.findings import Block, Explanation
from scoring_rules.engine.grading import NOT_GRADED, Graded
from scoring_rules.language.conditions import All, Any_, Not, ValueTest
from scoring_rules.language.grades import PartShape
from scoring_rules.language.quantities import (
    Attribute,
    Choose,
    Combined,
    Elapsed,
    Lookup,
    Part,
    Rank,
    Rounded,
    Table,
)

Cause = tuple[PartShape | None, str, Bools]


def explain_absence(explanation: Explanation, graded: Graded) -> None:
    """One line for each missing number behind a missing score, and behind a score that no band takes."""
    rules = explanation.ruleset
    told = np.zeros(explanation.size, dtype=bool)
    for met in graded.met:
        if met.kind in ("not-graded", "band"):
            told[met.cases] = True
    unscored = ~explanation.scored & ~told
    wanted = [] if rules.score is None else [(rules.score.of, unscored)]
    adrift = (graded.grade == NOT_GRADED) & explanation.scored & ~told
    if adrift.any():
        _line(explanation, "band:none", "N", "没有一个等级的条件成立", adrift)
        wanted += [(quantity, adrift) for band in rules.bands for quantity in _compared(band.when)]
    found: dict[tuple[str, str], tuple[PartShape | None, Bools]] = {}
    for quantity, where in wanted:
        for part, why, at in _Absence(explanation).causes(quantity, where, None):
            key = ("" if part is None else part.id, why)
            found[key] = (part, at | found[key][1] if key in found else at)
    for (id_, why), (part, at) in found.items():
        code, title = ("score", "得分") if part is None else (part.code or part.id, part.title)
        _line(explanation, f"absent:{id_ or 'score'}", code, f"{title}没有数值：{why}", at)


def _line(explanation: Explanation, id_: str, code: str, title: str, at: Bools) -> None:
    case = np.flatnonzero(at)
    none = np.full(case.size, NOT_GRADED)
    nothing = exact.constant(0, case.size)
    rows = np.full(case.size, -1)
    explanation.blocks.append(Block(case, rows, code, id_, title, nothing, "", before=none, after=none))


def _compared(condition: object) -> Iterator[object]:
    """The numbers of the case that a condition looks at."""
    match condition:
        case All(parts) | Any_(parts):
            for part in parts:
                yield from _compared(part)
        case Not(part):
            yield from _compared(part)
        case ValueTest():
            yield condition.of


class _Absence:
    def __init__(self, explanation: Explanation) -> None:
        self.rules, self.cases = explanation.ruleset, explanation.cases

    def causes(self, quantity: object, where: Bools, part: PartShape | None) -> Iterator[Cause]:
        """Down the tree to the numbers that are missing of themselves. ``part`` is the nearest that has a name."""
        at = where & ~self.cases.of(quantity).present()
        if not at.any():
            return
        match quantity:
            case Part(name, _):
                inner = next(shape for shape in self.rules.parts if shape.id == name)
                yield from self.causes(inner.value, at, inner)
            case Combined(op, parts, _):
                yield from self._combined(op, parts, at, part)
            case Lookup(of) | Rounded(of):
                yield from self.causes(of, at, part)
            case Choose():
                yield from self._chosen(quantity, at, part)
            case Rank(name, _):
                yield from self._unranked(name, at, part)
            case _:
                yield part, self._why(quantity), at

    def _combined(
        self, op: str, parts: tuple[object, ...], at: Bools, part: PartShape | None
    ) -> Iterator[Cause]:
        whole = at
        for one in parts:
            yield from self.causes(one, at, part)
            whole = whole & self.cases.of(one).present()
        if op == "quotient" and whole.any():
            yield part, "除数为 0", whole

    def _chosen(self, quantity: Choose, at: Bools, part: PartShape | None) -> Iterator[Cause]:
        for one in quantity.cases:
            holds = at & self.cases.holds(one.when).holds
            yield from self.causes(one.value, holds, part)
            at = at & ~holds
        if quantity.otherwise is not None:
            yield from self.causes(quantity.otherwise, at, part)
            return
        # No case held: for want of a number that it compares, or because none is meant for this one.
        for compared in [number for one in quantity.cases for number in _compared(one.when)]:
            for cause in self.causes(compared, at, part):
                at = at & ~cause[2]
                yield cause
        if at.any():
            yield part, "没有适用的情形", at

    def _unranked(self, name: str, at: Bools, part: PartShape | None) -> Iterator[Cause]:
        shape = next(rank for rank in self.rules.ranks if rank.id == name)
        yield from self.causes(shape.of, at, part)
        known = at & self.cases.of(shape.of).present()
        if known.any():
            yield part, f"不参加“{shape.title}”的排名，或者同类不足 {shape.minimum} 个", known

    def _why(self, quantity: object) -> str:
        match quantity:
            case Attribute(_, name, _, _):
                return f"主体没有{self._called(name)}"
            case Elapsed(_, from_, to, _, _):
                return "主体没有" + "或者".join(self._called(name) for name in (from_, to) if name)
            case Table():
                return "表中未列主体的情况"
        return "没有可以取值的记录"

    def _called(self, name: str) -> str:
        subjects = self.rules.attributes.subjects
        shape = subjects[name] if name in subjects else self.rules.derived_subjects[name]
        return f"“{shape.meaning or name}”"
