"""The chain: gapless, in the order of transactions, and a touched row shows."""

import threading
from datetime import datetime

import pytest
from sqlalchemy import text

from credit_registry.domain.audit import AuditEntry
from credit_registry.domain.permissions import Actor
from credit_registry.storage.database import Database
from credit_registry.storage.queries import audit


def _entry(now: datetime, subject: str = "case:1") -> AuditEntry:
    return AuditEntry("account:li", None, "listing:notify", subject, now, "理由", {"from": "CANDIDATE"})


def test_a_fresh_chain_holds(database: Database, now: datetime) -> None:
    numbers = [database.run(lambda session: audit.append(session, _entry(now))) for _ in range(3)]

    with database.read() as session:
        assert audit.verify(session) is None
    assert numbers == [1, 2, 3]


def test_writers_at_once_leave_no_gap(database: Database, now: datetime) -> None:
    def work() -> None:
        for _ in range(10):
            database.run(lambda session: audit.append(session, _entry(now)), attempts=20)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as session:
        assert audit.count(session) == 30
        assert audit.verify(session) is None


@pytest.mark.parametrize(
    ("tampering", "number", "what"),
    [
        ("UPDATE audit_entries SET reason = '别的理由' WHERE number = 2", 2, "content"),
        ("DELETE FROM audit_entries WHERE number = 2", 2, "missing"),
        ("UPDATE audit_entries SET actor = 'account:wang' WHERE number = 3", 3, "content"),
        ("UPDATE audit_entries SET previous = hash WHERE number = 3", 3, "previous"),
    ],
)
def test_a_touched_row_shows(
    database: Database, now: datetime, tampering: str, number: int, what: str
) -> None:
    for _ in range(4):
        database.run(lambda session: audit.append(session, _entry(now)))
    with database.engine.begin() as connection:
        for trigger in _guards(database):
            connection.execute(text(trigger))
        connection.execute(text(tampering))

    with database.read() as session:
        assert audit.verify(session) == audit.Breach(number, what)


def _guards(database: Database) -> list[str]:
    """What an attacker with the owner's rights would drop first."""
    if database.dialect == "sqlite":
        return ["DROP TRIGGER audit_entries_stay", "DROP TRIGGER audit_entries_remain"]
    return ["ALTER TABLE audit_entries DISABLE TRIGGER ALL"]


@pytest.mark.parametrize("change", ["UPDATE audit_entries SET actor = 'x'", "DELETE FROM audit_entries"])
def test_the_database_itself_refuses_to_change_the_log(
    database: Database, now: datetime, change: str
) -> None:
    database.run(lambda session: audit.append(session, _entry(now)))

    with pytest.raises(Exception, match="append-only"), database.engine.begin() as connection:
        connection.execute(text(change))


def test_pages_run_backwards_from_the_newest(database: Database, now: datetime) -> None:
    for number in range(5):
        database.run(lambda session, n=number: audit.append(session, _entry(now, f"case:{n}")))  # type: ignore[misc]

    with database.read() as session:
        first = audit.page(session, limit=2)
        second = audit.page(session, limit=2, before=first[-1][0])
        only = audit.page(session, subject="case:3")
    assert [number for number, _ in first + second] == [5, 4, 3, 2]
    assert [number for number, _ in only] == [4]


def test_the_last_change_passes_over_those_who_come_and_go(database: Database, now: datetime) -> None:
    def last() -> int:
        with database.read() as session:
            return audit.last_change(session)

    coming = AuditEntry("account:li", None, "session:sign-in", "account:li", now)
    assert last() == 0
    database.run(lambda session: audit.append(session, coming))
    assert last() == 0
    database.run(lambda session: audit.append(session, _entry(now)))
    database.run(lambda session: audit.append(session, coming))
    assert last() == 2


def test_a_deed_is_remembered_in_the_name_of_the_actor_and_the_office(
    database: Database, now: datetime
) -> None:
    actor = Actor("account:li", "李", frozenset(), office_id=7)

    database.run(
        lambda session: audit.remember(
            session, actor, "batch:drop", "batch:3", now, reason="理由", facts={"rows": [1]}
        )
    )

    told = AuditEntry("account:li", 7, "batch:drop", "batch:3", now, "理由", {"rows": [1]})
    with database.read() as session:
        assert audit.page(session) == [(1, told)]
