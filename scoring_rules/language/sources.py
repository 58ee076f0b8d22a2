"""Where a rule comes from: a law, a notice, or the district's own choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from scoring_rules.language.grammar import TEXT, Day, Flag, Made, OneOrMore, Shape, may, need
from scoring_rules.language.reading import Place


@dataclass(frozen=True)
class SourceShape:
    title: str
    dated: date | None
    issuer: str
    note: str
    is_choice: bool


@dataclass(frozen=True)
class SourceRef:
    key: str
    article: str
    place: Place


def _source_ref(text: str, place: Place) -> SourceRef:
    key, _, article = text.partition(" ")
    return SourceRef(key, article.strip(), place)


SOURCES = OneOrMore(Made(TEXT, _source_ref))
SOURCE = Shape(
    "source",
    SourceShape,
    {
        "title": need(TEXT),
        "dated": may(Day()),
        "issuer": may(TEXT, ""),
        "note": may(TEXT, ""),
        "is_choice": may(Flag(), False, "本区自定，不是法律规定"),
    },
    placed=False,
)
REFERENCED = {"source": may(SOURCES, ()), "note": may(TEXT, "")}
