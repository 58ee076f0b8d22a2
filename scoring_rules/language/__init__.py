"""The closed vocabulary of a rule set: its shapes, how they are read, and what is refused.

Never here: evaluation of a rule, a DataFrame, the clock, eval.
Imports: ruamel.yaml and the standard library.
Called by: scoring_rules.engine, scoring_rules.analysis and the public names of scoring_rules.
"""
