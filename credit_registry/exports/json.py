"""JSON for programs: the rows under their column names, with the day and the version."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from credit_registry.exports.tables import Table


def json_bytes(table: Table) -> bytes:
    """The canonical document: UTF-8, keys in the order of the columns, a line break at the end."""
    document = {
        "list": table.name,
        "title": table.title,
        "as_of": table.as_of.isoformat(),
        "list_version": table.version,
        "count": len(table.rows),
        "notes": list(table.notes),
        "entries": [
            {column.name: _value(row.get(column.name)) for column in table.columns} for row in table.rows
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"


def _value(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return {str(key): _value(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_value(each) for each in value]
    raise TypeError(f"no spelling for {type(value).__name__}")
