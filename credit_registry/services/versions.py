"""Versions: what was decided about the rows of a file of records, written: records, versions, persons; in bulk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from credit_registry.domain.errors import Unavailable
from credit_registry.domain.identity import mask_name, mask_number
from credit_registry.domain.penalties import proposed_class
from credit_registry.domain.permissions import Actor
from credit_registry.domain.records import CONTENT, Change
from credit_registry.services import fallen_grounds
from credit_registry.services.deciding import Columns, Decided
from credit_registry.storage import bulk
from credit_registry.storage.bulk import Same
from credit_registry.storage.database import Session
from credit_registry.storage.queries import records
from credit_registry.storage.tables.records import PersonalDatumRow, RecordRow, RecordVersionRow

# Columns of a version that a row of a file may fill.
STORED = tuple(
    name
    for name in RecordVersionRow.__table__.columns.keys()  # noqa: SIM118 - a column collection, not a dict
    if name
    not in {
        "id", "record_id", "enterprise_id", "version", "recorded_at", "superseded_at", "change", "actor", "reason",
        "batch_id", "source_row", "content_digest", "kind",
    }
)  # fmt: skip
# Everybody a file may name, by role: the columns of name, kind of number, number.
_PERSONS = {
    "legal_representative": (
        "legal_representative",
        "legal_representative_id_kind",
        "legal_representative_id",
    ),
}
_PERSONAL_DETAILS = {"person_id": "party"}


@dataclass(slots=True)
class Plan(Decided):
    """What becomes of each row; every row is in exactly one of the four."""

    kind: str
    enterprise_ids: list[int | None]
    keys: list[str]
    digests: list[str]
    fresh: list[int] = field(default_factory=list)
    further: list[tuple[int, records.Known, Change]] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return len(self.fresh) + len(self.further)

    @property
    def touched(self) -> set[int]:
        """Enterprises whose facts change."""
        rows = [*self.fresh, *(row for row, _, _ in self.further)]
        return {each for row in rows if (each := self.enterprise_ids[row]) is not None}


def said_of(version: RecordVersionRow) -> dict[str, Any]:
    """What the sources said of a stored version: a class that we proposed is not theirs."""
    values = {name: getattr(version, name) for name in CONTENT[version.kind]}
    if version.breach_class_origin != "department" and "breach_class" in values:
        values["breach_class"] = None
    return values


def store(
    session: Session, actor: Actor, made: Plan, *, batch_id: int, now: datetime, reason: str | None = None
) -> None:
    """Write what the plan accepts: records, versions, persons; in bulk, in the caller's transaction."""
    _propose_classes(made)
    ids = list(bulk.next_ids(session, RecordRow, len(made.fresh)))
    owners = [made.enterprise_ids[row] for row in made.fresh]
    bulk.insert(
        session,
        RecordRow,
        {
            "id": ids,
            "enterprise_id": owners,
            "kind": Same(made.kind),
            "natural_key": [made.keys[row] for row in made.fresh],
            "version": Same(1),
            "created_at": Same(now),
        },
        len(ids),
    )
    written: dict[str, Sequence[Any] | Same] = {
        "batch_id": Same(batch_id),
        "actor": Same(actor.label),
        "recorded_at": Same(now),
        "reason": Same(reason),
    }
    _insert_versions(
        session,
        made,
        made.fresh,
        {**written, "record_id": ids, "version": Same(1), "change": Same("original")},
    )
    if made.further:
        _supersede(session, [known for _, known, _ in made.further], now)
        further: dict[str, Sequence[Any] | Same] = {
            "record_id": [known.record_id for _, known, _ in made.further],
            "version": [known.version + 1 for _, known, _ in made.further],
            "change": [change.value for _, _, change in made.further],
        }
        _insert_versions(session, made, [row for row, _, _ in made.further], {**written, **further})
    for _, known, change in made.further:
        if change is Change.REVOCATION:
            # A listing that rests on it disappears with it, in this transaction.
            why = reason or "作出处理的单位报送撤销"
            fallen_grounds.ground_fell(session, actor, known.record_id, reason=why, now=now)
    _insert_persons(session, made, [*zip(made.fresh, ids, strict=True)], now)


