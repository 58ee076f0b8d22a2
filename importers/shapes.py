"""What the cells of an unknown column look like, whatever its title says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from importers.checks import uscc
from importers.checks.enumerations import FLAGS, fold
from importers.checks.money import PLAIN
from importers.checks.persons import count_personal
from importers.columns import NULLS, Column
from importers.problems import written

# A column is a kind of value when so many of its cells are: a ledger has its stray words.
_MOST: Final = 0.8
_FEW: Final = 12

# What a draft leaves to the person who finishes it.
TO_FILL: Final = "待填写"

_REPUBLIC: Final = re.compile(r"(?:民國|民国)?[0-9]{2,3}[/.年-][0-9]{1,2}[/.月-][0-9]{1,2}日?")
_DAY: Final = re.compile(
    r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?(?:[T ]?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?)?"
    r"|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"|[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日?"
)
_YEAR_LAST: Final = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.][0-9]{4}")
_ERA: Final = re.compile(r"([^\W\d_]{1,2})(?:元|[0-9]{1,2})[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?")
_WITH_LETTERS: Final = re.compile(
    r"[0-9]{1,2}(?:st|nd|rd|th)?[-. ]?[A-Za-z]{3,9}[-.,]{0,2} ?[0-9]{4}"
    r"|[A-Za-z]{3,9}\.? ?[0-9]{1,2}(?:st|nd|rd|th)?,? ?[0-9]{4}"
)
_CURRENCY: Final = re.compile(r"^(?:NT\$|HK\$|US\$|[$¥￥€£])|,")
# The year before the first of each; a draft's help, not a rule: the person who finishes the draft confirms it.
_ERAS: Final = {
    "令和": 2018,
    "R": 2018,
    "平成": 1988,
    "H": 1988,
    "昭和": 1925,
    "S": 1925,
    "民國": 1911,
    "民国": 1911,
}


@dataclass(frozen=True, slots=True)
class Shape:
    """
    Args:
        type: the narrowest type of a column that most of the cells fit; ``empty`` where there are none.
        options: keys of the column in a layout that go with it: ``republic``, ``eras``, ``order``.
        is_personal: numbers of persons stand in it.
        words: the different cells, where they are few enough for a closed list.
    """

    type: str
    options: Mapping[str, object]
    is_personal: bool
    words: tuple[str, ...]


def shape_of(cells: Sequence[object]) -> Shape:
    filled = [cell for cell in cells if cell is not None and written(cell).strip()]
    texts = [text for cell in filled if fold(text := written(cell).strip()) not in NULLS]
    if not texts:
        return Shape("empty", {}, False, ())
    distinct = tuple(dict.fromkeys(texts))
    is_personal = sum(bool(count_personal(text)) for text in texts) > len(texts) / 2
    days = [date_options(filled)] if all(isinstance(cell, date | datetime) for cell in filled) else []
    options = days[0] if days else date_options(texts)
    if options is not None:
        return Shape("date", options, False, ())
    # Whole words of a closed list come again; names and numbers do not.
    words = distinct if len(distinct) <= min(_FEW, max(2, len(texts) * 2 // 3)) else ()
    if _mostly(uscc.is_valid(uscc.normalise(text)) for text in texts):
        return Shape("uscc", {}, False, ())
    if not is_personal and _mostly(PLAIN.fullmatch(_CURRENCY.sub("", text)) for text in texts):
        whole = all("." not in text or text.endswith((".0", ".00")) for text in texts)
        return Shape("integer" if whole else "money", {}, False, ())
    if all(fold(text) in FLAGS for text in texts):
        return Shape("flag", {}, False, words)
    return Shape("text", {}, is_personal, words)


def date_options(cells: Sequence[object]) -> Mapping[str, object] | None:
    """The keys of a column of days that reads most of the cells; None where they are no days."""
    texts = [written(cell).strip() for cell in cells]
    if _mostly(isinstance(cell, date | datetime) for cell in cells) or _mostly(map(_DAY.fullmatch, texts)):
        return {}
    if _mostly(map(_REPUBLIC.fullmatch, texts)):
        return {"republic": True}
    found = [match for text in texts if (match := _ERA.fullmatch(text))]
    if len(found) >= _MOST * len(texts):
        return {"eras": {era: _ERAS.get(era, TO_FILL) for era in sorted({match.group(1) for match in found})}}
    if _mostly(map(_WITH_LETTERS.fullmatch, texts)):
        return {}
    last = [match for text in texts if (match := _YEAR_LAST.fullmatch(text))]
    if len(last) >= _MOST * len(texts):
        return {"order": "dmy" if any(int(match.group(1)) > 12 for match in last) else "mdy"}
    return None


def may_be(shape: Shape, column: Column) -> bool:
    """Whether cells of this shape can be what the column wants."""
    if shape.type == "empty":
        return True
    wanted = column.type
    if wanted == "date":
        return shape.type == "date"
    if wanted == "uscc":
        return shape.type == "uscc"
    if wanted in ("money", "integer"):
        return shape.type in ("money", "integer")
    if wanted == "flag":
        return shape.type == "flag" or all(fold(word) in FLAGS for word in shape.words or ("?",))
    if wanted in ("choice", "choices"):
        return bool(shape.words) or (shape.type == "text" and wanted == "choices")
    if wanted in ("name", "authority"):
        return shape.type == "text" and not shape.is_personal
    return shape.type not in ("date", "uscc")


def _mostly(found: Iterable[object]) -> bool:
    answers = [bool(each) for each in found]
    return bool(answers) and sum(answers) >= _MOST * len(answers)
