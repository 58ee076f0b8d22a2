"""Records and their versions: known facts by key, chains by record, pages by enterprise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    bindparam,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)

from credit_registry.storage.database import Session
from credit_registry.storage.queries import members
from credit_registry.storage.tables.listings import ListingGroundRow
from credit_registry.storage.tables.metadata import UtcDateTime
from credit_registry.storage.tables.records import PersonalDatumRow, RecordRow, RecordVersionRow

_RECORDS: Table = RecordRow.metadata.tables["records"]
_VERSIONS: Table = RecordVersionRow.metadata.tables["record_versions"]

# Any constant will do; it names the writers of records among advisory locks.
_WRITERS_LOCK = 7_226_012


@dataclass(slots=True)
class Known:
    """A fact that the register holds: its newest version, and what was said of it since a withdrawal, if ever."""

    record_id: int
    enterprise_id: int
    version: int
    state: str
    digest: str
    digests: set[str]


def lock_writers(session: Session) -> None:
    """One writer of records at a time: two batches with overlapping rows then end as if one after the other.

    SQLite's BEGIN IMMEDIATE is that lock already.
    """
    if session.dialect == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS_LOCK})
    else:
        # Reading first would do as well; this says that the transaction is meant to have begun.
        session.connection()


def known(
    session: Session, enterprise_ids: Sequence[int], keys: Sequence[str]
) -> dict[tuple[int, str], Known]:
    """Of the facts named by (enterprise, natural key), those that the register holds."""
    if not enterprise_ids or session.scalar(select(RecordRow.id).limit(1)) is None:
        return {}
    wanted = members.pairs(session, enterprise_ids, keys)
    versions = RecordVersionRow.__table__.c
    query = (
        select(
            RecordRow.id, RecordRow.enterprise_id, RecordRow.natural_key, versions.version, versions.content_digest,
            versions.state, versions.change,
        )
        .select_from(wanted)
        .join(RecordRow, and_(RecordRow.enterprise_id == wanted.c.number, RecordRow.natural_key == wanted.c.value))
        .join(
            RecordVersionRow,
            and_(versions.enterprise_id == RecordRow.enterprise_id, versions.record_id == RecordRow.id),
        )
        .order_by(versions.record_id, versions.version)
    )  # fmt: skip
    found: dict[tuple[int, str], Known] = {}
    for record_id, enterprise_id, key, version, digest, state, change in session.execute(query):
        held = found.get((enterprise_id, key))
        if held is None:
            found[enterprise_id, key] = Known(record_id, enterprise_id, version, state, digest, {digest})
        elif version >= held.version:
            held.version, held.state, held.digest = version, state, digest
            # What a withdrawn batch said was unsaid with it, and may be said again.
            if change == "withdrawal":
                held.digests.clear()
            held.digests.add(digest)
    return found


def find(session: Session, record_id: int) -> RecordRow | None:
    return session.get(RecordRow, record_id)


def lock(session: Session, record_id: int) -> RecordRow | None:
    """The record, locked until the transaction ends."""
    query = select(RecordRow).where(RecordRow.id == record_id).execution_options(populate_existing=True)
    return session.scalar(query if session.dialect == "sqlite" else query.with_for_update())


def find_by_key(session: Session, enterprise_id: int, natural_key: str) -> RecordRow | None:
    query = select(RecordRow).where(
        RecordRow.enterprise_id == enterprise_id, RecordRow.natural_key == natural_key
    )
    return session.scalar(query)


def versions_of(session: Session, record: RecordRow) -> Sequence[RecordVersionRow]:
    """The chain, oldest first."""
    query = select(RecordVersionRow).where(
        RecordVersionRow.enterprise_id == record.enterprise_id, RecordVersionRow.record_id == record.id
    )
    return session.scalars(query.order_by(RecordVersionRow.version)).all()


def newest(session: Session, record: RecordRow) -> RecordVersionRow:
    query = select(RecordVersionRow).where(
        RecordVersionRow.enterprise_id == record.enterprise_id,
        RecordVersionRow.record_id == record.id,
        RecordVersionRow.version == record.version,
    )
    return session.scalars(query).one()


def newest_of(session: Session, record_ids: Sequence[int]) -> dict[int, RecordVersionRow]:
    """Record -> its newest version."""
    wanted = members.numbers(session, record_ids)
    query = (
        select(RecordVersionRow)
        .select_from(wanted)
        .join(RecordRow, RecordRow.id == wanted.c.value)
        .join(
            RecordVersionRow,
            and_(
                RecordVersionRow.enterprise_id == RecordRow.enterprise_id,
                RecordVersionRow.record_id == RecordRow.id,
                RecordVersionRow.version == RecordRow.version,
            ),
        )
    )
    return {row.record_id: row for row in session.scalars(query)}


def supersede(session: Session, versions: Sequence[tuple[int, int, int]], at: datetime) -> int:
    """End the validity of newest versions and raise their records' number.

    Args:
        versions: (enterprise, record, version that was newest).

    Returns:
        how many were still the newest.
    """
    if not versions:
        return 0
    keys = [{"e": enterprise, "r": record, "v": version} for enterprise, record, version in versions]
    connection = session.connection()
    raised = connection.execute(
        update(_RECORDS)
        .where(_RECORDS.c.id == bindparam("r"), _RECORDS.c.version == bindparam("v"))
        .values(version=_RECORDS.c.version + 1),
        keys,
    )
    held = _VERSIONS.c
    connection.execute(
        update(_VERSIONS)
        .where(
            held.enterprise_id == bindparam("e"),
            held.record_id == bindparam("r"),
            held.version == bindparam("v"),
            held.superseded_at.is_(None),
        )
        .values(superseded_at=literal(at, UtcDateTime())),
        keys,
    )
    session.expire_all()
    return int(raised.rowcount)


def present_of(
    session: Session, enterprise_ids: Sequence[int], kinds: Sequence[str]
) -> Sequence[RecordVersionRow]:
    """The newest version of every record of these kinds of these enterprises."""
    wanted = members.numbers(session, enterprise_ids)
    query = select(RecordVersionRow).join(wanted, RecordVersionRow.enterprise_id == wanted.c.value)
    query = query.where(RecordVersionRow.superseded_at.is_(None), RecordVersionRow.kind.in_(kinds))
    return session.scalars(query.order_by(RecordVersionRow.id)).all()


def page(
    session: Session,
    enterprise_id: int,
    *,
    kind: str | None = None,
    known_at: datetime | None = None,
    after: tuple[str, int] | None = None,
    limit: int,
) -> Sequence[RecordVersionRow]:
    """Effective versions of an enterprise's records, youngest day first."""
    query = select(RecordVersionRow).where(
        RecordVersionRow.enterprise_id == enterprise_id, effective(known_at)
    )
    if kind is not None:
        query = query.where(RecordVersionRow.kind == kind)
    if after is not None:
        day, record_id = datetime.fromisoformat(after[0]).date(), after[1]
        query = query.where(
            or_(
                RecordVersionRow.dated_on < day,
                and_(RecordVersionRow.dated_on == day, RecordVersionRow.record_id < record_id),
            )
        )
    query = query.order_by(RecordVersionRow.dated_on.desc(), RecordVersionRow.record_id.desc()).limit(limit)
    return session.scalars(query).all()


