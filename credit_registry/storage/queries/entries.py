"""Entries: who stands on a list on a day, as the public, the other offices and the scorer ask."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_, select, text

from credit_registry.storage.database import Session
from credit_registry.storage.queries import members
from credit_registry.storage.tables.accounts import OfficeRow
from credit_registry.storage.tables.enterprises import EnterpriseCodeRow, EnterpriseRow
from credit_registry.storage.tables.listing_guards import ENTRY_BREACHES
from credit_registry.storage.tables.listings import (
    IN_FORCE,
    ListingCaseRow,
    ListingGroundRow,
    ListingStepRow,
    ListVersionRow,
)
from credit_registry.storage.tables.records import RecordVersionRow

# Any constant will do; it names the tail of the list versions among advisory locks.
_VERSION_LOCK = 7_226_012
# Written out in the statement: as parameters they are counted and expanded anew at each of the many look-ups.
_IN_FORCE: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in IN_FORCE]
_FALLEN: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in ("revoked", "withdrawn")]


def of_key(enterprise_id: int, series: str, office_id: int) -> ColumnElement[bool]:
    return and_(
        ListingCaseRow.enterprise_id == enterprise_id,
        ListingCaseRow.series == series,
        ListingCaseRow.office_id == office_id,
    )


def entry_of_key(session: Session, enterprise_id: int, series: str, office_id: int) -> int | None:
    query = select(ListingCaseRow.id).where(of_key(enterprise_id, series, office_id))
    return session.scalar(query.where(ListingCaseRow.state.in_(IN_FORCE)))


def entry_of_other_list(session: Session, enterprise_id: int, list_kind: str) -> int | None:
    """A case of the other list that is in force for the enterprise, whatever its series and office."""
    return session.scalar(
        select(ListingCaseRow.id)
        .where(
            ListingCaseRow.enterprise_id == enterprise_id,
            ListingCaseRow.list_kind != list_kind,
            ListingCaseRow.state.in_(IN_FORCE),
        )
        .limit(1)
    )


def append_version(session: Session, case: ListingCaseRow, change: str, at: datetime) -> int:
    """The public lists change by this case: the next number."""
    if session.dialect == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _VERSION_LOCK})
    number = list_version(session) + 1
    session.add(
        ListVersionRow(number=number, at=at, case_id=case.id, list_kind=case.list_kind, change=change)
    )
    session.flush()
    return number


def newest_change(session: Session, case_id: int) -> ListVersionRow | None:
    """How the public last saw a case come or go, as counted."""
    query = select(ListVersionRow).where(ListVersionRow.case_id == case_id)
    return session.scalar(query.order_by(ListVersionRow.number.desc()).limit(1))


def was_shown(session: Session, case_id: int) -> bool:
    found = newest_change(session, case_id)
    return found is not None and found.change == "shown"


def list_version(session: Session) -> int:
    return session.scalar(select(func.max(ListVersionRow.number))) or 0


def shown(on: date) -> ColumnElement[bool]:
    """Whether an entry is to be seen on a day: from its first day to its last, unless hidden or bare of grounds.

    The grounds are asked as well, whatever path their revocation took into the register.
    """
    return and_(
        ListingCaseRow.state.in_(_IN_FORCE),
        ListingCaseRow.listed_from <= on,
        ListingCaseRow.listed_until >= on,
        ListingCaseRow.hidden_since.is_(None),
        stands(),
    )


def stands(known_at: datetime | None = None) -> ColumnElement[bool]:
    """Whether a case is red, or rests on a record that was neither revoked nor withdrawn.

    Args:
        known_at: as the records were known then; now where ``None``.
    """
    known: ColumnElement[bool] = RecordVersionRow.superseded_at.is_(None)
    if known_at is not None:
        later = RecordVersionRow.superseded_at > known_at
        known = and_(RecordVersionRow.recorded_at <= known_at, or_(known, later))
    standing = (
        select(ListingGroundRow.id)
        .join(RecordVersionRow, RecordVersionRow.record_id == ListingGroundRow.record_id)
        .where(
            ListingGroundRow.case_id == ListingCaseRow.id,
            known,
            RecordVersionRow.kind == "penalty",
            RecordVersionRow.state.not_in(_FALLEN),
        )
    )
    return or_(ListingCaseRow.list_kind == "red", standing.exists())


def entries(
    session: Session, enterprise_ids: Iterable[int], *, on: date
) -> Sequence[tuple[ListingCaseRow, OfficeRow]]:
    """The entries to be seen on ``on`` for these enterprises, with the office that made each."""
    wanted = members.numbers(session, sorted(set(enterprise_ids)))
    query = (
        select(ListingCaseRow, OfficeRow)
        .join(wanted, ListingCaseRow.enterprise_id == wanted.c.value)
        .join(OfficeRow, OfficeRow.id == ListingCaseRow.office_id)
        .where(shown(on))
        .order_by(ListingCaseRow.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def public_entries(
    session: Session,
    list_kind: str,
    *,
    on: date,
    name_key: str | None = None,
    uscc: str | None = None,
    after: int = 0,
    limit: int | None = None,
) -> Sequence[tuple[ListingCaseRow, EnterpriseRow, OfficeRow]]:
    """What the public sees of a list on a day, by case number.

    Args:
        name_key: part of a folded name, or a whole code.
        uscc: a code that the enterprise bears or bore.
    """
    query: Select[ListingCaseRow, EnterpriseRow, OfficeRow] = (
        select(ListingCaseRow, EnterpriseRow, OfficeRow)
        .join(EnterpriseRow, EnterpriseRow.id == ListingCaseRow.enterprise_id)
        .join(OfficeRow, OfficeRow.id == ListingCaseRow.office_id)
        .where(shown(on), ListingCaseRow.list_kind == list_kind, ListingCaseRow.id > after)
        .order_by(ListingCaseRow.id)
    )
    if name_key is not None:
        matching = EnterpriseRow.name_key.contains(name_key, autoescape=True)
        query = query.where(or_(matching, EnterpriseRow.uscc == name_key.upper()))
    if uscc is not None:
        bearers = select(EnterpriseCodeRow.enterprise_id).where(EnterpriseCodeRow.uscc == uscc)
        query = query.where(EnterpriseRow.id.in_(bearers))
    if limit is not None:
        query = query.limit(limit)
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def last_steps(
    session: Session, *, known_at: datetime
) -> Sequence[tuple[ListingCaseRow, ListingStepRow, OfficeRow]]:
    """Each black case as its last step known at an instant left it."""
    last = (
        select(ListingStepRow.case_id, func.max(ListingStepRow.number).label("number"))
        .where(ListingStepRow.at <= known_at)
        .group_by(ListingStepRow.case_id)
        .subquery()
    )
    query = (
        select(ListingCaseRow, ListingStepRow, OfficeRow)
        .join(last, last.c.case_id == ListingCaseRow.id)
        .join(
            ListingStepRow,
            and_(ListingStepRow.case_id == last.c.case_id, ListingStepRow.number == last.c.number),
        )
        .join(OfficeRow, OfficeRow.id == ListingCaseRow.office_id)
        .where(ListingCaseRow.list_kind == "black", ListingStepRow.listed_from.is_not(None), stands(known_at))
        .order_by(ListingCaseRow.id)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def in_force(session: Session, list_kind: str) -> Sequence[ListingCaseRow]:
    query = select(ListingCaseRow).where(
        ListingCaseRow.list_kind == list_kind, ListingCaseRow.state.in_(IN_FORCE)
    )
    return session.scalars(query.order_by(ListingCaseRow.id)).all()


def black_since(session: Session, enterprise_id: int, since: date) -> int | None:
    """A black case that was decided, and not revoked, and whose entry reached into the time since."""
    query = select(ListingCaseRow.id).where(
        ListingCaseRow.enterprise_id == enterprise_id,
        ListingCaseRow.list_kind == "black",
        ListingCaseRow.listed_from.is_not(None),
        ListingCaseRow.state != "REVOKED",
        or_(ListingCaseRow.ended_on.is_(None), ListingCaseRow.ended_on >= since),
    )
    return session.scalar(query.order_by(ListingCaseRow.id).limit(1))


def breaches(session: Session) -> list[tuple[int, str]]:
    """Entries that are shown although due process was not kept: case and what is missing.

    The same sentences that the triggers hold, asked of what is stored: for a database whose triggers somebody
    has dropped, and for a copy brought back from elsewhere.
    """
    found: list[tuple[int, str]] = []
    states = ", ".join(repr(state) for state in IN_FORCE)
    for name, breach in ENTRY_BREACHES:
        sentence = breach.replace("NEW.", "entry.")
        statement = f"SELECT entry.id FROM listing_cases entry WHERE entry.state IN ({states}) AND entry.hidden_since IS NULL AND ({sentence})"  # noqa: S608 - constants of listing_guards.py
        found += [(row[0], name) for row in session.execute(text(statement))]
    return sorted(found)
