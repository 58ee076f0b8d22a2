"""Reading: a file through its layout into a batch; one record through the same columns."""

from __future__ import annotations

import gc
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any, Final

from importers import relations
from importers.batch import Batch, RawRow, RefusedRow
from importers.checks.enumerations import fold
from importers.columns import Column, parse_cell
from importers.files import format_of, open_table
from importers.formats.table import FileRefused, Table
from importers.frames import completed, derive, gathered, sources_of
from importers.headers import find_header, header_notes, knows_titles
from importers.layouts import Dialect, Layout, Match, layouts
from importers.lines import Lines, sort_lines
from importers.problems import Finding, Problem, place, written
from importers.sieve import parse_column

# A file with more refused rows than this is refused whole, from a size at which a share means something.
MOST_REFUSED: Final = 0.20
REFUSED_FROM: Final = 50
# Notes and warnings of one code in one column; the rest are counted in one sentence.
MOST_NOTES: Final = 1_000

_REFUSED: Final = relations.RANKS["refuse_row"]
_HELD: Final = relations.RANKS["hold"]


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
    candidates = candidates_for(kind, layout)
    with uncollected():
        return _read(data, filename, candidates, sheet, encoding, today)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the cyclic collector: it would walk millions of cells again and again, and none of them is in a cycle."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read(
    data: bytes,
    filename: str,
    candidates: tuple[Layout, ...],
    sheet: str | None,
    encoding: str | None,
    today: date,
) -> Batch:
    file_digest = hashlib.sha256(data).hexdigest()
    table: Table | None = None
    chosen: Layout | None = None
    try:
        table, start, chosen, match = _found(data, filename, candidates, sheet, encoding)
        lines = sort_lines(table, start, chosen.titles)
        if not lines.rows and not lines.refused:
            raise FileRefused("F-NO-ROWS", "只有标题，没有数据", "请填写数据后重新上传", sheet=table.sheet)
    except FileRefused as refusal:
        return refused_batch(refusal, table, chosen, file_digest)
    return Reading(table, start, sources_of(chosen), match, lines, today).batch(file_digest)


def _found(
    data: bytes, filename: str, candidates: tuple[Layout, ...], sheet: str | None, encoding: str | None
) -> tuple[Table, int, Layout, Match]:
    """The table, its header row and the layout that fits, in the usual dialect first and then in offices' own.

    Raises:
        FileRefused: in none of them; the reason is that of the first.
    """
    own: dict[Dialect, list[Layout]] = {}
    is_text = format_of(data) == "text"
    for layout in sorted(candidates, key=lambda each: not each.dialect.is_plain):
        own.setdefault(layout.dialect if is_text else Dialect(), []).append(layout)
    refusals = []
    for dialect, fitting in own.items():
        try:
            table = open_table(
                data,
                filename=filename,
                sheet=sheet,
                encoding=encoding or dialect.encoding,
                separator=dialect.separator,
                knows=knows_titles(fitting),
            )
            return find_header(table, fitting)
        except FileRefused as refusal:
            refusals.append(refusal)
    raise refusals[0]


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
    found: list[tuple[Column, Finding, object]] = []
    for name in values:
        if layout.column(name) is None:
            unknown = Finding("A-UNKNOWN-FIELD", "refuse_row", "不是本类记录的字段", "请删除该字段")
            found.append((Column(name=name, title=name), unknown, None))
    typed: relations.Columns = {name: [value] for name, value in layout.fixed.items()}
    taken = {}
    for column in layout.columns:
        cell = values.get(column.name)
        # Somebody is there to choose again: a word that is no choice is left out of no single record.
        strict = replace(column, unknown="refuse") if column.unknown != "refuse" else column
        value, findings = parse_cell(cell if cell != "" else None, strict, today=today)
        typed[column.name] = [value]
        found += [(column, finding, cell) for finding in findings]
        if any(relations.RANKS[finding.disposition] >= _HELD for finding in findings):
            taken[column.name] = frozenset({0})
    derive(layout, typed)
    for _, name, finding in relations.relate(layout.record, typed, taken=taken, persons=layout.persons):
        if (related := layout.column(name)) is not None:
            found.append((related, finding, values.get(name)))
    problems = [
        place(finding, sheet=None, row=None, column=column.title, value=value, personal=column.personal)
        for column, finding, value in found
    ]
    return {name: column[0] for name, column in gathered(typed, layout.record).items()}, problems


