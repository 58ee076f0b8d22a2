"""What a request carries: the database, the actor, the present instant. Nobody else touches flask's globals."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar, cast

from flask import Flask, current_app, g

from credit_registry import clock
from credit_registry.domain.permissions import Actor
from credit_registry.registry import Registry
from credit_registry.services import lookups
from credit_registry.services.lookups import Drafted
from credit_registry.storage import migrations
from credit_registry.storage.database import Database, Session
from credit_registry.storage.groups import GroupedWriter, turns_of

T = TypeVar("T")
LOOKUP_LOG = "registry-lookup-log"


def registry() -> "Registry":
    return cast(Registry, current_app.extensions["registry"])


def database() -> Database:
    return registry().database


def now() -> datetime:
    """The instant of this request: read once, so that one answer speaks of one moment."""
    if "now" not in g:
        g.now = clock.now()
    return cast(datetime, g.now)


def today() -> date:
    """The Beijing day of this request."""
    return clock.local_day(now())


def instant(known_at: date | datetime | None) -> datetime | None:
    """A day means its last moment in Beijing."""
    if known_at is None or isinstance(known_at, datetime):
        return known_at
    return clock.day_end(known_at) - timedelta(microseconds=1)


def sign_in(actor: Actor, token: str = "") -> None:
    """Remember for this request who calls; ``token`` is that of a person's session."""
    g.actor, g.token = actor, token


def token() -> str:
    return cast(str, g.token)


def actor() -> Actor:
    """Whoever `auth.needs` let in."""
    return cast(Actor, g.actor)


def read(function: Callable[[Session], T]) -> T:
    """Call ``function`` on a consistent view."""
    with database().read() as session:
        return function(session)


def write(function: Callable[[Session], T]) -> T:
    """Call ``function`` in a transaction that writes, again when another writer was in the way."""
    return database().run(function)


def drafted(function: Callable[[Session], Drafted]) -> Drafted:
    """Draft answers on a consistent view, keep their log, then give them.

    The log of callers who come at the same time is kept in one transaction.
    """
    found = read(function)
    if found.log:
        cast("GroupedWriter[Drafted]", current_app.extensions[LOOKUP_LOG]).put(found)
    return found


def keep_lookups(app: Flask) -> None:
    """Give ``app`` its writer of the log of look-ups."""

    def write(group: Sequence[Drafted]) -> None:
        rows = [row for each in group for row in each.log]
        app.extensions["registry"].database.run(lambda session: lookups.record(session, rows))

    app.extensions[LOOKUP_LOG] = GroupedWriter(write, turns_of(app.extensions["registry"].database))


def readiness() -> dict[str, bool]:
    """What must hold for this process to answer questions."""
    try:
        return {"database": True, "schema": migrations.current(database()) == migrations.head()}
    except Exception:  # whatever the driver raises, the answer is the same: not ready
        return {"database": False, "schema": False}
