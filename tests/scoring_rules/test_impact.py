from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from scoring_rules import RuleSet, load_ruleset, ruleset_in_force, shipped_rulesets
from scoring_rules.analysis.impact import impact
from scoring_rules.analysis.supervision import supervision_of

ON = date(2026, 11, 1)
RULES = ruleset_in_force(ON)


@pytest.fixture
def harsher(tmp_path: Path) -> RuleSet:
    """The default with 10 instead of 6 points for an ordinary penalty."""
    shutil.copytree(shipped_rulesets()[0].folder, tmp_path / "harsher")
    items = tmp_path / "harsher" / "items.yaml"
    text = items.read_text(encoding="utf-8")
    assert "points: 6\n" in text
    items.write_text(text.replace("points: 6\n", "points: 10\n", 1), encoding="utf-8")
    return load_ruleset(tmp_path / "harsher")


def facts() -> tuple[pd.DataFrame, pd.DataFrame]:
    seen = {"kind": "inspection", "domain": "safety", "state": "live", "result": "fixed_in_time"}
    fined = {"kind": "penalty", "domain": "safety", "state": "live", "breach_class": "general"}
    rows = [{"subject": at, **seen, "dated_on": date(2026, 1, 1)} for at in (1, 2, 3)]
    rows += [{"subject": 2, **fined, "dated_on": date(2026, 10, 1)}]
    records = pd.DataFrame([{"record": at, **row} for at, row in enumerate(rows, 1)])
    subjects = pd.DataFrame(
        {
            "subject": [1, 2, 3],
            "registered_on": date(2015, 1, 1),
            "is_high_risk": [True, False, None],
            "is_fire_key_unit": [True, None, None],
            "industry_code": ["C", "C", None],
        }
    )
    return records, subjects


def test_only_those_who_move_are_named_with_the_reason(harsher: RuleSet) -> None:
    records, subjects = facts()

    found = impact(RULES, harsher, records, subjects, on=ON)

    (row,) = found.moved.to_dict("records")
    assert (row["subject"], row["score_before"], row["score_after"]) == (2, "94.0", "90.0")
    assert row["reason"] == "不再有 一般失信行政处罚（P2，-6 分）；新增 一般失信行政处罚（P2，-10 分）"
    assert found.by_grade.to_dict("records") == [
        {"grade_before": "A", "grade_after": "A", "count": 2},
        {"grade_before": "B+", "grade_after": "B+", "count": 1},
    ]
    by_industry = found.by(subjects, "industry_code").to_dict("records")
    assert by_industry[0] == {"value": "C", "moved": 1, "count": 2}


def test_the_same_rule_set_moves_nobody() -> None:
    records, subjects = facts()

    assert impact(RULES, RULES, records, subjects, on=ON).moved.empty


def test_high_risk_is_supervised_one_class_stricter_and_key_units_at_least_once() -> None:
    _, subjects = facts()

    found = supervision_of(RULES, pd.Series(["A", "A", "N"]), subjects, on=ON)

    assert list(found["class"]) == ["良", "优", "N"]
    assert list(found["visits_at_least"]) == [1, 0, 0]


def test_the_worst_class_has_more_visits_where_the_trade_is_dangerous() -> None:
    _, subjects = facts()

    found = supervision_of(RULES, pd.Series(["D", "D", "D"]), subjects, on=ON)

    assert list(found["visits_at_most"]) == [12, 6, 6]
    assert list(found["share_percent"]) == ["100"] * 3
