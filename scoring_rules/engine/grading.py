"""Rounded scores to grades: bands, then caps, step-downs and vetoes, with a note of each that was met."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from scoring_rules.engine import exact
from scoring_rules.engine.calendar import NEVER, Bools, Ints
from scoring_rules.engine.cases import Cases
from scoring_rules.engine.exact import Exact
from scoring_rules.language.conditions import All, Condition
from scoring_rules.language.grades import Band, Effect
from scoring_rules.language.shapes import RuleSet

NOT_GRADED = -1
Change = Callable[[Ints, Ints], Ints]  # grades before and the cases they are of, to grades after


@dataclass
class Met:
    """An effect and the cases that met it, with their grade before and after it.

    ``rows`` are the records that made it hold, by case; none unless they were asked for.
    """

    effect: Effect
    kind: str
    cases: Ints
    before: Ints
    after: Ints
    rows: Ints


@dataclass
class Graded:
    """``grade`` is a position in the rule set's order, best first, or NOT_GRADED."""

    grade: Ints
    has_score: Bools
    turns: Ints
    met: list[Met] = field(default_factory=list)


def grade(ruleset: RuleSet, cases: Cases, score: Exact, *, is_explained: bool) -> Graded:
    """``score`` is rounded already; missing means that there is none. Explained, what was met names its records."""
    size = cases.facts.case_count
    found = Graded(np.full(size, NOT_GRADED), score.present().copy(), np.full(size, NEVER, dtype=np.int64))
    for effect in ruleset.not_graded:
        holds, rows = _holds(effect, cases, found, is_explained=is_explained)
        found.has_score &= ~holds
        at = np.flatnonzero(holds)
        none = np.full(at.size, NOT_GRADED)
        found.met.append(Met(effect, "not-graded", at, none, none, rows))
    band = np.where(found.has_score, bands_of(ruleset.bands, score, cases.watched), -1)
    found.grade = _grades_of(ruleset, ruleset.bands)[band]
    if is_explained:
        found.met += _told(ruleset.bands, band, found.grade, cases)
    changes = [(effect, "cap", _no_better(ruleset, effect)) for effect in ruleset.caps]
    for effect in ruleset.step_downs:
        down = exact.rounded(cases.of(effect.down).zeroed(), 1, "down")
        changes.append((effect, "step-down", _down(down, len(ruleset.grades) - 1)))
    changes += [(effect, "veto", _no_better(ruleset, effect)) for effect in ruleset.vetoes]
    for effect, kind, change in changes:
        holds, rows = _holds(effect, cases, found, is_explained=is_explained)
        if kind != "veto":  # a veto grades even whom nothing else does
            holds = holds & (found.grade != NOT_GRADED)
        at = np.flatnonzero(holds)
        before = found.grade[at]
        found.grade[at] = after = change(before, at)
        found.met.append(Met(effect, kind, at, before, after, rows[holds[cases.facts.case_of[rows]]]))
    return found


def banded(ruleset: RuleSet, score: Exact, met: Callable[[Condition], Bools]) -> Ints:
    """The grade of the first band that takes the score; NOT_GRADED where none does."""
    return _grades_of(ruleset, ruleset.bands)[bands_of(ruleset.bands, score, met)]


def bands_of(bands: tuple[Band, ...], score: Exact, met: Callable[[Condition], Bools]) -> Ints:
    """The place of the first band that takes the score, -1 where none does."""
    found = np.full(score.size, -1)
    for place, band in reversed(list(enumerate(bands))):
        holds = score.present().copy()
        for op in ("at_least", "at_most", "above", "below"):
            bound: Fraction | None = getattr(band, op)
            if bound is not None:
                holds &= exact.compare(score, op, bound)
        if band.when is not None:
            holds &= met(band.when)
        found = np.where(holds, place, found)
    return found


def _grades_of(ruleset: RuleSet, bands: tuple[Band, ...]) -> Ints:
    """The grade of each band; the last entry is that of no band."""
    grades = [NOT_GRADED if band.grade == "N" else _position(ruleset, band.grade) for band in bands]
    return np.array([*grades, NOT_GRADED], dtype=np.int64)


def _told(bands: tuple[Band, ...], band: Ints, grades: Ints, cases: Cases) -> list[Met]:
    """The bands that took somebody by a condition, with the records that made it hold, and those that grade nobody."""
    told = []
    for place, shape in enumerate(bands):
        at = np.flatnonzero(band == place)
        if (shape.when is None and shape.grade != "N") or not at.size:
            continue
        condition = shape.when or All(())
        rows = cases.named(condition)[1] if shape.when else np.zeros(0, dtype=np.int64)
        title = shape.title or ("按得分不予评定" if shape.grade == "N" else f"符合等级 {shape.grade} 的条件")
        effect = Effect(
            shape.grade, title, condition, shape.grade, None, (), shape.source, shape.note, shape.place
        )
        mine = rows[band[cases.facts.case_of[rows]] == place]
        told.append(Met(effect, "band", at, np.full(at.size, NOT_GRADED), grades[at], mine))
    return told


def _position(ruleset: RuleSet, name: str) -> int:
    return next(place for place, shape in enumerate(ruleset.grades) if shape.grade == name)


def _no_better(ruleset: RuleSet, effect: Effect) -> Change:
    limit = _position(ruleset, effect.grade or "")
    return lambda before, at: np.maximum(before, limit)


def _down(steps: Ints, worst: int) -> Change:
    return lambda before, at: np.clip(before + steps[at], 0, worst)


def _holds(effect: Effect, cases: Cases, found: Graded, *, is_explained: bool) -> tuple[Bools, Ints]:
    none = np.zeros(0, dtype=np.int64)
    truth, rows = cases.named(effect.when) if is_explained else (cases.holds(effect.when), none)
    inside = _inside(effect.domains, cases)
    if truth.turns is not None:
        found.turns = np.minimum(found.turns, np.where(inside, truth.turns, NEVER))
    holds = truth.holds & inside
    return holds, rows[holds[cases.facts.case_of[rows]]]


def _inside(domains: tuple[str, ...], cases: Cases) -> Bools:
    size = cases.facts.case_count
    if not domains:
        return np.ones(size, dtype=bool)
    wanted = np.array([domain in domains for domain in cases.facts.domains])
    return wanted[np.arange(size) % len(cases.facts.domains)]
