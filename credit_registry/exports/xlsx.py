"""XLSX in which every cell is text: no formula runs, no code loses its digits."""

import io
from datetime import datetime, time

import xlsxwriter

from credit_registry.exports.tables import Table, text_of


def xlsx_bytes(table: Table) -> bytes:
    """A workbook with the table and a sheet that says what it is; the same table gives the same bytes."""
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        # The day of the data, not the wall clock, and nobody's name: file properties are published too.
        book.set_properties(
            {"title": table.title, "author": "", "created": datetime.combine(table.as_of, time())}
        )
        bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("名单" if table.version is not None else "明细")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, column.width, text)
            sheet.write_string(0, place, column.title, bold)
        for line, row in enumerate(table.rows, start=1):
            for place, column in enumerate(table.columns):
                sheet.write_string(line, place, text_of(row.get(column.name)), text)
        said = book.add_worksheet("说明")
        said.set_column(0, 0, 14, text)
        said.set_column(1, 1, 80, text)
        facts = [("名称", table.title), ("数据截止日", table.as_of.isoformat())]
        if table.version is not None:
            facts.append(("名单版本", str(table.version)))
        facts += [("条数", str(len(table.rows))), *(("注意", note) for note in table.notes)]
        for line, (title, value) in enumerate(facts):
            said.write_string(line, 0, title, bold)
            said.write_string(line, 1, value, text)
    return stream.getvalue()
