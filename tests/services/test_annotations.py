"""Objections, reconsiderations and lawsuits, on both engines."""

from datetime import date, timedelta

import pytest

from credit_registry.domain.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from credit_registry.domain.permissions import Actor, Role
from credit_registry.services import annotations, listings, publications, records
from credit_registry.services.annotations import AnnotationView
from credit_registry.services.case_views import CaseView
from credit_registry.storage.database import Database
from credit_registry.storage.queries import audit
from tests.factories import NOW, Team, a_case, a_penalty, a_team, an_actor, an_enterprise

LATER = NOW + timedelta(days=20)
DAY = date(2026, 12, 14)


def challenge(
    database: Database, team: Team, case: CaseView, kind: str = "objection", content: str = "事实有误"
) -> AnnotationView:
    return database.run(
        lambda session: annotations.file(
            session, team.officer, kind=kind, filed_on=DAY, content=content, case_id=case.case_id, now=LATER
        )
    )


def settle(
    database: Database, actor: Actor, view: AnnotationView, outcome: str, *, version: int | None = None
) -> AnnotationView:
    return database.run(
        lambda session: annotations.answer(
            session,
            actor,
            view.annotation_id,
            outcome=outcome,
            answer="经核查",
            version=version or view.version,
            now=LATER + timedelta(days=1),
        )
    )


def outsider(database: Database, team: Team) -> Actor:
    return an_actor(database, Role.DECIDER, Role.OFFICER, office=team.office)


def test_a_challenge_shows_at_once_beside_the_entry_and_the_effect_goes_on(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, team=team)
    challenge(database, team, case)
    challenge(database, team, case, kind="lawsuit")

    with database.read() as session:
        (shown,) = publications.rows(session, "black", on=DAY)
        (entry,) = listings.entries_of(session, [case.enterprise_id], on=DAY)[case.enterprise_id]
    assert shown.notes == entry.notes == ("异议处理中", "行政诉讼中")


def test_an_objection_sent_twice_is_noted_once(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, team=team)
    first = challenge(database, team, case)
    again = challenge(database, team, case, content=" 事实有误 ")
    other = challenge(database, team, case, content="主体有误")

    assert (first.is_repeat, again.is_repeat, other.is_repeat) == (False, True, False)
    assert again.annotation_id == first.annotation_id != other.annotation_id
    with database.read() as session:
        noted = annotations.of_case(session, team.officer, case.case_id, now=LATER)
        entries = audit.page(session, verb="annotation:file")
    assert [each.content for each in noted] == ["事实有误", "主体有误"]
    assert len(entries) == 2


def test_what_was_taken_back_may_be_noted_again(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, team=team)
    settle(database, outsider(database, team), challenge(database, team, case), "withdrawn")

    assert not challenge(database, team, case).is_repeat


def test_an_objection_gets_a_numbered_receipt_and_a_day_for_the_answer(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, team=team)
    view = challenge(database, team, case)

    assert view.due_on == date(2026, 12, 21)
    with database.read() as session:
        papers = listings.get(session, team.officer, case.case_id, now=LATER).papers
    receipt = next(paper for paper in papers if paper.kind == "objection_receipt")
    assert receipt.document_no == f"{team.office.short_name}信异受〔2026〕1号"
    assert "2026年12月21日" in (receipt.text or "")


@pytest.mark.parametrize("who", ["officer", "reviewer", "decider", "publisher"])
def test_nobody_answers_an_objection_to_a_case_they_worked_on(sqlite_database: Database, who: str) -> None:
    team = a_team(sqlite_database)
    view = challenge(sqlite_database, team, a_case(sqlite_database, team=team))

    with pytest.raises(NotAllowed) as refused:
        settle(sqlite_database, getattr(team, who), view, "rejected")

    assert refused.value.code == "second-officer"


def test_a_rejected_objection_leaves_the_entry_and_takes_the_note_away(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, team=team)
    view = settle(database, outsider(database, team), challenge(database, team, case), "rejected")

    assert (view.state, view.answer) == ("rejected", "经核查")
    with database.read() as session:
        assert [entry.notes for entry in publications.rows(session, "black", on=DAY)] == [()]


def test_an_upheld_objection_revokes_the_listing_in_the_same_moment(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, team=team)
    settle(database, outsider(database, team), challenge(database, team, case), "upheld")

    with database.read() as session:
        after = listings.get(session, team.officer, case.case_id, now=LATER)
        assert publications.rows(session, "black", on=DAY) == ()
    assert after.state == "REVOKED"
    assert after.steps[-1].reason == "异议成立：经核查"


def test_upholding_takes_a_decider(database: Database) -> None:
    team = a_team(database)
    view = challenge(database, team, a_case(database, team=team))
    clerk = an_actor(database, Role.OFFICER, office=team.office)

    with pytest.raises(NotAllowed):
        settle(database, clerk, view, "upheld")

    with database.read() as session:
        assert len(publications.rows(session, "black", on=DAY)) == 1


def test_a_court_that_annuls_the_penalty_takes_the_listing_with_it(database: Database) -> None:
    team = a_team(database)
    case = a_case(database, team=team)
    record_id = case.grounds[0].record_id
    view = database.run(
        lambda session: annotations.file(
            session,
            team.officer,
            kind="lawsuit",
            filed_on=DAY,
            content="诉请撤销",
            record_id=record_id,
            now=LATER,
        )
    )
    settle(database, team.officer, view, "upheld")

    with database.read() as session:
        assert records.get(session, team.officer, record_id, on=DAY).record.state == "revoked"
        assert publications.rows(session, "black", on=DAY) == ()


def test_an_answer_is_given_once_and_to_the_version_seen(database: Database) -> None:
    team = a_team(database)
    view = challenge(database, team, a_case(database, team=team))
    other = outsider(database, team)

    with pytest.raises(StaleVersion):
        settle(database, other, view, "rejected", version=7)
    done = settle(database, other, view, "rejected")
    with pytest.raises(IllegalTransition):
        settle(database, other, done, "upheld")


def test_personal_numbers_in_an_objection_are_masked_on_the_way_out(database: Database) -> None:
    team = a_team(database)
    view = challenge(
        database, team, a_case(database, team=team), content="本人 11010519491231002X，电话 13800138000"
    )

    assert "11010519491231002X" not in view.content
    assert "13800138000" not in view.content


def test_another_offices_record_is_not_ours_to_answer_for(database: Database) -> None:
    team = a_team(database)
    enterprise = an_enterprise(database)
    record = a_penalty(
        database, enterprise.uscc or "", authority_code="111101080000000945", authority_name="其他部门"
    ).record

    with pytest.raises(NotAllowed) as refused:
        database.run(
            lambda session: annotations.file(
                session,
                team.officer,
                kind="objection",
                filed_on=DAY,
                content="有误",
                record_id=record.record_id,
                now=LATER,
            )
        )

    assert refused.value.code == "not-own-office"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "complaint"},
        {"content": " "},
        {"filed_on": date(2026, 12, 31)},
        {"case_id": None},
    ],
)
def test_an_incomplete_challenge_is_refused(sqlite_database: Database, wrong: dict[str, object]) -> None:
    team = a_team(sqlite_database)
    case = a_case(sqlite_database, team=team)
    given = {"kind": "objection", "filed_on": DAY, "content": "有误", "case_id": case.case_id, **wrong}

    with pytest.raises(InvalidInput):
        sqlite_database.run(lambda session: annotations.file(session, team.officer, now=LATER, **given))  # type: ignore[arg-type]
