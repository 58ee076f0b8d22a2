"""Intake: what becomes of each row of a file of records. Plans by column, then stores in bulk.

A dry run is the plan without the second half.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from credit_registry.domain.errors import Unavailable
from credit_registry.domain.identity import Vault, mask_name, mask_number, mask_text
from credit_registry.domain.penalties import proposed_class
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
from credit_registry.services import authorities, fallen_grounds, subjects
from credit_registry.storage import bulk
from credit_registry.storage.bulk import Same
from credit_registry.storage.database import Session
from credit_registry.storage.queries import records
from credit_registry.storage.tables.imports import ImportRowRow
from credit_registry.storage.tables.records import PersonalDatumRow, RecordRow, RecordVersionRow
from importers import Layout, Problem
from importers.layouts import fold_title
from importers.problems import Finding, place

Columns = dict[str, list[Any]]

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
class Held:
    """A row that waits for a person, by its place in the table."""

    problems: list[Problem] = field(default_factory=list)
    proposals: tuple[subjects.Proposal, ...] = ()


@dataclass(slots=True)
class Plan:
    """What becomes of each row; every row is in exactly one of the four."""

    kind: str
    columns: Columns
    enterprise_ids: list[int | None]
    keys: list[str]
    digests: list[str]
    fresh: list[int] = field(default_factory=list)
    further: list[tuple[int, records.Known, Change]] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    held: dict[int, Held] = field(default_factory=dict)
    refused: dict[int, list[Problem]] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return len(self.fresh) + len(self.further)

    @property
    def touched(self) -> set[int]:
        """Enterprises whose facts change."""
        rows = [*self.fresh, *(row for row, _, _ in self.further)]
        return {each for row in rows if (each := self.enterprise_ids[row]) is not None}


def columns_of(frame: pd.DataFrame) -> Columns:
    """The table as lists; None for nothing."""
    return {str(name): frame[name].tolist() for name in frame.columns}


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
        columns: those of `importers.Batch.frame`.
        decided: row -> enterprise, where a person has said whom the row is about.
        register: what earlier parts of the file have learned of the register.
    """
    count = len(columns["row"])
    nothing: list[Any] = [None] * count
    full = {**dict.fromkeys({*STORED, *CONTENT[kind], *key_columns(kind)}, nothing), **columns}
    settle(kind, full)
    register = register or subjects.Register(session)
    found = subjects.resolve(register, full.get("uscc", nothing), full.get("name", nothing))
    for row, enterprise_id in (decided or {}).items():
        found.enterprise_ids[row] = enterprise_id
        found.holds.pop(row, None)
    made = Plan(kind, full, found.enterprise_ids, keys_of(kind, full), digests_of(kind, full))
    _Deciding(session, actor, layout, made).decide(found)
    return made


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


class _Deciding:
    """The questions asked of every row, in order; the first answer that stops it stands."""

    def __init__(self, session: Session, actor: Actor, layout: Layout, made: Plan) -> None:
        self.session, self.actor, self.layout, self.plan = session, actor, layout, made
        self.titles = {column.name: column.title for column in layout.columns}
        self.count = len(made.keys)
        self.columns = made.columns

    def decide(self, found: subjects.Resolved) -> None:
        made, open_rows = self.plan, []
        dispositions = self.columns.get("disposition", ["accept"] * self.count)
        domains, days = self.columns["domain"], self.columns["dated_on"]
        departments = list(zip(self.columns["authority_code"], self.columns["authority_name"], strict=True))
        contradicting = authorities.contradicting(self.session, departments)
        for row in range(self.count):
            stranger = self._not_own(row)
            if stranger is not None:
                made.refused[row] = [self._problem(row, "source_code", stranger)]
            elif departments[row] in contradicting:
                made.refused[row] = [self._problem(row, "authority_code", authorities.CONTRADICTION)]
            elif row in found.holds or dispositions[row] == "hold":
                self._hold(row, unsaid(found.holds.get(row), is_held=dispositions[row] == "hold"))
            elif domains[row] is None:
                self._hold(row, ("domain", _DOMAIN))
            elif days[row] is None:
                self._hold(row, ("dated_on", _DAY))
            elif not self.actor.sees(found.subdistricts.get(made.enterprise_ids[row] or 0)):
                made.refused[row] = [self._problem(row, "uscc", _OUT_OF_SCOPE)]
            else:
                open_rows.append(row)
                if row in found.notes:
                    made.notes.append(self._problem(row, *found.notes[row]))
        self._compare(open_rows)
        self._propose()

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
            self._duplicate(row, f"与本文件第{place_of}行相同")
        else:
            told = differing(made.kind, self._values(before), self._values(row))
            self._hold(row, ("document_no", conflict(f"与本文件第{place_of}行", told, self.titles)))

    def _compare_known(self, row: int, known: records.Known, newest: RecordVersionRow | None) -> None:
        made = self.plan
        if known.state == "withdrawn" and newest is not None:
            made.further.append((row, known, Change.REINSTATEMENT))
        elif made.digests[row] in known.digests:
            self._duplicate(row, f"与已入库的记录（编号{known.record_id}）相同")
        elif newest is not None:
            change = self._news(row, newest)
            if change is not None:
                made.further.append((row, known, change))
            else:
                told = differing(made.kind, said_of(newest), self._values(row))
                with_ours = f"与已入库的记录（编号{known.record_id}，第{known.version}版）"
                self._hold(row, ("document_no", conflict(with_ours, told, self.titles)))

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

    def _not_own(self, row: int) -> Finding | None:
        """An office sends its own records; the keeper of the register sends anybody's."""
        if self.actor.is_keeper:
            return None
        source = self.columns["source_code"][row] or self.columns["authority_code"][row]
        return None if source is not None and source == self.actor.authority_code else NOT_OWN

    def _values(self, row: int) -> dict[str, Any]:
        return {name: self.columns[name][row] for name in CONTENT[self.plan.kind]}

    def _hold(self, row: int, why: tuple[str, Finding] | None) -> None:
        held = self.plan.held.setdefault(row, Held())
        if why is not None:
            held.problems.append(self._problem(row, *why))

    def _duplicate(self, row: int, says: str) -> None:
        self.plan.duplicates.append(row)
        finding = Finding("X-DUPLICATE", "duplicate", says, "已略过，无需处理")
        self.plan.notes.append(self._problem(row, "document_no", finding))

    def _propose(self) -> None:
        held, nothing = self.plan.held, [None] * self.count
        codes, names = self.columns.get("uscc", nothing), self.columns.get("name", nothing)
        unsure = {row: (codes[row], names[row]) for row in held if self.plan.enterprise_ids[row] is None}
        if unsure:
            for row, proposals in subjects.propose(self.session, unsure).items():
                held[row].proposals = proposals

    def _problem(self, row: int, column: str, finding: Finding) -> Problem:
        values = self.columns.get(column)
        sheets = self.columns.get("sheet")
        return place(
            finding,
            sheet=sheets[row] if sheets else None,
            row=self.columns["row"][row],
            column=self.titles.get(column, column),
            value=values[row] if values else None,
        )


