"""The vectorised scorer: columns of facts and a rule set in, scores with their findings out.

Never here: a number of any scheme, SQL, HTTP, files, the clock.
Imports: numpy, pandas, scoring_rules.language.
Called by: scoring_rules.analysis and the public names of scoring_rules.
"""
