"""Changes of enterprises as the registrar tells them: renamed, recoded, moved, struck off; each dated.

What changes is decided row by row in the order of the file, since one enterprise may be renamed twice in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from credit_registry.domain.names import folded_name, searchable
from credit_registry.domain.permissions import Actor
from credit_registry.services import subjects
from credit_registry.services.deciding import Columns, Decided, Deciding
from credit_registry.services.enterprises import revise
from credit_registry.storage.database import Session
from credit_registry.storage.queries import enterprises, search
from credit_registry.storage.tables.enterprises import EnterpriseCodeRow, EnterpriseNameRow, EnterpriseRow
from importers import Layout
from importers.problems import Finding

_STATUS_OF = {"deregistered": "deregistered", "revoked": "revoked", "status": "active"}


@dataclass(slots=True)
class Change:
    """One change of one enterprise; ``changes`` are attributes, the rest are dated names and codes."""

    enterprise_id: int
    on: date
    changes: dict[str, object] = field(default_factory=dict)
    new_name: str | None = None
    former_name: str | None = None
    new_code: str | None = None


@dataclass(slots=True)
class Plan(Decided):
    further: list[Change] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return len(self.further)

    @property
    def touched(self) -> set[int]:
        return {change.enterprise_id for change in self.further}


@dataclass(slots=True)
class _Seen:
    """An enterprise as it stands after the rows decided so far."""

    uscc: str | None
    name: str
    names: set[str]
    attributes: dict[str, Any]


_ASKED = ("uscc", "name", "change_kind", "dated_on", "former_name", "former_uscc", "address")


def plan(session: Session, actor: Actor, layout: Layout, columns: Columns) -> Plan:
    """Decide about every row of a file of changes; writes nothing. Only the keeper's word changes the register."""
    nothing: list[Any] = [None] * len(columns["row"])
    made = Plan({**dict.fromkeys(_ASKED, nothing), **columns})
    _Deciding(session, actor, layout, made).decide()
    return made


class _Deciding(Deciding[Plan]):
    def __init__(self, session: Session, actor: Actor, layout: Layout, made: Plan) -> None:
        super().__init__(session, actor, layout, made)
        codes = {code for name in ("uscc", "former_uscc") for code in self.columns[name] if code}
        self.by_code = enterprises.ids_of_codes(session, sorted(codes))
        rows = enterprises.rows_of_ids(session, sorted(set(self.by_code.values())))
        borne = enterprises.name_keys_of_ids(session, sorted(rows))
        self.seen = {
            each.id: _Seen(
                each.uscc, each.name, set(borne[each.id]), {"status": each.status, "address": each.address}
            )
            for each in rows.values()
        }

    def decide(self) -> None:
        for row, disposition in enumerate(self.dispositions):
            cells = {name: self.columns[name][row] for name in _ASKED}
            # Of a code change the former code is the one that says whose it is.
            order = ("former_uscc", "uscc") if cells["change_kind"] == "code" else ("uscc", "former_uscc")
            enterprise_id = next(
                (each for name in order if (each := self.by_code.get(cells[name] or ""))), None
            )
            if disposition == "hold":
                self._hold(row, None)
            elif not self.actor.is_keeper:
                self._hold(row, ("change_kind", _NOT_REGISTRAR))
            elif enterprise_id is None:
                self._hold(row, ("uscc", subjects.unknown(cells["uscc"] or "")))
            else:
                self._change(row, enterprise_id, cells)
        self._propose(self.plan.held)

    def _change(self, row: int, enterprise_id: int, cells: Mapping[str, Any]) -> None:
        seen, kind = self.seen[enterprise_id], cells["change_kind"]
        change = Change(enterprise_id, cells["dated_on"])
        why = getattr(self, f"_{kind}", self._attribute)(seen, cells, change)
        if why is not None:
            self._hold(row, why)
        elif change.changes or change.new_name or change.former_name or change.new_code:
            self.plan.further.append(change)
        else:
            self._duplicate(row, "change_kind", "所述变更名册中已有")

    def _rename(self, seen: _Seen, cells: Mapping[str, Any], change: Change) -> tuple[str, Finding] | None:
        new, former = cells["name"], cells["former_name"]
        if folded_name(new) == folded_name(seen.name):
            # Renamed already; an older name that we did not know is still worth keeping.
            return self._former_name(seen, cells, change) if former else None
        if former and folded_name(former) not in seen.names:
            return "former_name", self._conflict("与名册中的现名称", ["former_name"])
        change.changes["name"], change.new_name = new, new
        seen.name = new
        seen.names.add(folded_name(new))
        return None

    def _former_name(
        self, seen: _Seen, cells: Mapping[str, Any], change: Change
    ) -> tuple[str, Finding] | None:
        if folded_name(cells["name"]) not in seen.names:
            return "name", self._conflict("与名册中的名称", ["name"])
        former = cells["former_name"]
        if not former:
            return "former_name", _MISSING
        if folded_name(former) not in seen.names:
            change.former_name = former
            seen.names.add(folded_name(former))
        return None

    def _code(self, seen: _Seen, cells: Mapping[str, Any], change: Change) -> tuple[str, Finding] | None:
        new, former = cells["uscc"], cells["former_uscc"]
        if not former:
            return "former_uscc", _MISSING
        if folded_name(cells["name"] or "") not in seen.names:
            return "name", self._conflict("与名册中的名称", ["name"])
        owner = self.by_code.get(new)
        if owner is not None and owner != change.enterprise_id:
            return "uscc", self._conflict("与名册中另一家企业的代码", ["uscc"])
        if owner is None:
            change.changes["uscc"], change.new_code = new, new
            self.by_code[new] = change.enterprise_id
            seen.uscc = new
        return None

    def _attribute(self, seen: _Seen, cells: Mapping[str, Any], change: Change) -> tuple[str, Finding] | None:
        if folded_name(cells["name"] or "") not in seen.names:
            return "name", self._conflict("与名册中的名称", ["name"])
        if cells["change_kind"] == "address":
            if not cells["address"]:
                return "address", _MISSING
            told = {"address": cells["address"]}
        else:
            told = {"status": _STATUS_OF[cells["change_kind"]]}
        change.changes = {name: value for name, value in told.items() if seen.attributes[name] != value}
        seen.attributes.update(told)
        return None


