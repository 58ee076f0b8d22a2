"""What an enterprise sees of itself; what is another's does not exist for it."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from credit_registry.domain.errors import NotAllowed, NotFound, Refusal
from credit_registry.domain.steps import Action, State
from credit_registry.services import (
    annotations,
    assessments,
    attachments,
    enterprises,
    errands,
    filings,
    listings,
    own_file,
    records,
)
from credit_registry.services.case_views import CaseView
from credit_registry.storage.database import Database
from tests.factories import (
    Representative,
    Team,
    a_case,
    a_penalty,
    a_record,
    a_representative,
    a_team,
    an_enterprise,
    an_operator,
    carry,
)

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def _listed(database: Database, state: str, begun: datetime) -> tuple[Team, CaseView, Representative]:
    team = a_team(database)
    case = a_case(database, state, team=team, begun=begun)
    return team, case, a_representative(database, team.officer, case.uscc or "", now=begun)


def test_a_candidate_is_not_told(database: Database, now: datetime) -> None:
    _, case, person = _listed(database, "CANDIDATE", now)

    with database.read() as session:
        assert own_file.cases(session, person.actor, now=now) == ()
        with pytest.raises(NotFound) as refused:
            own_file.case(session, person.actor, case.case_id, now=now)
    assert refused.value.code == "unknown-case"


def test_a_notified_case_is_told_without_how_it_came_about(database: Database, now: datetime) -> None:
    _, case, person = _listed(database, "NOTIFIED", now)

    with database.read() as session:
        told = own_file.case(session, person.actor, case.case_id, now=now)

    assert told.case.state is State.NOTIFIED
    assert [step.action for step in told.case.steps] == [Action.NOTIFY]
    assert {paper.kind for paper in told.case.papers} == {"listing_notice", "service_receipt"}
    assert [(act.action, act.obstacle) for act in told.acts] == [
        (Action.HEAR_STATEMENT, None),
        (Action.REQUEST_HEARING, None),
    ]


def test_a_decision_is_told_when_it_is_served_and_the_deliberation_never(
    database: Database, now: datetime
) -> None:
    begun = now - timedelta(days=30)
    team, case, person = _listed(database, "DECIDED", begun)
    assert case.decided_on is not None
    later = datetime.combine(case.decided_on, time(3), UTC)

    with database.read() as session:
        before = own_file.case(session, person.actor, case.case_id, now=later).case
    served = carry(database, team, case, "serve", later)
    with database.read() as session:
        after = own_file.case(session, person.actor, case.case_id, now=later).case

    assert (before.state, before.decided_on, before.decision_no) == (State.REVIEWED, None, None)
    assert "listing_decision" not in {paper.kind for paper in before.papers}
    assert Action.DECIDE not in {step.action for step in before.steps}
    assert (after.state, after.decision_no) == (State.SERVED, served.decision_no)
    told = {paper.kind for paper in after.papers}
    assert {"listing_decision", "repair_notice"} <= told
    assert not {"review_opinion", "legal_review", "collective_discussion"} & told
    assert {"review_opinion", "legal_review"} <= {paper.kind for paper in served.papers}, "they are on file"


def test_each_paper_opens_for_its_own_enterprise_only(database: Database, now: datetime) -> None:
    team, case, person = _listed(database, "ACTIVE", now - timedelta(days=30))
    other = a_representative(database, team.officer, an_enterprise(database).uscc or "")

    with database.read() as session:
        whole = listings.get(session, team.officer, case.case_id, now=now)
        told = {
            paper.paper_id
            for paper in own_file.case(session, person.actor, case.case_id, now=now).case.papers
        }
        assert told < {paper.paper_id for paper in whole.papers}
        for paper in whole.papers:
            for who, is_shown in ((person.actor, paper.paper_id in told), (other.actor, False)):
                if is_shown:
                    assert own_file.paper(session, who, paper.paper_id, now=now).text == paper.text
                else:
                    with pytest.raises(NotFound) as refused:
                        own_file.paper(session, who, paper.paper_id, now=now)
                    assert refused.value.code == "unknown-paper"


def test_what_is_anothers_is_answered_as_what_does_not_exist(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    """Every function that takes a key: another's, an unknown one, the same code and the same words."""
    team, case, person = _listed(database, "NOTIFIED", now)
    other = a_representative(database, team.officer, an_enterprise(database).uscc or "")
    record_id = case.grounds[0].record_id
    filed = database.run(
        lambda session: filings.object_to(
            session, person.actor, record_id=record_id, content="日期有误",
            files=[filings.Upload("证明.pdf", PDF)], folder=tmp_path, now=now,
        )
    )  # fmt: skip
    with database.read() as session:
        mine = own_file.record(session, person.actor, record_id, now=now)
    note, file = mine.notes[0].annotation_id, mine.files[0].attachment_id

    def asked(call: object, key: int) -> tuple[str, str]:
        assert callable(call)
        with pytest.raises(Refusal) as refused:
            database.run(lambda session: call(session, key))
        assert isinstance(refused.value, NotFound), refused.value
        return refused.value.code, refused.value.message.replace(str(key), "…")

    who, here = other.actor, tmp_path
    calls = (
        (lambda s, key: own_file.case(s, who, key, now=now), case.case_id),
        (lambda s, key: own_file.record(s, who, key, now=now), record_id),
        (lambda s, key: own_file.attachment(s, who, key, here), file),
        (lambda s, key: own_file.paper(s, who, key, now=now), mine.papers[0].paper_id),
        (lambda s, key: filings.get(s, who, key), filed.filing_id),
        (lambda s, key: filings.withdraw_objection(s, who, key, now=now), note),
        (
            lambda s, key: filings.object_to(s, who, case_id=key, content="x", folder=here, now=now),
            case.case_id,
        ),
        (
            lambda s, key: filings.object_to(s, who, record_id=key, content="x", folder=here, now=now),
            record_id,
        ),
        (lambda s, key: filings.apply_repair(s, who, key, contents={}, folder=here, now=now), record_id),
        (
            lambda s, key: filings.take_step(
                s, who, key, Action.HEAR_STATEMENT, version=case.version, contents={}, folder=here, now=now
            ),
            case.case_id,
        ),
    )
    for call, theirs in calls:
        assert asked(call, theirs) == asked(call, 987654), theirs
    with database.read() as session:
        assert own_file.cases(session, who, now=now) == ()
        assert own_file.page_of_records(session, who, on=now.date()).items == ()
        assert filings.page(session, who) == ()


