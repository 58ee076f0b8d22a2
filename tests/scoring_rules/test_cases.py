from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

import scoring_rules
from scoring_rules.analysis.cases import differences, run_case
from scoring_rules.language.examples import ExampleCase
from scoring_rules.language.loader import load_ruleset
from scoring_rules.language.shapes import RuleSet

ROOM = Path(scoring_rules.__file__).parent / "rulesets"
FOLDERS = sorted(path.parent for path in ROOM.rglob("ruleset.yaml"))
RULESETS = [load_ruleset(folder) for folder in FOLDERS]
CASES = [
    pytest.param(ruleset, case, id=f"{ruleset.id}/{case.id}")
    for ruleset in RULESETS
    for case in ruleset.cases
]


@pytest.mark.parametrize(("ruleset", "case"), CASES)
def test_a_worked_case_holds(ruleset: RuleSet, case: ExampleCase) -> None:
    assert [str(difference) for difference in differences(ruleset, case)] == []


@pytest.mark.parametrize(("ruleset", "case"), CASES)
def test_findings_sum_to_the_score_of_each_domain(ruleset: RuleSet, case: ExampleCase) -> None:
    scores = run_case(ruleset, case)
    for _, row in scores.results.iterrows():
        mine = scores.findings[scores.findings["subject"] == row["subject"]]
        for domain in [domain.id for domain in ruleset.domains] or ["all"]:
            units = row[f"{domain}_score"]
            if not pd.isna(units):
                points = sum(Fraction(text) for text in mine[mine["domain"] == domain]["points"])

                assert points == Fraction(int(units), ruleset.scale)
