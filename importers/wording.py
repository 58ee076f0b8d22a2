"""The words by which offices title their files and columns, as data; for drafts alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from importers.layouts import fold_title

_FILE: Final = Path(__file__).parent / "wording.yaml"
_BRACKETS: Final = re.compile(r"\([^()]*\)")
# 罚款*缴纳: what may stand between the two.
_ANYTHING: Final = ".{0,4}?"


@dataclass(frozen=True)
class Wording:
    """
    Args:
        files: a pattern of a title line → the kind or layout that it tells; foreign: those not in our own language.
        columns: bare title → columns.
        numbers: mark of a document number → kinds or layouts.
        persons: bare titles of what is a person's and of no use; person_endings: of titles over names of persons.
    """

    files: Mapping[re.Pattern[str], str]
    foreign: Mapping[re.Pattern[str], str]
    columns: Mapping[str, frozenset[str]]
    numbers: Mapping[str, frozenset[str]]
    persons: frozenset[str]
    person_endings: tuple[str, ...]

    def is_of_person(self, title: str) -> bool:
        """Whether a column by its title holds names or numbers of persons."""
        return bare(title) in self.persons or bare(title).endswith(self.person_endings)

    def told_by(self, text: str, *, foreign: bool = False) -> Mapping[str, Sequence[str]]:
        """Kind or layout → its words in a title line; of words that overlap the longest counts.

        Args:
            foreign: only those of other languages than our own.
        """
        spans = [
            (found.start(), found.end(), kind)
            for pattern, kind in (self.foreign if foreign else self.files).items()
            for found in pattern.finditer(_plain(text))
        ]
        kept: list[tuple[int, int, str]] = []
        for span in sorted(spans, key=lambda each: each[0] - each[1]):
            if not any(span[0] < end and begin < span[1] for begin, end, _ in kept):
                kept.append(span)
        told: dict[str, list[str]] = {}
        for begin, end, kind in kept:
            told.setdefault(kind, []).append(_plain(text)[begin:end])
        return told


@cache
def wording() -> Wording:
    entries = YAML(typ="safe", pure=True).load(_FILE.read_bytes())
    columns: dict[str, set[str]] = {}
    for name, languages in entries["columns"].items():
        for title in _of_all(languages):
            columns.setdefault(bare(title), set()).add(name)
    return Wording(
        files={
            _pattern(word): kind
            for kind, languages in entries["files"].items()
            for word in _of_all(languages)
        },
        foreign={
            _pattern(word): kind
            for kind, languages in entries["files"].items()
            for language, words in languages.items()
            if language != "zh"
            for word in words
        },
        columns={title: frozenset(names) for title, names in columns.items()},
        numbers={mark: frozenset(kinds) for mark, kinds in entries["numbers"].items()},
        persons=frozenset(map(bare, entries["persons"])),
        person_endings=tuple(map(bare, entries["person_endings"])),
    )


def bare(title: object) -> str:
    """A title without what is in brackets: its unit, a note."""
    folded = fold_title(title)
    return _BRACKETS.sub("", folded) or folded


def _of_all(languages: Mapping[str, Sequence[str]]) -> Iterable[str]:
    return (str(word) for words in languages.values() for word in words)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper()


def _pattern(word: str) -> re.Pattern[str]:
    parts = _ANYTHING.join(map(re.escape, _plain(word).split("*")))
    # A word of letters is a whole one: "fines" does not stand in "confines".
    return re.compile(rf"\b{parts}\b" if word.isascii() else parts)
