"""What a draft says of one column: the keys of its layout, and how the sample fares with them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from importers.checks.enumerations import fold
from importers.columns import NULLS, Column
from importers.evidence import Heading, Hit
from importers.layouts import UNCLEAR, column_of, usual
from importers.problems import masked, place, written
from importers.shapes import TO_FILL
from importers.sieve import parse_column

Entry = dict[str, Any]

# A bare number above this is no sum in 万元 of a district's penalty, insurance or loss.
_SURELY_YUAN: Final = 1_000
_WAN: Final = re.compile(r"万\s*元|萬\s*元")
_YUAN: Final = re.compile(r"元|￥|¥")
_AMOUNT: Final = re.compile(r"元|金额|金額|款|费|費|额$|額$")
_FOREIGN: Final = re.compile(r"\$|円|臺幣|台幣|台币|港元|港幣|美元|欧元|日元|€|£")


def proposed(hit: Hit, *, above: str, today: date) -> Entry:
    """The keys of a column that a layout knows: what the shipped layout says differently, and what this file needs."""
    column, heading = hit.column, hit.heading
    entry: Entry = {"title": heading.title}
    declared = usual(column.name)
    if declared is None:
        declared = Column(name=column.name, title="")
        entry["type"] = column.type
        entry |= {"personal": True} if column.personal else {}
        entry |= {"limit": column.limit} if column.limit != declared.limit else {}
    for key in ("type", "missing", "missing_code", "unknown", "nulls"):
        if getattr(column, key) != getattr(declared, key):
            entry[key] = getattr(column, key)
    if column.header:
        entry["header"] = True
    if column.type == "money":
        entry["unit"] = unit_of(heading, above)
    entry |= heading.shape.options if column.type == "date" else {}
    entry |= _room(heading, column)
    if column.type in ("choice", "choices"):
        entry |= _words(heading, column, declared)
    if column.type != "date" or column.future:
        return entry
    return _with_future(entry, heading, today)


def unknown_entry(heading: Heading, *, today: date) -> Entry:
    """The keys of a column that nobody knows: the narrowest type that its cells fit."""
    shape = heading.shape
    entry: Entry = {"title": heading.title}
    if shape.type in ("empty", "text"):
        longest = max((len(written(cell)) for cell in heading.cells), default=0)
        entry |= {"type": "text", "limit": max(100, 2 * longest)}
        return entry | ({"line_breaks": True} if any("\n" in written(cell) for cell in heading.cells) else {})
    if shape.type == "money" or (shape.type == "integer" and _AMOUNT.search(heading.title)):
        # An amount that no rule reads is kept as it is written, under the title that tells its unit.
        return entry | {"type": "text", "limit": 100}
    entry |= {"type": shape.type, **shape.options}
    return _with_future(entry, heading, today) if shape.type == "date" else entry


def unit_of(heading: Heading, above: str) -> str:
    """The unit of an amount: of its title, else of the lines above, else by its size."""
    told = told_unit(heading, above)
    if told is not None:
        return told
    numbers = [
        float(text)
        for cell in heading.cells
        if re.fullmatch(r"[0-9.]+", text := written(cell).replace(",", ""))
    ]
    return "yuan" if any(number >= _SURELY_YUAN for number in numbers) else "wan_yuan"


def told_unit(heading: Heading, above: str) -> str | None:
    """The unit that the title of an amount says, else the lines above; None where nobody says it."""
    for text in (heading.title, *re.findall(r"单位[:：].*|單位[:：].*", above)):
        if _WAN.search(text):
            return "wan_yuan"
        if _YUAN.search(text):
            return "yuan"
    return None


def is_foreign(heading: Heading) -> bool:
    """Whether the title names a currency that nobody converts."""
    return _FOREIGN.search(heading.title) is not None


def remark_on(entry: Mapping[str, Any], name: str, heading: Heading, today: date) -> str:
    """How the sample fares with these keys: how many cells would not be taken, and the first of the reasons."""
    if TO_FILL in str(entry):
        return ""
    column = column_of(name, entry)
    _, findings = parse_column(list(heading.cells), column, today=today)
    bad = [
        (index, finding)
        for index, said in findings.items()
        for finding in said
        if finding.disposition in ("refuse_row", "hold")
    ]
    if not bad:
        return ""
    index, finding = bad[0]
    problem = place(
        finding, sheet=None, row=None, column=None, value=heading.cells[index], personal=column.personal
    )
    codes = "、".join(Counter(each.code for _, each in bad))
    return f"样本{len(heading.cells)}格中有{len({at for at, _ in bad})}格要处理（{codes}），例：{problem.value}：{problem.message}"


def _words(heading: Heading, column: Column, declared: Column) -> Entry:
    """Words of the file that the vocabulary has not: those that the shipped layout knows, and the others as unclear."""
    if not declared.choices:
        # The vocabulary has no such list; the whole of the shipped layout's goes into the draft.
        codes = dict.fromkeys(column.choices.values())
        return {
            "choices": {code: [word for word, its in column.choices.items() if its == code] for code in codes}
        }
    own: dict[str, list[str]] = {}
    for word in heading.shape.words:
        folded = fold(word)
        usual_code, code = (
            str(declared.choices.get(folded, UNCLEAR)),
            str(column.choices.get(folded, UNCLEAR)),
        )
        if (column.nulls and folded in NULLS) or (code == usual_code and not code.startswith(UNCLEAR)):
            continue
        own.setdefault(UNCLEAR if code.startswith(UNCLEAR) else code, []).append(word)
    return {"words": own} if own else {}


def _room(heading: Heading, column: Column) -> Entry:
    texts = [written(cell) for cell in heading.cells]
    longest = max(map(len, texts), default=0)
    room: Entry = {"limit": 2 * longest} if longest > column.limit else {}
    needs_breaks = not column.line_breaks and column.type == "text" and any("\n" in text for text in texts)
    return room | ({"line_breaks": True} if needs_breaks else {})


def _with_future(entry: Entry, heading: Heading, today: date) -> Entry:
    """With ``future`` where most days lie ahead: a due day, an end."""
    if TO_FILL in str(entry):
        return entry
    ahead = {**entry, "type": "date", "future": True}
    values, _ = parse_column(list(heading.cells), column_of("details.day", ahead), today=today)
    later = sum(isinstance(value, date) and value > today + timedelta(days=1) for value in values)
    return {**entry, "future": True} if 2 * later > len(values) else entry


def examples(heading: Heading, *, hide: bool = False) -> str:
    """Cells that a reader of the draft may see: a draft is read by more people than the file."""
    if not heading.cells:
        return "样本中全为空"
    if hide or heading.shape.is_personal:
        return f"例：{masked(heading.cells[0], hide=True)}"
    shown = heading.shape.words or (heading.cells[0],)
    texts = [
        "".join(char if char.isprintable() else " " for char in (masked(cell) or "")[:20]) for cell in shown
    ]
    return ("取值：" if heading.shape.words else "例：") + "、".join(texts)
