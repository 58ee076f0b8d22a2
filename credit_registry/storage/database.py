"""The database: one engine per process, one transaction per use case, opened at the door.

``begin()`` is for writing, ``read()`` for reading, ``run()`` for a writer that may meet another writer.
The words commit and rollback appear nowhere else in the house.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session as OrmSession

from credit_registry.domain.errors import Unavailable
from credit_registry.domain.identity import Vault
from credit_registry.storage.failures import storage_failed, storage_full

T = TypeVar("T")

# lock_not_available, serialization_failure, deadlock_detected, cannot_connect_now, admin_shutdown
_RETRIED_STATES = frozenset({"55P03", "40001", "40P01", "57P03", "57P01"})
_BUSY_SECONDS = 10
_KEPT_OPEN = 16


class Session(OrmSession):
    """A unit of work that also carries the vault for personal data."""

    vault: Vault

    @property
    def dialect(self) -> str:
        return self.get_bind().dialect.name


def _sqlite_module() -> ModuleType | None:
    """A newer SQLite than the system's, where installed.

    Debian 12's 3.40.1 still has the WAL-reset corruption bug (fixed in 3.51.3); the wheel bundles a fixed one.
    """
    try:
        import pysqlite3
    except ImportError:
        return None
    module: ModuleType = pysqlite3
    return module


class Database:
    """Engines, transactions and retries for one database.

    Args:
        url: ``sqlite:///…`` or ``postgresql+psycopg://…``.
        vault: seals personal data; every session carries it.
    """

    def __init__(self, url: str, vault: Vault) -> None:
        parsed = make_url(url)
        self.vault = vault
        self.dialect = parsed.get_backend_name()
        self.engine = _sqlite_engine(parsed) if self.dialect == "sqlite" else _postgres_engine(parsed)
        # A shallow copy that shares the pool: its transactions begin DEFERRED and are read-only.
        self._reading = self.engine.execution_options(registry_reading=True)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A transaction that writes: all of it happens, or nothing."""
        with self._session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view for reading; nothing written in it survives.

        Raises:
            Unavailable: no connection (``database-unreachable``).
        """
        with reached(), self._session(self._reading) as session:
            yield session

    def run(self, function: Callable[[Session], T], *, attempts: int = 5) -> T:
        """Call ``function`` in a transaction, again from its start when another writer was in the way.

        The whole function is repeated, decisions included: what it read may have changed.

        Raises:
            Unavailable: the database stayed busy (``database-busy``), its disk is full (``storage-full``: nothing was
                written), the disk failed or the connection broke (``storage-failed``, ``database-lost``: perhaps it
                was, so repeat under the same key).
        """
        for attempt in range(attempts):
            try:
                with self.begin() as session:
                    return function(session)
            except DBAPIError as error:
                if not is_passing(error):
                    _explain(error)
                    raise
                time.sleep(min(0.02 * 2**attempt, 0.5) * (0.5 + random.random()))  # noqa: S311 - spreads retries
        raise Unavailable("数据库正忙，请稍后再试。", code="database-busy")

    def dispose(self) -> None:
        self.engine.dispose()

    def _session(self, engine: Engine) -> Session:
        session = Session(engine, expire_on_commit=False)
        session.vault = self.vault
        return session


def is_passing(error: DBAPIError) -> bool:
    """Whether the failure is another writer's doing, so that a repeat may succeed."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state in _RETRIED_STATES
    return isinstance(error, OperationalError) and "locked" in str(error.orig)


def _is_apart_from_statements(error: DBAPIError) -> bool:
    """Whether it failed before the first statement or after the last: in connecting or in ending.

    The drivers say it in many words ("connection failed", "connection is bad", "unable to open database file").
    """
    return isinstance(error, OperationalError) and error.statement is None


@contextmanager
def reached() -> Iterator[None]:
    """What only reads is not in doubt when the connection fails: there, a refusal says what to look at.

    Raises:
        Unavailable: ``database-unreachable``.
    """
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated or _is_apart_from_statements(error):
            raise Unavailable(
                "连接不上数据库。请检查数据库是否在运行、CREDIT_REGISTRY_DATABASE_URL 的地址和口令是否正确，然后重试。",
                code="database-unreachable",
            ) from error
        raise


def _explain(error: DBAPIError) -> None:
    """Turn a failure that is the installation's, not a defect, into a refusal that says what to do."""
    if getattr(error.orig, "sqlstate", None) == "53100" or "disk is full" in str(error.orig):
        raise storage_full() from error
    if "disk I/O error" in str(error.orig):
        raise storage_failed() from error
    if error.connection_invalidated or _is_apart_from_statements(error):
        raise Unavailable(
            "与数据库的连接中断，不能确定是否已完成。请稍后用同一个键重试，或先查询结果。",
            code="database-lost",
        ) from error


def _sqlite_engine(url: URL) -> Engine:
    # As many kept open as threads are likely to ask at once: one beyond them is opened, settled and closed again
    # for a single question, which costs more than the question.
    engine = create_engine(
        url, module=_sqlite_module(), connect_args={"timeout": _BUSY_SECONDS}, pool_size=_KEPT_OPEN
    )

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _record: object) -> None:
        # The driver's own transaction handling begins late and DEFERRED; we send BEGIN ourselves.
        connection.isolation_level = None
        cursor = connection.cursor()
        # WAL: readers go on while one writes. FULL: with NORMAL a power cut loses acknowledged imports
        # (117 of 344 crash images), with FULL none was lost. Foreign keys are off in SQLite unless asked.
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-65536")
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # IMMEDIATE takes the write lock before the first read. DEFERRED would read first and fail on its
        # first write if somebody wrote in between, after the decision was made on what it had read.
        reading = connection.get_execution_options().get("registry_reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgres_engine(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10)

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
            cursor.execute(f"SET lock_timeout = '{_BUSY_SECONDS}s'")
            cursor.execute("SET idle_in_transaction_session_timeout = '120s'")
        connection.commit()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A reader sees one moment, whatever is written meanwhile (SQLite's WAL readers do so by nature).
        if connection.get_execution_options().get("registry_reading", False):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    return engine
