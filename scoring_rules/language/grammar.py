"""Types of values in a rule file. One declaration reads a node, refuses it with its line, and describes itself
as JSON Schema, so that the loader and an editor cannot disagree."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

from scoring_rules.language.problems import nearest
from scoring_rules.language.reading import Mapping, Node, Place, Reader, Scalar, Sequence

Schema = dict[str, Any]
NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,9}|/[1-9]\d{0,8})?")
# Letters are listed rather than \w: the same pattern goes to editors, whose \w is ASCII alone. So grades and codes are
# those of the published text, 绿 or Ⅲ级 or ★★★ as well as A-.
_LETTER = (
    "A-Za-z0-9_\\u00c0-\\u1fff\\u2160-\\u2188\\u2605\\u2606\\u3040-\\u30ff\\u3400-\\u9fff\\uac00-\\ud7a3"
)
LONGEST_GRADE = 32


class Type(Protocol):
    def read(self, node: Node, reader: Reader) -> Any:
        """The value, or None after ``reader.refuse``."""

    def schema(self, named: dict[str, Schema]) -> Schema: ...


def shown(node: Node) -> str:
    if isinstance(node, Scalar):
        return f"“{node.text}”"
    return "列表" if isinstance(node, Sequence) else "映射"


@dataclass(frozen=True)
class Text:
    pattern: re.Pattern[str] | None = None
    what: str = "文字"
    form: str = ""

    def read(self, node: Node, reader: Reader) -> str | None:
        if not isinstance(node, Scalar) or node.form == "null":
            reader.refuse(node.place, f"此处应为{self.what}，却是{shown(node)}", "写成一段文字")
            return None
        if not node.text.strip():
            reader.refuse(node.place, f"{self.what}不得为空", "请填写，或删除这个键")
            return None
        if self.pattern is not None and not self.pattern.fullmatch(node.text):
            reader.refuse(
                node.place,
                f"{shown(node)}不是合格的{self.what}",
                self.form,
            )
            return None
        return node.text

    def schema(self, named: dict[str, Schema]) -> Schema:
        plain: Schema = {"type": "string", "minLength": 1}
        return plain if self.pattern is None else plain | {"pattern": f"^(?:{self.pattern.pattern})$"}


def _name(what: str, longest: int) -> Text:
    return Text(
        re.compile(f"[{_LETTER}][{_LETTER}.+-]{{0,{longest - 1}}}"),
        what,
        f"只用汉字、字母、数字、点、加号、横线和下划线，至多 {longest} 个字符",
    )


NAME = _name("名称", 64)
# Registers and papers have room for a grade, not for a sentence.
GRADE_NAME = _name("等级名称", LONGEST_GRADE)
TEXT = Text()


@dataclass(frozen=True)
class Choice:
    options: tuple[str, ...]

    def read(self, node: Node, reader: Reader) -> str | None:
        if isinstance(node, Scalar) and node.text in self.options:
            return node.text
        hint = nearest(node.text, self.options) if isinstance(node, Scalar) else "、".join(self.options)
        reader.refuse(node.place, f"{shown(node)}不在允许的取值之内", hint)
        return None

    def schema(self, named: dict[str, Schema]) -> Schema:
        return {"enum": list(self.options)}


@dataclass(frozen=True)
class Flag:
    def read(self, node: Node, reader: Reader) -> bool | None:
        if isinstance(node, Scalar) and node.form == "bool" and node.text.lower() in ("true", "false"):
            return node.text.lower() == "true"
        reader.refuse(
            node.place, f"此处应为 true 或 false，却是{shown(node)}", "写成 true 或 false，不加引号"
        )
        return None

    def schema(self, named: dict[str, Schema]) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Whole:
    least: int = 0

    def read(self, node: Node, reader: Reader) -> int | None:
        if isinstance(node, Scalar) and re.fullmatch(r"\d{1,9}", node.text) and int(node.text) >= self.least:
            return int(node.text)
        reader.refuse(node.place, f"此处应为不小于 {self.least} 的整数，却是{shown(node)}", "写成整数，如 12")
        return None

    def schema(self, named: dict[str, Schema]) -> Schema:
        return {"type": "integer", "minimum": self.least}


@dataclass(frozen=True)
class Number:
    """An integer, a quoted decimal or a quoted fraction such as "1/3". A bare 0.1 is a float in YAML: refused."""

    def read(self, node: Node, reader: Reader) -> Fraction | None:
        if not isinstance(node, Scalar):
            reader.refuse(node.place, f"此处应为数字，却是{shown(node)}", '写成整数或加引号的小数，如 "0.5"')
            return None
        if node.form == "float":
            reader.refuse(node.place, f"小数 {node.text} 未加引号，会失去精度", f'请写成 "{node.text}"')
            return None
        if node.form not in ("int", "str") or not NUMBER.fullmatch(node.text):
            reader.refuse(node.place, f"{shown(node)}不是数字", '整数、加引号的小数（"0.5"）或分数（"1/3"）')
            return None
        if node.form == "int" and re.match(r"[+-]?0\d", node.text):
            reader.refuse(node.place, f"{shown(node)}以 0 开头，读法不一", f"请写成 {int(node.text)}")
            return None
        return Fraction(node.text)

    def schema(self, named: dict[str, Schema]) -> Schema:
        return {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": f"^(?:{NUMBER.pattern})$"}]}


@dataclass(frozen=True)
class Day:
    def read(self, node: Node, reader: Reader) -> date | None:
        if isinstance(node, Scalar) and re.fullmatch(r"\d{4}-\d\d-\d\d", node.text):
            try:
                return date.fromisoformat(node.text)
            except ValueError:
                pass
        reader.refuse(node.place, f"{shown(node)}不是日期", "写成 2026-04-01")
        return None

    def schema(self, named: dict[str, Schema]) -> Schema:
        return {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}


@dataclass(frozen=True)
class ListOf:
    part: Type
    least: int = 0
    unique: str = ""

    def read(self, node: Node, reader: Reader) -> tuple[Any, ...] | None:
        if not isinstance(node, Sequence):
            reader.refuse(node.place, f"此处应为列表，却是{shown(node)}", "写成 [甲, 乙] 或每行一个 “- ”")
            return None
        if len(node.parts) < self.least:
            reader.refuse(node.place, f"列表至少要有 {self.least} 项", "请补上，或删除这个键")
        found = tuple(self.part.read(part, reader) for part in node.parts)
        if self.unique:
            self._repeated(node, found, reader)
        return found

    def _repeated(self, node: Sequence, found: tuple[Any, ...], reader: Reader) -> None:
        seen: dict[Any, Place] = {}
        for part, value in zip(node.parts, found, strict=True):
            key = getattr(value, self.unique, None)
            if key is not None and key in seen:
                reader.refuse(part.place, f"{self.unique} {key} 重复", f"第 {seen[key].line} 行已经有了")
            seen.setdefault(key, part.place)

    def schema(self, named: dict[str, Schema]) -> Schema:
        return {"type": "array", "items": self.part.schema(named), "minItems": self.least}


@dataclass(frozen=True)
class OneOrMore:
    """A single value or a list of them; always read as a tuple."""

    part: Type

    def read(self, node: Node, reader: Reader) -> tuple[Any, ...] | None:
        if isinstance(node, Sequence):
            return ListOf(self.part, least=1).read(node, reader)
        return (self.part.read(node, reader),)

    def schema(self, named: dict[str, Schema]) -> Schema:
        return {"anyOf": [self.part.schema(named), ListOf(self.part, least=1).schema(named)]}


@dataclass(frozen=True)
class MapOf:
    part: Type
    key: Text = TEXT

    def read(self, node: Node, reader: Reader) -> dict[str, Any] | None:
        if not isinstance(node, Mapping):
            reader.refuse(
                node.place, f"此处应为“键: 值”，却是{shown(node)}", "写成 {甲: 1, 乙: 2} 或每行一个“键: 值”"
            )
            return None
        for name, place in node.key_places.items():
            if self.key.pattern is not None and not self.key.pattern.fullmatch(name):
                reader.refuse(
                    place,
                    f"“{name}”不是合格的{self.key.what}",
                    "只用汉字、字母、数字、点、加号、横线和下划线",
                )
        return {name: self.part.read(value, reader) for name, value in node.entries.items()}

    def schema(self, named: dict[str, Schema]) -> Schema:
        return {"type": "object", "additionalProperties": self.part.schema(named)}


@dataclass(frozen=True)
class Field:
    type: Type
    required: bool = False
    default: Any = None
    meaning: str = ""


def need(type_: Type, meaning: str = "") -> Field:
    return Field(type_, required=True, meaning=meaning)


def may(type_: Type, default: Any = None, meaning: str = "") -> Field:
    return Field(type_, default=default, meaning=meaning)


@dataclass(frozen=True)
class Shape:
    """A mapping with known keys, built into ``make(**fields)``; ``place`` is passed when ``placed``."""

    name: str
    make: Callable[..., Any]
    fields: Dict[str, Field]
    placed: bool = True

    def read(self, node: Node, reader: Reader) -> Any:
        if not isinstance(node, Mapping):
            reader.refuse(
                node.place,
                f"此处应为 {self.name}（“键: 值”），却是{shown(node)}",
                "键：" + "、".join(self.fields),
            )
            return None
        for key in node.entries.keys() - self.fields.keys():
            reader.refuse(node.key_places[key], f"{self.name} 没有键 {key}", nearest(key, self.fields))
        values: dict[str, Any] = {}
        for key, field in self.fields.items():
            if key in node.entries:
                values[_python(key)] = field.type.read(node.entries[key], reader)
            else:
                if field.required:
                    reader.refuse(node.place, f"{self.name} 缺少 {key}", field.meaning or f"请补上“{key}: …”")
                values[_python(key)] = field.default
        return self.make(**values, place=node.place) if self.placed else self.make(**values)

    def schema(self, named: dict[str, Schema]) -> Schema:
        if self.name not in named:
            named[self.name] = {}
            properties: Schema = {}
            for key, field in self.fields.items():
                properties[key] = field.type.schema(named)
                if field.meaning:
                    properties[key] = {"allOf": [properties[key]], "description": field.meaning}
            named[self.name] = {
                "type": "object",
                "additionalProperties": False,
                "properties": properties,
                "required": [key for key, field in self.fields.items() if field.required],
            }
        return {"$ref": f"#/$defs/{self.name}"}


def _python(key: str) -> str:
    return key + "_" if key in ("from", "is", "not", "if") else key


@dataclass(frozen=True)
class Later:
    """A type that is declared further down, for shapes that contain themselves."""

    name: str
    find: Callable[[], Type]

    def read(self, node: Node, reader: Reader) -> Any:
        return self.find().read(node, reader)

    def schema(self, named: dict[str, Schema]) -> Schema:
        if self.name not in named:
            named[self.name] = {}
            named[self.name] = self.find().schema(named)
        return {"$ref": f"#/$defs/{self.name}"}


@dataclass(frozen=True)
class Tagged:
    """A mapping with exactly one key of ``tags``, or what ``otherwise`` reads from a scalar."""

    name: str
    tags: Dict[str, Type]
    otherwise: Type | None = None

    def read(self, node: Node, reader: Reader) -> Any:
        if self.otherwise is not None and not isinstance(node, Mapping):
            return self.otherwise.read(node, reader)
        if not isinstance(node, Mapping) or len(node.entries) != 1:
            reader.refuse(node.place, f"{self.name} 须恰有一个键", "可用：" + "、".join(self.tags))
            return None
        ((tag, inner),) = node.entries.items()
        if tag not in self.tags:
            reader.refuse(node.key_places[tag], f"{self.name} 没有 {tag}", nearest(tag, self.tags))
            return None
        return self.tags[tag].read(inner, reader)

    def schema(self, named: dict[str, Schema]) -> Schema:
        options: list[Schema] = [
            {
                "type": "object",
                "additionalProperties": False,
                "required": [tag],
                "properties": {tag: t.schema(named)},
            }
            for tag, t in self.tags.items()
        ]
        if self.otherwise is not None:
            options.insert(0, self.otherwise.schema(named))
        return {"anyOf": options}


@dataclass(frozen=True)
class Made:
    """Reads as ``type``, then wraps the value: ``make(value, place)``."""

    type: Type
    make: Callable[[Any, Place], Any]

    def read(self, node: Node, reader: Reader) -> Any:
        value = self.type.read(node, reader)
        return None if value is None else self.make(value, node.place)

    def schema(self, named: dict[str, Schema]) -> Schema:
        return self.type.schema(named)
