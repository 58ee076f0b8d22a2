"""Use cases: one verb, one function, one audit entry.

Never here: HTTP, SQL, HTML, the wall clock, the end of a transaction.
Imports: storage, domain, scoring_rules, importers, exports.
Called by: the doors (web, api, cli, jobs), tests.
"""
