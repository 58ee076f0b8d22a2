"""Other departments' lists: what is known of whom, by code."""

from collections.abc import Sequence

from sqlalchemy import select

from credit_registry.storage.database import Session
from credit_registry.storage.queries import members
from credit_registry.storage.tables.enterprises import EnterpriseCodeRow
from credit_registry.storage.tables.other_lists import OtherListingRow

_NEWEST = OtherListingRow.superseded_at.is_(None)


def newest_of_keys(session: Session, keys: Sequence[str]) -> dict[str, OtherListingRow]:
    """Natural key -> the newest version, for the entries that are known."""
    wanted = members.texts(session, keys)
    query = select(OtherListingRow).join(wanted, OtherListingRow.natural_key == wanted.c.value).where(_NEWEST)
    return {row.natural_key: row for row in session.scalars(query)}


def versions_of_keys(session: Session, keys: Sequence[str]) -> Sequence[OtherListingRow]:
    """Every version of these entries, in order."""
    wanted = members.texts(session, keys)
    query = select(OtherListingRow).join(wanted, OtherListingRow.natural_key == wanted.c.value)
    return session.scalars(query.order_by(OtherListingRow.natural_key, OtherListingRow.version)).all()


def keys_of_batch(session: Session, batch_id: int) -> Sequence[str]:
    query = select(OtherListingRow.natural_key).where(OtherListingRow.batch_id == batch_id).distinct()
    return session.scalars(query).all()


def of_enterprise(session: Session, enterprise_id: int) -> Sequence[OtherListingRow]:
    """What is known today under any code that the enterprise bears or bore; withdrawn entries are not among it."""
    borne = select(EnterpriseCodeRow.uscc).where(EnterpriseCodeRow.enterprise_id == enterprise_id)
    query = select(OtherListingRow).where(
        OtherListingRow.uscc.in_(borne), _NEWEST, OtherListingRow.state == "live"
    )
    return session.scalars(query.order_by(OtherListingRow.id)).all()


def of_codes(session: Session, codes: Sequence[str]) -> list[tuple[str, OtherListingRow]]:
    """(code asked, entry) of what is known today under the code, or under another code of the same enterprise."""
    wanted = members.texts(session, codes)
    asked = (
        select(EnterpriseCodeRow.uscc, EnterpriseCodeRow.enterprise_id)
        .join(wanted, EnterpriseCodeRow.uscc == wanted.c.value)
        .subquery()
    )
    borne = (
        select(asked.c.uscc.label("asked"), EnterpriseCodeRow.uscc.label("uscc"))
        .join(asked, EnterpriseCodeRow.enterprise_id == asked.c.enterprise_id)
        .union(select(wanted.c.value, wanted.c.value))
        .subquery()
    )
    query = (
        select(borne.c.asked, OtherListingRow)
        .join(borne, OtherListingRow.uscc == borne.c.uscc)
        .where(_NEWEST, OtherListingRow.state == "live")
        .order_by(OtherListingRow.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]
