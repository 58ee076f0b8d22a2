"""What another rule set would move: the same facts on the same day under both, subject by subject, with the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scoring_rules.analysis.supervision import Visits, visits_of
from scoring_rules.engine.exact import decimal_of, text_of
from scoring_rules.engine.scoring import Scores, score
from scoring_rules.language.grades import Effect
from scoring_rules.language.quantities import Literal
from scoring_rules.language.shapes import RuleSet

ASPECTS = ("score", "grade", "conditions", "supervision")
REASON = ("subject", "domain", "item", "item_id", "title", "before", "after", "is_points")
# They follow from the other lines; a reason only where there is no other.
_SETTLING = frozenset({"clamp", "rounding"})


@dataclass(frozen=True)
class Impact:
    """``moved``: one row per subject in whom one of ASPECTS differs: subject; ``<aspect>_before`` and ``_after``
    (score: text or None; conditions: sorted tuple of codes; supervision: Visits, None without such a table); fall:
    how far the grade falls (negative: rises) as a whole number that compares within one impact, 0 from or to "N".

    ``reasons``: per moved subject the rules that make the difference: REASON. ``before`` and ``after`` are what the
    rule does on either side, points (where ``is_points``) or words, None where it does nothing.

    ``grades``: of every subject: subject, grade_before, grade_after.
    """

    moved: pd.DataFrame
    reasons: pd.DataFrame
    grades: pd.DataFrame

    def within(self, subjects: pd.DataFrame) -> Impact:
        """The part that concerns some of the subjects; scored among all, as ranks among peers need it."""
        frames = (self.moved, self.reasons, self.grades)
        return Impact(*(frame[frame["subject"].isin(subjects["subject"])] for frame in frames))

    @property
    def by_grade(self) -> pd.DataFrame:
        """How many went from which grade to which: grade_before, grade_after, count."""
        pairs = self.grades.groupby(["grade_before", "grade_after"], sort=True)
        return pairs.size().rename("count").reset_index()

    def by(self, subjects: pd.DataFrame, attribute: str) -> pd.DataFrame:
        """Per value of an attribute (industry, sub-district): value, count of all, moved, lowered, raised."""
        values = subjects[attribute].astype(object).where(subjects[attribute].notna(), None)
        table = values.value_counts(dropna=False).rename("count").to_frame()
        falls = self.moved.set_index("subject")["fall"].reindex(subjects["subject"]).to_numpy()
        for name, mine in (("moved", ~pd.isna(falls)), ("lowered", falls > 0), ("raised", falls < 0)):
            table[name] = values[mine].value_counts(dropna=False)
        table = table.fillna(0).astype("int64").rename_axis("value").reset_index()
        table["value"] = _objects(None if pd.isna(value) else value for value in table["value"])
        return table.sort_values(["moved", "count"], ascending=False, kind="stable", ignore_index=True)


def impact(
    before: RuleSet, after: RuleSet, records: pd.DataFrame, subjects: pd.DataFrame, *, on: date
) -> Impact:
    """Scores everybody twice; reasons are worked out only for those who move."""
    sides = [
        (ruleset, score(ruleset, records, subjects, on=on, findings=False)) for ruleset in (before, after)
    ]
    frame = pd.DataFrame({"subject": subjects["subject"].to_numpy()})
    for end, (ruleset, scores) in zip(("before", "after"), sides, strict=True):
        grades = scores.results["grade"]
        frame[f"score_{end}"] = _objects(_scores(scores.results["score"], ruleset))
        frame[f"grade_{end}"] = grades.to_numpy(dtype=object)
        frame[f"conditions_{end}"] = _objects(_conditions(scores))
        frame[f"supervision_{end}"] = _objects(visits_of(ruleset, grades, subjects, on=on))
    differs = np.zeros(len(frame), dtype=bool)
    for aspect in ASPECTS:
        differs |= differing(frame, aspect)
    moved = frame[differs].reset_index(drop=True)
    moved["fall"] = _falls(moved, before, after)
    reasons = _reasons(before, after, records, subjects[differs], moved, on)
    return Impact(moved, reasons, frame[["subject", "grade_before", "grade_after"]])


def differing(frame: pd.DataFrame, aspect: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which rows of ``moved`` move in this aspect."""
    pairs = zip(frame[f"{aspect}_before"], frame[f"{aspect}_after"], strict=True)
    return np.array([one != other for one, other in pairs], dtype=bool)


def _objects(values: Iterable[object]) -> pd.Series[Any]:
    return pd.Series(list(values), dtype=object)


def _scores(units: Iterable[Any], ruleset: RuleSet) -> list[str | None]:
    return [None if pd.isna(each) else decimal_of(int(each), ruleset.scale) for each in units]


def _conditions(scores: Scores) -> list[tuple[str, ...]]:
    met: dict[object, set[str]] = {}
    for subject, condition in zip(scores.conditions["subject"], scores.conditions["condition"], strict=True):
        met.setdefault(subject, set()).add(condition)
    return [tuple(sorted(met.get(subject, ()))) for subject in scores.results["subject"]]


def _falls(moved: pd.DataFrame, before: RuleSet, after: RuleSet) -> list[int]:
    """Places on ladders of different length are brought to one measure, so that the worst stays the worst."""
    places = [{shape.grade: at for at, shape in enumerate(rules.grades)} for rules in (before, after)]
    steps = [max(len(rules.grades) - 1, 1) for rules in (before, after)]
    falls = []
    for one, other in zip(moved["grade_before"], moved["grade_after"], strict=True):
        if one in places[0] and other in places[1]:
            falls.append(places[1][other] * steps[0] - places[0][one] * steps[1])
        else:
            falls.append(0)
    return falls


