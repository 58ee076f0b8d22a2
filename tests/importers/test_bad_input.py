"""The bad-input table: each case gives exactly its code, place and disposition; message and hint in Chinese.

What needs the register (B52, B53, B84 to B88, B93) is the services' (tests/services/test_bad_input.py, which also
counts that no row is missing); B94 and on are the API's.
"""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

import pytest

from importers import Batch, read, uscc
from importers.checks.persons import is_identity_number
from importers.problems import VALUE_LENGTH
from tests.importers.files import CODE, GOOD, TODAY, csv_bytes, grid, titled, xlsx_bytes

Said = tuple[int | None, str | None, str, str]

CODE_TITLE = "行政相对人代码_1(统一社会信用代码)"
FINE = "罚款金额（万元）"
DECIDED = "处罚决定日期"


@dataclass(frozen=True)
class Case:
    id: str
    data: bytes
    expected: list[Said]
    filename: str = "a.csv"
    kind: str = "penalties"
    rows: int | None = None
    options: dict | None = None
    then: Callable[[Batch], bool] | None = None

    def read(self) -> Batch:
        return read(self.data, filename=self.filename, kind=self.kind, today=TODAY, **(self.options or {}))


def text(
    id: str, *changes: dict, expected: list[Said] = (), kind="penalties", encoding="utf-8", **more
) -> Case:
    return Case(
        id, csv_bytes(grid(kind, changes or [{}]), encoding=encoding), list(expected), kind=kind, **more
    )


def cell(
    id: str,
    column: str,
    value: object,
    code: str | None,
    disposition: str = "",
    title: str | None = None,
    kind="penalties",
    **more,
) -> Case:
    """One spoiled cell in one row; the code is expected at it, or nothing."""
    name = title or next(iter(titled(kind, {column: ""})))
    said = [(2, name, code, disposition)] if code else []
    return text(id, {column: value}, expected=said, kind=kind, **more)


def whole(
    id: str,
    data: bytes,
    code: str,
    *,
    row: int | None = None,
    column: str | None = None,
    disposition="refuse_file",
    **more,
) -> Case:
    return Case(id, data, [(row, column, code, disposition)], **more)


def book(
    id: str,
    *changes: dict,
    expected: list[Said] = (),
    kind="penalties",
    options=None,
    touch=None,
    rows=None,
    then=None,
) -> Case:
    table = grid(kind, changes or [{}])
    return Case(
        id,
        xlsx_bytes(table, options=options, touch=touch),
        list(expected),
        "a.xlsx",
        kind,
        rows=rows,
        then=then,
    )


def header(kind: str) -> list[object]:
    return grid(kind, [{}])[0]


def good(kind: str) -> list[object]:
    return grid(kind, [{}])[1]


def lines(*rows: list[object], **how: str) -> bytes:
    return csv_bytes(rows, **how)


def value_of(column: str, value: object) -> Callable[[Batch], bool]:
    return lambda batch: batch.frame[column][0] == value


def hinting(part: str) -> Callable[[Batch], bool]:
    return lambda batch: any(part in problem.hint or part in problem.message for problem in batch.problems)


