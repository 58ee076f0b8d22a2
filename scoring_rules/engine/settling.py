"""From "not before that day" to the day itself: the next day on which a result really differs."""

from __future__ import annotations

from datetime import date

import pandas as pd

from scoring_rules.engine.scoring import Scores, score
from scoring_rules.language.shapes import RuleSet

_MOST_DAYS = 1100  # three years of days, the usual life of a record


def settle_next_change(
    ruleset: RuleSet, records: pd.DataFrame, subjects: pd.DataFrame, scores: Scores, *, on: date
) -> pd.DataFrame:
    """``scores.results`` with ``next_change_on`` exact: score, grade or list conditions differ on that day.

    Scores again on each candidate day, so it is for one subject or a file, not for a register. After so many
    candidates of a subject that changed nothing (a clamped score that counts days), the last one stands as "not
    before".
    """
    settled = scores.results.copy()
    before = _signatures(scores)
    waiting = {
        subject: day.date()
        for subject, day in zip(settled["subject"], settled["next_change_on"], strict=True)
        if not pd.isna(day)
    }
    found: dict[object, date | None] = dict.fromkeys(settled["subject"])
    tried = dict.fromkeys(waiting, 0)
    while any(tried[subject] < _MOST_DAYS for subject in waiting):
        day = min(at for subject, at in waiting.items() if tried[subject] < _MOST_DAYS)
        due = [subject for subject, candidate in waiting.items() if candidate == day]
        # A rank depends on everybody; anything else on the subject alone.
        some, theirs = subjects, records
        if not ruleset.ranks:
            some = subjects[subjects["subject"].isin(due)]
            theirs = records[records["subject"].isin(due)]
        again = score(ruleset, theirs, some, on=day, findings=False)
        now = _signatures(again)
        next_ = dict(zip(again.results["subject"], again.results["next_change_on"], strict=True))
        for subject in due:
            tried[subject] += 1
            if now[subject] != before[subject]:
                found[subject] = day
                del waiting[subject]
            elif pd.isna(next_[subject]):
                del waiting[subject]
            else:
                waiting[subject] = next_[subject].date()
    found |= waiting
    settled["next_change_on"] = pd.to_datetime(pd.Series([found[s] for s in settled["subject"]])).astype(
        "datetime64[s]"
    )
    return settled


def _signatures(scores: Scores) -> dict[object, tuple[object, ...]]:
    """What a reader would call the result, comparable across days."""
    results = scores.results.drop(columns="next_change_on")
    met: dict[object, list[tuple[str, str]]] = {}
    for subject, condition, domain in scores.conditions[["subject", "condition", "domain"]].itertuples(
        index=False
    ):
        met.setdefault(subject, []).append((condition, domain))
    return {
        row[0]: (*(None if pd.isna(value) else value for value in row[1:]), *sorted(met.get(row[0], [])))
        for row in results.itertuples(index=False, name=None)
    }
