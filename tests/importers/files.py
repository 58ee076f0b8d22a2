"""Files as offices would send them, made in the test."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import xlsxwriter

from importers import Batch, layouts, read

TODAY = date(2026, 11, 24)
CODE = "91110108551385082Q"
AUTHORITY = "11230500001755309F"


def main_layout(kind):
    return layouts(kind)[0]


PENALTY = {
    "name": "示例科技有限公司",
    "uscc": CODE,
    "document_no": "京海应急罚〔2026〕18号",
    "cause": "未按规定进行安全生产教育和培训",
    "facts": "3名从业人员未经培训上岗作业",
    "basis": "安全生产法第九十七条",
    "penalty_kinds": "罚款",
    "content": "罚款25000元",
    "fine_fen": "2.5",
    "dated_on": "2026-03-18",
    "authority_name": "北京市海淀区应急管理局",
    "authority_code": AUTHORITY,
    "source_name": "北京市海淀区应急管理局",
    "source_code": AUTHORITY,
}
ENTERPRISE = {"name": "示例科技有限公司", "uscc": CODE, "registered_on": "2018-05-21"}
HONOUR = {
    "name": "示例科技有限公司",
    "uscc": CODE,
    "domain": "安全生产",
    "honour_kind": "安全生产标准化",
    "honour_level": "二级",
    "document_no": "AQB-1",
    "dated_on": "2026-03-18",
    "valid_until": "2029-03-17",
    "authority_name": "北京市应急管理局",
}
INSPECTION = {
    "name": "示例科技有限公司",
    "uscc": CODE,
    "domain": "消防",
    "dated_on": "2026-03-18",
    "document_no": "检1",
    "authority_name": "北京市海淀区消防救援支队",
    "method": "双随机",
    "result": "合格",
}
ACCIDENT = {
    "name": "示例科技有限公司",
    "uscc": CODE,
    "domain": "安全生产",
    "dated_on": "2026-03-18",
    "authority_name": "北京市海淀区应急管理局",
    "deaths": "0",
    "serious_injuries": "1",
    "loss_fen": "12.5",
    "responsibility": "待认定",
}
HAZARD = {
    "name": "示例科技有限公司",
    "uscc": CODE,
    "domain": "消防",
    "dated_on": "2026-03-18",
    "document_no": "改1",
    "found_by": "部门检查发现",
    "hazard_grade": "重大隐患",
    "authority_name": "北京市海淀区消防救援支队",
    "due_on": "2026-04-18",
}
GOOD = {
    "penalties": PENALTY,
    "enterprises": ENTERPRISE,
    "honours": HONOUR,
    "inspections": INSPECTION,
    "accidents": ACCIDENT,
    "hazards": HAZARD,
}


def titled(kind: str, record: dict[str, object]) -> dict[str, object]:
    """The record under the titles of the kind's main layout."""
    columns = {column.name: column.title for column in main_layout(kind).columns}
    return {columns[name]: value for name, value in record.items()}


def grid(kind: str, changes: Iterable[dict[str, object]]) -> list[list[object]]:
    """A header and one row for each change of the good record."""
    records = [titled(kind, {**GOOD[kind], **change}) for change in changes]
    titles = list(dict.fromkeys(title for record in records for title in record))
    return [titles, *([record.get(title, "") for title in titles] for record in records)]


def csv_bytes(rows: Sequence[Sequence[object]], *, encoding: str = "utf-8", newline: str = "\r\n") -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator=newline).writerows(rows)
    return target.getvalue().encode(encoding)


def xlsx_bytes(
    rows: Sequence[Sequence[object]], *, options: dict[str, object] | None = None, touch=None
) -> bytes:
    """A workbook of one sheet; ``touch(book, sheet)`` may spoil it."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, **(options or {})})
    sheet = book.add_worksheet("数据")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for line, row in enumerate(rows):
        for at, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(line, at, cell, day)
            elif isinstance(cell, bool):
                sheet.write_boolean(line, at, cell)
            elif isinstance(cell, int | float):
                sheet.write_number(line, at, cell)
            elif cell != "":
                sheet.write_string(line, at, str(cell))
    if touch is not None:
        touch(book, sheet)
    book.close()
    return target.getvalue()


def taken(kind: str, *changes: dict[str, object], **options: object) -> Batch:
    """The batch of a CSV with one row for each change."""
    return read(csv_bytes(grid(kind, changes)), filename="a.csv", kind=kind, today=TODAY, **options)


def codes(batch: Batch) -> list[tuple[int | None, str, str]]:
    return [(problem.row, problem.code, problem.disposition) for problem in batch.problems]


def readers():
    """The processes that read ahead for this one."""
    begun = (task / "children" for task in Path("/proc/self/task").iterdir())
    pids = [int(pid) for file in begun for pid in file.read_text().split()]
    return {pid for pid in pids if b"ahead.answer" in Path(f"/proc/{pid}/cmdline").read_bytes()}
