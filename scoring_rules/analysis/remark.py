"""One thing that a rule set leaves open, and where."""

from __future__ import annotations

from dataclasses import dataclass

from scoring_rules.language.reading import Place


@dataclass(frozen=True)
class Remark:
    """``kind``: gap, overlap, unreachable, never-fires, unused, unlisted, negative, no-firing-case, no-quiet-case,
    no-boundary-case."""

    kind: str
    message: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def remark(kind: str, message: str, place: Place) -> Remark:
    return Remark(kind, message, place.file, place.line)
