"""Storage: the only room that speaks SQL.

Never here: an `if` about the law, a request, the present day.
Imports: domain (values it stores), sqlalchemy, alembic.
Called by: services (queries, bulk), app and cli (database, migrations).
"""
