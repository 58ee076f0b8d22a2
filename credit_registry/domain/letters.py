"""The texts of the papers we issue: dated templates, filled from a case and from nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from string import Formatter

from credit_registry.domain.law import documents

# Every name a template may use; a case that lacks one prints a stroke, as a form on paper would.
PLACES = (
    "name",
    "uscc",
    "address",
    "authority",
    "today",
    "series",
    "reasons",
    "documents",
    "basis",
    "measures",
    "sector",
    "persons",
    "window",
    "window_until",
    "noticed_on",
    "decision_no",
    "period_until",
    "repair_from",
    "reason",
    "subject",
    "answer_until",
    "outcome",
    "grade",
    "announced_grade",
    "computed_on",
    "findings",
    "year",
    "counts",
    "receiver",
)
BLANK = "——"


@dataclass(frozen=True)
class Letter:
    """A paper as issued: its text, and which template made it."""

    template: str
    text: str


@dataclass(frozen=True)
class _Template:
    kind: str
    valid_from: date
    text: str

    @property
    def name(self) -> str:
        return f"{self.kind}@{self.valid_from.isoformat()}"


@cache
def _templates() -> dict[str, tuple[_Template, ...]]:
    found: dict[str, list[_Template]] = {}
    for entry in documents.read("letters"):
        template = _Template(**entry)
        unknown = {place for _, place, _, _ in Formatter().parse(template.text) if place} - set(PLACES)
        if unknown:
            raise ValueError(f"template {template.name} asks for {sorted(unknown)}")
        found.setdefault(template.kind, []).append(template)
    return {kind: tuple(sorted(texts, key=lambda text: text.valid_from)) for kind, texts in found.items()}


def kinds() -> frozenset[str]:
    return frozenset(_templates())


def render(kind: str, on: date, places: Mapping[str, str | None]) -> Letter:
    """The text of a paper of ``kind`` issued ``on``.

    Values are put in as they are: the text is plain, and whoever shows it as HTML escapes it as any other text.
    """
    texts = _templates()[kind]
    chosen = next((text for text in reversed(texts) if text.valid_from <= on), texts[0])
    filled = {place: places.get(place) or BLANK for place in PLACES}
    return Letter(chosen.name, chosen.text.format_map(filled))


def spelled(day: date | None) -> str | None:
    """A day as a Chinese document writes it: ``2026年11月24日``."""
    return f"{day.year}年{day.month}月{day.day}日" if day else None
