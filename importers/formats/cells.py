"""The cells of one sheet walked one by one: formulas, errors, hidden and struck-out ones."""

from __future__ import annotations

import re
from typing import Any, Final
from xml.parsers import expat

from importers.formats.archive import damaged
from importers.problems import Finding

_REFERENCE: Final = re.compile(r"([A-Z]+)([0-9]+)")


def place_of(reference: str) -> tuple[int, int]:
    """(row counted from 1, column counted from 0) of a reference such as B7."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return 1, 0
    return int(found.group(2)), column_number(found.group(1)) - 1


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def struck_styles(styles: bytes) -> set[int]:
    """Cell formats whose text is struck out, or white on no fill."""
    if b"strike" not in styles and b"FFFFFF" not in styles.upper() and b'theme="0"' not in styles:
        return set()
    reader = _Styles()
    parse(styles, reader.start, reader.end, None)
    return reader.struck_formats()


class _Styles:
    def __init__(self) -> None:
        self.fonts: list[tuple[bool, bool]] = []
        self.fills: list[bool] = []
        self.formats: list[tuple[int, int]] = []
        self.inside: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.inside.append(name)
        parent = self.inside[-2] if len(self.inside) > 1 else ""
        if name == "font" and parent == "fonts":
            self.fonts.append((False, False))
        elif name == "fill" and parent == "fills":
            self.fills.append(False)
        elif name == "strike" and self.fonts and attributes.get("val", "1") not in ("0", "false"):
            self.fonts[-1] = (True, self.fonts[-1][1])
        elif name == "color" and parent == "font" and self.fonts:
            white = attributes.get("rgb", "").upper().endswith("FFFFFF") or attributes.get("theme") == "0"
            self.fonts[-1] = (self.fonts[-1][0], white)
        elif name == "fgColor" and self.fills:
            self.fills[-1] = not attributes.get("rgb", "").upper().endswith("FFFFFF")
        elif name == "xf" and parent == "cellXfs":
            self.formats.append((int(attributes.get("fontId", 0)), int(attributes.get("fillId", 0))))

    def end(self, name: str) -> None:
        self.inside.pop()

    def struck_formats(self) -> set[int]:
        found = set()
        for number, (font, fill) in enumerate(self.formats):
            if font >= len(self.fonts):
                continue
            is_struck, is_white = self.fonts[font]
            is_filled = fill < len(self.fills) and self.fills[fill]
            if is_struck or (is_white and not is_filled):
                found.add(number)
        return found


class Walk:
    """One sheet cell by cell."""

    def __init__(self, struck: set[int]) -> None:
        self.struck = {str(style) for style in struck}
        self.marks: dict[tuple[int, int], Finding] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[tuple[int, int]] = []
        self.filled_columns: set[int] = set()
        self.filled_rows: set[int] = set()
        self.row = 0
        self.column = -1
        self.row_is_hidden = self.is_error = self.is_struck = False
        self.text = ""
        self.in_value = False

    def through(self, part: bytes) -> None:
        parse(part, self._start, self._end, self._characters)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = -1
            self.row_is_hidden = attributes.get("hidden") in ("1", "true")
        elif name == "c":
            self.column = place_of(attributes["r"])[1] if "r" in attributes else self.column + 1
            self.is_error = attributes.get("t") == "e"
            self.is_struck = attributes.get("s") in self.struck
        elif name == "f":
            self.marks[self.row, self.column] = FORMULA
        elif name in ("v", "t"):
            self.in_value, self.text = True, ""
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            self.hidden_columns.append((int(attributes.get("min", 1)) - 1, int(attributes.get("max", 1)) - 1))

    def _characters(self, text: str) -> None:
        if self.in_value and len(self.text) < 64:
            self.text += text

    def _end(self, name: str) -> None:
        if name not in ("v", "t"):
            return
        self.in_value = False
        if not self.text:
            return
        here = (self.row, self.column)
        self.filled_columns.add(self.column)
        if self.row_is_hidden:
            self.hidden_rows.add(self.row)
        if self.is_error and here not in self.marks:
            self.marks[here] = _excel_error(self.text)
        elif self.is_struck:
            self.marks.setdefault(here, STRUCK_OUT)

    def hidden_notes(self) -> list[Finding]:
        columns = [
            column
            for column in sorted(self.filled_columns)
            if any(a <= column <= b for a, b in self.hidden_columns)
        ]
        said = []
        if self.hidden_rows:
            said.append(f"{len(self.hidden_rows)}个隐藏的行（第{_some(sorted(self.hidden_rows))}行）")
        if columns:
            said.append(f"{len(columns)}个隐藏的列")
        if not said:
            return []
        return [
            Finding(
                "F-HIDDEN-ROWS",
                "hold",
                "含有" + "和".join(said) + "，其中有数据（可能是筛选所致）",
                "请取消隐藏和筛选后重新上传；确实要一并导入的，请确认",
            )
        ]


def _some(numbers: list[int]) -> str:
    return "、".join(map(str, numbers[:5])) + ("等" if len(numbers) > 5 else "")


FORMULA: Final = Finding(
    "R-FORMULA", "refuse_row", "是公式，不是填写的值", "请复制后“选择性粘贴—值”，或直接填写内容后重新上传"
)
STRUCK_OUT: Final = Finding(
    "R-STRUCK-OUT",
    "hold",
    "带有删除线，或是白底白字，可能已经作废",
    "请核对该行是否仍然有效；有效的请去掉删除线后重新上传",
)


def _excel_error(value: str) -> Finding:
    return Finding(
        "R-EXCEL-ERROR",
        "refuse_row",
        f"是 Excel 的错误值 {value}",
        "请改正公式，或直接填写正确的内容后重新上传",
    )


def parse(part: bytes, start: Any, end: Any, characters: Any) -> None:
    """Expat over a part that holds no declarations, names without their prefix."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if characters is not None:
        parser.CharacterDataHandler = characters
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise damaged("工作簿的部件不是有效的 XML") from None
