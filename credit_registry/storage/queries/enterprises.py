"""Enterprises: by code, former codes included; by name, former names included; paged."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from credit_registry.storage.database import Session
from credit_registry.storage.queries import members
from credit_registry.storage.tables.assessments import AssessmentRow, DirtyRow
from credit_registry.storage.tables.enterprises import (
    EnterpriseCodeRow,
    EnterpriseNameRow,
    EnterpriseRow,
    EnterpriseVersionRow,
)
from credit_registry.storage.tables.metadata import UtcDateTime


@dataclass(frozen=True, slots=True)
class Bearer:
    """An enterprise that bears or bore a name."""

    enterprise_id: int
    uscc: str | None
    name: str
    borne: str
    is_former: bool


def find(session: Session, uscc: str) -> EnterpriseRow | None:
    """By a code it bears or bore."""
    query = select(EnterpriseRow).join(EnterpriseCodeRow).where(EnterpriseCodeRow.uscc == uscc)
    return session.scalar(query)


def find_by_id(session: Session, enterprise_id: int) -> EnterpriseRow | None:
    return session.get(EnterpriseRow, enterprise_id)


def lock(session: Session, enterprise_id: int) -> EnterpriseRow | None:
    """The row, locked until the transaction ends (SQLite's writer lock already holds everything)."""
    query = (
        select(EnterpriseRow)
        .where(EnterpriseRow.id == enterprise_id)
        .execution_options(populate_existing=True)
    )
    return session.scalar(query if session.dialect == "sqlite" else query.with_for_update())


def names_of(session: Session, enterprise_id: int) -> Sequence[EnterpriseNameRow]:
    query = select(EnterpriseNameRow).where(EnterpriseNameRow.enterprise_id == enterprise_id)
    return session.scalars(query.order_by(EnterpriseNameRow.id)).all()


def codes_of(session: Session, enterprise_id: int) -> Sequence[EnterpriseCodeRow]:
    query = select(EnterpriseCodeRow).where(EnterpriseCodeRow.enterprise_id == enterprise_id)
    return session.scalars(query.order_by(EnterpriseCodeRow.recorded_at, EnterpriseCodeRow.uscc)).all()


def versions_of(session: Session, enterprise_id: int) -> Sequence[EnterpriseVersionRow]:
    query = select(EnterpriseVersionRow).where(EnterpriseVersionRow.enterprise_id == enterprise_id)
    return session.scalars(query.order_by(EnterpriseVersionRow.version)).all()


def branches_of(session: Session, enterprise_id: int, *, limit: int) -> Sequence[EnterpriseRow]:
    query = select(EnterpriseRow).where(EnterpriseRow.parent_id == enterprise_id).order_by(EnterpriseRow.id)
    return session.scalars(query.limit(limit)).all()


def ids_of_codes(session: Session, codes: Sequence[str]) -> dict[str, int]:
    """Code -> enterprise, for those codes that the register holds."""
    wanted = members.texts(session, codes)
    query = select(EnterpriseCodeRow.uscc, EnterpriseCodeRow.enterprise_id)
    return {
        row[0]: row[1]
        for row in session.execute(query.join(wanted, EnterpriseCodeRow.uscc == wanted.c.value))
    }


def rows_of_ids(session: Session, ids: Sequence[int]) -> dict[int, EnterpriseRow]:
    wanted = members.numbers(session, ids)
    query = select(EnterpriseRow).join(wanted, EnterpriseRow.id == wanted.c.value)
    return {row.id: row for row in session.scalars(query)}


def name_keys_of_ids(session: Session, ids: Sequence[int]) -> dict[int, dict[str, bool]]:
    """Per enterprise, the folded names it bears or bore -> whether it is a former one."""
    wanted = members.numbers(session, ids)
    query = select(EnterpriseNameRow.enterprise_id, EnterpriseNameRow.name_key, EnterpriseNameRow.valid_until)
    found: dict[int, dict[str, bool]] = defaultdict(dict)
    for enterprise_id, key, until in session.execute(
        query.join(wanted, EnterpriseNameRow.enterprise_id == wanted.c.value)
    ):
        found[enterprise_id][key] = until is not None
    return found


@dataclass(frozen=True, slots=True)
class Registered:
    """What a row of a file is checked against."""

    enterprise_id: int
    name: str
    name_key: str
    status: str
    subdistrict_code: str | None


def registered_under(session: Session, codes: Sequence[str]) -> dict[str, Registered]:
    """Code, present or former -> the enterprise, for those codes that the register holds."""
    wanted = members.texts(session, codes)
    query = (
        select(
            EnterpriseCodeRow.uscc, EnterpriseRow.id, EnterpriseRow.name, EnterpriseRow.name_key, EnterpriseRow.status,
            EnterpriseRow.subdistrict_code,
        )
        .join(EnterpriseRow, EnterpriseRow.id == EnterpriseCodeRow.enterprise_id)
        .join(wanted, EnterpriseCodeRow.uscc == wanted.c.value)
    )  # fmt: skip
    return {row[0]: Registered(*row[1:]) for row in session.execute(query)}


def bearers_of(session: Session, name_keys: Sequence[str]) -> dict[str, list[Bearer]]:
    """Folded name -> the enterprises that bear or bore exactly it, present bearers first."""
    wanted = members.texts(session, name_keys)
    query = (
        select(
            EnterpriseNameRow.name_key, EnterpriseRow.id, EnterpriseRow.uscc, EnterpriseRow.name,
            EnterpriseNameRow.name, EnterpriseNameRow.valid_until,
        )
        .join(EnterpriseRow, EnterpriseRow.id == EnterpriseNameRow.enterprise_id)
        .join(wanted, EnterpriseNameRow.name_key == wanted.c.value)
        .order_by(EnterpriseRow.id)
    )  # fmt: skip
    found: dict[str, list[Bearer]] = defaultdict(list)
    for key, enterprise_id, uscc, name, borne, until in session.execute(query):
        found[key].append(Bearer(enterprise_id, uscc, name, borne, until is not None))
    for bearers in found.values():
        bearers.sort(key=lambda bearer: bearer.is_former)
    return found


def orphan_branches(session: Session) -> list[tuple[int, str]]:
    """Branches whose parent is not known: id and folded name."""
    query = select(EnterpriseRow.id, EnterpriseRow.name_key)
    query = query.where(EnterpriseRow.parent_id.is_(None), EnterpriseRow.name_key.like("%分公司"))
    return [(row[0], row[1]) for row in session.execute(query.order_by(EnterpriseRow.id))]


def page(
    session: Session,
    *,
    after: int = 0,
    limit: int,
    grade: str | None = None,
    subdistrict: str | None = None,
    within: Iterable[str] = (),
) -> Sequence[EnterpriseRow]:
    """By id; ``within`` confines to sub-districts, none given confines to nothing."""
    query = select(EnterpriseRow).where(EnterpriseRow.id > after).order_by(EnterpriseRow.id).limit(limit)
    if grade is not None:
        query = query.join(AssessmentRow, AssessmentRow.enterprise_id == EnterpriseRow.id)
        query = query.where(AssessmentRow.grade == grade)
    if subdistrict is not None:
        query = query.where(EnterpriseRow.subdistrict_code == subdistrict)
    if allowed := sorted(within):
        query = query.where(EnterpriseRow.subdistrict_code.in_(allowed))
    return session.scalars(query).all()


def set_parents(session: Session, parents: Sequence[tuple[int, int]]) -> None:
    """Link branches to parents: (branch, parent)."""
    if parents:
        session.execute(
            update(EnterpriseRow), [{"id": branch, "parent_id": parent} for branch, parent in parents]
        )


def mark_dirty(session: Session, enterprise_ids: Iterable[int], since: datetime) -> None:
    """Note that these enterprises' facts changed since they were assessed; once is enough."""
    wanted = members.numbers(session, sorted(set(enterprise_ids)))
    # The WHERE keeps SQLite's parser from reading ON CONFLICT as a join condition.
    source = select(wanted.c.value, literal(since, UtcDateTime())).where(true())
    statement = (
        sqlite.insert(DirtyRow) if session.dialect == "sqlite" else postgresql.insert(DirtyRow)
    ).from_select(["enterprise_id", "since"], source)
    # An update that changes nothing, rather than DO NOTHING: it locks a mark that is there already, so that a run
    # which takes it waits for us and reads our facts, or we wait for the run and mark anew.
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[DirtyRow.enterprise_id], set_={"since": DirtyRow.since}
        )
    )
