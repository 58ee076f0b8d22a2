"""What the law says, as dated data, and the engine that applies it: columns of facts in, explained scores out.

Never here: SQL, HTTP, the clock, the registry's tables; a number of a scheme outside rulesets/.
Imports: numpy, pandas, ruamel.yaml.
Called by: credit_registry.services and credit_registry.cli.
"""

from scoring_rules.engine.columns import InputError
from scoring_rules.engine.exact import decimal_of
from scoring_rules.engine.plan import attributes_read
from scoring_rules.engine.scoring import ENGINE_VERSION, Scores, score
from scoring_rules.engine.settling import settle_next_change
from scoring_rules.language.loader import load_ruleset
from scoring_rules.language.measures import Measure
from scoring_rules.language.problems import Malformed, RuleSetError
from scoring_rules.language.shapes import RuleSet
from scoring_rules.registry import (
    RuleSetInfo,
    example_rulesets,
    ruleset_in_force,
    shipped_ruleset,
    shipped_rulesets,
)

__all__ = [
    "ENGINE_VERSION",
    "InputError",
    "Malformed",
    "Measure",
    "RuleSet",
    "RuleSetError",
    "RuleSetInfo",
    "Scores",
    "attributes_read",
    "decimal_of",
    "example_rulesets",
    "load_ruleset",
    "ruleset_in_force",
    "score",
    "settle_next_change",
    "shipped_ruleset",
    "shipped_rulesets",
]
