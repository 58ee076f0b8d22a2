"""The owner's second factor: begun, confirmed by a first code, removed with password and code."""

import base64
from dataclasses import dataclass, field
from datetime import datetime

from credit_registry.domain import passwords
from credit_registry.domain import second_factor as rules
from credit_registry.domain.errors import IllegalTransition, InvalidInput, NotSignedIn
from credit_registry.domain.permissions import Actor
from credit_registry.domain.second_factor import Factor
from credit_registry.storage.database import Session
from credit_registry.storage.queries import accounts as queries
from credit_registry.storage.queries import audit
from credit_registry.storage.tables.accounts import AccountRow


@dataclass(frozen=True)
class Enrolment:
    """What the owner enters into the device, shown until the first right code."""

    secret: str = field(repr=False)
    address: str = field(repr=False)


def is_on(session: Session, actor: Actor) -> bool:
    factor = kept(session, _own(session, actor))
    return factor is not None and factor.is_confirmed


def begin(session: Session, actor: Actor, *, now: datetime) -> Enrolment:
    """Make a secret; it is asked for only once confirmed. Beginning anew replaces an unconfirmed one.

    Raises:
        IllegalTransition: it is on already.
    """
    row = _own(session, actor)
    present = kept(session, row)
    if present is not None and present.is_confirmed:
        raise IllegalTransition("动态口令已经启用。如需更换设备，请先停用。", code="second-factor-on")
    made = rules.new()
    keep(session, row, made)
    audit.remember(session, actor, "account:begin-second-factor", actor.label, now)
    return Enrolment(made.secret, made.address(row.login))


def confirm(session: Session, actor: Actor, *, code: str, now: datetime) -> None:
    """Turn it on with a first right code.

    Raises:
        InvalidInput: the code is not that of the moment.
        IllegalTransition: nothing was begun.
    """
    row = _own(session, actor)
    present = kept(session, row)
    if present is None or present.is_confirmed:
        raise IllegalTransition("没有待确认的动态口令，请重新开始。", code="second-factor-not-begun")
    keep(session, row, _used(present, code, now))
    audit.remember(session, actor, "account:confirm-second-factor", actor.label, now)


def remove(session: Session, actor: Actor, *, password: str, code: str, now: datetime) -> None:
    """Turn it off: with the password and a code, so that an open screen is not enough."""
    row = _own(session, actor)
    present = kept(session, row)
    if present is None or not present.is_confirmed:
        raise IllegalTransition("动态口令没有启用。", code="second-factor-off")
    if not passwords.matches(row.password_hash, password):
        raise InvalidInput("原密码不正确，请重新输入。", code="password-wrong")
    _used(present, code, now)
    row.totp_sealed = None
    audit.remember(session, actor, "account:remove-second-factor", actor.label, now)


def kept(session: Session, row: AccountRow) -> Factor | None:
    """For services: the account's factor, opened."""
    if row.totp_sealed is None:
        return None
    return Factor.loaded(session.vault.open(base64.b64decode(row.totp_sealed)))


def keep(session: Session, row: AccountRow, factor: Factor) -> None:
    """For services: seal the factor again, as it is after use."""
    row.totp_sealed = base64.b64encode(session.vault.seal(factor.dumped())).decode("ascii")


def _own(session: Session, actor: Actor) -> AccountRow:
    if actor.account_id is None:
        raise NotSignedIn("只有登录的账号才能设置动态口令。")
    return queries.get_account(session, actor.account_id)


def _used(factor: Factor, code: str, now: datetime) -> Factor:
    found = rules.used(factor, code, now)
    if found is None:
        raise InvalidInput("动态口令不正确或已经用过，请等待下一个口令再试。", code="second-factor-wrong")
    return found
