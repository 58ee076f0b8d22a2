"""The YAML of a draft: every column of the file once, with what it seems to be, examples, and what is left to a person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from rapidfuzz import fuzz, process

from importers.columns import Column
from importers.evidence import Candidate, Heading, Hit
from importers.formats.table import Table
from importers.layouts import UNCLEAR, Dialect, Layout, fold_title, layouts, usual
from importers.proposals import Entry, examples, is_foreign, proposed, remark_on, told_unit, unknown_entry
from importers.wording import bare, wording

_ALIKE: Final = 60
_SEPARATORS: Final = {"\t": "制表符", ";": "分号", "|": "竖线", ",": "逗号"}
_PLAIN: Final = re.compile(r"[\w./\-]+")
# What YAML would not take for a text.
_NO_TEXT: Final = re.compile(r"[-+.0-9].*|true|false|yes|no|on|off|null|~", re.I)
_OFFICE: Final = re.compile(r"(?:填[报表写]|制表|报送|上报)单位[^:：\n]{0,6}[:：]\s*([^\s,，；;]{4,40})")


@dataclass(frozen=True)
class Sheet:
    """The unknown file, opened.

    Args:
        lines: number of the header's first line, and how many lines it has.
        above: what stands above the header.
        grounds: why the file is of its kind; none where a person said so.
    """

    table: Table
    start: int
    lines: tuple[int, int]
    above: str
    headings: Sequence[Heading]
    dialect: Dialect
    grounds: Sequence[str]
    today: date


def written_draft(sheet: Sheet, known: Candidate) -> str:
    nearest = known.layout
    hits = {at: hit for at, hit in known.hits.items() if _is_taken(hit)}
    used = {hit.column.name for hit in hits.values()}
    ignored = [
        heading for heading in sheet.headings if heading.at not in hits and _is_ignored(heading, nearest)
    ]
    lines = [*_preface(sheet, nearest), f"kind: {nearest.kind}", f"record: {nearest.record}"]
    lines += ["title: 待填写  # 这种文件的名称，例如“某某局检查台账”", 'version: "1"', *_dialect(sheet)]
    fixed = {
        name: value
        for name, value in nearest.fixed.items()
        if name not in used and _may_be_said(name, nearest)
    }
    if fixed:
        lines.append(f"set: {flow(fixed)}  # 每行都相同的值，取自最接近的版式，请核对")
    derive = {name: dict(rule) for name, rule in nearest.derive.items() if rule["column"] in used}
    if derive:
        lines += ["derive:", *(f"  {name}: {flow(rule)}" for name, rule in derive.items())]
    if ignored:
        lines.append(f"ignore: {flow([heading.title for heading in ignored])}")
        lines += [f"# 不读入“{each.title}”：{_why_ignored(each)}" for each in ignored]
    lines += _one_off(sheet)
    lines.append("columns:")
    names: set[str] = set(used)
    for heading in sheet.headings:
        if heading.at in hits:
            lines += _known(hits[heading.at], sheet)
        elif heading not in ignored:
            lines += _unknown(heading, nearest, sheet, names)
    return "\n".join([*lines, *_still_wanted(nearest, {*used, *fixed, *derive}, sheet)]) + "\n"


def _may_be_said(name: str, nearest: Layout) -> bool:
    """Whether a value of a shipped layout may stand in a draft: a code may, the name of another office's list may not."""
    column = layouts(nearest.kind)[0].column(name)
    return column is None or bool(column.choices)


def _is_taken(hit: Hit) -> bool:
    """A closed list under a known title whose cells are free text is not that list."""
    closed = hit.column.type in ("choice", "choices", "flag")
    return hit.strength > 0.4 or not closed or not hit.heading.cells


