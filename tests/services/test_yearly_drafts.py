"""A yearly act over a large register: left to the worker, made once, by whoever asked for it."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
import time_machine

from credit_registry.domain.errors import Duplicate, InvalidInput, NotFound
from credit_registry.jobs import worker
from credit_registry.services import announcements, assessments, jobs, yearly_drafts
from credit_registry.services.announcements import AnnouncementView
from credit_registry.services.yearly_drafts import DraftJob
from credit_registry.storage.database import Database
from tests.factories import Team, a_record, a_team, an_enterprise, an_office, an_operator


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[None]:
    """The worker reads the wall clock."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def team(database: Database, now: datetime) -> Team:
    """A keeper with two graded enterprises."""
    found = a_team(database, office=an_office(database, authority_code="11110108000000000F", is_keeper=True))
    for _ in range(2):
        uscc = an_enterprise(database, registered_on=date(2015, 3, 1)).uscc or ""
        for domain in ("safety", "fire"):
            a_record(database, "inspection", uscc, domain=domain)
    database.run(lambda session: assessments.assess(session, an_operator(), on=now.date(), now=now))
    return found


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if two enterprises were many."""
    monkeypatch.setattr(yearly_drafts, "AT_ONCE", 1)


def _begin(database: Database, team: Team, now: datetime, year: int = 2026) -> AnnouncementView | DraftJob:
    return database.run(lambda session: yearly_drafts.begin(session, team.officer, year=year, now=now))


def _latest(database: Database, team: Team) -> DraftJob:
    with database.read() as session:
        found = yearly_drafts.latest(session, team.decider)
    assert found is not None
    return found


def test_a_small_register_is_drafted_while_one_waits(database: Database, team: Team, now: datetime) -> None:
    made = _begin(database, team, now)

    assert isinstance(made, AnnouncementView)
    assert made.total == 2
    with database.read() as session:
        assert yearly_drafts.latest(session, team.officer) is None


def test_the_worker_drafts_a_large_one_for_whoever_asked(
    database: Database, team: Team, now: datetime, large: None, tmp_path: Path
) -> None:
    begun = _begin(database, team, now)
    assert isinstance(begun, DraftJob)
    assert (begun.state, begun.year, begun.announcement) == ("queued", 2026, None)
    with pytest.raises(Duplicate):
        _begin(database, team, now)

    assert worker.run_next(database, tmp_path)
    assert not worker.run_next(database, tmp_path)

    done = _latest(database, team)
    with database.read() as session:
        (act,) = announcements.page(session, team.decider)
    assert (done.state, done.done, done.total, done.announcement) == ("done", 2, 2, act.announcement_id)
    assert (act.state, act.total, act.drafter_id) == ("DRAFTED", 2, team.officer.account_id)


def test_what_cannot_be_is_refused_before_the_worker_hears_of_it(
    database: Database, team: Team, now: datetime, large: None
) -> None:
    with pytest.raises(InvalidInput):
        _begin(database, team, now, year=2019)

    with database.read() as session:
        assert yearly_drafts.latest(session, team.officer) is None
        assert not jobs.is_any_due(session, now=now)


def test_a_draft_made_meanwhile_leaves_the_worker_nothing_to_do(
    database: Database, team: Team, now: datetime, large: None, tmp_path: Path
) -> None:
    _begin(database, team, now)
    database.run(lambda session: announcements.draft(session, team.officer, year=2026, now=now))

    worker.run_next(database, tmp_path)

    refused = _latest(database, team)
    assert (refused.state, (refused.refusal or {})["code"]) == ("refused", "announcement-open")
    with database.read() as session:
        assert len(announcements.page(session, team.decider)) == 1


def test_it_is_no_import(database: Database, team: Team, now: datetime, large: None) -> None:
    _begin(database, team, now)

    with database.read() as session:
        assert jobs.page(session, an_operator()).items == ()
        with pytest.raises(NotFound):
            jobs.get(session, an_operator(), 1)
