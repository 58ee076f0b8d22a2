"""Letters: one template for every paper we issue, filled without a gap."""

from datetime import date

import pytest

from credit_registry.domain import letters
from credit_registry.domain.letters import BLANK, PLACES, render
from credit_registry.domain.papers import PAPERS

ISSUED = sorted(kind for kind, paper in PAPERS.items() if paper.is_issued)
# Names no enterprise: it speaks of all of them.
TO_EVERYBODY = frozenset({"yearly_announcement"})


@pytest.mark.parametrize("kind", ISSUED)
def test_every_paper_we_issue_has_a_text_that_fills_completely(kind: str) -> None:
    letter = render(kind, date(2026, 11, 24), {place: f"<{place}>" for place in PLACES})

    assert letter.template.startswith(f"{kind}@")
    assert ("<name>" in letter.text) == (kind not in TO_EVERYBODY)
    assert "{" not in letter.text
    assert BLANK not in letter.text


def test_templates_exist_for_papers_we_issue_and_no_others() -> None:
    assert letters.kinds() == set(ISSUED)


def test_what_the_case_lacks_is_a_stroke() -> None:
    assert f"理由：{BLANK}。" in render("notice_withdrawal", date(2026, 11, 24), {}).text


def test_the_notice_tells_all_that_the_order_demands() -> None:
    """办法第九条: 列入时间、事由、依据、管理措施提示、依法享有的权利."""
    text = render("listing_notice", date(2026, 11, 24), {}).text

    assert all(
        word in text for word in ("拟列入时间", "列入事由", "列入依据", "管理措施提示", "陈述、申辩的权利")
    )


def test_the_decision_tells_all_that_the_order_demands() -> None:
    """办法第十条."""
    text = render("listing_decision", date(2026, 11, 24), {}).text

    for word in (
        "统一社会信用代码",
        "列入的人员",
        "列入时间",
        "列入事由",
        "列入依据",
        "管理措施提示",
        "信用修复条件和程序",
        "救济途径",
    ):
        assert word in text


def test_values_are_never_read_as_templates() -> None:
    letter = render("comment_notice", date(2026, 11, 24), {"name": "{authority}", "authority": "海淀"})

    assert letter.text.startswith("{authority}")