def _preface(sheet: Sheet, nearest: Layout) -> list[str]:
    first, count = sheet.lines
    where = f"标题在第{first}行" if count == 1 else f"标题在第{first}至{first + count - 1}行"
    kind = layouts(nearest.kind)[0]
    told = f"，依据：{'；'.join(sheet.grounds)}。不对的，请写明类别重新起草" if sheet.grounds else ""
    table = sheet.table
    source = f"工作表“{table.sheet}”" if table.sheet else "工作簿"
    if table.is_text:
        source = f"编码{table.encoding}，以{_SEPARATORS[sheet.dialect.separator]}分隔"
    lines = [
        "# 由系统根据文件起草的版式，须由人工核对后使用：逐列核对列名、类型和必填要求；可用的键见 importers/sources/README.md。",
        f"# 类别：{nearest.kind}（{kind.title}）{told}。最接近的现有版式：{nearest.name}（{nearest.title}）。",
        f"# 文件：{source}；{where}。",
        "# 改好后用 credit-registry layout check 版式文件 数据文件 核对还缺什么、每一行读得怎样。",
    ]
    widths = [len(row) for row in table.rows[sheet.start + 1 :]]
    usual_width = max(widths, key=widths.count, default=0)
    titles = len(table.rows[sheet.start])
    if table.is_text and widths and usual_width != titles:
        lines.append(
            f"# 注意：标题有{titles}列，数据多为{usual_width}列，可能错位；多余的标题写入 phantoms。"
        )
    return lines


def _dialect(sheet: Sheet) -> list[str]:
    lines = []
    if sheet.table.is_text and sheet.dialect.encoding is not None:
        lines.append(f"encoding: {sheet.dialect.encoding}")
    if sheet.dialect.separator != ",":
        # Only double quotes make a tab of \t.
        tab = '"\\t"' if sheet.dialect.separator == "\t" else f'"{sheet.dialect.separator}"'
        lines.append(f"separator: {tab}")
    if sheet.lines[1] > 1:
        lines.append(f"header_rows: {sheet.lines[1]}")
    return lines


def _is_ignored(heading: Heading, nearest: Layout) -> bool:
    return (
        nearest.ignores(fold_title(heading.title))
        or bare(heading.title) in wording().persons
        or _is_number(heading)
    )


def _is_number(heading: Heading) -> bool:
    """Whether the column counts the lines."""
    return bare(heading.title) in _NUMBERS and heading.shape.type == "integer"


_NUMBERS: Final = frozenset({"编号", "編號", "序号", "序號", "NO", "NO.", "项次", "項次", "番号", "行号"})


def _why_ignored(heading: Heading) -> str:
    if bare(heading.title) in wording().persons:
        return f"个人信息，本类记录用不到（{examples(heading, hide=True)}）"
    return "不属于记录的内容（行号、经办人、联系方式等）"


def _known(hit: Hit, sheet: Sheet) -> list[str]:
    heading, name = hit.heading, hit.column.name
    entry = proposed(hit, above=sheet.above, today=sheet.today)
    if _collides(name, heading, sheet.headings):
        entry["aliases"] = []
    told = [
        hit.column.title if hit.strength == 1.0 else f"似为“{hit.column.title}”，请核对",
        examples(heading),
    ]
    if "unit" in entry and told_unit(heading, sheet.above) is None:
        told.append("标题没有写明单位，按数值大小推断，务必核对")
    if "unit" in entry and is_foreign(heading):
        told.append(f"像是外币：不折算的金额不写入 {name}，请改为 details.…，类型 text")
    told.append(remark_on(entry, name, heading, sheet.today))
    lines = [_line(name, entry, told)]
    if UNCLEAR in entry.get("words", {}):
        lines.append(
            f"  # 上一列 {UNCLEAR} 中的词请移到它的代码下，移完删去；未移的，所在行转人工。代码：{_codes(hit.column)}"
        )
    return lines


def _unknown(heading: Heading, nearest: Layout, sheet: Sheet, names: set[str]) -> list[str]:
    entry = unknown_entry(heading, today=sheet.today)
    stem = re.sub(r"\W+", "_", heading.title).strip("_") or f"column_{heading.at + 1}"
    name = f"details.{stem}"
    name = name if name not in names else f"{name}_{heading.at + 1}"
    names.add(name)
    is_person = heading.shape.is_personal or wording().is_of_person(heading.title)
    told = [
        f"不认识的列{_alike(heading.title, nearest)}",
        examples(heading, hide=is_person),
        remark_on(entry, name, heading, sheet.today),
    ]
    if is_person:
        told.append("像是个人信息：不需要的请移入 ignore，需要的加 personal: true")
    return [_line(name, entry, told)]


