"""Signing in and out: who sits at the browser, for how long, and what a wrong password costs.

A sign-in takes two steps, since the slow password check must not hold the writers' lock: `weigh` reads and
checks, `sign_in` writes down what came of it. A failure is written too, so the refusal is part of the answer
and not an exception, which would undo the count.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from credit_registry.domain import accounts as rules
from credit_registry.domain import passwords
from credit_registry.domain import second_factor as codes_of_the_moment
from credit_registry.domain.audit import AuditEntry
from credit_registry.domain.errors import InvalidInput, NotSignedIn, Refusal, TooMuch
from credit_registry.domain.permissions import Actor
from credit_registry.services import second_factor
from credit_registry.services.accounts import actor_of_row
from credit_registry.storage.database import Session
from credit_registry.storage.queries import accounts as queries
from credit_registry.storage.queries import audit
from credit_registry.storage.tables.accounts import AccountRow, SessionRow

# A page a second must not be a write a second; a minute is exact enough for an idle limit of thirty.
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Attempt:
    """A sign-in that has been weighed; made by `weigh` alone."""

    login: str
    address: str
    is_right: bool
    is_blocked: bool = False
    code: str = field(default="", repr=False)
    weighed: str | None = field(default=None, repr=False)
    outdated: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SignIn:
    """What came of it: a token and the actor, or the refusal to show."""

    token: str | None = field(repr=False)
    actor: Actor | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True)
class LiveSession:
    """Who sits at the browser.

    Attributes:
        must_change_password: nothing else may be done first.
        is_due: `mark_seen` should be called, or the session will end for idleness.
        proved_at: when the password was last given.
    """

    actor: Actor
    must_change_password: bool
    is_due: bool
    proved_at: datetime


def weigh(
    session: Session, login: str, password: str, *, address: str, now: datetime, code: str = ""
) -> Attempt:
    """Check a password; reads only, and costs the same for known, locked and unknown accounts.

    Args:
        code: of the second factor, for accounts that have one; `sign_in` uses it up.
    """
    login = login.strip().lower()
    if queries.count_refused_from(session, address, now - rules.LOCKED_FOR) >= rules.ADDRESS_LOCK_AFTER:
        # By address alone, before any account is looked at: it tells nothing about accounts.
        return Attempt(login, address, is_right=False, is_blocked=True)
    row = queries.find_account(session, login)
    is_right = passwords.matches(row.password_hash if row else None, password)
    renewed = (
        passwords.hashed(password) if row and is_right and passwords.is_outdated(row.password_hash) else None
    )
    weighed = row.password_hash if row else None
    return Attempt(login, address, is_right=is_right, code=code, weighed=weighed, outdated=renewed)


def sign_in(session: Session, attempt: Attempt, *, now: datetime) -> SignIn:
    """Open a session, or count the failure. The lock is read here, under the row's lock.

    A wrong password, an unknown, a disabled and a locked account get one and the same sentence.
    """
    if attempt.is_blocked:
        return SignIn(None, refusal=address_locked())
    row = queries.find_account_to_change(session, attempt.login)
    if row is None or not _is_admitted(session, row, attempt, now):
        return _refused(session, attempt, row, now)
    row.failures, row.locked_until = 0, None
    if attempt.outdated:
        row.password_hash = attempt.outdated
    token = open_session(session, row, attempt.address, now)
    actor = actor_of_row(session, row, rules.local_day(now))
    audit.remember(session, actor, "session:sign-in", actor.label, now, facts={"address": attempt.address})
    return SignIn(token, actor)


def open_session(session: Session, row: AccountRow, address: str, now: datetime) -> str:
    """For services that have just proved who it is: a new session of the account.

    Returns:
        its token, of which only the hash is kept.
    """
    token = secrets.token_urlsafe(32)
    session.add(
        SessionRow(
            token_digest=_digest(token), account_id=row.id, created_at=now, seen_at=now, address=address
        )
    )
    return token


def address_locked() -> TooMuch:
    """Too many failures from one network address, whatever was tried there."""
    minutes = int(rules.LOCKED_FOR.total_seconds() // 60)
    return TooMuch(
        f"本网络地址登录失败次数过多，请 {minutes} 分钟后再试，或联系系统管理员。",
        code="address-locked",
        facts={"retry_after_seconds": minutes * 60},
    )


def limits(idle_minutes: int, life_hours: int) -> tuple[timedelta, timedelta]:
    """An installation's limits; it may be stricter than the rules, never laxer."""
    return min(timedelta(minutes=idle_minutes), rules.IDLE), min(timedelta(hours=life_hours), rules.LIFE)


def find_session(
    session: Session,
    token: str,
    *,
    now: datetime,
    idle: timedelta = rules.IDLE,
    life: timedelta = rules.LIFE,
) -> LiveSession | None:
    """The live session of a token; None when it ended, timed out, or its account was disabled. Reads only."""
    found = queries.find_session(session, _digest(token))
    if found is None or found.ended_at is not None:
        return None
    if not rules.is_alive(found.created_at, found.seen_at, now, idle=idle, life=life):
        return None
    row = queries.get_account(session, found.account_id)
    if row.disabled_at is not None:
        return None
    return LiveSession(
        actor=actor_of_row(session, row, rules.local_day(now)),
        must_change_password=row.must_change_password or passwords.is_due(row.password_changed_at, now),
        is_due=now - found.seen_at >= _SEEN_EVERY,
        proved_at=found.proved_at or found.created_at,
    )


