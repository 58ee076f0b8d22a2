"""Files of other departments' lists: what becomes of each row, and a batch taken back.

An entry is kept under the code that its list says, whether or not the register holds the enterprise (yet): a list of a
whole city comes as it is, and what concerns an enterprise is found when somebody asks about it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from credit_registry.domain import other_lists
from credit_registry.domain.other_lists import CONTENT
from credit_registry.domain.permissions import Actor
from credit_registry.domain.records import Change
from credit_registry.services import subjects
from credit_registry.services.deciding import NOT_OWN, Columns, Decided, Deciding
from credit_registry.storage import bulk
from credit_registry.storage.database import Session
from credit_registry.storage.queries import enterprises
from credit_registry.storage.queries import other_lists as queries
from credit_registry.storage.tables.other_lists import OtherListingRow
from importers import Layout
from importers.problems import Finding

# Columns of a version that a row of a file fills.
_STORED = (
    "uscc", "name", "list_name", "authority_name", "authority_code", "source_name", *CONTENT, "details",
)  # fmt: skip
# What a register need not know to keep a list entry: an enterprise that is not (yet) in it, or no longer active.
_NO_HINDRANCE = frozenset({"R-SUBJECT-UNKNOWN", "R-SUBJECT-STATUS"})


@dataclass(slots=True)
class Plan(Decided):
    keys: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    fresh: list[int] = field(default_factory=list)
    further: list[tuple[int, OtherListingRow, Change]] = field(default_factory=list)
    # No grade depends on other lists.
    touched: frozenset[int] = frozenset()

    @property
    def accepted(self) -> int:
        return len(self.fresh) + len(self.further)


def plan(
    session: Session,
    actor: Actor,
    layout: Layout,
    columns: Columns,
    *,
    decided: Mapping[int, int] | None = None,
    is_correction: bool = False,
) -> Plan:
    """Decide about every row of a list; writes nothing.

    Args:
        decided: row -> enterprise, where a person has said whom the row is about.
        is_correction: a person has said that what contradicts a known entry corrects it.
    """
    nothing: list[Any] = [None] * len(columns["row"])
    full = {**dict.fromkeys(_STORED, nothing), **columns}
    full["uscc"] = list(full["uscc"])
    for row, enterprise_id in (decided or {}).items():
        chosen = enterprises.find_by_id(session, enterprise_id)
        full["uscc"][row] = chosen.uscc if chosen is not None else None
    made = Plan(full)
    _Deciding(session, actor, layout, made, is_correction=is_correction).decide(frozenset(decided or ()))
    return made


class _Deciding(Deciding[Plan]):
    def __init__(
        self, session: Session, actor: Actor, layout: Layout, made: Plan, *, is_correction: bool
    ) -> None:
        super().__init__(session, actor, layout, made)
        self.is_correction = is_correction

    def decide(self, decided: frozenset[int]) -> None:
        made, columns = self.plan, self.columns
        found = subjects.resolve(subjects.Register(self.session), columns["uscc"], columns["name"])
        open_rows = []
        for row in range(self.count):
            doubt = None if row in decided and columns["uscc"][row] else found.holds.get(row)
            is_unknown = doubt is not None and doubt[1].code == "R-SUBJECT-UNKNOWN"
            if doubt is not None and doubt[1].code in _NO_HINDRANCE:
                doubt = None
            if not self._is_own(row):
                self._refuse(row, "authority_code", NOT_OWN)
            elif doubt is not None or self.dispositions[row] == "hold":
                self._hold(row, doubt)
            else:
                open_rows.append(row)
                if is_unknown:
                    self._note(row, "uscc", _NOT_REGISTERED)
                elif row in found.notes:
                    self._note(row, *found.notes[row])
        self._compare(open_rows)
        self._propose(made.held)

    def _compare(self, open_rows: Sequence[int]) -> None:
        made = self.plan
        made.keys, made.digests = [""] * self.count, [""] * self.count
        for row in open_rows:
            values = self._values(row)
            made.keys[row] = other_lists.natural_key(values, self.columns["details"][row] or {})
            made.digests[row] = other_lists.content_digest(values)
        chains: dict[str, list[OtherListingRow]] = defaultdict(list)
        for version in queries.versions_of_keys(self.session, sorted({made.keys[row] for row in open_rows})):
            chains[version.natural_key].append(version)
        first: dict[str, int] = {}
        for row in open_rows:
            before = first.setdefault(made.keys[row], row)
            if before != row:
                self._compare_within(row, before)
            elif chain := chains.get(made.keys[row]):
                self._compare_known(row, chain)
            else:
                made.fresh.append(row)

    def _compare_within(self, row: int, before: int) -> None:
        place_of = self.columns["row"][before]
        if self.plan.digests[row] == self.plan.digests[before]:
            self._duplicate(row, "name", f"与本文件第{place_of}行相同")
        else:
            told = other_lists.differing(self._values(before), self._values(row))
            self._hold(row, ("name", self._conflict(f"与本文件第{place_of}行", told)))

    def _compare_known(self, row: int, chain: Sequence[OtherListingRow]) -> None:
        newest, said = chain[-1], self._values(row)
        have = {name: getattr(newest, name) for name in CONTENT}
        if newest.state == "withdrawn":
            self.plan.further.append((row, newest, Change.REINSTATEMENT))
        elif self.plan.digests[row] in _said_and_not_taken_back(chain):
            self._duplicate(row, "name", f"与已入库的名单记录（批次{newest.batch_id}）相同")
        elif other_lists.ends(have, said):
            self.plan.further.append((row, newest, Change.COMPLETION))
        elif self.is_correction:
            self.plan.further.append((row, newest, Change.CORRECTION))
        else:
            told = other_lists.differing(have, said)
            ours = f"与已入库的名单记录（批次{newest.batch_id}第{newest.source_row}行）"
            self._hold(row, ("name", self._conflict(ours, told)))

    def _is_own(self, row: int) -> bool:
        """An office sends its own list; the keeper of the register sends anybody's."""
        own = self.actor.authority_code
        return self.actor.is_keeper or (own is not None and own == self.columns["authority_code"][row])

    def _values(self, row: int) -> dict[str, Any]:
        return {name: self.columns[name][row] for name in _STORED}


