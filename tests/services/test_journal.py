"""The audit log as its readers see it."""

import pytest

from credit_registry.domain.errors import NotAllowed
from credit_registry.domain.permissions import Role
from credit_registry.services import journal
from credit_registry.storage.database import Database
from tests.factories import an_account, an_actor, an_operator


def test_entries_are_paged_from_the_newest(database: Database) -> None:
    for login in ("ada", "bai", "cai"):
        an_account(database, login=login)

    with database.read() as session:
        first = journal.page(session, an_operator(), limit=3)
        second = journal.page(session, an_operator(), limit=3, before=int(first.after or 0))
        one = journal.page(session, an_operator(), subject="account:bai")
    assert [entry.number for entry in first.items] == [4, 3, 2]
    assert [entry.number for entry in second.items] == [1]
    assert second.after is None
    assert [entry.entry.verb for entry in one.items] == ["account:create"]


def test_a_changed_entry_is_found(sqlite_database: Database) -> None:
    for login in ("ada", "bai", "cai"):
        an_account(sqlite_database, login=login)
    with sqlite_database.read() as session:
        assert journal.verify(session, an_operator()) == journal.Verdict(4)
    with sqlite_database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_entries_stay")
        connection.exec_driver_sql("UPDATE audit_entries SET reason = '改过' WHERE number = 3")

    with sqlite_database.read() as session:
        assert journal.verify(session, an_operator()) == journal.Verdict(4, 3, "content")


def test_the_log_is_for_the_auditor(sqlite_database: Database) -> None:
    for role in set(Role) - {Role.AUDITOR}:
        actor = an_actor(sqlite_database, role)
        with pytest.raises(NotAllowed), sqlite_database.read() as session:
            journal.page(session, actor)
