"""What the guards ask about a case: gathered once, under the locks of the move that asks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from credit_registry.domain import clocks
from credit_registry.domain.answers import beijing_day
from credit_registry.domain.guards import Situation
from credit_registry.domain.permissions import Actor
from credit_registry.domain.series import ListKind, find
from credit_registry.domain.steps import CONDITION_CHECKS, IN_FORCE, PENDING, Action, State
from credit_registry.services import grade_cases, red_conditions
from credit_registry.storage.database import Session
from credit_registry.storage.queries import accounts, entries
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.listings import (
    ClockRow,
    ListingCaseRow,
    ListingStepRow,
)

Papers = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True)
class Move:
    """What somebody wants to do: checked input, before the table is asked.

    Attributes:
        received: fields of the papers handed in, by kind.
        on: the legal day of the act.
    """

    action: Action
    now: datetime
    on: date
    reason: str | None
    received: Mapping[str, dict[str, object]]
    facts: Mapping[str, object]


def situation(session: Session, case: ListingCaseRow, actor: Actor, move: Move) -> Situation:
    """All that the guards ask about, read under the locks of the move."""
    enterprise = session.get_one(EnterpriseRow, case.enterprise_id)
    taken = cases.steps(session, case.id)
    takers: dict[str, set[int]] = defaultdict(set)
    for step in taken:
        if step.account_id is not None:
            takers[step.action].add(step.account_id)
    held = {step.action for step in taken}
    return Situation(
        today=beijing_day(move.now),
        on=move.on,
        account_id=actor.account_id,
        selves=accounts.same_person(session, actor.account_id) if actor.account_id else frozenset(),
        takers={action: frozenset(accounts) for action, accounts in takers.items()},
        opened_on=case.opened_on,
        last_step_on=taken[-1].on if taken else None,
        window_until=case.window_until,
        reviewed_on=case.reviewed_on,
        decided_on=case.decided_on,
        listed_until=_period_until(case),
        hidden_since=case.hidden_since,
        ban_until=case.ban_until,
        ended_by=case.ended_by,
        repair_from=clocks.period_until("repair_earliest", case.decided_on) if case.decided_on else None,
        hearing=_hearing(held),
        hearing_notice_until=_due(cases.clocks(session, case.id), "hearing_notice"),
        open_grounds=len(standing_grounds(session, case)),
        has_fields=all((enterprise.uscc, enterprise.name, enterprise.address)),
        is_persons_named=_is_persons_named(session, case),
        has_other_entry=_has_other_entry(session, case),
        other_list_case=entries.entry_of_other_list(session, case.enterprise_id, case.list_kind),
        new_case=cases.newer_case(session, case, sorted(PENDING | IN_FORCE)),
        successor_case=cases.newer_case(session, case, [State.SERVED]),
        unmet_conditions=_unmet_conditions(session, case, taken, move),
        **_about_grade(session, case, move),
    )


def _about_grade(session: Session, case: ListingCaseRow, move: Move) -> dict[str, Any]:
    if case.list_kind != ListKind.GRADE:
        return {}
    return grade_cases.asked(session, case, on=beijing_day(move.now), now=move.now)


def standing_grounds(session: Session, case: ListingCaseRow) -> list[int]:
    """Records of this case that are live penalties of its own office, with a number."""
    grounds = [ground for ground in cases.grounds(session, case.id) if ground.fell_at is None]
    present = cases.present_records(session, [ground.record_id for ground in grounds])
    authority = cases.office(session, case.office_id).authority_code
    return [
        record.record_id
        for record in present.values()
        if record.kind == "penalty"
        and record.state == "live"
        and record.document_no
        and authority is not None
        and record.authority_code == authority
    ]


def _period_until(case: ListingCaseRow) -> date | None:
    """The end of the period, also before publication, when it can already be over."""
    if case.listed_until is not None or case.decided_on is None or case.list_kind == ListKind.GRADE:
        return case.listed_until
    return clocks.period_until(f"{case.list_kind}_period", case.decided_on)


def _hearing(actions: set[str]) -> str | None:
    if Action.HOLD_HEARING in actions:
        return "held"
    return "requested" if Action.REQUEST_HEARING in actions else None


def _due(running: Sequence[ClockRow], kind: str) -> date | None:
    return max((clock.due_on for clock in running if clock.kind == kind), default=None)


def _has_other_entry(session: Session, case: ListingCaseRow) -> bool:
    found = entries.entry_of_key(session, case.enterprise_id, case.series, case.office_id)
    return found is not None and found != case.id


def _is_persons_named(session: Session, case: ListingCaseRow) -> bool:
    """Conditions that list persons only need a person; the others name theirs where they are known."""
    series = find(case.series)
    named = {person.condition for person in cases.persons(session, case.id)}
    needed = {
        ground.condition
        for ground in cases.grounds(session, case.id)
        if not series.condition(ground.condition).unit
    }
    return needed <= named


def _unmet_conditions(
    session: Session, case: ListingCaseRow, taken: Sequence[ListingStepRow], move: Move
) -> tuple[str, ...]:
    """Of the red list: what nobody attested in the last check, or what the register refutes today.

    The register is asked again at every step: a penalty that arrives between check and approval counts.
    """
    series = find(case.series)
    if series.kind is not ListKind.RED:
        return ()
    checks = [step.facts for step in taken if step.action in CONDITION_CHECKS]
    if move.action in CONDITION_CHECKS:
        checks.append(dict(move.facts))
    attested = checks[-1].get("met", []) if checks else []
    met = set(attested) if isinstance(attested, list) else set()
    refuted = red_conditions.refuted(session, case.enterprise_id, on=beijing_day(move.now))
    return tuple(
        condition.title for code, condition in series.conditions.items() if code not in met or code in refuted
    )


def with_evidence(session: Session, case: ListingCaseRow, move: Move) -> Move:
    """A check of the red list with what the register says of each condition beside what the officer attests.

    Raises:
        InvalidInput: a condition that the list does not have.
    """
    if move.action not in CONDITION_CHECKS:
        return move
    series = find(case.series)
    given = move.facts.get("met", [])
    attested = list(given) if isinstance(given, list | tuple) else []
    for code in attested:
        series.condition(str(code))
    examined = red_conditions.examine(session, case.enterprise_id, on=beijing_day(move.now))
    met = [code for code in attested if not examined[code].is_refuted]
    evidence = {code: each.as_dict() for code, each in examined.items()}
    return replace(move, facts={**move.facts, "attested": attested, "met": met, "examined": evidence})
