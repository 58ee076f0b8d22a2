"""What is wrong with a rule set, where, and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

_MOST = 12


@dataclass(frozen=True, order=True)
class Malformed:
    """One defect of a rule set. ``line`` counts from 1; 0 means the file as a whole."""

    file: str
    line: int
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}" + (f"（{self.suggestion}）" if self.suggestion else "")


class RuleSetError(Exception):
    """A rule set that cannot be used. Carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[Malformed]) -> None:
        self.problems: tuple[Malformed, ...] = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[RuleSetError], tuple[tuple[Malformed, ...]]]:
        return RuleSetError, (self.problems,)


def nearest(word: str, known: Iterable[str]) -> str:
    """A suggestion in Chinese: the closest known word, else what there is, a long list cut short."""
    choices = sorted(set(known))
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.5)
    if close:
        return f"是否应为 {close[0]}？"
    if not choices:
        return ""
    return "可用：" + "、".join(choices[:_MOST]) + (f" 等 {len(choices)} 个" if len(choices) > _MOST else "")
