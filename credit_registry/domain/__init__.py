"""Decisions: pure functions and frozen values about records, lists, clocks and people's rights to act.

Never here: a session, a request, a file, the present day.
Imports: nothing of the registry but its own siblings.
Called by: services, doors (errors and permissions only), tests.
"""
