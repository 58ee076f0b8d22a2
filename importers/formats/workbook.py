"""Workbooks by python-calamine: the sheet to read, its rows with the true type of each cell."""

from __future__ import annotations

import io
from typing import Final

import python_calamine as calamine

from importers.formats.archive import damaged, encrypted, open_archive
from importers.formats.sheets import Book, inspect_book
from importers.formats.table import MOST_COLUMNS, FileRefused, Table
from importers.problems import Finding

# Sheets that explain a table and are none themselves; our own templates carry the first.
_EXPLANATIONS: Final = frozenset({"填写说明", "填报说明", "填表说明", "说明", "代码表", "字典"})


def read_workbook(data: bytes, *, format: str, sheet: str | None) -> Table:
    """The rows of the one sheet that holds data, or of the named one."""
    book = None
    if format == "xlsx":
        book = inspect_book(open_archive(data), data)
        paths = book.sheet_paths()
        for name, path in paths.items():
            book.measure(name, path)
    try:
        with calamine.load_workbook(io.BytesIO(data)) as workbook:
            notes = _macro_notes(workbook)
            name, rows = _chosen(workbook, sheet)
    except calamine.PasswordError:
        raise encrypted() from None
    except (calamine.CalamineError, calamine.ZipError, calamine.XmlError, OSError, ValueError, OverflowError):
        raise damaged("工作簿不完整或已损坏") from None
    except BaseException as error:
        # A panic inside the Rust reader is no Exception; it is the file's fault all the same.
        if type(error).__name__ != "PanicException":
            raise
        raise damaged("工作簿内部的内容无法解析") from None
    table = Table(format=format, rows=rows, numbers=range(1, len(rows) + 1), sheet=name, notes=notes)
    if book is not None and name in paths:
        looked = book.look(paths[name])
        table.marks, table.merged = looked.marks, looked.merged
        table.notes += looked.notes + _book_notes(book)
    return table


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


def _macro_notes(book: calamine.CalamineWorkbook) -> list[Finding]:
    names = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ in (calamine.SheetTypeEnum.MacroSheet, calamine.SheetTypeEnum.Vba)
    ]
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


def _chosen(book: calamine.CalamineWorkbook, wanted: str | None) -> tuple[str, list[list[object]]]:
    sheets = [meta for meta in book.sheets_metadata if meta.typ == calamine.SheetTypeEnum.WorkSheet]
    if wanted is not None and wanted not in {meta.name for meta in sheets}:
        raise FileRefused(
            "F-SHEET-CHOICE",
            f"没有名为“{wanted[:30]}”的工作表",
            "工作簿中有：" + "、".join(f"“{meta.name}”" for meta in sheets),
        )
    filled: dict[str, list[list[object]]] = {}
    for meta in sheets:
        if meta.name in _EXPLANATIONS and meta.name != wanted:
            continue
        rows = _rows(book, meta.name)
        if not any(cell != "" for row in rows for cell in row):
            continue
        if meta.visible != calamine.SheetVisibleEnum.Visible:
            raise FileRefused(
                "F-HIDDEN-SHEET",
                f"含有隐藏的工作表“{meta.name}”，其中有数据",
                "请取消隐藏并确认其内容，或删除该工作表后重新上传",
                sheet=meta.name,
            )
        filled[meta.name] = rows
    if wanted is not None:
        return wanted, filled.get(wanted, [])
    if len(filled) > 1:
        raise FileRefused(
            "F-SHEET-CHOICE",
            "有几个工作表都有数据：" + "、".join(f"“{name}”" for name in filled),
            "请指定要导入的工作表，或只保留一个后重新上传",
        )
    return next(iter(filled.items())) if filled else (sheets[0].name if sheets else "", [])


def _rows(book: calamine.CalamineWorkbook, name: str) -> list[list[object]]:
    sheet = book.get_sheet_by_name(name)
    rows: list[list[object]] = sheet.to_python(skip_empty_area=False)  # type: ignore[assignment]
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
