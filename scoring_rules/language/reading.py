"""YAML text to nodes that remember their line. Everything clever in YAML is refused here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as YamlNode

from scoring_rules.language.problems import Malformed

_PLAIN_TAGS = frozenset({"str", "int", "float", "bool", "null", "timestamp", "map", "seq"})


@dataclass(frozen=True)
class Place:
    file: str
    line: int


@dataclass(frozen=True)
class Scalar:
    """One value as written. ``form`` is what plain YAML would take it for; quoted text is ``str``."""

    text: str
    form: str
    place: Place


@dataclass(frozen=True)
class Sequence:
    parts: tuple[Node, ...]
    place: Place


@dataclass(frozen=True)
class Mapping:
    entries: dict[str, Node]
    key_places: dict[str, Place]
    place: Place


Node = Scalar | Sequence | Mapping


@dataclass
class Reader:
    """Collects problems while a folder is read, so that one run names them all."""

    problems: list[Malformed] = field(default_factory=list)

    def refuse(self, place: Place, message: str, suggestion: str = "") -> None:
        problem = Malformed(place.file, place.line, message, suggestion)
        if problem not in self.problems:
            self.problems.append(problem)

    def parse(self, path: Path, name: str) -> Node | None:
        """The root node of a file, or None when the file cannot be read at all."""
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.refuse(Place(name, 0), f"文件不是 UTF-8 编码（第 {error.start} 字节）", "请另存为 UTF-8")
            return None
        try:
            root = YAML(typ="safe", pure=True).compose(text)
        except YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark is not None else 0
            reason = getattr(error, "problem", None) or str(error).splitlines()[0]
            self.refuse(Place(name, line), f"YAML 语法错误：{reason}", "请检查缩进、冒号和引号")
            return None
        if root is None:
            self.refuse(Place(name, 0), "文件是空的", "请写入内容或删除该文件")
            return None
        return self._node(root, name, text)

    def _node(self, yaml: YamlNode, name: str, text: str) -> Node:
        place = Place(name, yaml.start_mark.line + 1)
        if yaml.anchor:
            self.refuse(place, "规则文件不得使用锚点和别名（& 与 *）", "请把内容写全，或用 terms 命名条件")
        tag = str(yaml.tag).rpartition(":")[2]
        # "!!str x" resolves to a plain tag: only the text tells that it was written.
        if tag not in _PLAIN_TAGS or text[yaml.start_mark.index : yaml.start_mark.index + 1] == "!":
            self.refuse(place, f"规则文件不得使用标签 {yaml.tag}", "请删除标签")
        if isinstance(yaml, ScalarNode):
            quoted = yaml.style in ('"', "'", "|", ">")
            return Scalar(str(yaml.value), "str" if quoted else tag, place)
        if isinstance(yaml, SequenceNode):
            return Sequence(tuple(self._node(part, name, text) for part in yaml.value), place)
        if isinstance(yaml, MappingNode):
            return self._mapping(yaml, name, place, text)
        raise TypeError(type(yaml).__name__)

    def _mapping(self, yaml: MappingNode, name: str, place: Place, text: str) -> Mapping:
        entries: dict[str, Node] = {}
        places: dict[str, Place] = {}
        for key, value in yaml.value:
            at = Place(name, key.start_mark.line + 1)
            if not isinstance(key, ScalarNode):
                self.refuse(at, "键必须是文字", "写成“键: 值”")
                continue
            if key.value in entries:
                self.refuse(at, f"键 {key.value} 重复", f"第 {places[key.value].line} 行已经写过")
                continue
            entries[key.value] = self._node(value, name, text)
            places[key.value] = at
        return Mapping(entries, places, place)


def scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    else:
        for part in node.parts if isinstance(node, Sequence) else node.entries.values():
            yield from scalars(part)