def _said_and_not_taken_back(chain: Sequence[OtherListingRow]) -> set[str]:
    """Digests of what was said since the last withdrawal: what a withdrawn batch said may be said again."""
    last = max((at for at, version in enumerate(chain) if version.change == "withdrawal"), default=0)
    return {version.content_digest for version in chain[last:]}


_NOT_REGISTERED = Finding(
    "W-NOT-REGISTERED",
    "warning",
    "的企业不在名册中，名单记录照存",
    "无需处理；企业登记后自动对应，按代码查询时即可看到",
)


def store(
    session: Session, actor: Actor, made: Plan, *, batch_id: int, now: datetime, reason: str | None = None
) -> None:
    """Write what the plan accepts: first versions and further ones."""
    taken = [*((row, 1, Change.ORIGINAL) for row in made.fresh)]
    for row, newest, change in made.further:
        newest.superseded_at = now
        taken.append((row, newest.version + 1, change))
    written = [
        {
            **{name: made.columns[name][row] for name in _STORED},
            "details": made.columns["details"][row] or {},
            "natural_key": made.keys[row],
            "content_digest": made.digests[row],
            "source_row": made.columns["row"][row],
            "version": version,
            "change": change.value,
            "state": "live",
            "batch_id": batch_id,
        }
        for row, version, change in taken
    ]
    _insert(session, actor, written, now, reason)


def withdraw(
    session: Session, actor: Actor, batch_id: int, *, reason: str, now: datetime
) -> tuple[int, int, tuple[int, ...]]:
    """Take a batch back: its entries are withdrawn, what it added to older ones is unsaid.

    Returns:
        how many were withdrawn, how many set back, and those that somebody changed since.
    """
    chains: dict[str, list[OtherListingRow]] = defaultdict(list)
    for version in queries.versions_of_keys(session, queries.keys_of_batch(session, batch_id)):
        chains[version.natural_key].append(version)
    withdrawn, set_back, left, written = 0, 0, [], []
    for chain in chains.values():
        newest = chain[-1]
        mine = [
            version for version in chain if version.batch_id == batch_id and version.change != "withdrawal"
        ]
        is_brought = any(version.change in ("original", "reinstatement") for version in mine)
        if is_brought and newest.state == "withdrawn":
            continue
        if not is_brought and chain[-len(mine) :] != mine:
            left.append(newest.id)
            continue
        said = newest if is_brought else chain[-1 - len(mine)]
        newest.superseded_at = now
        again = {name: getattr(said, name) for name in (*_STORED, *_KEPT)}
        again |= {"version": newest.version + 1, "change": Change.WITHDRAWAL.value}
        written.append(again | ({"state": "withdrawn"} if is_brought else {"state": said.state}))
        withdrawn, set_back = withdrawn + is_brought, set_back + (not is_brought)
    _insert(session, actor, written, now, reason)
    return withdrawn, set_back, tuple(left)


_KEPT = ("natural_key", "content_digest", "source_row", "batch_id")


def _insert(
    session: Session, actor: Actor, written: Sequence[Mapping[str, Any]], now: datetime, reason: str | None
) -> None:
    if written:
        columns = {name: [each[name] for each in written] for name in written[0]}
        same = {"actor": actor.label, "recorded_at": now, "reason": reason}
        bulk.insert(
            session,
            OtherListingRow,
            columns | {name: bulk.Same(value) for name, value in same.items()},
            len(written),
        )
