"""Two enterprises at their own door: one whose notice bears an unused code, one that has its account already."""

from dataclasses import dataclass
from datetime import datetime

from credit_registry.demonstration.people import Credential
from credit_registry.domain import passwords
from credit_registry.domain.permissions import Actor
from credit_registry.services import invitations, listings
from credit_registry.storage.database import Session

_ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class Invited:
    """What is printed once: the code of a served notice, and an enterprise's account."""

    name: str
    uscc: str
    code: str
    representative: Credential


def invite(session: Session, officer: Actor, listed: str, *, now: datetime) -> Invited:
    """Give out a code with the youngest notice; enrol somebody of the enterprise that bears the code ``listed``."""
    notified = listings.page(session, officer, now=now, state="NOTIFIED").items[-1]
    assert notified.uscc is not None, "whoever is notified has a code"
    _, code = invitations.issue(session, officer, case_id=notified.case_id, now=now)
    return Invited(notified.name, notified.uscc, code, _enrolled(session, officer, listed, now))


def _enrolled(session: Session, officer: Actor, uscc: str, now: datetime) -> Credential:
    (case,) = listings.page(session, officer, now=now, uscc=uscc, state="ACTIVE").items
    _, code = invitations.issue(session, officer, case_id=case.case_id, now=now)
    password = passwords.one_time()
    attempt = invitations.weigh(
        session, uscc, code, name="示例人员", role="agent", password=password, address=_ADDRESS, now=now
    )
    made = invitations.enrol(session, attempt, now=now)
    assert made.login is not None, "a fresh code opens an account"
    return Credential(made.login, "企业经办人（演示）", case.name, password)
