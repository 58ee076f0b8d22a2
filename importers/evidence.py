"""What speaks for each kind of file: titles, column titles, the shapes of values; weighed, with the grounds.

Nothing is decided here. A title that stands in one kind tells much, one that stands in all tells nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from rapidfuzz import fuzz

from importers.checks.enumerations import FLAGS, fold
from importers.columns import Column
from importers.layouts import Layout, fold_title, layouts
from importers.problems import written
from importers.shapes import Shape, may_be
from importers.wording import bare, wording

# A kind is told when it has so many points, and so many more than the next one.
ENOUGH: Final = 1.5
AHEAD: Final = 0.6
_ALIKE: Final = 0.72
_FEW_KINDS: Final = 2
_TELLING: Final = 0.3
_SPECIAL: Final = 0.8
_TITLE_LINE, _OTHER_NAME, _MORE_WORDS = 2.2, 0.8, 0.2


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of the unknown file: its place, its title as written, its filled cells and their shape."""

    at: int
    title: str
    cells: Sequence[object]
    shape: Shape


@dataclass(frozen=True, slots=True)
class Hit:
    """A heading taken for a column of a layout.

    Args:
        strength: 1 for a title of the layout, less for one that means the same or looks alike.
    """

    heading: Heading
    column: Column
    strength: float


@dataclass(frozen=True)
class Candidate:
    """A kind that the file may be of."""

    layout: Layout
    points: float
    hits: Mapping[int, Hit] = field(repr=False)
    grounds: tuple[str, ...]

    @property
    def kind(self) -> str:
        return self.layout.kind


def candidates(
    headings: Sequence[Heading], *, lines: str, names: str, known: Sequence[Layout]
) -> list[Candidate]:
    """The best layout of each kind, the likeliest kind first.

    Args:
        lines: what stands above the header.  names: of the sheet and the file.
    """
    header = "\n".join(heading.title for heading in headings)
    told = (
        (wording().told_by(lines), _TITLE_LINE, "标题行"),
        (wording().told_by(names), _OTHER_NAME, "文件名或工作表名"),
        (wording().told_by(header, foreign=True), _OTHER_NAME, "列名"),
    )
    best: dict[str, Candidate] = {}
    for layout in known:
        found = _weighed(layout, headings, told)
        # known holds the main layout of a kind first; a special one must be clearly nearer, for its draft fixes values.
        if (
            layout.kind not in best
            or found.points > best[layout.kind].points + _SPECIAL * best[layout.kind].layout.main
        ):
            best[layout.kind] = found
    return sorted(best.values(), key=lambda each: -each.points)


def is_told(found: Sequence[Candidate], headings: Sequence[Heading]) -> bool:
    """Whether the first of them is the kind, as far as a file can tell.

    A title line is not enough: whatever it says, the rows must tell of somebody, and of a day where records need one.
    """
    needs_day = any(column.type == "date" and column.header for column in found[0].layout.columns)
    if not any(hit.column.name in ("name", "uscc") for hit in found[0].hits.values()):
        return False
    if needs_day and not any(heading.shape.type == "date" for heading in headings):
        return False
    ahead = found[0].points - found[1].points if len(found) > 1 else ENOUGH
    return found[0].points >= ENOUGH and ahead >= AHEAD


def _weighed(
    layout: Layout,
    headings: Sequence[Heading],
    told_by: Sequence[tuple[Mapping[str, Sequence[str]], float, str]],
) -> Candidate:
    points, grounds = 0.0, []
    for told, weight, place in told_by:
        words = [
            *told.get(layout.kind, ()),
            *(told.get(layout.name, ()) if layout.name != layout.kind else ()),
        ]
        if words:
            points += weight + _MORE_WORDS * (len(words) - 1)
            grounds.append(f"{place}有“{words[0]}”")
    hits = matched(layout, headings)
    telling: list[tuple[float, str]] = []
    for hit in hits.values():
        weight = _rarity(hit)
        points += weight
        telling.append((weight, hit.heading.title))
        said, why = _said_by_values(layout, hit)
        points += said
        grounds += [why] if said else []
    points -= sum(_missed(column, hits) for column in layout.columns if column.header)
    titles = [title for weight, title in sorted(telling, reverse=True)[:3] if weight >= _TELLING]
    if titles:
        grounds.append("列" + "、".join(f"“{title}”" for title in titles))
    return Candidate(layout, round(points, 2), hits, tuple(grounds))