def actor_of_session(session: Session, token: str, *, now: datetime) -> Actor:
    """The actor of a live session.

    Raises:
        NotSignedIn: there is none.
    """
    live = find_session(session, token, now=now)
    if live is None:
        raise NotSignedIn("登录已失效，请重新登录。", code="session-ended")
    return live.actor


def is_proved(live: LiveSession, minutes: int, *, now: datetime) -> bool:
    """Whether the password was given lately enough for an act that has weight; ``minutes`` as with `limits`."""
    return now - live.proved_at < min(timedelta(minutes=minutes), rules.PROVED_FOR)


def weigh_again(
    session: Session, actor: Actor, password: str, *, address: str, now: datetime, code: str = ""
) -> Attempt:
    """`weigh` for somebody who is signed in."""
    assert actor.account_id is not None, "who is signed in has an account"
    login = queries.get_account(session, actor.account_id).login
    return weigh(session, login, password, address=address, now=now, code=code)


def prove(session: Session, actor: Actor, token: str, attempt: Attempt, *, now: datetime) -> Refusal | None:
    """Note that the password was given again, or count the failure as one to sign in.

    Returns:
        the refusal to show: an exception would undo the count.
    """
    if attempt.is_blocked:
        return address_locked()
    row = queries.find_account_to_change(session, attempt.login)
    if row is None or not _is_admitted(session, row, attempt, now):
        return _refused(session, attempt, row, now).refusal
    found = queries.find_session(session, _digest(token))
    assert found is not None, "whoever is signed in has a session"
    row.failures, row.locked_until, found.proved_at = 0, None, now
    audit.remember(session, actor, "session:prove", actor.label, now, facts={"address": attempt.address})
    return None


def mark_seen(session: Session, token: str, *, now: datetime) -> None:
    """Note that the session is in use; an ended one stays ended."""
    found = queries.find_session(session, _digest(token))
    if found is not None and found.ended_at is None:
        found.seen_at = max(found.seen_at, now)


def sign_out(session: Session, actor: Actor, token: str, *, now: datetime) -> None:
    found = queries.find_session(session, _digest(token))
    if found is not None and found.ended_at is None:
        found.ended_at = now
        audit.remember(session, actor, "session:sign-out", actor.label, now)


def change_password(
    session: Session, actor: Actor, *, old: str, new: str, now: datetime, token: str | None = None
) -> None:
    """The owner's own change; all other sessions of the account end.

    Raises:
        InvalidInput: the old one is wrong, or the new one not good enough.
    """
    if actor.account_id is None:
        raise NotSignedIn("只有登录的账号才能修改密码。")
    row = queries.get_account(session, actor.account_id)
    if not passwords.matches(row.password_hash, old):
        raise InvalidInput("原密码不正确，请重新输入。", code="password-wrong")
    if old == new:
        raise InvalidInput("新密码不能与原密码相同，请换一个。", code="password-same")
    passwords.check(new, login=row.login, name=row.name)
    row.password_hash, row.password_changed_at, row.must_change_password = passwords.hashed(new), now, False
    row.version += 1
    ended = queries.end_sessions(session, row.id, now, but=_digest(token) if token else None)
    audit.remember(
        session, actor, "account:change-password", actor.label, now, facts={"sessions_ended": ended}
    )


def _is_admitted(session: Session, row: AccountRow, attempt: Attempt, now: datetime) -> bool:
    """Everything a sign-in needs, asked under the row's lock; a code of the second factor is used up."""
    if not attempt.is_right or attempt.weighed != row.password_hash:
        return False  # wrong, or reset since it was weighed
    if row.disabled_at is not None or rules.is_locked(row.locked_until, now):
        return False
    factor = second_factor.kept(session, row)
    if factor is None or not factor.is_confirmed:
        return True
    used = codes_of_the_moment.used(factor, attempt.code, now)
    if used is not None:
        second_factor.keep(session, row, used)
    return used is not None


def _refused(session: Session, attempt: Attempt, row: AccountRow | None, now: datetime) -> SignIn:
    if row is not None and row.disabled_at is None and not rules.is_locked(row.locked_until, now):
        row.failures += 1
        if row.failures >= rules.LOCK_AFTER:
            row.failures, row.locked_until = 0, now + rules.LOCKED_FOR
    # Not the login as typed: people type their password into the wrong box.
    facts = {"account": row.login if row else None, "is_locked": bool(row and row.locked_until)}
    entry = AuditEntry("anonymous", None, "session:refuse", f"address:{attempt.address}", now, facts=facts)
    audit.append(session, entry)
    minutes = int(rules.LOCKED_FOR.total_seconds() // 60)
    sentence = (
        f"账号、密码或动态口令不正确，或账号已停用、已锁定。连续输错 {rules.LOCK_AFTER} 次将锁定 {minutes} 分钟；"
        "忘记密码请联系本单位系统管理员。"
    )
    return SignIn(None, refusal=NotSignedIn(sentence, code="sign-in-refused"))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
