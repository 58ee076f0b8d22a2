"""Python lists as tables: one statement for any number of keys, on both engines.

``IN (?, ?, …)`` ends at the engine's limit of parameters and compiles anew for each length.
"""

import json
from collections.abc import Sequence

from sqlalchemy import BigInteger, Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.expression import FromClause

from credit_registry.storage.database import Session


def texts(session: Session, values: Sequence[str]) -> FromClause:
    """A table with the one column ``value``."""
    return _table(session, values, "texts", is_text=True)


def numbers(session: Session, values: Sequence[int]) -> FromClause:
    """A table with the one column ``value``."""
    return _table(session, values, "numbers", is_text=False)


def pairs(session: Session, left: Sequence[int], right: Sequence[str]) -> FromClause:
    """A table with the columns ``number`` and ``value``: the n-th of each list in one row."""
    if session.dialect == "postgresql":
        arrays = (cast(list(left), ARRAY(BigInteger)), cast(list(right), ARRAY(Text)))
        return func.unnest(*arrays).table_valued("number", "value", name="pairs").render_derived()
    # An object names its members twice where a pair differs in the number only; SQLite answers both.
    named = zip(map(json.dumps, right), left, strict=True)
    document = "{" + ",".join([f"{name}:{number}" for name, number in named]) + "}"
    each = func.json_each(document).table_valued("key", "value", name="each")
    return select(each.c.value.label("number"), each.c.key.label("value")).subquery("pairs")


def _table(session: Session, values: Sequence[object], name: str, *, is_text: bool) -> FromClause:
    if session.dialect == "postgresql":
        array = cast(list(values), ARRAY(Text if is_text else BigInteger))
        return func.unnest(array).table_valued("value", name=name).render_derived()
    return func.json_each(json.dumps(list(values), ensure_ascii=False)).table_valued("value", name=name)