def effective(known_at: datetime | None) -> ColumnElement[bool]:
    """The condition under which a version is the one that held (or was known) at an instant."""
    if known_at is None:
        return RecordVersionRow.superseded_at.is_(None)
    return and_(
        RecordVersionRow.recorded_at <= known_at,
        or_(RecordVersionRow.superseded_at.is_(None), RecordVersionRow.superseded_at > known_at),
    )


def of_batch(session: Session, batch_id: int) -> Sequence[RecordVersionRow]:
    """The versions that a batch wrote."""
    query = select(RecordVersionRow).where(RecordVersionRow.batch_id == batch_id)
    return session.scalars(query.order_by(RecordVersionRow.id)).all()


def enterprises_of_batch(session: Session, batch_id: int) -> Sequence[int]:
    query = select(RecordVersionRow.enterprise_id).where(RecordVersionRow.batch_id == batch_id).distinct()
    return session.scalars(query).all()


def grounds_of_batch(session: Session, batch_id: int) -> Sequence[int]:
    """Records that a batch brought in and that cases rest on."""
    query = select(ListingGroundRow.record_id).join(
        RecordVersionRow, RecordVersionRow.record_id == ListingGroundRow.record_id
    )
    query = query.where(
        RecordVersionRow.batch_id == batch_id, RecordVersionRow.change.in_(_BROUGHT)
    ).distinct()
    return session.scalars(query.order_by(ListingGroundRow.record_id)).all()


