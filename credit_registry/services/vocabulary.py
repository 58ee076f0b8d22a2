"""The record vocabulary as a person meets it: fields to fill in, titles and words to read.

One declaration serves the file checks and the screen: the importers' layouts. A column of a layout is a field of
the form for one record, and its written words are the words on the page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

import importers
from credit_registry.domain.errors import InvalidInput
from credit_registry.domain.records import CONTENT
from importers.checks.places import spellings
from importers.columns import Column

_UNIT = "（万元）"
_FEN_PER = {"万元": 1_000_000, "元": 100}

# What the registry computes or keeps beside the columns of a file.
_OWN_TITLES: Mapping[str, str] = {
    "accident_level": "事故等级",
    "cause": "类型",
    "facts": "事实",
    "basis": "依据",
    "content": "内容",
    "occurred_on": "发生日期",
    "breach_class_origin": "失信程度来源",
    "document_no_raw": "文号原文",
    "condition_tags": "名单条件标记",
    "state": "状态",
}
_OWN_WORDS: Mapping[str, Mapping[str, str]] = {
    "breach_class_origin": {"department": "部门认定", "proposed": "系统建议，待确认", "confirmed": "已人工确认"},
    "accident_level": {"general": "一般事故", "larger": "较大事故", "major": "重大事故", "extreme": "特别重大事故"},
}  # fmt: skip
# Who a record is about is known before the form is opened.
_GIVEN = frozenset({"name", "uscc", "party_type"})


@dataclass(frozen=True)
class Field:
    """One field of the form for a record.

    Attributes:
        type: the column type of the importers: text, date, money, flag, choice, choices, integer …
        options: (code, word) of a choice.
        unit: what an amount is counted in on the form.
    """

    name: str
    title: str
    type: str
    options: tuple[tuple[str, str], ...]
    is_required: bool
    is_long: bool
    is_personal: bool
    note: str
    example: str
    limit: int
    unit: str


def kinds() -> dict[str, str]:
    """The kinds of record that can be entered by hand, with their titles."""
    return {layout.record: layout.title for layout in _main_layouts().values()}


@cache
def fields(kind: str) -> tuple[Field, ...]:
    """The form for one record of ``kind``; empty for a kind that is not entered by hand."""
    layout = _main_layouts().get(kind)
    if layout is None:
        return ()
    # Numbers of other registers and of natural persons come with files only.
    skipped = ("details.registration", "details.organisation", "details.tax", "details.institution",
               "details.society", "details.person")  # fmt: skip
    return tuple(
        _field(column)
        for column in layout.columns
        if column.name not in _GIVEN and not column.name.startswith(skipped)
    )


def title(kind: str, name: str) -> str:
    """What a column is called on the page; amounts are shown in yuan there, whatever the file's unit."""
    column = _column(kind, name)
    if column is not None:
        return column.title.removesuffix(_UNIT).removesuffix("的金额")
    return _OWN_TITLES.get(name, name)


def word(kind: str, name: str, value: object) -> str | None:
    """The written word for a code, several joined by 、; None where the value is no code."""
    if not isinstance(value, str):
        return None
    words = _words(kind, name)
    if not words:
        return None
    return "、".join(words.get(code, code) for code in value.split(";") if code)


def places() -> dict[str, str]:
    """Sub-districts of the district: code → name."""
    return {code: names[0] for code, names in spellings().items()}


def checked_places(codes: Iterable[str]) -> list[str]:
    """The codes of sub-districts, each once.

    Raises:
        InvalidInput: ``unknown-subdistrict``: nobody would ever be seen under such a code.
    """
    given = sorted(set(codes))
    if unknown := [code for code in given if code not in places()]:
        raise InvalidInput(
            f"没有这些街镇：{'、'.join(unknown)}。请填写街镇的九位代码，如 {next(iter(places()))}。",
            code="unknown-subdistrict",
            facts={"known": places()},
        )
    return given


def checked_place(code: str | None) -> str | None:
    """The code of one sub-district, or none.

    Raises:
        InvalidInput: as `checked_places`.
    """
    return checked_places([code.strip()])[0] if code and code.strip() else None


def place(code: str | None) -> str | None:
    """The name of a sub-district; the code itself where the district has no such one."""
    return places().get(code, code) if code else None


def is_money(kind: str, name: str) -> bool:
    column = _column(kind, name)
    return column is not None and column.type == "money"


def as_written(kind: str, values: Mapping[str, object]) -> dict[str, str]:
    """Stored values as the form shows them for changing: amounts in the form's unit, days as ISO text."""
    written: dict[str, str] = {}
    details = values.get("details")
    flat = {
        **values,
        **({f"details.{k}": v for k, v in details.items()} if isinstance(details, Mapping) else {}),
    }
    for field in fields(kind):
        value = flat.get(field.name)
        if value is None:
            continue
        if field.type == "money" and isinstance(value, int):
            written[field.name] = f"{Decimal(value) / _FEN_PER[field.unit]:f}"
        elif isinstance(value, bool):
            written[field.name] = "true" if value else "false"
        elif isinstance(value, date):
            written[field.name] = value.isoformat()
        else:
            written[field.name] = str(value)
    return written


@cache
def _main_layouts() -> Mapping[str, importers.Layout]:
    return {
        layout.record: layout for layout in importers.layouts() if layout.main and layout.record in CONTENT
    }


def _column(kind: str, name: str) -> Column | None:
    layout = _main_layouts().get(kind)
    return layout.column(name) if layout else None


@cache
def _words(kind: str, name: str) -> Mapping[str, str]:
    """Code → the first word written for it."""
    if name in _OWN_WORDS:
        return _OWN_WORDS[name]
    column = _column(kind, name)
    return dict(_options(column)) if column else {}


def _options(column: Column) -> tuple[tuple[str, str], ...]:
    """Code and word; the layout lists its words in the order of their codes."""
    if column.type == "flag":
        return (("true", "是"), ("false", "否"))
    codes = dict.fromkeys(
        str(code).lower() if isinstance(code, bool) else code
        for code in column.choices.values()
        if not str(code).startswith("unclear")
    )
    return tuple(zip(codes, column.shown, strict=True))


def _field(column: Column) -> Field:
    return Field(
        name=column.name,
        title=column.title.removesuffix(_UNIT),
        type=column.type,
        options=_options(column),
        is_required=column.missing in ("refuse", "hold"),
        is_long=column.line_breaks,
        is_personal=column.personal,
        note="" if column.type == "money" else column.note,
        example=column.example,
        limit=column.limit,
        unit="" if column.type != "money" else ("万元" if column.unit == "wan_yuan" else "元"),
    )
