"""Layouts: one YAML file for each shape of file that an office sends; a new office needs no Python."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from importers.checks import places
from importers.checks.enumerations import fold
from importers.columns import TYPES, Column
from importers.formats.text import encoding_named

_HERE: Final = Path(__file__).parent
VOCABULARY: Final = _HERE / "vocabulary.yaml"
SOURCES: Final = _HERE / "sources"

_DECORATION: Final = re.compile(
    r"[\s\u200b-\u200d\ufeff*＊※\"“”']+|\((?:必填|选填|可选|必填项|人|个|名|家|户|次)\)|\((?:格式)?[:：]?Y{4}[-/.]?MM?[-/.]?DD?\)|[:：]+$",
    re.IGNORECASE,
)
COLUMN_KEYS: Final = frozenset(field.name for field in fields(Column)) - {"name", "shown"} | {"words"}
LAYOUT_KEYS: Final = frozenset(
    {"kind", "title", "version", "record", "main", "columns", "set", "derive", "ignore", "leftovers"}
    | {"persons", "note", "phantoms", "header_row", "header_rows", "empty", "encoding", "separator"}
)
MOST_HEADER_ROWS: Final = 3
# The code of words whose meaning nobody has settled yet: a row with one waits for a person.
UNCLEAR: Final = "unclear"


class LayoutError(Exception):
    """A layout that cannot be used: raised when it is loaded, never while a file is read."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an office writes its text files, where it is not as everybody does.

    Args:
        encoding: None to find out.
        separator: between the cells of a line.
    """

    encoding: str | None = None
    separator: str = ","

    @property
    def is_plain(self) -> bool:
        return self == Dialect()


@dataclass(frozen=True, slots=True)
class Match:
    """How a header row fits a layout; ``positions`` maps a place in the row to a column.

    Args:
        dropped: places of columns that are known and left out although they may be filled.
    """

    positions: Mapping[int, Column]
    unknown: tuple[int, ...]
    missing: tuple[Column, ...]
    duplicates: tuple[str, ...]
    dropped: tuple[int, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """Names: a column may come under another unit than its layout's own."""
        return frozenset(column.name for column in self.positions.values())

    @property
    def known(self) -> int:
        return len(self.positions)


@dataclass(frozen=True, slots=True)
class Layout:
    """One shape of file.

    Args:
        kind: what a caller asks for (``penalties``); record: the word in the records' ``kind`` (``penalty``).
        main: the layout of its kind for templates and single records.
        fixed: values that every row has because the file is of this shape.
        derive: column → {column, contains: {text: value}}, used where the column itself is empty.
        ignore: folded titles that carry nothing; ``*`` stands for any characters.
        leftovers: what becomes of other columns: ``refuse`` the file, ``keep`` them as details, ``ignore`` them.
        persons: rows about natural persons: ``refuse``, ``hold`` for a person to take to the persons' register.
        phantoms: folded titles that stand in the header without a column below, so that the rest is one off.
        header_row: line of the header where the layout fixes it, 0 to look for it.
        header_rows: how many lines the header has; their titles are read as one, 检查情况/检查日期.
        empty: folded words that mean nothing in this office's files, beside the usual ones.
        dialect: of its text files.
    """

    name: str
    kind: str
    title: str
    version: str
    record: str
    columns: tuple[Column, ...]
    digest: str
    main: bool = False
    fixed: Mapping[str, object] = field(default_factory=dict)
    derive: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()
    leftovers: str = "refuse"
    persons: str = "refuse"
    note: str = ""
    phantoms: frozenset[str] = frozenset()
    header_row: int = 0
    header_rows: int = 1
    empty: frozenset[str] = frozenset()
    dialect: Dialect = Dialect()
    titles: Mapping[str, Column] = field(default_factory=dict, repr=False, compare=False)

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def titled(self, title: str) -> Column | None:
        """The column that goes by a title, in the unit that the title says."""
        return self.titles.get(fold_title(title))

    def lacking(self, titles: Iterable[str]) -> list[Column]:
        """The columns that a header must have and that none of these titles names."""
        present = {column.name for title in titles if (column := self.titled(title)) is not None}
        return [column for column in self.columns if column.header and column.name not in present]

    @property
    def personal_titles(self) -> frozenset[str]:
        """Folded titles and aliases under which this layout holds personal numbers."""
        return frozenset(
            fold_title(title)
            for column in self.columns
            if column.personal
            for title in (column.title, *column.aliases)
        )

    def ignores(self, title: str) -> bool:
        return title in self.ignore or any(
            fnmatchcase(title, pattern) for pattern in self.ignore if "*" in pattern
        )

    def header_over(self, header: Sequence[object]) -> list[object]:
        """The header's cells over the columns they name: phantoms out, the row as long as before."""
        kept = (
            [cell for cell in header if fold_title(cell) not in self.phantoms]
            if self.phantoms
            else list(header)
        )
        return kept + [None] * (len(header) - len(kept))

    def match(self, header: Sequence[object]) -> Match:
        """Which cell of a header row is which column; order does not matter.

        A layout may name what the file does not tell apart: 日期#2 for the second 日期, 第5列 for a cell without title.
        """
        positions: dict[int, Column] = {}
        unknown, duplicates, dropped = [], [], []
        found: set[str] = set()
        seen: Counter[str] = Counter()
        for place, cell in enumerate(self.header_over(header)):
            title = fold_title(cell)
            seen[title] += 1
            apart = f"{title}#{seen[title]}" if title else untitled(place)
            if apart in self.titles or apart in self.ignore:
                title = apart
            if not title:
                continue
            column = self.titles.get(title)
            if column is None and self.ignores(title):
                if title in _CLERKS:
                    dropped.append(place)
            elif column is None:
                unknown.append(place)
            elif column.name in found:
                duplicates.append(str(cell).strip())
            else:
                positions[place] = column
                found.add(column.name)
        missing = tuple(column for column in self.columns if column.header and column.name not in found)
        return Match(positions, tuple(unknown), missing, tuple(duplicates), tuple(dropped))


