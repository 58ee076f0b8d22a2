"""Grounds of a black case: which records carry a condition, and whether the penalty is the office's own.

No penalty, no listing; and only the office that made the penalty may list (谁处罚、谁决定、谁负责).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from credit_registry.domain.answers import beijing_day
from credit_registry.domain.errors import IllegalTransition, NotFound
from credit_registry.domain.guards import Guard
from credit_registry.domain.permissions import Actor
from credit_registry.domain.series import Series, of_condition
from credit_registry.domain.steps import PENDING, Action, State
from credit_registry.services import casework, situations
from credit_registry.storage.database import Session
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.tables.listings import ListingCaseRow, ListingGroundRow
from credit_registry.storage.tables.records import RecordVersionRow

Key = tuple[int, str, int]


@dataclass(frozen=True)
class Ground:
    condition: str
    record_id: int
    document_no: str | None


def open_for(
    session: Session, actor: Actor, conditions: Iterable[tuple[int, str, Sequence[int]]], *, now: datetime
) -> tuple[tuple[int, ...], int]:
    """Open cases, and add new grounds to candidates that are still untouched.

    Returns:
        ids of the cases opened, number of grounds added to cases that existed.
    """
    found = _by_key(session, conditions)
    earlier: dict[Key, list[ListingCaseRow]] = defaultdict(list)
    for case in cases.cases_of_keys(session, {enterprise_id for enterprise_id, _, _ in found}):
        earlier[(case.enterprise_id, case.series, case.office_id)].append(case)
    known: dict[int, set[tuple[str, int]]] = defaultdict(set)
    for ground in cases.grounds_of(session, [case.id for group in earlier.values() for case in group]):
        known[ground.case_id].add((ground.condition, ground.record_id))
    opened: list[int] = []
    added = 0
    for key, (series, grounds) in sorted(found.items(), key=lambda item: item[0]):
        used = set().union(*(known[case.id] for case in earlier[key])) if earlier[key] else set()
        fresh = [ground for ground in grounds if (ground.condition, ground.record_id) not in used]
        under_way = next((case for case in earlier[key] if State(case.state) in PENDING), None)
        if not fresh or (under_way is not None and under_way.state != State.CANDIDATE):
            continue
        if under_way is not None:
            session.add_all(ground_row(under_way.id, ground, now) for ground in fresh)
            added += len(fresh)
        else:
            opened.append(_opened(session, actor, key, series, fresh, now))
    session.flush()
    return tuple(opened), added


def _opened(
    session: Session, actor: Actor, key: Key, series: Series, grounds: Sequence[Ground], now: datetime
) -> int:
    enterprise_id, _, office_id = key
    case = new_case(enterprise_id, office_id, series, "rules", State.CANDIDATE, now)
    session.add(case)
    session.flush()
    session.add_all(ground_row(case.id, ground, now) for ground in grounds)
    facts = {"conditions": sorted({ground.condition for ground in grounds})}
    move = situations.Move(Action.OPEN, now, beijing_day(now), None, {}, facts)
    # The rules opened it, whoever ran them: that person has prepared nothing.
    casework.opening_step(session, case, actor, move, account_id=None)
    return case.id


def _by_key(
    session: Session, conditions: Iterable[tuple[int, str, Sequence[int]]]
) -> dict[Key, tuple[Series, list[Ground]]]:
    """Grounds by (enterprise, series, office), own penalties and the records of their events only."""
    reported = [(enterprise, code, list(ids)) for enterprise, code, ids in conditions if of_condition(code)]
    present = cases.present_records(session, [record for _, _, ids in reported for record in ids])
    linked: dict[tuple[int, str], list[RecordVersionRow]] = defaultdict(list)
    for penalty in cases.penalties_of_enterprises(session, {enterprise for enterprise, _, _ in reported}):
        linked[(penalty.enterprise_id, str(penalty.event_key))].append(penalty)
    offices = cases.offices_by_authority(session)
    found: dict[Key, tuple[Series, list[Ground]]] = {}
    for enterprise_id, code, ids in reported:
        series = of_condition(code)
        assert series is not None, "filtered above"
        records = [present[record] for record in ids if record in present]
        carriers = [
            *records,
            *(each for record in records for each in linked[(enterprise_id, str(record.event_key))]),
        ]
        for authority in sorted(
            {record.authority_code for record in carriers if record.authority_code in offices}
        ):
            own = _own(carriers, records, enterprise_id, str(authority), series.domain)
            if own:
                _, grounds = found.setdefault(
                    (enterprise_id, series.series, offices[str(authority)].id), (series, [])
                )
                grounds.extend(
                    ground
                    for record in own
                    if (ground := Ground(code, record.record_id, record.document_no)) not in grounds
                )
    return found


def _own(
    carriers: Sequence[RecordVersionRow],
    records: Sequence[RecordVersionRow],
    enterprise_id: int,
    authority: str,
    domain: str,
) -> list[RecordVersionRow]:
    """The authority's live, numbered penalties among ``carriers``, and the ``records`` of the same events."""
    penalties = {
        record.record_id: record
        for record in carriers
        if record.kind == "penalty"
        and record.state == "live"
        and record.document_no
        and record.domain == domain
        and record.authority_code == authority
        and record.enterprise_id == enterprise_id
    }
    events = {record.event_key for record in penalties.values() if record.event_key}
    beside = [
        record
        for record in records
        if record.record_id not in penalties and record.event_key in events and record.state == "live"
    ]
    return [*penalties.values(), *beside] if penalties else []


