"""Grades computed to be kept: today's, for a guard to compare with; frozen with their reasons, to be announced."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

import scoring_rules
from credit_registry.domain.answers import FindingView
from credit_registry.services import explanations, facts
from credit_registry.storage.database import Session
from scoring_rules import RuleSet

# Enterprises explained at once: their findings are held as rows and as text at the same time.
CHUNK = 5_000


@dataclass(frozen=True)
class Grading:
    """One computed grade with its reasons, as it will be kept."""

    enterprise_id: int
    grade: str
    score: int | None
    domains: dict[str, Any]
    findings: tuple[FindingView, ...]


def of(
    session: Session, ids: Sequence[int], ruleset: RuleSet, *, on: date, now: datetime
) -> Iterator[list[Grading]]:
    """The gradings of enterprises on a day, some thousands at a time."""
    for start in range(0, len(ids), CHUNK):
        yield _chunk(session, ids[start : start + CHUNK], ruleset, on=on, now=now)


def one(session: Session, enterprise_id: int, *, on: date, now: datetime) -> Grading:
    (chunk,) = of(session, [enterprise_id], scoring_rules.ruleset_in_force(on), on=on, now=now)
    return chunk[0]


def order(ruleset: RuleSet) -> tuple[str, ...]:
    """The grades from best to worst."""
    return tuple(dict.fromkeys(band.grade for band in ruleset.bands))


def _chunk(
    session: Session, ids: Sequence[int], ruleset: RuleSet, *, on: date, now: datetime
) -> list[Grading]:
    material = facts.of(session, ids, on=on, now=now)
    scores = scoring_rules.score(ruleset, material.records, material.subjects, on=on, findings=True)
    reasons = explanations.by_subject(ruleset, scores, material.records)
    return [
        Grading(
            int(row["subject"]),
            str(row["grade"]),
            _whole(row["score"]),
            {
                domain.id: {
                    "score": _whole(row[f"{domain.id}_score"]),
                    "grade": str(row[f"{domain.id}_grade"]),
                }
                for domain in ruleset.domains
            },
            reasons.get(int(row["subject"]), ()),
        )
        for row in scores.results.to_dict("records")
    ]


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
