"""What the law says, as dated data, and the engine that applies it: columns of facts in, explained scores out.

Never here: SQL, HTTP, the clock, the registry's tables; a number of a scheme outside rulesets/.
Imports: numpy, pandas, ruamel.yaml.
Called by: credit_registry.services and credit_registry.cli.
"""

from scoring_rules.engine.columns import InputError
from scoring_rules.engine.scoring import ENGINE_VERSION, Scores, score
from scoring_rules.language.loader import load_ruleset
from scoring_rules.language.problems import Malformed, RuleSetError
from scoring_rules.language.shapes import Measure, RuleSet
from scoring_rules.registry import RuleSetInfo, ruleset_in_force, shipped_rulesets

__all__ = [
    "ENGINE_VERSION",
    "InputError",
    "Malformed",
    "Measure",
    "RuleSet",
    "RuleSetError",
    "RuleSetInfo",
    "Scores",
    "decimal_of",
    "load_ruleset",
    "ruleset_in_force",
    "score",
    "shipped_rulesets",
]


def decimal_of(score: int, scale: int) -> str:
    """A stored score as text with the places of its scale: 940 at scale 10 is ``94.0``.

    A scale that is no power of ten is written exactly, as a decimal or a fraction.
    """
    places = len(str(scale)) - 1
    if scale != 10**places:
        from fractions import Fraction

        from scoring_rules.engine.exact import text_of

        return text_of(Fraction(score, scale))
    whole, rest = divmod(abs(score), scale)
    sign = "-" if score < 0 else ""
    return f"{sign}{whole}.{rest:0{places}d}" if places else f"{sign}{whole}"