def unsaid(why: tuple[str, Finding] | None, *, is_held: bool) -> tuple[str, Finding] | None:
    """What is left to say of a row that the reader holds already: it has named the empty cells itself."""
    return (
        None if why is not None and is_held and why[1].code in ("R-USCC-MISSING", "R-NAME-MISSING") else why
    )


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
NOT_OWN = Finding(
    "R-NOT-OWN",
    "refuse_row",
    "不是本单位：数据来源单位与报送账号所属单位不一致",
    "请由作出处理的单位报送，或由登记主管部门代为导入",
)
_NO_ORIGINAL = Finding(
    "X-NO-ORIGINAL",
    "hold",
    "表明撤销或修复，但名册中没有原记录",
    "请先导入原记录，再处理此行；文号写错的请更正",
)


def conflict(with_what: str, told: Sequence[str], titles: Mapping[str, str]) -> Finding:
    differs = "、".join(titles.get(name, name) for name in told[:6]) or "状态"
    return Finding(
        "X-CONFLICT",
        "hold",
        f"{with_what}是同一件事，但内容不同（{differs}）",
        "请核对原件：是更正的，确认后作为新版本入库；是误报的，放弃此行",
    )


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
        return values if is_whole else [values[row] for row in rows]

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


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row to be kept for a person: held or refused, with its cells."""

    row: int
    sheet: str | None
    state: str
    raw: Mapping[str, object]
    problems: tuple[Problem, ...]
    proposals: tuple[subjects.Proposal, ...] = ()


def keep_waiting(session: Session, waiting: Sequence[Waiting], *, batch_id: int, layout: Layout) -> None:
    """Keep rows that did not become records: the cells sealed, and masked for the eye."""
    personal = layout.personal_titles
    vault: Vault = session.vault
    bulk.insert(
        session,
        ImportRowRow,
        {
            "batch_id": Same(batch_id),
            "sheet": [each.sheet or "" for each in waiting],
            "row": [each.row for each in waiting],
            "state": [each.state for each in waiting],
            "raw_sealed": [vault.seal(json.dumps(dict(each.raw), ensure_ascii=False)) for each in waiting],
            "cells_digest": [cells_digest(vault, each.raw) for each in waiting],
            "shown": [shown(each.raw, personal) for each in waiting],
            "problems": [[problem.as_dict() for problem in each.problems] for each in waiting],
            "proposals": [[proposal.as_dict() for proposal in each.proposals] for each in waiting],
        },
        len(waiting),
    )


def cells_digest(vault: Vault, raw: Mapping[str, object]) -> str:
    """By which a row that is sent again is recognised; keyed, since the cells may hold identity numbers."""
    return vault.digest(json.dumps(dict(raw), ensure_ascii=False, sort_keys=True))


def shown(raw: Mapping[str, object], personal: frozenset[str]) -> dict[str, str]:
    """The cells as an officer may see them in a list: numbers of persons starred."""
    cells = {}
    for title, cell in raw.items():
        text = "" if cell is None else str(cell)
        cells[title] = mask_number(text) if fold_title(title) in personal and text else mask_text(text)
    return cells