_NOT_REGISTRAR = Finding("R-NOT-OWN", "hold", "须由登记主管部门确认", "请由登记主管部门导入企业变更信息")
_MISSING = Finding("R-REQUIRED", "hold", "为空，而该类变更必须填写", "请补填后人工处理")


def store(session: Session, actor: Actor, made: Plan, *, batch_id: int, now: datetime) -> None:
    """Write each change: a version of the enterprise, dated names and codes; in the order of the file."""
    for change in made.further:
        row = enterprises.lock(session, change.enterprise_id)
        if row is None:
            continue
        if change.new_name is not None:
            end_names(session, row, change.on)
            add_name(session, row, change.new_name, valid_from=change.on, valid_until=None, now=now)
            row.name_key = folded_name(change.new_name)
        if change.former_name is not None:
            add_name(session, row, change.former_name, valid_from=None, valid_until=change.on, now=now)
        if change.new_code is not None:
            for code in enterprises.codes_of(session, row.id):
                code.valid_until = code.valid_until or change.on
            session.add(
                EnterpriseCodeRow(
                    uscc=change.new_code, enterprise_id=row.id, valid_from=change.on, recorded_at=now
                )
            )
        if change.changes:
            revise(session, actor.label, row, change.changes, reason="登记变更", now=now, batch_id=batch_id)
    session.flush()


def end_names(session: Session, row: EnterpriseRow, on: date) -> None:
    """The present name is borne no longer."""
    for borne in enterprises.names_of(session, row.id):
        if borne.valid_until is None:
            borne.valid_until = on


def add_name(
    session: Session,
    row: EnterpriseRow,
    name: str,
    *,
    valid_from: date | None,
    valid_until: date | None,
    now: datetime,
) -> None:
    """A name that the enterprise bears or bore; one that it bore before is borne again."""
    key = folded_name(name)
    known = next((borne for borne in enterprises.names_of(session, row.id) if borne.name_key == key), None)
    if known is not None:
        known.valid_until = valid_until
        return
    added = EnterpriseNameRow(
        enterprise_id=row.id,
        name=name,
        name_key=key,
        valid_from=valid_from,
        valid_until=valid_until,
        recorded_at=now,
    )
    session.add(added)
    session.flush()
    search.index(session, [(added.id, searchable(name))])
