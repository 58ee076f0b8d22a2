"""The registry: records in, grades and lists out, with due process.

Never here: rules about amounts (scoring_rules), reading of files (importers).
Imports: nothing; the rooms below import each other by floor (pyproject.toml, tool.importlinter).
Called by: wsgi.py, the console script, tests.
"""

__version__ = "0.1.0"
