"""What a column is: its type, titles, bounds; one declaration serves the file, the web form and the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

from importers.checks import dates, enumerations, money, text, uscc
from importers.checks.authorities import check_authority
from importers.checks.documents import normalise_document_no
from importers.checks.names import check_name
from importers.checks.persons import born_on, count_personal, is_identity_number
from importers.problems import VALUE_LENGTH, Finding, quoted, written

Type = Literal[
    "text",
    "name",
    "authority",
    "uscc",
    "date",
    "money",
    "integer",
    "choice",
    "choices",
    "flag",
    "document_no",
    "id_number",
]
Missing = Literal["allow", "warn", "hold", "refuse"]

# What offices write for "nothing"; never for a name, which may really be 无.
NULLS: Final = frozenset(
    {"无", "/", "\\", "N/A", "NULL", "-", "--", "—", "——", "暂无", "空", "(空)", "NONE", "#N/A"}
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """One column of a layout.

    Args:
        name: the word of the record vocabulary; ``details.…`` for what the vocabulary has no word for.
        header: whether the file must have the column.
        missing: what becomes of a row whose cell is empty.
        limit: most characters.  most: largest number, in 分 for money.
        choices: folded written word → code.  shown: the words a sender should use.
        unknown: what becomes of a word that is no choice: ``refuse`` the row, or ``warn`` and leave the cell empty.
        future: a day after today can be meant.  no_end: 长期 can.
        eras: era → the year before its first, of an office that counts years so (令和: 2018).
        order: how the office writes days where the year comes last: ``dmy`` or ``mdy``; ``ymd`` refuses those.
        extract: a pattern over the whole cell whose named groups are columns (``details__x`` for ``details.x``); what
            it does not match stays as it is.  replace: pattern → replacement, before anything is parsed.
        personal: the value is never shown unmasked.
    """

    name: str
    title: str
    type: Type = "text"
    aliases: tuple[str, ...] = ()
    header: bool = False
    missing: Missing = "allow"
    missing_code: str = "R-REQUIRED"
    unknown: Literal["refuse", "warn"] = "refuse"
    unknown_code: str = "R-CATEGORY"
    limit: int = 2000
    most: int | None = None
    unit: str = "yuan"
    choices: Mapping[str, str | bool] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    future: bool = False
    no_end: bool = False
    republic: bool = False
    eras: Mapping[str, int] = field(default_factory=dict)
    order: str = "ymd"
    extract: str = ""
    replace: Mapping[str, str] = field(default_factory=dict)
    line_breaks: bool = False
    nulls: bool = True
    personal: bool = False
    example: str = ""
    note: str = ""


Parsed = tuple[object, list[Finding]]


def parse_cell(cell: object, column: Column, *, today: date) -> Parsed:
    """The typed value of one cell (None for an empty one) and what is to be said of it."""
    if isinstance(cell, str):
        return _parse_text(cell, column, today)
    if cell is None:
        return None, _missing(column, cell)
    if column.type == "uscc":
        return None, [_NUMERIC_CODE]
    if column.type in ("date", "money", "integer", "flag"):
        return _TYPED[column.type](cell, column, today)
    if isinstance(cell, datetime | date) and column.type in ("document_no", "name", "id_number"):
        return None, [
            Finding(
                "R-CELL-TYPE",
                "refuse_row",
                "单元格是日期，而本列应为文字",
                "请将此列设为“文本”格式后重新填写",
            )
        ]
    if isinstance(cell, float) and abs(cell) >= 1e15:
        return None, [
            Finding(
                "R-NUMERIC-CELL",
                "refuse_row",
                "单元格为数值型，Excel 只保留15位，号码已失真",
                "请将此列设为“文本”格式后从原件重新录入",
            )
        ]
    return _parse_text(written(cell), column, today)


_NUMERIC_CODE: Final = Finding(
    "R-USCC-NUMERIC-CELL",
    "refuse_row",
    "单元格为数值型，Excel 只保留15位，代码已失真",
    "请将此列设为“文本”后从原件重新录入",
)


def _parse_text(raw: str, column: Column, today: date) -> Parsed:
    cleaned, findings = text.check_text(raw) if column.type != "uscc" else (raw, _hard_findings(raw))
    if any(finding.disposition == "refuse_row" for finding in findings):
        return None, findings
    stripped = cleaned.strip()
    if len(stripped) > column.limit:
        return None, [*findings, _too_long(column, len(stripped))]
    if not stripped or (
        column.nulls and column.type not in ("name", "flag") and enumerations.fold(stripped) in NULLS
    ):
        return None, [*findings, *_missing(column, raw)]
    if column.type == "flag" and stripped in ("空", "/", "-"):
        return None, findings
    if stripped in _EXCEL_ERRORS:
        return None, [*findings, excel_error(stripped)]
    if raw[0] in "\t\r" and column.type in ("text", "name"):
        findings = [*findings, text.FORMULA_LIKE]
    value, more = _TYPED[column.type](stripped, column, today)
    return value, findings + more


_EXCEL_ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)


def excel_error(value: str) -> Finding:
    return Finding(
        "R-EXCEL-ERROR",
        "refuse_row",
        f"是 Excel 的错误值 {value}",
        "请改正公式，或直接填写正确的内容后重新上传",
    )


def _hard_findings(raw: str) -> list[Finding]:
    """For a code, invisible characters are folded by its own normalisation with its own note."""
    return [finding for finding in text.check_text(raw)[1] if finding.disposition == "refuse_row"]


def _missing(column: Column, raw: object) -> list[Finding]:
    """An empty cell; one that only looks filled is refused where an empty one would be held.

    Whoever typed spaces into a required cell meant to get past a check.
    """
    if column.missing == "allow":
        return []
    blank_only = column.type == "name" and isinstance(raw, str) and raw != "" and not text.visible(raw)
    if blank_only or column.missing == "refuse":
        return [Finding("R-REQUIRED", "refuse_row", "不能为空", "请填写后重新上传")]
    if column.missing == "hold":
        return [
            Finding(
                column.missing_code,
                "hold",
                "为空，不能确定",
                "请补填；暂不能补填的，由工作人员核对后人工处理",
            )
        ]
    return [Finding("W-MISSING", "warning", "为空，而标准要求填写", "记录已接收；请尽快补报")]


def _too_long(column: Column, length: int) -> Finding:
    code = "R-LENGTH" if column.type == "name" and length <= 10_000 else "R-TOO-LONG"
    return Finding(
        code,
        "refuse_row",
        f"有{length:,}个字符，超过{column.limit:,}个字符的上限",
        "请核对是否误粘贴了其他内容",
    )


def _text(cell: object, column: Column, today: date) -> Parsed:
    value = str(cell)
    if not column.line_breaks and ("\n" in value or "\r" in value):
        return None, [
            Finding("R-LINE-BREAK", "refuse_row", "含有换行，而本列只应有一行", "请删除换行后重新上传")
        ]
    findings = []
    if found := text.mojibake_finding(value):
        findings.append(found)
    if text.looks_like_formula(value):
        findings.append(text.FORMULA_LIKE)
    if column.line_breaks and (count := count_personal(value)):
        findings.append(
            Finding(
                "W-PII-IN-TEXT",
                "warning",
                f"含有{count}处个人信息（证件号码、手机号、银行卡号或住址）",
                "对外公开时会自动遮盖；如非必要，请在报送前删除",
                personal=True,
            )
        )
    return value, findings


def _name(cell: object, column: Column, today: date) -> Parsed:
    value, findings = _text(cell, column, today)
    if value is None:
        return None, findings
    kept, more = check_name(str(value))
    if any(finding.disposition == "refuse_row" for finding in more):
        return None, findings + more
    if len(kept) < 2:
        more.append(Finding("R-LENGTH", "warning", "只有1个字", "已接收；请核对名称是否完整"))
    return kept, findings + more


def _authority(cell: object, column: Column, today: date) -> Parsed:
    value, findings = _text(cell, column, today)
    doubt = check_authority(str(value)) if value is not None else None
    return (None, [*findings, doubt]) if doubt is not None else (value, findings)


def _uscc(cell: object, column: Column, today: date) -> Parsed:
    raw = str(cell)
    code = uscc.normalise(raw)
    if not code or code == uscc.PLACEHOLDER:
        return None, _missing(column, None)
    findings = uscc.check(code)
    if any(finding.disposition in ("refuse_row", "hold") for finding in findings):
        return None, findings
    if code != raw:
        note = Finding(
            "N-USCC",
            "normalised",
            f"已规范为 {code}（大小写、全半角、空格和不可见字符）",
            "校验码正确，无需处理",
        )
        findings = [note, *findings]
    return code, findings


def _date(cell: object, column: Column, today: date) -> Parsed:
    return dates.parse_date(
        cell,
        today=today,
        future=column.future,
        no_end=column.no_end,
        republic=column.republic,
        order=column.order,
        eras=column.eras,
    )


def _money(cell: object, column: Column, today: date) -> Parsed:
    return money.parse_money(cell, unit=column.unit, most=column.most)


def _document_no(cell: object, column: Column, today: date) -> Parsed:
    raw = str(cell)
    number = normalise_document_no(raw)
    if number == raw:
        return number, []
    return number, [
        Finding(
            "N-DOCUMENT", "normalised", f"已规范为“{quoted(number, VALUE_LENGTH)}”", "已保留原文，无需处理"
        )
    ]


def _id_number(cell: object, column: Column, today: date) -> Parsed:
    number = uscc.normalise(str(cell))
    if "*" in number:
        says = "已被遮盖，不是完整的号码"
        return None, [
            Finding("R-MASKED", "hold", says, "请从原件填写完整的号码；不需要的请留空", personal=True)
        ]
    if is_identity_number(number) and len(number) == 18 and (born := born_on(number)) is not None:
        fourteenth = date(born.year + 14, born.month, min(born.day, 28) if born.month == 2 else born.day)
        if fourteenth > today:
            return None, [
                Finding(
                    "R-MINOR",
                    "refuse_row",
                    "是不满十四周岁的人的证件号码",
                    "不得收集不满十四周岁未成年人的信息；请核对号码",
                    personal=True,
                )
            ]
    return number, []


def _flag(cell: object, column: Column, today: date) -> Parsed:
    return enumerations.parse_flag(cell)


def _integer(cell: object, column: Column, today: date) -> Parsed:
    return enumerations.parse_integer(cell, most=column.most if column.most is not None else 10**9)


def _choice(cell: object, column: Column, today: date) -> Parsed:
    code, findings = enumerations.parse_choice(str(cell), column.choices, column.shown, column.unknown_code)
    if isinstance(code, str) and code.startswith("unclear"):
        return None, [_unclear(cell)]
    if findings and column.unknown == "warn":
        says = f"“{quoted(str(cell))}”不在可填写的范围内，此格留空"
        return None, [Finding("W-CATEGORY", "warning", says, "其余内容已接收；写错的请更正后重新报送")]
    return code, findings


def _choices(cell: object, column: Column, today: date) -> Parsed:
    codes, findings = enumerations.parse_choices(str(cell), column.choices, column.shown, column.unknown_code)
    return (None, [_unclear(cell)]) if codes and "unclear" in codes.split(";") else (codes, findings)


def _unclear(cell: object) -> Finding:
    says = f"为“{quoted(str(cell))}”，其含义需要人工判断"
    return Finding("R-CATEGORY-UNCLEAR", "hold", says, "请向报送单位核实后人工处理")


_TYPED: Final[Mapping[str, Callable[[object, Column, date], Parsed]]] = {
    "text": _text,
    "name": _name,
    "authority": _authority,
    "uscc": _uscc,
    "date": _date,
    "money": _money,
    "integer": _integer,
    "choice": _choice,
    "choices": _choices,
    "flag": _flag,
    "document_no": _document_no,
    "id_number": _id_number,
}

TYPES: Final = frozenset(_TYPED)
