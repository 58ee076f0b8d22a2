"""Who has no score or no grade is told which number is missing, and no line claims points towards a score."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from scoring_rules import load_ruleset, score

PEERS = Path(__file__).parent / "schemes" / "peer-factor"
ON = date(2024, 12, 31)
SICK = {"subject": 1, "record": 1, "kind": "B91", "cost": "100", "dated_on": date(2024, 6, 1)}


def lines(folder: Path, **subject: Any) -> pd.DataFrame:
    facts = pd.DataFrame([SICK]), pd.DataFrame([{"subject": 1, **subject}])
    return score(load_ruleset(folder), *facts, on=ON).findings


@pytest.mark.parametrize(
    ("subject", "why"),
    [
        ({"cnae": "4120"}, "频度没有数值：主体没有“workers”"),
        ({"cnae": "4120", "workers": "0", "payroll": "1"}, "频度没有数值：除数为 0"),
        (
            {"cnae": "4120", "workers": "5", "payroll": "1"},
            "频度次序没有数值：不参加“频度次序”的排名，或者同类不足 3 个",
        ),
    ],
)
def test_the_number_that_is_missing_of_itself_is_named(subject: dict[str, Any], why: str) -> None:
    found = lines(PEERS, **subject)

    assert why in set(found["title"])
    assert "系数没有数值：没有适用的情形" not in set(found["title"])


def test_without_a_score_no_line_has_points(tmp_path: Path) -> None:
    text = (PEERS / "ruleset.yaml").read_text(encoding="utf-8")
    head, rest = text.split("score: {of: {part: factor}}")
    (tmp_path / "ruleset.yaml").write_text(
        head + "score: {of: {sum: [10, {part: gravity}]}}" + rest.split("case_subject:")[0], encoding="utf-8"
    )

    found = lines(tmp_path, cnae="4120")

    assert set(found["points"]) == {"0"}
    assert found.loc[found["item"] == "severity", "note"].tolist() == ["没有得分，未计入"]
    assert "严重度没有数值：主体没有“workers”" in set(found["title"])


def test_a_score_that_no_band_takes_says_so_and_what_the_bands_compare(tmp_path: Path) -> None:
    text = (PEERS / "ruleset.yaml").read_text(encoding="utf-8")
    head, rest = text.split("bands:\n", 1)
    (tmp_path / "ruleset.yaml").write_text(
        head.replace("score: {of: {part: factor}}", "score: {of: {group: severity}}")
        + "bands: [{grade: bonus, when: {value: {of: {part: nf}, at_least: 0}}}]\n",
        encoding="utf-8",
    )

    found = lines(tmp_path, cnae="4120", workers="5", payroll="1")

    assert "没有一个等级的条件成立" in set(found["title"])
    assert "频度次序没有数值：不参加“频度次序”的排名，或者同类不足 3 个" in set(found["title"])


def test_a_band_that_grades_nobody_is_named_and_nothing_is_missing(tmp_path: Path) -> None:
    text = (PEERS / "ruleset.yaml").read_text(encoding="utf-8")
    head, _ = text.split("bands:\n", 1)
    (tmp_path / "ruleset.yaml").write_text(
        head.replace("score: {of: {part: factor}}", "score: {of: {group: severity}}")
        + "bands: [{grade: N, below: 1}, {grade: bonus}]\n",
        encoding="utf-8",
    )

    found = lines(tmp_path, cnae="4120")

    assert found.loc[found["grade_after"] == "N", "title"].tolist() == ["按得分不予评定"]
