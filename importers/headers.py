"""The header of a table: which row it is, which layout it fits, and why a file is refused for it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from importers.formats.table import FileRefused, Table
from importers.layouts import Layout, Match, fold_title, layouts
from importers.problems import Finding, quoted

# Title and explanation lines that may stand above the header.
HEADER_WITHIN: Final = 15


def knows_titles(candidates: Sequence[Layout]) -> Callable[[str], bool]:
    """Whether the first lines of a reading hold a title, not in ASCII, of one of the layouts."""
    known = {
        fold_title(title)
        for layout in candidates
        for column in layout.columns
        for title in (column.title, *column.aliases)
        if not title.isascii()
    }

    def knows(text: str) -> bool:
        cells = re.split(r"[,\t;\r\n]", text[:4000])
        return any(fold_title(cell.strip('"')) in known for cell in cells if not cell.isascii())

    return knows


def find_header(table: Table, candidates: Sequence[Layout]) -> tuple[Table, int, Layout, Match]:
    """The table with its header in one row, the index of that row, the layout that fits it best, and how.

    Raises:
        FileRefused: nothing there, a separator that is none, titles missing, unknown or twice.
    """
    best = _best(table, candidates)
    if best is None:
        raise FileRefused("F-EMPTY", "文件中没有内容", "请确认选对了文件后重新上传", sheet=table.sheet)
    index, layout, match = best
    _refuse_separator(table, index, match)
    if layout.header_rows == 1:
        _refuse_merged(table, index)
    whole = with_one_header(table, index, layout.header_rows)
    if match.missing or (match.unknown and layout.leftovers == "refuse"):
        _refuse_other_kind(table, layout)
    _refuse_misfit(whole, index, layout, match)
    return whole, index, layout, match


def _best(table: Table, candidates: Sequence[Layout]) -> tuple[int, Layout, Match] | None:
    """The line among the first ones, and the layout, that fit each other best; None where all are blank."""
    best: tuple[tuple[int, int, int], int, Layout, Match] | None = None
    seen = 0
    for index, row in enumerate(table.rows):
        if is_blank(row):
            continue
        seen += 1
        if seen > HEADER_WITHIN:
            break
        for layout in candidates:
            if layout.header_row and table.numbers[index] != layout.header_row:
                continue
            match = layout.match(joined_titles(table.rows[index : index + layout.header_rows]))
            fit = (match.known - 2 * len(match.missing) - len(match.unknown), match.known, int(layout.main))
            if best is None or fit > best[0]:
                best = (fit, index, layout, match)
    return best and best[1:]


def _refuse_other_kind(table: Table, layout: Layout) -> None:
    """Tell whoever chose the wrong kind of file which one it is, where another kind's layout fits without a doubt."""
    best = _best(table, [each for each in layouts() if each.kind != layout.kind])
    if best is None:
        return
    index, other, match = best
    if match.known > 2 and not (match.missing or match.unknown or match.duplicates):
        raise FileRefused(
            "H-OTHER-KIND",
            f"标题与“{other.title}”相符，与所选的“{layout.title}”不符",
            f"请改选“{other.title}”所属的信息类别后重新上传；确是所选类别的，请按系统提供的模板填写标题",
            sheet=table.sheet,
            row=table.numbers[index],
        )


def with_one_header(table: Table, index: int, lines: int) -> Table:
    """The table, the lines of its header made one."""
    if lines == 1:
        return table
    end = index + lines
    rows = [*table.rows[:index], joined_titles(table.rows[index:end]), *table.rows[end:]]
    return replace(table, rows=rows, numbers=[*table.numbers[: index + 1], *table.numbers[end:]])


def joined_titles(lines: Sequence[Sequence[object]]) -> Sequence[object]:
    """One title for each column of a header of several lines: 检查情况 over 检查日期 is 检查情况/检查日期.

    A cell over several columns is written in the first of them, so a blank takes what stands to its left where both
    have something below.
    """
    if len(lines) == 1:
        return lines[0]
    width = max(map(len, lines))
    texts = [[_titled(line[at]) if at < len(line) else "" for at in range(width)] for line in lines]
    parents: list[list[str]] = []
    for depth, line in enumerate(texts[:-1]):
        below = [any(lower[at] for lower in texts[depth + 1 :]) for at in range(width)]
        for at in range(1, width):
            same = all(parent[at] == parent[at - 1] for parent in parents)
            if not line[at] and same and below[at] and below[at - 1]:
                line[at] = line[at - 1]
        parents.append(line)
    return ["/".join(dict.fromkeys(filter(None, (line[at] for line in texts)))) for at in range(width)]


def _titled(cell: object) -> str:
    return "" if cell is None else " ".join(str(cell).split())