def test_the_offices_own_files_stay_in_the_office(database: Database, now: datetime, tmp_path: Path) -> None:
    team, case, person = _listed(database, "NOTIFIED", now)
    scan = database.run(
        lambda session: attachments.attach(
            session, team.officer, case_id=case.case_id, title="举报材料", filename="举报.pdf", data=PDF,
            folder=tmp_path, now=now,
        )
    )  # fmt: skip

    with database.read() as session:
        assert own_file.case(session, person.actor, case.case_id, now=now).files == ()
        with pytest.raises(NotFound):
            own_file.attachment(session, person.actor, scan.attachment_id, tmp_path)


def test_a_representative_passes_no_officers_service(database: Database, now: datetime) -> None:
    _, case, person = _listed(database, "NOTIFIED", now)
    uscc, actor = case.uscc or "", person.actor

    with database.read() as session:
        for call in (
            lambda: listings.get(session, actor, case.case_id, now=now),
            lambda: listings.page(session, actor, now=now),
            lambda: records.get(session, actor, case.grounds[0].record_id, on=now.date()),
            lambda: enterprises.get(session, actor, uscc),
            lambda: enterprises.search(session, actor, "示例"),
            lambda: assessments.get(session, actor, uscc, now=now),
            lambda: annotations.of_case(session, actor, case.case_id, now=now),
            lambda: attachments.page(session, actor, case_id=case.case_id),
            lambda: filings.inbox(session, actor),
        ):
            with pytest.raises(NotAllowed):
                call()


def test_an_officer_has_no_own_file(database: Database, now: datetime) -> None:
    team = a_team(database)

    with database.read() as session, pytest.raises(NotAllowed):
        own_file.cases(session, team.officer, now=now)


def test_what_was_sent_by_mistake_is_not_shown(database: Database, now: datetime) -> None:
    team, made = a_team(database), an_enterprise(database)
    uscc = made.uscc or ""
    kept = a_penalty(database, uscc).record
    wrong = a_penalty(database, uscc).record
    database.run(
        lambda session: records.withdraw(
            session, team.officer, wrong.record_id, version=1, reason="张冠李戴", now=now
        )
    )
    person = a_representative(database, team.officer, uscc)

    with database.read() as session:
        page = own_file.page_of_records(session, person.actor, on=now.date())
        assert [each.record_id for each in page.items] == [kept.record_id]
        with pytest.raises(NotFound):
            own_file.record(session, person.actor, wrong.record_id, now=now)


def test_the_own_grade_comes_with_every_reason_and_the_way_out(database: Database, now: datetime) -> None:
    team, made = a_team(database), an_enterprise(database, registered_on=date(2010, 1, 1))
    uscc = made.uscc or ""
    a_penalty(database, uscc)
    a_record(database, "inspection", uscc, result="逾期未改正")
    person = a_representative(database, team.officer, uscc)

    with database.read() as session:
        assessment, prospect = own_file.grade(session, person.actor, now=now)
        whole = assessments.get(session, an_operator(), uscc, now=now)

    assert assessment.findings == whole.findings and assessment.is_complete
    assert any(finding.item.startswith("I") for finding in assessment.findings), "supervision is not withheld"
    assert prospect.uscc == uscc


def test_errands_tell_last_days_and_first_days(database: Database, now: datetime, tmp_path: Path) -> None:
    _, notified, person = _listed(database, "NOTIFIED", now)
    _, listed, holder = _listed(database, "ACTIVE", now - timedelta(days=30))
    assert listed.repair_from is not None

    with database.read() as session:
        told = errands.of(session, person.actor, now=now)
        later = errands.of(session, holder.actor, now=now)

    assert [(each.title, each.until) for each in told.errands[:2]] == [
        ("提交陈述申辩", notified.window_until),
        ("提交听证申请", notified.window_until),
    ]
    assert [(clock.title, clock.case_id) for clock in told.clocks] == [("陈述申辩期限", notified.case_id)]
    database.run(
        lambda session: filings.object_to(
            session,
            person.actor,
            record_id=notified.grounds[0].record_id,
            content="有误",
            folder=tmp_path,
            now=now,
        )
    )
    with database.read() as session:
        waiting = errands.of(session, person.actor, now=now).clocks
    assert ("答复异议", notified.grounds[0].record_id) in [(each.title, each.record_id) for each in waiting]
    removal = next(each for each in later.errands if each.case_id is not None)
    assert removal.from_on == listed.repair_from + timedelta(days=1)
    assert [entry.case_id for entry in later.entries] == [listed.case_id]
