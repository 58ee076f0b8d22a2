from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from scoring_rules import RuleSet, load_ruleset, ruleset_in_force, score, shipped_rulesets
from scoring_rules.analysis.impact import ASPECTS, differing, impact
from scoring_rules.analysis.supervision import Visits, visits_of

ON = date(2026, 11, 1)
RULES = ruleset_in_force(ON)
SHANDONG = shipped_rulesets()[0].folder.parent / "examples" / "2013-06-24_shandong-four-classes"
Redrafted = Callable[..., RuleSet]


@pytest.fixture
def redrafted(tmp_path: Path) -> Redrafted:
    """The default with one text of one file replaced by another."""

    def make(file: str, old: str, new: str) -> RuleSet:
        folder = tmp_path / "draft"
        shutil.copytree(shipped_rulesets()[0].folder, folder, dirs_exist_ok=True)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return load_ruleset(folder)

    return make


def facts() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Three enterprises that were inspected; the second was fined last month."""
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


def reasons(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    return list(frame[["subject", "item", "title", "before", "after"]].itertuples(index=False, name=None))


def test_only_those_who_move_are_named_with_the_reason(redrafted: Redrafted) -> None:
    records, subjects = facts()
    harsher = redrafted("items.yaml", "points: 6\n", "points: 10\n")

    found = impact(RULES, harsher, records, subjects, on=ON)

    (row,) = found.moved.to_dict("records")
    assert (row["subject"], row["score_before"], row["score_after"], row["fall"]) == (2, "94.0", "90.0", 0)
    assert reasons(found.reasons) == [(2, "P2", "一般失信行政处罚", "-6", "-10")]
    assert found.by_grade.to_dict("records") == [
        {"grade_before": "A", "grade_after": "A", "count": 2},
        {"grade_before": "B+", "grade_after": "B+", "count": 1},
    ]
    assert found.by(subjects, "industry_code").to_dict("records") == [
        {"value": "C", "count": 2, "moved": 1, "lowered": 0, "raised": 0},
        {"value": None, "count": 1, "moved": 0, "lowered": 0, "raised": 0},
    ]


def test_the_same_rule_set_moves_nobody() -> None:
    records, subjects = facts()

    found = impact(RULES, RULES, records, subjects, on=ON)

    assert found.moved.empty
    assert found.reasons.empty


def test_an_empty_register_moves_nobody() -> None:
    records, subjects = (frame.iloc[:0] for frame in facts())

    found = impact(RULES, load_ruleset(SHANDONG), records, subjects, on=ON)

    assert (len(found.grades), len(found.moved), len(found.by_grade)) == (0, 0, 0)
    assert found.by(subjects, "industry_code").empty


def test_a_cap_that_is_loosened_says_what_it_did_before_and_does_now(redrafted: Redrafted) -> None:
    records, subjects = facts()
    milder = redrafted("grades.yaml", "not_above: B+\n", "not_above: A-\n")

    found = impact(RULES, milder, records, subjects, on=ON)

    assert reasons(found.reasons) == [
        (2, "K1", "有一般程度的有效记录，等级不高于 B+", "不高于 B+", "不高于 A-")
    ]
    assert (found.moved["fall"] < 0).all()


def test_a_veto_that_is_new_is_there_after_and_not_before(redrafted: Redrafted) -> None:
    records, subjects = facts()
    strict = redrafted(
        "grades.yaml",
        "vetoes:\n",
        "vetoes:\n  - {code: V9, title: 有一般处罚, when: {live: P2}, grade: D, source: [choice]}\n",
    )

    found = impact(RULES, strict, records, subjects, on=ON)

    assert reasons(found.reasons) == [(2, "V9", "有一般处罚", None, "定为 D")]
    assert (found.by(subjects, "industry_code")["lowered"]).tolist() == [1, 0]


def test_bands_alone_move_a_grade_and_are_named(redrafted: Redrafted) -> None:
    records, subjects = facts()
    records = records[records["kind"] == "inspection"]
    narrower = redrafted(
        "grades.yaml",
        "  - {grade: A, at_least: 95}\n  - {grade: A-, at_least: 90, below: 95}",
        "  - {grade: A, at_least: 101}\n  - {grade: A-, at_least: 90, below: 101}",
    )

    found = impact(RULES, narrower, records, subjects, on=ON)

    assert {row[1:] for row in reasons(found.reasons)} == {("", "等级界限不同", "A", "A-")}
    assert list(found.moved["subject"]) == [1, 2, 3]


def test_a_list_condition_that_begins_to_hold_is_told_with_its_title(redrafted: Redrafted) -> None:
    records, subjects = facts()
    records["cause"] = "未按规定培训"
    wider = redrafted(
        "lists.yaml",
        "list_conditions:\n",
        "list_conditions:\n"
        "  - {code: 9-9, title: 有一般处罚, series: safety-order-11, when: {live: P2}, who: [unit], source: [choice]}\n",
    )

    found = impact(RULES, wider, records, subjects, on=ON)

    (row,) = found.moved.to_dict("records")
    assert (row["subject"], row["conditions_before"], row["conditions_after"]) == (2, (), ("9-9",))
    assert (2, "9-9", "有一般处罚", None, "成立") in reasons(found.reasons)
    assert [name for name in ASPECTS if differing(found.moved, name).any()] == ["conditions"]


def test_more_visits_for_a_class_move_all_of_the_class(redrafted: Redrafted) -> None:
    records, subjects = facts()
    busier = redrafted(
        "supervision.yaml",
        "share_percent: 5, visits_at_most: 2, extra: 例行检查",
        "share_percent: 5, visits_at_most: 3, extra: 例行检查",
    )

    found = impact(RULES, busier, records, subjects, on=ON)

    assert reasons(found.reasons) == [
        (1, "", "监管频次的规定不同", "良，抽查5%，每年1至2次", "良，抽查5%，每年1至3次"),
        (2, "", "监管频次的规定不同", "良，抽查5%，每年至多2次", "良，抽查5%，每年至多3次"),
    ]


def test_two_records_of_one_item_are_one_reason_with_their_sum(redrafted: Redrafted) -> None:
    records, subjects = facts()
    again = records[records["kind"] == "penalty"].assign(record=9, dated_on=date(2026, 10, 2))
    harsher = redrafted("items.yaml", "points: 6\n", "points: 10\n")

    found = impact(RULES, harsher, pd.concat([records, again]), subjects, on=ON)

    assert (2, "P2", "一般失信行政处罚", "-12", "-20") in reasons(found.reasons)


def test_the_reasons_account_for_the_whole_move_of_the_score(redrafted: Redrafted) -> None:
    records, subjects = facts()
    harsher = redrafted("items.yaml", "points: 6\n", "points: 10\n")

    found = impact(RULES, harsher, records, subjects, on=ON)

    moved = (
        score(harsher, records, subjects, on=ON).results["score"]
        - score(RULES, records, subjects, on=ON).results["score"]
    )
    told = [Fraction(row["after"]) - Fraction(row["before"]) for row in found.reasons.to_dict("records")]
    assert sum(told) * RULES.scale == moved.sum()


def test_another_ladder_and_another_scheme_are_compared_all_the_same() -> None:
    records, subjects = facts()

    found = impact(RULES, load_ruleset(SHANDONG), records, subjects, on=ON)

    assert list(found.moved["supervision_after"]) == [None, None, None]
    assert {row[1] for row in reasons(found.reasons)} >= {"base", "P2"}
    assert "基础分（按安全生产标准化等级）：该组低于下限的部分" in {row[2] for row in reasons(found.reasons)}
    assert (found.moved["fall"] > 0).all()


def test_a_part_of_the_subjects_is_cut_from_the_whole(redrafted: Redrafted) -> None:
    records, subjects = facts()
    harsher = redrafted("items.yaml", "points: 6\n", "points: 10\n")
    whole = impact(RULES, harsher, records, subjects, on=ON)

    part = whole.within(subjects[subjects["industry_code"].isna()])

    assert (len(part.moved), len(part.reasons), list(part.by_grade["count"])) == (0, 0, [1])


def test_high_risk_is_supervised_one_class_stricter_and_key_units_at_least_once() -> None:
    _, subjects = facts()

    found = visits_of(RULES, pd.Series(["A", "A", "N"]), subjects, on=ON)

    assert found == [Visits("良", "5", 1, 2), Visits("优", "2", 0, 1), Visits("N", "5", 0, 2)]


def test_the_worst_class_has_more_visits_where_the_trade_is_dangerous() -> None:
    _, subjects = facts()

    found = visits_of(RULES, pd.Series(["D", "D", "D"]), subjects, on=ON)

    assert found == [Visits("差", "100", 4, most) for most in (12, 6, 6)]
