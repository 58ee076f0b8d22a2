"""Registrations: what becomes of each row of an enterprise file. Plans by column, then stores in bulk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from credit_registry.domain.answers import plain
from credit_registry.domain.names import folded_name, parent_names, searchable
from credit_registry.domain.permissions import Actor
from credit_registry.services.deciding import Columns, Decided, Deciding
from credit_registry.services.enterprise_views import ATTRIBUTES
from credit_registry.services.enterprises import revise
from credit_registry.storage import bulk
from credit_registry.storage.bulk import Same
from credit_registry.storage.database import Session
from credit_registry.storage.queries import enterprises, search
from credit_registry.storage.tables.enterprises import (
    EnterpriseCodeRow,
    EnterpriseNameRow,
    EnterpriseRow,
    EnterpriseVersionRow,
)
from importers import Layout, Problem
from importers.problems import Finding, place, quoted

# What a file may say of an enterprise; the parent is concluded from names.
SAID = tuple(name for name in ATTRIBUTES if name != "parent_id")


@dataclass(slots=True)
class Plan(Decided):
    fresh: list[int] = field(default_factory=list)
    further: list[tuple[int, EnterpriseRow, dict[str, object]]] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)

    @property
    def accepted(self) -> int:
        return len(self.fresh) + len(self.further)


def plan(session: Session, actor: Actor, layout: Layout, columns: Columns) -> Plan:
    """Decide about every row of an enterprise file; writes nothing."""
    nothing: list[Any] = [None] * len(columns["row"])
    full = {**dict.fromkeys(SAID, nothing), **columns}
    full["status"] = [status or None for status in full["status"]]
    made = Plan(full)
    _Deciding(session, actor, layout, made).decide()
    return made


class _Deciding(Deciding[Plan]):
    def decide(self) -> None:
        made = self.plan
        codes, names = self.columns["uscc"], self.columns["name"]
        known = enterprises.ids_of_codes(self.session, sorted({code for code in codes if code}))
        rows = enterprises.rows_of_ids(self.session, sorted(set(known.values())))
        borne = enterprises.name_keys_of_ids(self.session, sorted(rows))
        first: dict[str, int] = {}
        for row, (code, name) in enumerate(zip(codes, names, strict=True)):
            if not code:
                self._hold(row, ("uscc", _MISSING))
            elif self.dispositions[row] == "hold":
                self._hold(row, None)
            elif (before := first.setdefault(code, row)) != row:
                self._compare_within(row, before)
            elif code in known:
                ours = rows[known[code]]
                self._compare_known(row, ours, borne[ours.id].get(folded_name(name)))
            else:
                made.fresh.append(row)
        self._propose(made.held)

    def _compare_within(self, row: int, before: int) -> None:
        told = [name for name in SAID if self.columns[name][row] != self.columns[name][before]]
        place_of = self.columns["row"][before]
        if not told:
            self._duplicate(row, "uscc", f"与本文件第{place_of}行相同")
        else:
            self._hold(row, ("uscc", self._conflict(f"与本文件第{place_of}行", told)))

    def _compare_known(self, row: int, ours: EnterpriseRow, is_former: bool | None) -> None:
        if is_former is None:
            self._hold(row, ("name", _mismatch(self.columns["name"][row], ours.name)))
            return
        # An empty cell says nothing; a former name is an older extract and renames nobody back.
        said = {name: self.columns[name][row] for name in SAID if name not in ("uscc", "name")}
        told = {
            name: value for name, value in said.items() if value is not None and value != getattr(ours, name)
        }
        if not told or is_former:
            self._duplicate(
                row, "uscc", "对应的企业已在名册中，内容相同" if not told else "使用曾用名，是较旧的登记信息"
            )
        elif self.actor.is_keeper:
            self.plan.further.append((row, ours, told))
        else:
            self._hold(row, ("uscc", self._conflict("与名册中的登记信息", list(told))))

    def _conflict(self, with_what: str, told: Sequence[str]) -> Finding:
        differs = "、".join(self.titles.get(name, name) for name in told[:6])
        says, hint = f"{with_what}不同（{differs}）", "请核对登记机关的最新信息，由登记主管部门确认后更新"
        return Finding("X-CONFLICT", "hold", says, hint)


_MISSING = Finding(
    "R-USCC-MISSING", "hold", "为空，不能登记", "请补填统一社会信用代码；确无代码的，由工作人员人工登记"
)


def _mismatch(given: str, ours: str) -> Finding:
    return Finding(
        "R-NAME-MISMATCH",
        "hold",
        f"为“{quoted(given, 40)}”，而名册中该代码的企业是“{ours[:40]}”",
        "企业已更名的，请登记更名；名称或代码写错的，请更正后重新上传",
    )


def store(session: Session, actor: Actor, made: Plan, *, batch_id: int, now: datetime) -> None:
    """Write what the plan accepts: enterprises with versions, names, codes and the search index; in bulk."""
    ids = list(bulk.next_ids(session, EnterpriseRow, len(made.fresh)))
    taken: dict[str, Sequence[Any]] = {name: [made.columns[name][row] for row in made.fresh] for name in SAID}
    taken["status"] = [status or "active" for status in taken["status"]]
    keys = [folded_name(name) for name in taken["name"]]
    bulk.insert(
        session,
        EnterpriseRow,
        {**taken, "id": ids, "name_key": keys, "version": Same(1), "recorded_at": Same(now)},
        len(ids),
    )
    name_ids = list(bulk.next_ids(session, EnterpriseNameRow, len(ids)))
    born: dict[str, Sequence[Any] | Same] = {
        "id": name_ids,
        "enterprise_id": ids,
        "name": taken["name"],
        "name_key": keys,
        "recorded_at": Same(now),
    }
    bulk.insert(session, EnterpriseNameRow, born, len(ids))
    bulk.insert(
        session,
        EnterpriseCodeRow,
        {"uscc": taken["uscc"], "enterprise_id": ids, "recorded_at": Same(now)},
        len(ids),
    )
    parents, older = _parents(session, dict(zip(ids, keys, strict=True)))
    enterprises.set_parents(session, sorted(parents.items()))
    attributes = [
        {name: plain(taken[name][at]) for name in SAID} | {"parent_id": parents.get(enterprise_id)}
        for at, enterprise_id in enumerate(ids)
    ]
    bulk.insert(
        session,
        EnterpriseVersionRow,
        {
            "enterprise_id": ids, "version": Same(1), "recorded_at": Same(now), "actor": Same(actor.label),
            "batch_id": Same(batch_id), "attributes": attributes,
        },
        len(ids),
    )  # fmt: skip
    search.index(
        session, [(each, searchable(name)) for each, name in zip(name_ids, taken["name"], strict=True)]
    )
    _revise(session, actor, made, older, batch_id=batch_id, now=now)
    made.touched = {*ids, *older, *(row.id for _, row, _ in made.further)}


def enter_unknown(
    session: Session, actor: Actor, layout: Layout, columns: Columns, *, batch_id: int, now: datetime
) -> list[Problem]:
    """Register the enterprises that a file of records names and the register does not hold.

    Only under a code that the file gives one name; two names under one code stay a question for a person.

    Returns:
        a note for each, at the first row that names it.
    """
    nothing: list[Any] = [None] * len(columns["row"])
    codes, names = columns.get("uscc", nothing), columns.get("name", nothing)
    dispositions = columns.get("disposition", ["accept"] * len(codes))
    first: dict[str, int] = {}
    called: dict[str, set[str]] = {}
    for row, (code, name, disposition) in enumerate(zip(codes, names, dispositions, strict=True)):
        if code and name and disposition == "accept":
            first.setdefault(code, row)
            called.setdefault(code, set()).add(folded_name(name))
    known = enterprises.ids_of_codes(session, sorted(first))
    fresh = [row for code, row in first.items() if code not in known and len(called[code]) == 1]
    if not fresh:
        return []
    told: Columns = {name: [None] * len(fresh) for name in SAID}
    told |= {"uscc": [codes[row] for row in fresh], "name": [names[row] for row in fresh]}
    made = Plan(told, fresh=list(range(len(fresh))))
    store(session, actor, made, batch_id=batch_id, now=now)
    title = next((column.title for column in layout.columns if column.name == "uscc"), "uscc")
    sheets = columns.get("sheet") or nothing
    return [
        place(_ENTERED, sheet=sheets[row], row=columns["row"][row], column=title, value=codes[row])
        for row in fresh
    ]


_ENTERED = Finding(
    "N-ENTERPRISE-ENTERED",
    "normalised",
    "的企业原不在名册中，已按文件中的名称和代码登记",
    "请尽快用登记信息补全住所等资料",
)


def _revise(
    session: Session, actor: Actor, made: Plan, older: Mapping[int, int], *, batch_id: int, now: datetime
) -> None:
    for _, ours, told in made.further:
        revise(session, actor.label, ours, told, reason="登记信息更新", now=now, batch_id=batch_id)
    rows = enterprises.rows_of_ids(session, sorted(older)) if older else {}
    for branch, parent in older.items():
        found = {"parent_id": parent}
        revise(session, actor.label, rows[branch], found, reason="上级企业已登记", now=now, batch_id=batch_id)


def _parents(session: Session, fresh: Mapping[int, str]) -> tuple[dict[int, int], dict[int, int]]:
    """Branch -> parent where exactly one enterprise bears the parent's name: of the new ones, and of older orphans."""
    branches = {**dict(enterprises.orphan_branches(session)), **fresh}
    candidates = {branch: names for branch, key in branches.items() if (names := parent_names(key))}
    wanted = sorted({name for names in candidates.values() for name in names})
    if not wanted:
        return {}, {}
    present = {
        name: [bearer.enterprise_id for bearer in bearers if not bearer.is_former]
        for name, bearers in enterprises.bearers_of(session, wanted).items()
    }
    found: dict[int, int] = {}
    for branch, names in candidates.items():
        # The longest name that anybody bears decides; two bearers of it leave the question open.
        bearers = next((ids for name in names if (ids := present.get(name))), [])
        if len(bearers) == 1 and bearers[0] != branch:
            found[branch] = bearers[0]
    older = {branch: parent for branch, parent in found.items() if branch not in fresh}
    return {branch: parent for branch, parent in found.items() if branch in fresh}, older
