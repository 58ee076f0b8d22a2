"""Reading: a file through its layout into a batch; one record through the same columns."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from importers import relations
from importers.batch import Batch, RefusedRow
from importers.columns import Column, parse_cell
from importers.files import open_table
from importers.formats.table import MOST_CELLS, FileRefused, Table
from importers.layouts import Layout, Match, fold_title, layouts
from importers.problems import Finding, Problem, place, written

if TYPE_CHECKING:
    from pandas import DataFrame

# Title and explanation lines that may stand above the header.
HEADER_WITHIN: Final = 15
# A file with more refused rows than this is refused whole, from a size at which a share means something.
MOST_REFUSED: Final = 0.20
REFUSED_FROM: Final = 50

_TOTAL: Final = re.compile(r"^(?:合\s*计|总\s*计|小\s*计|累\s*计|共\s*计)\s*[:：]?$")
_EXPLANATION: Final = re.compile(
    r"^(?:填[报表写]说明|说\s*明|备?\s*注|填[报表]单位|填[报表]人|审核人|制表人?|单位负责人|联系电话|填[报表]日期|以下无正文|以下空白)\s*[:：]?"
)
_EXAMPLE: Final = "示例"


def read(
    data: bytes,
    *,
    filename: str,
    kind: str,
    layout: str | Layout | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    today: date,
) -> Batch:
    """What a file of one kind says; never raises on what a sender sent.

    Args:
        layout: a layout's name (or one that is not shipped), None for the one of the kind that fits best.

    Raises:
        KeyError: no layout of that kind or name exists; a mistake of the caller, not of the sender.
    """
    candidates = _candidates(kind, layout)
    file_digest = hashlib.sha256(data).hexdigest()

    def knows(text: str) -> bool:
        head = re.split(r"[,\t;\r\n]", text[:4000])
        titles = {fold_title(cell.strip('"')) for cell in head if not cell.isascii()}
        return any(titles & known for known in _non_ascii_titles(candidates))

    table: Table | None = None
    chosen: Layout | None = None
    try:
        table = open_table(data, filename=filename, sheet=sheet, encoding=encoding, knows=knows)
        start, chosen, match = _header(table, candidates)
        _refuse_misfit(table, start, chosen, match)
    except FileRefused as refusal:
        return _refused(refusal, table, chosen, file_digest)
    return _Reading(table, start, chosen, match, today).batch(file_digest)


def check_record(
    kind: str, values: Mapping[str, object], *, today: date
) -> tuple[dict[str, Any], list[Problem]]:
    """One record from a form or the API by the columns of the kind's main layout.

    Args:
        values: by column name of the vocabulary, as typed or sent; what is absent is an empty cell.

    Returns:
        Typed values of every column, and the problems; a value with a refused or held problem is None.
    """
    layout = layouts(kind)[0]
    typed: dict[str, Any] = dict(layout.fixed)
    found: list[tuple[Column, Finding, object]] = []
    for name in values:
        if layout.column(name) is None:
            stranger = Column(name=name, title=name)
            unknown = Finding("A-UNKNOWN-FIELD", "refuse_row", "不是本类记录的字段", "请删除该字段")
            found.append((stranger, unknown, None))
    for column in layout.columns:
        value, findings = parse_cell(values.get(column.name), column, today=today)
        typed[column.name] = value
        found += [(column, finding, values.get(column.name)) for finding in findings]
    _derive(layout, typed)
    taken = frozenset(
        column.name for column, finding, _ in found if finding.disposition in ("refuse_row", "hold")
    )
    for name, finding in relations.relate(layout.record, typed, refused=taken, persons=layout.persons):
        if (related := layout.column(name)) is not None:
            found.append((related, finding, values.get(name)))
    problems = [
        place(finding, sheet=None, row=None, column=column.title, value=value, personal=column.personal)
        for column, finding, value in found
    ]
    return _gathered(typed, layout.record), problems


def _candidates(kind: str, layout: str | Layout | None) -> tuple[Layout, ...]:
    if isinstance(layout, Layout):
        return (layout,)
    found = layouts(kind)
    if layout is not None:
        found = tuple(each for each in layouts() if each.name == layout)
    if not found:
        raise KeyError(layout or kind)
    return found


def _non_ascii_titles(candidates: Sequence[Layout]) -> list[set[str]]:
    return [
        {
            fold_title(title)
            for column in layout.columns
            for title in (column.title, *column.aliases)
            if not title.isascii()
        }
        for layout in candidates
    ]


def _header(table: Table, candidates: Sequence[Layout]) -> tuple[int, Layout, Match]:
    """The header row, the layout that fits it best, and how."""
    best: tuple[tuple[int, int, int], int, Layout, Match] | None = None
    seen = 0
    for index, row in enumerate(table.rows):
        if _is_blank(row):
            continue
        seen += 1
        if seen > HEADER_WITHIN:
            break
        for layout in candidates:
            match = layout.match(row)
            fit = (match.known - 2 * len(match.missing) - len(match.unknown), match.known, int(layout.main))
            if best is None or fit > best[0]:
                best = (fit, index, layout, match)
    if best is None:
        raise FileRefused("F-EMPTY", "文件中没有内容", "请确认选对了文件后重新上传", sheet=table.sheet)
    _refuse_separator(table, best[1], best[3])
    return best[1], best[2], best[3]


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


def _refuse_misfit(table: Table, start: int, layout: Layout, match: Match) -> None:
    header = table.rows[start]
    row = table.numbers[start]
    if match.duplicates:
        raise FileRefused(
            "H-DUPLICATE",
            f"标题“{match.duplicates[0]}”出现了不止一次",
            "请删除或改名其中一列后重新上传",
            sheet=table.sheet,
            row=row,
            column=match.duplicates[0],
        )
    strangers = [str(header[place]).strip() for place in match.unknown]
    if match.missing:
        title = match.missing[0].title
        near = _nearest(title, strangers)
        raise FileRefused(
            "H-MISSING",
            f"没有找到必需的列“{'”“'.join(column.title for column in match.missing[:5])}”（按“{layout.title}”核对）",
            f"是否写成了“{near}”？请改为“{title}”"
            if near
            else "请使用系统提供的模板，或补上这些列后重新上传",
            sheet=table.sheet,
            row=row,
            column=title,
        )
    if strangers and layout.leftovers == "refuse":
        titles = [column.title for column in layout.columns if column not in match.positions.values()]
        near = _nearest(strangers[0], titles)
        raise FileRefused(
            "H-UNKNOWN",
            f"有不认识的列“{'”“'.join(strangers[:5])}”（按“{layout.title}”核对）",
            f"是否为“{near}”？请改名；不需要的列请删除" if near else "请删除该列，或联系管理员把它加入版式",
            sheet=table.sheet,
            row=row,
            column=strangers[0],
        )


def _nearest(title: str, others: Sequence[str]) -> str | None:
    near = difflib.get_close_matches(
        fold_title(title), [fold_title(other) for other in others], n=1, cutoff=0.5
    )
    return next((other for other in others if near and fold_title(other) == near[0]), None)


def _is_blank(row: Sequence[object]) -> bool:
    return not any(
        cell is not None and cell != "" and not (isinstance(cell, str) and not cell.strip()) for cell in row
    )


def _refused(refusal: FileRefused, table: Table | None, layout: Layout | None, file_digest: str) -> Batch:
    problem = place(
        refusal.finding, sheet=refusal.sheet, row=refusal.row, column=refusal.column, value=refusal.value
    )
    return Batch(
        layout=layout,
        encoding=table.encoding if table else None,
        sheet=table.sheet if table else None,
        digest=_digest(file_digest, layout),
        file_digest=file_digest,
        rows=0,
        frame=_frame([], []),
        refused=[],
        problems=[problem],
    )


def _digest(file_digest: str, layout: Layout | None) -> str:
    return hashlib.sha256((file_digest + (layout.digest if layout else "")).encode()).hexdigest()


@dataclass(slots=True)
class _Reading:
    """One table on its way into a batch."""

    table: Table
    start: int
    layout: Layout
    match: Match
    today: date
    problems: list[tuple[int, int, Problem]] = field(default_factory=list)
    worst: dict[int, int] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)

    def batch(self, file_digest: str) -> Batch:
        header = self.table.rows[self.start]
        titles = tuple("" if cell is None else str(cell).strip() for cell in header)
        self.notes = [
            place(note, sheet=self.table.sheet, row=None, column=None, value=None)
            for note in self.table.notes
        ]
        kept = self._data_rows(len(header))
        if not kept and not self.worst:
            return _refused(
                FileRefused(
                    "F-NO-ROWS", "只有标题，没有数据", "请填写数据后重新上传", sheet=self.table.sheet
                ),
                self.table,
                self.layout,
                file_digest,
            )
        if len(kept) * len(header) > MOST_CELLS:
            return _refused(
                FileRefused(
                    "F-TOO-MANY-ROWS", f"超过{MOST_CELLS:,}个单元格的上限", "请拆分为几个文件后分别上传"
                ),
                self.table,
                self.layout,
                file_digest,
            )
        records = self._records(kept, titles)
        accepted = [record for record in records if self.worst.get(record["row"], 0) < 3]
        for record in accepted:
            record["disposition"] = "hold" if self.worst.get(record["row"], 0) == 2 else "accept"
        refused_rows = sorted(number for number, rank in self.worst.items() if rank == 3)
        by_number = dict(zip(self.table.numbers, self.table.rows, strict=True)) if refused_rows else {}
        refused = [
            RefusedRow(number, self.table.sheet, _raw(titles, by_number[number])) for number in refused_rows
        ]
        rows = len(accepted) + len(refused)
        problems = self.notes + [problem for *_, problem in sorted(self.problems, key=lambda each: each[:2])]
        if rows >= REFUSED_FROM and len(refused) > rows * MOST_REFUSED:
            problems.insert(0, _too_many(len(refused), rows, self.table.sheet))
            accepted = []
        return Batch(
            layout=self.layout,
            encoding=self.table.encoding,
            sheet=self.table.sheet,
            digest=_digest(file_digest, self.layout),
            file_digest=file_digest,
            rows=rows,
            frame=_frame(accepted, _columns(self.layout)),
            refused=refused,
            problems=problems,
            header=titles,
        )

    def _data_rows(self, width: int) -> list[tuple[int, Sequence[object]]]:
        """Rows below the header that hold a record, with their numbers; lines of other sorts noted or refused."""
        kept = []
        header_titles = {fold_title(cell) for cell in self.table.rows[self.start]} - {""}
        for index in range(self.start + 1, len(self.table.rows)):
            row, number = self.table.rows[index], self.table.numbers[index]
            if _is_blank(row):
                continue
            line = self._line_finding(row, header_titles)
            if line is not None:
                self._note(number, -1, None, line, row[0] if row else None)
            elif self.table.is_text and len(row) != width:
                self._note(number, -1, None, _field_count(len(row), width), None)
            else:
                kept.append((number, row))
        return kept

    def _line_finding(self, row: Sequence[object], titles: set[str]) -> Finding | None:
        filled = [str(cell).strip() for cell in row if cell is not None and str(cell).strip()]
        if filled and fold_title(filled[0]) in titles and {fold_title(cell) for cell in filled} <= titles:
            return Finding("R-HEADER-REPEATED", "refuse_row", "又是一行标题，不是数据", "请删除重复的标题行")
        if any(_TOTAL.fullmatch(cell) for cell in filled[:2]):
            return Finding("R-TOTAL-LINE", "normalised", "是合计行，已略过", "合计行不是数据，无需处理")
        if len(filled) <= 2 and _EXPLANATION.match(filled[0]):
            return Finding("R-TOTAL-LINE", "normalised", "是说明或落款，已略过", "说明不是数据，无需处理")
        if filled[0] == _EXAMPLE:
            return Finding("R-EXAMPLE-LINE", "normalised", "是模板中的示例行，已略过", "示例行可以删除")
        return None

    def _note(self, number: int, at: int, column: Column | None, finding: Finding, value: object) -> None:
        problem = place(
            finding,
            sheet=self.table.sheet,
            row=number,
            column=column.title if column else None,
            value=value,
            personal=column.personal if column else False,
        )
        self.problems.append((number, at, problem))
        rank = relations.RANKS[finding.disposition]
        if finding.code in ("R-TOTAL-LINE", "R-EXAMPLE-LINE"):
            return
        self.worst[number] = max(self.worst.get(number, 0), rank)

    def _records(
        self, kept: list[tuple[int, Sequence[object]]], titles: tuple[str, ...]
    ) -> list[dict[str, Any]]:
        present = dict(self.match.positions)
        absent = [column for column in self.layout.columns if column not in present.values()]
        memos: dict[int, dict[object, tuple[object, list[Finding]]]] = {at: {} for at in present}
        records = []
        for number, row in kept:
            values: dict[str, Any] = {column.name: None for column in absent}
            values.update(self.layout.fixed)
            taken = set()
            for at, column in present.items():
                cell = row[at] if at < len(row) else None
                if (number, at) in self.table.marks:
                    self._note(number, at, column, self.table.marks[number, at], cell)
                    values[column.name] = None
                    taken.add(column.name)
                    continue
                key = (type(cell), cell)
                parsed = memos[at].get(key)
                if parsed is None:
                    parsed = memos[at][key] = parse_cell(
                        cell if cell != "" else None, column, today=self.today
                    )
                values[column.name] = parsed[0]
                for finding in parsed[1]:
                    self._note(number, at, column, finding, cell)
                    if finding.disposition in ("refuse_row", "hold"):
                        taken.add(column.name)
            self._finish(number, values, frozenset(taken), row)
            record = _gathered(values, self.layout.record)
            record["row"], record["sheet"], record["raw"] = number, self.table.sheet, _raw(titles, row)
            if "document_no" in values:
                where = next((at for at, column in present.items() if column.name == "document_no"), None)
                record["document_no_raw"] = (
                    written(row[where]) if where is not None and row[where] not in (None, "") else None
                )
            records.append(record)
        return records

    def _finish(
        self, number: int, values: dict[str, Any], taken: frozenset[str], row: Sequence[object]
    ) -> None:
        _derive(self.layout, values)
        places = {column.name: at for at, column in self.match.positions.items()}
        for name, finding in relations.relate(
            self.layout.record, values, refused=taken, persons=self.layout.persons
        ):
            column = self.layout.column(name)
            at = places.get(name, len(row))
            self._note(number, at, column, finding, row[at] if at < len(row) else None)


def _derive(layout: Layout, values: dict[str, Any]) -> None:
    for name, rule in layout.derive.items():
        if values.get(name) is None:
            text = values.get(rule["column"]) or ""
            values[name] = next((value for part, value in rule["contains"].items() if part in text), None)


def _gathered(values: dict[str, Any], record: str) -> dict[str, Any]:
    """The vocabulary's own columns, and one dict of everything else that the file told."""
    gathered = {name: value for name, value in values.items() if not name.startswith("details.")}
    gathered["kind"] = record
    gathered["details"] = {
        name.removeprefix("details."): value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if name.startswith("details.") and value is not None
    }
    return gathered


