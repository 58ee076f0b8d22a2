"""The officers' console: one file per kind of work, all on one blueprint.

Never here: a decision, SQL, a page for the public.
Imports: services, exports, domain (errors, permissions), web.
Called by: web.doors.
"""
