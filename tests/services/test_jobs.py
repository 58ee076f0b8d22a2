"""Imports that a worker performs: handed in, claimed by one, ended once, never lost."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from credit_registry.domain.errors import (
    Duplicate,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    Refusal,
)
from credit_registry.domain.permissions import Actor, Role
from credit_registry.services import accounts, batches, imports, jobs
from credit_registry.services.jobs import Claim, JobView
from credit_registry.storage import files
from credit_registry.storage.database import Database
from credit_registry.storage.queries import audit
from credit_registry.storage.tables.imports import ImportBatchRow
from tests.factories import NOW, a_file, a_penalty_row, an_actor, an_enterprise, an_office, an_operator

LATER = NOW + jobs.SILENT_FOR + timedelta(seconds=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "uploads"


@pytest.fixture
def data(database: Database) -> bytes:
    enterprise = an_enterprise(database)
    return a_file("penalties", [a_penalty_row(enterprise, f"{number}号") for number in (1, 2)])


@pytest.fixture
def submit(database: Database, folder: Path, data: bytes) -> Callable[..., JobView]:
    def hand_in(actor: Actor | None = None, content: bytes = data, **options: object) -> JobView:
        return database.run(
            lambda session: jobs.submit(
                session,
                actor or an_operator(),
                "penalties",
                content,
                "处罚.csv",
                folder=folder,
                now=NOW,
                **options,
            )
        )

    return hand_in


def claimed(database: Database, now=NOW) -> Claim | None:
    return database.run(lambda session: jobs.claim(session, now=now))


def performed(database: Database, held: Claim, folder: Path, now=NOW) -> imports.ImportResult:
    return database.run(lambda session: jobs.perform(session, held, folder=folder, now=now))


def seen(database: Database, job: int) -> JobView:
    with database.read() as session:
        return jobs.get(session, an_operator(), job)


def count_batches(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(ImportBatchRow)) or 0


def test_a_job_waits_runs_and_becomes_a_batch(database, folder, submit):
    job = submit()
    waiting = seen(database, job.job)
    held = claimed(database)
    running = seen(database, job.job)
    result = performed(database, held, folder)
    over = seen(database, job.job)

    assert (waiting.state, running.state, over.state) == ("queued", "running", "done")
    assert (over.batch, over.rows, over.attempts) == (result.batch, 2, 1)
    assert over.result == result.as_dict()
    assert claimed(database) is None
    with database.read() as session:
        assert batches.get(session, an_operator(), result.batch).accepted == 2
        assert [entry.verb for _, entry in audit.page(session, subject=f"job:{job.job}")] == ["job:submit"]


def test_the_file_is_on_the_disk_while_the_job_waits_and_gone_when_it_is_over(database, folder, submit, data):
    submit()
    held = claimed(database)
    kept = files.path_of(folder, held.upload).read_bytes()
    performed(database, held, folder)
    jobs.discard(folder, held)

    assert kept == data
    assert [file for file in folder.rglob("*") if file.is_file()] == []


def test_the_end_of_one_job_takes_no_file_from_another_with_the_same_bytes(database, folder, submit):
    submit(), submit()
    first = claimed(database)
    performed(database, first, folder)
    jobs.discard(folder, first)

    assert performed(database, claimed(database), folder).replayed


def test_the_oldest_goes_first_and_none_is_claimed_twice(database, submit):
    made = [submit().job for _ in range(3)]

    taken = [claimed(database) for _ in range(4)]

    assert [held and held.job for held in taken] == [*made, None]


def test_a_job_without_signs_of_life_goes_to_the_next_worker(database, folder, submit):
    submit()
    dead = claimed(database)

    assert claimed(database, NOW + jobs.SILENT_FOR) is None
    heir = claimed(database, LATER)

    assert (heir.job, heir.mark == dead.mark) == (dead.job, False)
    assert seen(database, heir.job).attempts == 2
    assert performed(database, heir, folder, LATER).accepted == 2


def test_a_sign_of_life_keeps_the_job_and_tells_how_far_it_is(database, submit):
    held = submit() and claimed(database)

    assert database.run(lambda session: jobs.beat(session, held, "store", 40, 90, now=LATER))

    view = seen(database, held.job)
    assert (view.stage, view.done_rows, view.rows) == ("store", 40, 90)
    assert claimed(database, LATER) is None


def test_a_worker_that_was_given_up_can_neither_beat_nor_end_the_job_nor_import(database, folder, submit):
    submit()
    given_up = claimed(database)
    heir = claimed(database, LATER)

    assert not database.run(lambda session: jobs.beat(session, given_up, "store", 1, 2, now=LATER))
    assert not database.run(lambda session: jobs.refuse(session, given_up, Refusal("…"), now=LATER))
    with pytest.raises(jobs.TakenOver):
        performed(database, given_up, folder, LATER)
    assert count_batches(database) == 0
    assert performed(database, heir, folder, LATER).accepted == 2


def test_an_import_whose_job_is_taken_over_meanwhile_leaves_nothing(sqlite_database, tmp_path):
    """The guard stands at the end too: what was imported since is undone with it."""
    database, folder = sqlite_database, tmp_path
    content = a_file("penalties", [a_penalty_row(an_enterprise(database), "1号")])
    database.run(
        lambda session: jobs.submit(
            session, an_operator(), "penalties", content, "x.csv", folder=folder, now=NOW
        )
    )
    held = claimed(database)

    def taken_away(session):
        def tell(stage: str, _done: int, _rows: int) -> None:
            if stage == "store":
                jobs.fail(session, held, now=NOW)
                assert jobs.claim(session, now=NOW)

        return jobs.perform(session, held, folder=folder, now=NOW, progress=tell)

    with pytest.raises(jobs.TakenOver):
        database.run(taken_away)
    assert count_batches(database) == 0


def test_after_three_deaths_the_job_is_given_up_with_a_remedy(database, submit):
    job = submit().job
    for round_ in range(jobs.ATTEMPTS):
        assert claimed(database, NOW + round_ * (LATER - NOW))

    assert claimed(database, NOW + jobs.ATTEMPTS * (LATER - NOW)) is None
    view = seen(database, job)
    assert (view.state, view.refusal["code"]) == ("refused", "job-gave-up")


def test_a_busy_database_costs_a_job_no_attempt(database, submit):
    submit()
    for _ in range(jobs.ATTEMPTS + 2):
        held = claimed(database)
        database.run(lambda session, held=held: jobs.give_back(session, held))

    assert claimed(database) is not None


def test_a_file_that_cannot_be_read_refuses_the_job(database, folder, submit):
    job = submit(content=b"\x00\x01\x02" * 100).job
    held = claimed(database)

    with pytest.raises(InvalidInput) as refused:
        performed(database, held, folder)
    database.run(lambda session: jobs.refuse(session, held, refused.value, now=NOW))

    view = seen(database, job)
    assert (view.state, view.refusal["code"], view.batch) == ("refused", "file-refused", None)


@pytest.mark.parametrize("harm", [lambda file: file.unlink(), lambda file: file.write_bytes(b"other")])
def test_a_lost_or_altered_file_is_never_imported(database, folder, submit, harm):
    submit()
    held = claimed(database)
    harm(files.path_of(folder, held.upload))

    with pytest.raises(NotFound) as refused:
        performed(database, held, folder)
    assert refused.value.code == "upload-missing"


def test_the_same_key_and_file_are_one_job(database, folder, submit):
    first, second = submit(key="one"), submit(key="one")

    assert first.job == second.job
    assert len([file for file in folder.rglob("*") if file.is_file()]) == 1
    with pytest.raises(Duplicate) as refused:
        submit(key="one", content=b"another")
    assert refused.value.code == "A-IDEMPOTENCY-CONFLICT"


def test_a_refused_job_leaves_its_key_free(database, submit):
    first = submit(key="one", content=b"rubbish")
    held = claimed(database)
    database.run(lambda session: jobs.refuse(session, held, Refusal("…"), now=NOW))

    assert submit(key="one").job != first.job


def test_a_key_is_the_same_at_both_doors(database, folder, submit, data):
    job = submit(key="one")
    performed(database, claimed(database), folder)

    again = database.run(
        lambda session: imports.take(
            session, an_operator(), "penalties", data, "处罚.csv", key="one", now=NOW
        )
    )
    assert (again.replayed, again.batch) == (True, seen(database, job.job).batch)


def test_a_draft_waits_for_its_confirmation(database, folder, submit):
    job = submit(is_draft=True)
    before = claimed(database)
    for _ in range(2):
        database.run(lambda session: jobs.confirm(session, an_operator(), job.job, now=NOW))
    held = claimed(database)

    assert before is None
    assert held.job == job.job
    assert performed(database, held, folder).accepted == 2
    with database.read() as session:
        assert [entry.verb for _, entry in audit.page(session, subject=f"job:{job.job}")] == ["job:submit"]


def test_a_dropped_draft_is_gone_with_its_file_and_a_confirmed_one_cannot_be_dropped(
    database, folder, submit
):
    draft, sent = submit(is_draft=True), submit()
    database.run(lambda session: jobs.drop(session, an_operator(), draft.job, folder=folder))

    with pytest.raises(NotFound):
        seen(database, draft.job)
    with pytest.raises(IllegalTransition):
        database.run(lambda session: jobs.drop(session, an_operator(), sent.job, folder=folder))
    assert len([file for file in folder.rglob("*") if file.is_file()]) == 1


def test_the_sweep_removes_yesterdays_drafts_and_files_without_a_job_and_nothing_else(
    database, folder, submit
):
    submit(is_draft=True)
    held = submit() and claimed(database)
    orphan, fresh = files.keep_apart(folder, b"orphan"), files.keep_apart(folder, b"fresh")
    now = NOW + jobs.DRAFTS_KEPT + timedelta(seconds=1)
    for file in folder.glob("*/*"):
        at = now if file.name == fresh else now - timedelta(hours=2)
        os.utime(file, (at.timestamp(), at.timestamp()))

    removed = database.run(lambda session: jobs.sweep(session, folder=folder, now=now))

    assert removed == 2
    assert {file.name for file in folder.glob("*/*")} == {held.upload, fresh}
    assert not files.path_of(folder, orphan).exists()


def test_an_account_that_was_disabled_since_imports_nothing(database, folder, submit):
    clerk = an_actor(database, Role.CLERK, login="clerk-gone", office=an_office(database, is_keeper=True))
    submit(clerk)
    database.run(
        lambda session: accounts.disable(session, an_operator(), "clerk-gone", reason="调离", now=NOW)
    )

    with pytest.raises(NotAllowed) as refused:
        performed(database, claimed(database), folder)
    assert refused.value.code == "account-disabled"


def test_a_batch_bears_the_name_of_whoever_handed_it_in(database, folder, submit):
    clerk = an_actor(database, Role.CLERK, office=an_office(database, is_keeper=True))
    submit(clerk)
    result = performed(database, claimed(database), folder)

    with database.read() as session:
        view = batches.get(session, an_operator(), result.batch)
    assert (view.actor, view.office_id) == (clerk.label, clerk.office_id)


def test_who_may_not_import_hands_nothing_in_and_another_office_sees_nothing(database, folder, submit):
    job = submit(an_actor(database, Role.CLERK, office=an_office(database, "甲局", domain=None)))
    stranger = an_actor(database, Role.CLERK, office=an_office(database, "乙局", domain=None))

    with pytest.raises(NotAllowed) as refused, database.read() as session:
        jobs.get(session, stranger, job.job)
    assert refused.value.code == "not-own-office"
    with pytest.raises(NotAllowed):
        submit(replace(an_operator(), permissions=frozenset()))
    assert len([file for file in folder.rglob("*") if file.is_file()]) == 1


def test_an_unknown_kind_is_refused_before_anything_is_kept(database, folder):
    with pytest.raises(NotFound):
        database.run(
            lambda session: jobs.submit(
                session, an_operator(), "weather", b"x", "x.csv", folder=folder, now=NOW
            )
        )
    assert not folder.exists()


def test_a_waiting_job_can_be_cancelled_and_one_that_has_begun_cannot(database, folder, submit):
    first, second = submit(key="1"), submit(key="2")
    held = claimed(database)
    by = an_operator()

    gone = database.run(lambda session: jobs.cancel(session, by, second.job, folder=folder, now=LATER))

    assert (gone.state, gone.refusal["code"], gone.finished_at) == ("refused", "job-cancelled", LATER)
    assert [file.name for file in folder.glob("*/*")] == [held.upload]
    for job in (first.job, second.job):
        with pytest.raises(IllegalTransition) as refused:
            database.run(lambda session, job=job: jobs.cancel(session, by, job, folder=folder, now=LATER))
        assert refused.value.code == "job-begun"
    assert performed(database, held, folder).accepted == 2
    assert claimed(database) is None
    with database.read() as session:
        entries = audit.page(session, limit=10)
    assert [entry.verb for _, entry, *_ in entries if entry.subject == f"job:{second.job}"] == [
        "job:cancel",
        "job:submit",
    ]
    # Its key is free again.
    assert submit(key="2").job not in (first.job, second.job)


def test_jobs_are_listed_the_newest_first_and_each_office_sees_its_own(database, submit):
    office, other = (an_office(database, name, domain=None) for name in ("甲局（演示）", "乙局（演示）"))
    mine, theirs = (an_actor(database, Role.CLERK, office=each) for each in (office, other))
    first, second, third = submit(mine), submit(theirs), submit(mine)

    def listed(actor, **asked):
        with database.read() as session:
            return jobs.page(session, actor, **asked)

    assert [job.job for job in listed(mine).items] == [third.job, first.job]
    assert [job.job for job in listed(an_operator()).items] == [third.job, second.job, first.job]
    page = listed(an_operator(), limit=2)
    assert [job.job for job in listed(an_operator(), after=page.after).items] == [first.job]
    with pytest.raises(NotAllowed):
        listed(an_actor(database, Role.REVIEWER))


def test_jobs_that_ended_long_ago_are_forgotten_and_their_batches_stay(database, folder, submit):
    done, waiting = submit(key="1"), submit(key="2")
    result = performed(database, claimed(database), folder)

    early = database.run(lambda session: jobs.forget(session, before=NOW))
    late = database.run(lambda session: jobs.forget(session, before=NOW + timedelta(seconds=1)))

    assert (early, late) == (0, 1)
    with pytest.raises(NotFound):
        seen(database, done.job)
    assert seen(database, waiting.job).state == "queued"
    assert count_batches(database) == 1
    with database.read() as session:
        assert batches.get(session, an_operator(), result.batch).accepted == 2
