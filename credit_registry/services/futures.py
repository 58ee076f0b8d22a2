"""One enterprise under several assumptions at once: each is a subject of its own in one call of the same engine."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

import scoring_rules
from credit_registry.domain.remedies import Act
from credit_registry.services.facts import Facts
from scoring_rules import RuleSet, Scores

Acts = tuple[Act, ...]


@dataclass(frozen=True)
class Outcome:
    """What the engine says of one assumption on one day.

    Attributes:
        place: of the grade in the ladder, 0 the best; None where there is no grade.
        next_on: the next day on which the calendar, the end of an entry or a new rule set changes it.
        trace: the findings as far as they tell assumptions apart; empty unless asked for.
    """

    grade: str
    place: int | None
    score: str | None
    next_on: date | None
    trace: frozenset[tuple[object, ...]] = frozenset()


class Futures:
    """The facts of one enterprise as they stand, to be scored with acts done and days passed."""

    def __init__(self, material: Facts) -> None:
        self.records = material.records.sort_values("record", kind="stable").reset_index(drop=True)
        self.subjects = material.subjects
        self._row = {int(record): row for row, record in enumerate(self.records["record"])}
        is_entry = self.records["kind"] == "listing"
        self._entries = {
            row: pd.Timestamp(last).date()
            for row, last in zip(
                np.flatnonzero(is_entry).tolist(), self.records.loc[is_entry, "valid_until"], strict=True
            )
        }

    def as_mappings(self) -> list[dict[str, Any]]:
        """The records as plain values, None where unknown."""
        plain: dict[str, list[Any]] = {}
        for name, column in self.records.items():
            values = column.astype("object").where(column.notna(), None)
            plain[str(name)] = [
                value.date() if isinstance(value, pd.Timestamp) else value for value in values.tolist()
            ]
        return [dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True)]

    def untouched(self, on: date) -> tuple[RuleSet, Scores, pd.DataFrame]:
        """Nothing done: the rules of that day, what they say with findings, and the records they saw."""
        ruleset = scoring_rules.ruleset_in_force(on)
        records = self.records[~self._is_over(on, 1)]
        return ruleset, scoring_rules.score(ruleset, records, self.subjects, on=on, findings=True), records

    def outcomes(self, assumed: Sequence[Acts], on: date, *, is_traced: bool = False) -> list[Outcome]:
        """The result of each set of acts on a day; an act counts from its earliest day on."""
        ruleset = scoring_rules.ruleset_in_force(on)
        records, subjects = self._side_by_side(assumed, on)
        scores = scoring_rules.score(ruleset, records, subjects, on=on, findings=is_traced)
        traces = self._traces(scores) if is_traced else {}
        places = {grade.grade: place for place, grade in enumerate(ruleset.grades)}
        found = []
        rows = scores.results[["grade", "score", "next_change_on"]].itertuples(index=False, name=None)
        for number, (grade, score, foreseen) in enumerate(rows):
            calendar = None if pd.isna(foreseen) else pd.Timestamp(foreseen).date()
            found.append(
                Outcome(
                    str(grade),
                    places.get(str(grade)),
                    None if pd.isna(score) else scoring_rules.decimal_of(int(score), ruleset.scale),
                    self.next_on(on, calendar, assumed[number]),
                    traces.get(number + 1, frozenset()),
                )
            )
        return found

    def next_on(self, on: date, calendar: date | None, acts: Iterable[Act] = ()) -> date | None:
        """The earliest of what the rules foresee, the end of an entry and the first day of another rule set."""
        removed = {self._row[act.record] for act in acts if act.earliest_on <= on}
        days = [
            last + timedelta(days=1)
            for row, last in self._entries.items()
            if last >= on and row not in removed
        ]
        days += [
            info.effective_from
            for info in scoring_rules.shipped_rulesets()
            if info.effective_from > on and scoring_rules.ruleset_in_force(info.effective_from).id == info.id
        ]
        if calendar is not None:
            days.append(calendar)
        return min(days, default=None)

    def _side_by_side(self, assumed: Sequence[Acts], on: date) -> tuple[pd.DataFrame, pd.DataFrame]:
        count, size = len(assumed), len(self.records)
        records = self.records.iloc[np.tile(np.arange(size), count)].reset_index(drop=True)
        records["subject"] = np.repeat(np.arange(1, count + 1), size)
        # By position: the order of record numbers decides ties, and must be the same in every future.
        records["record"] = np.arange(1, count * size + 1)
        for name, (rows, values) in self._changed(assumed, on).items():
            records[name] = _with(records[name], rows, values)
        subjects = self.subjects.iloc[np.zeros(count, dtype=np.int64)].reset_index(drop=True)
        subjects["subject"] = np.arange(1, count + 1)
        return records[~self._is_over(on, count)].reset_index(drop=True), subjects

    def _changed(self, assumed: Sequence[Acts], on: date) -> Mapping[str, tuple[list[int], list[object]]]:
        changed: dict[str, tuple[list[int], list[object]]] = {}
        for number, acts in enumerate(assumed):
            for act in acts:
                if act.earliest_on > on:
                    continue
                for name, value in act.changes.items():
                    rows, values = changed.setdefault(name, ([], []))
                    rows.append(number * len(self.records) + self._row[act.record])
                    values.append(value)
        return changed

    def _is_over(self, on: date, count: int) -> Any:
        """Rows of entries whose last day has passed: the register hands them to the scorer no longer."""
        over = np.zeros(len(self.records), dtype=bool)
        over[[row for row, last in self._entries.items() if last < on]] = True
        return np.tile(over, count)

    def _traces(self, scores: Scores) -> dict[int, frozenset[tuple[object, ...]]]:
        size = len(self.records)
        lines: dict[int, set[tuple[object, ...]]] = {}
        kept = scores.findings[
            ["subject", "domain", "item", "records", "points", "grade_before", "grade_after"]
        ]
        for subject, domain, item, records, *effect in kept.itertuples(index=False, name=None):
            places = tuple((record - 1) % size for record in records)
            known = (None if pd.isna(value) else value for value in effect)
            lines.setdefault(int(subject), set()).add((domain, item, places, *known))
        return {subject: frozenset(found) for subject, found in lines.items()}


def _with(column: Any, rows: list[int], values: list[object]) -> Any:
    """The column with some values changed, its type kept."""
    changed = column.copy()
    if changed.dtype.kind == "M":
        changed.iloc[rows] = np.array(values, dtype="datetime64[s]")
    else:
        changed.iloc[rows] = values
    return changed
