"""What every table shares: names for constraints, and the few column types of our own."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DDL, JSON, BigInteger, DateTime, Integer, MetaData, String, TypeDecorator, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase

# Every constraint has a name: Alembic's batch mode drops unnamed checks, and an error must say what it broke.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware on the way in and out, UTC inside.

    SQLite has no zone; a naive value is refused rather than taken for local time.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite autoincrements only INTEGER primary keys; PostgreSQL wants 64 bits.
Id = BigInteger().with_variant(Integer, "sqlite")
Document = JSON().with_variant(JSONB(), "postgresql")
Code = String(32)


class Row(DeclarativeBase):
    """The root of all table classes."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {
        datetime: UtcDateTime(),
        dict[str, Any]: Document,
        list[Any]: Document,
    }


metadata = Row.metadata


def make_after_tables(statements: Mapping[str, Sequence[str]]) -> None:
    """Have statements run once all tables are made: guards name tables of other areas; harmless when repeated.

    Args:
        statements: by dialect.
    """
    for dialect, each in statements.items():
        for statement in each:
            made = DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)
            event.listen(metadata, "after_create", made)
