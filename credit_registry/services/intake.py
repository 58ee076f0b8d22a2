"""Intake: what becomes of each row of a file of records, decided by column; `versions` writes it.

A dry run is this half alone.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from credit_registry.domain.permissions import Actor
from credit_registry.domain.records import (
    CONTENT,
    Change,
    accident_level,
    completes,
    differing,
    digests_of,
    key_columns,
    keys_of,
    state_of,
)
from credit_registry.services import authorities, person_penalties, subjects
from credit_registry.services.deciding import NOT_OWN, Columns, Deciding
from credit_registry.services.versions import STORED, Plan, said_of
from credit_registry.storage.database import Session
from credit_registry.storage.queries import records
from credit_registry.storage.tables.person_penalties import PersonPenaltyRow
from credit_registry.storage.tables.records import RecordVersionRow
from importers import Layout
from importers.problems import Finding


def plan(
    session: Session,
    actor: Actor,
    kind: str,
    layout: Layout,
    columns: Columns,
    *,
    decided: Mapping[int, int] | None = None,
    register: subjects.Register | None = None,
) -> Plan:
    """Decide about every row of a table of one kind of record; writes nothing.

    Args:
        columns: those of `importers.Batch`.
        decided: row -> enterprise, where a person has said whom the row is about.
        register: what earlier parts of the file have learned of the register.
    """
    nothing: list[Any] = [None] * len(columns["row"])
    full = completed(kind, columns)
    register = register or subjects.Register(session)
    found = subjects.resolve(register, full.get("uscc", nothing), full.get("name", nothing))
    for row, enterprise_id in (decided or {}).items():
        found.enterprise_ids[row] = enterprise_id
        found.holds.pop(row, None)
    made = Plan(full, kind, found.enterprise_ids, keys_of(kind, full), digests_of(kind, full))
    _Deciding(session, actor, layout, made).decide(found)
    return made


def completed(kind: str, columns: Columns) -> Columns:
    """The table with every column that a record of the kind has, and what follows from others filled."""
    nothing: list[Any] = [None] * len(columns["row"])
    full = {**dict.fromkeys({*STORED, *CONTENT[kind], *key_columns(kind)}, nothing), **columns}
    settle(kind, full)
    return full


def settle(kind: str, columns: Columns) -> None:
    """Fill what follows from other columns; in place."""
    count = len(columns["row"])

    def rows(*names: str) -> Iterable[tuple[Any, ...]]:
        return zip(*(columns[name] for name in names), strict=True)

    if kind == "accident":
        names = ("deaths", "serious_injuries", "loss_fen")
        columns["accident_level"] = [accident_level(*row) for row in rows(*names)]
        states = rows("state", "responsibility")
        columns["state"] = [state_of(kind, {"state": s, "responsibility": r}) for s, r in states]
    else:
        columns["state"] = [state or "live" for state in columns["state"]]
    if kind == "penalty":
        columns["fine_state"] = [
            state or ("paid" if paid else "unknown") for state, paid in rows("fine_state", "fine_paid_on")
        ]
    columns["details"] = [details or {} for details in columns.get("details", [None] * count)]


class _Deciding(Deciding[Plan]):
    """The questions asked of every row, in order; the first answer that stops it stands."""

    def decide(self, found: subjects.Resolved) -> None:
        made, open_rows = self.plan, []
        domains, days = self.columns["domain"], self.columns["dated_on"]
        departments = list(zip(self.columns["authority_code"], self.columns["authority_name"], strict=True))
        contradicting = authorities.contradicting(self.session, departments)
        persons = person_penalties.rows_of(self.columns) if made.kind == "penalty" else []
        of_persons, told_before = set(persons), person_penalties.known(self.session, self.columns, persons)
        for row in range(self.count):
            if not self._is_own(row):
                self._refuse(row, "source_code", NOT_OWN)
            elif departments[row] in contradicting:
                self._refuse(row, "authority_code", authorities.CONTRADICTION)
            elif row in of_persons:
                self._hold_person(row, told_before.get(row))
            elif row in found.holds or self.dispositions[row] == "hold":
                self._hold(row, found.holds.get(row))
            elif domains[row] is None:
                self._hold(row, ("domain", _DOMAIN))
            elif days[row] is None:
                self._hold(row, ("dated_on", _DAY))
            elif not self.actor.sees(found.subdistricts.get(made.enterprise_ids[row] or 0)):
                self._refuse(row, "uscc", _OUT_OF_SCOPE)
            else:
                open_rows.append(row)
                if row in found.notes:
                    self._note(row, *found.notes[row])
        self._compare(open_rows)
        self._propose(row for row in made.held if made.enterprise_ids[row] is None and row not in of_persons)
        proposed = person_penalties.propose(self.session, self.columns, of_persons & made.held.keys())
        for row, proposals in proposed.items():
            made.held[row].proposals = proposals

    def _hold_person(self, row: int, known: PersonPenaltyRow | None) -> None:
        """No file says which enterprise the penalty of a person concerns: an officer does, once."""
        if known is not None and person_penalties.is_same(known, self.columns, row):
            self._duplicate(row, "document_no", f"与已登记的有关人员的处罚（编号{known.id}）相同")
        else:
            self._hold(row, None)

    def _compare(self, open_rows: list[int]) -> None:
        """New, known, contradicted: against the register and against earlier rows of the same file."""
        made = self.plan
        ids = [made.enterprise_ids[row] or 0 for row in open_rows]
        held = records.known(self.session, ids, [made.keys[row] for row in open_rows])
        newest = self._newest(open_rows, held)
        first: dict[tuple[int, str], int] = {}
        for row in open_rows:
            identity = (made.enterprise_ids[row] or 0, made.keys[row])
            before = first.setdefault(identity, row)
            if before != row:
                self._compare_within(row, before)
                continue
            known = held.get(identity)
            if known is None:
                if self.columns["state"][row] in ("revoked", "repaired"):
                    self._hold(row, ("state", _NO_ORIGINAL))
                else:
                    made.fresh.append(row)
            else:
                self._compare_known(row, known, newest.get(known.record_id))

    def _compare_within(self, row: int, before: int) -> None:
        made = self.plan
        place_of = self.columns["row"][before]
        if made.digests[row] == made.digests[before]:
            self._duplicate(row, "document_no", f"与本文件第{place_of}行相同")
        else:
            told = differing(made.kind, self._values(before), self._values(row))
            self._hold(row, ("document_no", self._conflict(f"与本文件第{place_of}行", told)))

    def _compare_known(self, row: int, known: records.Known, newest: RecordVersionRow | None) -> None:
        made = self.plan
        if known.state == "withdrawn" and newest is not None:
            made.further.append((row, known, Change.REINSTATEMENT))
        elif made.digests[row] in known.digests:
            self._duplicate(row, "document_no", f"与已入库的记录（编号{known.record_id}）相同")
        elif newest is not None:
            change = self._news(row, newest)
            if change is not None:
                made.further.append((row, known, change))
            else:
                told = differing(made.kind, said_of(newest), self._values(row))
                with_ours = f"与已入库的记录（编号{known.record_id}，第{known.version}版）"
                self._hold(row, ("document_no", self._conflict(with_ours, told)))

    def _news(self, row: int, newest: RecordVersionRow) -> Change | None:
        """A further version that nobody needs to look at: news that ends something, or the authority's own word."""
        if newest.state in ("revoked", "repaired") or (
            newest.kind == "penalty" and newest.state == "pending"
        ):
            return None
        state = self.columns["state"][row]
        if not self._is_authority(row):
            return None
        if state in ("revoked", "repaired") and not differing(
            self.plan.kind, said_of(newest), self._values(row)
        ):
            return Change.REVOCATION if state == "revoked" else Change.REPAIR
        if self.columns.get("is_correction", [None] * self.count)[row]:
            return Change.CORRECTION
        if completes(self.plan.kind, said_of(newest), self._values(row)):
            return Change.COMPLETION
        return None

    def _is_authority(self, row: int) -> bool:
        own = self.actor.authority_code
        return self.actor.is_keeper or (own is not None and own == self.columns["authority_code"][row])

    def _newest(
        self, open_rows: list[int], held: Mapping[tuple[int, str], records.Known]
    ) -> dict[int, RecordVersionRow]:
        made = self.plan
        asked = {
            known.record_id
            for row in open_rows
            if (known := held.get((made.enterprise_ids[row] or 0, made.keys[row]))) is not None
            and (known.state == "withdrawn" or made.digests[row] not in known.digests)
        }
        return records.newest_of(self.session, sorted(asked)) if asked else {}

    def _values(self, row: int) -> dict[str, Any]:
        return {name: self.columns[name][row] for name in CONTENT[self.plan.kind]}


_DOMAIN = Finding(
    "R-DOMAIN",
    "hold",
    "为空，从处罚机关不能确定属于安全生产还是消防安全",
    "请补填“领域”列，或由工作人员确认后入库",
)
_DAY = Finding("R-DATE-MISSING", "hold", "为空，不能确定日期", "请补填日期后重新上传")
_OUT_OF_SCOPE = Finding(
    "R-OUT-OF-SCOPE", "refuse_row", "对应的企业不在您负责的街镇范围内", "请由主管部门报送此行"
)
_NO_ORIGINAL = Finding(
    "X-NO-ORIGINAL",
    "hold",
    "表明撤销或修复，但名册中没有原记录",
    "请先导入原记录，再处理此行；文号写错的请更正",
)
