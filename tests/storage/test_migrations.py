"""Migrations: up, down and up again on an empty database; tables and migrations say the same."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from credit_registry.domain.errors import Unavailable
from credit_registry.storage import migrations
from credit_registry.storage.database import Database
from credit_registry.storage.tables.metadata import metadata


def _tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def test_up_down_and_up_again_gives_the_same_tables(database: Database) -> None:
    first = _tables(database)
    migrations.step_back(database, "base")
    emptied = _tables(database)
    migrations.migrate(database)

    assert set(metadata.tables) <= first
    assert emptied == set()
    assert _tables(database) == first


def test_tables_and_migrations_agree(database: Database) -> None:
    def is_ours(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        return not (kind == "table" and str(name).startswith("enterprise_search"))

    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": is_ours, "render_as_batch": True}
        )
        assert compare_metadata(context, metadata) == []


def test_a_second_migrate_changes_nothing(database: Database) -> None:
    before = migrations.current(database)
    migrations.migrate(database)

    assert migrations.current(database) == before == migrations.head()


def test_an_old_schema_is_refused_with_the_command_that_mends_it(database: Database) -> None:
    migrations.require_current(database)
    migrations.step_back(database, "base")

    with pytest.raises(Unavailable, match="credit-registry migrate") as refused:
        migrations.require_current(database)
    assert refused.value.code == "not-migrated"


def test_every_constraint_and_index_has_a_name() -> None:
    """A nameless CHECK is lost when SQLite copies a table, and an error must say what it broke."""
    nameless = [
        f"{table.name}: {constraint}"
        for table in metadata.tables.values()
        for constraint in [*table.constraints, *table.indexes]
        if not constraint.name
    ]

    assert nameless == []


def _triggers(database: Database) -> dict[str, str]:
    """Name and text of every trigger and search object; both engines keep what they were told."""
    queries = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' OR name = 'enterprise_search'",
        "postgresql": (
            "SELECT tgname, pg_get_triggerdef(t.oid) || pg_get_functiondef(tgfoid) FROM pg_trigger t WHERE NOT tgisinternal "
            "UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'enterprise_search'"
        ),
    }
    with database.engine.connect() as connection:
        return {row[0]: row[1] for row in connection.exec_driver_sql(queries[database.dialect])}


def test_the_migrations_make_the_triggers_that_the_tables_declare(database: Database) -> None:
    migrated = _triggers(database)
    migrations.step_back(database, "base")
    with database.engine.begin() as connection:
        metadata.create_all(connection)

    assert len(migrated) > 5
    assert _triggers(database) == migrated


def _constraints(database: Database) -> set[tuple[str, str, str]]:
    """(table, name, condition) of every check: autogenerate does not look at them."""
    inspector = inspect(database.engine)
    return {
        (table, str(check["name"]), str(check["sqltext"]))
        for table in metadata.tables
        for check in inspector.get_check_constraints(table)
    }


def test_the_migrations_make_the_checks_that_the_tables_declare(database: Database) -> None:
    migrated = _constraints(database)
    migrations.step_back(database, "base")
    with database.engine.begin() as connection:
        metadata.create_all(connection)

    assert len(migrated) > 20
    assert _constraints(database) == migrated


def test_rows_and_what_points_at_them_survive_new_checks_on_their_table(database: Database) -> None:
    migrations.step_back(database, "0003")
    rows = {
        "offices (id, name, short_name, is_keeper)": "7, '某局', '某局', true",
        "enterprises (id, name, name_key, status, version, recorded_at)": "5, '某厂', '某厂', 'active', 1, '2026-01-05'",
        "listing_cases (id, enterprise_id, office_id, list_kind, series, domain, state, version, origin, opened_at, opened_on, window_is_provisional)": (
            "3, 5, 7, 'black', 'safety-order-11', 'safety', 'CLOSED', 2, 'officer', '2026-01-05', '2026-01-05', false"
        ),
        "list_versions (number, at, case_id, list_kind, change)": "1, '2026-01-05', 3, 'black', 'hidden'",
    }
    with database.engine.begin() as connection:
        for place, values in rows.items():
            connection.exec_driver_sql(f"INSERT INTO {place} VALUES ({values})")
    triggers = _triggers(database)

    for _ in range(2):
        migrations.migrate(database)
        with database.engine.begin() as connection:
            kept = connection.exec_driver_sql("SELECT id, state, version FROM listing_cases").all()
            assert [tuple(row) for row in kept] == [(3, "CLOSED", 2)]
            connection.exec_driver_sql("UPDATE listing_cases SET list_kind = 'grade', state = 'CANDIDATE'")
            connection.exec_driver_sql("UPDATE listing_cases SET list_kind = 'black', state = 'CLOSED'")
        with pytest.raises(IntegrityError), database.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM listing_cases")
        assert set(triggers) <= set(_triggers(database))
        migrations.step_back(database, "0003")
    assert _triggers(database) == triggers
