"""What one cell may say: codes, names, dates, amounts, words of a list, document numbers, identity numbers.

Never here: files, layouts, rows, the register; a check sees a value and its column, nothing else.
Imports: the standard library, ruamel.yaml, importers.problems.
Called by: importers.columns, importers.relations.
"""
