"""Alembic's entry: runs on the engine that `migrate` hands over; never reads a configuration file."""

from alembic import context
from sqlalchemy import Connection, text

from credit_registry.storage.database import Database
from credit_registry.storage.tables.metadata import metadata

_LOCK = 7_226_011


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        # The full-text index keeps shadow tables of its own, which no table class describes.
        include_name=lambda name, kind, _parents: (
            not (kind == "table" and str(name).startswith("enterprise_search"))
        ),
    )
    with context.begin_transaction():
        context.run_migrations()


database: Database = context.config.attributes["database"]
with database.engine.begin() as opened:
    if database.dialect == "postgresql":
        # Two deployers at once: the second waits, then finds nothing to do.
        opened.execute(text("SET lock_timeout = '10s'"))
        opened.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    run(opened)
