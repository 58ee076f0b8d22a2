"""Writes what others read: CSV, XLSX, JSON, letters.

Never here: a query, a decision.
Imports: domain.
Called by: services, doors.
"""
