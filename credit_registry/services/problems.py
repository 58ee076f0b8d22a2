"""Problems of a file told apart: what needs somebody, and what is only to be known."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Told = Mapping[str, object]

NEEDING = frozenset({"refuse_file", "refuse_row", "hold"})


@dataclass(frozen=True)
class Note:
    """One code among what is only to be known, with its first example.

    Attributes:
        count: of those listed; ``is_more``: there were more than are listed.
    """

    code: str
    count: int
    is_more: bool
    first: Told


@dataclass(frozen=True)
class Sorted:
    """The problems in their order: ``needed`` wait for somebody or were refused, ``noted`` stopped nothing."""

    needed: tuple[Told, ...]
    noted: tuple[Told, ...]

    @property
    def notes(self) -> tuple[Note, ...]:
        """What is only to be known, one line per code, the most frequent first."""
        rows = Counter(str(each["code"]) for each in self.noted if each["row"] is not None)
        whole = Counter(str(each["code"]) for each in self.noted if each["row"] is None)
        first: dict[str, Told] = {}
        for each in self.noted:
            first.setdefault(str(each["code"]), each)
        # A sentence about the whole file beside rows of the same code tells of rows that are not listed.
        notes = [
            Note(code, rows[code] or whole[code], bool(rows[code] and whole[code]), told)
            for code, told in first.items()
        ]
        return tuple(sorted(notes, key=lambda note: -note.count))


def told_apart(problems: Sequence[Told]) -> Sorted:
    return Sorted(
        tuple(each for each in problems if each["disposition"] in NEEDING),
        tuple(each for each in problems if each["disposition"] not in NEEDING),
    )
