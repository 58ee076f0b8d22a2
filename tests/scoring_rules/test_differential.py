"""The engine against the slow, literal reading of the same rules: no difference, and findings that sum."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scoring_rules
from scoring_rules import RuleSet, Scores, load_ruleset, score
from tests.scoring_rules.material import ON, facts, frame, rulesets
from tests.scoring_rules.reference import Reference

ROOM = Path(scoring_rules.__file__).parent / "rulesets"
# A place among peers is no business of one subject at a time: schemes with ranks have a test of their own.
SCHEMES = Path(__file__).parent / "schemes"
FOLDERS = [
    path.parent
    for room in (ROOM, SCHEMES)
    for path in sorted(room.rglob("ruleset.yaml"))
    if not load_ruleset(path.parent).ranks
]
QUIET = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))


def domains_of(ruleset: RuleSet) -> list[str]:
    return [domain.id for domain in ruleset.domains] or ["all"]


def engine(
    ruleset: RuleSet, records: list[dict[str, Any]], subjects: list[dict[str, Any]], *, findings: bool = True
) -> Scores:
    facts = frame(records, "subject", "record"), frame(subjects, "subject")
    return score(ruleset, *facts, on=ON, findings=findings)


def answers(ruleset: RuleSet, scores: Scores) -> dict[tuple[int, str], tuple[Fraction | None, str]]:
    found = {}
    for row in scores.results.to_dict("records"):
        for domain in domains_of(ruleset):
            units = row[f"{domain}_score"]
            value = None if pd.isna(units) else Fraction(int(units), ruleset.scale)
            found[row["subject"], domain] = (value, row[f"{domain}_grade"])
    return found


def compare(ruleset: RuleSet, records: list[dict[str, Any]], subjects: list[dict[str, Any]]) -> None:
    scores = engine(ruleset, records, subjects)
    found = answers(ruleset, scores)
    plain = engine(ruleset, records, subjects, findings=False)
    pd.testing.assert_frame_equal(plain.results, scores.results)
    expected = {
        (subject["subject"], domain): Reference(ruleset, subject, records, ON).result(domain)
        for subject in subjects
        for domain in domains_of(ruleset)
    }

    assert found == expected

    for (subject, domain), (value, grade) in found.items():
        mine = scores.findings
        mine = mine[(mine["subject"] == subject) & (mine["domain"] == domain)]
        if value is not None:
            assert sum((Fraction(text) for text in mine["points"]), Fraction(0)) == value
        if grade == "N":
            assert "N" in set(mine["grade_after"]), "nothing says why there is no grade"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_written_rule_set_scores_as_it_reads(folder: Path) -> None:
    ruleset = load_ruleset(folder)
    fixed = {"hazard_grade": "major"} if ruleset.vocabulary == "registry" else {}

    @QUIET
    @given(facts(ruleset, most=12, fixed=fixed))
    def agrees(drawn: Any) -> None:
        compare(ruleset, *drawn)

    agrees()


@settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_random_rule_set_scores_as_it_reads(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    ruleset = data.draw(rulesets(tmp_path_factory.getbasetemp() / "random"))

    compare(ruleset, *data.draw(facts(ruleset)))
