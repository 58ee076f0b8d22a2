"""Items in plain Chinese, from what the rule set itself says."""

from pathlib import Path

import pytest

from scoring_rules import RuleSet, example_rulesets, load_ruleset, shipped_ruleset, shipped_rulesets
from scoring_rules.analysis import wording
from tests.factories import a_draft

RULES = shipped_ruleset(shipped_rulesets()[-1])


def told(ruleset: RuleSet, code: str) -> tuple[str, str]:
    item = ruleset.item(code)
    assert item is not None
    return wording.applies(ruleset, item), wording.counts(ruleset, item)


@pytest.mark.parametrize(
    ("code", "applies", "counts"),
    [
        (
            "P2",
            "记录种类为行政处罚，状态为有效，失信程度为一般",
            (
                "扣 6 分；12 个月内违法行为类型（案由）相同的（P1、P2、P3 合并计次），第 2 次 1.5 倍、第 3 次起 2 倍；"
                "自期间起算日起 3 个月内全额，12 个月内按 0.5 倍，此后不再计入。"
            ),
        ),
        (
            "PN",
            (
                "记录种类为行政处罚，状态为有效，罚款缴纳状态为经机关确认未缴，"
                "（已过罚款缴纳期限；或者没有罚款缴纳期限，期间起算日已满 15 日）"
            ),
            "扣 5 分；自期间起算日起至罚款缴清日之前全额，此后不再计入。",
        ),
        (
            "A3",
            "记录种类为事故，状态为有效，责任为主要或同等或次要，事故等级（计算）为较大",
            (
                "扣 60 分；同一事件有（记录种类为行政处罚，状态为已修复）的记录，"
                "同一事件没有（记录种类为行政处罚，状态为有效）的记录时，自期间起算日起 12 个月内全额，此后不再计入；"
                "其他的，自期间起算日起 36 个月内全额，此后不再计入。"
            ),
        ),
        (
            "H3",
            "记录种类为隐患，状态为有效，隐患等级为重大，经机关确认逾期",
            "扣 20 分；自期间起算日起至办结（履行）日之前全额，办结（履行）日后 12 个月内按 0.5 倍，此后不再计入。",
        ),
        (
            "B1",
            "记录种类为荣誉和良好信息，状态为有效，良好信息种类为安全生产标准化，良好信息级别为一级或二级或三级",
            (
                "按良好信息级别加分：一级 6 分，二级 4 分，三级 2 分；"
                "有有效期末日时，自期间起算日起至有效期末日（含当日）全额，此后不再计入；"
                "其他的，自期间起算日起 36 个月内全额，此后不再计入；只计入安全生产。"
            ),
        ),
        ("A0", "记录种类为事故，（状态为待认定；或者状态为有效，责任为待认定）", "不扣分。"),
    ],
)
def test_an_item_says_what_it_looks_at_and_how_it_counts(code: str, applies: str, counts: str) -> None:
    assert told(RULES, code) == (applies, counts)


def test_numbers_are_the_rule_sets_own(tmp_path: Path) -> None:
    draft = load_ruleset(a_draft(tmp_path / "draft"))

    assert told(draft, "P2")[1].startswith("扣 10 分；")


def test_brackets_open_and_close_together_in_every_scheme() -> None:
    for info in (*shipped_rulesets(), *example_rulesets()):
        ruleset = shipped_ruleset(info)
        for item in ruleset.items:
            for text in (wording.applies(ruleset, item), wording.counts(ruleset, item)):
                assert text.count("（") == text.count("）"), text
                assert "（（" not in text


def test_another_scheme_speaks_in_its_own_words() -> None:
    hours = next(shipped_ruleset(info) for info in example_rulesets() if "hours" in info.id)
    counts = [wording.counts(hours, item) for item in hours.items]

    assert "计 1 分；自检查日起 6 个月内按 3 倍，12 个月内按 2 倍，24 个月内全额，此后不再计入。" in counts
    assert any("当场停运时，另扣 2 分" in text for text in counts)


def test_a_table_of_two_attributes_is_read_out_cell_by_cell() -> None:
    scheme = load_ruleset(Path(__file__).parent / "schemes" / "demerit-points")

    counts = wording.counts(scheme, scheme.items[0])
    assert counts.startswith("按kind和severity计分：停工令、局部 5 分，停工令、全面 10 分，罚单、轻 2 分，")
