"""What a grade means for inspection: the class's share and visits, one class stricter where the subject calls for it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from scoring_rules.engine.calendar import day_number
from scoring_rules.engine.facts import Facts
from scoring_rules.engine.quantities import RecordQuantities
from scoring_rules.language.shapes import RuleSet


def supervision_of(
    ruleset: RuleSet, grades: pd.Series[str], subjects: pd.DataFrame, *, on: date
) -> pd.DataFrame:
    """One row per subject, in their order: class, share_percent (text), visits_at_least, visits_at_most.

    Args:
        grades: overall grade of each row of ``subjects``, "N" included.
    """
    rows = {row.class_: row for row in ruleset.supervision}
    order = [row.class_ for row in ruleset.supervision if row.class_ != "N"]
    class_of = ruleset.class_of
    place = np.array([order.index(class_of[grade]) if class_of[grade] in order else -1 for grade in grades])
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
    chosen = [rows["N" if at < 0 else order[at]] for at in moved]
    most = [
        row.visits_at_most_high_risk
        if high and row.visits_at_most_high_risk is not None
        else row.visits_at_most
        for row, high in zip(chosen, high_risk, strict=True)
    ]
    return pd.DataFrame(
        {
            "subject": subjects["subject"].to_numpy(),
            "class": [row.class_ for row in chosen],
            "share_percent": [str(row.share_percent) for row in chosen],
            "visits_at_least": np.maximum(least, [row.visits_at_least for row in chosen]),
            "visits_at_most": most,
        }
    )
