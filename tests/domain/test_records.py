"""Identity and content of records, accident levels, states."""

from datetime import date

import pytest

from credit_registry.domain import records

PENALTY = {
    "authority_name": "北京市海淀区应急管理局", "document_no": "京海应急罚〔2026〕1号", "cause": "未培训",
    "dated_on": date(2026, 5, 20), "fine_fen": 2_000_000, "fine_state": "unknown", "domain": "safety", "state": "live",
}  # fmt: skip


def test_one_penalty_sent_by_two_departments_is_one():
    other = {**PENALTY, "source_name": "北京市海淀区发展改革委", "source_code": "11110108000000002E"}

    assert records.natural_key("penalty", other) == records.natural_key("penalty", PENALTY)
    assert records.content_digest("penalty", other) == records.content_digest("penalty", PENALTY)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("authority_name", "北京市海淀区消防救援支队"),
        ("document_no", "京海应急罚〔2026〕2号"),
        ("cause", "未设置标志"),
    ],
)
def test_authority_number_and_kind_of_violation_each_make_another_penalty(column, value):
    assert records.natural_key("penalty", {**PENALTY, column: value}) != records.natural_key(
        "penalty", PENALTY
    )


def test_the_authoritys_code_stands_for_its_name():
    coded = {**PENALTY, "authority_code": "11110108000000000F"}
    renamed = {**coded, "authority_name": "海淀区应急局"}

    assert records.natural_key("penalty", coded) == records.natural_key("penalty", renamed)


@pytest.mark.parametrize(
    ("column", "value"),
    [("fine_fen", 3_000_000), ("content", "罚款"), ("dated_on", date(2026, 5, 21)), ("state", "revoked")],
)
def test_what_is_said_of_a_penalty_is_its_content(column, value):
    assert records.content_digest("penalty", {**PENALTY, column: value}) != records.content_digest(
        "penalty", PENALTY
    )


def test_a_value_never_slips_into_the_neighbouring_column():
    left = records.content_digest("penalty", {**PENALTY, "facts": "甲", "basis": None})
    right = records.content_digest("penalty", {**PENALTY, "facts": None, "basis": "甲"})

    assert left != right


def test_keys_and_digests_by_column_are_those_by_row():
    columns = {
        name: [PENALTY.get(name)]
        for name in {*records.CONTENT["penalty"], *records.key_columns("penalty"), "state"}
    }

    assert records.keys_of("penalty", columns) == [records.natural_key("penalty", PENALTY)]
    assert records.digests_of("penalty", columns) == [records.content_digest("penalty", PENALTY)]


def test_an_accident_is_the_same_before_and_after_its_report_has_a_number():
    first = {"dated_on": date(2026, 4, 2), "domain": "safety", "responsibility": "pending"}
    approved = {
        **first,
        "responsibility": "main",
        "document_no": "海政函〔2026〕9号",
        "authority_name": "区政府",
    }

    assert records.natural_key("accident", first) == records.natural_key("accident", approved)
    assert records.completes("accident", first, approved)


def test_news_that_ends_something_completes_and_a_changed_amount_contradicts():
    paid = {**PENALTY, "fine_state": "paid", "fine_paid_on": date(2026, 6, 1)}

    assert records.completes("penalty", PENALTY, paid)
    assert not records.completes("penalty", PENALTY, {**paid, "fine_fen": 1})
    assert not records.completes("penalty", paid, PENALTY)
    assert not records.completes("penalty", PENALTY, PENALTY)


@pytest.mark.parametrize(
    ("deaths", "injuries", "loss_yuan", "level"),
    [
        (0, 1, 0, "general"), (2, 9, 9_999_999, "general"), (3, 0, 0, "larger"), (0, 10, 0, "larger"),
        (0, 0, 10_000_000, "larger"), (9, 49, 49_999_999, "larger"), (10, 0, 0, "major"), (0, 50, 0, "major"),
        (0, 0, 50_000_000, "major"), (29, 99, 99_999_999, "major"), (30, 0, 0, "extreme"), (0, 100, 0, "extreme"),
        (0, 0, 100_000_000, "extreme"), (None, None, None, "general"),
    ],
)  # fmt: skip
def test_the_gravest_figure_makes_the_level(deaths, injuries, loss_yuan, level):
    loss = None if loss_yuan is None else loss_yuan * 100

    assert records.accident_level(deaths, injuries, loss) == level


@pytest.mark.parametrize(
    ("responsibility", "state"),
    [(None, "pending"), ("pending", "pending"), ("none", "not_responsible"), ("equal", "live")],
)
def test_an_accident_charges_nobody_before_responsibility_is_approved(responsibility, state):
    assert records.state_of("accident", {"responsibility": responsibility}) == state
