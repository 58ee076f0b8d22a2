"""Workbooks by python-calamine: the sheet to read, its rows with the true type of each cell."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import python_calamine as calamine

from importers.formats.archive import damaged, encrypted, open_archive
from importers.formats.legacy import legacy_sheets
from importers.formats.sheets import Book, inspect_book
from importers.formats.table import MOST_COLUMNS, FileRefused, Table
from importers.problems import Finding

# Sheets that explain a table and are none themselves; our own templates carry the first.
_EXPLANATIONS: Final = frozenset({"填写说明", "填报说明", "填表说明", "说明", "代码表", "字典"})


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet as the reader lists it; ``rows`` reads it."""

    name: str
    kind: str
    is_visible: bool
    rows: Callable[[], list[list[object]]]


def read_workbook(data: bytes, *, format: str, sheet: str | None) -> Table:
    """The rows of the one sheet that holds data, or of the named one."""
    if format == "xls":
        return _read_legacy(data, sheet)
    book = inspect_book(open_archive(data), data)
    paths = book.sheet_paths()
    for name, path in paths.items():
        book.measure(name, path)
    try:
        with calamine.load_workbook(io.BytesIO(data)) as workbook:
            sheets = [_listed(workbook, meta, paths) for meta in workbook.sheets_metadata]
            name, rows = _chosen(sheets, sheet)
    except calamine.PasswordError:
        raise encrypted() from None
    except (calamine.CalamineError, calamine.ZipError, calamine.XmlError, OSError, ValueError, OverflowError):
        raise damaged("工作簿不完整或已损坏") from None
    except BaseException as error:
        # A panic inside the Rust reader is no Exception; it is the file's fault all the same.
        if type(error).__name__ != "PanicException":
            raise
        raise damaged("工作簿内部的内容无法解析") from None
    table = Table(format="xlsx", rows=rows, numbers=range(1, len(rows) + 1), sheet=name)
    if name in paths:
        looked = book.look(paths[name])
        table.marks, table.merged = looked.marks, looked.merged
        table.notes += _macro_notes(sheets) + looked.notes + _book_notes(book)
    return table


def _listed(
    workbook: calamine.CalamineWorkbook, meta: calamine.SheetMetadata, paths: Mapping[str, str]
) -> _Sheet:
    def rows() -> list[list[object]]:
        # What was not measured is not laid out: the reader would find it by another way than we did.
        if meta.name not in paths:
            raise damaged("工作表的位置与目录不符")
        read: list[list[object]] = workbook.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)  # type: ignore[assignment]  # list is invariant
        return read

    visible = meta.visible == calamine.SheetVisibleEnum.Visible
    return _Sheet(meta.name, str(meta.typ).rpartition(".")[2], visible, rows)


def _read_legacy(data: bytes, wanted: str | None) -> Table:
    sheets = [
        _Sheet(name, kind, visible, lambda rows=rows: rows or [])  # type: ignore[misc]  # bound now, not later
        for name, kind, visible, rows in legacy_sheets(data)
    ]
    name, rows = _chosen(sheets, wanted)
    return Table(
        format="xls", rows=rows, numbers=range(1, len(rows) + 1), sheet=name, notes=_macro_notes(sheets)
    )


def _book_notes(book: Book) -> list[Finding]:
    notes = []
    if book.counts_from_1904():
        notes.append(
            Finding(
                "N-DATE-1904",
                "normalised",
                "工作簿使用1904日期系统，日期已按此换算",
                "请抽查几个日期是否正确",
            )
        )
    if book.has_comments():
        notes.append(
            Finding(
                "W-COMMENTS", "warning", "单元格带有批注，批注的内容未读取", "批注中有更正的，请改在单元格里"
            )
        )
    return notes


def _macro_notes(sheets: Sequence[_Sheet]) -> list[Finding]:
    names = [sheet.name for sheet in sheets if sheet.kind in ("MacroSheet", "Vba")]
    if not names:
        return []
    return [
        Finding(
            "W-MACRO-SHEET",
            "warning",
            f"工作簿含有宏表“{'、'.join(names)[:30]}”，未读取也未执行",
            "建议把数据复制到新的工作簿后再报送",
        )
    ]


def _chosen(listed: Sequence[_Sheet], wanted: str | None) -> tuple[str, list[list[object]]]:
    sheets = [sheet for sheet in listed if sheet.kind == "WorkSheet"]
    if wanted is not None and wanted not in {sheet.name for sheet in sheets}:
        raise FileRefused(
            "F-SHEET-CHOICE",
            f"没有名为“{wanted[:30]}”的工作表",
            "工作簿中有：" + "、".join(f"“{sheet.name}”" for sheet in sheets),
        )
    filled: dict[str, list[list[object]]] = {}
    for sheet in sheets:
        if sheet.name in _EXPLANATIONS and sheet.name != wanted:
            continue
        rows = _within_columns(sheet.rows(), sheet.name)
        if not any(cell != "" for row in rows for cell in row):
            continue
        if not sheet.is_visible:
            raise FileRefused(
                "F-HIDDEN-SHEET",
                f"含有隐藏的工作表“{sheet.name}”，其中有数据",
                "请取消隐藏并确认其内容，或删除该工作表后重新上传",
                sheet=sheet.name,
            )
        filled[sheet.name] = rows
    if wanted is not None:
        return wanted, filled.get(wanted, [])
    if len(filled) > 1:
        raise FileRefused(
            "F-SHEET-CHOICE",
            "有几个工作表都有数据：" + "、".join(f"“{name}”" for name in filled),
            "请指定要导入的工作表，或只保留一个后重新上传",
        )
    return next(iter(filled.items())) if filled else (sheets[0].name if sheets else "", [])


def _within_columns(rows: list[list[object]], name: str) -> list[list[object]]:
    if rows and len(rows[0]) > MOST_COLUMNS:
        used = max((place for row in rows for place, cell in enumerate(row, 1) if cell != ""), default=0)
        if used > MOST_COLUMNS:
            raise FileRefused(
                "F-TOO-MANY-COLUMNS",
                f"有{used}列，超过{MOST_COLUMNS}列的上限",
                "请删除多余的列后重新上传",
                sheet=name,
            )
        rows = [row[:MOST_COLUMNS] for row in rows]
    return rows
