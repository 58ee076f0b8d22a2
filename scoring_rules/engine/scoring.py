"""One run: every given subject graded as of a day, with or without the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd

from scoring_rules.engine import exact
from scoring_rules.engine.absence import explain_absence
from scoring_rules.engine.aggregation import Aggregation, Total
from scoring_rules.engine.calendar import NEVER, Bools, Ints, day_number
from scoring_rules.engine.cases import Cases
from scoring_rules.engine.derivation import derive
from scoring_rules.engine.exact import Exact
from scoring_rules.engine.facts import Facts
from scoring_rules.engine.findings import COLUMNS, Explanation
from scoring_rules.engine.firing import fire, repeat, repetitions, soonest
from scoring_rules.engine.grading import NOT_GRADED, Graded, banded, grade
from scoring_rules.engine.plan import plan_of
from scoring_rules.engine.quantities import RecordQuantities
from scoring_rules.engine.ranking import ranked
from scoring_rules.language.conditions import Condition
from scoring_rules.language.grades import ScoreShape
from scoring_rules.language.shapes import RuleSet

ENGINE_VERSION = "1"
ROUNDED = {
    "half_up": "四舍五入",
    "half_even": "四舍六入五成双",
    "down": "舍去尾数",
    "up": "进一取整",
    "floor": "向下取整",
    "ceiling": "向上取整",
}


@dataclass(frozen=True)
class Scores:
    """What a run answers.

    ``results``: one row per subject, in their order: subject; score (Int64, units of 1/scale, <NA> when there is
    none); grade ("N" when not graded); the same per domain as ``<domain>_score`` and ``<domain>_grade``;
    next_change_on (datetime64[s]): no result changes by the calendar alone before that day, NaT when it never does.

    ``findings``: one row per reason (columns of findings.COLUMNS). ``base``, ``repeat``, ``decay`` and ``points`` are
    exact text, a decimal or, where that does not end, a fraction such as "5/6". The points of a subject and domain,
    base points included, sum to its score. ``records`` (tuple of record numbers) are all that a line speaks of: one of
    an item, every one that made a cap, step-down or veto hold; ``record`` is the only one, <NA> for none or several.

    ``conditions``: one row per subject and list condition met: subject, condition, domain, series, title, records
    (list of record numbers), who (list), note.
    """

    results: pd.DataFrame
    findings: pd.DataFrame
    conditions: pd.DataFrame
    parts: pd.DataFrame


def score(
    ruleset: RuleSet, records: pd.DataFrame, subjects: pd.DataFrame, *, on: date, findings: bool = True
) -> Scores:
    """Grades every row of ``subjects`` by the ``records`` known; other subjects' records are left aside.

    Args:
        records: one row per record: subject, record and the attributes the rule set reads; dates as datetime64,
            date or ISO text, missing as null; an absent column is all missing.
        subjects: one row per subject: subject and its attributes.
        on: the day as of which everything is judged; records dated later take no part.

    Raises:
        InputError: a value that is not what its attribute declares.
    """
    return _Run(ruleset, records, subjects, on, findings).scores()


class _Run:
    def __init__(
        self, ruleset: RuleSet, records: pd.DataFrame, subjects: pd.DataFrame, on: date, findings: bool
    ) -> None:
        self.ruleset, self.findings = ruleset, findings
        self.facts = Facts(ruleset, records, subjects, day_number(on))
        self.quantities = RecordQuantities(self.facts)
        derive(self.facts, self.quantities.conditions)
        self.telling = plan_of(ruleset).telling
        wanted = [item for item in ruleset.items if findings or item.id in self.telling]
        self.fired = {item.id: fire(item, self.facts, self.quantities) for item in wanted}
        self.aggregation = Aggregation(self.facts, self.quantities)
        self.totals: dict[str, Total] = {}
        self.ranks: dict[str, Exact] = {}
        self._repeat()
        self.cases = Cases(self.facts, self.quantities, self.fired, self.total, self.rank)

    def _repeat(self) -> None:
        """Twice where events absorb records: who adds to a repetition is settled by the first count of all."""
        if all(item.repeat is None for item in self.ruleset.items):
            return
        known = repetitions(self.fired, self.facts)
        repeat(self.fired, known, None)
        absorbed = np.zeros(self.facts.records.size, dtype=bool)
        for group in self.ruleset.groups:
            if group.steps:
                absorbed[self.total(group.id).absorbed] = True
        if absorbed.any():
            repeat(self.fired, known, absorbed)
            for item in self.ruleset.items:
                if item.repeat is not None:
                    self.totals.pop(item.group, None)

    def total(self, name: str) -> Total:
        if name not in self.totals:
            group = next(group for group in self.ruleset.groups if group.id == name)
            items = list(enumerate(self.ruleset.items))
            fired = [
                (at, self.fired[item.id])
                for at, item in items
                if item.group == name and item.id in self.fired
            ]
            caps = {at: item.cap for at, item in items if item.group == name and item.cap is not None}
            self.totals[name] = self.aggregation.total(group, self.aggregation.lines(fired), caps)
        return self.totals[name]

    def rank(self, name: str) -> Exact:
        if name not in self.ranks:
            self.ranks[name] = ranked(
                next(rank for rank in self.ruleset.ranks if rank.id == name), self.cases
            )
        return self.ranks[name]

    def scores(self) -> Scores:
        rules, size = self.ruleset, self.facts.case_count
        explanation = Explanation(rules, self.cases, self.fired, self.total)
        if rules.score is None:
            # Nothing to number: bands, caps and vetoes grade by their conditions alone.
            units = np.zeros(size, dtype=np.int64)
            graded = grade(rules, self.cases, Exact(units), is_explained=self.findings)
            graded.has_score[:] = False
        else:
            raw = self.cases.of(rules.score.of)
            clamped = _clamped(raw, rules.score)
            units = exact.rounded(clamped.zeroed(), rules.scale, rules.rounding)
            graded = grade(rules, self.cases, Exact(units, rules.scale, raw.ok), is_explained=self.findings)
            if self.findings:
                explanation.start(rules.score.of, raw.present())
                explanation.whole("clamp", "总分上下限", exact.subtract(clamped.zeroed(), raw.zeroed()))
                rounding = exact.subtract(Exact(units, rules.scale), clamped.zeroed())
                explanation.whole("rounding", ROUNDED[rules.rounding], rounding)
        if self.findings:
            explanation.others()
            explain_absence(explanation, graded)
            explanation.grades(graded)
        conditions = self._conditions(graded)
        results = self._results(units, graded)
        frame = explanation.frame() if self.findings else pd.DataFrame(columns=COLUMNS)
        return Scores(results, frame, conditions, self._parts(graded))

    # -- answers ------------------------------------------------------------------------------------------------

    def _results(self, units: Ints, graded: Graded) -> pd.DataFrame:
        facts, rules = self.facts, self.ruleset
        names = np.array([*(shape.grade for shape in rules.grades), "N"], dtype=object)
        width = len(facts.domains)
        grades, scores = graded.grade.reshape(-1, width), units.reshape(-1, width)
        scored = graded.has_score.reshape(-1, width)
        grade_, score_, has = self._overall(grades, scores, scored)
        frame = {
            "subject": facts.subject_ids,
            "score": pd.arrays.IntegerArray(np.where(has, score_, 0), ~has),
            "grade": pd.array(names[grade_], dtype="str"),
        }
        for at, domain in enumerate(facts.domains):
            none = ~scored[:, at]
            frame[f"{domain}_score"] = pd.arrays.IntegerArray(np.where(none, 0, scores[:, at]), none)
            frame[f"{domain}_grade"] = pd.array(names[grades[:, at]], dtype="str")
        turns = np.minimum(np.minimum(graded.turns, self.cases.turns), facts.future)
        turns = np.minimum(turns, self.quantities.turns)
        telling = [one for key, one in self.fired.items() if key in self.telling]
        turns = np.minimum(turns, soonest(telling, facts)).reshape(-1, width).min(axis=1, initial=NEVER)
        if rules.ranks:
            # A place among peers moves with whoever of them changes first.
            turns[:] = turns.min(initial=NEVER)
        days = turns.astype("datetime64[D]").astype("datetime64[s]")
        days[turns >= NEVER] = np.datetime64("NaT", "s")
        frame["next_change_on"] = days
        return pd.DataFrame(frame)

    def _overall(self, grades: Ints, scores: Ints, scored: Bools) -> tuple[Ints, Ints, Bools]:
        combine = self.ruleset.combine
        if grades.shape[1] == 1 or combine is None:
            return grades[:, 0], scores[:, 0], scored[:, 0]
        if combine.by == "weighted":
            return self._weighted(combine.weights, grades, scores, scored)
        # A domain with a score is shown before one without.
        sign, far = (1 if combine.ties == "lowest" else -1), np.int64(2**62)
        value = np.where(scored, sign * scores, far)
        if combine.by == "worst":
            grade_ = grades.max(axis=1)
        else:
            grade_ = np.where(grades == NOT_GRADED, len(self.ruleset.grades), grades).min(axis=1)
            grade_ = np.where(grade_ == len(self.ruleset.grades), NOT_GRADED, grade_)
        value = np.where(grades == grade_[:, None], value, far).min(axis=1)
        return grade_, sign * value, value < far

    def _weighted(
        self, weights: dict[str, Fraction], grades: Ints, scores: Ints, scored: Bools
    ) -> tuple[Ints, Ints, Bools]:
        """The mean of the graded domains by weight, banded again; a domain worse than that stays in sight beside it."""
        rules = self.ruleset
        total, weight = exact.constant(0, scores.shape[0]), exact.constant(0, scores.shape[0])
        for at, domain in enumerate(self.facts.domains):
            share = exact.constant(weights[domain], scores.shape[0])
            mine = exact.choose(scored[:, at], share, exact.constant(0, scores.shape[0]))
            weight = exact.add(weight, mine)
            total = exact.add(total, exact.multiply(mine, Exact(scores[:, at], rules.scale)))
        mean = exact.divide(total, weight)
        units = exact.rounded(mean.zeroed(), rules.scale, rules.rounding)
        has = mean.present()

        def met(condition: Condition) -> Bools:
            """What a band asks beside the mean must hold in every domain that counts in it."""
            holds = self.cases.watched(condition).reshape(scored.shape)
            return np.asarray((holds | ~scored).all(axis=1))

        return banded(rules, Exact(units, rules.scale, has), met), units, has

    def _conditions(self, graded: Graded) -> pd.DataFrame:
        rows: list[tuple[object, ...]] = []
        facts, width = self.facts, len(self.facts.domains)
        for condition in self.ruleset.list_conditions:
            truth = self.cases.holds(condition.when)
            if truth.turns is not None:
                graded.turns = np.minimum(graded.turns, truth.turns)
            if not truth.holds.any():
                continue
            _, told = self.cases.named(condition.when)
            owners = facts.case_of[told]
            for case in np.flatnonzero(truth.holds).tolist():
                domain = facts.domains[case % width]
                if condition.domains and domain not in condition.domains:
                    continue
                mine = told[np.searchsorted(owners, case) : np.searchsorted(owners, case, side="right")]
                rows.append(
                    (
                        facts.subject_ids[case // width],
                        condition.code,
                        domain,
                        condition.series,
                        condition.title,
                        sorted(int(record) for record in facts.record_ids[mine]),
                        list(condition.who),
                        condition.note,
                    )
                )
        names = ["subject", "condition", "domain", "series", "title", "records", "who", "note"]
        return pd.DataFrame(rows, columns=names)

    def _parts(self, graded: Graded) -> pd.DataFrame:
        """Per subject and domain, the exact text of every declared part; only asked for with findings."""
        from scoring_rules.engine.findings import texts_of

        facts, width = self.facts, len(self.facts.domains)
        case = np.arange(facts.case_count)
        frame: dict[str, object] = {
            "subject": facts.subject_ids[case // width],
            "domain": np.array(facts.domains, dtype=object)[case % width],
        }
        if self.findings:
            for part in self.ruleset.parts:
                value = self.cases.part(part.id)
                texts = texts_of(value.zeroed())
                shown = [text if ok else None for text, ok in zip(texts, value.present(), strict=True)]
                frame[part.id] = pd.array(shown, dtype="str")
        return pd.DataFrame(frame)


def _clamped(raw: Exact, shape: ScoreShape) -> Exact:
    found = raw
    for op, bound in (("below", shape.floor), ("above", shape.ceiling)):
        if bound is not None:
            found = exact.choose(exact.compare(raw, op, bound), exact.constant(bound, raw.size), found)
    return found
