"""Template workbooks: the columns of a layout, one filled example line, one sheet that explains them."""

from __future__ import annotations

import io
from typing import Any, Final

import xlsxwriter

from importers.columns import Column
from importers.layouts import Layout

_TYPES: Final = {
    "text": "文字",
    "name": "文字（全称）",
    "authority": "机关全称",
    "uscc": "18位代码（文本格式）",
    "date": "日期，例如 2026-03-18",
    "money": "数字",
    "integer": "整数",
    "choice": "从下列词语中选一个",
    "choices": "从下列词语中选，几个之间用分号",
    "flag": "是 或 否",
    "document_no": "文号或编号",
    "id_number": "证件号码（文本格式）",
}
_MISSING: Final = {"refuse": "必填", "hold": "必填（缺少时整行转人工核对）", "warn": "应填", "allow": "选填"}


def template(layout: Layout) -> bytes:
    """The workbook of a layout as XLSX bytes.

    The example stands in a line whose first cell says 示例; the reader skips that line, so a template that was sent
    back with it does not register a fictional enterprise.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    _fill_table(book, layout)
    _fill_explanation(book, layout)
    book.close()
    return target.getvalue()


def _fill_table(book: Any, layout: Layout) -> None:
    sheet = book.add_worksheet("数据")
    required = book.add_format(
        {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1, "text_wrap": True}
    )
    optional = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1, "text_wrap": True})
    example = book.add_format(
        {"italic": True, "font_color": "#7F7F7F", "bg_color": "#F7F7F7", "num_format": "@"}
    )
    written = book.add_format({"num_format": "@"})
    sheet.write_string(0, 0, "序号", optional)
    sheet.write_string(1, 0, "示例", example)
    sheet.set_column(0, 0, 8)
    for at, column in enumerate(layout.columns, 1):
        is_required = column.header or column.missing in ("refuse", "hold")
        sheet.write_string(
            0, at, ("*" if is_required else "") + column.title, required if is_required else optional
        )
        sheet.write_string(1, at, column.example, example)
        sheet.set_column(at, at, max(12, min(40, 2 * len(column.title) + 2)), written)
        if column.type == "choice" and column.shown and len(",".join(column.shown)) <= 250:
            sheet.data_validation(
                1, at, 5000, at, {"validate": "list", "source": list(column.shown), "ignore_blank": True}
            )
    sheet.set_row(0, 36)
    sheet.freeze_panes(1, 0)


def _fill_explanation(book: Any, layout: Layout) -> None:
    sheet = book.add_worksheet("填写说明")
    bold = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    sheet.write_string(
        0,
        0,
        f"{layout.title}（版式 {layout.name}，第{layout.version}版）",
        book.add_format({"bold": True, "font_size": 14}),
    )
    sheet.write_string(
        1, 0, "灰色斜体的示例行导入时自动略过，可以删除。带 * 的列必须保留标题。代码列请保持“文本”格式。"
    )
    for at, title in enumerate(("列", "要求", "形式", "示例", "可填写的词语", "说明", "也认的标题")):
        sheet.write_string(3, at, title, bold)
    for line, column in enumerate(layout.columns, 4):
        for at, text in enumerate(_explained(column)):
            sheet.write_string(line, at, text, wrapped)
    for at, width in enumerate((34, 16, 24, 28, 44, 44, 44)):
        sheet.set_column(at, at, width)


def _explained(column: Column) -> tuple[str, ...]:
    form = _TYPES[column.type]
    if column.type == "money":
        form = "数字，单位" + ("万元" if column.unit == "wan_yuan" else "元")
    if column.type == "date" and column.no_end:
        form += "；没有终止日期的填“长期”"
    return (
        column.title,
        _MISSING[column.missing],
        form,
        column.example,
        "、".join(column.shown),
        column.note,
        "、".join(column.aliases[:12]),
    )
