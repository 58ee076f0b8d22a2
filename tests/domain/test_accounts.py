"""Roles that go together, locks, sessions, lending."""

from datetime import UTC, date, datetime, timedelta

import pytest

from credit_registry.domain import accounts
from credit_registry.domain.errors import InvalidInput
from credit_registry.domain.permissions import Role

ON = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("alone", [Role.ADMINISTRATOR, Role.AUDITOR])
@pytest.mark.parametrize("other", list(Role))
def test_administrator_and_auditor_hold_nothing_else(alone: Role, other: Role) -> None:
    if alone is other:
        assert accounts.checked_roles([alone]) == (alone,)
        return
    with pytest.raises(InvalidInput) as refused:
        accounts.checked_roles([alone, other])

    assert refused.value.code == "roles-exclusive"


def test_business_roles_may_be_held_together_in_a_fixed_order() -> None:
    assert accounts.checked_roles(["publisher", "clerk", "clerk"]) == (Role.CLERK, Role.PUBLISHER)


@pytest.mark.parametrize("roles", [[], ["superuser"]])
def test_no_role_and_an_unknown_role_are_refused(roles: list[str]) -> None:
    with pytest.raises(InvalidInput):
        accounts.checked_roles(roles)


@pytest.mark.parametrize("login", ["ab", "1abc", "张三", "a b c", "x" * 33, "zhang/../x", ""])
def test_a_login_is_plain(login: str) -> None:
    with pytest.raises(InvalidInput):
        accounts.checked_login(login)


def test_a_login_is_kept_in_lower_case() -> None:
    assert accounts.checked_login(" Zhang.San ") == "zhang.san"


@pytest.mark.parametrize(
    ("role", "lender", "borrower", "until"),
    [
        (Role.ADMINISTRATOR, [Role.ADMINISTRATOR], [Role.CLERK], date(2026, 12, 1)),
        (Role.DECIDER, [Role.OFFICER], [Role.OFFICER], date(2026, 12, 1)),
        (Role.DECIDER, [Role.DECIDER], [Role.AUDITOR], date(2026, 12, 1)),
        (Role.DECIDER, [Role.DECIDER], [Role.OFFICER], ON),
        (Role.DECIDER, [Role.DECIDER], [Role.OFFICER], date(2027, 12, 1)),
    ],
)
def test_some_roles_are_not_lent(role: Role, lender: list[Role], borrower: list[Role], until: date) -> None:
    with pytest.raises(InvalidInput):
        accounts.check_lending(role, lender, borrower, on=ON, until=until)


def test_a_business_role_is_lent_for_a_time() -> None:
    accounts.check_lending(Role.DECIDER, [Role.DECIDER], [Role.OFFICER], on=ON, until=date(2026, 12, 1))

    assert accounts.local_day(datetime(2026, 11, 23, 16, 0, tzinfo=UTC)) == ON


@pytest.mark.parametrize(
    ("age", "idle", "is_alive"),
    [
        (timedelta(0), timedelta(0), True),
        (timedelta(hours=11), timedelta(minutes=29), True),
        (timedelta(hours=11), timedelta(minutes=30), False),
        (timedelta(hours=12), timedelta(0), False),
    ],
)
def test_a_session_ends_idle_or_old(age: timedelta, idle: timedelta, is_alive: bool) -> None:
    found = accounts.is_alive(AT - age, AT - idle, AT, idle=accounts.IDLE, life=accounts.LIFE)

    assert found is is_alive


def test_a_lock_ends_by_itself() -> None:
    assert accounts.is_locked(AT + timedelta(seconds=1), AT)
    assert not accounts.is_locked(AT, AT)
    assert not accounts.is_locked(None, AT)