def _line(name: str, entry: Entry, told: Sequence[str]) -> str:
    return f"  {flow(name)}: {flow(entry)}  # {'；'.join(filter(None, told))}"


def _collides(name: str, heading: Heading, headings: Sequence[Heading]) -> bool:
    """Whether a usual title of the column stands over another column of this file."""
    declared = usual(name)
    if declared is None:
        return False
    aliases = {fold_title(alias) for alias in declared.aliases}
    return any(fold_title(other.title) in aliases for other in headings if other.at != heading.at)


def _codes(column: Column) -> str:
    shown: dict[object, str] = {}
    for word, code in column.choices.items():
        shown.setdefault(code, word)
    return "、".join(f"{code} {word}" for code, word in shown.items() if not str(code).startswith(UNCLEAR))


def _alike(title: str, nearest: Layout) -> str:
    titles = [column.title for layout in layouts(nearest.kind) for column in layout.columns]
    found = process.extractOne(
        fold_title(title), titles, processor=fold_title, scorer=fuzz.ratio, score_cutoff=_ALIKE
    )
    return f"，与“{found[0]}”相近" if found else ""


def _one_off(sheet: Sheet) -> list[str]:
    """Whether the first title promises a number that is not there and the last column is empty all the way down."""
    header, rows = sheet.table.rows[sheet.start], sheet.table.rows[sheet.start + 1 :][:200]
    if fold_title(header[0]) not in _NUMBERS or not rows:
        return []
    firsts = [str(row[0]).strip() for row in rows if row]
    lasts = [row[len(header) - 1] for row in rows if len(row) >= len(header)]
    if any(re.fullmatch(r"[0-9]+(?:\.0)?", first) for first in firsts) or any(lasts):
        return []
    title = str(header[0]).strip()
    return [
        f"# 注意：首列标题是“{title}”，数据却不是编号，而最后一列全空，标题可能整体错开一列；核实后启用下一行，并重新核对各列。",
        f"# phantoms: ['{title}']",
    ]


def _still_wanted(nearest: Layout, used: set[str], sheet: Sheet) -> list[str]:
    """What a record of this kind is told by and the draft has no column for, each with what may be written."""
    wanted = [column for column in wanted_of(nearest) if column.name not in used]
    if not wanted:
        return []
    lines = [
        "# 本类记录通常还须有下列各项。如上面某个“不认识的列”就是它，请把 details.… 改为它的名字；",
        "# 每行都相同的写入 set（例如 set: {state: live, domain: safety}）；文件中确实没有的不写。",
    ]
    return lines + [f"#   {column.name}（{column.title}）{_hint(column, sheet)}" for column in wanted]


def wanted_of(layout: Layout) -> list[Column]:
    """The columns without which a record of this kind is refused, held or poor."""
    shipped = next(
        (each for each in layouts(layout.kind) if each.name == layout.name), layouts(layout.kind)[0]
    )
    return [column for column in shipped.columns if column.header or column.missing in ("refuse", "hold")]


def _hint(column: Column, sheet: Sheet) -> str:
    if column.type in ("choice", "choices"):
        return f"：{_codes(column)}"
    if column.name == "list_name" and sheet.above:
        return f"：标题行写着“{sheet.above.splitlines()[0][:40]}”，是它的写入 set"
    office = _OFFICE.search(sheet.above)
    if column.type == "authority" and office:
        return f"：标题行写着“{office.group(1)}”，是它的写入 set"
    return ""


def flow(value: object) -> str:
    """A value in YAML's flow style, as a person would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(key)}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, int | date):
        return str(value)
    text = " ".join(str(value).split())
    if _PLAIN.fullmatch(text) and not _NO_TEXT.fullmatch(text):
        return text
    return "'" + text.replace("'", "''") + "'"
