"""A cap, a step-down or a veto names the records that made it: a grade that cannot say why cannot be defended."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from scoring_rules import RuleSet, load_ruleset, ruleset_in_force, score, shipped_rulesets

ON = date(2026, 11, 1)
RULES = ruleset_in_force(ON)
DEFAULT = next(info.folder for info in shipped_rulesets() if info.id == RULES.id)
SUBJECTS = pd.DataFrame({"subject": [1], "registered_on": [date(2015, 1, 1)]})

Facts = dict[int, dict[str, object]]


def fact(kind: str, day: date = date(2026, 9, 1), **more: object) -> dict[str, object]:
    return {"subject": 1, "domain": "safety", "state": "live", "kind": kind, "dated_on": day, **more}


def accident(level: str, day: date, event: str) -> dict[str, object]:
    return fact("accident", day, accident_level=level, responsibility="main", deaths=0, event_key=event)


def penalty(class_: str, number: str, day: date = date(2026, 9, 1), **more: object) -> dict[str, object]:
    return fact("penalty", day, breach_class=class_, document_no=number, **more)


# What is always there and is never a reason: a check whose faults were mended, a minor penalty, another domain's.
BESIDE: Facts = {
    90: fact("inspection", result="fixed_in_time"),
    91: penalty("minor", "轻微1号"),
    92: penalty("serious", "消防1号") | {"domain": "fire"},
}
OVERDUE = fact(
    "hazard", hazard_grade="major", found_by="authority", is_overdue="true", supervision_level="city"
)
CASES: dict[str, tuple[str, Facts, set[int]]] = {
    "K1-one-general": ("K1", {1: penalty("general", "1号")}, {1}),
    "K1-of-several-items": (
        "K1",
        {1: penalty("general", "1号"), 2: fact("inspection", result="not_fixed")},
        {1, 2},
    ),
    "K2-by-penalty-alone": ("K2", {1: penalty("serious", "1号"), 2: penalty("general", "2号")}, {1}),
    "K2-by-either-branch": ("K2", {1: penalty("serious", "1号"), 2: OVERDUE}, {1, 2}),
    "K3": ("K3", {1: OVERDUE, 2: penalty("general", "2号")}, {1}),
    "K4": ("K4", {1: fact("inspection", result="obstructed"), 2: penalty("general", "2号")}, {1}),
    "K5": ("K5", {1: penalty("general", "1号", fine_state="unpaid"), 2: penalty("general", "2号")}, {1}),
    "S1": (
        "S1",
        {
            1: penalty("general", "1号"),
            2: penalty("serious", "2号"),
            3: penalty("general", "3号", date(2025, 9, 1)),
        },
        {1, 2},
    ),
    "V1": ("V1", {-7: fact("listing", list_kind="black"), 2: penalty("general", "2号")}, {-7}),
    "V2-two-general": (
        "V2",
        {
            1: accident("general", date(2026, 3, 1), "a"),
            2: accident("general", date(2026, 8, 1), "b"),
            3: accident("general", date(2022, 1, 1), "c"),
        },
        {1, 2},
    ),
    "V2-one-larger-beside-one-general": (
        "V2",
        {1: accident("larger", date(2026, 8, 1), "a"), 2: accident("general", date(2026, 3, 1), "b")},
        {1},
    ),
    "V3": ("V3", {1: accident("major", date(2025, 3, 1), "a"), 2: penalty("general", "2号")}, {1}),
    "V4": (
        "V4",
        {
            1: accident("general", date(2025, 9, 1), "a") | {"is_concealed": "true"},
            2: penalty("general", "2号"),
        },
        {1},
    ),
    "V5": ("V5", {1: OVERDUE, 2: OVERDUE | {"supervision_level": "none"}}, {1}),
    "V6": ("V6", {1: fact("order_breach"), 2: penalty("general", "2号")}, {1}),
}


def line(code: str, facts: Facts, ruleset: RuleSet = RULES) -> dict[str, Any] | None:
    frame = pd.DataFrame([{"record": number, **row} for number, row in (facts | BESIDE).items()])
    found = score(ruleset, frame, SUBJECTS, on=ON).findings
    lines = found[(found["item"] == code) & (found["domain"] == "safety")].to_dict("records")
    assert len(lines) <= 1
    return lines[0] if lines else None


def test_every_effect_of_the_default_set_has_a_case() -> None:
    effects = [*RULES.caps, *RULES.step_downs, *RULES.vetoes]

    assert {effect.code for effect in effects} == {code for code, _, _ in CASES.values()}


@pytest.mark.parametrize("name", CASES)
def test_it_names_exactly_the_records_that_made_it(name: str) -> None:
    code, facts, reasons = CASES[name]

    found = line(code, facts)

    assert found is not None
    assert set(found["records"]) == reasons
    assert (None if pd.isna(found["record"]) else found["record"]) == (
        next(iter(reasons)) if len(reasons) == 1 else None
    )


@pytest.mark.parametrize("name", CASES)
def test_without_the_records_it_names_it_is_gone_and_with_them_alone_it_stays(name: str) -> None:
    code, facts, reasons = CASES[name]

    assert line(code, {number: row for number, row in facts.items() if number not in reasons}) is None
    assert line(code, {number: row for number, row in facts.items() if number in reasons}) is not None


def test_a_branch_that_does_not_hold_gives_no_reasons(tmp_path: Path) -> None:
    """Two penalties are fewer than the three that one branch asks for: they did not make the other one hold."""
    folder = tmp_path / "either"
    shutil.copytree(DEFAULT, folder)
    grades = folder / "grades.yaml"
    written = grades.read_text(encoding="utf-8")
    plain = "when: {has: {kind: listing, list_kind: black, state: live}}"
    either = (
        "when: {any: [{has: {kind: listing, list_kind: black, state: live}}, "
        "{count: {of: {kind: penalty, state: live}, at_least: 3}}]}"
    )
    assert plain in written
    grades.write_text(written.replace(plain, either), encoding="utf-8")
    facts: Facts = {-7: fact("listing", list_kind="black"), 1: penalty("general", "1号")}
    three = facts | {2: penalty("general", "2号")}

    few, enough = (line("V1", these, load_ruleset(folder)) for these in (facts, three))

    assert few is not None
    assert enough is not None
    assert set(few["records"]) == {-7}
    assert set(enough["records"]) == {-7, 1, 2, 91}


def test_a_line_of_an_item_names_its_one_record() -> None:
    found = line("P2", {1: penalty("general", "1号")})

    assert found is not None
    assert (found["record"], found["records"]) == (1, (1,))


def test_what_the_absence_of_records_decides_names_none() -> None:
    frame = pd.DataFrame([{"record": 1, **fact("inspection", date(2020, 1, 1), result="clean")}])

    found = score(RULES, frame, SUBJECTS, on=ON).findings

    (lines,) = [found[(found["item"] == "N2") & (found["domain"] == "safety")].to_dict("records")]
    assert [one["records"] for one in lines] == [()]
