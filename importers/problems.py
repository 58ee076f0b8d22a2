"""Problems: data about a cell, a row or a whole file that somebody sent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final, Literal

from importers.checks.persons import is_personal

Disposition = Literal["refuse_file", "refuse_row", "hold", "duplicate", "normalised", "warning"]

VALUE_LENGTH: Final = 64

# Mobile numbers, fifteen to nineteen digits, in groups or not, and what follows 住址: whatever stands in a problem is
# shown in lists, workbooks and answers of the API, so it is masked before it is known whether it is really personal.
_GAP: Final = r"[ \u3000\u00a0\-－]?"
_PERSONAL: Final = re.compile(
    rf"(?<![0-9A-Za-z])(?:\d(?:{_GAP}\d){{13,17}}{_GAP}[\dXxＸｘ]|[1１][3-9３-９](?:{_GAP}\d){{9}})(?![0-9A-Za-z])"
    r"|(?<=住址|户籍|现住|家住)[:：为在地址]*[\u4e00-\u9fff0-9A-Za-z\-－#]{6,}"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says of one value, before anybody knows where the value stands.

    Args:
        says: Chinese, the end of the sentence that begins with the place: 「第12行“金额”」+ says.
    """

    code: str
    disposition: Disposition
    says: str
    hint: str
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem with its place; ``row`` is the line as the sender sees it, None for the whole file."""

    sheet: str | None
    row: int | None
    column: str | None
    code: str
    disposition: Disposition
    value: str | None
    message: str
    hint: str

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def place(
    finding: Finding,
    *,
    sheet: str | None,
    row: int | None,
    column: str | None,
    value: object,
    personal: bool = False,
) -> Problem:
    """The finding at its place, its value masked and cut."""
    where = f"第{row}行" if row is not None else ""
    if column is not None:
        where += f"“{masked(column)}”"
    return Problem(
        sheet=sheet,
        row=row,
        column=None if column is None else masked(column),
        code=finding.code,
        disposition=finding.disposition,
        value=masked(value, hide=personal or finding.personal),
        message=where + _without_persons(finding.says),
        hint=_without_persons(finding.hint),
    )


def masked(value: object, *, hide: bool = False) -> str | None:
    """The value as a problem may show it: personal numbers starred, at most 64 characters, no line breaks."""
    if value is None:
        return None
    text = value if isinstance(value, str) else written(value)
    if hide:
        return _starred(text)[:VALUE_LENGTH]
    # Enough to see every number that begins in what is shown: a cell may have a million characters.
    is_cut = len(text) > VALUE_LENGTH
    text = _PERSONAL.sub(lambda found: _starred(found.group()), text[: 4 * VALUE_LENGTH])
    text = "".join(char if char.isprintable() else " " for char in text)
    return text[: VALUE_LENGTH - 1] + "…" if is_cut else text


def _without_persons(sentence: str) -> str:
    """A sentence may propose a code or a number of a document, but repeats no number of a person."""
    return _PERSONAL.sub(
        lambda found: _starred(found.group()) if is_personal(found.group()) else found.group(), sentence
    )


def quoted(text: str, length: int = 20) -> str:
    """The beginning of a cell as a sentence may repeat it."""
    return (masked(text) or "")[:length]


def written(value: object) -> str:
    """A cell as its sender sees it: 5.0 in a number cell is written 5, a midnight is a day."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = str(value)
    return text.removesuffix(" 00:00:00")


def refuses_file(problems: Iterable[Problem]) -> bool:
    return any(problem.disposition == "refuse_file" for problem in problems)


def _starred(text: str) -> str:
    keep = 3 if len(text) >= 8 else 1
    return text[:keep] + "*" * max(len(text) - keep - 2, 1) + (text[-2:] if len(text) >= 8 else "")
