"""Typed columns become those of a batch: one set of columns for every source of a kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from importers import relations
from importers.layouts import Layout, layouts

if TYPE_CHECKING:
    from pandas import DataFrame


def derive(layout: Layout, columns: relations.Columns) -> None:
    """Columns that follow from words in another one, where they are empty."""
    for name, rule in layout.derive.items():
        texts = columns.get(rule["column"])
        if texts is None:
            continue
        values = columns.setdefault(name, [None] * len(texts))
        distinct = {*texts} - {None}
        # One search through all of them finds that most words stand in none.
        together = "\n".join(distinct)
        words = [(part, value) for part, value in rule["contains"].items() if part in together]
        if not words:
            continue
        memo = {text: next((value for part, value in words if part in text), None) for text in distinct}
        columns[name] = [
            memo.get(text) if value is None else value for value, text in zip(values, texts, strict=True)
        ]


def gathered(columns: relations.Columns, record: str, count: int = 1) -> relations.Columns:
    """The vocabulary's own columns, and one dict a row of everything else that the file told."""
    own = {name: values for name, values in columns.items() if not name.startswith("details.")}
    own["kind"] = [record] * count
    details: dict[int, dict[str, object]] = defaultdict(dict)
    for name, values in columns.items():
        if name.startswith("details."):
            for at, value in enumerate(values):
                if value is not None:
                    details[at][name.removeprefix("details.")] = (
                        value.isoformat() if isinstance(value, date) else value
                    )
    own["details"] = [details.get(at, {}) for at in range(count)]
    return own


def sources_of(layout: Layout) -> tuple[Layout, ...]:
    """The layout and the main one of its kind: a service reads their columns together, whatever the source."""
    return (layout, *layouts(layout.kind)[:1])


def completed(columns: relations.Columns, sources: Sequence[Layout]) -> relations.Columns:
    """All columns of a batch in their order, empty ones for what the file has not."""
    names = [
        column.name for each in sources for column in each.columns if not column.name.startswith("details.")
    ]
    names += [name for each in sources for name in (*each.fixed, *each.derive)]
    names += ["document_no_raw"] if "document_no" in names else []
    names += ["occurred_on"] if sources[0].record == "accident" else []
    names += ["kind", "details", "row", "sheet", "disposition", "raw"]
    count = len(columns.get("row", ()))
    return {name: columns[name] if name in columns else [None] * count for name in dict.fromkeys(names)}


def frame_of(columns: relations.Columns) -> DataFrame:
    import pandas  # 0.5 s and 67 MB: only where a table is really asked for

    # dtype is said, never inferred: pandas would make NaN of None, and a column of its own strings.
    frame = pandas.DataFrame({name: pandas.Series(cells, dtype=object) for name, cells in columns.items()})
    if "row" in frame:
        frame["row"] = frame["row"].astype("int64")
    return frame