def fold_title(cell: object) -> str:
    """The spelling in which titles are compared: width, case, spaces, stars, quotes and a last colon folded."""
    if not isinstance(cell, str):
        return "" if cell is None else fold_title(str(cell))
    return _UNIT_WORD.sub("(", _DECORATION.sub("", unicodedata.normalize("NFKC", cell).strip()).upper())


_UNIT_WORD: Final = re.compile(r"\(单位[:：]?(?=.)")


def untitled(place: int) -> str:
    """How a layout names the column at a place (from 0) over which no title stands."""
    return f"第{place + 1}列"


def _fold_pattern(title: str) -> str:
    return "*".join(fold_title(part) for part in title.split("*"))


def layouts(kind: str | None = None) -> tuple[Layout, ...]:
    """Every layout, shipped or adopted, or those of one kind; the main one first."""
    found = [layout for layout in (*_shipped(), *_adopted) if kind is None or layout.kind == kind]
    return tuple(sorted(found, key=lambda layout: (not layout.main, layout.name)))


_adopted: list[Layout] = []


def adopt(folder: Path) -> Mapping[str, LayoutError]:
    """Take the layouts of an installation beside the shipped ones, in place of those adopted before.

    Returns:
        The files that cannot be used, each with its reason; the others are in use.
    """
    sound, broken = [], {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            sound.append(own_layout(path))
        except LayoutError as error:
            broken[path.name] = error
    _adopted[:] = sound
    return broken


def own_layout(path: Path) -> Layout:
    """The layout of an installation's file.

    Raises:
        LayoutError: it cannot be used, takes a shipped one's name, or is of no known kind.
    """
    layout = load_layout(path.read_bytes(), name=path.stem)
    known = {each.kind: each.record for each in reversed(_shipped())}
    if layout.name in {each.name for each in _shipped()}:
        raise LayoutError(f"{layout.name}: a shipped layout has this name")
    if layout.kind not in known:
        raise LayoutError(f"{layout.name}: unknown kind {layout.kind}; known are {', '.join(sorted(known))}")
    if layout.record not in {each.record for each in _shipped() if each.kind == layout.kind}:
        raise LayoutError(f"{layout.name}: records of kind {layout.kind} are {known[layout.kind]}")
    if layout.main:
        raise LayoutError(f"{layout.name}: the main layout of a kind is a shipped one")
    return layout


@cache
def _shipped() -> tuple[Layout, ...]:
    return tuple(load_layout(path.read_bytes(), name=path.stem) for path in sorted(SOURCES.glob("*.yaml")))


def load_layout(data: bytes, *, name: str) -> Layout:
    """A layout from the bytes of its file.

    Raises:
        LayoutError: an unknown key, type or column, or two columns with one title.
    """
    try:
        return _loaded(data, name)
    except (TypeError, ValueError, AttributeError) as error:
        # A word where a number is wanted, a list where a mapping: the shape of a key is wrong.
        raise LayoutError(f"{name}: {error}") from error


def _loaded(data: bytes, name: str) -> Layout:
    entries = _parsed(data, name)
    _refuse_unknown(entries, LAYOUT_KEYS, name)
    if missing := sorted({"kind", "record", "title"} - set(entries)):
        raise LayoutError(f"{name}: missing key {', '.join(missing)}")
    declared = _vocabulary()
    columns = tuple(
        _column(key, {**declared.get(key, {}), **(override or {})}, name)
        for key, override in _expanded(entries, name).items()
    )
    digest = hashlib.sha256(data + VOCABULARY.read_bytes()).hexdigest()
    layout = Layout(
        name=name,
        kind=str(entries["kind"]),
        title=str(entries["title"]),
        version=str(entries.get("version", "1")),
        record=str(entries["record"]),
        columns=columns,
        digest=digest,
        main=bool(entries.get("main", False)),
        fixed=dict(entries.get("set") or {}),
        derive=dict(entries.get("derive") or {}),
        ignore=frozenset(_fold_pattern(str(title)) for title in (*_IGNORED, *(entries.get("ignore") or ()))),
        leftovers=str(entries.get("leftovers", "refuse")),
        persons=str(entries.get("persons", "refuse")),
        note=str(entries.get("note", "")),
        phantoms=frozenset(fold_title(title) for title in entries.get("phantoms") or ()),
        header_row=int(entries.get("header_row", 0)),
        header_rows=int(entries.get("header_rows", 1)),
        empty=frozenset(fold(str(word)) for word in entries.get("empty") or ()),
        dialect=_dialect(entries, name),
        titles=_titles(columns, name),
    )
    _refuse_malformed(layout)
    return layout


def _dialect(entries: Mapping[str, Any], name: str) -> Dialect:
    word = entries.get("encoding")
    encoding = encoding_named(str(word)) if word is not None else None
    if word is not None and encoding is None:
        raise LayoutError(f"{name}: encoding {word} is not known")
    separator = str(entries.get("separator", ","))
    if len(separator) != 1 or separator in '"\r\n':
        raise LayoutError(f"{name}: separator must be one character, such as ; or | or \\t in double quotes")
    return Dialect(encoding, separator)


def _refuse_malformed(layout: Layout) -> None:
    names = {column.name for column in layout.columns}
    for column in layout.columns:
        if column.type not in TYPES:
            raise LayoutError(f"{layout.name}: {column.name} has no known type: {column.type}")
        if column.missing not in ("allow", "warn", "hold", "refuse"):
            raise LayoutError(f"{layout.name}: {column.name}: missing cannot be {column.missing}")
        if column.unknown not in ("refuse", "warn"):
            raise LayoutError(f"{layout.name}: {column.name}: unknown cannot be {column.unknown}")
        if yearless := [era for era, year in column.eras.items() if not isinstance(year, int)]:
            raise LayoutError(
                f"{layout.name}: {column.name}: eras: the year before {yearless[0]} is a number"
            )
        for pattern in (column.extract, *column.replace):
            try:
                groups = re.compile(pattern).groupindex
            except re.error as error:
                raise LayoutError(f"{layout.name}: {column.name}: {error}") from error
            if strangers := {group.replace("__", ".") for group in groups} - names:
                raise LayoutError(
                    f"{layout.name}: {column.name} extracts unknown {', '.join(sorted(strangers))}"
                )
    if not 1 <= layout.header_rows <= MOST_HEADER_ROWS:
        raise LayoutError(f"{layout.name}: header_rows is 1 to {MOST_HEADER_ROWS}")
    if layout.leftovers not in ("refuse", "keep", "ignore") or layout.persons not in ("refuse", "hold"):
        raise LayoutError(f"{layout.name}: leftovers or persons has an unknown word")


# Columns that spreadsheets and exports add and that say nothing at all.
_NUMBERING: Final = (
    "序号",
    "编号",
    "行号",
    "NO",
    "NO.",
    "数据导出时间",
    "导出时间",
    "问题说明",
    "处理结果",
    "原行号",
)
# Who filled in, checked or can be called: no part of a record, and mostly personal.
_CLERKS: Final = (
    "联系人", "联系人姓名", "联系电话", "联系方式", "电话", "更多电话", "手机", "手机号", "手机号码", "邮箱", "电子邮箱", "传真",
    "执法人员", "检查人", "检查人员", "复查人", "复查人员", "验收人", "验收人员", "经办人", "承办人", "整改责任人", "站长",
    "填报人", "填表人", "制表人", "录入人", "审核人", "填报日期", "填报时间", "录入日期", "录入时间", "创建时间", "更新时间", "操作",
    "法定代表人", "法定代表人姓名", "负责人", "主要负责人", "安全负责人",
)  # fmt: skip
_IGNORED: Final = (*_NUMBERING, *_CLERKS)


def _expanded(entries: Mapping[str, Any], name: str) -> Mapping[str, Mapping[str, Any] | None]:
    columns = entries.get("columns")
    if not isinstance(columns, dict) or not columns:
        raise LayoutError(f"{name}: columns must be a mapping of column names")
    return columns


def _column(key: str, entry: Mapping[str, Any], layout: str) -> Column:
    if "title" not in entry:
        raise LayoutError(f"{layout}: column {key} is not in the vocabulary and has no title")
    _refuse_unknown(entry, COLUMN_KEYS, f"{layout}: {key}")
    values = dict(entry)
    words = values.pop("choices", None) or {}
    if key == "subdistrict_code":
        words = places.spellings()
    own = values.pop("words", None) or {}
    if strange := sorted(str(code) for code in own if code not in words and code != UNCLEAR):
        raise LayoutError(f"{layout}: {key}: words for unknown {', '.join(strange)}")
    if own:
        # A word that the office means otherwise is taken from the code that has it usually.
        sorted_anew = {fold(str(word)) for said in own.values() for word in said}
        kept = {
            code: [word for word in said if fold(str(word)) not in sorted_anew]
            for code, said in words.items()
        }
        words = {**kept, **{code: [*kept.get(code, ()), *map(str, said)] for code, said in own.items()}}
    aliases = tuple(str(alias) for alias in values.pop("aliases", ()))
    return Column(name=key, aliases=aliases, choices=_choices(words), shown=_shown(words), **values)


def _choices(words: Mapping[str | bool, Sequence[str]]) -> Mapping[str, str | bool]:
    # A code is a spelling of itself: the API and the web form send codes.
    return {fold(str(word)): code for code, spellings in words.items() for word in (*spellings, code)}


def _shown(words: Mapping[str | bool, Sequence[str]]) -> tuple[str, ...]:
    return tuple(
        str(spellings[0])
        for code, spellings in words.items()
        if spellings and not str(code).startswith("unclear")
    )


def _titles(columns: Iterable[Column], name: str) -> Mapping[str, Column]:
    found: dict[str, Column] = {}
    for column in columns:
        for title in dict.fromkeys(fold_title(word) for word in (column.title, *column.aliases)):
            if title in found:
                raise LayoutError(f"{name}: {title} names both {found[title].name} and {column.name}")
            found[title] = column
    for column in columns:
        for title, same in _variants(column):
            found.setdefault(title, same)
    return found


def _variants(column: Column) -> Iterator[tuple[str, Column]]:
    """Folded titles that nobody needs to write down: a day by 时间, an amount under the other unit."""
    for title in map(fold_title, (column.title, *column.aliases)):
        if column.type == "date":
            yield title.replace("日期", "时间"), column
        elif column.type == "money":
            own, other, unit = _UNITS[column.unit]
            if title.endswith(own):
                said = title.removesuffix(own) + other
                yield said, replace(column, title=said.replace("(", "（").replace(")", "）"), unit=unit)


_UNITS: Final = {"yuan": ("(元)", "(万元)", "wan_yuan"), "wan_yuan": ("(万元)", "(元)", "yuan")}


def column_of(name: str, entry: Mapping[str, Any]) -> Column:
    """The column of a layout that says this of it, beside what the vocabulary declares.

    Raises:
        LayoutError: an unknown key, or no title anywhere.
    """
    return _column(name, {**_vocabulary().get(name, {}), **entry}, "draft")


def usual(name: str) -> Column | None:
    """A column as the vocabulary declares it, before a layout says what differs; None for ``details.…``."""
    return column_of(name, {}) if name in _vocabulary() else None


@cache
def _vocabulary() -> Mapping[str, Mapping[str, Any]]:
    return dict(_parsed(VOCABULARY.read_bytes(), "vocabulary")["columns"])


def _parsed(data: bytes, name: str) -> Mapping[str, Any]:
    try:
        entries = YAML(typ="safe", pure=True).load(data.decode("utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise LayoutError(f"{name}: {error}") from error
    if not isinstance(entries, dict):
        raise LayoutError(f"{name}: a mapping is expected")
    return entries


def _refuse_unknown(entries: Iterable[str], known: frozenset[str], place: str) -> None:
    if unknown := sorted(set(entries) - known):
        raise LayoutError(f"{place}: unknown key {', '.join(unknown)}")
