"""What the language says directly, what it refuses, and what it remarks on, where a scheme goes beyond one number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from scoring_rules import RuleSetError, load_ruleset
from scoring_rules.analysis.completeness import remarks

TABLE: dict[str, Any] = {"attribute": ["kind", "level"], "values": {"a": {"x": 1}, "b": {"x": 2, "y": 3}}}
PLAIN: dict[str, Any] = {
    "id": "plain",
    "title": "小规则",
    "language": 1,
    "effective_from": "2020-01-01",
    "series": "plain",
    "scale": 1,
    "records": {
        "kind": {"type": "text", "values": {"a": "甲", "b": "乙"}},
        "level": {"type": "text", "values": {"x": "子", "y": "丑"}},
        "seen_on": {"type": "date"},
    },
    "subjects": {"size": {"type": "text"}},
    "dated": "seen_on",
    "groups": [{"id": "g", "title": "组"}],
    "items": [{"id": "i", "title": "项", "group": "g", "when": {"kind": {"missing": False}}, "points": 1}],
    "score": {"of": {"difference": [100, {"group": "g"}]}},
    "grades": [{"grade": "A"}, {"grade": "B"}],
    "bands": [{"grade": "A", "at_least": 90}, {"grade": "B"}],
}


def scheme(tmp_path: Path, item: dict[str, Any] | None = None, **changes: Any) -> Path:
    """The small scheme with an item and keys changed; None takes a key away."""
    document = json.loads(json.dumps({**PLAIN, **changes}))
    document["items"][0] |= item or {}
    wanted = {key: value for key, value in document.items() if value is not None}
    wanted["items"][0] = {key: value for key, value in wanted["items"][0].items() if value is not None}
    folder = tmp_path / "scheme"
    folder.mkdir(exist_ok=True)
    with (folder / "ruleset.yaml").open("w", encoding="utf-8") as file:
        YAML().dump(wanted, file)
    return folder


def remarked(folder: Path, *kinds: str) -> list[str]:
    return [remark.message for remark in remarks(load_ruleset(folder)) if remark.kind in kinds]


@pytest.mark.parametrize(
    ("item", "changes", "message"),
    [
        ({"points": {"table": {**TABLE, "attribute": "kind"}}}, {}, "表按 1 个属性查，values 却不都是 1 层"),
        ({"points": {"table": {**TABLE, "attribute": ["kind", "lvl"]}}}, {}, "记录没有属性 lvl"),
        ({"points": {"table": {**TABLE, "attribute": ["level", "kind"]}}}, {}, "“a”不在声明的取值之内"),
        ({"points": {"table": {**TABLE, "attribute": ["kind", {"subject": "siz"}]}}}, {}, "主体没有属性 siz"),
        ({"points": {"table": {**TABLE, "attribute": ["kind", {}]}}}, {}, "须写 value 或 subject 之一"),
        (
            {
                "points": {
                    "table": {**TABLE, "attribute": ["kind", {"value": {"months": {"from": "seen_on"}}}]}
                }
            },
            {},
            "“x”不是数字",
        ),
        (
            {"points": {"alike": {"same": [], "before": {"years": 1}, "after": {"years": 1}}}},
            {},
            "before 和 after 只能写一个",
        ),
        ({"points": {"alike": {"same": ["colour"]}}}, {}, "记录没有属性 colour"),
        ({"points": None}, {}, "项目 i 没有 points"),
        ({}, {"score": None}, "没有 score 的规则不能按得分分档"),
        (
            {},
            {
                "score": None,
                "bands": [{"grade": "B"}],
                "domains": [{"id": "x", "title": "子"}, {"id": "y", "title": "丑"}],
                "domain_attribute": "level",
                "combine": {"by": "weighted", "weights": {"x": 1, "y": 1}},
            },
            "没有得分的领域不能加权合成",
        ),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, item: dict[str, Any], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(RuleSetError) as caught:
        load_ruleset(scheme(tmp_path, item, **changes))

    assert message in str(caught.value)
    assert all(problem.line > 0 and problem.suggestion for problem in caught.value.problems)


def test_values_that_a_table_leaves_out_are_named_as_far_as_they_can_come(tmp_path: Path) -> None:
    one = {"attribute": "kind", "values": {"a": 1}}
    remark = ["项目 i 的表没有 kind 的取值“b”，遇到时没有分值；请补上，或写 otherwise"]

    assert remarked(scheme(tmp_path, {"points": {"table": one}}), "unlisted") == remark
    assert remarked(scheme(tmp_path, {"points": {"table": {**one, "otherwise": 0}}}), "unlisted") == []
    assert remarked(scheme(tmp_path, {"when": {"kind": "a"}, "points": {"table": one}}), "unlisted") == []


def test_points_below_zero_are_remarked_on_where_the_score_takes_them_away(tmp_path: Path) -> None:
    message = "项目 i 的分值可为负，而组 g 在得分中被减去，负分反而加分；有意如此请在 note 中说明"
    added = {"score": {"of": {"sum": [100, {"group": "g"}]}}}

    assert remarked(scheme(tmp_path, {"points": -1}), "negative") == [message]
    assert remarked(scheme(tmp_path, {"points": -1, "note": "减免"}), "negative") == []
    assert remarked(scheme(tmp_path, {"points": -1}, **added), "negative") == []
    assert remarked(scheme(tmp_path, {"points": {"table": {**TABLE, "otherwise": -1}}}), "negative") == [
        message
    ]


def test_classes_that_all_have_conditions_leave_somebody_without(tmp_path: Path) -> None:
    bands = [{"grade": "A", "when": {"has": {"kind": "a"}}}, {"grade": "B", "when": {"has": {"kind": "b"}}}]
    folder = scheme(tmp_path, {"points": None}, score=None, bands=bands)

    assert remarked(folder, "gap") == ["各档都有条件，都不符合的主体没有等级（N）"]
    assert remarked(scheme(tmp_path, score=None, bands=[*bands, {"grade": "B"}]), "gap") == []