def matched(layout: Layout, headings: Sequence[Heading]) -> Mapping[int, Hit]:
    """Place of a heading → the column of the layout that it is; each column once, the surest first."""
    pairs = [
        Hit(heading, column, strength)
        for heading in headings
        if not layout.ignores(fold_title(heading.title))
        for column in layout.columns
        if (strength := _strength(heading, column)) > 0
    ]
    hits: dict[int, Hit] = {}
    taken: set[str] = set()
    for hit in sorted(pairs, key=lambda each: -each.strength):
        if hit.heading.at not in hits and hit.column.name not in taken:
            hits[hit.heading.at] = hit
            taken.add(hit.column.name)
    return hits


def _strength(heading: Heading, column: Column) -> float:
    titles = _titles_of(column)
    fits = may_be(heading.shape, column)
    readings = _readings(heading.title)
    if any(fold_title(each) in titles for each in readings):
        return 1.0 if fits else 0.4
    if not fits:
        return 0.0
    if any(bare(each) in titles.values() for each in readings):
        return 0.9
    if any(column.name in wording().columns.get(bare(each), ()) for each in readings):
        # 检查情况 over words of a closed list is that list, although it may stand over free text elsewhere.
        return 1.1 if 2 * len(_known_words(heading, column)) > len(heading.shape.words) else 0.8
    likeness = _likeness(readings, column)
    return 0.6 * likeness if likeness >= _ALIKE else 0.0


def _readings(title: str) -> tuple[str, ...]:
    """What a title may be called: of a header of several lines the lowest, all in one, and the two lowest."""
    lines = title.split("/")
    if len(lines) == 1 or not all(lines):
        return (title,)
    return lines[-1], title, "".join(lines[-2:])


def _likeness(readings: Sequence[str], column: Column) -> float:
    """Of a title to the titles of a column, from 0 to 1."""
    return max(fuzz.ratio(bare(readings[0]), each) for each in _titles_of(column).values()) / 100


@cache
def _titles_of(column: Column) -> Mapping[str, str]:
    """Folded title → the same without brackets."""
    return {fold_title(title): bare(title) for title in (column.title, *column.aliases)}


@cache
def _kinds_of() -> tuple[Mapping[str, int], Mapping[str, int]]:
    """In how many kinds a title stands, and a column."""
    titles, names = Counter[str](), Counter[str]()
    for kind in {layout.kind for layout in layouts()}:
        columns = [column for layout in layouts(kind) for column in layout.columns]
        titles.update({title for column in columns for title in _titles_of(column)})
        names.update({column.name for column in columns})
    return titles, names


def _rare(kinds: int) -> float:
    return float(max(kinds, 1) ** -0.75)


def _rarity(hit: Hit) -> float:
    """How much a column tells: by the kinds that have its title, else by those that have the column."""
    titles, names = _kinds_of()
    readings = _readings(hit.heading.title)
    known = [titles[folded] for each in readings if (folded := fold_title(each)) in titles]
    if hit.strength == 1.0 and known:
        return _rare(min(known))
    kinds = names[hit.column.name]
    # 检查时间 says more of the day of an inspection than of an accident's; what few kinds have tells by itself.
    alike = 1.0 if kinds <= _FEW_KINDS else 0.3 + 0.7 * _likeness(readings, hit.column)
    return _rare(kinds) * hit.strength * alike


def _missed(column: Column, hits: Mapping[int, Hit]) -> float:
    """What it tells against a layout that a column is not there which its files must have."""
    if any(hit.column.name == column.name for hit in hits.values()):
        return 0.0
    return 0.4 * _rare(_kinds_of()[1][column.name])


def _known_words(heading: Heading, column: Column) -> list[str]:
    """The different cells that are words of the column's list; 是 and 否 say nothing."""
    return [word for word in heading.shape.words if fold(word) in column.choices and fold(word) not in FLAGS]


def _said_by_values(layout: Layout, hit: Hit) -> tuple[float, str]:
    """Words of a closed list and marks of document numbers: what they tell, and the ground."""
    column, cells, words = hit.column, hit.heading.cells, hit.heading.shape.words
    if column.type in ("choice", "choices") and words:
        known = _known_words(hit.heading, column)
        told = 0.4 * len(known) / len(words) * _rare(_kinds_of()[1][column.name])
        return (told, f"“{hit.heading.title}”的值如“{known[0]}”") if known else (0.0, "")
    if column.name == "document_no" and cells:
        for mark, kinds in wording().numbers.items():
            if kinds & {layout.kind, layout.name} and 2 * sum(mark in written(c) for c in cells) > len(cells):
                return 0.6, f"“{hit.heading.title}”中有“{mark}”字"
    return 0.0, ""
