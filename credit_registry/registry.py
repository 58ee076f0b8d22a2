"""What the web doors share: the settings of this installation, its database, the comparisons it has made."""

from dataclasses import dataclass, field

from credit_registry.services.impacts import Comparisons
from credit_registry.settings import Settings
from credit_registry.storage.database import Database


@dataclass(frozen=True)
class Registry:
    """Kept as ``app.extensions["registry"]``; `api/context.py` and `web/context.py` read it."""

    settings: Settings
    database: Database
    comparisons: Comparisons = field(default_factory=Comparisons)
