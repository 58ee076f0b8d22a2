"""What a rule set leaves open: scores without a grade, grades out of reach, lines that cannot fire, cases not given."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pandas as pd

from scoring_rules.analysis.bands import of_bands
from scoring_rules.analysis.cases import run_case
from scoring_rules.analysis.lines import of_items
from scoring_rules.analysis.remark import Remark, remark
from scoring_rules.engine.exact import text_of
from scoring_rules.language.shapes import RuleSet


def remarks(ruleset: RuleSet) -> list[Remark]:
    """Everything worth a look, in the order of the files."""
    found = [*of_bands(ruleset), *of_items(ruleset), *_cases(ruleset)]
    return sorted(found, key=lambda remark: (remark.file, remark.line, remark.kind, remark.message))


def _cases(ruleset: RuleSet) -> Iterator[Remark]:
    fired: dict[str, int] = {}
    scores: set[Fraction] = set()
    domains = [domain.id for domain in ruleset.domains] or ["all"]
    for case in ruleset.cases:
        found = run_case(ruleset, case)
        mine = found.findings[found.findings["subject"] == 1]
        # A line that an item's cap made bears the item's code too; the item itself fired then as well.
        for code in set(mine["item"]):
            fired[code] = fired.get(code, 0) + 1
        row = found.results.iloc[0]
        for domain in domains:
            if not pd.isna(row[f"{domain}_score"]):
                scores.add(Fraction(int(row[f"{domain}_score"]), ruleset.scale))
    lines = [(item.code or item.id, item.place) for item in ruleset.items]
    effects = (*ruleset.not_graded, *ruleset.caps, *ruleset.step_downs, *ruleset.vetoes)
    for code, place in [*lines, *((effect.code, effect.place) for effect in effects)]:
        if code not in fired:
            yield remark("no-firing-case", f"{code} 没有一个触发它的算例", place)
        if fired.get(code) == len(ruleset.cases):
            yield remark("no-quiet-case", f"{code} 没有一个不触发它的算例", place)
    for band in ruleset.bands:
        for bound in (band.at_least, band.above):
            if bound is None:
                continue
            if bound not in scores:
                yield remark(
                    "no-boundary-case", f"等级 {band.grade} 的界限 {text_of(bound)} 上没有算例", band.place
                )
            if not any(bound - 1 < score < bound for score in scores):
                message = f"等级 {band.grade} 的界限 {text_of(bound)} 以下不足一分处没有算例"
                yield remark("no-boundary-case", message, band.place)
