"""Keys of other systems: what they open, until when, and for whom.

A key reads ``hd_<8 characters>_<secret>``. The first part is its name in logs and on screens; the whole is
kept as a SHA-256 digest. The secret has 256 random bits, so a slow hash would protect nothing more.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from credit_registry.domain import accounts as rules
from credit_registry.domain.errors import InvalidInput, NotFound, NotSignedIn
from credit_registry.domain.paging import Page
from credit_registry.domain.permissions import KEY_SCOPES, PERMISSION_TITLES, Actor, Permission
from credit_registry.services.offices import require_open
from credit_registry.storage.database import Session
from credit_registry.storage.queries import accounts as queries
from credit_registry.storage.queries import audit
from credit_registry.storage.tables.accounts import ApiKeyRow

_SHAPE = re.compile(r"(hd_[a-z2-7]{8})_[a-z2-7]{52}")


@dataclass(frozen=True)
class KeyView:
    """A key as it may be shown: never the secret."""

    id: int
    prefix: str
    title: str
    office_id: int
    office_name: str
    scopes: tuple[Permission, ...]
    created_at: datetime
    expires_on: date
    revoked_at: datetime | None
    last_used_on: date | None


def create_key(
    session: Session,
    actor: Actor,
    *,
    title: str,
    office_id: int,
    scopes: Iterable[Permission | str],
    expires_on: date,
    now: datetime,
) -> tuple[KeyView, str]:
    """Make a key for another system.

    Args:
        title: which system, for what.
        expires_on: its last day; at most one year ahead.

    Returns:
        the key and its secret text, which is shown once and stored nowhere.
    """
    actor.require(Permission.KEYS_MANAGE)
    if not title.strip():
        raise InvalidInput("请写明密钥用于哪个系统、做什么。", code="key-title")
    office = queries.find_office(session, office_id)
    if office is None:
        raise NotFound("没有这个部门，请先登记部门。", code="unknown-office", facts={"office_id": office_id})
    require_open(office)
    on = rules.local_day(now)
    if not on <= expires_on <= on + rules.LONGEST_KEY:
        raise InvalidInput("密钥有效期最长一年，且不能早于今天，请修改到期日。", code="key-period")
    opened = _checked_scopes(scopes)
    prefix = f"hd_{_random(5)}"
    secret = f"{prefix}_{_random(32)}"
    row = ApiKeyRow(
        prefix=prefix,
        secret_digest=_digest(secret),
        title=title.strip(),
        office_id=office_id,
        scopes=[scope.value for scope in opened],
        created_at=now,
        expires_on=expires_on,
    )
    session.add(row)
    session.flush()
    facts = {"office_id": office_id, "scopes": row.scopes, "expires_on": expires_on.isoformat()}
    audit.remember(session, actor, "key:create", f"key:{prefix}", now, facts=facts)
    return _view_of(session, row), secret


def revoke_key(session: Session, actor: Actor, prefix: str, *, reason: str, now: datetime) -> KeyView:
    """End a key: the next request with it is refused."""
    actor.require(Permission.KEYS_MANAGE)
    row = queries.find_key(session, prefix)
    if row is None:
        raise NotFound(f"没有密钥“{prefix}”，请核对。", code="unknown-key", facts={"prefix": prefix})
    if not reason.strip():
        raise InvalidInput("请写明理由。", code="reason-missing")
    row.revoked_at = row.revoked_at or now
    audit.remember(session, actor, "key:revoke", f"key:{prefix}", now, reason=reason.strip())
    return _view_of(session, row)


def page_keys(session: Session, actor: Actor) -> Page[KeyView]:
    """All keys, the newest first: a district has some dozens."""
    actor.require(Permission.KEYS_MANAGE)
    offices = {office.id: office.name for office in queries.offices(session)}
    return Page(tuple(_view(row, offices[row.office_id]) for row in queries.keys(session)))


@dataclass(frozen=True)
class Recognised:
    """Whose key was shown.

    Attributes:
        is_first_use: it was not used before on this day, so that `mark_key_used` has something to note.
    """

    actor: Actor
    is_first_use: bool


def recognise(session: Session, secret: str, *, now: datetime) -> Recognised:
    """Whose key this is; reads only.

    Raises:
        NotSignedIn: malformed, unknown, revoked or expired; the sentence does not say which of the first three,
            so that nothing can be tried out.
    """
    found = _SHAPE.fullmatch(secret)
    key = queries.key_and_office(session, found.group(1)) if found else None
    # Compared in constant time, also when there is nothing to compare with.
    is_right = hmac.compare_digest(_digest(secret), key.secret_digest if key else "0" * 64)
    if key is None or not is_right or key.revoked_at is not None:
        raise NotSignedIn("接口密钥无效。请核对密钥，或向登记机关重新申请。", code="key-invalid")
    on = rules.local_day(now)
    if on > key.expires_on:
        raise NotSignedIn("接口密钥已到期。请向登记机关申请新密钥。", code="key-expired")
    return Recognised(_actor_of(key), key.last_used_on is None or key.last_used_on < on)


def actor_of_key(session: Session, secret: str, *, now: datetime) -> Actor:
    """Whose key this is, where its use is not to be noted.

    Raises:
        NotSignedIn: as `recognise`.
    """
    return recognise(session, secret, now=now).actor


def actor_of_id(session: Session, key_id: int) -> Actor:
    """Whoever a key speaks for, for work that it handed in while it was valid.

    Raises:
        NotSignedIn: it was revoked since. One that merely came to its last day meanwhile did hand the work in.
    """
    key = queries.key_and_office_by_id(session, key_id)
    if key is None or key.revoked_at is not None:
        raise NotSignedIn("接口密钥无效。请核对密钥，或向登记机关重新申请。", code="key-invalid")
    return _actor_of(key)


def _actor_of(key: queries.KeyAndOffice) -> Actor:
    return Actor(
        label=f"key:{key.prefix}",
        name=key.title,
        permissions=frozenset(Permission(scope) for scope in key.scopes) & KEY_SCOPES,
        key_id=key.id,
        office_id=key.office_id,
        office_name=key.office_name,
        authority_code=key.authority_code,
        is_keeper=key.is_keeper,
        subdistricts=frozenset(filter(None, [key.subdistrict_code])),
    )


def mark_key_used(session: Session, actor: Actor, *, now: datetime) -> None:
    """Note the day of use; at most one write a day and key, and nothing for an actor without key."""
    if actor.key_id is not None:
        queries.mark_key_used(session, actor.key_id, rules.local_day(now))


def _checked_scopes(scopes: Iterable[Permission | str]) -> tuple[Permission, ...]:
    wanted = {str(scope) for scope in scopes}
    unknown = wanted - {scope.value for scope in KEY_SCOPES}
    if unknown or not wanted:
        offered = "、".join(f"{scope.value}（{PERMISSION_TITLES[scope]}）" for scope in sorted(KEY_SCOPES))
        raise InvalidInput(f"密钥的权限只能从下列中选择：{offered}。", code="key-scopes")
    return tuple(scope for scope in Permission if scope.value in wanted)


def _random(count: int) -> str:
    """``count`` random bytes in base 32, lower case: no mark that a shell or a mail would break."""
    return base64.b32encode(secrets.token_bytes(count)).decode().rstrip("=").lower()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _view_of(session: Session, row: ApiKeyRow) -> KeyView:
    office = queries.find_office(session, row.office_id)
    return _view(row, office.name if office else "")


def _view(row: ApiKeyRow, office_name: str) -> KeyView:
    return KeyView(
        id=row.id,
        prefix=row.prefix,
        title=row.title,
        office_id=row.office_id,
        office_name=office_name,
        scopes=tuple(Permission(scope) for scope in row.scopes),
        created_at=row.created_at,
        expires_on=row.expires_on,
        revoked_at=row.revoked_at,
        last_used_on=row.last_used_on,
    )
