"""The public site: lists, search, rules, downloads, help; for everybody, without signing in.

Never here: an actor, a grade of an enterprise, a record, a person unmasked.
Imports: services (publications, rulesets, imports), exports, web.context.
Called by: web.doors.
"""
