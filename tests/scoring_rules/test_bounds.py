"""A number that bounds what items make up leaves their points in sight; a part that is not taken says so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from scoring_rules import load_ruleset, score

THOUSAND = Path(__file__).parent / "schemes" / "thousand-points" / "ruleset.yaml"
SUBJECT = pd.DataFrame([{"subject": 1, "行业": "商贸", "标准化": 3}])
HONOURS = [
    {"subject": 1, "record": at, "领域": "消防", "种类": "荣誉", "日期": date(2024, 1, 1)} for at in (1, 2)
]


def lines(folder: Path) -> list[tuple[str, str, str]]:
    found = score(load_ruleset(folder), pd.DataFrame(HONOURS), SUBJECT, on=date(2025, 6, 30)).findings
    found = found[found["domain"] == "消防"]
    return list(found[["item_id", "points", "note"]].itertuples(index=False, name=None))


def test_a_bound_that_is_computed_is_a_line_of_its_own() -> None:
    assert lines(THOUSAND.parent) == [
        ("基础:基础", "900", ""),
        ("荣誉", "60", ""),
        ("荣誉", "60", ""),
        ("奖:bound", "-30", ""),
    ]


def test_the_part_that_is_not_taken_has_no_points_and_says_why(tmp_path: Path) -> None:
    text = THOUSAND.read_text(encoding="utf-8").split("case_subject:")[0]
    bound = '{least: [{group: 加分}, {product: ["0.1", {part: 基础}]}]}'
    assert bound in text
    text = text.replace(bound, "{least: [{group: 加分}, {difference: [100, {group: 扣分}]}]}")
    (tmp_path / "ruleset.yaml").write_text(text, encoding="utf-8")

    found = lines(tmp_path)

    assert ("荣誉", "0", "未取用这一部分") in found
