"""List pages send as many statements for many rows as for few."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from credit_registry.domain.permissions import Role
from credit_registry.storage.database import Database
from tests.factories import a_candidate, a_penalty, a_team, an_account, an_enterprise, an_office
from tests.web.conftest import Browser


@contextmanager
def counting(database: Database) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def _fill(database: Database, count: int) -> None:
    team = a_team(database, office=an_office(database, authority_code="11110108000000000F", is_keeper=True))
    busy = an_enterprise(database, "示例忙碌有限公司")
    for _ in range(count):
        a_candidate(database, team)
        a_penalty(database, busy.uscc or "")
        an_account(database, office=team.office)


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.OFFICER, "/console/enterprises"),
        (Role.OFFICER, "/console/cases"),
        (Role.OFFICER, "/console/"),
        (Role.AUDITOR, "/console/audit"),
        (Role.ADMINISTRATOR, "/console/accounts"),
    ],
)
def test_a_list_does_not_ask_row_by_row(
    signed_in: Callable[..., Browser], sqlite_database: Database, role: Role, path: str
) -> None:
    person = signed_in(role)
    _fill(sqlite_database, 2)
    with counting(sqlite_database) as few:
        assert person.get(path).status_code == 200
    _fill(sqlite_database, 8)
    with counting(sqlite_database) as many:
        assert person.get(path).status_code == 200

    assert len(many) == len(few)
