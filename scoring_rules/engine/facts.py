"""The facts of one run: records known on the day, their subjects, events and cases (subject × domain)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring_rules.engine.calendar import MISSING, NEVER, Bools, Ints
from scoring_rules.engine.columns import Columns, InputError
from scoring_rules.engine.exact import Exact
from scoring_rules.language.shapes import RuleSet


class Facts:
    """Rows of records dated after ``on`` take part in nothing; they only say when the result may change next.

    ``subject_of`` is the position of each record's subject, ``case_of`` that times the number of domains plus the
    position of its domain, -1 for a record of a domain that the rule set does not grade.
    """

    def __init__(self, ruleset: RuleSet, records: pd.DataFrame, subjects: pd.DataFrame, on: int) -> None:
        self.ruleset, self.on = ruleset, on
        self.inclusive = ruleset.boundary == "inclusive"
        self.domains = tuple(domain.id for domain in ruleset.domains) or ("all",)
        types = {name: shape.type for name, shape in ruleset.attributes.subjects.items()}
        types |= {name: derived.type for name, derived in ruleset.derived_subjects.items()}
        self.subjects = Columns(subjects, types)
        self.subject_ids = subjects["subject"].to_numpy()
        types = {name: shape.type for name, shape in ruleset.attributes.records.items()}
        types |= {name: derived.type for name, derived in ruleset.derived_records.items()}
        self.future = np.full(self.case_count, NEVER, dtype=np.int64)
        position = _positions(self.subject_ids, records["subject"])
        self._take(records, types, position)
        self._events: Ints | None = None
        self.record_ids: Ints = self.records.frame["record"].to_numpy()
        for name in ruleset.event_attributes:
            self._spread(name)

    @property
    def case_count(self) -> int:
        return int(self.subject_ids.size) * len(self.domains)

    def _take(self, records: pd.DataFrame, types: dict[str, str], position: Ints) -> None:
        columns = Columns(records, types)
        cases = self._cases(columns, position)
        dated = self.ruleset.dated
        keep: Bools = position >= 0
        if dated is not None:
            days = columns.days(dated)
            if dated in self.ruleset.event_attributes:
                # The day of an event decides which of its records take part: spread before any of them is left out.
                events = _events(columns, self.ruleset.event, position)
                days = self._one_value(days, keep & (days > MISSING), events, dated)[events]
                columns.put_days(dated, days)
            later = keep & (days > self.on)
            if later.any():
                self._note_future(days[later], position[later], cases[later])
            keep &= (days <= self.on) & (days > MISSING)
        if keep.all():
            self.records, self.subject_of, self.case_of = columns, position, cases
            return
        self.records = Columns(records.loc[keep], types)
        if dated is not None:
            self.records.put_days(dated, columns.days(dated)[keep])
        self.subject_of, self.case_of = position[keep], cases[keep]

    def _cases(self, columns: Columns, position: Ints) -> Ints:
        attribute = self.ruleset.domain_attribute
        if attribute is None:
            return position
        codes, words = columns.codes(attribute)
        table = np.full(len(words) + 1, -1, dtype=np.int64)
        for code, word in enumerate(words):
            if word in self.domains:
                table[code] = self.domains.index(word)
        domain = table[codes]
        return np.where((domain >= 0) & (position >= 0), position * len(self.domains) + domain, -1)

    def _note_future(self, days: Ints, position: Ints, cases: Ints) -> None:
        for offset in range(len(self.domains)):
            # A later record may be seen by any case of its subject through a count without a domain.
            mine = (cases < 0) | (cases % len(self.domains) == offset)
            np.minimum.at(self.future, position[mine] * len(self.domains) + offset, days[mine])

    # -- events ---------------------------------------------------------------------------------------------------

    @property
    def events(self) -> Ints:
        """A code per subject and event; a record without an event is an event of its own."""
        if self._events is None:
            self._events = _events(self.records, self.ruleset.event, self.subject_of)
        return self._events

    def _spread(self, name: str) -> None:
        """An event attribute holds for every record of its event, whichever row carries it."""
        kind = self.records.types[name]
        events, size = self.events, self.records.size
        if kind == "date":
            days = self.records.days(name)
            self.records.put_days(name, self._one_value(days, days > MISSING, events, name)[events])
        elif kind in ("integer", "decimal"):
            numbers = self.records.numbers(name)
            filled = self._one_value(numbers.n, numbers.present(), events, name)
            ok = np.zeros(size, dtype=bool)
            np.logical_or.at(ok, events, numbers.present())
            self.records.put_numbers(name, Exact(filled[events], numbers.d, ok[events]))
        else:
            codes, words = self.records.codes(name)
            filled = np.full(size, -1, dtype=codes.dtype)
            filled[:] = self._one_value(codes, codes >= 0, events, name)
            ok = np.zeros(size, dtype=bool)
            np.logical_or.at(ok, events, codes >= 0)
            self.records.put_codes(name, np.where(ok, filled, -1)[events], words)

    @staticmethod
    def _one_value(values: Ints, present: Bools, events: Ints, name: str) -> Ints:
        found = values.copy()
        found[events[present]] = values[present]
        differs = present & (found[events] != values)
        if differs.any():
            raise InputError(f"同一事件的记录在列 {name} 中取值不一致（第 {int(np.argmax(differs)) + 1} 行）")
        return found

    # -- order ----------------------------------------------------------------------------------------------------

    def order(self, rows: Ints, groups: Ints | None = None) -> Ints:
        """Positions that sort ``rows`` by the declared order, the record number last.

        With ``groups``, by group first: then only rows that are still equal inside a group need their next
        attribute looked at, which spares ranking a million document numbers for a handful of ties.
        """
        level = np.zeros(rows.size, dtype=np.int64) if groups is None else groups
        by = np.lexsort((self.record_ids[rows], level))
        for name in self.ruleset.order:
            tied = _in_company(level[by])
            if not tied.any():
                return by.astype(np.int64)
            at = by[tied]
            rank = np.zeros(rows.size, dtype=np.int64)
            rank[at] = self.records.ranks(name, rows[at])
            by = np.lexsort((self.record_ids[rows], rank, level))
            level = _levels(level, rank, by)
        return by.astype(np.int64)


def _events(records: Columns, attribute: str, subject_of: Ints) -> Ints:
    """Per row the first row of its subject and event; rows without an event or a subject stand alone."""
    keys = records.codes(attribute)[0].astype(np.int64)
    found = np.arange(records.size, dtype=np.int64)
    linked = np.flatnonzero((keys >= 0) & (subject_of >= 0))
    if linked.size:
        pairs = subject_of[linked] * (int(keys.max()) + 1) + keys[linked]
        _, first, inverse = np.unique(pairs, return_index=True, return_inverse=True)
        found[linked] = linked[first][inverse]
    return found


def _in_company(level: Ints) -> Bools:
    """Of sorted levels, those that occur more than once."""
    same = level[1:] == level[:-1]
    found = np.zeros(level.shape, dtype=bool)
    found[1:] |= same
    found[:-1] |= same
    return found


def _levels(level: Ints, rank: Ints, by: Ints) -> Ints:
    """One number per distinct pair, in the order ``by``."""
    new = np.ones(by.size, dtype=bool)
    new[1:] = (level[by][1:] != level[by][:-1]) | (rank[by][1:] != rank[by][:-1])
    found = np.empty(by.size, dtype=np.int64)
    found[by] = np.cumsum(new)
    return found


def _positions(ids: Ints, subjects: pd.Series[int]) -> Ints:
    """Row of each subject among ``ids``, -1 where it is not among them."""
    if ids.size == 0:
        return np.full(len(subjects), -1, dtype=np.int64)
    wanted = subjects.to_numpy()
    if np.issubdtype(ids.dtype, np.integer) and np.issubdtype(wanted.dtype, np.integer) and wanted.size:
        low, high = int(ids.min()), int(ids.max())
        if high - low < 4 * ids.size + 1024:
            table = np.full(high - low + 3, -1, dtype=np.int64)
            table[ids - low + 1] = np.arange(ids.size)
            return table[np.clip(wanted, low - 1, high + 1) - low + 1]
    found: Ints = pd.Index(ids).get_indexer(pd.Index(wanted)).astype(np.int64)
    return found
