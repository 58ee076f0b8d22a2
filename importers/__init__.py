"""READS what other offices send: a file in; typed columns and problems out.

Never here: writing anything, scoring anything, asking the register, raising on a bad row.
Imports: the standard library, pandas, python-calamine, rapidfuzz, ruamel.yaml, xlsxwriter.
Called by: services, exports.problems.
"""

from importers.ahead import ReaderLost
from importers.batch import Batch, RefusedRow
from importers.checks import names, uscc
from importers.checks.documents import normalise_document_no
from importers.checks.names import name_key
from importers.layouts import Layout, LayoutError, adopt, layouts, own_layout
from importers.parts import ROWS, count_lines, read_parts
from importers.problems import Problem
from importers.reader import check_record, read, uncollected
from importers.suggestions import Suggestion, suggest_layout
from importers.templates import template
from importers.unfinished import left_open

__all__ = [
    "ROWS",
    "Batch",
    "Layout",
    "LayoutError",
    "Problem",
    "ReaderLost",
    "RefusedRow",
    "Suggestion",
    "adopt",
    "check_record",
    "count_lines",
    "layouts",
    "left_open",
    "name_key",
    "names",
    "normalise_document_no",
    "own_layout",
    "read",
    "read_parts",
    "suggest_layout",
    "template",
    "uncollected",
    "uscc",
]
