"""How values look on a page: Beijing time, yuan, yes and no. Only templates call these."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask

from credit_registry.clock import SHANGHAI
from credit_registry.domain.penalties import PenaltyClocks
from credit_registry.services import vocabulary
from credit_registry.services.record_views import RecordView
from credit_registry.web import words

EMPTY = "—"


def beijing(at: datetime | None) -> str:
    """An instant on the screen: minutes, Beijing time."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if at else EMPTY


def day(on: date | str | None) -> str:
    if on is None or on == "":
        return EMPTY
    return on if isinstance(on, str) else on.isoformat()


def yuan(fen: int | None) -> str:
    """Fen as yuan: 5000000 is ``50,000.00 元``."""
    return EMPTY if fen is None else f"{Decimal(fen) / 100:,.2f} 元"


def yes_no(value: bool | None) -> str:
    return EMPTY if value is None else ("是" if value else "否")


def plain(value: Any) -> str:
    """Anything without a better form; nothing is a dash."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, datetime):
        return beijing(value)
    if isinstance(value, date):
        return day(value)
    return str(value)


def who(label: str | None, names: Mapping[str, str]) -> str:
    """The person behind an actor's label; a system by its key, the terminal by its login."""
    if not label:
        return EMPTY
    kind, _, rest = label.partition(":")
    if label in names:
        return names[label]
    return {"terminal": f"本机操作员 {rest}", "key": f"接口 {rest}", "anonymous": "未登录"}.get(
        kind, rest or label
    )


def grade_class(grade: str | None) -> str:
    """The style of a grade's letter: ``grade-a`` … ``grade-n``."""
    letter = (grade or "N")[:1].lower()
    return f"grade-{letter}" if letter in "abcdn" else "grade-n"


def cell(value: Any, kind: str, name: str) -> str:
    """A value of a record in words: codes by the vocabulary, amounts in yuan."""
    if name == "state" and value in words.RECORD_STATES:
        return words.RECORD_STATES[value][0]
    if vocabulary.is_money(kind, name) and isinstance(value, int) and not isinstance(value, bool):
        return yuan(value)
    return vocabulary.word(kind, name, value) or plain(value)


# What tells a record of a kind at a glance.
_TELLING: dict[str, tuple[str, ...]] = {
    "penalty": ("cause", "penalty_kinds", "fine_fen", "breach_class"),
    "inspection": ("method", "result", "cause"),
    "accident": ("accident_level", "responsibility", "deaths", "serious_injuries"),
    "hazard": ("hazard_grade", "supervision_level", "cause"),
    "honour": ("honour_kind", "honour_level", "valid_until"),
}


def record_summary(record: RecordView) -> str:
    """The few values by which an officer knows a record again."""
    shown = []
    for name in _TELLING.get(record.kind, ("cause", "content")):
        value = record.values.get(name)
        if value is None or value == "none":
            continue
        said = cell(value, record.kind, name)
        shown.append(
            f"{vocabulary.title(record.kind, name)} {said}" if isinstance(value, int | date) else said
        )
    return " · ".join(shown) or EMPTY


def clock_lines(clocks: PenaltyClocks) -> list[tuple[str, str]]:
    """When a penalty is published and repaired, as label and day."""
    provisional = "（节假日安排未公布，暂按推算）" if clocks.publish_by.is_provisional else ""
    return [
        (
            "应公示至" if clocks.is_published else "按规定",
            day(clocks.published_until) if clocks.is_published else "不公示",
        ),
        ("公示期限", f"{day(clocks.publish_by.day)} 前{provisional}"),
        ("可申请修复", f"{day(clocks.repair_from)} 起"),
        ("依据", clocks.basis),
    ]


def register(app: Flask) -> None:
    app.jinja_env.filters.update(
        beijing=beijing,
        day=day,
        yuan=yuan,
        yes_no=yes_no,
        plain=plain,
        cell=cell,
        who=who,
        grade_class=grade_class,
        verb=words.verb,
        case_style=words.case_style,
    )
    app.jinja_env.globals.update(words=words.WORDS, column_title=vocabulary.title, place=vocabulary.place)
    app.jinja_env.globals.update(record_summary=record_summary, clock_lines=clock_lines)
