"""Columns in and out, fast: what an import writes and what the scorer reads.

The only place that writes rows around the ORM. Values are turned into what the driver stores by column, once,
from the declared types; dates and documents therefore look as if the ORM had written them.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, islice, repeat
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import JSON, BigInteger, Boolean, Date, Integer, Select, and_, func, or_, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import KeyedColumnElement

from credit_registry.storage.database import Session
from credit_registry.storage.queries import members
from credit_registry.storage.tables.enterprises import EnterpriseRow, EnterpriseVersionRow
from credit_registry.storage.tables.metadata import Row, UtcDateTime
from credit_registry.storage.tables.records import RecordVersionRow

CHUNK = 50_000
# Values in one statement of SQLite: a statement for each row costs up to a fifth more, much larger ones gain nothing.
_VALUES = 2_000


@dataclass(frozen=True)
class Same:
    """One value for every row of an insert."""

    value: object


def next_ids(session: Session, table: type[Row], count: int) -> Sequence[int]:
    """Ids that nobody else will take: PostgreSQL's sequence gives them, SQLite's writer lock guards them."""
    name = table.__tablename__
    if session.dialect == "postgresql":
        sequence = select(func.nextval(func.pg_get_serial_sequence(name, "id"))).select_from(
            func.generate_series(1, count)
        )
        return list(session.scalars(sequence))
    start = session.execute(text(f"SELECT coalesce(max(id), 0) + 1 FROM {name}")).scalar_one()  # noqa: S608 - our own name
    return range(start, start + count)


def insert(
    session: Session, table: type[Row], columns: Mapping[str, Sequence[object] | Same], count: int
) -> None:
    """Insert ``count`` rows given as columns.

    Args:
        columns: by attribute name; a sequence of ``count`` values or one value for all.
    """
    if not count:
        return
    session.flush()
    declared = table.__table__.columns
    is_sqlite = session.dialect == "sqlite"
    stored: dict[str, Sequence[object] | Same] = {}
    for attribute, values in columns.items():
        # Nothing is what a column holds when it is not named; SQLite's driver takes longer over a None than over a text.
        if _is_nothing(values):
            continue
        name = _stored_name(table, attribute)
        adapt = _adapter(declared[name], is_sqlite=is_sqlite)
        if adapt is None:
            stored[name] = values
        else:
            stored[name] = Same(adapt(values.value)) if isinstance(values, Same) else _adapted(values, adapt)
    if is_sqlite:
        _insert_many(session, table.__tablename__, stored, count)
    else:
        _copy(session, table.__tablename__, stored, count)


def _is_nothing(values: Sequence[object] | Same) -> bool:
    if isinstance(values, Same):
        return values.value is None
    return values[0] is None and values.count(None) == len(values)


def _copy(session: Session, table: str, columns: Mapping[str, Sequence[object] | Same], count: int) -> None:
    """Insert rows by COPY; a failure is told as of any other statement, so that it is repeated or explained."""
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    rows = zip(
        *(repeat(values.value, count) if isinstance(values, Same) else values for values in columns.values()),
        strict=True,
    )
    dbapi: Any = connection.dialect.loaded_dbapi
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except dbapi.Error as error:
        raise DBAPIError.instance(
            statement,
            None,
            error,
            dbapi.Error,
            connection_invalidated=bool(driver.closed),
            dialect=connection.dialect,
        ) from error


def _insert_many(
    session: Session, table: str, columns: Mapping[str, Sequence[object] | Same], count: int
) -> None:
    """Insert rows many at a time: one statement for all full groups, one for the rest; what is the same is bound once."""
    connection = session.connection()
    shared = {name: values.value for name, values in columns.items() if isinstance(values, Same)}
    differing = {name: values for name, values in columns.items() if not isinstance(values, Same)}
    cells = chain.from_iterable(zip(*differing.values(), strict=True))
    width = len(differing)
    size = max(_VALUES // width, 1)
    once = "".join(f"?{number}, " for number in range(1, len(shared) + 1))

    def statement(rows: int) -> str:
        marks = (
            once + ", ".join(f"?{number}" for number in range(first, first + width))
            for first in range(len(shared) + 1, len(shared) + rows * width + 1, width)
        )
        names = ", ".join([*shared, *differing])
        return f"INSERT INTO {table} ({names}) VALUES ({'), ('.join(marks)})"  # noqa: S608 - declared names

    same = tuple(shared.values())
    full = statement(size)
    for _ in range(count // size):
        connection.exec_driver_sql(full, (*same, *islice(cells, size * width)))
    if rest := count % size:
        connection.exec_driver_sql(statement(rest), (*same, *cells))


def _adapted(values: Sequence[object], adapt: Callable[[Any], object]) -> list[object]:
    """Values as the driver stores them; the days of a large file are few, so each is written once."""
    if adapt is document:
        return [None if value is None else document(value) for value in values]
    known = {value: adapt(value) for value in set(values) if value is not None}
    known[None] = None
    return [known[value] for value in values]


def _stored_name(table: type[Row], attribute: str) -> str:
    return str(getattr(table, attribute).property.columns[0].name)


def _adapter(column: KeyedColumnElement[Any], *, is_sqlite: bool) -> Callable[[Any], object] | None:
    if isinstance(column.type, JSON | JSONB):
        return document
    if not is_sqlite:
        return None
    if isinstance(column.type, Date):
        return date.isoformat
    if isinstance(column.type, UtcDateTime):
        return _sqlite_instant
    return None


def document(value: object) -> str:
    if value == {}:
        return "{}"
    return _written(value)


# `json.dumps` would make an encoder for each of many small documents.
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _sqlite_instant(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


# The scorer's vocabulary. The long texts and `details` are not in it: no rule reads free text.
_NOT_SCORED = frozenset(
    {
        "id", "record_id", "enterprise_id", "version", "recorded_at", "superseded_at", "change", "actor", "reason",
        "batch_id", "source_row", "content_digest", "document_no_raw", "facts", "basis", "content", "details",
    }
)  # fmt: skip
_RECORDS = RecordVersionRow.__table__.columns
_SCORED = [column for column in _RECORDS if column.name not in _NOT_SCORED]
_SUBJECTS = (
    "uscc", "name", "status", "registered_on", "region_code", "subdistrict_code", "industry_code", "enterprise_type",
    "size", "is_high_risk", "is_fire_key_unit",
)  # fmt: skip


def records_frame(
    session: Session,
    *,
    enterprise_ids: Sequence[int] | None = None,
    known_at: datetime | None = None,
    columns: Collection[str] | None = None,
) -> pd.DataFrame:
    """The effective version of every record, in the record vocabulary.

    Args:
        enterprise_ids: only theirs; all when None.
        known_at: as known at that instant; now when None.
        columns: only these beside subject and record; all when None. Each column read costs its cells.

    Returns:
        One row per record, in no order of meaning; days as ``datetime64[s]``, whole numbers as ``Int64``, flags as
        ``boolean``, the rest as ``object`` with None. All states are in it; the scorer tells them apart.
    """
    wanted = [column for column in _SCORED if columns is None or column.name in columns]
    query = select(_RECORDS.enterprise_id.label("subject"), _RECORDS.record_id.label("record"), *wanted)
    query = query.where(_effective(_RECORDS.recorded_at, _RECORDS.superseded_at, known_at))
    if enterprise_ids is not None:
        query = query.where(_among(session, _RECORDS.enterprise_id, enterprise_ids))
    identity = [("subject", _RECORDS.enterprise_id), ("record", _RECORDS.record_id)]
    return _frame(session, query, [*identity, *((column.name, column) for column in wanted)])


def subjects_frame(
    session: Session, *, enterprise_ids: Sequence[int] | None = None, known_at: datetime | None = None
) -> pd.DataFrame:
    """Every enterprise as it is (or was) known, one row each, ordered by subject."""
    if known_at is not None:
        return _subjects_then(session, enterprise_ids, known_at)
    declared = EnterpriseRow.__table__.columns
    query = select(declared.id.label("subject"), *(declared[name] for name in _SUBJECTS))
    query = query.order_by(declared.id)
    if enterprise_ids is not None:
        query = query.where(_among(session, declared.id, enterprise_ids))
    return _frame(session, query, [("subject", declared.id), *((name, declared[name]) for name in _SUBJECTS)])


def _subjects_then(
    session: Session, enterprise_ids: Sequence[int] | None, known_at: datetime
) -> pd.DataFrame:
    versions = EnterpriseVersionRow.__table__.columns
    query = (
        select(versions.enterprise_id, versions.attributes)
        .where(_effective(versions.recorded_at, versions.superseded_at, known_at))
        .order_by(versions.enterprise_id)
    )
    if enterprise_ids is not None:
        query = query.where(_among(session, versions.enterprise_id, enterprise_ids))
    rows = session.execute(query).all()
    declared = EnterpriseRow.__table__.columns
    names = ["subject", *_SUBJECTS]
    kinds = [declared.id, *(declared[name] for name in _SUBJECTS)]
    columns = [[row[0] for row in rows], *([row[1].get(name) for row in rows] for name in _SUBJECTS)]
    return _framed(names, kinds, columns)


def _effective(recorded_at: Any, superseded_at: Any, known_at: datetime | None) -> Any:
    if known_at is None:
        return superseded_at.is_(None)
    return and_(recorded_at <= known_at, or_(superseded_at.is_(None), superseded_at > known_at))


def _among(session: Session, column: Any, ids: Sequence[int]) -> Any:
    return column.in_(select(members.numbers(session, ids).c.value))


def _frame(session: Session, query: Select[Any], kinds: Sequence[tuple[str, Any]]) -> pd.DataFrame:
    """Run a query past the ORM's and the types' row-wise work: the driver's values, turned by column."""
    connection = session.connection()
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    parameters = compiled.construct_params()
    stored = {
        name: _sqlite_instant(value) if isinstance(value, datetime) and session.dialect == "sqlite" else value
        for name, value in parameters.items()
    }
    given = tuple(stored[n] for n in compiled.positiontup or ()) if compiled.positional else stored
    result = connection.exec_driver_sql(str(compiled), given)
    driver: Any = result.cursor
    columns: list[list[object]] = [[] for _ in kinds]
    with _uncollected():
        # By chunks: the tuples of a million rows need not live beside the columns made of them.
        while rows := driver.fetchmany(CHUNK):
            for column, values in zip(columns, zip(*rows, strict=True), strict=True):
                column.extend(values)
        frame = _framed([name for name, _ in kinds], [kind for _, kind in kinds], columns)
    result.close()
    return frame


