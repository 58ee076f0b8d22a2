"""Queries: functions(session, …) -> rows or columns, one file per area.

Never here: the start or end of a transaction, policy.
Imports: storage.tables, storage.database, domain.
Called by: services.
"""
