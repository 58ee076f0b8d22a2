"""What the scorer is given: effective records, the entries in force as records, and their subjects."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

import pandas as pd

from credit_registry.domain.answers import ENDED_STATES
from credit_registry.services.standings import listing_rows
from credit_registry.storage import bulk
from credit_registry.storage.database import Session


@dataclass(frozen=True)
class Facts:
    """``records`` and ``subjects`` in the record vocabulary, one row per record and per enterprise.

    ``leaves_on``: per enterprise with an entry in force, the first day on which one is no longer. The rules see an
    entry only while it is in force, so its end is a change of the calendar that they cannot foresee.
    """

    records: pd.DataFrame
    subjects: pd.DataFrame
    leaves_on: Mapping[int, date]

    def next_change(self, subject: int, foreseen: date | None) -> date | None:
        """The earlier of what the rules foresee and the end of an entry."""
        leaves = self.leaves_on.get(subject)
        return min(leaves, foreseen) if leaves and foreseen else leaves or foreseen


def of(
    session: Session,
    ids: Sequence[int] | None,
    *,
    on: date,
    now: datetime,
    known_at: datetime | None = None,
    is_outward: bool = False,
    attributes: Collection[str] | None = None,
) -> Facts:
    """The facts about enterprises.

    Args:
        ids: all when None.
        known_at: as known then; now when None.
        is_outward: the answer leaves the house: what has ended since then is left out of the past as well.
        attributes: the only ones of records that anybody will read, which spares reading the others.
    """
    columns = None if attributes is None else {"state", "dated_on", *attributes}
    records = bulk.records_frame(session, enterprise_ids=ids, known_at=known_at, columns=columns)
    subjects = bulk.subjects_frame(session, enterprise_ids=ids, known_at=known_at)
    if known_at is not None and is_outward:
        records = _without_ended(records, bulk.records_frame(session, enterprise_ids=ids))
    subjects = _spanning(subjects, records)
    entries = listing_rows(session, on=on, known_at=known_at or now)
    if known_at is not None and is_outward:
        standing = {row["record"] for row in listing_rows(session, on=on, known_at=now)}
        entries = [row for row in entries if row["record"] in standing]
    if ids is not None:
        wanted = set(ids)
        entries = [row for row in entries if row["subject"] in wanted]
    if entries:
        records = _with_entries(records, entries)
    leaves: dict[int, date] = {}
    for row in entries:
        subject, end = cast(int, row["subject"]), cast(date, row["valid_until"]) + timedelta(days=1)
        leaves[subject] = min(end, leaves.get(subject, end))
    return Facts(records, subjects, leaves)


def _without_ended(then: pd.DataFrame, present: pd.DataFrame) -> pd.DataFrame:
    ended = present.loc[present["state"].isin(sorted(ENDED_STATES)), "record"]
    return then[~then["record"].isin(ended)].reset_index(drop=True)


def _spanning(subjects: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """With ``first_known_on`` and ``last_known_on``, the days of the earliest and the latest of the records.

    By what an answer may see: a record that has ended must not show in a grade either.
    """
    days = records.groupby("subject")["dated_on"]
    first, last = (each.reindex(subjects["subject"]).array for each in (days.min(), days.max()))
    return subjects.assign(first_known_on=first, last_known_on=last)


def _with_entries(records: pd.DataFrame, entries: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Entries in force below the records: columns that only entries have are empty for records, and the reverse."""
    added = pd.DataFrame({name: [row.get(name) for row in entries] for name in entries[0]})
    columns = [*records.columns, *(name for name in added.columns if name not in records.columns)]
    below = added.reindex(columns=columns)
    for name, kind in records.dtypes.items():
        below[name] = below[name].astype(kind)
    return pd.concat([records.reindex(columns=columns), below], ignore_index=True)
