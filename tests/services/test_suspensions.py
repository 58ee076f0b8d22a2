"""A penalty stopped during a lawsuit: out of score, lists and answers at once, and back when it ends."""

from datetime import UTC, datetime, timedelta

import pytest

from credit_registry.domain.errors import IllegalTransition, NotAllowed
from credit_registry.domain.permissions import Actor
from credit_registry.services import (
    annotations,
    assessments,
    clockwork,
    listings,
    lookups,
    publications,
    records,
    standings,
    suspensions,
)
from credit_registry.services.annotations import AnnotationView
from credit_registry.services.case_views import CaseView
from credit_registry.services.notes import notes_of_records
from credit_registry.storage.database import Database
from credit_registry.storage.queries import audit
from tests.factories import Team, a_case, a_team, an_operator, carry

THEN = datetime(2026, 12, 10, 2, tzinfo=UTC)
TODAY = THEN.date()


@pytest.fixture
def team(database: Database) -> Team:
    return a_team(database)


def sue(database: Database, team: Team, record_id: int, kind: str = "lawsuit") -> AnnotationView:
    return database.run(
        lambda session: annotations.file(
            session,
            team.officer,
            kind=kind,
            filed_on=TODAY,
            content="请求撤销",
            record_id=record_id,
            now=THEN,
        )
    )


def stop(database: Database, team: Team, note: AnnotationView, now: datetime = THEN) -> None:
    database.run(
        lambda session: suspensions.suspend(
            session, team.officer, note.annotation_id, received_on=TODAY, content="裁定停止执行", now=now
        )
    )


def end(database: Database, team: Team, note: AnnotationView, outcome: str, actor: object = None) -> None:
    database.run(
        lambda session: annotations.answer(
            session, actor or team.decider, note.annotation_id, outcome=outcome, answer="判决书", version=note.version,  # type: ignore[arg-type]
            now=THEN + timedelta(hours=1),
        )
    )  # fmt: skip


def resume(database: Database, actor: Actor, record_id: int) -> None:
    database.run(
        lambda session: suspensions.resume(session, actor, record_id, reason="恢复执行裁定", now=THEN)
    )


def seen(database: Database, case: CaseView) -> tuple[int, int, bool]:
    """Entries in public, entries told in a look-up, and whether the scorer sees the listing."""
    with database.read() as session:
        public = publications.rows(session, "black", on=TODAY)
        rows = standings.listing_rows(session, on=TODAY, known_at=THEN + timedelta(hours=2))
    told = database.run(lambda session: lookups.answer(session, an_operator(), case.uscc or "", now=THEN))
    return len(public), len(told.lists), bool(rows)


def points(database: Database, team: Team, case: CaseView) -> list[str]:
    with database.read() as session:
        view = assessments.get(session, team.officer, case.uscc or "", now=THEN + timedelta(hours=2))
    return [line.item for line in view.findings if line.kind == "penalty"]


def test_a_stopped_penalty_leaves_score_list_and_answers_and_comes_back_with_the_end(
    database: Database, team: Team
) -> None:
    case = a_case(database, team=team)
    record_id = case.grounds[0].record_id
    assert seen(database, case) == (1, 1, True)
    scored = points(database, team, case)
    note = sue(database, team, record_id)
    with database.read() as session:
        version = publications.list_version(session)

    stop(database, team, note)
    assert seen(database, case) == (0, 0, False)
    assert scored
    assert points(database, team, case) == []
    with database.read() as session:
        assert notes_of_records(session, [record_id]) == {record_id: ("行政诉讼中", "停止执行")}
        assert publications.list_version(session) == version + 1
        assert standings.due_process_breaches(session, an_operator()) == []
        hidden = listings.get(session, team.officer, case.case_id, now=THEN)
    assert hidden.steps[-1].action == "suspend_ground"
    run = database.run(lambda session: clockwork.run_clocks(session, an_operator(), now=THEN))
    assert run.expired == ()

    end(database, team, note, "rejected")
    assert seen(database, case) == (1, 1, True)
    assert points(database, team, case) == scored
    with database.read() as session:
        assert notes_of_records(session, [record_id]) == {}
        assert publications.list_version(session) == version + 2
        assert audit.verify(session) is None


def test_an_annulled_penalty_does_not_come_back(database: Database, team: Team) -> None:
    case = a_case(database, team=team)
    note = sue(database, team, case.grounds[0].record_id)
    stop(database, team, note)

    end(database, team, note, "upheld", team.officer)
    assert seen(database, case) == (0, 0, False)
    with database.read() as session:
        assert (
            records.get(session, team.officer, case.grounds[0].record_id, on=TODAY).record.state == "revoked"
        )


def test_it_stays_stopped_while_another_challenge_runs_or_a_court_stopped_the_listing_itself(
    database: Database, team: Team
) -> None:
    case = a_case(database, team=team)
    record_id = case.grounds[0].record_id
    first, second = sue(database, team, record_id), sue(database, team, record_id, "reconsideration")
    carry(database, team, case, "suspend", THEN)
    stop(database, team, first)

    end(database, team, first, "withdrawn")
    with database.read() as session:
        assert records.get(session, team.officer, record_id, on=TODAY).record.state == "pending"
    end(database, team, second, "rejected")
    with database.read() as session:
        assert records.get(session, team.officer, record_id, on=TODAY).record.state == "live"
        view = listings.get(session, team.officer, case.case_id, now=THEN)
    assert view.hidden_since is not None
    carry(database, team, view, "resume", THEN + timedelta(minutes=90))
    assert seen(database, case) == (1, 1, True)


def test_only_an_open_suit_stops_and_a_decider_may_resume_before_its_end(
    database: Database, team: Team
) -> None:
    case = a_case(database, team=team)
    record_id = case.grounds[0].record_id
    objection = sue(database, team, record_id, "objection")
    with pytest.raises(IllegalTransition) as refused:
        stop(database, team, objection)
    assert refused.value.code == "no-open-challenge"
    note = sue(database, team, record_id)
    stop(database, team, note)

    with pytest.raises(NotAllowed):
        resume(database, team.officer, record_id)
    resume(database, team.decider, record_id)
    assert seen(database, case) == (1, 1, True)


def test_a_correction_does_not_bring_a_stopped_penalty_back(database: Database, team: Team) -> None:
    case = a_case(database, team=team)
    record_id = case.grounds[0].record_id
    stop(database, team, sue(database, team, record_id))

    changed = database.run(
        lambda session: records.correct(
            session,
            team.officer,
            record_id,
            {"facts": "现场没有警示标志"},
            version=2,
            reason="笔误",
            now=THEN,
        )
    )
    assert changed.record.state == "pending"
    assert seen(database, case) == (0, 0, False)
