"""The JSON door: parse, open a transaction, call a service, answer.

Never here: a decision, SQL, HTML.
Imports: services, domain (errors, permissions), settings, clock.
Called by: app.
"""