def candidates_for(kind: str, layout: str | Layout | None) -> tuple[Layout, ...]:
    if isinstance(layout, Layout):
        return (layout,)
    found = layouts(kind)
    if layout is not None:
        found = tuple(each for each in layouts() if each.name == layout)
    if not found:
        raise KeyError(layout or kind)
    return found


def refused_batch(
    refusal: FileRefused, table: Table | None, layout: Layout | None, file_digest: str
) -> Batch:
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
        columns=completed({}, sources_of(layout)) if layout else {},
        refused=[],
        problems=[problem],
    )


def _digest(file_digest: str, layout: Layout | None) -> str:
    return hashlib.sha256((file_digest + (layout.digest if layout else "")).encode()).hexdigest()


class Reading:
    """One table on its way into a batch.

    Args:
        sources: of the layout by which it is read.
    """

    def __init__(
        self, table: Table, start: int, sources: Sequence[Layout], match: Match, lines: Lines, today: date
    ) -> None:
        self.table, self.match, self.lines, self.today = table, match, lines, today
        self.sources, self.layout = sources, sources[0]
        self.header = self.layout.header_over(table.rows[start])
        self.titles = tuple("" if cell is None else str(cell).strip() for cell in self.header)
        self.worst = [0] * len(lines.rows)
        self.placed: list[tuple[int, int, Problem]] = []
        self.counts: Counter[tuple[int, str]] = Counter()

    def batch(self, file_digest: str) -> Batch:
        for number, finding, value in self.lines.skipped:
            self._place(number, -1, None, finding, value)
        for number, finding, _ in self.lines.refused:
            self._place(number, -1, None, finding, None)
        columns = self._columns()
        refused = [
            RefusedRow(self.lines.numbers[at], self.table.sheet, RawRow(self.titles, self.lines.rows[at]))
            for at, rank in enumerate(self.worst)
            if rank >= _REFUSED
        ]
        refused += [
            RefusedRow(number, self.table.sheet, RawRow(self.titles, row))
            for number, _, row in self.lines.refused
        ]
        rows = len(self.lines.rows) + len(self.lines.refused)
        problems = [self._of_file(finding) for finding in self._file_findings(rows, len(refused))]
        whole = not any(problem.disposition == "refuse_file" for problem in problems)
        return Batch(
            layout=self.layout,
            encoding=self.table.encoding,
            sheet=self.table.sheet,
            digest=_digest(file_digest, self.layout),
            file_digest=file_digest,
            rows=rows,
            columns=completed(self._kept(columns) if whole else {}, self.sources),
            refused=sorted(refused, key=lambda each: each.row),
            problems=problems + [problem for *_, problem in sorted(self.placed, key=lambda each: each[:2])],
            header=self.titles,
        )

    def _columns(self) -> relations.Columns:
        """Typed columns of every record, each finding placed."""
        count = len(self.lines.rows)
        columns: relations.Columns = {name: [value] * count for name, value in self.layout.fixed.items()}
        taken: dict[str, frozenset[int]] = {}
        cells = list(zip(*self.lines.rows, strict=False)) if count else [()] * len(self.header)
        places: dict[str, tuple[int, Column]] = {}
        for at, column, texts in self._cells(cells):
            values, findings = parse_column(texts, column, today=self.today)
            self._cross_out(at, values, findings)
            columns[column.name] = values
            places[column.name] = (at, column)
            taken[column.name] = self._tell(at, column, findings)
        if self.layout.leftovers == "keep":
            for at in self.match.unknown:
                columns[f"details.{self.titles[at]}"] = [
                    None if cell in (None, "") else written(cell) for cell in cells[at]
                ]
        derive(self.layout, columns)
        for name in self.layout.derive:
            columns.setdefault(name, [None] * count)
        if count:
            for index, name, finding in relations.relate(
                self.layout.record, columns, taken=taken, persons=self.layout.persons
            ):
                at, told = places.get(name) or (len(self.header), self._declared(name))
                self._tell(at, told, {index: [finding]})
        if "document_no" in places:
            at = places["document_no"][0]
            columns["document_no_raw"] = [None if cell in (None, "") else written(cell) for cell in cells[at]]
        return columns

    def _cells(self, cells: Sequence[Sequence[object]]) -> Iterator[tuple[int, Column, Sequence[object]]]:
        """Each column of the file with its cells, and after it the columns that its cells hold as well."""
        for at, column in self.match.positions.items():
            texts: Sequence[object] = cells[at]
            if self.layout.empty:
                texts = ["" if isinstance(c, str) and fold(c) in self.layout.empty else c for c in texts]
            for pattern, replacement in column.replace.items():
                texts = [re.sub(pattern, replacement, c) if isinstance(c, str) else c for c in texts]
            if not column.extract:
                yield at, column, texts
                continue
            pattern_of_cell = re.compile(column.extract, re.DOTALL)
            matches = [pattern_of_cell.fullmatch(c.strip()) if isinstance(c, str) else None for c in texts]
            for group in pattern_of_cell.groupindex:
                target = self.layout.column(group.replace("__", "."))
                if target is not None and target is not column:
                    yield at, target, [(m.group(group) or "") if m else "" for m in matches]
            own = column.name.replace(".", "__")
            if own in pattern_of_cell.groupindex:
                texts = [(m.group(own) or "") if m else c for m, c in zip(matches, texts, strict=True)]
            yield at, column, texts

    def _cross_out(self, at: int, values: list[object], findings: dict[int, list[Finding]]) -> None:
        """Cells that the table says not to use: formulas, errors, merged or struck-out ones."""
        if not self.table.marks:
            return
        for index, number in enumerate(self.lines.numbers):
            finding = self.table.marks.get((number, at))
            if finding is not None:
                findings[index] = [finding]
                if finding.disposition != "warning":
                    values[index] = None

    def _tell(
        self, at: int, column: Column | None, findings: Mapping[int, Sequence[Finding]]
    ) -> frozenset[int]:
        """Place findings by index of the row; answer the rows whose value was taken."""
        taken = set()
        for index, said in findings.items():
            number, row = self.lines.numbers[index], self.lines.rows[index]
            for finding in said:
                rank = relations.RANKS[finding.disposition]
                self.worst[index] = max(self.worst[index], rank)
                if rank >= _HELD:
                    taken.add(index)
                self._place(number, at, column, finding, row[at] if at < len(row) else None)
        return frozenset(taken)

    def _place(self, number: int, at: int, column: Column | None, finding: Finding, value: object) -> None:
        if relations.RANKS[finding.disposition] < _HELD:
            self.counts[at, finding.code] += 1
            if self.counts[at, finding.code] > MOST_NOTES:
                return
        problem = place(
            finding,
            sheet=self.table.sheet,
            row=number,
            column=self._title(at, column),
            value=value if value != "" else None,
            personal=column.personal if column else False,
        )
        self.placed.append((number, at, problem))

    def _title(self, at: int, column: Column | None) -> str | None:
        """The column as its sender calls it."""
        own = " ".join(str(self.header[at]).split()).lstrip("*＊ ") if 0 <= at < len(self.header) else ""
        return None if column is None else own or column.title

    def _file_findings(self, rows: int, refused: int) -> list[Finding]:
        found = [*self.table.notes, *header_notes(self.header, self.match)]
        if rows >= REFUSED_FROM and refused > rows * MOST_REFUSED:
            found.insert(0, too_many(refused, rows))
        found += [
            Finding(
                code,
                "warning",
                f"另有{count - MOST_NOTES:,}行有同样的提示（{code}），不再逐行列出",
                "请参看已列出的各行",
            )
            for (_, code), count in sorted(self.counts.items())
            if count > MOST_NOTES
        ]
        return found

    def _of_file(self, finding: Finding) -> Problem:
        return place(finding, sheet=self.table.sheet, row=None, column=None, value=None)

    def _declared(self, name: str) -> Column | None:
        """A column that the file has not."""
        return next((found for each in self.sources if (found := each.column(name))), None)

    def _kept(self, columns: relations.Columns) -> relations.Columns:
        """The columns of accepted and held rows."""
        rows = self.lines.rows
        own = gathered(columns, self.layout.record, len(rows))
        own["row"] = list(self.lines.numbers)
        own["sheet"] = [self.table.sheet] * len(rows)
        own["disposition"] = ["hold" if rank == _HELD else "accept" for rank in self.worst]
        own["raw"] = [RawRow(self.titles, row) for row in rows]
        if any(rank >= _REFUSED for rank in self.worst):
            keep = [at for at, rank in enumerate(self.worst) if rank < _REFUSED]
            own = {name: [column[at] for at in keep] for name, column in own.items()}
        return own


def too_many(refused: int, rows: int) -> Finding:
    return Finding(
        "F-TOO-MANY-ERRORS",
        "refuse_file",
        f"{rows}行中有{refused}行不能接收，超过{MOST_REFUSED:.0%}的上限，整个文件未导入",
        "请检查是否选错了版式或整列错位；按下面的问题逐行修改后重新上传",
    )
