"""Proposed classes and the clocks of publication and repair."""

from datetime import date

import pytest

from credit_registry.domain.penalties import clocks_of, proposed_class


@pytest.mark.parametrize(
    ("kinds", "fine_fen", "simple", "expected"),
    [
        ("warning", None, None, "minor"), ("criticism;warning", None, False, "minor"), ("fine", 20_000, True, "minor"),
        ("fine", 2_000_000, False, "general"), ("fine;warning", 2_000_000, None, "general"),
        ("confiscation", None, None, "general"), (None, None, None, "general"),
        ("fine", 99_999_999, None, "general"), ("fine", 100_000_000, None, "serious"),
        ("fine", 100_000_000, True, "serious"), ("suspension", None, True, "serious"),
        ("licence_revoked;fine", 1, None, "serious"), ("detention", None, None, "serious"),
    ],
)  # fmt: skip
def test_the_class_follows_kind_then_size_then_procedure(kinds, fine_fen, simple, expected):
    assert proposed_class(kinds, fine_fen, simple) == expected


def test_a_new_general_penalty_is_published_for_a_year_and_repairable_after_three_months():
    clocks = clocks_of(date(2026, 5, 20), "general", on=date(2026, 11, 24))

    assert clocks.is_published
    assert clocks.publish_by.day == date(2026, 5, 29)
    assert clocks.repair_from == date(2026, 8, 20)
    assert clocks.published_until == date(2027, 5, 20)
    assert not clocks.is_lenient


def test_a_minor_penalty_is_not_published_by_itself():
    assert not clocks_of(date(2026, 5, 20), "minor", on=date(2026, 5, 21)).is_published


def test_an_older_decision_profits_from_the_newer_shorter_end():
    before = clocks_of(date(2025, 6, 30), "general", on=date(2026, 3, 31))
    after = clocks_of(date(2025, 6, 30), "general", on=date(2026, 4, 1))

    assert (before.published_until, before.is_lenient) == (date(2028, 6, 30), False)
    assert (after.published_until, after.is_lenient) == (date(2026, 6, 30), True)


def test_publication_follows_a_longer_ban():
    until = date(2031, 5, 20)

    banned = clocks_of(
        date(2026, 5, 20), "serious", on=date(2026, 6, 1), valid_until=until, kinds=frozenset({"restriction"})
    )
    fined = clocks_of(
        date(2026, 5, 20), "serious", on=date(2026, 6, 1), valid_until=until, kinds=frozenset({"fine"})
    )

    assert banned.published_until == until
    assert fined.published_until == date(2029, 5, 20)
