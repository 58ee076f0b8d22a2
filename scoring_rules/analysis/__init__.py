"""Questions about a rule set itself: do its cases hold, is it complete, what would another one move.

Never here: the registry's tables, printing, the clock.
Imports: scoring_rules.language, scoring_rules.engine.
Called by: credit_registry.cli.ruleset, services and the tests.
"""
