"""The worked examples of a rule set, run through the engine."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from scoring_rules.engine.exact import decimal_of, text_of
from scoring_rules.engine.scoring import Scores, score
from scoring_rules.engine.settling import settle_next_change
from scoring_rules.language.examples import ExampleCase, Expectation
from scoring_rules.language.grammar import NUMBER
from scoring_rules.language.shapes import RuleSet


@dataclass(frozen=True)
class Difference:
    """An expectation that did not hold."""

    case: str
    what: str
    expected: str
    found: str
    line: int

    def __str__(self) -> str:
        return f"{self.case}: {self.what} 应为 {self.expected}，实为 {self.found}"


def frames_of(ruleset: RuleSet, case: ExampleCase) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Records and subjects of a case; subject 1 is the one that it speaks of."""
    rows: list[dict[str, Any]] = [
        *(row for name in case.given for row in ruleset.case_records[name]),
        *case.records,
    ]
    records = [{"subject": 1, "record": at, **row} for at, row in enumerate(rows, start=1)]
    subjects: list[dict[str, Any]] = [{"subject": 1, **ruleset.case_subject, **case.subject}]
    for other in case.others:
        for _ in range(other["copies"]):
            subject = len(subjects) + 1
            subjects.append({"subject": subject, **ruleset.case_subject, **other["subject"]})
            for row in other["records"]:
                records.append({"subject": subject, "record": len(records) + 1, **row})
    columns = ["subject", "record"]
    frame = (
        pd.DataFrame(records) if records else pd.DataFrame({name: pd.array([], "int64") for name in columns})
    )
    return frame, pd.DataFrame(subjects)


def run_case(ruleset: RuleSet, case: ExampleCase) -> Scores:
    records, subjects = frames_of(ruleset, case)
    return score(ruleset, records, subjects, on=case.day)


def differences(ruleset: RuleSet, case: ExampleCase) -> list[Difference]:
    """Everything in which the engine departs from the case; empty when it holds."""
    scores = run_case(ruleset, case)
    result = scores.results.iloc[0]
    findings = scores.findings[scores.findings["subject"] == 1]
    found = _of(ruleset, case, case.expect, "", result, findings)
    for domain, expected in case.expect.domains.items():
        of_domain = findings[findings["domain"] == domain]
        found += _of(ruleset, case, expected, f"{domain}_", result, of_domain)
    if case.expect.conditions is not None:
        met = scores.conditions[scores.conditions["subject"] == 1]
        found += _differs(case, "名单情形", sorted(case.expect.conditions), sorted(set(met["condition"])))
    for part, expected_text in case.expect.parts.items():
        own = scores.parts[scores.parts["subject"] == 1].iloc[0]
        value = None if pd.isna(own[part]) else str(own[part])
        found += _differs(case, part, None if expected_text == "none" else expected_text, value)
    if case.expect.next_change is not None:
        settled = settle_next_change(ruleset, *frames_of(ruleset, case), scores, on=case.day)
        day = settled["next_change_on"].iloc[0]
        found += _differs(case, "下次变化", case.expect.next_change, None if pd.isna(day) else day.date())
    return found


def _of(
    ruleset: RuleSet,
    case: ExampleCase,
    expected: Expectation,
    prefix: str,
    result: Any,
    findings: pd.DataFrame,
) -> list[Difference]:
    found: list[Difference] = []
    if expected.score is not None:
        value = result[f"{prefix}score"]
        shown = "none" if pd.isna(value) else decimal_of(int(value), ruleset.scale)
        found += _differs(case, f"{prefix}得分", _same_form(expected.score), _same_form(shown))
    if expected.grade is not None:
        found += _differs(case, f"{prefix}等级", expected.grade, result[f"{prefix}grade"])
    fired = set(findings["item"]) | set(findings["item_id"])
    for code in expected.fires:
        if code not in fired:
            found.append(Difference(case.id, "应触发", code, "未触发", case.place.line))
    for code in expected.quiet:
        if code in fired:
            found.append(Difference(case.id, "不应触发", code, "触发", case.place.line))
    return found


def _differs(case: ExampleCase, what: str, expected: Any, found: Any) -> list[Difference]:
    if expected == found:
        return []
    return [Difference(case.id, what, str(expected), str(found), case.expect.place.line)]


def _same_form(text: str) -> str:
    """``94`` and ``94.0`` are one number; ``none`` stays as it is."""
    return text_of(Fraction(text)) if NUMBER.fullmatch(text) else text
