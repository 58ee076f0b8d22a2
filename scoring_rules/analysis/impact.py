"""What another rule set would move: the same facts on the same day under both, subject by subject, with the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from scoring_rules.analysis.supervision import supervision_of
from scoring_rules.engine.exact import decimal_of
from scoring_rules.engine.scoring import Scores, score
from scoring_rules.language.shapes import RuleSet


@dataclass(frozen=True)
class Impact:
    """``moved``: one row per subject whose score, grade, list conditions or supervision class differs:
    subject, score_before, score_after (text or None), grade_before, grade_after, conditions_before,
    conditions_after (sorted lists), class_before, class_after, reason.

    ``by_grade``: how many went from which grade to which: grade_before, grade_after, count, of all subjects.
    """

    moved: pd.DataFrame
    by_grade: pd.DataFrame
    subject_count: int

    def by(self, subjects: pd.DataFrame, attribute: str) -> pd.DataFrame:
        """Moved and all subjects per value of an attribute (industry, sub-district): value, moved, count."""
        values = subjects[attribute].astype(object).where(subjects[attribute].notna(), None)
        counts = values.value_counts(dropna=False).rename("count")
        mine = subjects["subject"].isin(self.moved["subject"])
        moved = values[mine].value_counts(dropna=False).rename("moved")
        table = pd.concat([moved, counts], axis=1).fillna({"moved": 0}).astype("int64")
        return table.rename_axis("value").reset_index().sort_values(["moved", "count"], ascending=False)


def impact(
    before: RuleSet, after: RuleSet, records: pd.DataFrame, subjects: pd.DataFrame, *, on: date
) -> Impact:
    """Scores everybody twice; reasons are worked out only for those who move."""
    old = score(before, records, subjects, on=on, findings=False)
    new = score(after, records, subjects, on=on, findings=False)
    frame = pd.DataFrame(
        {
            "subject": subjects["subject"].to_numpy(),
            "score_before": _scores(old, before),
            "score_after": _scores(new, after),
            "grade_before": old.results["grade"].to_numpy(dtype=object),
            "grade_after": new.results["grade"].to_numpy(dtype=object),
            "conditions_before": _conditions(old),
            "conditions_after": _conditions(new),
            "class_before": _classes(before, old, subjects, on),
            "class_after": _classes(after, new, subjects, on),
        }
    )
    differs = np.zeros(len(frame), dtype=bool)
    for name in ("score", "grade", "conditions", "class"):
        pairs = zip(frame[f"{name}_before"], frame[f"{name}_after"], strict=True)
        differs |= np.array([one != other for one, other in pairs], dtype=bool)
    moved = frame[differs].reset_index(drop=True)
    moved["reason"] = _reasons(before, after, records, subjects[differs], on)
    counts = frame.groupby(["grade_before", "grade_after"], sort=True).size().rename("count").reset_index()
    return Impact(moved, counts, len(frame))


def _scores(scores: Scores, ruleset: RuleSet) -> list[str | None]:
    return [
        None if pd.isna(units) else decimal_of(int(units), ruleset.scale) for units in scores.results["score"]
    ]


def _conditions(scores: Scores) -> list[list[str]]:
    met: dict[object, set[str]] = {}
    for subject, condition in zip(scores.conditions["subject"], scores.conditions["condition"], strict=True):
        met.setdefault(subject, set()).add(condition)
    return [sorted(met.get(subject, ())) for subject in scores.results["subject"]]


def _classes(ruleset: RuleSet, scores: Scores, subjects: pd.DataFrame, on: date) -> list[str | None]:
    if not ruleset.supervision:
        return [None] * len(subjects)
    return list(supervision_of(ruleset, scores.results["grade"], subjects, on=on)["class"])


def _reasons(
    before: RuleSet, after: RuleSet, records: pd.DataFrame, subjects: pd.DataFrame, on: date
) -> list[str]:
    """Per subject, the lines that one rule set has and the other has not, or has with other points."""
    if subjects.empty:
        return []
    mine = records[records["subject"].isin(subjects["subject"])]
    lines = [_lines(score(ruleset, mine, subjects, on=on)) for ruleset in (before, after)]
    found = []
    for subject in subjects["subject"]:
        old, new = (side.get(subject, {}) for side in lines)
        parts = [f"不再有 {line}" for line in old if line not in new]
        parts += [f"新增 {line}" for line in new if line not in old]
        found.append("；".join(dict.fromkeys(parts)) or "等级界限不同")
    return found


def _lines(scores: Scores) -> dict[object, dict[str, None]]:
    found: dict[object, dict[str, None]] = {}
    kept = scores.findings[["subject", "item", "title", "points", "grade_after"]]
    for subject, item, title, points, grade in kept.itertuples(index=False):
        what = f"{title}（{item}，{points} 分）" if pd.isna(grade) else f"{title}（{item}）"
        found.setdefault(subject, {})[what] = None
    return found
