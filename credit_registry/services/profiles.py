"""An enterprise as other systems of the operating authorities see it: who it is, its grade, its place on lists."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import scoring_rules
from credit_registry.domain.answers import ENDED_STATES, SUPERVISION_KINDS, beijing_day, stamp
from credit_registry.domain.identity import mask_text
from credit_registry.domain.paging import Page
from credit_registry.domain.permissions import Actor
from credit_registry.services import (
    assessments,
    codes,
    enterprises,
    listings,
    lookups,
    other_lists,
    records,
)
from credit_registry.services.enterprise_views import EnterpriseView
from credit_registry.services.record_views import RecordView
from credit_registry.storage.database import Session
from credit_registry.storage.queries import lookups as queries

# What a file held beyond the columns may name people; the number as typed adds nothing to the normalised one.
_KEPT_INSIDE = frozenset({"details", "document_no_raw"})


@dataclass(frozen=True)
class ProfileView:
    enterprise: EnterpriseView
    grade: dict[str, Any]
    lists: tuple[dict[str, Any], ...]
    measures: tuple[dict[str, Any], ...]
    other_lists: tuple[dict[str, Any], ...]


def get(session: Session, actor: Actor, uscc: str, *, now: datetime) -> ProfileView:
    """One enterprise, today.

    Raises:
        InvalidInput: ``invalid-uscc``.
        NotFound: ``unknown-enterprise``.
        NotAllowed: ``out-of-scope``.
    """
    on = beijing_day(now)
    code = codes.readable(uscc)
    enterprise = enterprises.get(session, actor, code)
    grades = lookups.grades_of(session, queries.bearers(session, [code], on=on).values(), on=on, now=now)
    entries = listings.entries_of(session, [enterprise.enterprise_id], on=on).get(
        enterprise.enterprise_id, ()
    )
    kinds = {str(entry.list_kind) for entry in entries}
    return ProfileView(
        enterprise=enterprise,
        grade=grades[enterprise.enterprise_id],
        lists=tuple(lookups.entry_document(entry) for entry in entries),
        measures=lookups.measures_of(scoring_rules.ruleset_in_force(on), kinds, None, on),
        other_lists=tuple(
            view.as_dict()
            for view in other_lists.of_enterprise(session, enterprise.enterprise_id, on=on)
            if view.is_standing
        ),
    )


def records_of(
    session: Session,
    actor: Actor,
    uscc: str,
    *,
    kind: str | None = None,
    after: str | None = None,
    limit: int = 50,
    now: datetime,
) -> Page[dict[str, Any]]:
    """Records of an enterprise as they may leave the house: nothing that has ended, no person's number.

    Offices that supervise nothing themselves get no supervision facts either, no penalty whose publication is
    over, nothing unsettled, and no class that was only proposed. A page may therefore be shorter than ``limit``.
    """
    on = beijing_day(now)
    found = records.page_of(session, actor, codes.readable(uscc), kind=kind, after=after, limit=limit, on=on)
    is_operating = assessments.is_operating(session, actor)
    items = [
        _document(view, is_operating=is_operating) for view in found.items if _leaves(view, on, is_operating)
    ]
    return Page(tuple(items), found.after)


def _leaves(view: RecordView, on: date, is_operating: bool) -> bool:
    if view.state in ENDED_STATES:
        return False
    if is_operating:
        return True
    if view.kind in SUPERVISION_KINDS or view.state != "live":
        return False
    return view.clocks is None or (view.clocks.is_published and on <= view.clocks.published_until)


def _document(view: RecordView, *, is_operating: bool) -> dict[str, Any]:
    values = {name: plain(value) for name, value in view.values.items() if name not in _KEPT_INSIDE}
    if not is_operating and values.get("breach_class_origin") == "proposed":
        values.pop("breach_class", None)
        values.pop("breach_class_origin", None)
    return {
        **values,
        "record": view.record_id,
        "kind": view.kind,
        "domain": view.domain,
        "state": view.state,
        "dated_on": view.dated_on.isoformat(),
        "version": view.version,
        "recorded_at": stamp(view.recorded_at),
    }


def plain(value: Any) -> Any:
    """A stored value as JSON has it; numbers of persons inside free text are masked."""
    if isinstance(value, str):
        return mask_text(value)
    return value.isoformat() if isinstance(value, date) else value
