"""One-time codes: given out with a notice or by an officer, used once to open an enterprise's account.

Enrolment takes two steps, as signing in does: `weigh` hashes the password and reads, `enrol` writes down what came
of it. A failure is written too, so the refusal is part of the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from credit_registry.domain import accounts as limits
from credit_registry.domain import clocks, invitations, passwords
from credit_registry.domain.audit import AuditEntry
from credit_registry.domain.errors import (
    IllegalTransition,
    InvalidInput,
    NotFound,
    NotSignedIn,
    Refusal,
    TooMuch,
)
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.services import enterprises, representatives, sessions
from credit_registry.services.listings import account_of, locked_case
from credit_registry.storage.database import Session
from credit_registry.storage.queries import accounts, audit
from credit_registry.storage.queries import enterprises as register
from credit_registry.storage.queries import representatives as queries
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.representatives import InvitationRow
from importers import uscc as codes

STATE_TITLES = {"open": "未使用", "used": "已使用", "voided": "已作废", "expired": "已过期"}


@dataclass(frozen=True)
class InvitationView:
    """A code as officers see it, never the code itself."""

    invitation_id: int
    case_id: int | None
    state: str
    issued_at: datetime
    issued_by: str
    expires_on: date
    used_at: datetime | None
    void_reason: str | None


@dataclass(frozen=True)
class Attempt:
    """An enrolment that has been weighed; made by `weigh` alone."""

    uscc: str
    digest: str = field(repr=False)
    name: str = field(repr=False)
    role: invitations.RepresentativeRole
    password_hash: str = field(repr=False)
    address: str
    is_blocked: bool = False


@dataclass(frozen=True)
class Enrolled:
    """What came of it: the login and a session, or the refusal to show."""

    login: str | None = None
    token: str | None = field(default=None, repr=False)
    refusal: Refusal | None = None


def issue(
    session: Session, actor: Actor, *, uscc: str | None = None, case_id: int | None = None, now: datetime
) -> tuple[InvitationView, str]:
    """Give out a code: for the notice of a case, where it replaces the unused one, or for an enterprise.

    Returns:
        the invitation and the code, which is printed now and stored nowhere.

    Raises:
        IllegalTransition: ``notice-not-served``; ``enterprise-deregistered``.
        TooMuch: ``invitations-open``: others wait to be used.
    """
    actor.require(Permission.LISTINGS_NOTIFY)
    account_of(actor)
    if (uscc is None) == (case_id is None):
        raise InvalidInput("请指明一个案件或者一家企业。", code="invitation-object")
    enterprise = _of_case(session, actor, case_id) if case_id is not None else None
    enterprise = enterprise or enterprises.fetch(session, actor, uscc or "")
    if enterprise.status == "deregistered":
        raise deregistered()
    today = limits.local_day(now)
    waiting = queries.open_invitations(session, enterprise.id, today)
    replaced = [row for row in waiting if case_id is not None and row.case_id == case_id]
    for row in replaced:
        row.voided_at, row.voided_by, row.void_reason = now, actor.label, "重新出具"
    if len(waiting) - len(replaced) >= invitations.OPEN_AT_ONCE:
        raise TooMuch(
            f"该企业已有 {len(waiting)} 个未使用的开通码。请先作废不用的，再出具新的。",
            code="invitations-open",
        )
    assert actor.office_id is not None, "a person with this permission acts for an office"
    code = invitations.new_code()
    made = InvitationRow(
        enterprise_id=enterprise.id,
        case_id=case_id,
        office_id=actor.office_id,
        code_digest=_digest(session, code),
        issued_at=now,
        issued_by=actor.label,
        expires_on=clocks.period_until("invitation", today),
    )
    session.add(made)
    session.flush()
    facts = {
        "invitation": made.id,
        "replaces": [row.id for row in replaced],
        "until": made.expires_on.isoformat(),
    }
    audit.remember(session, actor, "invitation:issue", _subject(made), now, facts=facts)
    return _view(made, today), code


def void(session: Session, actor: Actor, invitation_id: int, *, reason: str, now: datetime) -> InvitationView:
    """Make an unused code worthless, such as one whose paper went astray.

    Raises:
        NotFound: ``unknown-invitation``.
        IllegalTransition: ``invitation-ended``: used or voided.
    """
    actor.require(Permission.LISTINGS_NOTIFY)
    row = queries.invitation(session, invitation_id)
    if row is None:
        raise NotFound("没有这个开通码。请刷新后再试。", code="unknown-invitation")
    if not actor.is_keeper:
        actor.require_office(row.office_id)
    if not reason.strip():
        raise InvalidInput("请写明理由。", code="reason-missing")
    if row.used_at is not None or row.voided_at is not None:
        raise IllegalTransition(
            "该开通码已使用或已作废，不需要作废。要停止使用已开通的账号，请停用该账号。",
            code="invitation-ended",
        )
    row.voided_at, row.voided_by, row.void_reason = now, actor.label, reason.strip()
    audit.remember(
        session,
        actor,
        "invitation:void",
        _subject(row),
        now,
        reason=reason.strip(),
        facts={"invitation": row.id},
    )
    return _view(row, limits.local_day(now))


def page_of(session: Session, actor: Actor, uscc: str, *, now: datetime) -> tuple[InvitationView, ...]:
    """All codes of an enterprise, the newest first."""
    enterprise = enterprises.fetch(session, actor, uscc)
    today = limits.local_day(now)
    return tuple(_view(row, today) for row in queries.invitations(session, enterprise.id))


def weigh(
    session: Session,
    uscc: str,
    code: str,
    *,
    name: str,
    role: str,
    password: str,
    address: str,
    now: datetime,
) -> Attempt:
    """Check what can be checked without the code, and hash the password; reads only.

    Raises:
        InvalidInput: name, role or password are not good enough; no try of the code is lost by that.
    """
    plain, held = " ".join(name.split()), invitations.checked_role(role)
    if not 2 <= len(plain) <= 50:
        raise InvalidInput("请填写您的姓名（2至50个字）。", code="representative-name")
    uscc = codes.normalise(uscc)[:32]
    passwords.check(password, login=uscc.lower(), name=plain)
    blocked = (
        accounts.count_refused_from(session, address, now - limits.LOCKED_FOR) >= limits.ADDRESS_LOCK_AFTER
    )
    hashed = "" if blocked else passwords.hashed(password)
    return Attempt(uscc, _digest(session, code), plain, held, hashed, address, is_blocked=blocked)


def enrol(session: Session, attempt: Attempt, *, now: datetime) -> Enrolled:
    """Open the account and a session, or count the failure; the code is used up under its row's lock.

    An unknown enterprise, a wrong, used, voided, expired and locked code get one and the same sentence.
    """
    if attempt.is_blocked:
        return Enrolled(refusal=sessions.address_locked())
    today = limits.local_day(now)
    enterprise = register.find(session, attempt.uscc)
    waiting = queries.open_invitations(session, enterprise.id, today) if enterprise is not None else ()
    found = next((row for row in waiting if row.code_digest == attempt.digest), None)
    if enterprise is None or found is None or limits.is_locked(found.locked_until, now):
        return _refused(session, attempt, waiting, now)
    if enterprise.status == "deregistered":
        return Enrolled(refusal=deregistered())
    row = representatives.add(
        session,
        enterprise_id=enterprise.id,
        office_id=found.office_id,
        name=attempt.name,
        role=attempt.role,
        password_hash=attempt.password_hash,
        now=now,
    )
    found.used_at, found.account_id = now, row.id
    actor = representatives.actor_of(session, row)
    assert actor is not None, "just added"
    facts = {"invitation": found.id, "role": attempt.role.value, "address": attempt.address}
    audit.remember(session, actor, "invitation:enrol", _subject(found), now, facts=facts)
    return Enrolled(row.login, sessions.open_session(session, row, attempt.address, now))


def _of_case(session: Session, actor: Actor, case_id: int) -> EnterpriseRow:
    case, enterprise = locked_case(session, actor, case_id)
    actor.require_office(case.office_id)
    if case.noticed_on is None and case.served_on is None:
        raise IllegalTransition(
            "本案还没有送达告知书，不能出具开通码。请先办理告知。", code="notice-not-served"
        )
    return enterprise


def deregistered() -> IllegalTransition:
    """For services: nobody acts on line for an enterprise that has ceased to be."""
    return IllegalTransition(
        "该企业已注销，不能网上办理。请由清算组或者权利义务承受人持证明材料到作出决定的机关办理。",
        code="enterprise-deregistered",
    )


def _refused(session: Session, attempt: Attempt, waiting: Sequence[InvitationRow], now: datetime) -> Enrolled:
    """Every code of the enterprise that waits counts the try: which one was meant cannot be told."""
    for row in waiting:
        if not limits.is_locked(row.locked_until, now):
            row.failures += 1
            if row.failures >= limits.LOCK_AFTER:
                row.failures, row.locked_until = 0, now + limits.LOCKED_FOR
    entry = AuditEntry("anonymous", None, "invitation:refuse", f"address:{attempt.address}", now)
    audit.append(session, entry)
    minutes = int(limits.LOCKED_FOR.total_seconds() // 60)
    sentence = (
        "统一社会信用代码或开通码不正确，或开通码已使用、已作废、已过期。请对照告知书核对；"
        f"连续输错 {limits.LOCK_AFTER} 次将锁定 {minutes} 分钟。需要新的开通码，请联系告知书上的机关。"
    )
    return Enrolled(refusal=NotSignedIn(sentence, code="invitation-refused"))


def _digest(session: Session, code: str) -> str:
    return session.vault.digest(f"invitation:{invitations.readable(code)}")


def _view(row: InvitationRow, today: date) -> InvitationView:
    if row.used_at is not None:
        state = "used"
    elif row.voided_at is not None:
        state = "voided"
    else:
        state = "open" if today <= row.expires_on else "expired"
    return InvitationView(
        row.id, row.case_id, state, row.issued_at, row.issued_by, row.expires_on, row.used_at, row.void_reason
    )


def _subject(row: InvitationRow) -> str:
    return f"case:{row.case_id}" if row.case_id is not None else f"enterprise:{row.enterprise_id}"
