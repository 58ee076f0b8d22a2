"""A table for others to read: titled columns, rows of plain values, and what the reader must know of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Column:
    """``name`` in JSON, ``title`` in CSV and XLSX."""

    name: str
    title: str
    width: int = 16


@dataclass(frozen=True)
class Table:
    """What is exported.

    Attributes:
        rows: mappings by column name; values are None, str, int, bool, Decimal, date, datetime or sequences of str.
        as_of: the day for which the rows are true.
        version: of the list; it grows by one with each visible change. None for what is no list.
        notes: sentences for the reader.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, object]]
    as_of: date
    version: int | None
    notes: tuple[str, ...] = field(default=())


def text_of(value: object) -> str:
    """The one spelling of a value in a cell; codes and numbers as text, so that no digit is lost."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, Sequence):
        return "；".join(text_of(each) for each in value)
    raise TypeError(f"no spelling for {type(value).__name__}")
