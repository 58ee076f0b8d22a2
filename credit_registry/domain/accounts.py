"""Accounts: which roles go together, when a sign-in is locked, how long a session lives, what may be lent."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone

from credit_registry.domain.errors import InvalidInput
from credit_registry.domain.permissions import ROLE_TITLES, Role

LOCK_AFTER = 5
ADDRESS_LOCK_AFTER = 20  # a whole office may share one address, so it gets more tries than one person
LOCKED_FOR = timedelta(minutes=15)
IDLE = timedelta(minutes=30)
LIFE = timedelta(hours=12)
# How long a password vouches for who sits there, where an act has weight in public.
PROVED_FOR = timedelta(minutes=15)
LONGEST_KEY = timedelta(days=366)
LONGEST_DELEGATION = timedelta(days=92)

# No summer time since 1991; services may not ask the clock's own time zone data.
_BEIJING = timezone(timedelta(hours=8))

LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,31}")


def checked_login(login: str) -> str:
    """The login as it is kept: lower case.

    Raises:
        InvalidInput: not 3–32 of the allowed characters.
    """
    login = login.strip().lower()
    if not LOGIN.fullmatch(login):
        raise InvalidInput(
            "账号名应为 3 至 32 位小写字母、数字或 . _ -，并以字母开头，请修改。", code="login-format"
        )
    return login


def checked_roles(roles: Iterable[Role | str]) -> tuple[Role, ...]:
    """The roles in their fixed order, if one person may hold them together.

    Raises:
        InvalidInput: none, unknown, or a mixture that 三权分立 keeps apart.

    Law:
        GB/T 22239-2019(2019-05-10) 8.1.5
    """
    try:
        wanted = {Role(role) for role in roles}
    except ValueError as unknown:
        titles = "、".join(f"{role.value}（{title}）" for role, title in ROLE_TITLES.items())
        raise InvalidInput(f"没有这个角色。可选：{titles}。", code="role-unknown") from unknown
    if not wanted:
        raise InvalidInput("请至少选择一个角色。", code="role-missing")
    for alone in (Role.ADMINISTRATOR, Role.AUDITOR):
        if alone in wanted and len(wanted) > 1:
            raise InvalidInput(
                f"“{ROLE_TITLES[alone]}”不能兼任其他角色（系统管理、审计、业务三权分立），请分设账号。",
                code="roles-exclusive",
                facts={"roles": sorted(wanted)},
            )
    return tuple(role for role in Role if role in wanted)


def check_lending(
    role: Role, lender: Iterable[Role], borrower: Iterable[Role], *, on: date, until: date
) -> None:
    """Refuse to lend ``role`` where it is not the lender's, not a business role, or for too long.

    Raises:
        InvalidInput: with what to change.
    """
    if role in (Role.ADMINISTRATOR, Role.AUDITOR):
        raise InvalidInput(f"“{ROLE_TITLES[role]}”不能委托他人代行。", code="delegation-role")
    if role not in set(lender):
        raise InvalidInput(f"委托人没有“{ROLE_TITLES[role]}”角色，不能委托。", code="delegation-role")
    checked_roles({*borrower, role})
    if not on < until <= on + LONGEST_DELEGATION:
        raise InvalidInput(
            f"委托截止日应在今天之后、{LONGEST_DELEGATION.days} 天以内，请修改。", code="delegation-period"
        )


def local_day(at: datetime) -> date:
    """The day in Beijing on which delegations and keys begin and end."""
    return at.astimezone(_BEIJING).date()


def is_locked(locked_until: datetime | None, now: datetime) -> bool:
    return locked_until is not None and now < locked_until


def is_alive(
    created_at: datetime, seen_at: datetime, now: datetime, *, idle: timedelta, life: timedelta
) -> bool:
    """Whether a session still holds: used within ``idle``, begun within ``life``."""
    return now - seen_at < idle and now - created_at < life
