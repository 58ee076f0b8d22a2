"""A draft of a layout from an unknown file, for a person to finish.

Nothing is decided here: titles that a shipped layout knows are taken over, the others get the type that their cells
fit and the nearest known title as a remark.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from rapidfuzz import fuzz, process

from importers.checks import uscc
from importers.checks.money import PLAIN
from importers.columns import Column
from importers.files import format_of, open_table
from importers.formats.table import FileRefused, Table
from importers.headers import HEADER_WITHIN, is_blank, knows_titles
from importers.layouts import Layout, fold_title, layouts
from importers.problems import Problem, masked, place

_SAMPLE: Final = 200
_ALIKE: Final = 60
_REPUBLIC: Final = re.compile(r"(?:民國|民国)?[0-9]{2,3}[/.年][0-9]{1,2}[/.月][0-9]{1,2}日?")
_DAY: Final = re.compile(r"[0-9]{4}[-/.年]?[0-9]{1,2}[-/.月]?[0-9]{1,2}日?(?: 0?0:00(?::00)?)?")
_YEAR_LAST: Final = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.][0-9]{4}")


_ERA: Final = re.compile(r"([^\W\d_]{1,2})(?:元|[0-9]{1,2})[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?")
# The year before the first of each; a draft's help, not a rule: the person who finishes the draft confirms it.
_ERAS: Final = {
    "令和": 2018,
    "R": 2018,
    "平成": 1988,
    "H": 1988,
    "昭和": 1925,
    "S": 1925,
    "民國": 1911,
    "民国": 1911,
}
_WITH_LETTERS: Final = re.compile(
    r"[0-9]{1,2}(?:st|nd|rd|th)?[-. ]?[A-Za-z]{3,9}[-.,]{0,2} ?[0-9]{4}|[A-Za-z]{3,9}\.? ?[0-9]{1,2}(?:st|nd|rd|th)?,? ?[0-9]{4}"
)


def suggest_layout(
    data: bytes,
    *,
    filename: str,
    kind: str | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
) -> tuple[str, list[Problem]]:
    """The YAML of a draft, or the problem for which the file cannot be opened (then the draft is empty).

    Args:
        kind: what the file is, where the person who asks knows; None for the kind whose titles are nearest.
        encoding: the word for it, taken into the draft.
    """
    known = layouts(kind)
    opened: list[tuple[str, Table]] = []
    refusals: list[FileRefused] = []
    for each in _SEPARATORS if format_of(data) == "text" else ",":
        try:
            table = open_table(
                data,
                filename=filename,
                sheet=sheet,
                encoding=encoding,
                separator=each,
                knows=knows_titles(known),
            )
            opened.append((each, table))
        except FileRefused as refusal:
            # A quoted amount is one cell under the right separator and a broken quote under the others.
            refusals.append(refusal)
    if not opened:
        first = refusals[0]
        return "", [place(first.finding, sheet=first.sheet, row=first.row, column=first.column, value=None)]
    separator, table = max(opened, key=lambda each: _regularity(each[1]))
    start = _header_index(table)
    nearest = _nearest_layout(table.rows[start], known)
    return _written(table, start, nearest, separator=separator, encoding=encoding), []


# In this order where two are equally regular.
_SEPARATORS: Final = (",", "\t", ";", "|")


def _regularity(table: Table) -> tuple[float, int]:
    """The share of lines with the usual number of cells, where that is more than one; then that number."""
    widths = Counter(len(row) for row in table.rows[: HEADER_WITHIN + _SAMPLE] if not is_blank(row))
    width, lines = widths.most_common(1)[0] if widths else (1, 0)
    return (lines / widths.total(), width) if width > 1 else (0.0, 0)


def _header_index(table: Table) -> int:
    """The first row with as many different texts as any of the first rows."""
    best, index = -1, 0
    for at, row in enumerate(table.rows[:HEADER_WITHIN]):
        if is_blank(row):
            continue
        texts = {
            fold_title(cell)
            for cell in row
            if isinstance(cell, str) and cell.strip() and not cell.strip().isdigit()
        }
        if len(texts) > best:
            best, index = len(texts), at
    return index


def _nearest_layout(header: Sequence[object], known: Sequence[Layout]) -> Layout:
    def fit(layout: Layout) -> tuple[int, bool]:
        match = layout.match(header)
        return match.known * 2 - len(match.missing) - len(match.unknown), layout.main

    nearest = max(known, key=fit)
    return nearest if nearest.match(header).known else known[0]


def _written(table: Table, start: int, nearest: Layout, *, separator: str, encoding: str | None) -> str:
    header = table.rows[start]
    sample = table.rows[start + 1 : start + 1 + _SAMPLE]
    ragged = Counter(len(row) for row in sample)
    lines = [
        "# 由系统根据文件起草的版式，须由人工核对后使用：逐列核对 column 名称、类型和必填要求。",
        f"# 最接近的现有版式：{nearest.name}（{nearest.title}）。文件编码：{table.encoding or '工作簿'}。",
    ]
    if table.is_text and ragged and ragged.most_common(1)[0][0] != len(header):
        lines.append(
            f"# 注意：标题有{len(header)}列，数据多为{ragged.most_common(1)[0][0]}列，可能错位；多余的标题写入 phantoms。"
        )
    lines += [f"kind: {nearest.kind}", f"record: {nearest.record}", "title: 待填写", 'version: "1"']
    if table.is_text and encoding is not None:
        lines.append(f"encoding: {encoding}")
    if separator != ",":
        lines.append(f"separator: {json.dumps(separator)}")
    if start > 0:
        lines.append(f"header_row: {table.numbers[start]}")
    if any(cell is not None and cell != "" for row in sample for cell in row[len(header) :]):
        lines.append("# 注意：有的行比标题多出有内容的单元格。")
    if _is_one_off(header, sample):
        title = _quoted(str(header[0]).strip())
        lines.append(
            f"# 注意：首列标题是{title}，数据却不是编号，而最后一列全空，标题可能整体错开一列；核实后启用下一行。"
        )
        lines.append(f"# phantoms: [{title}]")
    lines.append("columns:")
    used: set[str] = set()
    for at, cell in enumerate(header):
        title = "" if cell is None else str(cell).strip()
        if title:
            cells = [row[at] for row in sample if at < len(row) and row[at] not in (None, "")]
            lines += _column_lines(title, cells, nearest, used, at)
    lines += _still_wanted(nearest, used)
    return "\n".join(lines) + "\n"


def _still_wanted(nearest: Layout, used: set[str]) -> list[str]:
    """What a record of this kind is usually told by and the draft has no column for."""
    main = layouts(nearest.kind)[0]
    wanted = [column for column in main.columns if column.name not in used and _is_wanted(column)]
    if not wanted:
        return []
    names = "、".join(f"{column.name}（{column.title}）" for column in wanted)
    return [
        f"# 本类记录通常还须有：{names}。",
        "# 如上面某个“不认识的列”就是它，请把 details.column_… 改为它的名字；每行都相同的写入 set；文件中确实没有的不写。",
    ]


def _is_wanted(column: Column) -> bool:
    return column.header or column.missing in ("refuse", "hold")


def _is_one_off(header: Sequence[object], sample: Sequence[Sequence[object]]) -> bool:
    """Whether the first title promises a number that is not there and the last column is empty all the way down."""
    if fold_title(header[0]) not in _NUMBERS or not sample:
        return False
    firsts = [str(row[0]).strip() for row in sample if row]
    lasts = [row[len(header) - 1] for row in sample if len(row) >= len(header)]
    return not any(first.isdecimal() for first in firsts) and not any(lasts)


_NUMBERS: Final = frozenset({"编号", "編號", "序号", "序號", "NO", "NO.", "项次", "項次"})


def _column_lines(title: str, cells: Sequence[object], nearest: Layout, used: set[str], at: int) -> list[str]:
    column = _known_column(title, nearest, used)
    example = f"，例：{_shown(cells[0])}" if cells else "，样本中全为空"
    if column is not None:
        used.add(column.name)
        header = ", header: true" if column.header else ""
        return [f"  {column.name}: {{title: {_quoted(title)}{header}}}  # {column.title}{example}"]
    remark = _alike(title, nearest)
    fit = ", ".join(f"{key}: {value}" for key, value in _fitting(cells).items())
    name = f"details.column_{at + 1}"
    return [f"  {name}: {{title: {_quoted(title)}, {fit}}}  # 不认识的列{remark}{example}"]


def _known_column(title: str, nearest: Layout, used: set[str]) -> Column | None:
    folded = fold_title(title)
    for layout in (nearest, *layouts(nearest.kind)):
        found = layout.titles.get(folded)
        if found is not None and found.name not in used:
            return found
    return None


def _alike(title: str, nearest: Layout) -> str:
    titles = [column.title for layout in layouts(nearest.kind) for column in layout.columns]
    found = process.extractOne(
        fold_title(title), titles, processor=fold_title, scorer=fuzz.ratio, score_cutoff=_ALIKE
    )
    return f"，与“{found[0]}”相近" if found else ""


def _fitting(cells: Sequence[object]) -> Mapping[str, str]:
    """The narrowest type that every cell of the sample fits."""
    texts = [str(cell).strip() for cell in cells]
    if not texts:
        return {"type": "text", "limit": "200"}
    if all(isinstance(cell, date | datetime) for cell in cells) or all(map(_DAY.fullmatch, texts)):
        return {"type": "date"}
    if all(map(_REPUBLIC.fullmatch, texts)):
        return {"type": "date", "republic": "true"}
    if all(found := [_ERA.fullmatch(text) for text in texts]):
        eras = sorted({match.group(1) for match in found if match is not None})
        known = ", ".join(f"{era}: {_ERAS.get(era, '待填写')}" for era in eras)
        return {"type": "date", "eras": "{" + known + "}"}
    if all(map(_WITH_LETTERS.fullmatch, texts)):
        return {"type": "date"}
    if all(found := [_YEAR_LAST.fullmatch(text) for text in texts]):
        days = any(match is not None and int(match.group(1)) > 12 for match in found)
        return {"type": "date", "order": "dmy" if days else "mdy"}
    if all(uscc.is_valid(uscc.normalise(text)) for text in texts):
        return {"type": "uscc"}
    if all(PLAIN.fullmatch(text.replace(",", "")) for text in texts):
        whole = all("." not in text or text.endswith(".0") for text in texts)
        return {"type": "integer"} if whole else {"type": "money", "unit": "yuan"}
    longest = max(len(text) for text in texts)
    more = {"line_breaks": "true"} if any("\n" in text for text in texts) else {}
    return {"type": "text", "limit": str(max(100, 2 * longest)), **more}


def _shown(cell: object) -> str:
    # A draft is read by more people than the file: what may be a person's is not shown, and nothing at length.
    return "".join(char if char.isprintable() else " " for char in (masked(cell) or "")[:20])


def _quoted(title: str) -> str:
    folded = " ".join(title.split())
    return "'" + folded.replace("'", "''") + "'"
