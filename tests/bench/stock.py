"""A register full of made-up records, written straight into its tables: what the benches of re-scoring start from."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd

from credit_registry.storage import bulk
from credit_registry.storage.bulk import Same
from credit_registry.storage.database import Database
from credit_registry.storage.migrations import migrate
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.records import RecordRow, RecordVersionRow
from tests.bench.scoring import material
from tests.factories import a_code, a_file, an_import

KNOWN = datetime(2026, 10, 1, tzinfo=UTC)


def fill(database: Database, records: int, subjects: int, kinds: tuple[str, ...] | None = None) -> None:
    """Enterprises through the import, then their records; entries of lists are no records and left out.

    Args:
        kinds: only these, and none of them linked to an event.
    """
    facts, people = material(records, subjects)
    facts = facts[facts["kind"] != "listing"].drop(columns="list_kind")
    if kinds is not None:
        facts = facts[facts["kind"].isin(kinds)].assign(event_key=None)
    migrate(database)
    registered = people["registered_on"].dt.strftime("%Y-%m-%d")
    rows = [
        {"name": f"示例第{number}号制造有限公司", "uscc": a_code(number), "registered_on": day}
        for number, day in enumerate(registered)
    ]
    for start in range(0, len(rows), 50_000):
        an_import(database, "enterprises", a_file("enterprises", rows[start : start + 50_000]))
    with database.begin() as session:
        ids = sorted(number for (number,) in session.query(EnterpriseRow.id))
        owners = [ids[subject - 1] for subject in facts["subject"]]
        count = len(facts)
        numbers = list(range(1, count + 1))
        about: dict[str, Any] = {"enterprise_id": owners, "kind": plain(facts["kind"])}
        keys = [f"{number:032x}" for number in numbers]
        known = {"version": Same(1), "natural_key": keys, "created_at": Same(KNOWN)}
        bulk.insert(session, RecordRow, {"id": numbers, **about, **known}, count)
        values = {
            name: plain(facts[name]) for name in facts.columns if name not in ("subject", "record", "kind")
        }
        how = {"change": Same("original"), "actor": Same("bench"), "version": Same(1), "details": Same({})}
        seen = {"recorded_at": Same(KNOWN), "content_digest": keys, "record_id": numbers}
        bulk.insert(session, RecordVersionRow, {"id": numbers, **about, **how, **seen, **values}, count)
        session.connection().exec_driver_sql("ANALYZE")


def plain(column: pd.Series) -> list[Any]:
    """Python values, days as dates, None where there is none."""
    if str(column.dtype).startswith("datetime64"):
        column = column.dt.date
    return column.astype("object").where(column.notna(), None).tolist()
