"""Who stands on which list: for other offices on a day, for the scorer as it was known."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.series import Series, find
from credit_registry.domain.steps import IN_FORCE, State
from credit_registry.services.case_views import (
    EntryView,
    GroundView,
    entry_view,
    ground_view,
)
from credit_registry.services.notes import notes_of_cases
from credit_registry.storage.database import Session
from credit_registry.storage.queries import entries
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.tables.listings import ListingCaseRow, ListingGroundRow

_ENDED_LATE = frozenset({"expiry", "successor"})


def entries_of(
    session: Session, enterprise_ids: Iterable[int], *, on: date
) -> dict[int, tuple[EntryView, ...]]:
    """Who of these stands on which list on the day ``on``; enterprises on none are absent.

    The day decides, not a flag: an entry whose period is over is not returned even before `daily` has run.
    """
    found = entries.entries(session, enterprise_ids, on=on)
    grounds = grounds_by_case(session, [case for case, _ in found])
    notes = notes_of_cases(session, [case.id for case, _ in found])
    standing: dict[int, list[EntryView]] = defaultdict(list)
    for case, office in found:
        standing[case.enterprise_id].append(
            entry_view(
                case,
                office,
                find(case.series).title,
                grounds[case.id],
                basis_of(case, grounds[case.id]),
                notes.get(case.id, ()),
            )
        )
    return {enterprise_id: tuple(views) for enterprise_id, views in standing.items()}


def listing_rows(session: Session, *, on: date, known_at: datetime) -> list[dict[str, object]]:
    """The rows of kind ``listing`` that the scorer reads: black entries of the day ``on``, as known then.

    ``record`` is the negative case number: no record has it. An entry that ended by repair or revocation is
    in no row once that is known, also for earlier days; one that ran its course counts for the days it ran.
    """
    found = entries.last_steps(session, known_at=known_at)
    grounds = grounds_by_case(session, [case for case, _, _ in found])
    rows: list[dict[str, object]] = []
    for case, step, office in found:
        if not _counts(step.to_state, step.ended_by, step.is_hidden, step.listed_from, step.listed_until, on):
            continue
        rows.append(
            {
                "subject": case.enterprise_id,
                "record": -case.id,
                "event_key": None,
                "kind": "listing",
                "domain": case.domain,
                "state": "live",
                "dated_on": case.decided_on,
                "valid_until": step.listed_until,
                "document_no": case.decision_no,
                "authority_name": office.name,
                "authority_code": office.authority_code,
                "source_name": office.name,
                "source_code": office.authority_code,
                "list_kind": case.list_kind,
                "series": case.series,
                "condition_tags": ";".join(sorted({ground.condition for ground in grounds[case.id]})),
            }
        )
    return rows


def _counts(
    state: str, ended_by: str | None, is_hidden: bool, first: date | None, last: date | None, on: date
) -> bool:
    if first is None or last is None or is_hidden or not first <= on <= last:
        return False
    return State(state) in IN_FORCE or ended_by in _ENDED_LATE


def grounds_by_case(session: Session, found: Sequence[ListingCaseRow]) -> dict[int, list[GroundView]]:
    """The grounds of many cases in one statement; a case without any has an empty list."""
    series = {case.id: find(case.series) for case in found}
    grouped: dict[int, list[GroundView]] = defaultdict(list)
    for ground in cases.grounds_of(session, list(series)):
        grouped[ground.case_id].append(ground_of(ground, series[ground.case_id]))
    return grouped


def ground_of(row: ListingGroundRow, series: Series) -> GroundView:
    return ground_view(row, series.condition(row.condition).title, series.basis_of(row.condition))


def basis_of(case: ListingCaseRow, grounds: Sequence[GroundView]) -> tuple[str, ...]:
    """The articles an entry rests on; a red entry rests on all conditions of its instrument."""
    if grounds:
        return tuple(dict.fromkeys(ground.basis for ground in grounds))
    return (find(case.series).instrument,)


def due_process_breaches(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Entries that are shown although due process was not kept; empty unless somebody wrote past the services.

    Returns:
        case and what is missing, for the auditor and the daily check of an installation.
    """
    actor.require(Permission.AUDIT_READ)
    return entries.breaches(session)
