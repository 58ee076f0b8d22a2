from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import scoring_rules
from scoring_rules import load_ruleset, shipped_rulesets
from scoring_rules.analysis.completeness import remarks

FORM = Path(scoring_rules.__file__).parent / "rulesets" / "examples" / "2016-01-01_suzhou-form"


def found_after(tmp_path: Path, old: str, new: str, times: int = 1) -> set[tuple[str, str]]:
    shutil.copytree(FORM, tmp_path / "form")
    path = tmp_path / "form" / "ruleset.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, times), encoding="utf-8")
    return {(remark.kind, remark.message) for remark in remarks(load_ruleset(tmp_path / "form"))}


def test_every_item_and_boundary_of_the_default_has_its_cases() -> None:
    for info in shipped_rulesets():
        assert [str(remark) for remark in remarks(load_ruleset(info.folder))] == []


@pytest.mark.parametrize(
    ("old", "new", "kind", "message"),
    [
        ("at_least: 75, below: 90", "at_least: 75, below: 89", "gap", "没有等级的情况，例如 得分 = 89"),
        (
            "at_least: 60, below: 75",
            "at_least: 60, below: 76",
            "overlap",
            "等级 good 与 fair 重叠，例如 得分 = 75（以前者为准）",
        ),
        (
            "grade: poor, below: 60",
            "grade: poor, below: 61",
            "overlap",
            "等级 fair 与 poor 重叠，例如 得分 = 60（以前者为准）",
        ),
        (
            "grade: poor, below: 60",
            "grade: poor, at_least: 90",
            "unreachable",
            "等级 poor 的这一档永远轮不到",
        ),
        (
            "when: {kind: complaint}",
            "when: {kind: complaint, all: [{kind: hazard}]}",
            "never-fires",
            "项目 complaint 永远不会触发：kind 不能同时取不同的值",
        ),
        (
            "when: {kind: complaint}",
            "when: {deaths: {at_least: 3}, all: [{deaths: {below: 2}}]}",
            "never-fires",
            "项目 complaint 永远不会触发：deaths 的上下限矛盾",
        ),
        (
            "when: {kind: complaint}",
            "when: {kind: complaint, any: [{kind: hazard}, {kind: penalty}]}",
            "never-fires",
            "项目 complaint 永远不会触发：any 的每一种情况都与其他条件矛盾",
        ),
        (
            "when: {kind: complaint}",
            "when: {kind: complaint, not: {kind: [complaint, hazard]}}",
            "never-fires",
            "项目 complaint 永远不会触发：kind 所要的取值又都被排除",
        ),
        (
            "when: {kind: complaint}",
            "when: {kind: complaint, dated_on: {missing: true}}",
            "never-fires",
            "项目 complaint 永远不会触发：没有 dated_on 的记录不参加计算",
        ),
        (", {group: bonus}]}", "]}", "unused", "组 bonus 没有用在得分、数值或等级中"),
    ],
)
def test_what_a_rule_set_leaves_open_is_named(
    tmp_path: Path, old: str, new: str, kind: str, message: str
) -> None:
    assert (kind, message) in found_after(tmp_path, old, new)


def test_an_item_that_no_case_fires_is_named(tmp_path: Path) -> None:
    gone = "- {kind: hazard, dated_on: 2025-01-01, ended_on: 2025-01-02}\n"
    found = found_after(tmp_path, "- {kind: engineer, dated_on: 2025-01-01}\n", gone, times=-1)

    assert ("no-firing-case", "engineer-bonus 没有一个触发它的算例") in found


PLACES = """
id: places
title: 按同业次序定等级
language: 1
effective_from: 2026-01-01
series: places
records: {dated_on: {type: date}, kind: {type: text}}
dated: dated_on
parts: [{id: place, title: 次序, value: {rank: place}}]
ranks: [{id: place, title: 次序, of: {collect: {take: count}}, METHOD}]
score: {of: {part: place}}
grades: [{grade: ahead}, {grade: behind}]
bands: [BANDS]
"""


@pytest.mark.parametrize(
    ("method", "bands", "gaps"),
    [
        ("method: percent_rank", "{grade: ahead, at_least: 50}, {grade: behind, at_least: 0, below: 50}", []),
        (
            "method: percent_rank",
            "{grade: ahead, at_least: 50}, {grade: behind, above: 0, below: 50}",
            ["没有等级的情况，例如 得分 = 0"],
        ),
        (
            "ties: average",
            "{grade: ahead, above: 0, below: 50}, {grade: behind, at_least: 50, below: 100}",
            [],
        ),
        (
            "ties: highest",
            "{grade: ahead, above: 0, below: 50}, {grade: behind, at_least: 50, below: 100}",
            ["没有等级的情况，例如 得分 = 100"],
        ),
        ("method: position", "{grade: ahead, at_least: 1, at_most: 3}, {grade: behind, above: 3}", []),
    ],
)
def test_a_place_among_peers_leaves_no_gap_where_it_never_is(
    tmp_path: Path, method: str, bands: str, gaps: list[str]
) -> None:
    text = PLACES.replace("METHOD", method).replace("BANDS", bands)
    (tmp_path / "ruleset.yaml").write_text(text, encoding="utf-8")

    found = remarks(load_ruleset(tmp_path))

    assert [remark.message for remark in found if remark.kind == "gap"] == gaps


def test_a_number_of_records_leaves_no_gap_below_zero(tmp_path: Path) -> None:
    text = PLACES.replace("{part: place}", "{collect: {take: count}}").replace("METHOD", "ties: average")
    text = text.replace("BANDS", "{grade: ahead, at_least: 0, below: 2}, {grade: behind, at_least: 2}")
    (tmp_path / "ruleset.yaml").write_text(text, encoding="utf-8")

    assert "gap" not in {remark.kind for remark in remarks(load_ruleset(tmp_path))}