def _framed(names: list[str], kinds: list[Any], columns: list[list[object]]) -> pd.DataFrame:
    """The texts as one block and the typed columns beside it: a Series each costs more than a small answer's rows."""
    typed = {
        name: made
        for name, kind, values in zip(names, kinds, columns, strict=True)
        if (made := _typed(values, kind)) is not None
    }
    texts = [(name, values) for name, values in zip(names, columns, strict=True) if name not in typed]
    block = np.empty((len(texts), len(columns[0])), dtype=object)
    for at, (_, values) in enumerate(texts):
        block[at] = values
    plain = pd.DataFrame(block.T, columns=[name for name, _ in texts], dtype=object, copy=False)
    return pd.concat([plain, pd.DataFrame(typed)], axis=1)[names]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cyclic collector: it would walk millions of cells again and again, and none is in a cycle."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _typed(values: list[object], column: KeyedColumnElement[Any]) -> Any:
    """The array of a column of days, flags or whole numbers; None for texts."""
    if isinstance(column.type, Date):
        # The days of many rows are few: each is parsed once.
        places = {day: place for place, day in enumerate(dict.fromkeys(values))}
        known = np.array(list(places), dtype="datetime64[D]").astype("datetime64[s]")
        return known[[places[day] for day in values]] if values else known
    if isinstance(column.type, Boolean | Integer | BigInteger):
        absent = np.array([value is None for value in values], dtype=bool)
        filled: list[Any] = [0 if value is None else value for value in values]
        if isinstance(column.type, Boolean):
            # SQLite answers 0 and 1.
            return pd.arrays.BooleanArray(np.array(filled, dtype=bool), absent)
        whole = np.array(filled, dtype=np.int64)
        return pd.arrays.IntegerArray(whole, absent) if getattr(column, "nullable", True) else whole
    return None
