"""Migrations: numbered Alembic files, and the two questions the doors ask of them.

Never here: data that a service should write, models that change after the file was numbered.
Imports: storage.database, settings (for the vault), alembic.
Called by: app, cli, tests.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from credit_registry.domain.errors import Unavailable
from credit_registry.domain.identity import Vault
from credit_registry.settings import Settings
from credit_registry.storage.database import Database, reached


def vault_of(settings: Settings) -> Vault:
    """The vault of this installation: encrypts with one key, matches with a hash keyed by the other."""
    return Vault(key=settings.identity_key, pepper=settings.secret_key.encode())


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["database"] = database
    return config


def migrate(database: Database, revision: str = "head") -> None:
    """Bring the schema to ``revision``; nothing happens when it is already there."""
    command.upgrade(_config(database), revision)


def step_back(database: Database, revision: str) -> None:
    """Undo migrations down to ``revision`` (``base``: an empty database)."""
    command.downgrade(_config(database), revision)


def new_revision(database: Database, message: str) -> None:
    """Write the next numbered file from the difference between tables and database."""
    config = _config(database)
    numbers = [int(script.revision) for script in ScriptDirectory.from_config(config).walk_revisions()]
    command.revision(config, message=message, autogenerate=True, rev_id=f"{max(numbers, default=0) + 1:04d}")


def head() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return ScriptDirectory.from_config(config).get_current_head()


def current(database: Database) -> str | None:
    """The revision the database stands at; None when it was never migrated.

    Raises:
        Unavailable: ``database-unreachable``.
    """
    with reached(), database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def require_current(database: Database) -> None:
    """Refuse to work on a schema that is not the one this code knows.

    Raises:
        Unavailable: with the command that mends it.
    """
    found = current(database)
    if found != head():
        raise Unavailable(
            "数据库结构不是当前版本。请先运行 credit-registry migrate。",
            code="not-migrated",
            facts={"current": found, "head": head()},
        )