def _columns(layout: Layout) -> list[str]:
    """The layout's own columns and those of its kind's main layout: a service reads one set for every source."""
    main = layouts(layout.kind)[:1]
    names = [
        column.name
        for each in (layout, *main)
        for column in each.columns
        if not column.name.startswith("details.")
    ]
    names += [name for each in (layout, *main) for name in (*each.fixed, *each.derive)]
    extra = ["document_no_raw"] if "document_no" in names else []
    related = ["occurred_on"] if layout.record == "accident" else []
    return [
        *dict.fromkeys([*names, *extra, *related, "kind", "details"]),
        "row",
        "sheet",
        "disposition",
        "raw",
    ]


def _frame(records: list[dict[str, Any]], columns: list[str]) -> DataFrame:
    import pandas  # 0.5 s and 67 MB: only where a file is really read

    frame = pandas.DataFrame(
        {name: pandas.Series([record.get(name) for record in records], dtype=object) for name in columns}
    )
    if "row" in frame:
        frame["row"] = frame["row"].astype("int64")
    return frame


def _raw(titles: Sequence[str], row: Sequence[object]) -> dict[str, str]:
    return {
        title or f"第{at + 1}列": written(cell)
        for at, (title, cell) in enumerate(
            zip((*titles, *[""] * (len(row) - len(titles))), row, strict=False)
        )
        if cell is not None and cell != ""
    }


def _field_count(found: int, expected: int) -> Finding:
    more = "多" if found > expected else "少"
    return Finding(
        "R-FIELD-COUNT",
        "refuse_row",
        f"有{found}个字段，应为{expected}个，{more}了{abs(found - expected)}个",
        "内容中含有英文逗号的，请用英文双引号括起来；缺少的字段请补上逗号",
    )


def _too_many(refused: int, rows: int, sheet: str | None) -> Problem:
    finding = Finding(
        "F-TOO-MANY-ERRORS",
        "refuse_file",
        f"{rows}行中有{refused}行不能接收，超过{MOST_REFUSED:.0%}的上限，整个文件未导入",
        "请检查是否选错了版式或整列错位；按下面的问题逐行修改后重新上传",
    )
    return place(finding, sheet=sheet, row=None, column=None, value=None)
