"""The service with a trap: a request that says where (``X-Torture``) kills its worker there."""

import os
import signal
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import event

import importers
from credit_registry.app import create_app
from credit_registry.settings import Settings

HEADER = "HTTP_X_TORTURE"
_armed: list[str] = []


def reach(point: str) -> None:
    if _armed == [point]:
        os.kill(os.getpid(), signal.SIGKILL)


class HalfRead:
    """A body whose worker dies when a part of it has been read."""

    def __init__(self, body: Any) -> None:
        self.body = body

    def read(self, size: int = -1) -> bytes:
        got: bytes = self.body.read(min(size, 100) if size > 0 else 100)
        reach("upload")
        return got

    def __getattr__(self, name: str) -> Any:
        return getattr(self.body, name)


def trapped(
    answer: Callable[..., Iterable[bytes]],
) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        _armed[:] = [environ[HEADER]] if HEADER in environ else []
        if _armed == ["upload"]:
            environ["wsgi.input"] = HalfRead(environ["wsgi.input"])
        answered = answer(environ, start)
        reach("response")
        return answered

    return application


app = create_app(Settings.from_env())
engine = app.extensions["registry"].database.engine
_writing: list[bool] = []


def notice(_connection: Any, _cursor: Any, statement: str, *_: object) -> None:
    """Who the caller is was read in another transaction: only the import's own counts."""
    if statement.startswith("INSERT INTO import_batches"):
        _writing.append(True)


def gone_back(*_: object) -> None:
    """A connection goes back to the pool after its transaction has ended."""
    if _writing:
        reach("committed")
        _writing.clear()


event.listen(engine, "before_cursor_execute", notice)
event.listen(engine, "commit", lambda _: reach("commit") if _writing else None)
event.listen(engine, "checkin", gone_back)
_read_parts = importers.read_parts


def read_parts(*args: Any, **options: Any) -> Any:
    for part in _read_parts(*args, **options):
        reach("parse")
        yield part


importers.read_parts = read_parts
app.wsgi_app = trapped(app.wsgi_app)  # type: ignore[method-assign]
