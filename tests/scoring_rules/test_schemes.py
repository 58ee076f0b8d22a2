"""Shapes of schemes from several countries, each written as data alone with its worked cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoring_rules import load_ruleset
from scoring_rules.analysis.cases import differences
from scoring_rules.analysis.completeness import remarks

SCHEMES = [path.parent for path in sorted((Path(__file__).parent / "schemes").rglob("ruleset.yaml"))]
# Cases are there for what is peculiar to a scheme, not for each of its lines.
FEW = {"no-firing-case", "no-quiet-case", "no-boundary-case"}


@pytest.mark.parametrize("folder", SCHEMES, ids=lambda folder: folder.name)
def test_a_published_shape_is_said_without_python(folder: Path) -> None:
    ruleset = load_ruleset(folder)

    assert len(ruleset.cases) > 0
    assert [str(one) for case in ruleset.cases for one in differences(ruleset, case)] == []
    assert [str(one) for one in remarks(ruleset) if one.kind not in FEW] == []
