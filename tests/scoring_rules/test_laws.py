"""Laws that hold without knowing the right answer, and the next day of change."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring_rules import RuleSet, Scores, ruleset_in_force, score, settle_next_change
from scoring_rules.language.checking import walk
from scoring_rules.language.quantities import Elapsed, Stage
from tests.scoring_rules.material import ON, facts, frame, rulesets

RULES = ruleset_in_force(ON)
LAWFUL = settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
GRADES = [grade.grade for grade in RULES.grades]
Rows = list[dict[str, Any]]
FACTS = facts(RULES, most=10, fixed={"hazard_grade": "major", "state": "live"})
BAD = st.sampled_from(["penalty", "sealing", "false_commitment", "false_report"])


def run(records: Rows, subjects: Rows, *, on: date = ON, ruleset: RuleSet = RULES) -> Scores:
    return score(
        ruleset, frame(records, "subject", "record"), frame(subjects, "subject"), on=on, findings=False
    )


def plain(scores: Scores) -> list[dict[str, Any]]:
    """Results as comparable values; NA and NaT as None."""
    return [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in scores.results.to_dict("records")
    ]


def without_change(scores: Scores) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "next_change_on"} for row in plain(scores)]


def is_no_better(now: dict[str, Any], before: dict[str, Any]) -> bool:
    """Per domain, neither score nor grade has risen. A domain that becomes known by the record is left out."""
    for domain in ("safety", "fire"):
        if before[f"{domain}_grade"] == "N" or before[f"{domain}_score"] is None:
            continue
        if now[f"{domain}_score"] > before[f"{domain}_score"]:
            return False
        if GRADES.index(now[f"{domain}_grade"]) < GRADES.index(before[f"{domain}_grade"]):
            return False
    return True


@LAWFUL
@given(FACTS, BAD, st.sampled_from(["minor", "general", "serious"]), st.integers(0, 1200))
def test_one_more_violation_never_raises_score_or_grade(drawn: Any, kind: str, class_: str, age: int) -> None:
    records, subjects = drawn
    extra = {"subject": 1, "record": 99, "kind": kind, "domain": "safety", "state": "live"}
    extra |= {"breach_class": class_, "dated_on": ON - timedelta(days=age), "cause": "甲"}
    # Linked to nothing: a record that joins an event may absorb another, and that one then repeats no longer.
    widened = [{**dict.fromkeys(records[0] if records else {}), **extra}]

    before, now = run(records, subjects), run([*records, *widened], subjects)

    assert is_no_better(plain(now)[0], plain(before)[0])
    assert without_change(now)[1] == without_change(before)[1]


@LAWFUL
@given(FACTS, st.sampled_from(["repaired", "revoked", "withdrawn"]), st.data())
def test_repair_or_revocation_never_lowers_where_no_event_links_the_record(
    drawn: Any, state: str, data: st.DataObject
) -> None:
    """With an event the law fails by meaning: a repaired record stops absorbing, and its siblings count again.

    A domain may also cease to be known with its only record, so a seen inspection stands in each.
    """
    records, subjects = drawn
    seen = {
        "kind": "inspection",
        "state": "live",
        "result": "fixed_in_time",
        "dated_on": ON - timedelta(days=400),
    }
    shape = dict.fromkeys(records[0]) if records else {}
    records = [
        *({**row, "event_key": None} for row in records if row["kind"] in ("penalty", "sealing", "hazard")),
        *(
            {**shape, **seen, "subject": subject, "domain": domain, "record": 50 + at}
            for at, (subject, domain) in enumerate(itertools.product((1, 2), ("safety", "fire")))
        ),
    ]
    chosen = data.draw(st.sampled_from(records))["record"]
    if chosen >= 50:
        chosen = records[0]["record"]
    mended = [{**row, "state": state} if row["record"] == chosen < 50 else row for row in records]

    before, now = plain(run(records, subjects)), plain(run(mended, subjects))

    assert all(is_no_better(b, n) for b, n in zip(before, now, strict=True))


@LAWFUL
@given(FACTS, st.sampled_from([(0, 99_999_999), (5_000_000, 100_000_000), (100_000_000, 900_000_000)]))
def test_a_larger_fine_never_raises(drawn: Any, fines: tuple[int, int]) -> None:
    records, subjects = drawn
    kinds = {"breach_class": None, "kind": "penalty", "is_simple_procedure": None, "penalty_kinds": "fine"}
    smaller, larger = ([{**row, **kinds, "fine_fen": Fraction(fine)} for row in records] for fine in fines)

    pairs = zip(plain(run(smaller, subjects)), plain(run(larger, subjects)), strict=True)

    assert all(is_no_better(now, before) for before, now in pairs)


@LAWFUL
@given(FACTS, st.randoms(use_true_random=False))
def test_the_order_of_facts_and_of_subjects_is_irrelevant(drawn: Any, random: Any) -> None:
    records, subjects = drawn
    shuffled, turned = list(records), list(reversed(subjects))
    random.shuffle(shuffled)

    assert plain(run(shuffled, turned)) == list(reversed(plain(run(records, subjects))))


@LAWFUL
@given(FACTS)
def test_subjects_scored_alone_are_as_scored_together(drawn: Any) -> None:
    records, subjects = drawn
    alone = [
        row
        for subject in subjects
        for row in plain(run([r for r in records if r["subject"] == subject["subject"]], [subject]))
    ]

    assert alone == plain(run(records, subjects))


@LAWFUL
@given(FACTS)
def test_renaming_changes_nothing(drawn: Any) -> None:
    records, subjects = drawn
    renamed = [{**subject, "name": "新名称", "uscc": None} for subject in subjects]

    assert plain(run(records, renamed)) == plain(run(records, subjects))


@LAWFUL
@given(FACTS, st.integers(1, 900))
def test_facts_dated_later_do_not_change_an_earlier_day(drawn: Any, days: int) -> None:
    records, subjects = drawn
    earlier = ON - timedelta(days=days)
    known = [row for row in records if row["dated_on"] <= earlier]

    with_later, without = run(records, subjects, on=earlier), run(known, subjects, on=earlier)

    assert without_change(with_later) == without_change(without)


@LAWFUL
@given(FACTS, st.integers(1, 400))
def test_time_alone_never_lowers_a_score_of_penalties(drawn: Any, days: int) -> None:
    """With bonuses, open fines or hazards the law fails by meaning: they run out, or turn overdue."""
    records, subjects = drawn
    records = [
        {**row, "kind": "penalty", "fine_state": None, "event_key": None, "domain": "safety"}
        for row in records
        if row["dated_on"] <= ON
    ]
    seen = {
        "kind": "inspection",
        "state": "live",
        "result": "fixed_in_time",
        "dated_on": ON,
        "domain": "safety",
    }
    shape = dict.fromkeys(records[0]) if records else {}
    records += [{**shape, **seen, "subject": at, "record": 50 + at} for at in (1, 2)]
    subjects = [{**subject, "registered_on": date(2015, 1, 1)} for subject in subjects]

    before = run(records, subjects)
    after = run(records, subjects, on=ON + timedelta(days=days))

    assert all(is_no_better(b, n) for b, n in zip(plain(before), plain(after), strict=True))


@LAWFUL
@given(FACTS)
def test_an_event_counts_once_as_its_largest(drawn: Any) -> None:
    """Doubling a record inside its event adds nothing to the deductions."""
    records, subjects = drawn
    linked = [{**row, "event_key": f"{row['record']}号", "cause": None} for row in records]
    linked = [row for row in linked if row["kind"] == "penalty"]
    twice = [*linked, *({**row, "record": row["record"] + 50, "fine_state": None} for row in linked)]

    once, doubled = plain(run(linked, subjects)), plain(run(twice, subjects))

    for domain in ("safety", "fire"):
        assert [row[f"{domain}_score"] for row in doubled] == [row[f"{domain}_score"] for row in once]


def check_next_change(ruleset: RuleSet, records: Rows, subjects: Rows, data: st.DataObject) -> None:
    frames = frame(records, "subject", "record"), frame(subjects, "subject")
    scores = score(ruleset, *frames, on=ON, findings=False)
    settled = settle_next_change(ruleset, *frames, scores, on=ON)
    now = without_change(scores)
    # What counts days may stand still at a bound for ever; settling then gives up and says "not before".
    counts_time = any(
        isinstance(part, Elapsed)
        or (isinstance(part, Stage) and part.linear is not None and part.by == "days")
        for part in walk(ruleset)
    )
    for at, (bound, exact) in enumerate(
        zip(scores.results["next_change_on"], settled["next_change_on"], strict=True)
    ):
        last = ON + timedelta(days=3000) if pd.isna(exact) else exact.date()
        assert pd.isna(exact) or bound <= exact
        for _ in range(3):
            day = ON + timedelta(days=data.draw(st.integers(0, (last - ON).days - 1)))
            assert without_change(run(records, subjects, on=day, ruleset=ruleset))[at] == now[at]
        if counts_time:
            continue
        if not pd.isna(exact) and not scores.conditions["subject"].isin([subjects[at]["subject"]]).any():
            later = run(records, subjects, on=last, ruleset=ruleset)
            met = later.conditions["subject"].isin([subjects[at]["subject"]]).any()
            assert met or without_change(later)[at] != now[at]


@LAWFUL
@given(FACTS, st.data())
def test_nothing_changes_before_the_next_day_of_change(drawn: Any, data: st.DataObject) -> None:
    check_next_change(RULES, *drawn, data)


@settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_nor_does_it_under_random_rules(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    ruleset = data.draw(rulesets(tmp_path_factory.getbasetemp() / "changing"))

    check_next_change(ruleset, *data.draw(facts(ruleset, most=5)), data)
