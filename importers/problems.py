"""Problems: data about a cell, a row or a whole file that somebody sent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final, Literal

Disposition = Literal["refuse_file", "refuse_row", "hold", "duplicate", "normalised", "warning"]

VALUE_LENGTH: Final = 64

# Eighteen or fifteen digits in a row, a mobile number, a bank card: whatever stands in a problem is shown in lists,
# workbooks and answers of the API, so it is masked before it is known whether it is really personal.
_PERSONAL = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9}|\d{16,19})(?![0-9A-Za-z])")


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
        where += f"“{column}”"
    return Problem(
        sheet=sheet,
        row=row,
        column=column,
        code=finding.code,
        disposition=finding.disposition,
        value=masked(value, hide=personal or finding.personal),
        message=where + finding.says,
        hint=finding.hint,
    )


def masked(value: object, *, hide: bool = False) -> str | None:
    """The value as a problem may show it: personal numbers starred, at most 64 characters, no line breaks."""
    if value is None:
        return None
    text = value if isinstance(value, str) else written(value)
    if hide:
        return _starred(text)[:VALUE_LENGTH]
    text = _PERSONAL.sub(lambda found: _starred(found.group()), text)
    text = "".join(char if char.isprintable() else " " for char in text)
    return text if len(text) <= VALUE_LENGTH else text[: VALUE_LENGTH - 1] + "…"


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
