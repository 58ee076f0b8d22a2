"""What leaves the enterprises' service: frozen views of an enterprise, of its states and of its kin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from credit_registry.domain.answers import plain
from credit_registry.storage.database import Session
from credit_registry.storage.queries import enterprises, records
from credit_registry.storage.queries.search import Hit
from credit_registry.storage.tables.enterprises import EnterpriseRow

ATTRIBUTES = (
    "uscc", "name", "status", "registered_on", "enterprise_type", "registered_capital", "scope", "address",
    "region_code", "subdistrict_code", "industry_code", "size", "is_high_risk", "is_fire_key_unit", "parent_id",
)  # fmt: skip
_BRANCHES_SHOWN = 200


@dataclass(frozen=True)
class DatedName:
    name: str
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True)
class EnterpriseLink:
    enterprise_id: int
    uscc: str | None
    name: str


@dataclass(frozen=True)
class EnterpriseSummary:
    enterprise_id: int
    uscc: str | None
    name: str
    status: str
    registered_on: date | None
    address: str | None
    subdistrict_code: str | None


@dataclass(frozen=True)
class EnterpriseView:
    """An enterprise as it is known now.

    Attributes:
        former_names: names no longer borne; ``codes`` every code it bears or bore, the present one included.
        counts: present records by kind.
    """

    enterprise_id: int
    uscc: str | None
    name: str
    status: str
    registered_on: date | None
    enterprise_type: str | None
    registered_capital: str | None
    scope: str | None
    address: str | None
    region_code: str | None
    subdistrict_code: str | None
    industry_code: str | None
    size: str | None
    is_high_risk: bool | None
    is_fire_key_unit: bool | None
    version: int
    recorded_at: datetime
    former_names: tuple[DatedName, ...]
    codes: tuple[str, ...]
    parent: EnterpriseLink | None
    branches: tuple[EnterpriseLink, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True)
class EnterpriseVersion:
    """One state of our knowledge; ``changed`` names what differs from the state before."""

    version: int
    recorded_at: datetime
    superseded_at: datetime | None
    actor: str
    reason: str | None
    batch_id: int | None
    attributes: Mapping[str, object]
    changed: tuple[str, ...]


def attributes_of(row: EnterpriseRow) -> dict[str, object]:
    """Every attribute of an enterprise, JSON-ready."""
    return {name: plain(getattr(row, name)) for name in ATTRIBUTES}


def view(session: Session, row: EnterpriseRow) -> EnterpriseView:
    parent = enterprises.find_by_id(session, row.parent_id) if row.parent_id is not None else None
    branches = enterprises.branches_of(session, row.id, limit=_BRANCHES_SHOWN)
    former = tuple(
        DatedName(name.name, name.valid_from, name.valid_until)
        for name in enterprises.names_of(session, row.id)
        if name.valid_until is not None
    )
    attributes = {name: getattr(row, name) for name in ATTRIBUTES if name != "parent_id"}
    return EnterpriseView(
        enterprise_id=row.id,
        version=row.version,
        recorded_at=row.recorded_at,
        former_names=former,
        codes=tuple(code.uscc for code in enterprises.codes_of(session, row.id)),
        parent=_link(parent) if parent is not None else None,
        branches=tuple(_link(branch) for branch in branches),
        counts=records.count_by_kind(session, row.id),
        **attributes,
    )


def _link(row: EnterpriseRow) -> EnterpriseLink:
    return EnterpriseLink(row.id, row.uscc, row.name)


def summary(row: EnterpriseRow | Hit) -> EnterpriseSummary:
    return EnterpriseSummary(
        row.id, row.uscc, row.name, row.status, row.registered_on, row.address, row.subdistrict_code
    )


def history(session: Session, row: EnterpriseRow) -> tuple[EnterpriseVersion, ...]:
    """Every state of our knowledge, oldest first, and what changed from one to the next."""
    chain: list[EnterpriseVersion] = []
    before: dict[str, object] = {}
    for version in enterprises.versions_of(session, row.id):
        attributes = dict(version.attributes)
        changed = tuple(name for name in ATTRIBUTES if before and attributes.get(name) != before.get(name))
        chain.append(
            EnterpriseVersion(
                version.version, version.recorded_at, version.superseded_at, version.actor, version.reason,
                version.batch_id, attributes, changed,
            )
        )  # fmt: skip
        before = attributes
    return tuple(chain)
