"""Lines below the header: which hold a record, and what the others are."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from importers.formats.table import Table
from importers.headers import is_blank
from importers.layouts import fold_title
from importers.problems import Finding

_TOTAL: Final = re.compile(
    r"^(?:本[页月]|全部)?(?:[合总總小累共]\s*[计計数]|(?:grand |sub-?)?totals?)\s*(?:[:：].{0,20}|[（(]?\s*\d+\s*[条家件户项笔个起]?[)）]?)?$",
    re.I,
)
_EXPLANATION: Final = re.compile(
    r"^(?:填[报表写]说明|说\s*明|备?\s*注|填[报表]单位|填[报表]人|审核人|制表人?|单位负责人|联系电话|填[报表]日期|以下无正文|以下空白)\s*[:：]?"
)
# What stands at the foot of a table, label and name in one cell or in two.
_SIGNATURE: Final = re.compile(
    r"^(?:填[报表制]|制表|审核|复核|经办|负责|联系)人?(?:单位|部门|日期|时间|人|电话)?\s*[:：]|^(?:日期|报送(?:单位|日期)|统计(?:日期|时间|截止)|数据来源|打印时间|导出时间|注)\s*[:：]"
)
_EXAMPLE: Final = "示例"


@dataclass(slots=True)
class Lines:
    """Records with their numbers; lines skipped with a note; lines refused as lines."""

    numbers: list[int] = field(default_factory=list)
    rows: list[Sequence[object]] = field(default_factory=list)
    skipped: list[tuple[int, Finding, object]] = field(default_factory=list)
    refused: list[tuple[int, Finding, Sequence[object]]] = field(default_factory=list)


def sort_lines(table: Table, start: int, known: Iterable[str]) -> Lines:
    """Every line below the header once, blank ones left out.

    Args:
        known: folded titles of the layout: some files repeat their header in the codes of the standard.
    """
    header = table.rows[start]
    width = len(header)
    titles = {*map(fold_title, header), *known} - {""}
    beginnings = _BEGINNINGS | {title[0] for title in titles} | {str(cell)[0] for cell in header if cell}
    lines = Lines()
    wanted = sum(1 for cell in header if cell)
    for index in range(start + 1, len(table.rows)):
        row, number = table.rows[index], table.numbers[index]
        finding = None if _is_ordinary(row, beginnings) else _other_line(row, titles, wanted)
        if finding is _BLANK:
            continue
        if finding is not None and finding.disposition == "normalised":
            lines.skipped.append((number, finding, next((cell for cell in row if cell), None)))
        elif finding is not None:
            lines.refused.append((number, finding, row))
        elif table.is_text and len(row) != width:
            lines.refused.append((number, _field_count(len(row), width), row))
        else:
            lines.numbers.append(number)
            lines.rows.append(row)
    return lines


def is_record(row: Sequence[object]) -> bool:
    """Whether a line may hold a record: not blank, no total, no explanation."""
    return _other_line(row, set(), 0) is None


_BLANK: Final = Finding("", "normalised", "", "")
# First characters of what the questions below look for, apart from the titles' own.
_BEGINNINGS: Final = frozenset(
    "合总總小累共本全TtSsGg填说备注审制单联以示复经负日报统数打导*＊※\"“”' \t\u3000\ufeff"
)
_TOTALS: Final = frozenset("合总總小累共本全TtSsGg \u3000")


def _is_ordinary(row: Sequence[object], beginnings: frozenset[str]) -> bool:
    """Whether a look at three cells already tells a record: most of a million lines are asked no more."""
    if len(row) < 3:
        return False
    first, second, third = row[0], row[1], row[2]
    return bool(
        isinstance(first, str)
        and isinstance(second, str)
        and first
        and second
        and third
        and first[0] not in beginnings
        and second[0] not in _TOTALS
    )


def _other_line(row: Sequence[object], titles: set[str], wanted: int) -> Finding | None:
    if is_blank(row):
        return _BLANK
    filled = [str(cell).strip() for cell in row if cell is not None and str(cell).strip()]
    if (
        len(filled) > 1
        and fold_title(filled[0]) in titles
        and {fold_title(cell) for cell in filled} <= titles
    ):
        return Finding("R-HEADER-REPEATED", "refuse_row", "又是一行标题，不是数据", "请删除重复的标题行")
    if any(_TOTAL.fullmatch(cell) for cell in filled[:2]):
        return Finding("R-TOTAL-LINE", "normalised", "是合计行，已略过", "合计行不是数据，无需处理")
    if (len(filled) <= 2 and _EXPLANATION.match(filled[0])) or _is_foot(filled):
        return Finding("R-TOTAL-LINE", "normalised", "是说明或落款，已略过", "说明不是数据，无需处理")
    if filled[0] == _EXAMPLE:
        return Finding("R-EXAMPLE-LINE", "normalised", "是模板中的示例行，已略过", "示例行可以删除")
    if len(filled) == 1 and wanted > 3:
        return Finding(
            "R-TOTAL-LINE",
            "refuse_row",
            "只有一个单元格有内容，不像一条记录",
            "如是说明或合计请删除该行；如是记录请补全",
        )
    return None


def _is_foot(filled: Sequence[str]) -> bool:
    """Whether a line is 制表人：… 审核人：…, each name in its label's cell or in the next one."""
    labels = [bool(_SIGNATURE.match(cell)) for cell in filled]
    return labels[0] and all(own or before for before, own in itertools.pairwise(labels))


def _field_count(found: int, expected: int) -> Finding:
    more = "多" if found > expected else "少"
    return Finding(
        "R-FIELD-COUNT",
        "refuse_row",
        f"有{found}个字段，应为{expected}个，{more}了{abs(found - expected)}个",
        "内容中含有英文逗号的，请用英文双引号括起来；缺少的字段请补上逗号",
    )
