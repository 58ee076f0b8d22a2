"""Search in names by as little as two characters, on either engine's own index of pairs."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)
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


# The two statements of every search are built once: building one costs more than answering it.


def exact(session: Session, name_key: str, code: str, *, within: Iterable[str]) -> Sequence[Hit]:
    """Enterprises that bear or bore exactly this name or this code."""
    allowed = sorted(within)
    found = session.execute(
        _exact(is_confined=bool(allowed)), {"name_key": name_key, "code": code, "within": allowed}
    )
    return [Hit._make(row) for row in found]


@cache
def _exact(*, is_confined: bool) -> Select[*tuple[Any, ...]]:
    # A union, since neither engine turns OR over two sub-queries into two index look-ups.
    by_name = select(EnterpriseNameRow.enterprise_id).where(
        EnterpriseNameRow.name_key == bindparam("name_key")
    )
    by_code = select(EnterpriseCodeRow.enterprise_id).where(EnterpriseCodeRow.uscc == bindparam("code"))
    ids = by_name.union(by_code).subquery()
    query = select(*_SHOWN).join(ids, EnterpriseRow.id == ids.c.enterprise_id)
    if is_confined:
        query = query.where(_IS_WITHIN)
    return query.order_by(EnterpriseRow.id).limit(_MOST_EXACT)


def containing(
    session: Session, folded: str, *, after: int, limit: int, within: Iterable[str]
) -> Sequence[tuple[int, Hit]]:
    """Enterprises with a name that contains ``folded``, in the order of the names' ids, with those ids.

    Ranking all matches of a common word costs a hundred times the first page; ids come sorted from both indexes.
    """
    allowed, pairs = sorted(within), bigrams(folded)
    asked: dict[str, object] = {"after": after, "most": limit, "within": allowed}
    if session.dialect == "sqlite":
        asked["phrase"] = '"' + " ".join(pairs) + '"'
    else:
        # A plan kept for all words walks the whole key for a rare one; the right plan differs by word.
        session.execute(_PLAN_ANEW)
        asked |= {"grams": sorted(set(pairs)), "folded": folded}
    rows = session.execute(_containing(session.dialect, is_confined=bool(allowed)), asked)
    return [(row[0], Hit._make(row[1:])) for row in rows]


_PLAN_ANEW = text("SET LOCAL plan_cache_mode = 'force_custom_plan'")


@cache
def _containing(dialect: str, *, is_confined: bool) -> Select[*tuple[Any, ...]]:
    is_match: ColumnElement[bool]
    if dialect == "sqlite":
        found = table("enterprise_search", column("rowid"))
        name_id = found.c.rowid
        is_match = literal_column("enterprise_search").op("MATCH")(bindparam("phrase", type_=Text))
    else:
        found = table("enterprise_search", column("name_id"), column("folded"), column("grams", ARRAY(Text)))
        name_id = found.c.name_id
        is_match = and_(
            found.c.grams.contains(bindparam("grams", type_=ARRAY(Text))),
            func.strpos(found.c.folded, bindparam("folded", type_=Text)) > 0,
        )
    hits = select(name_id.label("name_id")).where(is_match, name_id > bindparam("after", type_=BigInteger))
    most = bindparam("most", type_=Integer)
    if not is_confined:
        hits = hits.order_by(name_id).limit(most)
    matched = hits.subquery()
    query = (
        select(matched.c.name_id, *_SHOWN)
        .join(EnterpriseNameRow, EnterpriseNameRow.id == matched.c.name_id)
        .join(EnterpriseRow, EnterpriseRow.id == EnterpriseNameRow.enterprise_id)
    )
    if is_confined:
        query = query.where(_IS_WITHIN)
    return query.order_by(matched.c.name_id).limit(most)


_IS_WITHIN = EnterpriseRow.subdistrict_code.in_(bindparam("within", expanding=True))


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