class _Line(NamedTuple):
    """What one rule does to one subject in one domain: so many points, or words about the grade."""

    item: str
    title: str
    points: Fraction | None
    words: str

    @property
    def text(self) -> str:
        return self.words if self.points is None else text_of(self.points)


_Lines = dict[tuple[object, str, str], _Line]  # by subject, domain and item_id


def _reasons(
    before: RuleSet,
    after: RuleSet,
    records: pd.DataFrame,
    subjects: pd.DataFrame,
    moved: pd.DataFrame,
    on: date,
) -> pd.DataFrame:
    if subjects.empty:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in REASON})
    mine = records[records["subject"].isin(subjects["subject"])]
    runs = [(ruleset, score(ruleset, mine, subjects, on=on)) for ruleset in (before, after)]
    old, new = (_lines(ruleset, scores) for ruleset, scores in runs)
    told: dict[object, list[tuple[object, ...]]] = {subject: [] for subject in subjects["subject"]}
    settled: dict[object, list[tuple[object, ...]]] = {}
    for key in dict.fromkeys([*old, *new]):
        one, other = old.get(key), new.get(key)
        if one is None or other is None or one.text != other.text:
            line = other or one
            assert line is not None
            texts = (None if side is None else side.text for side in (one, other))
            rows = settled.setdefault(key[0], []) if key[2] in _SETTLING else told[key[0]]
            rows.append((*key[:2], line.item, key[2], line.title, *texts, line.points is not None))
    for row in _banded(runs, told):
        told[row[0]].append(row)
    for row in moved.itertuples(index=False):
        told[row.subject] = told[row.subject] or settled.get(row.subject, []) or [_remaining(row)]
    return pd.DataFrame([row for rows in told.values() for row in rows], columns=list(REASON), dtype=object)


def _lines(ruleset: RuleSet, scores: Scores) -> _Lines:
    """Lines of a domain that stem from one rule are one; those that count nothing are none."""
    effects = _effects(ruleset)
    known: dict[str, Fraction] = {}
    found: _Lines = {}
    names = ["subject", "domain", "item_id", "item", "title", "points"]
    for subject, domain, item_id, item, title, points in zip(
        *(scores.findings[name] for name in names), strict=True
    ):
        key = (subject, domain, item_id)
        if item_id in effects:
            found[key] = _Line(item, title, None, effects[item_id])
            continue
        value = known.get(points)
        if value is None:
            value = known[points] = Fraction(points)
        earlier = found.get(key)
        if value or earlier:
            total = value if earlier is None or earlier.points is None else earlier.points + value
            found[key] = _Line(item, title, total, "")
    names = ["subject", "domain", "condition", "title"]
    for subject, domain, code, title in zip(*(scores.conditions[name] for name in names), strict=True):
        found[(subject, domain, f"condition:{code}")] = _Line(code, title, None, "成立")
    return {key: line for key, line in found.items() if line.points != 0}


def _effects(ruleset: RuleSet) -> Mapping[str, str]:
    """What each cap, step-down, veto and bar does, by the ``item_id`` of its findings."""
    said = {f"not-graded:{effect.code}": "不予评定" for effect in ruleset.not_graded}
    said |= {f"cap:{effect.code}": f"不高于 {effect.grade}" for effect in ruleset.caps}
    said |= {f"step-down:{effect.code}": _down(effect) for effect in ruleset.step_downs}
    said |= {f"veto:{effect.code}": f"定为 {effect.grade}" for effect in ruleset.vetoes}
    return said


def _down(effect: Effect) -> str:
    return f"下调 {text_of(effect.down.value)} 级" if isinstance(effect.down, Literal) else "下调"


def _banded(
    runs: list[tuple[RuleSet, Scores]], told: Mapping[object, list[tuple[object, ...]]]
) -> Iterator[tuple[object, ...]]:
    """Domains with the same score and nothing else that differs, but another grade: the bands differ."""
    (before, old), (after, new) = ((ruleset, scores.results) for ruleset, scores in runs)
    shared = [
        name.removesuffix("_grade") for name in map(str, old) if name.endswith("_grade") and name in new
    ]
    busy = {(subject, row[1]) for subject, rows in told.items() for row in rows}
    for domain in shared:
        rows = zip(
            old["subject"],
            _scores(old[f"{domain}_score"], before),
            _scores(new[f"{domain}_score"], after),
            old[f"{domain}_grade"],
            new[f"{domain}_grade"],
            strict=True,
        )
        for subject, score_before, score_after, one, other in rows:
            if score_before == score_after and one != other and (subject, domain) not in busy:
                yield subject, domain, "", "bands", "等级界限不同", one, other, False


def _remaining(row: Any) -> tuple[object, ...]:
    """Whoever moves without a line of his own moves by what the rule sets say of everybody."""
    ends: tuple[object, object]
    if (row.score_before, row.grade_before) != (row.score_after, row.grade_after):
        title, ends = "总分或者总等级的算法不同", (row.grade_before, row.grade_after)
    else:
        title, ends = "监管频次的规定不同", (_text(row.supervision_before), _text(row.supervision_after))
    return row.subject, "", "", "whole", title, *ends, False


def _text(visits: Visits | None) -> str | None:
    return None if visits is None else visits.text
