"""How values look, and that every code has its word."""

from datetime import UTC, date, datetime

import pytest

from credit_registry.domain.permissions import PERMISSION_TITLES, ROLE_TITLES, Permission, Role
from credit_registry.domain.records import Change
from credit_registry.domain.steps import ACTION_TITLES, STATE_TITLES, Action, State
from credit_registry.services import imports
from credit_registry.storage.tables.records import KINDS, STATES
from credit_registry.web import screen, words


def test_an_instant_is_shown_in_beijing() -> None:
    assert screen.beijing(datetime(2026, 11, 23, 16, 30, tzinfo=UTC)) == "2026-11-24 00:30"
    assert screen.beijing(None) == "—"


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (None, "—"),
        (0, "0.00 元"),
        (1, "0.01 元"),
        (5_000_000, "50,000.00 元"),
        (10**15 + 7, "10,000,000,000,000.07 元"),
    ],
)
def test_fen_are_shown_as_yuan_to_the_last_digit(fen: int | None, shown: str) -> None:
    assert screen.yuan(fen) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "—"),
        ("", "—"),
        (True, "是"),
        (False, "否"),
        (0, "0"),
        (date(2026, 11, 24), "2026-11-24"),
        ("<b>", "<b>"),
    ],
)
def test_anything_else_is_plain(value: object, shown: str) -> None:
    assert screen.plain(value) == shown


@pytest.mark.parametrize(
    ("value", "kind", "name", "shown"),
    [
        (2_500_000, "penalty", "fine_fen", "25,000.00 元"),
        ("fine;warning", "penalty", "penalty_kinds", "罚款、警告"),
        (2, "accident", "deaths", "2"),
        ("larger", "accident", "accident_level", "较大事故"),
        (None, "penalty", "facts", "—"),
    ],
)
def test_a_value_of_a_record_is_said_in_words(value: object, kind: str, name: str, shown: str) -> None:
    assert screen.cell(value, kind, name) == shown


@pytest.mark.parametrize(
    ("grade", "style"),
    [("A-", "grade-a"), ("D", "grade-d"), ("N", "grade-n"), (None, "grade-n"), ("X", "grade-n")],
)
def test_a_grade_has_its_style(grade: str | None, style: str) -> None:
    assert screen.grade_class(grade) == style


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("account:zhang", "张三"),
        ("account:gone", "gone"),
        ("terminal:root", "本机操作员 root"),
        ("key:hd_ab", "接口 hd_ab"),
        (None, "—"),
    ],
)
def test_a_label_is_told_as_a_person(label: str | None, shown: str) -> None:
    assert screen.who(label, {"account:zhang": "张三"}) == shown


def test_every_code_of_the_registry_has_a_word() -> None:
    assert set(KINDS) <= set(words.KINDS)
    assert set(STATES) == set(words.RECORD_STATES)
    assert {change.value for change in Change} == set(words.CHANGES)
    assert set(imports.kinds()) <= set(words.FILES)
    assert set(STATE_TITLES) == set(State)
    assert set(ACTION_TITLES) == set(Action)
    assert set(ROLE_TITLES) == set(Role)
    assert set(PERMISSION_TITLES) == set(Permission)


def test_to_stand_on_the_red_list_is_good_news() -> None:
    assert words.case_style("ACTIVE", "black") == "mark-red"
    assert words.case_style("ACTIVE", "red") == "mark-green"
    assert words.case_style("NOTIFIED", "black") == "mark-amber"
    assert words.case_style("CLOSED", "black") == ""
