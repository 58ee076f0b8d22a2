"""A draft of a layout from an unknown file, for a person to finish.

Nothing is decided that the file does not tell: where two kinds are near each other there is no draft, but what speaks
for each, and the person names the kind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from importers.drafts import Sheet, written_draft
from importers.evidence import Candidate, Heading, candidates, is_told
from importers.files import format_of, open_table
from importers.formats.table import FileRefused, Table
from importers.formats.text import DRAFTED, encoding_named
from importers.headers import HEADER_WITHIN, is_blank, joined_titles, knows_titles, with_one_header
from importers.layouts import MOST_HEADER_ROWS, Dialect, fold_title, layouts, untitled
from importers.lines import is_record
from importers.problems import Problem, place, written
from importers.shapes import date_options, shape_of
from importers.wording import bare, wording

_SAMPLE: Final = 500


@dataclass(frozen=True)
class Suggestion:
    """
    Args:
        draft: the YAML; empty where the file cannot be opened, or tells no kind.
        candidates: the kinds that it may be, the likeliest first; empty where the caller named the kind.
        is_told: whether the first of them is the kind.
    """

    draft: str
    problems: Sequence[Problem] = ()
    candidates: Sequence[Candidate] = ()
    is_told: bool = True


def suggest_layout(
    data: bytes,
    *,
    filename: str,
    kind: str | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    today: date,
) -> Suggestion:
    """A draft, or why there is none: the problem for which the file cannot be opened, or the kinds that it may be.

    Args:
        kind: what the file is, where the person who asks knows; None to be told by the file.
        encoding: the word for it, taken into the draft.
    """
    try:
        dialect, table = _opened(data, filename, sheet, encoding)
    except FileRefused as refusal:
        problem = place(
            refusal.finding, sheet=refusal.sheet, row=refusal.row, column=refusal.column, value=None
        )
        return Suggestion("", [problem])
    start, lines = _header(table)
    above = "\n".join(written(cell) for row in table.rows[:start] for cell in row if cell not in (None, ""))
    numbers = table.numbers[start], lines
    table = with_one_header(table, start, lines)
    headings = _headings(table, start)
    names = f"{filename.rpartition('.')[0] or filename}\n{table.sheet or ''}"
    found = candidates(headings, lines=above, names=names, known=layouts(kind))
    if kind is None and not is_told(found, headings):
        return Suggestion("", candidates=found, is_told=False)
    known = found[0]
    grounds = () if kind is not None else known.grounds
    whole = Sheet(table, start, numbers, above, headings, dialect, grounds, today)
    return Suggestion(written_draft(whole, known), candidates=() if kind is not None else found)


# In this order where two are equally regular.
_SEPARATORS: Final = (",", "\t", ";", "|")


def _opened(data: bytes, filename: str, sheet: str | None, encoding: str | None) -> tuple[Dialect, Table]:
    """The table as its most regular separator gives it.

    Raises:
        FileRefused: with none; the reason is that of the first.
    """
    is_text = format_of(data) == "text"
    if is_text and encoding is None:
        encoding = _foreign_encoding(data)
    opened: list[tuple[str, Table]] = []
    refusals: list[FileRefused] = []
    for each in _SEPARATORS if is_text else ",":
        try:
            table = open_table(
                data,
                filename=filename,
                sheet=sheet,
                encoding=encoding,
                separator=each,
                knows=knows_titles(layouts()),
            )
            if table.rows:
                opened.append((each, table))
        except FileRefused as refusal:
            # A quoted amount is one cell under the right separator and a broken quote under the others.
            refusals.append(refusal)
    if not opened:
        raise (
            refusals[0]
            if refusals
            else FileRefused("F-EMPTY", "文件中没有内容", "请确认选对了文件后重新上传")
        )
    separator, table = max(opened, key=lambda each: _regularity(each[1]))
    return Dialect(encoding, separator), table


def _foreign_encoding(data: bytes) -> str | None:
    """An encoding that imports do not find out by themselves, where only that one gives words that titles have."""
    try:
        data.decode("utf-8")
        return None
    except UnicodeDecodeError:
        pass
    words = {title for title in wording().columns if not title.isascii() and len(title) > 1}
    words |= {bare(column.title) for layout in layouts() for column in layout.columns}
    counts: dict[str, int] = {}
    for name in ("gb18030", *DRAFTED):
        try:
            head = data[:20_000].rpartition(b"\n")[0] or data
            text = head.decode(encoding_named(name) or name)
        except UnicodeDecodeError:
            continue
        counts[name] = sum(len(word) for word in words if word in text)
    best = max(counts, key=lambda name: counts[name], default=None)
    return best if best in DRAFTED and counts[best] > counts.get("gb18030", 0) else None


def _regularity(table: Table) -> tuple[float, int]:
    """The share of lines with the usual number of cells, where that is more than one; then that number."""
    widths = Counter(len(row) for row in table.rows[: HEADER_WITHIN + _SAMPLE] if not is_blank(row))
    width, lines = widths.most_common(1)[0] if widths else (1, 0)
    return (lines / widths.total(), width) if width > 1 else (0.0, 0)


def _header(table: Table) -> tuple[int, int]:
    """Index of the header's first line, and how many lines it has.

    It is the first line with as many different texts, all unlike values, as any; lines around it belong to it where
    the blanks of one are filled by the other.
    """
    first = table.rows[:HEADER_WITHIN]
    scores = [len({fold_title(cell) for cell in row if _is_title(cell)}) for row in first]
    at = max(range(len(first)), key=lambda index: (scores[index], -index))
    end = at + 1
    while at > 0 and end - at < MOST_HEADER_ROWS and _is_over(first[at - 1], first[at]):
        at -= 1
    while (
        end < len(first)
        and end - at < MOST_HEADER_ROWS
        and _is_under(first[end], joined_titles(first[at:end]))
    ):
        end += 1
    return at, end - at


def _is_title(cell: object) -> bool:
    if not isinstance(cell, str) or not cell.strip() or len(cell) > 60:
        return False
    return not any(char.isdigit() for char in cell[:1]) and date_options([cell]) is None


def _is_over(upper: Sequence[object], lower: Sequence[object]) -> bool:
    """Whether a line is the upper part of a header: several titles, which stand where the lower line has blanks too.

    Where the lower line has none, they must be words alone over groups of columns: no 填报日期：2026年10月9日.
    """
    titles = [at for at, cell in enumerate(upper) if _is_title(cell)]
    blanks = [at for at, cell in enumerate(lower) if cell in (None, "")]
    if len(titles) < 2 or not all(at in titles for at in blanks):
        return False
    return bool(blanks) or (
        all(_GROUP.fullmatch(str(upper[at]).strip()) for at in titles) and len(titles) < len(lower)
    )


_GROUP: Final = re.compile(r"[^\W\d_]{2,12}")


def _is_under(lower: Sequence[object], upper: Sequence[object]) -> bool:
    """Whether a line is the lower part of a header: titles alone, and blank where the upper line is filled."""
    filled = [at for at, cell in enumerate(lower) if cell not in (None, "")]
    blanks = [at for at, cell in enumerate(lower) if cell in (None, "")]
    gaps = [at for at, cell in enumerate(upper) if cell in (None, "")]
    return (
        len(filled) > 1
        and bool(blanks)
        and all(_is_title(lower[at]) for at in filled)
        and bool(gaps)
        and all(at in filled for at in gaps if at < len(lower))
    )


def _headings(table: Table, start: int) -> list[Heading]:
    """Every column of the file that has a title or a cell."""
    rows = [row for row in table.rows[start + 1 : start + 1 + _SAMPLE] if is_record(row)]
    width = max(map(len, [table.rows[start], *rows]))
    found = []
    seen: Counter[str] = Counter()
    for at in range(width):
        cell = table.rows[start][at] if at < len(table.rows[start]) else None
        title = " ".join(str(cell).split()) if cell not in (None, "") else ""
        cells = [row[at] for row in rows if at < len(row) and row[at] not in (None, "")]
        if not title and not cells:
            continue
        title = title or untitled(at)
        seen[fold_title(title)] += 1
        if seen[fold_title(title)] > 1:
            title = f"{title}#{seen[fold_title(title)]}"
        found.append(Heading(at, title, cells, shape_of(cells)))
    return found
