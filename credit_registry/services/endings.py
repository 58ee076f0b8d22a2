"""Endings: facts that arrive later and end something that a record left open.

A fine paid, a recheck passed, a hazard closed, responsibility approved, an order complied with: each finds its
record by enterprise, authority and document number, and becomes the next version of it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from credit_registry.domain.names import folded_name
from credit_registry.domain.permissions import Actor
from credit_registry.domain.records import (
    CONTENT,
    OPEN_VALUES,
    Change,
    accident_level,
    content_digest,
    state_of,
)
from credit_registry.services import subjects, versions
from credit_registry.services.deciding import NOT_OWN, Columns, Decided, Deciding
from credit_registry.services.versions import STORED
from credit_registry.storage.database import Session
from credit_registry.storage.queries import records
from credit_registry.storage.tables.records import RecordVersionRow
from importers import Layout
from importers.problems import Finding


@dataclass(frozen=True)
class Ending:
    """What a kind of later fact is about.

    Attributes:
        kinds: of the records it may end.
        told: column of the record -> column of the file.
        revised: columns that an approved report may state anew, whatever was said before.
    """

    kinds: tuple[str, ...]
    told: Mapping[str, str]
    revised: frozenset[str] = frozenset()


ENDINGS: dict[str, Ending] = {
    "payment": Ending(
        ("penalty",), {"fine_state": "fine_state", "fine_paid_on": "fine_paid_on", "fine_due_on": "fine_due_on"}
    ),
    "recheck": Ending(
        ("inspection",), {"result": "result", "rechecked_on": "dated_on", "closed_on": "closed_on"}
    ),
    "hazard_closing": Ending(
        ("hazard",), {"closed_on": "dated_on", "rechecked_on": "rechecked_on", "is_overdue": "is_overdue"}
    ),
    "responsibility": Ending(
        ("accident",),
        {
            "responsibility": "responsibility", "document_no": "document_no", "deaths": "deaths",
            "serious_injuries": "serious_injuries", "loss_fen": "loss_fen",
        },
        frozenset({"document_no", "deaths", "serious_injuries", "loss_fen"}),
    ),
    "compliance": Ending(("order_breach", "sealing"), {"closed_on": "dated_on"}),
}  # fmt: skip


@dataclass(slots=True)
class Plan(Decided):
    further: list[tuple[int, RecordVersionRow, dict[str, Any]]] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return len(self.further)

    @property
    def touched(self) -> set[int]:
        return {newest.enterprise_id for _, newest, _ in self.further}


def plan(
    session: Session,
    actor: Actor,
    layout: Layout,
    columns: Columns,
    *,
    decided: Mapping[int, int] | None = None,
    register: subjects.Register | None = None,
) -> Plan:
    """Decide about every row of a file of later facts; writes nothing.

    Args:
        decided: row -> enterprise, where a person has said whom the row is about.
        register: what earlier parts of the file have learned of the register.
    """
    nothing: list[Any] = [None] * len(columns["row"])
    full = {**dict.fromkeys(_ASKED, nothing), **columns}
    found = subjects.resolve(register or subjects.Register(session), full["uscc"], full["name"])
    for row, enterprise_id in (decided or {}).items():
        found.enterprise_ids[row] = enterprise_id
        found.holds.pop(row, None)
    made = Plan(full)
    _Deciding(session, actor, layout, made, ENDINGS[layout.record]).decide(found)
    return made


_ASKED = (
    "uscc", "name", "document_no", "authority_code", "authority_name", "cause", "event_key", "occurred_on", "domain",
    "dated_on", "source_code",
)  # fmt: skip


class _Deciding(Deciding[Plan]):
    def __init__(self, session: Session, actor: Actor, layout: Layout, made: Plan, ending: Ending) -> None:
        super().__init__(session, actor, layout, made)
        self.ending = ending
        self.is_report = layout.record == "responsibility"
        self.told: dict[int, dict[str, Any]] = {}

    def decide(self, found: subjects.Resolved) -> None:
        known = self._known([each for each in found.enterprise_ids if each is not None])
        for row, disposition in enumerate(self.dispositions):
            enterprise_id = found.enterprise_ids[row]
            if not self._is_own(row):
                self._refuse(row, "source_code", NOT_OWN)
            elif enterprise_id is None or row in found.holds or disposition == "hold":
                self._hold(row, found.holds.get(row))
            else:
                self._find(row, known[enterprise_id])
                if row in found.notes:
                    self._note(row, *found.notes[row])
        self._propose(row for row in self.plan.held if found.enterprise_ids[row] is None)

    def _known(self, ids: list[int]) -> Mapping[int, list[RecordVersionRow]]:
        known: dict[int, list[RecordVersionRow]] = defaultdict(list)
        for version in records.present_of(self.session, sorted(set(ids)), self.ending.kinds):
            known[version.enterprise_id].append(version)
        return known

    def _find(self, row: int, candidates: list[RecordVersionRow]) -> None:
        fitting = [each for each in candidates if each.state != "withdrawn" and self._fits(row, each)]
        if len(fitting) != 1:
            self._hold(row, ("document_no", _AMBIGUOUS if fitting else _NO_ORIGINAL))
            return
        self._compare(row, fitting[0])

    def _fits(self, row: int, record: RecordVersionRow) -> bool:
        asked = {name: self.columns[name][row] for name in _ASKED}
        if self.is_report:
            if asked["event_key"] and record.event_key:
                return bool(asked["event_key"] == record.event_key)
            return bool(asked["occurred_on"] == record.dated_on and asked["domain"] == record.domain)
        if asked["document_no"] != record.document_no:
            return False
        if asked["cause"] and asked["cause"] != record.cause:
            return False
        if asked["authority_code"] and record.authority_code:
            return bool(asked["authority_code"] == record.authority_code)
        return folded_name(asked["authority_name"] or "") == folded_name(record.authority_name or "")

    def _compare(self, row: int, record: RecordVersionRow) -> None:
        said = {
            ours: value
            for ours, theirs in self.ending.told.items()
            if (value := self.columns.get(theirs, {row: None})[row]) is not None
        }
        earlier = self.told.get(record.record_id)
        have = {**{name: getattr(record, name) for name in said}, **(earlier or {})}
        news = {name: value for name, value in said.items() if value != have.get(name)}
        if not news:
            self._duplicate(row, "document_no", f"与已入库的记录（编号{record.record_id}）所述相同")
        elif why := self._doubt(record, said, have, news, is_first=earlier is None):
            self._hold(row, ("document_no", why))
        else:
            self.told[record.record_id] = news
            self.plan.further.append((row, record, news))

    def _doubt(
        self,
        record: RecordVersionRow,
        said: dict[str, Any],
        have: dict[str, Any],
        news: dict[str, Any],
        *,
        is_first: bool,
    ) -> Finding | None:
        own = self.actor.authority_code
        if record.state in ("revoked", "repaired"):
            return _ENDED
        if not self.actor.is_keeper and (own is None or own != record.authority_code):
            return _NOT_THE_AUTHORITY
        contradicted = [n for n in news if n not in self.ending.revised and have.get(n) not in OPEN_VALUES]
        if contradicted or not is_first:
            return self._conflict(f"与已入库的记录（编号{record.record_id}）", contradicted or sorted(news))
        days = [value for value in said.values() if isinstance(value, date)]
        if any(day < record.dated_on for day in days):
            return _EARLIER
        return None


_NO_ORIGINAL = Finding(
    "X-NO-ORIGINAL",
    "hold",
    "在该企业名下没有对应的原记录",
    "请先导入原记录，再处理此行；机关或文号写错的请更正",
)
_AMBIGUOUS = Finding(
    "X-AMBIGUOUS", "hold", "在该企业名下对应不止一条记录", "请补填违法行为类型或事件编号，使其只对应一条"
)
_ENDED = Finding("X-ENDED", "hold", "对应的记录已撤销或已修复", "请核对；无需登记的，放弃此行")
_NOT_THE_AUTHORITY = Finding(
    "R-NOT-OWN", "hold", "对应的记录由其他单位作出", "请由作出处理的单位报送，或由登记主管部门代为导入"
)
_EARLIER = Finding("R-DATE-ORDER", "hold", "的日期早于原记录的日期", "请核对两个日期的先后后人工处理")


def store(
    session: Session, actor: Actor, made: Plan, *, batch_id: int, now: datetime, reason: str | None = None
) -> None:
    """Write the further versions, each with what was known and the news."""
    by_kind: dict[str, list[tuple[int, RecordVersionRow, dict[str, Any]]]] = defaultdict(list)
    for each in made.further:
        by_kind[each[1].kind].append(each)
    for kind, group in by_kind.items():
        table: Columns = {name: [] for name in (*STORED, "row")}
        digests = []
        for row, newest, news in group:
            values = {name: getattr(newest, name) for name in STORED} | news
            if kind == "accident":
                values["accident_level"] = accident_level(
                    values["deaths"], values["serious_injuries"], values["loss_fen"]
                )
                values["state"] = state_of(kind, {"responsibility": values["responsibility"]})
            if news.get("fine_paid_on") and "fine_state" not in news:
                values["fine_state"] = "paid"
            for name in STORED:
                table[name].append(values[name])
            table["row"].append(made.columns["row"][row])
            said = versions.said_of(newest) | {name: values[name] for name in news if name in CONTENT[kind]}
            digests.append(content_digest(kind, {**said, "state": values["state"]}))
        known = [
            records.Known(
                newest.record_id,
                newest.enterprise_id,
                newest.version,
                newest.state,
                newest.content_digest,
                set(),
            )
            for _, newest, _ in group
        ]
        versions.append(
            session,
            actor,
            kind,
            table,
            known,
            digests,
            Change.COMPLETION,
            batch_id=batch_id,
            now=now,
            reason=reason,
        )
