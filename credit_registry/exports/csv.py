"""CSV that a spreadsheet opens without executing it.

Law of the format: RFC 4180, UTF-8 with a byte order mark (without it, Excel reads Chinese as mojibake).
"""

import csv
import io

from credit_registry.exports.tables import Table, text_of

# What a spreadsheet takes for the beginning of a formula, and what makes it look past the beginning (OWASP, CSV
# injection); the full-width forms because Excel folds them where the system's language is Chinese.
_FORMULA_BEGINS = frozenset("=+-@＝＋－＠|%")
_SKIPPED = " \t\r\n\v\f\u00a0\u3000\ufeff\u200b"


def csv_bytes(table: Table) -> bytes:
    """The table with one header line; the last columns repeat the day and, of a list, the version in every row."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    stamp = {"数据截止日": table.as_of.isoformat()}
    if table.version is not None:
        stamp["名单版本"] = str(table.version)
    writer.writerow([*(column.title for column in table.columns), *stamp])
    for row in table.rows:
        cells = [safe_text(text_of(row.get(column.name))) for column in table.columns]
        writer.writerow([*cells, *stamp.values()])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def safe_text(text: str) -> str:
    """The text behind an apostrophe where a spreadsheet would execute it; every other text as it is."""
    bare = text.lstrip(_SKIPPED)
    if (bare and bare[0] in _FORMULA_BEGINS) or text[:1] in ("\t", "\r", "\n"):
        return "'" + text
    return text
