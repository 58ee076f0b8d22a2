"""Findings of the engine as lines that a person can read: each with its record, its rule item and its source."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pandas as pd

from credit_registry.domain.answers import FindingView, NamedRecord
from scoring_rules import RuleSet, Scores


def of(ruleset: RuleSet, scores: Scores, records: pd.DataFrame) -> tuple[FindingView, ...]:
    """The findings of one enterprise, in the engine's order."""
    return next(iter(by_subject(ruleset, scores, records).values()), ())


def by_subject(ruleset: RuleSet, scores: Scores, records: pd.DataFrame) -> dict[int, tuple[FindingView, ...]]:
    """The findings of each enterprise, in the engine's order.

    A line is internal when its item is a supervision fact. Caps, steps and vetoes name no item; in a domain where
    a supervision fact counts they may speak of it, so there they are internal too.
    """
    internal_items = {item.id for item in ruleset.items if item.is_internal}
    known = _documents(records)
    rows = scores.findings.to_dict("records")
    touched = {(row["subject"], row["domain"]) for row in rows if row["item_id"] in internal_items}
    found: dict[int, list[FindingView]] = defaultdict(list)
    for row in rows:
        is_internal = row["item_id"] in internal_items or (
            (row["subject"], row["domain"]) in touched and _text(row["grade_after"]) is not None
        )
        found[int(row["subject"])].append(_line(row, known, is_internal=is_internal))
    return {subject: tuple(lines) for subject, lines in found.items()}


def _documents(records: pd.DataFrame) -> dict[int, tuple[str | None, str | None]]:
    if records.empty:
        return {}
    rows = records[["record", "kind", "document_no"]].dropna(subset=["record"])
    return {
        int(record): (_text(kind), _text(document_no))
        for record, kind, document_no in rows.itertuples(index=False, name=None)
    }


def _line(
    row: Mapping[Any, Any], known: Mapping[int, tuple[str | None, str | None]], *, is_internal: bool
) -> FindingView:
    return FindingView(
        domain=str(row["domain"]),
        records=tuple(NamedRecord(record, *known.get(record, (None, None))) for record in row["records"]),
        item=str(row["item"]),
        item_id=_text(row["item_id"]),
        title=str(row["title"]),
        base=_text(row["base"]),
        repeat=_text(row["repeat"]),
        decay=_text(row["decay"]),
        points=_text(row["points"]),
        grade_before=_text(row["grade_before"]),
        grade_after=_text(row["grade_after"]),
        note=_text(row["note"]),
        source=_text(row["source"]),
        is_internal=is_internal,
    )


def _text(value: Any) -> str | None:
    return None if value is None or pd.isna(value) or value == "" else str(value)
