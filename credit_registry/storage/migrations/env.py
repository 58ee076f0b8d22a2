"""Alembic's entry: runs on the engine that `migrate` hands over; never reads a configuration file."""

from typing import Any

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


def migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # Two deployers at once: the second waits, then finds nothing to do.
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    run(connection)
    _require_whole(connection)


def _foreign_keys(connection: Connection, *, are_on: bool) -> None:
    """SQLite can change a CHECK only by building the table anew, which takes its rows from under those that
    point at them; between transactions, since inside one the switch does nothing."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA foreign_keys={'ON' if are_on else 'OFF'}")


def _require_whole(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        assert not lost, f"a migration left rows that point at nothing: {lost[:3]}"


database: Database = context.config.attributes["database"]
with database.engine.connect() as opened:
    _foreign_keys(opened, are_on=False)
    try:
        with opened.begin():
            migrate(opened)
    finally:
        _foreign_keys(opened, are_on=True)
