"""What a request carries: the database, the officer, the present instant. Nobody else touches flask's globals."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar, cast

from flask import current_app, g

from credit_registry import clock
from credit_registry.domain.errors import NotSignedIn
from credit_registry.domain.permissions import Actor
from credit_registry.registry import Registry
from credit_registry.services.impacts import Comparisons
from credit_registry.services.sessions import LiveSession
from credit_registry.settings import Settings
from credit_registry.storage.database import Database, Session

T = TypeVar("T")


def _registry() -> "Registry":
    return cast(Registry, current_app.extensions["registry"])


def settings() -> Settings:
    return _registry().settings


def database() -> Database:
    return _registry().database


def comparisons() -> Comparisons:
    """The comparisons of rule sets that this process has made of late."""
    return _registry().comparisons


def attachments() -> Path:
    """Where the bytes of attachments lie."""
    return settings().attachments


def style_sheet(name: str) -> Path:
    """A style sheet of ours on the disk, for documents that are made without a browser."""
    folder = current_app.static_folder
    assert folder is not None, "the application has a folder of its own"
    return Path(folder) / "css" / name


def now() -> datetime:
    """The instant of this request: read once, so that one page speaks of one moment."""
    if "now" not in g:
        g.now = clock.now()
    return cast(datetime, g.now)


def today() -> date:
    """The Beijing day of this request."""
    return clock.local_day(now())


def end_of(on: date) -> datetime:
    """What was known on a day is what was known at its end in Beijing."""
    return clock.day_end(on)


def keep(live: LiveSession, token: str) -> None:
    """Remember for this request who sits at the browser."""
    g.live, g.token = live, token


def live() -> LiveSession | None:
    return cast("LiveSession | None", g.get("live"))


def token() -> str:
    return cast(str, g.get("token", ""))


def signed_in() -> Actor | None:
    """Who is signed in, at whichever door, for pages that anybody may open."""
    found = live()
    return found.actor if found else None


def officer() -> Actor | None:
    """Who is signed in, where it is an officer."""
    found = signed_in()
    return found if found is not None and found.enterprise_id is None else None


def representative() -> Actor | None:
    """Who is signed in, where it is an enterprise's person."""
    found = signed_in()
    return found if found is not None and found.enterprise_id is not None else None


def actor() -> Actor:
    """Who is signed in.

    Raises:
        NotSignedIn: nobody.
    """
    found = signed_in()
    if found is None:
        raise NotSignedIn("请先登录。")
    return found


def read(function: Callable[[Session], T]) -> T:
    """Call ``function`` on a consistent view."""
    with database().read() as session:
        return function(session)


def write(function: Callable[[Session], T]) -> T:
    """Call ``function`` in a transaction that writes, again when another writer was in the way."""
    return database().run(function)
