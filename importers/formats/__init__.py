"""Bytes become a table of cells with true row numbers: text files, workbooks, and what only pretends to be one.

Never here: the meaning of a cell; a layout; a repair of a value.
Imports: the standard library, python-calamine, defusedxml, importers.problems.
Called by: importers.files.
"""
