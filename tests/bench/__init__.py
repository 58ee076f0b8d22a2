"""The performance goals, each a ratio measured within one run (`make bench`).

Never here: an assertion about the wall clock; a bench prints and records, it fails nothing.
Imports: the rooms it measures, and the tools of requirements/bench.txt as baselines.
Called by: `python -m tests.bench`.
"""