def append(
    session: Session,
    actor: Actor,
    kind: str,
    table: Columns,
    known: Sequence[records.Known],
    digests: Sequence[str],
    change: Change,
    *,
    batch_id: int,
    now: datetime,
    reason: str | None = None,
) -> None:
    """For services: the next version of each known record, given as a whole table of stored columns."""
    _supersede(session, known, now)
    columns: dict[str, Sequence[Any] | Same] = {
        **{name: table[name] for name in STORED},
        "record_id": [each.record_id for each in known],
        "enterprise_id": [each.enterprise_id for each in known],
        "version": [each.version + 1 for each in known],
        "kind": Same(kind),
        "change": Same(change.value),
        "content_digest": list(digests),
        "batch_id": Same(batch_id),
        "source_row": table["row"],
        "actor": Same(actor.label),
        "recorded_at": Same(now),
        "reason": Same(reason),
    }
    bulk.insert(session, RecordVersionRow, columns, len(known))


def _supersede(session: Session, known: Sequence[records.Known], now: datetime) -> None:
    ends = [(each.enterprise_id, each.record_id, each.version) for each in known]
    if records.supersede(session, ends, now) != len(ends):
        raise Unavailable("另一批数据正在修改同一条记录，请稍后再试。", code="database-busy")


def _propose_classes(made: Plan) -> None:
    """The department's class always wins; ours is only a proposal and is not published before confirmation."""
    if made.kind != "penalty":
        return
    columns = made.columns
    given = columns["breach_class"]
    columns["breach_class_origin"] = ["department" if value else "proposed" for value in given]
    asked = list(
        zip(columns["penalty_kinds"], columns["fine_fen"], columns["is_simple_procedure"], strict=True)
    )
    proposed = {each: proposed_class(*each) for each in set(asked)}
    columns["breach_class"] = [value or proposed[each] for value, each in zip(given, asked, strict=True)]


def _insert_versions(
    session: Session, made: Plan, rows: Sequence[int], more: Mapping[str, Sequence[Any] | Same]
) -> None:
    if not rows:
        return
    is_whole = len(rows) == len(made.keys)

    def taken(values: list[Any]) -> list[Any]:
        return values if is_whole else list(map(values.__getitem__, rows))

    columns: dict[str, Sequence[Any] | Same] = {
        "enterprise_id": taken(made.enterprise_ids),
        "kind": Same(made.kind),
        "content_digest": taken(made.digests),
        "source_row": taken(made.columns["row"]),
        **more,
    }
    for name in STORED:
        values = made.columns[name]
        if name == "details":
            columns[name] = [_without_persons(details) if details else details for details in taken(values)]
        elif values[0] is not None or values.count(None) < len(values):
            columns[name] = taken(values)
    bulk.insert(session, RecordVersionRow, columns, len(rows))


def _without_persons(details: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in details.items() if not key.startswith("person_id")}


def _insert_persons(session: Session, made: Plan, rows: Sequence[tuple[int, int]], now: datetime) -> None:
    """Names and numbers of persons, sealed; a row that names nobody leaves nothing."""
    columns = made.columns
    named: list[tuple[int, str, Any, Any, Any]] = []
    for role, sources in _PERSONS.items():
        name, id_kind, number = (columns.get(source) for source in sources)
        if name is None and number is None:
            continue
        for row, record_id in rows:
            who, what = name[row] if name else None, number[row] if number else None
            if who or what:
                named.append((record_id, role, who, id_kind[row] if id_kind else None, what))
    for row, record_id in rows:
        details = columns["details"][row]
        for key, role in _PERSONAL_DETAILS.items():
            if details.get(key):
                named.append((record_id, role, None, details.get(f"{key}_kind"), details[key]))
    insert_persons(session, named, now)


def insert_persons(session: Session, named: Sequence[tuple[int, str, Any, Any, Any]], now: datetime) -> None:
    """Store persons given as (record, role, name, kind of number, number)."""
    vault = session.vault
    bulk.insert(
        session,
        PersonalDatumRow,
        {
            "record_id": [each[0] for each in named],
            "role": [each[1] for each in named],
            "name_sealed": [vault.seal(each[2]) if each[2] else None for each in named],
            "name_masked": [mask_name(each[2]) if each[2] else None for each in named],
            "id_kind": [each[3] for each in named],
            "id_sealed": [vault.seal(each[4]) if each[4] else None for each in named],
            "id_digest": [vault.digest(each[4]) if each[4] else None for each in named],
            "id_masked": [mask_number(each[4]) if each[4] else None for each in named],
            "recorded_at": Same(now),
        },
        len(named),
    )
