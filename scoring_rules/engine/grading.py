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
from scoring_rules.language.shapes import Band, Effect, RuleSet

NOT_GRADED = -1
Change = Callable[[Ints, Ints], Ints]  # grades before and the cases they are of, to grades after


@dataclass
class Met:
    """An effect and the cases that met it, with their grade before and after it."""

    effect: Effect
    kind: str
    cases: Ints
    before: Ints
    after: Ints


@dataclass
class Graded:
    """``grade`` is a position in the rule set's order, best first, or NOT_GRADED."""

    grade: Ints
    has_score: Bools
    turns: Ints
    met: list[Met] = field(default_factory=list)


def grade(ruleset: RuleSet, cases: Cases, score: Exact) -> Graded:
    """``score`` is rounded already; missing means that there is none."""
    size = cases.facts.case_count
    found = Graded(np.full(size, NOT_GRADED), score.present().copy(), np.full(size, NEVER, dtype=np.int64))
    for effect in ruleset.not_graded:
        holds = _holds(effect, cases, found)
        found.has_score &= ~holds
        at = np.flatnonzero(holds)
        none = np.full(at.size, NOT_GRADED)
        found.met.append(Met(effect, "not-graded", at, none, none))
    found.grade = np.where(found.has_score, banded(ruleset, ruleset.bands, cases, score), NOT_GRADED)
    for effect in ruleset.caps:
        _apply(effect, "cap", cases, found, _no_better(ruleset, effect), skip_none=True)
    for effect in ruleset.step_downs:
        down = exact.rounded(cases.of(effect.down).zeroed(), 1, "down")
        _apply(effect, "step-down", cases, found, _down(down, len(ruleset.grades) - 1), skip_none=True)
    for effect in ruleset.vetoes:
        _apply(effect, "veto", cases, found, _no_better(ruleset, effect), skip_none=False)
    return found


def banded(ruleset: RuleSet, bands: tuple[Band, ...], cases: Cases | None, score: Exact) -> Ints:
    """The grade of the first band that takes the score; NOT_GRADED where none does."""
    found = np.full(score.size, NOT_GRADED)
    for band in reversed(bands):
        holds = score.present().copy()
        for op in ("at_least", "at_most", "above", "below"):
            bound: Fraction | None = getattr(band, op)
            if bound is not None:
                holds &= exact.compare(score, op, bound)
        if band.when is not None and cases is not None:
            holds &= cases.watched(band.when)
        found = np.where(holds, NOT_GRADED if band.grade == "N" else _position(ruleset, band.grade), found)
    return found


def _position(ruleset: RuleSet, name: str) -> int:
    return next(place for place, shape in enumerate(ruleset.grades) if shape.grade == name)


def _no_better(ruleset: RuleSet, effect: Effect) -> Change:
    limit = _position(ruleset, effect.grade or "")
    return lambda before, at: np.maximum(before, limit)


def _down(steps: Ints, worst: int) -> Change:
    return lambda before, at: np.clip(before + steps[at], 0, worst)


def _apply(
    effect: Effect, kind: str, cases: Cases, found: Graded, change: Change, *, skip_none: bool
) -> None:
    holds = _holds(effect, cases, found)
    if skip_none:
        holds = holds & (found.grade != NOT_GRADED)
    at = np.flatnonzero(holds)
    before = found.grade[at]
    after = change(before, at)
    found.grade[at] = after
    found.met.append(Met(effect, kind, at, before, after))


def _holds(effect: Effect, cases: Cases, found: Graded) -> Bools:
    truth = cases.holds(effect.when)
    inside = _inside(effect.domains, cases)
    if truth.turns is not None:
        found.turns = np.minimum(found.turns, np.where(inside, truth.turns, NEVER))
    return truth.holds & inside


def _inside(domains: tuple[str, ...], cases: Cases) -> Bools:
    size = cases.facts.case_count
    if not domains:
        return np.ones(size, dtype=bool)
    wanted = np.array([domain in domains for domain in cases.facts.domains])
    return wanted[np.arange(size) % len(cases.facts.domains)]
