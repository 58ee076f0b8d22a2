"""What is overdue, for whoever answers for it: a department's head, a sub-district, the keeper of the register."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from credit_registry.domain import clocks
from credit_registry.domain.answers import beijing_day
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.storage.database import Session
from credit_registry.storage.queries import accounts, worklists
from credit_registry.storage.tables.listings import ClockRow

_MOST = 500


@dataclass(frozen=True)
class LateDuty:
    """One duty whose day has passed. ``matter`` is ``case:12``, ``repair:3`` or ``annotation:4``."""

    matter: str
    case_id: int | None
    title: str
    due_on: date
    days: int
    office: str
    officer: str | None
    subdistrict_code: str | None
    uscc: str | None
    name: str


@dataclass(frozen=True)
class OverdueReport:
    """The oldest first. ``scope`` says whose: ``all``, ``office``, ``subdistrict`` or ``own``."""

    on: date
    scope: str
    duties: tuple[LateDuty, ...]

    def _by(self, attribute: str) -> Mapping[str | None, int]:
        counted = Counter(getattr(duty, attribute) for duty in self.duties)
        return dict(sorted(counted.items(), key=lambda each: (-each[1], each[0] or "")))

    @property
    def by_office(self) -> Mapping[str | None, int]:
        return self._by("office")

    @property
    def by_officer(self) -> Mapping[str | None, int]:
        return self._by("officer")

    @property
    def by_subdistrict(self) -> Mapping[str | None, int]:
        return self._by("subdistrict_code")


def report(session: Session, actor: Actor, *, now: datetime) -> OverdueReport:
    """The overdue duties that the actor answers for.

    The keeper and the auditor see all; a sub-district those about its own enterprises, whoever owes them; a decider
    those of the office; everybody else what they prepared themselves, or nobody did.
    """
    actor.require(Permission.REGISTER_READ)
    today = beijing_day(now)
    scope = _scope(actor)
    found = worklists.late(
        session,
        today,
        duties=clocks.duties(),
        office_id=actor.office_id or 0 if scope in ("office", "own") else None,
        account_id=actor.account_id if scope == "own" else None,
        within=actor.subdistricts,
        limit=_MOST,
    )
    offices = {row.id: row.name for row in accounts.offices(session)}
    people = {row.id: row.name for row in accounts.people(session)}
    duties = tuple(
        LateDuty(
            matter=_matter(each.clock),
            case_id=each.clock.case_id,
            title=clocks.title(each.clock.kind),
            due_on=each.clock.due_on,
            days=(today - each.clock.due_on).days,
            office=offices[each.office_id],
            officer=people[each.account_id] if each.account_id else None,
            subdistrict_code=each.enterprise.subdistrict_code,
            uscc=each.enterprise.uscc,
            name=each.enterprise.name,
        )
        for each in found
    )
    return OverdueReport(today, scope, duties)


def _scope(actor: Actor) -> str:
    if actor.is_keeper or actor.may(Permission.AUDIT_READ):
        return "all"
    if actor.subdistricts:
        return "subdistrict"
    return "office" if actor.may(Permission.LISTINGS_DECIDE) else "own"


def _matter(clock: ClockRow) -> str:
    for kind, number in (("case", clock.case_id), ("repair", clock.repair_id)):
        if number is not None:
            return f"{kind}:{number}"
    return f"annotation:{clock.annotation_id}"
