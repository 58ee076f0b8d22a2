"""A workbook of problems: the original rows, why each waits, and where; corrected, it can be sent back as it is."""

import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

import xlsxwriter

# Titles that an import passes over, so the workbook can be sent back without deleting anything.
REASONS: Final = "问题说明"
LINE: Final = "原行号"
# An import does not read a sheet of this name.
EXPLANATION: Final = "填写说明"

_COLOURS: Final = {"refuse_row": "#F8CBAD", "hold": "#FFE699", "normalised": "#E2EFDA", "warning": "#DDEBF7"}
_WORDS: Final = {
    "refuse_row": "不能接收：改正后才能导入",
    "hold": "待人工核对：补充或确认后可以导入",
    "normalised": "已自动规范：无需处理",
    "warning": "提示：已接收，请核对",
}
_RANKS: Final = ("refuse_row", "hold", "warning", "normalised")
_MOST_CHARS: Final = 32_767


class ProblemRow(Protocol):
    """A row that waits, as services and importers have it."""

    @property
    def row(self) -> int: ...

    @property
    def cells(self) -> Mapping[str, str]:
        """By title, as written."""

    @property
    def problems(self) -> Sequence[Mapping[str, Any]]:
        """With ``column``, ``disposition``, ``message``, ``hint``."""


def problems_workbook(rows: Iterable[ProblemRow], *, titles: Sequence[str] = ()) -> bytes:
    """The rows with their reasons as XLSX; every cell is text.

    Args:
        titles: of the original file in its order; titles that only rows know follow.
    """
    waiting = sorted(rows, key=lambda each: each.row)
    columns = list(
        dict.fromkeys([title for title in titles if title] + [t for each in waiting for t in each.cells])
    )
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        formats = _formats(book)
        _fill_rows(book.add_worksheet("数据"), formats, columns, waiting)
        _fill_explanation(book.add_worksheet(EXPLANATION), formats)
    return stream.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    plain = {"num_format": "@", "valign": "top"}
    formats = {
        name: book.add_format({**plain, "bg_color": colour, "border": 1}) for name, colour in _COLOURS.items()
    }
    formats["plain"] = book.add_format(plain)
    formats["wrapped"] = book.add_format({**plain, "text_wrap": True})
    formats["title"] = book.add_format({"bold": True, "bg_color": "#D9D9D9", "border": 1, "text_wrap": True})
    return formats


def _fill_rows(
    sheet: Any, formats: dict[str, Any], columns: Sequence[str], waiting: Sequence[ProblemRow]
) -> None:
    for at, title in enumerate([*columns, REASONS, LINE]):
        sheet.write_string(0, at, title, formats["title"])
        sheet.set_column(
            at, at, 60 if title == REASONS else max(10, min(32, 2 * len(title) + 2)), formats["plain"]
        )
    for line, each in enumerate(waiting, 1):
        worst = _worst_by_title(each.problems)
        for at, title in enumerate(columns):
            text = str(each.cells.get(title, ""))[:_MOST_CHARS]
            shade = formats[worst.get(_folded(title), "plain")]
            if text or shade is not formats["plain"]:
                sheet.write_string(line, at, text, shade)
        overall = min((p["disposition"] for p in each.problems), key=_rank, default="plain")
        sheet.write_string(line, len(columns), _reasons(each.problems), formats[overall])
        sheet.write_string(line, len(columns) + 1, str(each.row), formats["plain"])
    sheet.freeze_panes(1, 0)
    if waiting:
        sheet.autofilter(0, 0, len(waiting), len(columns) + 1)


def _fill_explanation(sheet: Any, formats: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 90)
    lines = [
        "本表列出未能直接入库的行及其原因。请在“数据”表中改正后，原样上传本文件。",
        f"“{REASONS}”和“{LINE}”两列在导入时自动略过，不必删除。已改正的行与未改正的行可以一起上传，已入库的行不会重复。",
    ]
    for line, text in enumerate(lines):
        sheet.write_string(line, 0, text, formats["wrapped"])
    for line, (disposition, words) in enumerate(_WORDS.items(), len(lines) + 1):
        sheet.write_string(line, 0, words, formats[disposition])


def _worst_by_title(problems: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for problem in problems:
        if problem.get("column"):
            title = _folded(problem["column"])
            found[title] = min(found.get(title, problem["disposition"]), problem["disposition"], key=_rank)
    return found


def _rank(disposition: str) -> int:
    return _RANKS.index(disposition) if disposition in _RANKS else len(_RANKS)


def _reasons(problems: Sequence[Mapping[str, Any]]) -> str:
    ordered = sorted(problems, key=lambda problem: _rank(problem["disposition"]))
    sentences = [f"{problem['message']}。{problem['hint']}。" for problem in ordered]
    return "\n".join(dict.fromkeys(sentences))[:_MOST_CHARS]


def _folded(title: str) -> str:
    return re.sub(r"[\s*＊]+", "", unicodedata.normalize("NFKC", title))
