"""Several people at one case at the same moment, on both engines: one wins, the others are told why."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, time

from credit_registry.domain.errors import Duplicate, IllegalTransition, Refusal, StaleVersion
from credit_registry.domain.permissions import Role
from credit_registry.services import annotations, listings, publications
from credit_registry.services.case_views import CaseView
from credit_registry.storage.database import Database, Session
from credit_registry.storage.queries import audit
from tests.factories import (
    NOW,
    Team,
    a_candidate,
    a_case,
    a_penalty,
    a_red_case,
    a_team,
    an_actor,
    carry,
    papers_for,
)


def at(day: date) -> datetime:
    return datetime.combine(day, time(2), UTC)


def together(database: Database, *acts: Callable[[Session], object]) -> list[object]:
    """Run each act in a transaction and thread of its own, all from one barrier; what each returned or raised."""
    barrier = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def take(place: int, act: Callable[[Session], object]) -> None:
        barrier.wait()
        try:
            results[place] = database.run(act)
        except Refusal as refusal:
            results[place] = refusal

    threads = [threading.Thread(target=take, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def step(
    team: Team, case: CaseView, action: str, now: datetime, **kwargs: object
) -> Callable[[Session], CaseView]:
    actor = kwargs.pop("actor", None)

    def act(session: Session) -> CaseView:
        return listings.advance(
            session,
            actor or team.decider,
            case.case_id,
            action,
            version=case.version,
            now=now,
            reason="理由",
            **kwargs,  # type: ignore[arg-type]
        )

    return act


def test_of_many_deciders_exactly_one_decides(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, "REVIEWED", team=team)
    others = [an_actor(database, Role.DECIDER, office=team.office) for _ in range(3)]
    now = at(date(2026, 12, 2))
    acts = [
        step(team, case, action, now, actor=actor) for actor in others for action in ("decide", "decline")
    ]

    results = together(database, *acts)

    won = [result for result in results if isinstance(result, CaseView)]
    assert len(won) == 1
    assert all(isinstance(result, StaleVersion) for result in results if result is not won[0])
    with database.read() as session:
        after = listings.get(session, team.officer, case.case_id, now=now)
        decisions = [
            entry
            for _, entry in audit.page(session, subject=f"case:{case.case_id}")
            if entry.verb in ("listing:decide", "listing:decline")
        ]
        assert audit.verify(session) is None
    assert after.state == won[0].state
    assert len(decisions) == 1


def test_a_notice_is_withdrawn_or_reviewed_but_not_both(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, "NO_STATEMENT", team=team)
    now = at(date(2026, 12, 2))
    reviewed = papers_for(("review_opinion", "legal_review", "collective_discussion"), date(2026, 12, 2))

    results = together(
        database,
        step(team, case, "withdraw_notice", now, actor=team.officer),
        step(team, case, "review", now, actor=team.reviewer, papers=reviewed),
    )

    assert sorted(type(result).__name__ for result in results) == ["CaseView", "StaleVersion"]


def test_red_and_black_race_and_one_list_remains(database: Database) -> None:
    team = a_team(database)
    red = a_red_case(database, "APPROVED", team=team)
    day = at(date(2026, 12, 10))
    # Decided on a penalty that the red list's own look-back does not reach any more.
    penalty = a_penalty(database, red.uscc or "", dated_on="2023-10-10").record
    black = database.run(
        lambda session: listings.propose(
            session, team.officer, red.uscc or "", series="safety-order-11",
            grounds=[("7-4", penalty.record_id)], reason="性质恶劣", now=NOW,
        )
    )  # fmt: skip
    for action in ("notify", "close_window", "review", "decide", "serve"):
        black = carry(database, team, black, action, NOW if action == "notify" else day)

    results = together(
        database,
        step(team, red, "publish", day, actor=team.publisher),
        step(team, black, "publish", day, actor=team.publisher),
    )

    lost = [result for result in results if isinstance(result, Refusal)]
    assert [refusal.code for refusal in lost] == ["on-other-list"]
    with database.read() as session:
        both = [publications.rows(session, kind, on=day.date()) for kind in ("red", "black")]
    assert sorted(len(rows) for rows in both) == [0, 1]


def test_of_many_proposals_one_opens_a_case(database: Database) -> None:
    team = a_team(database)
    case = a_candidate(database, team)
    closed = carry(database, team, case, "drop", NOW)
    grounds = [("7-4", closed.grounds[0].record_id)]

    def propose(session: Session) -> CaseView:
        return listings.propose(
            session,
            team.officer,
            case.uscc or "",
            series="safety-order-11",
            grounds=grounds,
            reason="新证据",
            now=NOW,
        )

    results = together(database, *[propose] * 4)

    assert sorted(type(result).__name__ for result in results) == [
        "CaseView",
        "Duplicate",
        "Duplicate",
        "Duplicate",
    ]
    assert all(result.code == "open-case" for result in results if isinstance(result, Duplicate))


def test_parallel_decisions_number_their_papers_without_gap_or_double(database: Database) -> None:
    team = a_team(database)
    cases = [a_case(database, "REVIEWED", team=team) for _ in range(4)]
    now = at(date(2026, 12, 2))

    together(database, *(step(team, case, "decide", now) for case in cases))

    with database.read() as session:
        after = [listings.get(session, team.officer, case.case_id, now=now) for case in cases]
    assert sorted(case.decision_no or "" for case in after) == [
        f"{team.office.short_name}信列决〔2026〕{number}号" for number in (1, 2, 3, 4)
    ]


def test_an_objection_and_the_publication_cross_and_the_note_is_there(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, "SERVED", team=team)
    now = at(date(2026, 12, 3))

    def object_to_it(session: Session) -> object:
        return annotations.file(
            session,
            team.officer,
            kind="objection",
            filed_on=now.date(),
            content="有误",
            case_id=case.case_id,
            now=now,
        )

    together(database, step(team, case, "publish", now, actor=team.publisher), object_to_it)

    with database.read() as session:
        assert [entry.notes for entry in publications.rows(session, "black", on=now.date())] == [
            ("异议处理中",)
        ]


def test_suspension_and_publication_cross_and_nothing_suspended_is_shown(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, "SERVED", team=team)
    now = at(date(2026, 12, 3))
    order = papers_for(("suspension_order",), now.date())

    results = together(
        database,
        step(team, case, "publish", now, actor=team.publisher),
        step(team, case, "suspend", now, actor=team.officer, papers=order),
    )

    with database.read() as session:
        after = listings.get(session, team.officer, case.case_id, now=now)
        shown = publications.rows(session, "black", on=now.date())
    assert sum(isinstance(result, StaleVersion | IllegalTransition) for result in results) == 1
    assert bool(shown) == (after.state == "ACTIVE" and after.hidden_since is None)
