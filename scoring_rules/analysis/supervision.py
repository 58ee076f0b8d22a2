"""What a grade means for inspection: the class's share and visits, one class stricter where the subject calls for it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from scoring_rules.engine.calendar import day_number
from scoring_rules.engine.exact import text_of
from scoring_rules.engine.facts import Facts
from scoring_rules.engine.quantities import RecordQuantities
from scoring_rules.language.shapes import RuleSet


class Visits(NamedTuple):
    """How a subject is inspected: its class, the yearly share of the class drawn by lot, visits of a year."""

    class_: str
    share_percent: str
    at_least: int
    at_most: int

    @property
    def text(self) -> str:
        times = f"{self.at_least}至{self.at_most}" if self.at_least else f"至多{self.at_most}"
        return f"{'未评定' if self.class_ == 'N' else self.class_}，抽查{self.share_percent}%，每年{times}次"


def visits_of(
    ruleset: RuleSet, grades: pd.Series[str], subjects: pd.DataFrame, *, on: date
) -> list[Visits | None]:
    """Per row of ``subjects``; None where the rule set says nothing of its class.

    Args:
        grades: overall grade of each row, "N" included.
    """
    rows = {row.class_: row for row in ruleset.supervision}
    order = [row.class_ for row in ruleset.supervision if row.class_ != "N"]
    class_of = ruleset.class_of
    classes = [class_of[grade] for grade in grades]
    place = np.array([order.index(name) if name in order else -1 for name in classes], dtype=np.int64)
    least = np.zeros(place.size, dtype=np.int64)
    high_risk = np.zeros(place.size, dtype=bool)
    nothing = pd.DataFrame({name: pd.array([], "int64") for name in ("subject", "record")})
    facts = Facts(ruleset, nothing, subjects, day_number(on))
    conditions = RecordQuantities(facts).conditions
    for stricter in ruleset.stricter:
        holds = conditions.of_subjects(stricter.when).holds
        high_risk |= holds & (stricter.classes > 0)
        least = np.where(holds, np.maximum(least, stricter.visits_at_least), least)
    # One class at most, however many reasons there are; the ungraded have no class to move from.
    moved = np.where(high_risk & (place >= 0), np.minimum(place + 1, len(order) - 1), place)
    found: list[Visits | None] = []
    for name, at, high, visits in zip(
        classes, moved.tolist(), high_risk.tolist(), least.tolist(), strict=True
    ):
        row = rows.get(name if at < 0 else order[at])
        if row is None:
            found.append(None)
            continue
        at_most = row.visits_at_most_high_risk if high else None
        found.append(
            Visits(
                row.class_,
                text_of(row.share_percent),
                max(visits, row.visits_at_least),
                row.visits_at_most if at_most is None else at_most,
            )
        )
    return found
