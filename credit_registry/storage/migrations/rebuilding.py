"""Other CHECKs on a table that is there: PostgreSQL alters it, SQLite builds it anew from its own text."""

import re
from collections.abc import Mapping

from alembic import op


def replace_checks(table: str, drop: tuple[str, ...], add: Mapping[str, str]) -> None:
    """Drop and add checks by their full names; rows, indexes and triggers stay as they are."""
    if op.get_bind().dialect.name == "postgresql":
        for name in drop:
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, condition in add.items():
            op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition})")
        return
    bind = op.get_bind()
    text = str(_of_schema(f"SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '{table}'")[0])  # noqa: S608 - our own name
    beside = _of_schema(
        f"SELECT sql FROM sqlite_master WHERE tbl_name = '{table}' AND type IN ('index', 'trigger') AND sql IS NOT NULL"  # noqa: S608 - our own name
    )
    for name in drop:
        text = _without(text, name)
    added = "".join(f", \n\tCONSTRAINT {name} CHECK ({condition})" for name, condition in add.items())
    text = text.rstrip().removesuffix(")").rstrip() + added + "\n)"
    fresh = f"{table}_rebuilt"
    bind.exec_driver_sql(re.sub(rf'^CREATE TABLE "?{table}"?', f"CREATE TABLE {fresh}", text, count=1))
    bind.exec_driver_sql(f"INSERT INTO {fresh} SELECT * FROM {table}")  # noqa: S608 - our own name
    bind.exec_driver_sql(f"DROP TABLE {table}")
    # Triggers of other tables speak of this one, which is not there at this moment: renaming must not look at them.
    bind.exec_driver_sql("PRAGMA legacy_alter_table=ON")
    bind.exec_driver_sql(f"ALTER TABLE {fresh} RENAME TO {table}")
    bind.exec_driver_sql("PRAGMA legacy_alter_table=OFF")
    for statement in beside:
        bind.exec_driver_sql(str(statement))


def _of_schema(query: str) -> list[object]:
    return [row[0] for row in op.get_bind().exec_driver_sql(query)]


def _without(text: str, name: str) -> str:
    """The CREATE TABLE without one of its named checks: from its name to the bracket that closes it."""
    found = re.search(rf",\s*CONSTRAINT {name} CHECK \(", text)
    assert found is not None, f"no check {name}"
    depth, place = 1, found.end()
    while depth:
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        place += 1
    return text[: found.start()] + text[place:]
