"""Department files: rows of facts in the titles, words, encodings and formats that offices use.

The titles and the words of coded values come from the importers' layouts, so a file of the demonstration is what
an officer with the template would have sent.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter

from importers import Layout, layouts
from importers.columns import Column

ENCODINGS = ("utf-8", "utf-8-sig", "gb18030")
# What the 双公示 standard writes for a penalty without an end.
_NO_END = "2099-12-31"
_CREATED = datetime(2020, 11, 2)  # noqa: DTZ001 - a property of the file, in which zones have no place


@dataclass(frozen=True)
class DepartmentFile:
    """A file as an office sends it.

    Attributes:
        kind: the importers' word for what is in it.
        sender: key of the office.
    """

    filename: str
    kind: str
    sender: str
    sent_on: date
    data: bytes


Row = Mapping[str, object]


def layout_of(kind: str) -> Layout:
    """The layout that an office gets as a template."""
    return next(layout for layout in layouts(kind) if layout.main)


def csv_file(kind: str, rows: Sequence[Row], *, encoding: str, titles: str = "title") -> bytes:
    """Rows as CSV; ``titles``: ``title`` as in the template, ``code`` as the field codes of the standard."""
    columns = _columns(kind, rows)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_title(column, titles) for column in columns)
    writer.writerows([_cell(column, row.get(column.name)) for column in columns] for row in rows)
    return text.getvalue().encode(encoding)


def xlsx_file(kind: str, rows: Sequence[Row]) -> bytes:
    """Rows as a workbook; every cell is text, as the templates ask for."""
    columns = _columns(kind, rows)
    stream = io.BytesIO()
    # In memory and with fixed properties: the same seed gives the same bytes on any day.
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": _CREATED})
    sheet = book.add_worksheet("数据")
    bold = book.add_format({"bold": True, "bg_color": "#DDEBF7"})
    text = book.add_format({"num_format": "@"})
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.title, bold)
        sheet.set_column(place, place, max(10, min(40, 2 * len(column.title))), text)
    for line, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            if cell := _cell(column, row.get(column.name)):
                sheet.write_string(line, place, cell, text)
    sheet.freeze_panes(1, 0)
    book.close()
    return stream.getvalue()


def _columns(kind: str, rows: Iterable[Row]) -> list[Column]:
    """The columns that the file must have, and those in which some row says something."""
    said = {name for row in rows for name, value in row.items() if value is not None}
    return [column for column in layout_of(kind).columns if column.header or column.name in said]


def _title(column: Column, titles: str) -> str:
    if titles == "code":
        return next((alias for alias in column.aliases if alias.startswith("CF_")), column.title)
    return column.title


def _cell(column: Column, value: object) -> str:
    if value is None:
        return _NO_END if column.name == "valid_until" and column.title == "处罚有效期" else ""
    if isinstance(value, bool) and column.type == "flag":
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if column.type == "money" and isinstance(value, int):
        return f"{Decimal(value) / (1_000_000 if column.unit == 'wan_yuan' else 100):f}"
    if column.type == "choice":
        return _words(column).get(value, str(value))
    if column.type == "choices":
        return ";".join(_words(column).get(code, code) for code in str(value).split(";"))
    return str(value)


def _words(column: Column) -> dict[object, str]:
    """The first written word of each code."""
    words: dict[object, str] = {}
    for word, code in column.choices.items():
        words.setdefault(code, word)
    return words
