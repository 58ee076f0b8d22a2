"""The shipped rule sets, and which of the registry's own is in force on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from scoring_rules.language.loader import load_ruleset
from scoring_rules.language.shapes import RuleSet

SERIES = "haidian-default"
_FOLDER = Path(__file__).with_name("rulesets")


@dataclass(frozen=True)
class RuleSetInfo:
    id: str
    effective_from: date
    folder: Path


@lru_cache(maxsize=32)
def _loaded(folder: Path) -> RuleSet:
    return load_ruleset(folder)


@lru_cache(maxsize=1)
def shipped_rulesets() -> tuple[RuleSetInfo, ...]:
    """The registry's own series, oldest first. The foreign examples are not among them."""
    return _found(_FOLDER)


@lru_cache(maxsize=1)
def example_rulesets() -> tuple[RuleSetInfo, ...]:
    """Published schemes of others that ship as examples; never in force here."""
    return _found(_FOLDER / "examples")


def _found(parent: Path) -> tuple[RuleSetInfo, ...]:
    found = []
    for folder in sorted(parent.glob("*/")):
        if (folder / "ruleset.yaml").is_file():
            ruleset = _loaded(folder)
            found.append(RuleSetInfo(ruleset.id, ruleset.effective_from, folder))
    return tuple(sorted(found, key=lambda info: (info.effective_from, info.id)))


def shipped_ruleset(info: RuleSetInfo) -> RuleSet:
    """The rule set itself; read once."""
    return _loaded(info.folder)


def ruleset_in_force(on: date) -> RuleSet:
    """The latest of the series that is effective on the day.

    Raises:
        LookupError: the day is before the first one.
    """
    before = [info for info in shipped_rulesets() if info.effective_from <= on]
    before = [info for info in before if _loaded(info.folder).series == SERIES]
    if not before:
        raise LookupError(f"{on.isoformat()} 没有生效的评分规则")
    return _loaded(before[-1].folder)
