"""What leaves the records' service: frozen views of records, their versions, their persons and their periods."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from credit_registry.domain import penalties
from credit_registry.services import versions
from credit_registry.storage.database import Session
from credit_registry.storage.queries import enterprises, records
from credit_registry.storage.tables.records import RecordRow, RecordVersionRow


@dataclass(frozen=True)
class PersonView:
    role: str
    name_masked: str | None
    id_kind: str | None
    id_masked: str | None


@dataclass(frozen=True)
class VersionView:
    """What was known from ``recorded_at`` until ``superseded_at``; ``changed`` against the version before."""

    version: int
    recorded_at: datetime
    superseded_at: datetime | None
    change: str
    actor: str
    reason: str | None
    batch_id: int | None
    source_row: int | None
    state: str
    values: Mapping[str, Any]
    changed: tuple[str, ...]


@dataclass(frozen=True)
class RecordView:
    """A record as it is known; ``values`` in the record vocabulary, empty columns left out.

    Attributes:
        clocks: of a penalty: publication, repair, end; None for other kinds.
    """

    record_id: int
    enterprise_id: int
    kind: str
    domain: str
    state: str
    dated_on: date
    version: int
    recorded_at: datetime
    change: str
    actor: str
    reason: str | None
    batch_id: int | None
    source_row: int | None
    values: Mapping[str, Any]
    clocks: penalties.PenaltyClocks | None


@dataclass(frozen=True)
class RecordHistory:
    record: RecordView
    uscc: str | None
    name: str
    versions: tuple[VersionView, ...]
    persons: tuple[PersonView, ...]


def values_of(row: RecordVersionRow) -> dict[str, Any]:
    """Every stored column of a version, the empty ones too."""
    return {name: getattr(row, name) for name in versions.STORED}


def _shown(row: RecordVersionRow) -> dict[str, Any]:
    return {
        name: value for name, value in values_of(row).items() if value not in (None, {}) and name != "reason"
    }


def clocks_of(row: RecordVersionRow, on: date) -> penalties.PenaltyClocks | None:
    """For services: when a penalty is published and may be repaired; None for other kinds."""
    if row.kind != "penalty" or row.breach_class is None:
        return None
    kinds = frozenset((row.penalty_kinds or "").split(";"))
    return penalties.clocks_of(
        row.dated_on, row.breach_class, on=on, valid_until=row.valid_until, kinds=kinds
    )


def view(row: RecordVersionRow, on: date) -> RecordView:
    return RecordView(
        row.record_id, row.enterprise_id, row.kind, row.domain, row.state, row.dated_on, row.version, row.recorded_at,
        row.change, row.actor, row.reason, row.batch_id, row.source_row, _shown(row), clocks_of(row, on),
    )  # fmt: skip


def history(session: Session, record: RecordRow, on: date) -> RecordHistory:
    """The record with every version of it and what changed from one to the next."""
    enterprise = enterprises.find_by_id(session, record.enterprise_id)
    assert enterprise is not None
    chain: list[VersionView] = []
    rows = records.versions_of(session, record)
    before: dict[str, Any] | None = None
    for row in rows:
        values = values_of(row)
        changed = tuple(
            name for name in versions.STORED if before is not None and values[name] != before[name]
        )
        chain.append(
            VersionView(
                row.version, row.recorded_at, row.superseded_at, row.change, row.actor, row.reason, row.batch_id,
                row.source_row, row.state, _shown(row), changed,
            )
        )  # fmt: skip
        before = values
    persons = tuple(
        PersonView(person.role, person.name_masked, person.id_kind, person.id_masked)
        for person in records.persons_of(session, record.id)
    )
    return RecordHistory(view(rows[-1], on), enterprise.uscc, enterprise.name, tuple(chain), persons)
