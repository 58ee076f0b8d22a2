"""What the law says, as dated data: working days, lengths of clocks, series and conditions, paper templates.

Never here: code that decides; a length or a date without its source.
Imports: ruamel.yaml (in documents.py), nothing of the registry.
Called by: domain/calendar.py, clocks.py, listing.py, papers.py.
"""
