"""What the web doors share: the settings of this installation and its database."""

from dataclasses import dataclass

from credit_registry.settings import Settings
from credit_registry.storage.database import Database


@dataclass(frozen=True)
class Registry:
    """Kept as ``app.extensions["registry"]``; `api/context.py` and `web/context.py` read it."""

    settings: Settings
    database: Database
