"""The desk of the day: what there is, what is due, what waits for a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from credit_registry.domain.accounts import local_day
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.services import batches, filings, listings, overdue
from credit_registry.services.batches import BatchView
from credit_registry.services.case_views import CaseSummary
from credit_registry.services.filings import FilingView
from credit_registry.storage.database import Session
from credit_registry.storage.queries import assessments

# The order of the bands, best first; the letters are the rule set's, their order is the law's.
_BANDS = ("A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D", "N")
_SHOWN = 8
_SOON = timedelta(days=7)


@dataclass(frozen=True)
class Desk:
    """What an officer sees first.

    Attributes:
        grades: enterprises by computed grade, best first; grades nobody has are 0 where another has one.
        due: open cases by their next deadline.
        overdue: duties of cases, repairs and objections that are past their day, as far as the actor answers for them.
        soon: how many of the cases shown are due within a week.
        waiting: recent batches with rows that wait for a person.
        filings: what enterprises handed in last, to the officer's office.
    """

    on: date
    grades: Mapping[str, int]
    due: tuple[CaseSummary, ...]
    has_more_due: bool
    overdue: int
    soon: int
    waiting: tuple[BatchView, ...]
    filings: tuple[FilingView, ...]

    @property
    def graded(self) -> int:
        return sum(self.grades.values())


def desk(session: Session, actor: Actor, *, now: datetime) -> Desk:
    """Everything for the first page, within the actor's office and rights."""
    actor.require(Permission.REGISTER_READ)
    on = local_day(now)
    counted = assessments.count_by_grade(session)
    order = [*_BANDS, *sorted(set(counted) - set(_BANDS))] if counted else []
    open_cases = listings.page(session, actor, now=now, state="open", limit=100)
    dated = [case for case in open_cases.items if case.due_on is not None]
    newest = batches.page(session, actor, limit=50)
    return Desk(
        on=on,
        grades={grade: counted.get(grade, 0) for grade in order},
        due=open_cases.items[:_SHOWN],
        has_more_due=len(open_cases.items) > _SHOWN,
        overdue=len(overdue.report(session, actor, now=now).duties),
        soon=sum(not case.is_overdue and case.due_on <= on + _SOON for case in dated if case.due_on),
        waiting=tuple(batch for batch in newest.items if batch.held and batch.state == "done")[:_SHOWN],
        filings=filings.inbox(session, actor, limit=_SHOWN),
    )