def header_notes(header: Sequence[object], match: Match) -> list[Finding]:
    """Titles that were taken for known ones although they are written otherwise; a leading star is our own."""
    folded = [
        str(header[at]).strip()
        for at, column in match.positions.items()
        if str(header[at]).strip().lstrip("*") not in (titles := (column.title, *column.aliases))
        and fold_title(header[at]) in map(fold_title, titles)
    ]
    notes = []
    if folded:
        says = f"标题{_quoted(folded)}的空格、全半角、标点或写法已规范后识别"
        notes.append(Finding("N-HEADER", "normalised", says, "无需处理"))
    if dropped := [str(header[at]).strip() for at in match.dropped]:
        says = f"{_quoted(dropped)}不属于记录的内容，这些列未导入"
        notes.append(Finding("N-COLUMN-DROPPED", "normalised", says, "无需处理；联系人等个人信息请不要报送"))
    return notes


def _quoted(titles: Sequence[str]) -> str:
    shown = "、".join(f"“{quoted(' '.join(title.split()), 64)}”" for title in titles[:5])
    return shown + ("等" if len(titles) > 5 else "")


def is_blank(row: Sequence[object]) -> bool:
    return not any(
        cell is not None and cell != "" and not (isinstance(cell, str) and not cell.strip()) for cell in row
    )


def _refuse_separator(table: Table, start: int, match: Match) -> None:
    row = table.rows[start]
    if not table.is_text or len(row) > 1 or match.known > 1:
        return
    first = str(row[0])
    for separator, title in (
        ("\t", "制表符"),
        (";", "分号"),
        ("，", "全角逗号"),
        ("|", "竖线"),
        ("；", "全角分号"),
    ):
        if separator in first:
            raise FileRefused(
                "H-DELIMITER",
                f"各列之间用的是{title}，不是英文逗号",
                "请另存为“CSV UTF-8（逗号分隔）”后重新上传",
                row=table.numbers[start],
            )


def _refuse_merged(table: Table, start: int) -> None:
    number = table.numbers[start]
    for first, last, reference in table.merged:
        if first <= number <= last:
            raise FileRefused(
                "H-MERGED",
                f"标题行中有合并的单元格（{reference}）",
                "请把标题改为一行、一列一个标题，取消合并后重新上传",
                sheet=table.sheet,
                row=number,
            )


def _refuse_misfit(table: Table, start: int, layout: Layout, match: Match) -> None:
    header, number = layout.header_over(table.rows[start]), table.numbers[start]
    if match.duplicates:
        title = match.duplicates[0]
        raise FileRefused(
            "H-DUPLICATE",
            "这个标题出现了不止一次",
            "请删除或改名其中一列后重新上传",
            sheet=table.sheet,
            row=number,
            column=title,
        )
    strangers = [str(header[place]).strip() for place in match.unknown]
    if match.missing:
        _refuse_missing(table, number, layout, match, strangers)
    if strangers and layout.leftovers == "refuse":
        titles = [column.title for column in layout.columns if column.name not in match.columns]
        near = _nearest(strangers[0], titles)
        raise FileRefused(
            "H-UNKNOWN",
            f"是不认识的列{_others(strangers[1:])}（按“{layout.title}”核对）",
            _renaming(near, layout) if near else "请删除该列，或联系管理员把它加入版式",
            sheet=table.sheet,
            row=number,
            column=strangers[0],
        )


def _refuse_missing(
    table: Table, number: int, layout: Layout, match: Match, strangers: Sequence[str]
) -> None:
    title = match.missing[0].title
    near = _nearest(title, strangers)
    raise FileRefused(
        "H-MISSING",
        f"是必需的列，没有找到{_others([c.title for c in match.missing[1:]])}（按“{layout.title}”核对）",
        f"是否写成了“{quoted(near, 64)}”？请改为“{title}”"
        if near
        else "请使用系统提供的模板，或补上这些列后重新上传",
        sheet=table.sheet,
        row=number,
        column=title,
    )


def _renaming(near: str, layout: Layout) -> str:
    """Whoever leaves out the unit of an amount must say it: the wrong one is ten thousand times off."""
    column = layout.titled(near)
    bare = near.removesuffix("（万元）").removesuffix("（元）")
    if column is not None and column.type == "money" and bare != near:
        return f"是否为“{bare}”？请在标题中写明单位，改为“{bare}（元）”或“{bare}（万元）”；不需要的列请删除"
    return f"是否为“{near}”？请改名；不需要的列请删除"


def _others(titles: Sequence[str]) -> str:
    if not titles:
        return ""
    return "；还有" + _quoted(titles).replace("、", "")


def _nearest(title: str, others: Sequence[str]) -> str | None:
    near = difflib.get_close_matches(
        fold_title(title), [fold_title(other) for other in others], n=1, cutoff=0.5
    )
    return next((other for other in others if near and fold_title(other) == near[0]), None)
