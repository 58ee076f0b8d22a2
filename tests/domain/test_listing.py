"""The step tables: what a lawyer asks of them, over every row."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from credit_registry.domain import listing
from credit_registry.domain.errors import IllegalTransition, InvalidInput, NotAllowed
from credit_registry.domain.guards import CHECKS, Guard, Situation
from credit_registry.domain.listing import STEPS
from credit_registry.domain.papers import PAPERS
from credit_registry.domain.series import ListKind
from credit_registry.domain.steps import (
    ACTION_TITLES,
    ENDED,
    IN_FORCE,
    PENDING,
    STATE_TITLES,
    Action,
    State,
    Step,
)
from credit_registry.storage.tables import listings as tables

BLACK, RED, GRADE = STEPS[ListKind.BLACK], STEPS[ListKind.RED], STEPS[ListKind.GRADE]
DAY = date(2026, 12, 2)
FINE = Situation(
    today=DAY, on=DAY, account_id=9, opened_on=date(2026, 11, 1), window_until=date(2026, 12, 1),
    open_grounds=1, has_fields=True, is_persons_named=True, proposed_grade="B", announced_grade="A", is_borne_out=True,
)  # fmt: skip


def roads(
    table: listing.Table, start: State | None, *, depth: int
) -> Iterator[tuple[tuple[Action, ...], State]]:
    """Every road of at most ``depth`` steps, with the state it leads to."""
    frontier: list[tuple[tuple[Action, ...], State | None]] = [((), start)]
    for _ in range(depth):
        frontier = [
            ((*taken, action), step.to)
            for taken, here in frontier
            for (begin, action), step in table.items()
            if begin is here
        ]
        yield from ((taken, state) for taken, state in frontier if state is not None)


def test_every_road_of_nine_steps_to_the_black_list_passes_every_stage() -> None:
    """Exhaustive to nine steps: nobody comes into force without notice, review, decision and service."""
    counted = 0
    for taken, state in roads(BLACK, None, depth=9):
        if state in IN_FORCE:
            counted += 1
            order = [
                taken.index(action)
                for action in (Action.NOTIFY, Action.REVIEW, Action.DECIDE, Action.SERVE, Action.PUBLISH)
            ]
            assert order == sorted(order), taken

    assert counted > 100


def test_every_road_of_eight_steps_to_the_red_list_passes_every_stage() -> None:
    counted = 0
    for taken, state in roads(RED, None, depth=9):
        if state in IN_FORCE:
            counted += 1
            order = [
                taken.index(action)
                for action in (Action.CHECK, Action.OPEN_COMMENT, Action.APPROVE, Action.PUBLISH)
            ]
            assert order == sorted(order), taken

    assert counted > 20


def test_every_road_to_a_fall_passes_notice_window_review_and_decision() -> None:
    """Exhaustive to nine steps: the one decision without notice refuses whoever would fall."""
    counted = 0
    for taken, state in roads(GRADE, None, depth=9):
        if state is State.ANNOUNCED and Action.REVIEW in taken:
            counted += 1
            order = [
                taken.index(action)
                for action in (
                    Action.NOTIFY_GRADE,
                    Action.REVIEW,
                    Action.DECIDE_GRADE,
                    Action.ANNOUNCE_GRADE,
                )
            ]
            assert order == sorted(order), taken
    straight = GRADE[State.CANDIDATE, Action.DECIDE_GRADE]
    into = [step for (begin, _), step in GRADE.items() if step.to is State.REVIEWED is not begin]

    assert counted > 50
    assert Guard.NO_NOTICE_NEEDED in straight.guards
    assert all(Guard.WINDOW_CLOSED in step.guards for step in into)
    assert all(
        Guard.GRADE_STANDS in step.guards
        for (_, action), step in GRADE.items()
        if action in (Action.NOTIFY_GRADE, Action.DECIDE_GRADE, Action.ANNOUNCE_GRADE)
    )


def test_the_window_guards_the_only_way_to_the_review() -> None:
    into = [step for (begin, _), step in BLACK.items() if step.to is State.REVIEWED is not begin]

    assert into
    assert all(Guard.WINDOW_CLOSED in step.guards for step in into)
    assert all(
        {"review_opinion", "legal_review", "collective_discussion"} <= set(step.papers) for step in into
    )


def test_no_road_leaves_a_closed_case_except_the_restoration_after_fraud_and_red_reinstatement() -> None:
    leaving = {
        (kind, begin, action)
        for kind, table in STEPS.items()
        for (begin, action), step in table.items()
        if begin in ENDED and step.to not in ENDED
    }

    assert leaving == {
        (ListKind.BLACK, State.REMOVAL_DECIDED, Action.RESTORE),
        (ListKind.BLACK, State.REMOVED, Action.RESTORE),
        (ListKind.RED, State.REMOVED, Action.REINSTATE),
    }


def test_whatever_puts_on_a_list_looks_at_the_other_list() -> None:
    into = [
        step
        for table in STEPS.values()
        for (begin, _), step in table.items()
        if step.to in IN_FORCE and begin not in IN_FORCE
    ]

    assert into
    assert all(
        Guard.NOT_ON_OTHER_LIST in step.guards and Guard.NO_OTHER_ENTRY in step.guards for step in into
    )


def test_a_listing_decision_is_for_another_person_than_those_who_prepared_it() -> None:
    for (_, action), step in [*BLACK.items(), *RED.items(), *GRADE.items()]:
        if action in (Action.DECIDE, Action.APPROVE, Action.DECIDE_GRADE):
            assert {Action.PROPOSE} <= set(step.apart_from)
            assert step.needs_reason


def test_the_clock_alone_decides_nothing() -> None:
    by_clock = {action for table in STEPS.values() for (_, action), step in table.items() if step.by_clock}

    assert by_clock == {Action.CLOSE_WINDOW, Action.EXPIRE}


def test_every_entry_in_force_can_be_revoked_or_removed_at_once() -> None:
    for state in IN_FORCE:
        assert (state, Action.REVOKE) in BLACK
    assert (State.ACTIVE, Action.REMOVE) in RED


def test_states_and_tables_agree() -> None:
    assert set(tables.PENDING) == PENDING
    assert set(tables.IN_FORCE) == IN_FORCE
    assert set(tables.CLOSED) == ENDED
    assert set(STATE_TITLES) == set(State)
    assert set(ACTION_TITLES) == set(Action)
    assert {action for table in STEPS.values() for _, action in table} == set(Action)
    assert {paper for table in STEPS.values() for step in table.values() for paper in step.papers} <= set(
        PAPERS
    )


def test_the_printed_table_has_the_promised_columns() -> None:
    rows = listing.printed(ListKind.BLACK)

    assert len(rows) == len(BLACK)
    assert all(
        {"list", "from", "action", "to", "who", "guards", "clock", "paper", "law"} <= set(row) for row in rows
    )
    notify = next(row for row in rows if row["action"] == "notify")
    assert notify["clock"] == ["陈述申辩期限：5 个工作日"]
    assert notify["paper"] == ["列入告知书", "送达回证"]


def judge(
    state: State, action: Action, situation: Situation = FINE, *, kind: ListKind = ListKind.BLACK
) -> Step:
    return listing.step(kind, state, action, situation, reason="理由")


def test_an_absent_row_names_what_can_be_done_instead() -> None:
    with pytest.raises(IllegalTransition) as refused:
        judge(State.CANDIDATE, Action.DECIDE)

    assert refused.value.code == "illegal-transition"
    assert set(refused.value.facts["offered"]) == {"drop", "notify"}  # type: ignore[call-overload]
    assert "送达列入告知书" in refused.value.message


def test_a_reason_is_asked_for_where_the_row_needs_one() -> None:
    with pytest.raises(InvalidInput) as refused:
        listing.step(ListKind.BLACK, State.CANDIDATE, Action.DROP, FINE, reason="  ")

    assert refused.value.code == "reason-missing"


@pytest.mark.parametrize("earlier", ["propose", "notify", "review"])
def test_the_decider_took_no_earlier_part(earlier: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        judge(State.REVIEWED, Action.DECIDE, replace(FINE, takers={earlier: frozenset({9})}))

    assert refused.value.code == "second-officer"


def test_an_act_is_dated_neither_before_the_last_step_nor_after_today() -> None:
    for on in (date(2026, 11, 30), date(2026, 12, 3)):
        with pytest.raises(InvalidInput) as refused:
            judge(State.DECIDED, Action.SERVE, replace(FINE, on=on, last_step_on=date(2026, 12, 1)))
        assert refused.value.code == "day-out-of-order"


def test_repair_before_twelve_months_is_refused_with_the_earliest_day() -> None:
    early = replace(FINE, repair_from=date(2027, 12, 2), listed_until=date(2029, 12, 2))
    with pytest.raises(IllegalTransition) as refused:
        judge(State.ACTIVE, Action.APPLY_REPAIR, early)

    assert refused.value.code == "repair-too-early"
    assert refused.value.facts == {"earliest": "2027-12-03"}


# For each guard a situation that it refuses, from one that it lets pass.
BREACHES: dict[Guard, tuple[dict[str, object], dict[str, object]]] = {
    Guard.GROUND_STANDS: ({"open_grounds": 0}, {}),
    Guard.WINDOW_OPEN: ({"window_until": date(2026, 12, 1)}, {"window_until": DAY}),
    Guard.WINDOW_CLOSED: ({"window_until": DAY}, {}),
    Guard.HEARING_SETTLED: ({"hearing": "requested"}, {"hearing": "held"}),
    Guard.HEARING_REQUESTED: ({}, {"hearing": "requested"}),
    Guard.HEARING_ANNOUNCED: ({"hearing_notice_until": DAY}, {"hearing_notice_until": date(2026, 12, 1)}),
    Guard.FIELDS_COMPLETE: ({"has_fields": False}, {}),
    Guard.PERSONS_NAMED: ({"is_persons_named": False}, {}),
    Guard.NOT_ON_OTHER_LIST: ({"other_list_case": 4}, {}),
    Guard.NO_OTHER_ENTRY: ({"has_other_entry": True}, {}),
    Guard.PERIOD_RUNNING: ({"listed_until": date(2026, 12, 1)}, {"listed_until": DAY}),
    Guard.PERIOD_OVER: ({"listed_until": DAY}, {"listed_until": date(2026, 12, 1)}),
    Guard.NOT_SUSPENDED: ({"hidden_since": DAY}, {}),
    Guard.SUSPENDED: ({}, {"hidden_since": DAY}),
    Guard.REPAIR_DAY_REACHED: ({"repair_from": DAY}, {"repair_from": date(2026, 12, 1)}),
    Guard.NO_BAN: ({"ban_until": DAY}, {"ban_until": date(2026, 12, 1)}),
    Guard.NO_NEW_CASE: ({"new_case": 5}, {}),
    Guard.REMOVED_EARLY: ({"ended_by": "expiry"}, {"ended_by": "repair"}),
    Guard.SUCCESSOR_SERVED: ({}, {"successor_case": 7}),
    Guard.CONDITIONS_MET: ({"unmet_conditions": ("r-5",)}, {}),
    Guard.GRADE_DIFFERS: ({"announced_grade": "B"}, {}),
    Guard.GRADE_STANDS: ({"is_borne_out": False}, {}),
    Guard.NOTICE_NEEDED: ({"is_fall": False}, {"is_fall": True}),
    Guard.NO_NOTICE_NEEDED: ({"is_fall": True}, {}),
}


@pytest.mark.parametrize("guard", list(Guard))
def test_every_guard_refuses_its_breach_and_only_that(guard: Guard) -> None:
    breach, passing = BREACHES[guard]

    assert CHECKS[guard](replace(FINE, **breach)) is not None  # type: ignore[arg-type]
    assert CHECKS[guard](replace(FINE, **passing)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("guard", list(Guard))
def test_every_guard_is_used_by_some_row(guard: Guard) -> None:
    assert any(guard in step.guards for table in STEPS.values() for step in table.values())


@pytest.mark.parametrize(
    ("kind", "begin", "action", "guard"),
    [
        pytest.param(kind, begin, action, guard, id=f"{kind}-{begin}-{action}-{guard}")
        for kind, table in STEPS.items()
        for (begin, action), step in table.items()
        for guard in step.guards
    ],
)
def test_one_broken_guard_is_enough_to_refuse(
    kind: ListKind, begin: State | None, action: Action, guard: Guard
) -> None:
    passing = {
        name: value
        for other in STEPS[kind][(begin, action)].guards
        for name, value in BREACHES[other][1].items()
    }
    broken = {**passing, **BREACHES[guard][0]}
    lacking = {name: None for name in BREACHES[guard][1] if name not in BREACHES[guard][0]}

    listing.step(kind, begin, action, replace(FINE, **passing), reason="理由")  # type: ignore[arg-type]
    with pytest.raises(IllegalTransition):
        listing.step(kind, begin, action, replace(FINE, **{**broken, **lacking}), reason="理由")  # type: ignore[arg-type]
