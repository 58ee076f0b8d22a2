"""JSON as it must be: UTF-8, one meaning per key, numbers that keep their value, text that any store can hold.

Python's reader takes the last of two equal keys, NaN, and a lone surrogate; each has turned into a wrong
answer or a 500 somewhere. Here every one of them is a refusal with its place.
"""

import json
import re
from typing import Any, NoReturn

from credit_registry.domain.errors import InvalidInput, TooMuch

LARGEST_BODY = 1024 * 1024
DEEPEST = 20
LONGEST_NUMBER = 19
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def read_json(body: bytes) -> Any:
    """The value of a request body.

    Raises:
        TooMuch: longer than `LARGEST_BODY` or nested deeper than `DEEPEST`.
        InvalidInput: not JSON (`A-JSON`, with the offset), or a value no field could hold.
    """
    if len(body) > LARGEST_BODY:
        raise TooMuch("请求正文过大。请分批发送。", code="A-TOO-LARGE", facts={"limit_bytes": LARGEST_BODY})
    if not body.strip():
        raise InvalidInput("请求正文为空。请发送一个 JSON 对象。", code="A-EMPTY")
    _refuse_depth(body)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        _not_json("正文不是 UTF-8 编码", error.start)
    if text.startswith("\ufeff"):
        _not_json("正文以字节顺序标记（BOM）开头", 0)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
            parse_int=_whole_number,
            parse_float=_decimal_number,
        )
    except json.JSONDecodeError as error:
        _not_json("正文不是合法的 JSON", error.pos)
    refuse_unstorable(value)
    return value


def refuse_unstorable(value: Any) -> None:
    """Refuse text that a database or a log cannot hold: NUL, lone surrogates, noncharacters."""
    if isinstance(value, str):
        _refuse_text(value)
    elif isinstance(value, list):
        for item in value:
            refuse_unstorable(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_text(key)
            refuse_unstorable(item)


def _refuse_text(text: str) -> None:
    for character in text:
        point = ord(character)
        if point == 0 or 0xD800 <= point <= 0xDFFF or point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF:
            raise InvalidInput(
                f"文本中有不能保存的字符 U+{point:04X}。请删除后重试。",
                code="A-TEXT",
                facts={"character": f"U+{point:04X}"},
            )


def _refuse_depth(body: bytes) -> None:
    depth = 0
    for found in _BRACKETS.finditer(body):
        mark = found.group()
        if mark in b"[{":
            depth += 1
            if depth > DEEPEST:
                _not_json(f"正文嵌套超过 {DEEPEST} 层", found.start())
        elif mark in b"]}":
            depth -= 1


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInput("同一个字段出现了两次。请只保留一个。", code="A-JSON", facts={"field": twice})
    return found


def _whole_number(text: str) -> int:
    if len(text.lstrip("-")) > LONGEST_NUMBER or not -(2**63) <= int(text) < 2**63:
        raise InvalidInput("整数超出可接受的范围。", code="A-RANGE", facts={"digits": len(text.lstrip("-"))})
    return int(text)


def _decimal_number(text: str) -> float:
    value = float(text) if len(text) <= 64 else float("inf")
    if value in (float("inf"), float("-inf")):
        raise InvalidInput("数值超出可接受的范围。", code="A-NUMBER")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidInput(f"{name} 不是 JSON 数值。", code="A-NUMBER", facts={"value": name})


def _not_json(what: str, offset: int) -> NoReturn:
    raise InvalidInput(f"{what}（位置 {offset}）。请改正后重试。", code="A-JSON", facts={"offset": offset})
