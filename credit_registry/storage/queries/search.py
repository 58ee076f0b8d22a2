"""Search in names by as little as two characters, on either engine's own index of pairs."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Select, and_, column, func, literal_column, select, table, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from credit_registry.domain.names import bigrams
from credit_registry.storage.database import Session
from credit_registry.storage.tables.enterprises import EnterpriseCodeRow, EnterpriseNameRow, EnterpriseRow

_CHUNK = 10_000
_MOST_EXACT = 50


class Hit(NamedTuple):
    """What a list of found enterprises shows; the long texts stay where they are."""

    id: int
    uscc: str | None
    name: str
    status: str
    registered_on: date | None
    address: str | None
    subdistrict_code: str | None


_SHOWN = tuple(getattr(EnterpriseRow, name) for name in Hit._fields)


def index(session: Session, names: Sequence[tuple[int, str]]) -> None:
    """Put names into the index: (id of the name, its searchable text). A name is never taken out again."""
    session.flush()
    for start in range(0, len(names), _CHUNK):
        chunk = names[start : start + _CHUNK]
        if session.dialect == "sqlite":
            session.connection().exec_driver_sql(
                "INSERT INTO enterprise_search (rowid, grams) VALUES (?, ?)",
                [(name_id, " ".join(bigrams(folded))) for name_id, folded in chunk],
            )
        else:
            session.connection().exec_driver_sql(
                "INSERT INTO enterprise_search (name_id, folded, grams) VALUES (%s, %s, %s)",
                [(name_id, folded, sorted(set(bigrams(folded)))) for name_id, folded in chunk],
            )


def exact(session: Session, name_key: str, code: str, *, within: Iterable[str]) -> Sequence[Hit]:
    """Enterprises that bear or bore exactly this name or this code."""
    # A union, since neither engine turns OR over two sub-queries into two index look-ups.
    by_name = select(EnterpriseNameRow.enterprise_id).where(EnterpriseNameRow.name_key == name_key)
    by_code = select(EnterpriseCodeRow.enterprise_id).where(EnterpriseCodeRow.uscc == code)
    ids = by_name.union(by_code).subquery()
    query = select(*_SHOWN).join(ids, EnterpriseRow.id == ids.c.enterprise_id)
    found = session.execute(_confined(query, within).order_by(EnterpriseRow.id).limit(_MOST_EXACT))
    return [Hit._make(row) for row in found]


def containing(
    session: Session, folded: str, *, after: int, limit: int, within: Iterable[str]
) -> Sequence[tuple[int, Hit]]:
    """Enterprises with a name that contains ``folded``, in the order of the names' ids, with those ids.

    Ranking all matches of a common word costs a hundred times the first page; ids come sorted from both indexes.
    """
    if session.dialect == "sqlite":
        found = table("enterprise_search", column("rowid"))
        phrase = '"' + " ".join(bigrams(folded)) + '"'
        hits = select(found.c.rowid.label("name_id")).where(
            literal_column("enterprise_search").op("MATCH")(phrase), found.c.rowid > after
        )
        if not list(within):
            hits = hits.order_by(found.c.rowid).limit(limit)
    else:
        # A plan kept for all words walks the whole key for a rare one; the right plan differs by word.
        session.execute(text("SET LOCAL plan_cache_mode = 'force_custom_plan'"))
        found = table("enterprise_search", column("name_id"), column("folded"), column("grams", ARRAY(Text)))
        hits = select(found.c.name_id).where(
            found.c.grams.contains(sorted(set(bigrams(folded)))),
            func.strpos(found.c.folded, folded) > 0,
            found.c.name_id > after,
        )
        if not list(within):
            hits = hits.order_by(found.c.name_id).limit(limit)
    matched = hits.subquery()
    query = (
        select(matched.c.name_id, *_SHOWN)
        .join(EnterpriseNameRow, EnterpriseNameRow.id == matched.c.name_id)
        .join(EnterpriseRow, EnterpriseRow.id == EnterpriseNameRow.enterprise_id)
        .order_by(matched.c.name_id)
        .limit(limit)
    )
    return [(row[0], Hit._make(row[1:])) for row in session.execute(_confined(query, within))]


def by_code_prefix(
    session: Session, prefix: str, *, after: str, limit: int, within: Iterable[str]
) -> Sequence[tuple[str, Hit]]:
    """Enterprises with a code that begins so, in the order of the codes."""
    codes = EnterpriseCodeRow.uscc
    query = (
        select(codes, *_SHOWN)
        .join(EnterpriseRow, EnterpriseRow.id == EnterpriseCodeRow.enterprise_id)
        # Padded bounds, not LIKE: every collation puts digits before letters, few make LIKE an index scan.
        .where(and_(codes >= prefix.ljust(18, "0"), codes <= prefix.ljust(18, "Z"), codes > after))
        .order_by(codes)
        .limit(limit)
    )
    return [(row[0], Hit._make(row[1:])) for row in session.execute(_confined(query, within))]


def resembling(session: Session, folded: str, *, limit: int) -> list[tuple[int, str | None, str, str]]:
    """Enterprises with names that share pairs with ``folded``: id, code, present name, the name that resembles.

    Candidates for a person's eye, best-sharing first; rare pairs weigh more than 有限 and 公司.
    """
    grams = [gram for gram in dict.fromkeys(bigrams(folded)) if gram not in _COMMON] or bigrams(folded)
    if not grams:
        return []
    if session.dialect == "sqlite":
        statement = text(
            "SELECT e.id, e.uscc, e.name, n.name FROM "
            "(SELECT rowid FROM enterprise_search WHERE enterprise_search MATCH :grams ORDER BY rank LIMIT :limit) s "
            "JOIN enterprise_names n ON n.id = s.rowid JOIN enterprises e ON e.id = n.enterprise_id"
        )
        rows = session.execute(
            statement, {"grams": " OR ".join(f'"{gram}"' for gram in grams), "limit": limit}
        )
    else:
        statement = text(
            "SELECT e.id, e.uscc, e.name, n.name FROM (SELECT name_id, "
            "cardinality(ARRAY(SELECT unnest(grams) INTERSECT SELECT unnest(CAST(:grams AS text[])))) AS shared "
            "FROM enterprise_search WHERE grams && CAST(:grams AS text[]) ORDER BY shared DESC, name_id LIMIT :limit) s "
            "JOIN enterprise_names n ON n.id = s.name_id JOIN enterprises e ON e.id = n.enterprise_id"
        )
        rows = session.execute(statement, {"grams": grams, "limit": limit})
    return [(row[0], row[1], row[2], row[3]) for row in rows]


# In nearly every name: they tell nothing apart and make the candidates everybody.
_COMMON = frozenset(
    [
        "有限",
        "限公",
        "公司",
        "责任",
        "限责",
        "任公",
        "北京",
        "科技",
        "技有",
        "分公",
        "京市",
        "股份",
        "份有",
        "集团",
        "团有",
        "发展",
        "展有",
        "技术",
        "术有",
    ]
)


_Query = TypeVar("_Query", bound=Select[*tuple[Any, ...]])


def _confined(query: _Query, within: Iterable[str]) -> _Query:
    allowed = sorted(within)
    return query.where(EnterpriseRow.subdistrict_code.in_(allowed)) if allowed else query
