"""Fields that take a value as it is meant or refuse it: no rounding, no guessing, Chinese sentences.

A message begins with its stable code and a space; `parsing` takes the two apart.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import marshmallow
from marshmallow import fields, validate

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_COUNT = re.compile(r"[1-9]\d{0,4}", re.ASCII)


class Schema(marshmallow.Schema):
    """A request: every field that is not named here is refused."""

    class Meta:
        unknown = marshmallow.RAISE

    error_messages = {
        "unknown": "A-UNKNOWN-FIELD 不认识的字段。",
        "type": "A-SHAPE 应为一个 JSON 对象。",
    }


_COMMON: dict[str, str | list[Any] | dict[Any, Any]] = {
    "required": "A-REQUIRED 必须填写。",
    "null": "A-TYPE 不能为 null。",
    "validator_failed": "A-VALUE 取值不符合要求。",
}


class Text(fields.String):
    """Text of one to ``longest`` characters that any store can hold."""

    default_error_messages = _COMMON | {
        "invalid": "A-TYPE 应为文本。",
        "invalid_utf8": "A-TEXT 应为 UTF-8 文本。",
    }

    def __init__(self, *, longest: int = 200, shortest: int = 1, **kwargs: Any) -> None:
        length = validate.Length(shortest, longest, error=f"A-LENGTH 应为 {shortest} 至 {longest} 个字符。")
        super().__init__(validate=length, **kwargs)


class Choice(fields.String):
    """One of a closed set of codes."""

    default_error_messages = _COMMON | {"invalid": "A-TYPE 应为文本。"}

    def __init__(self, choices: tuple[str, ...], **kwargs: Any) -> None:
        allowed = validate.OneOf(choices, error=f"A-VALUE 应为以下之一：{'、'.join(choices)}。")
        super().__init__(validate=allowed, **kwargs)


class Count(fields.Field[int]):
    """How many rows to answer: written plainly in ASCII digits, from 1 to ``most``."""

    default_error_messages = _COMMON

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(metadata={"minimum": 1, "maximum": most}, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if not isinstance(value, str) or not _COUNT.fullmatch(value) or int(value) > self.most:
            raise marshmallow.ValidationError(f"A-PAGE 应为 1 至 {self.most} 的整数。")
        return int(value)


class Day(fields.Field[date]):
    """A calendar day written ``YYYY-MM-DD`` and no other way."""

    default_error_messages = _COMMON

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> date:
        if isinstance(value, str) and _DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise marshmallow.ValidationError("A-AS-OF 应为日期，形如 2026-06-30。")


class Instant(fields.Field["date | datetime"]):
    """An instant with its zone, or a day, which means that day's end in Beijing."""

    default_error_messages = _COMMON

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> date | datetime:
        if isinstance(value, str):
            try:
                if _DAY.fullmatch(value):
                    return date.fromisoformat(value)
                if _INSTANT.fullmatch(value):
                    return datetime.fromisoformat(value).astimezone(UTC)
            except (ValueError, OverflowError):
                pass
        raise marshmallow.ValidationError(
            "A-AS-OF 应为日期（2026-07-15）或带时区的时刻（2026-07-15T09:00:00+08:00）。"
        )


class Codes(fields.List[str]):
    """The codes of a batch: text, not more than ``most``; whether each is well-formed is answered one by one."""

    default_error_messages = _COMMON | {"invalid": "A-TYPE 应为数组。"}

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        size = validate.Length(1, most, error=f"A-RANGE 应有 1 至 {most} 个代码。")
        super().__init__(Text(longest=64), validate=size, **kwargs)


class Number(fields.Integer):
    """A number of ours, as JSON writes whole numbers."""

    default_error_messages = _COMMON | {"invalid": "A-TYPE 应为整数。", "too_large": "A-RANGE 编号过大。"}

    def __init__(self, **kwargs: Any) -> None:
        size = validate.Range(1, 2**53 - 1, error="A-RANGE 应为正整数。")
        super().__init__(strict=True, validate=size, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise marshmallow.ValidationError("A-TYPE 应为整数。")
        return value


class Papers(fields.Dict):
    """Papers handed in: kind -> field -> text. Which ones and which fields is for the step to say."""

    default_error_messages = _COMMON | {"invalid": "A-TYPE 应为对象。"}

    def __init__(self, **kwargs: Any) -> None:
        fields_of_one = fields.Dict(
            keys=Text(longest=64),
            values=Text(longest=20000),
            error_messages={"invalid": "A-TYPE 应为对象。", "null": "A-TYPE 不能为 null。"},
        )
        super().__init__(keys=Text(longest=64), values=fields_of_one, **kwargs)


def answered_text(description: str = "", *, none: bool = False) -> fields.String:
    """Text that an answer always has."""
    return fields.String(
        required=True, allow_none=none, metadata={"description": description} if description else {}
    )


def answered_day(*, none: bool = False) -> Day:
    """A day that an answer always has."""
    return Day(required=True, allow_none=none)