def repacked(
    data: bytes, change: Callable[[str, bytes], bytes | None], more: dict[str, bytes] | None = None
) -> bytes:
    """A workbook with its parts changed; None leaves a part out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            part = change(member.filename, old.read(member))
            if part is not None:
                new.writestr(member.filename, part)
        for name, part in (more or {}).items():
            new.writestr(name, part)
    return target.getvalue()


def with_parts(more: dict[str, bytes]) -> bytes:
    return repacked(xlsx_bytes(grid("penalties", [{}])), lambda name, part: part, more)


def in_sheet(old: bytes, new: bytes) -> bytes:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(old, new) if name.endswith("sheet1.xml") else part

    return repacked(xlsx_bytes(grid("penalties", [{}])), change)


def twice_readable() -> bytes:
    """GB18030 whose only characters outside ASCII are two that are valid UTF-8 as well."""
    for first in range(0x4E00, 0x9FA6):
        try:
            raw = chr(first).encode("gb18030")
            if len(raw) == 2 and raw.decode("utf-8"):
                titles = ["CF_XDR_MC", "CF_XDR_SHXYM", "CF_WSH", "CF_WFXW", "CF_NR", "CF_JDRQ", "CF_CFJG"]
                row = ["name", CODE, "No.1", "kind", "warned", "2026-03-18", "bureau"]
                return lines(titles, row).replace(b"name", raw * 4)
        except UnicodeDecodeError:
            continue
    raise AssertionError("no such character")


@cache
def both_code_and_person() -> str:
    """One identity number in thirty-one passes the check of a code as well."""
    for serial in range(1000):
        for last in "0123456789X":
            number = f"11010519500104{serial:03d}{last}"
            if is_identity_number(number) and uscc.is_valid(number):
                return number
    raise AssertionError("no such number")


def sheets(*shown: tuple[str, bool, bool]) -> bytes:
    """Sheets of (name, hidden, filled)."""
    import xlsxwriter

    target = io.BytesIO()
    made = xlsxwriter.Workbook(target)
    for name, hidden, filled in shown:
        sheet = made.add_worksheet(name)
        for line, row in enumerate(grid("penalties", [{}]) if filled else []):
            for at, value in enumerate(row):
                sheet.write_string(line, at, str(value))
        if hidden:
            sheet.very_hidden()
    made.close()
    return target.getvalue()


def hide_a_row(made, sheet):
    sheet.set_row(1, None, None, {"hidden": True})


def strike(made, sheet):
    sheet.write_string(1, 0, "示例科技有限公司", made.add_format({"font_strikeout": True}))


def white(made, sheet):
    sheet.write_string(1, 0, "示例科技有限公司", made.add_format({"font_color": "#FFFFFF"}))


def merge_two_rows(made, sheet):
    sheet.merge_range("A2:A3", "示例科技有限公司")


def merge_titles(made, sheet):
    sheet.merge_range("A1:B1", "行政相对人名称")


def formula(made, sheet):
    sheet.write_formula(1, header("penalties").index(FINE), "=1+1.5", None, 2.5)


def error_value(made, sheet):
    sheet.write_formula(1, 0, "=NA()", None, "#N/A")


def comment(made, sheet):
    sheet.write_comment("A2", "名称已变更")


def real_error(data: bytes) -> bytes:
    def change(name: str, part: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return part
        return re.sub(rb'<c r="A2"[^>]*>.*?</c>', b'<c r="A2" t="e"><v>#N/A</v></c>', part)

    return repacked(data, change)


def dates_of(*serials: float) -> bytes:
    """A workbook whose decision days are these numbers under a date format."""

    def touch(made, sheet):
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for line, serial in enumerate(serials, 1):
            sheet.write_number(line, header("penalties").index(DECIDED), serial, day)

    return xlsx_bytes(grid("penalties", [{}] * len(serials)), touch=touch)


XLS_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
PLAIN_BOOK = xlsx_bytes(grid("penalties", [{}]))
PLAIN_CSV = csv_bytes(grid("penalties", [{}]))
SHIFTED = [header("penalties"), *[["", *good("penalties")[:-1]] for _ in range(60)]]
ONE_MORE = [header("penalties"), [*good("penalties")[:1], "有限公司", *good("penalties")[1:]]]


FILES = [
    whole("B1", b"", "F-EMPTY"),
    whole("B1-blank", b"\xef\xbb\xbf \r\n\r\n", "F-EMPTY"),
    whole("B2", lines(header("penalties")), "F-NO-ROWS"),
    text("B3", encoding="utf-8-sig", expected=[(None, None, "N-BOM", "normalised")]),
    Case(
        "B4-twice",
        b"\xef\xbb\xbf" * 2 + PLAIN_CSV,
        [(None, None, "N-BOM", "normalised"), (None, None, "R-INVISIBLE-CHAR", "warning")],
        rows=1,
    ),
    cell(
        "B4-middle",
        "cause",
        "未按规定\ufeff培训",
        "R-INVISIBLE-CHAR",
        "warning",
        then=value_of("cause", "未按规定培训"),
    ),
    text(
        "B5",
        {"name": "𠮷㐂䶮有限公司"},
        encoding="gb18030",
        expected=[(None, None, "N-ENCODING", "normalised")],
        then=value_of("name", "𠮷㐂䶮有限公司"),
    ),
    Case(
        "B6",
        csv_bytes(grid("penalties", [{"cause": "某\ue81e类行为"}]), encoding="utf-8"),
        [(2, "违法行为类型", "R-PUA-CHAR", "hold")],
        then=hinting("\u9fb4"),
    ),
    Case(
        "B7",
        twice_readable(),
        [(None, None, "F-ENCODING-AMBIGUOUS", "hold")],
        rows=1,
        then=lambda batch: batch.needs_confirmation and not batch.is_refused and batch.encoding == "gb18030",
    ),
    Case(
        "B7-told",
        twice_readable(),
        [(2, "CF_XDR_MC", "R-LOOKALIKE", "hold")],
        rows=1,
        options={"encoding": "utf-8"},
    ),
    whole("B8", PLAIN_CSV + b"\r\n" * 810 + b"\xff", "F-ENCODING", row=813),
    whole("B8-declared", PLAIN_CSV + b"\xff", "F-ENCODING", row=3, options={"encoding": "utf-8"}),
    text("B9", encoding="utf-16", expected=[(None, None, "N-BOM", "normalised")]),
    whole("B9-bare", PLAIN_CSV.decode().encode("utf-16-le"), "F-ENCODING"),
    cell(
        "B10", "name", "鏌愬叕鍙告湁闄愬叕鍙�".replace("�", ""), "R-MOJIBAKE", "hold", then=hinting("某公司")
    ),
    cell("B11", "name", "臺灣實業有限公司", "W-TRADITIONAL", "warning"),
    text(
        "B11-big5",
        {"name": "臺北實業有限公司"},
        encoding="utf-8",
        expected=[(2, "行政相对人名称", "W-TRADITIONAL", "warning")],
    ),
    cell("B12", "name", "某\ufffd公司", "R-REPLACEMENT-CHAR", "refuse_row"),
    cell("B13", "cause", "某\x00类", "R-CONTROL-CHAR", "refuse_row"),
    Case(
        "B14",
        PLAIN_CSV.replace(b"\r\n", b"\r")
        + csv_bytes(grid("penalties", [{"uscc": "91110108551385083Q"}])[1:], newline="\n"),
        [(3, CODE_TITLE, "R-USCC-CHECK", "refuse_row")],
        rows=2,
    ),
    whole("B15-tab", PLAIN_CSV.replace(b",", b"\t"), "H-DELIMITER", row=1),
    whole("B15-semicolon", PLAIN_CSV.replace(b",", b";"), "H-DELIMITER", row=1),
    whole("B15-wide", PLAIN_CSV.replace(b",", "，".encode()), "H-DELIMITER", row=1),
    whole("B16", PLAIN_CSV + '"没有结束\r\n'.encode() + b"a,b\r\n", "F-CSV-QUOTE", row=3),
    text(
        "B17",
        {"facts": "一行\n两行"},
        {"uscc": "91110108551385083Q"},
        expected=[(4, CODE_TITLE, "R-USCC-CHECK", "refuse_row")],
    ),
    cell("B17-forbidden", "name", "示例\n公司", "R-LINE-BREAK", "refuse_row"),
    Case(
        "B18",
        lines(header("penalties"), good("penalties")[:-1]),
        [(2, None, "R-FIELD-COUNT", "refuse_row")],
        rows=1,
    ),
    Case("B19", lines(*ONE_MORE), [(2, None, "R-FIELD-COUNT", "refuse_row")], rows=1),
    Case(
        "B19-all",
        lines(header("penalties"), *[ONE_MORE[1]] * 3),
        [(n, None, "R-FIELD-COUNT", "refuse_row") for n in (2, 3, 4)],
        rows=3,
    ),
    Case(
        "B19-empty-last",
        lines(header("penalties"), [*good("penalties"), ""]),
        [(2, None, "R-FIELD-COUNT", "refuse_row")],
        rows=1,
    ),
    whole(
        "B20",
        lines([*header("penalties"), FINE], [*good("penalties"), "1"]),
        "H-DUPLICATE",
        row=1,
        column=FINE,
    ),
    whole(
        "B20-alias",
        lines([*header("penalties"), "CF_NR_FK"], [*good("penalties"), "1"]),
        "H-DUPLICATE",
        row=1,
        column="CF_NR_FK",
    ),
    whole(
        "B21",
        lines(["企业名称", "统一信用代码"], ["示例公司", CODE]),
        "H-MISSING",
        row=1,
        column="统一社会信用代码",
        kind="enterprises",
        then=hinting("统一信用代码"),
    ),
    Case(
        "B21-decorated",
        lines([" 企业\u3000名称*", "统一社会\n信用代码："], ["示例公司", CODE]),
        [(None, None, "N-HEADER", "normalised")],
        kind="enterprises",
        rows=1,
    ),
    whole(
        "B22",
        lines([*header("penalties"), "心情"], [*good("penalties"), "好"]),
        "H-UNKNOWN",
        row=1,
        column="心情",
    ),
    Case(
        "B23",
        lines(
            ["海淀区行政处罚报送表"],
            ["填报单位：某局"],
            header("penalties"),
            good("penalties"),
            [""],
            good("penalties"),
            ["合计", "2"],
            ["填报说明：按月报送"],
        ),
        [(7, None, "R-TOTAL-LINE", "normalised"), (8, None, "R-TOTAL-LINE", "normalised")],
        rows=2,
    ),
    Case(
        "B23-counted",
        lines(header("penalties"), good("penalties"), ["合计：1件"]),
        [(3, None, "R-TOTAL-LINE", "normalised")],
        rows=1,
    ),
    Case(
        "B23-unknown",
        lines(header("penalties"), good("penalties"), ["以上共一条"]),
        [(3, None, "R-TOTAL-LINE", "refuse_row")],
        rows=2,
    ),
    *[
        Case(
            f"B23-foot-{n}",
            lines(header("penalties"), good("penalties"), foot),
            [(3, None, "R-TOTAL-LINE", "normalised")],
            rows=1,
        )
        for n, foot in enumerate(
            (
                ["合计（1条）"],
                ["本页小计", "1"],
                ["制表人：张三", "", "审核人：李四", "填报日期：2026年3月31日"],
                ["填表人：", "张三", "审核人：", "李四", "日期：", "2026-03-31"],
            )
        )
    ],
    Case(
        "B24-codes",
        lines(
            ["行政相对人名称", "统一社会信用代码", "决定书文号", "案由", "处罚内容", "处罚日期", "处罚机关"],
            ["CF_XDR_MC", "CF_XDR_SHXYM", "CF_WSH", "CF_WFXW", "CF_NR", "CF_JDRQ", "CF_CFJG"],
            ["示例科技有限公司", CODE, "京海应急罚〔2026〕18号", "某", "警告", "2026-03-18", "某局"],
        ),
        [(2, None, "R-HEADER-REPEATED", "refuse_row")],
        rows=2,
    ),
    Case(
        "B24",
        lines(header("penalties"), good("penalties"), header("penalties"), good("penalties")),
        [(3, None, "R-HEADER-REPEATED", "refuse_row")],
        rows=3,
    ),
    whole(
        "B25", xlsx_bytes(grid("penalties", [{}]), touch=merge_titles), "H-MERGED", row=1, filename="a.xlsx"
    ),
    whole("B26-csv", PLAIN_CSV, "F-TYPE-MISMATCH", filename="a.xlsx"),
    whole("B26-xlsx", PLAIN_BOOK, "F-TYPE-MISMATCH", filename="a.csv"),
    whole("B26-xls", XLS_HEAD, "F-TYPE-MISMATCH", filename="a.xlsx", then=hinting("XLS 工作簿")),
    whole(
        "B26-html",
        b"<html><table><tr><td>1</td></tr></table></html>",
        "F-TYPE-MISMATCH",
        filename="a.xls",
        then=hinting("HTML"),
    ),
    whole("B26-csv-xls", PLAIN_CSV, "F-TYPE-MISMATCH", filename="a.xls", then=hinting("CSV")),
    whole("B27", XLS_HEAD + "EncryptedPackage".encode("utf-16-le"), "F-ENCRYPTED", filename="a.xlsx"),
    whole(
        "B28-macro",
        with_parts({"xl/vbaProject.bin": b"x"}),
        "F-ACTIVE-CONTENT",
        filename="a.xlsm",
        then=hinting("宏"),
    ),
    whole(
        "B28-link",
        with_parts({"xl/externalLinks/externalLink1.xml": b"<a/>"}),
        "F-ACTIVE-CONTENT",
        filename="a.xlsx",
    ),
    whole("B29-truncated", PLAIN_BOOK[: len(PLAIN_BOOK) // 2], "F-ARCHIVE", filename="a.xlsx"),
    whole("B29-escaping", with_parts({"../../etc/a.xml": b"<a/>"}), "F-ARCHIVE", filename="a.xlsx"),
    whole("B29-nested", with_parts({"xl/inner.zip": PLAIN_BOOK}), "F-ARCHIVE", filename="a.xlsx"),
    whole(
        "B30-ratio",
        with_parts({"xl/media/a.xml": b"<a>" + b" " * 30_000_000 + b"</a>"}),
        "F-TOO-LARGE-UNPACKED",
        filename="a.xlsx",
    ),
    whole(
        "B30-members",
        with_parts({f"xl/a{n}.bin": b"" for n in range(2001)}),
        "F-TOO-LARGE-UNPACKED",
        filename="a.xlsx",
    ),
    whole(
        "B31",
        in_sheet(b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet'),
        "F-XML-UNSAFE",
        filename="a.xlsx",
    ),
    whole(
        "B32",
        in_sheet(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
        "F-DIMENSION",
        filename="a.xlsx",
    ),
    Case(
        "B32-lying",
        in_sheet(b"<dimension ref=", b'<dimension ref="A1:XFD1048576" other='),
        [],
        "a.xlsx",
        rows=1,
    ),
    whole("B33-columns", lines([f"c{n}" for n in range(300)], ["1"] * 300), "F-TOO-MANY-COLUMNS", row=1),
    whole(
        "B33-columns-book",
        xlsx_bytes([[f"c{n}" for n in range(300)], ["1"] * 300]),
        "F-TOO-MANY-COLUMNS",
        filename="a.xlsx",
    ),
    whole("B33-rows", b"a,b\n" + b"1,2\n" * 1_048_577, "F-TOO-MANY-ROWS", row=1_048_577),
    cell("B34", "facts", "长" * 350_000, "R-TOO-LONG", "refuse_row"),
    whole(
        "B35",
        sheets(("数据", False, True), ("旧数据", True, True)),
        "F-HIDDEN-SHEET",
        filename="a.xlsx",
        then=hinting("旧数据"),
    ),
    Case("B35-empty", sheets(("数据", False, True), ("空", True, False)), [], "a.xlsx", rows=1),
    book(
        "B36",
        touch=hide_a_row,
        expected=[(None, None, "F-HIDDEN-ROWS", "hold")],
        rows=1,
        then=lambda batch: batch.needs_confirmation and not batch.is_refused,
    ),
    whole(
        "B37",
        sheets(("甲", False, True), ("乙", False, True)),
        "F-SHEET-CHOICE",
        filename="a.xlsx",
        then=hinting("乙"),
    ),
    Case(
        "B37-chosen",
        sheets(("甲", False, True), ("乙", False, True)),
        [],
        "a.xlsx",
        rows=1,
        options={"sheet": "乙"},
    ),
    book(
        "B38",
        {},
        {},
        touch=merge_two_rows,
        expected=[(3, "行政相对人名称", "R-MERGED-CELL", "refuse_row")],
        rows=2,
    ),
    book("B39", touch=formula, expected=[(2, FINE, "R-FORMULA", "refuse_row")], rows=1),
    book(
        "B40-formula", touch=error_value, expected=[(2, "行政相对人名称", "R-FORMULA", "refuse_row")], rows=1
    ),
    Case(
        "B40",
        real_error(PLAIN_BOOK),
        [(2, "行政相对人名称", "R-EXCEL-ERROR", "refuse_row")],
        "a.xlsx",
        rows=1,
    ),
    cell("B40-text", "authority_name", "#REF!", "R-EXCEL-ERROR", "refuse_row"),
    Case(
        "B41",
        xlsx_bytes(
            [
                [date(2026, 3, 18) if value == "2026-03-18" else value for value in row]
                for row in grid("penalties", [{}])
            ],
            options={"date_1904": True},
        ),
        [(None, None, "N-DATE-1904", "normalised")],
        "a.xlsx",
        rows=1,
        then=value_of("dated_on", date(2026, 3, 18)),
    ),
    whole("B42", in_sheet(b'<c r="B2"', b'<c r="A2"'), "F-DUPLICATE-CELL", filename="a.xlsx"),
    book("B43-struck", touch=strike, expected=[(2, "行政相对人名称", "R-STRUCK-OUT", "hold")], rows=1),
    book("B43-white", touch=white, expected=[(2, "行政相对人名称", "R-STRUCK-OUT", "hold")], rows=1),
    book("B43-comment", touch=comment, expected=[(None, None, "W-COMMENTS", "warning")], rows=1),
]

CODES = [
    book(
        "B44",
        {"uscc": 911101080000000001},
        expected=[(2, CODE_TITLE, "R-USCC-NUMERIC-CELL", "refuse_row")],
        rows=1,
    ),
    cell("B45", "uscc", "9.11101E+17", "R-USCC-SCIENTIFIC", "refuse_row"),
    cell("B46", "uscc", CODE.lower(), "N-USCC", "normalised", then=value_of("uscc", CODE)),
    cell(
        "B47",
        "uscc",
        "９１１１０１０８５５１３８５０８２Ｑ",
        "N-USCC",
        "normalised",
        then=value_of("uscc", CODE),
    ),
    cell(
        "B48",
        "uscc",
        "'9111 0108-5513\u3000850\u00a082\u200bQ",
        "N-USCC",
        "normalised",
        then=value_of("uscc", CODE),
    ),
    cell(
        "B49",
        "uscc",
        "911101085513850B2Q".replace("B", "8").replace("0108", "O108"),
        "R-USCC-CHARSET",
        "hold",
    ),
    cell("B50", "uscc", "91110108551385083Q", "R-USCC-CHECK", "refuse_row"),
    cell("B50-swapped", "uscc", "91110108551358082Q", "R-USCC-CHECK", "refuse_row"),
    cell("B51-17", "uscc", CODE[:-1], "R-USCC-LENGTH", "refuse_row"),
    cell("B51-19", "uscc", CODE + "1", "R-USCC-LENGTH", "refuse_row"),
    cell("B51-15", "uscc", "110108012660422", "R-USCC-LENGTH", "refuse_row", then=hinting("工商注册号")),
    cell("B51-9", "uscc", "784800208", "R-USCC-LENGTH", "refuse_row", then=hinting("组织机构代码")),
    cell("B54", "uscc", "", "R-USCC-MISSING", "hold"),
    cell("B54-word", "uscc", "无", "R-USCC-MISSING", "hold"),
    cell("B54-placeholder", "uscc", "0" * 17 + "X", "R-USCC-MISSING", "hold"),
    cell("B55", "uscc", "919999995513850822", "R-USCC-REGION", "warning"),
    cell(
        "B56",
        "uscc",
        "11010519491231002X",
        "R-NATURAL-PERSON",
        "refuse_row",
        then=lambda batch: "1231002" not in str(batch.problems[0].as_dict()),
    ),
    cell(
        "B57",
        "uscc",
        both_code_and_person(),
        "R-SUBJECT-AMBIGUOUS",
        "hold",
        then=lambda batch: both_code_and_person()[6:14] not in str(batch.problems[0].as_dict()),
    ),
    cell("B58", "party_type", "自然人", "R-NATURAL-PERSON", "refuse_row"),
    cell(
        "B59",
        "uscc",
        "92340602MA2PBQAH7E",
        None,
        then=lambda batch: batch.frame["disposition"][0] == "accept",
    ),
    cell(
        "B60",
        "facts",
        "当事人张某，身份证11010519491231002X，电话13800138000",
        "W-PII-IN-TEXT",
        "warning",
        then=hinting("2处"),
    ),
    cell(
        "B61-passport",
        "legal_representative_id_kind",
        "护照",
        None,
        then=value_of("legal_representative_id_kind", "passport"),
    ),
    cell("B61-military", "legal_representative_id_kind", "军官证", "R-ID-TYPE", "refuse_row"),
    cell(
        "B62",
        "legal_representative_id",
        "110105201503070013",
        "R-MINOR",
        "refuse_row",
        then=lambda batch: "0307" not in str(batch.problems[0].as_dict()),
    ),
]

NAMES = [
    *[
        cell(f"B63-{word}", "name", word, None, then=value_of("name", word))
        for word in ("NA", "null", "None", "nan", "TRUE", "1-2")
    ],
    *[
        cell(f"B64-{n}", "name", blank, "R-REQUIRED", "refuse_row")
        for n, blank in enumerate((" ", "\u3000\u3000"))
    ],
    text(
        "B64-invisible",
        {"name": "\u200b"},
        expected=[
            (2, "行政相对人名称", "R-INVISIBLE-CHAR", "warning"),
            (2, "行政相对人名称", "R-REQUIRED", "refuse_row"),
        ],
    ),
    *[
        cell(f"B65-{n}", "name", start + "公司名称", "W-FORMULA-LIKE", "warning")
        for n, start in enumerate(("=cmd(1)", "+", "-", "@", "\t", "＝"))
    ],
    cell("B66-script", "name", "<script>公司", "R-NAME-CHAR", "refuse_row"),
    cell("B66-braces", "name", "{{7*7}}公司", "R-NAME-CHAR", "refuse_row"),
    *[
        cell(f"B66-{n}", "name", name, None, then=value_of("name", name))
        for n, name in enumerate(("百分之%s公司", "../公司"))
    ],
    cell("B67-brackets", "name", "示例（北京）公司", None, then=value_of("name", "示例（北京）公司")),
    cell("B67-compatible", "name", "㈱⼤公司", "N-NAME", "normalised", then=value_of("name", "(株)大公司")),
    *[
        cell(f"B67-{n}", "name", name, "R-LOOKALIKE", "hold", then=hinting("U+"))
        for n, name in enumerate(("示例・公司", "北京А公司", "长江戶外公司"))
    ],
    cell("B67-direction", "name", "北京\u202e公司", "R-LOOKALIKE", "refuse_row"),
    cell("B68-one", "name", "某", "R-LENGTH", "warning"),
    cell("B68-many", "name", "长" * 300, "R-LENGTH", "refuse_row"),
]

AMOUNTS = [
    *[
        cell(
            f"B69-{n}",
            "loss_fen",
            amount,
            "N-AMOUNT",
            "normalised",
            kind="accidents",
            then=value_of("loss_fen", fen),
        )
        for n, (amount, fen) in enumerate(
            (
                ("１，２３４．５", 1_234_500_000),
                ("1,234.50", 1_234_500_000),
                ("¥1,234", 1_234_000_000),
                ("1 234", 1_234_000_000),
            )
        )
    ],
    *[
        cell(f"B70-{n}", "fine_fen", amount, "R-AMOUNT-UNIT", "hold", then=hinting(proposal))
        for n, (amount, proposal) in enumerate(
            (("5万元", "50,000.00"), ("伍万元整", "50,000.00"), ("0.5亿", "50,000,000.00"))
        )
    ],
    cell("B71", "fine_fen", "50000", "R-AMOUNT-SCALE", "hold"),
    cell("B71-text", "fine_fen", "25000.0", "R-AMOUNT-SCALE", "hold"),
    *[
        cell(f"B72-{n}", "fine_fen", amount, "R-AMOUNT-FORMAT", "refuse_row")
        for n, amount in enumerate(("-5", "-0", "1e5", "NaN", "Infinity", "1_000", "٣", "½", "0x10"))
    ],
    *[
        cell(f"B73-{n}", "fine_fen", amount, "R-AMOUNT-RANGE", "refuse_row")
        for n, amount in enumerate(("2.5000001", str(2**63), str(10**20)))
    ],
    text(
        "B74-empty",
        {"fine_fen": "", "content": "予以处罚"},
        expected=[(2, FINE, "R-AMOUNT-REQUIRED", "refuse_row")],
    ),
    text(
        "B74-zero",
        {"fine_fen": "0", "content": "予以处罚"},
        expected=[(2, FINE, "R-AMOUNT-REQUIRED", "refuse_row")],
    ),
    text("B74-warning", {"fine_fen": "", "content": "警告", "penalty_kinds": "警告"}),
    text("B74-warning-zero", {"fine_fen": "0", "content": "警告", "penalty_kinds": "警告"}),
    book("B75", {"fine_fen": 1.1, "content": "予以处罚"}, rows=1, then=value_of("fine_fen", 1_100_000)),
]

DAYS = [
    *[
        cell(
            f"B76-{n}", "dated_on", day, "N-DATE", "normalised", then=value_of("dated_on", date(2020, 9, 14))
        )
        for n, day in enumerate(
            (
                "2020年9月14日",
                "2020.9.14",
                "2020/9/14",
                "20200914",
                "２０２０-０９-１４",
                "二〇二〇年九月十四日",
                "2020年9月14号",
                "2020年9月14日零时起",
            )
        )
    ],
    *[
        cell(f"B77-{n}", "dated_on", day, "R-DATE-AMBIGUOUS", "refuse_row")
        for n, day in enumerate(("09/10/2020", "9.10.20"))
    ],
    cell("B78", "dated_on", "44088", "R-DATE-SERIAL", "hold", then=hinting("2020-09-14")),
    Case("B78-midnight", dates_of(44088), [], "a.xlsx", rows=1, then=value_of("dated_on", date(2020, 9, 14))),
    Case("B78-time", dates_of(44088.5), [(2, DECIDED, "R-DATE-SERIAL", "hold")], "a.xlsx", rows=1),
    *[
        Case(f"B79-{n}", dates_of(serial), [(2, DECIDED, "R-DATE-RANGE", "refuse_row")], "a.xlsx", rows=1)
        for n, serial in enumerate((0, 60, 2958466, -1))
    ],
    *[
        cell(f"B79-text-{n}", "dated_on", serial, "R-DATE-RANGE", "refuse_row")
        for n, serial in enumerate(("0", "60", "2958466", "-1"))
    ],
    *[
        cell(f"B80-{n}", "dated_on", day, "R-DATE-FORMAT", "refuse_row")
        for n, day in enumerate(
            ("2023-02-29", "2020-13-01", "2024-W09-4", "0000-00-00", "9999-12-31", "长期")
        )
    ],
    *[
        cell(
            f"B78-end-{n}",
            "valid_until",
            day,
            "N-DATE",
            "normalised",
            then=value_of("valid_until", date(2027, 9, 14)),
        )
        for n, day in enumerate(("2027-09-14 23:59:59", "2027年9月14日24时止", "2027/9/14 23:59"))
    ],
    cell("B78-moment", "dated_on", "2025-09-14 23:59:59", "R-DATE-SERIAL", "hold"),
    cell("B80-allowed", "valid_until", "长期", None, kind="honours", then=value_of("valid_until", None)),
    cell("B81", "dated_on", "2026-11-25", "R-DATE-FUTURE", "refuse_row"),
    cell("B81-early", "dated_on", "1948-01-01", "R-DATE-RANGE", "refuse_row"),
    text("B82-offence", {"occurred_on": "2026-03-19"}, expected=[(2, DECIDED, "R-DATE-ORDER", "refuse_row")]),
    text(
        "B82-end", {"valid_until": "2026-03-17"}, expected=[(2, "处罚有效期", "R-DATE-ORDER", "refuse_row")]
    ),
    text("B82-36-months", {"publish_until": "2029-03-18"}),
    text(
        "B82-longer",
        {"publish_until": "2029-03-19"},
        expected=[(2, "公示截止期", "R-DATE-ORDER", "refuse_row")],
    ),
    text("B82-ban", {"publish_until": "2031-03-18", "penalty_kinds": "罚款;限制从业"}),
]

WORDS = [
    cell("B83-missing", "document_no", "", "R-REQUIRED", "refuse_row"),
    *[
        cell(
            f"B83-{n}",
            "document_no",
            number,
            "N-DOCUMENT",
            "normalised",
            then=lambda b: b.frame["document_no"][0] == "京海应急罚字〔2024〕1号",
        )
        for n, number in enumerate(
            ("京海应急罚字[2024]1号", "京海应急罚字（2024）1号", "京海应急罚字【2024】1 号")
        )
    ],
    *[
        cell(f"B88-{n}", "authority_name", word, "R-DEPARTMENT", "refuse_row")
        for n, word in enumerate(
            (
                "浙江省行政权力运行系统-2",
                "2022-09-31",
                "东环函〔2022〕13号",
                "3F2504E0-4F89-11D3-9A0C-0305E82C3301",
                "20260318",
                "某县城乡规划局(2)",
            )
        )
    ],
    cell(
        "B88-counted",
        "authority_name",
        "某县城乡规划局（2）",
        "R-DEPARTMENT",
        "refuse_row",
        then=hinting("“某县城乡规划局”"),
    ),
    cell("B88-enterprise", "authority_code", CODE, "R-DEPARTMENT", "refuse_row"),
    cell("B88-good", "authority_name", "某市公安局（交通警察支队）", None),
    cell("B89", "penalty_kinds", "罚单", "R-CATEGORY", "refuse_row"),
    text("B89-two", {"penalty_kinds": "警告；罚款"}, then=value_of("penalty_kinds", "fine;warning")),
    cell("B89-class", "breach_class", "很严重", "R-CATEGORY", "refuse_row"),
    *[
        cell(f"B90-{n}", "is_fire", word, None, kind="accidents", then=value_of("is_fire", value))
        for n, (word, value) in enumerate(
            (("是", True), ("否", False), ("Y", True), ("1", True), ("√", True), ("TRUE", True), ("", None))
        )
    ],
    cell("B90-other", "is_fire", "可能", "R-BOOLEAN", "refuse_row", kind="accidents"),
]

ALL = [*FILES, *CODES, *NAMES, *AMOUNTS, *DAYS, *WORDS]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_each_case_gives_exactly_its_code_place_and_disposition(case):
    batch = case.read()

    said = [(problem.row, problem.column, problem.code, problem.disposition) for problem in batch.problems]
    assert said == case.expected, [problem.as_dict() for problem in batch.problems]
    assert case.then is None or case.then(batch)
    if case.rows is not None:
        assert batch.rows == case.rows
    if any(disposition == "refuse_file" for *_, disposition in case.expected):
        assert batch.is_refused
        assert len(batch.frame) == 0
    else:
        assert batch.rows == len(batch.frame) + len(batch.refused)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_every_problem_speaks_chinese_and_shows_at_most_64_characters(case):
    for problem in case.read().problems:
        assert re.search(r"[\u4e00-\u9fff]{2}", problem.message), problem
        assert re.search(r"[\u4e00-\u9fff]{2}", problem.hint), problem
        assert problem.value is None or len(problem.value) <= VALUE_LENGTH


def test_a_row_with_a_refused_cell_is_refused_and_with_a_held_one_held():
    for case in (*CODES, *NAMES, *AMOUNTS, *DAYS, *WORDS):
        ranks = {disposition for row, *_, disposition in case.expected if row == 2}
        batch = case.read()
        if "refuse_row" in ranks:
            assert [row.row for row in batch.refused] == [2], case.id
        else:
            assert list(batch.frame["disposition"]) == ["hold" if "hold" in ranks else "accept"], case.id


def test_B91_too_many_refused_rows_refuse_the_file_from_fifty_rows_on():
    def batch(bad: int, all_rows: int) -> Batch:
        changes = [{"uscc": "91110108551385083Q"} if n < bad else {} for n in range(all_rows)]
        return read(csv_bytes(grid("penalties", changes)), filename="a.csv", kind="penalties", today=TODAY)

    refused = batch(31, 100)
    assert refused.is_refused
    assert (refused.rows, len(refused.frame)) == (100, 0)
    assert [problem.code for problem in refused.problems] == ["F-TOO-MANY-ERRORS"] + ["R-USCC-CHECK"] * 31
    assert not batch(20, 100).is_refused
    assert batch(11, 50).is_refused
    assert not batch(15, 49).is_refused


def test_B92_a_shifted_column_is_noticed():
    batch = read(csv_bytes(SHIFTED), filename="a.csv", kind="penalties", today=TODAY)

    assert batch.is_refused
    assert batch.problems[0].code == "F-TOO-MANY-ERRORS"


def test_the_good_records_are_good():
    assert {
        kind
        for kind in GOOD
        if read(csv_bytes(grid(kind, [{}])), filename="a.csv", kind=kind, today=TODAY).problems
    } == set()
