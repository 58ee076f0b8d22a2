"""What a request carries: the database, the actor, the present instant. Nobody else touches flask's globals."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TypeVar, cast

from flask import current_app, g

from credit_registry import clock
from credit_registry.domain.permissions import Actor
from credit_registry.registry import Registry
from credit_registry.storage import migrations
from credit_registry.storage.database import Database, Session

T = TypeVar("T")


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


def sign_in(actor: Actor) -> None:
    g.actor = actor


def actor() -> Actor:
    """Whoever `auth.needs` let in."""
    return cast(Actor, g.actor)


def read(function: Callable[[Session], T]) -> T:
    """Call ``function`` on a consistent view."""
    with database().read() as session:
        return function(session)


def readiness() -> dict[str, bool]:
    """What must hold for this process to answer questions."""
    try:
        return {"database": True, "schema": migrations.current(database()) == migrations.head()}
    except Exception:  # whatever the driver raises, the answer is the same: not ready
        return {"database": False, "schema": False}