def own_grounds(
    session: Session, series: Series, enterprise_id: int, office_id: int, given: Sequence[tuple[str, int]]
) -> list[Ground]:
    """The grounds that an officer names, each checked.

    Raises:
        NotFound: no such record of this enterprise.
        IllegalTransition: no penalty of the officer's own office among them.
        InvalidInput: a condition that the instrument does not have.
    """
    authority = cases.office(session, office_id).authority_code
    present = cases.present_records(session, [record_id for _, record_id in given])
    grounds: list[Ground] = []
    penalties = cases.penalties_of_enterprises(session, [enterprise_id])
    for code, record_id in given:
        series.condition(code)
        record = present.get(record_id)
        if record is None or record.enterprise_id != enterprise_id:
            raise NotFound(
                f"该企业没有编号为 {record_id} 的记录。请核对记录编号。",
                code="unknown-record",
                facts={"record_id": record_id},
            )
        linked = [each for each in penalties if record.event_key and each.event_key == record.event_key]
        own = _own([record, *linked], [record], enterprise_id, authority or "", series.domain)
        grounds.extend(Ground(code, each.record_id, each.document_no) for each in own)
    unique = list(dict.fromkeys(grounds))
    if not unique:
        raise IllegalTransition(
            "所列记录中没有本部门作出且仍然有效的行政处罚。无处罚不列入；谁处罚、谁决定。请核对记录。",
            code=Guard.GROUND_STANDS.value,
            facts={"records": [record_id for _, record_id in given]},
        )
    return unique


def new_case(
    enterprise_id: int, office_id: int, series: Series, origin: str, state: State, now: datetime
) -> ListingCaseRow:
    return ListingCaseRow(
        enterprise_id=enterprise_id,
        office_id=office_id,
        list_kind=series.kind,
        series=series.series,
        domain=series.domain,
        state=state,
        version=1,
        origin=origin,
        opened_at=now,
        opened_on=beijing_day(now),
        window_is_provisional=False,
    )


def ground_row(case_id: int, ground: Ground, now: datetime) -> ListingGroundRow:
    return ListingGroundRow(
        case_id=case_id,
        condition=ground.condition,
        record_id=ground.record_id,
        document_no=ground.document_no,
        added_at=now,
    )
