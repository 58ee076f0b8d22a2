"""P4 and P5: the checks of columns against marshmallow row by row, a workbook against python-calamine alone."""

import csv
import io
import random
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

import python_calamine
import xlsxwriter
from marshmallow import Schema, ValidationError, fields, validate

from importers import layouts, read, uscc
from importers.columns import Column
from importers.sieve import parse_column
from tests.bench.measure import Ratio, compare

TODAY = date(2026, 11, 24)
NAMES = (
    "name", "party_type", "uscc", "document_no", "cause", "facts", "basis", "penalty_kinds", "content", "fine_fen",
    "dated_on", "publish_until", "authority_name", "authority_code", "source_name", "source_code",
)  # fmt: skip
CAUSES = (
    "未按规定进行安全生产教育和培训",
    "占用疏散通道",
    "消防设施未保持完好有效",
    "未如实记录教育培训情况",
)
AUTHORITY = "11230500001755309F"


def _code(number: int) -> str:
    body = f"91110108MA{number:06d}".replace("MA", "MA", 1)
    body += uscc.organisation_check_character(body[8:16])
    return body + uscc.check_character(body)


def records(count: int, *, bad: float) -> Iterator[list[str]]:
    """Penalties of a tenth as many enterprises; a share of them with one wrong cell."""
    chance = random.Random(4)
    codes = [_code(number) for number in range(max(count // 10, 10))]
    for number in range(count):
        party, fine = chance.randrange(len(codes)), chance.randrange(1, 200) * 1000 + chance.randrange(100)
        year = chance.randrange(2020, 2026)
        row = [
            f"北京示例{party}号科技有限公司", "法人及非法人组织", codes[party], f"京海应急罚〔{year}〕{number}号",
            chance.choice(CAUSES), f"经检查，该单位第{number}次未按规定组织从业人员开展教育和培训，情节属实。",
            "《中华人民共和国安全生产法》第九十七条第三项", "罚款", f"责令限期改正，处{fine}元罚款",
            f"{fine / 10000:.6f}".rstrip("0").rstrip("."), f"{year}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}",
            f"{year + 1}-12-01", "北京市海淀区应急管理局", AUTHORITY, "北京市海淀区应急管理局", AUTHORITY,
        ]  # fmt: skip
        if chance.random() < bad:
            at, value = chance.choice(
                [(2, codes[party][:-1] + "0"), (10, "2025-02-30"), (9, "十"), (7, "罚单"), (3, "")]
            )
            row[at] = value
        yield row


class _Code(fields.String):
    def _deserialize(self, value, attr, data, **kwargs):  # type: ignore[no-untyped-def]
        text = super()._deserialize(value, attr, data, **kwargs)
        if not uscc.is_valid(text):
            raise ValidationError("check character")
        return text


class _Day(fields.Field):
    def __init__(self, *, future: bool, **kwargs):  # type: ignore[no-untyped-def]
        super().__init__(**kwargs)
        self.future = future

    def _deserialize(self, value, attr, data, **kwargs):  # type: ignore[no-untyped-def]
        try:
            day = date.fromisoformat(value)
        except ValueError as error:
            raise ValidationError("day") from error
        if day > TODAY and not self.future:
            raise ValidationError("future")
        return day


class _Amount(fields.Field):
    def _deserialize(self, value, attr, data, **kwargs):  # type: ignore[no-untyped-def]
        try:
            amount = Decimal(value) * 1_000_000
        except InvalidOperation as error:
            raise ValidationError("amount") from error
        if not 0 <= amount <= 10**10 or amount != amount.to_integral_value():
            raise ValidationError("range")
        return int(amount)


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")


def _clean(value: str) -> None:
    if _CONTROL.search(value):
        raise ValidationError("characters")


def _text(limit: int) -> fields.String:
    return fields.String(validate=[validate.Length(min=1, max=limit), _clean], required=True)


class _Penalty(Schema):
    """The same verdicts in the usual way: one schema, row by row."""

    name = _text(200)
    party_type = fields.String(validate=validate.OneOf(["法人及非法人组织", "个体工商户"]))
    uscc = _Code(required=True)
    document_no = _text(128)
    cause = _text(500)
    facts = _text(20_000)
    basis = _text(20_000)
    penalty_kinds = fields.String(validate=validate.OneOf(["警告", "罚款", "责令停产停业"]))
    content = _text(20_000)
    fine_fen = _Amount()
    dated_on = _Day(future=False, required=True)
    publish_until = _Day(future=True)
    authority_name = _text(200)
    authority_code = _Code()
    source_name = _text(200)
    source_code = _Code()


def _bad_by_schema(rows: list[dict[str, str]]) -> set[int]:
    try:
        _Penalty(many=True).load(rows)
    except ValidationError as error:
        return {at for at in error.messages if isinstance(at, int)}
    return set()


def _bad_by_columns(columns: dict[str, list[str]], declared: dict[str, Column]) -> set[int]:
    bad: set[int] = set()
    for name, cells in columns.items():
        _, findings = parse_column(cells, declared[name], today=TODAY)
        bad |= {
            at
            for at, said in findings.items()
            if any(each.disposition in ("refuse_row", "hold") for each in said)
        }
    return bad


def _checks(count: int) -> Ratio:
    table = list(records(count, bad=0.01))
    rows = [dict(zip(NAMES, row, strict=True)) for row in table]
    columns = dict(zip(NAMES, map(list, zip(*table, strict=True)), strict=True))
    layout = layouts("penalties")[0]
    declared = {column.name: column for column in layout.columns}
    ours, theirs = _bad_by_columns(columns, declared), _bad_by_schema(rows)
    assert ours == theirs, "the verdicts differ: the ratio would mean nothing"
    assert ours
    return compare(
        f"P4 checks of {count:,} rows against marshmallow load(many)",
        lambda: _bad_by_columns(columns, declared),
        lambda: _bad_by_schema(rows),
        kind="speed",
        target=40,
        rows=count,
    )


def _workbook(count: int) -> bytes:
    titles = {column.name: column.title for column in layouts("penalties")[0].columns}
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet("数据"), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, [titles[name] for name in NAMES])
        for line, row in enumerate(records(count, bad=0), 1):
            for at, cell in enumerate(row):
                if NAMES[at] in ("dated_on", "publish_until"):
                    sheet.write_datetime(line, at, date.fromisoformat(cell), day)
                elif NAMES[at] == "fine_fen":
                    sheet.write_number(line, at, float(cell))
                else:
                    sheet.write_string(line, at, cell)
    return target.getvalue()


def _calamine(data: bytes) -> int:
    book = python_calamine.load_workbook(io.BytesIO(data))
    return len(book.get_sheet_by_name("数据").to_python(skip_empty_area=False))


def _sheet(count: int) -> Ratio:
    data = _workbook(count)
    batch = read(data, filename="a.xlsx", kind="penalties", today=TODAY)
    assert (batch.rows, batch.problems) == (count, [])
    return compare(
        f"P5 XLSX of {count:,} rows read and checked",
        lambda: read(data, filename="a.xlsx", kind="penalties", today=TODAY),
        lambda: _calamine(data),
        kind="time",
        target=2,
        rows=count,
    )


def _text_file(count: int) -> Ratio:
    titles = {column.name: column.title for column in layouts("penalties")[0].columns}
    target = io.StringIO(newline="")
    csv.writer(target).writerows([[titles[name] for name in NAMES], *records(count, bad=0)])
    data = target.getvalue().encode("utf-8")
    return compare(
        f"CSV of {count:,} rows read and checked against csv.reader",
        lambda: read(data, filename="a.csv", kind="penalties", today=TODAY),
        lambda: list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""))),
        kind="time",
        target=10,
        rows=count,
    )


def run(*, quick: bool = False) -> Iterator[Ratio]:
    small = 10 if quick else 1
    yield _checks(50_000 // small)
    yield _sheet(100_000 // small)
    yield _text_file(200_000 // small)
