"""The enterprise's own door: its account, its file, what it hands in.

Never here: a decision, another enterprise's anything, an officer's page.
Imports: services (representatives, invitations, own_file, filings, sessions), web.
Called by: web.doors.
"""