# Changes by which a batch brings a record in; by the others it adds to one that was there.
_BROUGHT = ("original", "reinstatement")
_ENDED = ("withdrawn", "revoked")
_COPIED = [
    column.name
    for column in _VERSIONS.columns
    if column.name
    not in {
        "id", "version", "recorded_at", "superseded_at", "change", "actor", "reason", "state", "batch_id", "source_row",
    }
]  # fmt: skip


def withdraw_batch(session: Session, batch_id: int, actor: str, reason: str, now: datetime) -> int:
    """Append a withdrawn version to every record that a batch brought in and that has not ended; set-based.

    Returns:
        how many records.
    """
    session.flush()
    versions, at = _VERSIONS.c, literal(now, UtcDateTime())
    brought = select(versions.enterprise_id, versions.record_id)
    brought = brought.where(versions.batch_id == batch_id, versions.change.in_(_BROUGHT))
    among = tuple_(versions.enterprise_id, versions.record_id).in_(brought)
    session.execute(
        update(_VERSIONS)
        .where(among, versions.superseded_at.is_(None), versions.state.not_in(_ENDED))
        .values(superseded_at=now)
    )
    said = {
        "version": versions.version + 1,
        "recorded_at": at,
        "change": literal("withdrawal"),
        "actor": literal(actor),
        "reason": literal(reason),
        "state": literal("withdrawn"),
    }
    ended = and_(versions.record_id == RecordRow.id, versions.version == RecordRow.version)
    source = select(*(versions[name] for name in _COPIED), *said.values()).join(RecordRow, ended)
    session.execute(
        insert(_VERSIONS).from_select([*_COPIED, *said], source.where(among, versions.superseded_at == at))
    )
    fresh = select(versions.record_id).where(
        among, versions.superseded_at.is_(None), versions.change == "withdrawal", versions.recorded_at == at
    )
    raised = session.execute(
        update(RecordRow)
        .where(RecordRow.id.in_(fresh))
        .values(version=RecordRow.version + 1)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return int(raised.rowcount)  # type: ignore[attr-defined]


def set_back_batch(
    session: Session, batch_id: int, actor: str, reason: str, now: datetime
) -> tuple[int, tuple[int, ...]]:
    """Undo what a batch added to records that were there before: the version before it is said again.

    Returns:
        how many records, and those that somebody has changed since.
    """
    query = select(RecordVersionRow).where(
        RecordVersionRow.batch_id == batch_id,
        RecordVersionRow.change.not_in((*_BROUGHT, "withdrawal")),
        RecordVersionRow.version > 1,
    )
    set_back, left = 0, []
    for added in session.scalars(query.order_by(RecordVersionRow.id)).all():
        record = lock(session, added.record_id)
        if record is None or record.version != added.version:
            left.append(added.record_id)
            continue
        before = versions_of(session, record)[added.version - 2]
        values = {name: getattr(before, name) for name in _COPIED}
        added.superseded_at = now
        record.version += 1
        again = RecordVersionRow(
            **values, version=record.version, recorded_at=now, change="withdrawal", actor=actor, reason=reason,
            state=before.state,
        )  # fmt: skip
        session.add(again)
        session.flush()
        set_back += 1
    return set_back, tuple(left)


def count_by_kind(session: Session, enterprise_id: int) -> dict[str, int]:
    query = select(RecordVersionRow.kind, func.count()).where(
        RecordVersionRow.enterprise_id == enterprise_id, RecordVersionRow.superseded_at.is_(None)
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(RecordVersionRow.kind))}


def persons_of(session: Session, record_id: int) -> Sequence[PersonalDatumRow]:
    query = select(PersonalDatumRow).where(PersonalDatumRow.record_id == record_id)
    return session.scalars(query.order_by(PersonalDatumRow.id)).all()
