"""The announced grade: frozen, told before it falls, decided by another officer, announced; yearly for everybody."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from credit_registry.domain.errors import Duplicate, IllegalTransition, NotAllowed, Refusal, StaleVersion
from credit_registry.domain.permissions import Role
from credit_registry.services import (
    annotations,
    announcements,
    assessments,
    clockwork,
    grade_cases,
    listings,
    lookups,
    records,
    recusals,
)
from credit_registry.services.announcements import AnnouncementView
from credit_registry.services.case_views import CaseView
from credit_registry.services.enterprise_views import EnterpriseView
from credit_registry.storage.database import Database
from credit_registry.storage.queries import audit
from credit_registry.storage.tables.grades import AnnouncedGradeRow
from tests.factories import (
    NOW,
    Team,
    a_penalty,
    a_record,
    a_team,
    an_actor,
    an_enterprise,
    an_office,
    an_operator,
    carry,
)

SERIES = "safety-fire-grade"
# The next step of the ordinary road of a fall.
ROAD = {
    "CANDIDATE": "notify_grade", "NOTIFIED": "close_window", "NO_STATEMENT": "review", "REVIEWED": "decide_grade",
    "DECIDED": "announce_grade",
}  # fmt: skip


@dataclass
class Office:
    """The keeper of the register with its four officers, on some day."""

    database: Database
    team: Team

    def propose(self, subject: EnterpriseView, now: datetime = NOW) -> CaseView:
        return self.database.run(
            lambda session: listings.propose(
                session, self.team.officer, subject.uscc or "", series=SERIES, reason="等级有变化", now=now
            )
        )

    def carried(self, case: CaseView, until: str, now: datetime = NOW) -> tuple[CaseView, datetime]:
        """Along the road to a state; each step on the first day on which it may be taken."""
        while case.state != until:
            action = ROAD[case.state]
            if action == "close_window":
                assert case.window_until is not None
                now = datetime.combine(case.window_until + timedelta(days=1), time(2), UTC)
            case = carry(self.database, self.team, case, action, now)
        return case, now

    def told(self, subject: EnterpriseView, now: datetime = NOW) -> dict[str, Any]:
        view = self.database.run(
            lambda session: lookups.answer(session, an_operator(), subject.uscc or "", now=now)
        )
        assert view.grade is not None
        return dict(view.grade)

    def draft(self, now: datetime = NOW) -> AnnouncementView:
        self.assess(now)
        return self.database.run(
            lambda session: announcements.draft(session, self.team.officer, year=now.year, now=now)
        )

    def make(self, act: AnnouncementView, now: datetime = NOW, actor: Any = None) -> AnnouncementView:
        by = actor or self.team.decider
        return self.database.run(
            lambda session: announcements.make(
                session, by, act.announcement_id, version=act.version, reason="年度公布", now=now
            )
        )

    def assess(self, now: datetime = NOW) -> None:
        on = now.date()
        self.database.run(lambda session: assessments.assess(session, an_operator(), on=on, now=now))


@pytest.fixture
def office(database: Database) -> Office:
    place = an_office(database, authority_code="11110108000000000F", is_keeper=True)
    return Office(database, a_team(database, office=place))


def a_subject(database: Database, *, bad: bool = False) -> EnterpriseView:
    """Known for years and inspected: A; with a fatal accident besides, D."""
    subject = an_enterprise(database, registered_on=date(2015, 3, 1), address="海淀区示例路1号")
    for domain in ("safety", "fire"):
        a_record(database, "inspection", subject.uscc or "", domain=domain)
    if bad:
        worsen(database, subject)
    return subject


def worsen(database: Database, subject: EnterpriseView) -> int:
    made = a_penalty(
        database, subject.uscc or "", penalty_kinds="罚款;责令停产停业", content="罚款900000元，责令停产停业",
        fine_fen="90", breach_class="严重",
    )  # fmt: skip
    return made.record.record_id


def test_a_fall_is_told_reviewed_decided_by_another_and_announced(office: Office) -> None:
    subject = a_subject(office.database, bad=True)
    computed = office.told(subject)
    case = office.propose(subject)

    assert case.matter is not None
    assert (case.matter.grade, case.matter.is_fall, case.matter.previous) == (computed["grade"], True, None)
    case, now = office.carried(case, "DECIDED")
    assert office.told(subject, now)["provisional"] is True
    case = carry(office.database, office.team, case, "announce_grade", now)

    assert case.state == "ANNOUNCED"
    told = office.told(subject, now)
    assert told == {
        "grade": computed["grade"], "score": computed["score"], "provisional": False, "on": now.date().isoformat(),
        "announced_on": now.date().isoformat(), "computed_on": NOW.date().isoformat(),
    }  # fmt: skip
    issued = [paper.document_no for paper in case.papers if paper.document_no]
    assert [number[3:6] for number in issued if number] and len(set(issued)) == 3
    notice = next(paper for paper in case.papers if paper.kind == "grade_notice")
    assert notice.text is not None
    assert "——" not in notice.text
    assert [clock.kind for clock in case.clocks] == ["grade_reply", "decide_grade", "announce_grade"]
    assert all(clock.met_on for clock in case.clocks)
    with office.database.read() as session:
        assert audit.verify(session) is None


def test_a_fall_is_not_decided_without_notice_and_a_rise_needs_none(office: Office) -> None:
    falls, rises = a_subject(office.database, bad=True), a_subject(office.database)
    down, up = office.propose(falls), office.propose(rises)

    with pytest.raises(IllegalTransition) as refused:
        carry(office.database, office.team, down, "decide_grade", NOW)
    assert refused.value.code == "notice-needed"
    with pytest.raises(IllegalTransition) as refused:
        carry(office.database, office.team, up, "notify_grade", NOW)
    assert refused.value.code == "no-notice-needed"
    up = carry(office.database, office.team, up, "decide_grade", NOW)
    carry(office.database, office.team, up, "announce_grade", NOW)
    assert office.told(rises)["grade"][0] == "A"


def test_the_window_is_kept_and_the_preparer_does_not_decide(office: Office) -> None:
    subject = a_subject(office.database, bad=True)
    case = carry(office.database, office.team, office.propose(subject), "notify_grade", NOW)
    with pytest.raises(IllegalTransition) as refused:
        carry(office.database, office.team, case, "close_window", NOW)
    assert refused.value.code == "window-open"
    case, now = office.carried(case, "REVIEWED")
    both = replace(
        office.team.officer, permissions=office.team.officer.permissions | office.team.decider.permissions
    )

    with pytest.raises(NotAllowed) as apart:
        carry(office.database, office.team, case, "decide_grade", now, actor=both)
    assert apart.value.code == "second-officer"


def test_the_clock_closes_the_reply_window(office: Office) -> None:
    case = carry(
        office.database,
        office.team,
        office.propose(a_subject(office.database, bad=True)),
        "notify_grade",
        NOW,
    )
    assert case.window_until is not None
    later = datetime.combine(case.window_until + timedelta(days=1), time(2), UTC)

    run = office.database.run(lambda session: clockwork.run_clocks(session, an_operator(), now=later))
    assert run.closed_windows == (case.case_id,)


def test_a_grade_that_moved_is_not_announced(office: Office) -> None:
    subject = a_subject(office.database)
    record_id = worsen(office.database, subject)
    case, now = office.carried(office.propose(subject), "REVIEWED")
    office.database.run(
        lambda session: records.revoke(
            session, office.team.officer, record_id, version=1, reason="处罚被撤销", now=now
        )
    )

    with pytest.raises(IllegalTransition) as refused:
        carry(office.database, office.team, case, "decide_grade", now)
    assert refused.value.code == "grade-moved"
    case = carry(office.database, office.team, case, "keep_grade", now)
    assert case.state == "CLOSED"
    assert office.told(subject, now)["provisional"] is True


def test_nothing_is_proposed_where_nothing_changes_nor_by_another_office(office: Office) -> None:
    subject = a_subject(office.database)
    case = carry(office.database, office.team, office.propose(subject), "decide_grade", NOW)
    carry(office.database, office.team, case, "announce_grade", NOW)

    with pytest.raises(IllegalTransition) as refused:
        office.propose(subject)
    assert refused.value.code == "grade-unchanged"
    others = a_team(office.database, office=an_office(office.database, "另一部门（演示）"))
    with pytest.raises(NotAllowed) as not_theirs:
        Office(office.database, others).propose(subject)
    assert not_theirs.value.code == "not-keeper"


def test_a_suspended_grade_gives_way_to_the_one_before_and_a_revoked_one_for_good(office: Office) -> None:
    subject = a_subject(office.database)
    first = carry(office.database, office.team, office.propose(subject), "decide_grade", NOW)
    carry(office.database, office.team, first, "announce_grade", NOW)
    before = office.told(subject)
    worsen(office.database, subject)
    case, now = office.carried(office.propose(subject), "ANNOUNCED")
    after = office.told(subject, now)["grade"]

    case = carry(office.database, office.team, case, "suspend", now)
    assert office.told(subject, now)["grade"] == before["grade"] != after
    case = carry(office.database, office.team, case, "resume", now)
    assert office.told(subject, now)["grade"] == after
    carry(office.database, office.team, case, "revoke_grade", now)
    assert office.told(subject, now)["grade"] == before["grade"]


def test_an_objection_that_is_upheld_revokes_the_announced_grade(office: Office) -> None:
    subject = a_subject(office.database, bad=True)
    case, now = office.carried(office.propose(subject), "ANNOUNCED")
    other = an_actor(office.database, Role.DECIDER, office=office.team.office)
    note = office.database.run(
        lambda session: annotations.file(
            session, office.team.officer, kind="objection", filed_on=now.date(), content="不服等级",
            case_id=case.case_id, now=now,
        )
    )  # fmt: skip
    office.database.run(
        lambda session: annotations.answer(
            session, other, note.annotation_id, outcome="upheld", answer="成立", version=1, now=now
        )
    )

    assert office.told(subject, now)["provisional"] is True


def test_the_yearly_act_announces_all_at_once_and_opens_a_case_for_whoever_would_fall(office: Office) -> None:
    good = [a_subject(office.database) for _ in range(3)]
    bad = [a_subject(office.database, bad=True) for _ in range(2)]
    young = an_enterprise(office.database, registered_on=date(2026, 10, 1))
    act = office.draft()

    assert act.total == 5
    assert all(office.told(each)["provisional"] for each in good)
    act = office.make(act)

    assert act.counts == {"announced": 3, "cases": 2, "left": 0}
    assert act.document_no is not None
    assert act.text is not None
    assert "3 家" in act.text
    assert [office.told(each)["provisional"] for each in (*good, *bad, young)] == [False] * 3 + [True] * 3
    with office.database.read() as session:
        opened = listings.page(
            session, office.team.officer, now=NOW, state="CANDIDATE", list_kind="grade"
        ).items
        view = listings.get(session, office.team.officer, opened[0].case_id, now=NOW)
        assert audit.verify(session) is None
    assert {each.enterprise_id for each in opened} == {each.enterprise_id for each in bad}
    done, now = office.carried(view, "ANNOUNCED")
    assert done.matter is not None
    assert done.matter.findings
    told = next(each for each in bad if each.enterprise_id == done.enterprise_id)
    assert office.told(told, now)["provisional"] is False


def test_the_drafter_does_not_announce_and_a_stale_or_second_draft_is_refused(office: Office) -> None:
    a_subject(office.database)
    act = office.draft()
    both = replace(
        office.team.officer, permissions=office.team.officer.permissions | office.team.decider.permissions
    )

    refusals: list[tuple[type[Refusal], str, Callable[[], object]]] = [
        (NotAllowed, "second-officer", lambda: office.make(act, actor=both)),
        (Duplicate, "announcement-open", lambda: office.draft()),
        (StaleVersion, "stale-version", lambda: office.make(replace(act, version=7))),
    ]
    for kind, code, attempt in refusals:
        with pytest.raises(kind) as refused:
            attempt()
        assert refused.value.code == code
    done = office.make(act)
    with pytest.raises(IllegalTransition) as closed:
        office.make(done)
    assert closed.value.code == "announcement-closed"


def test_what_moved_since_the_draft_or_is_under_way_is_left_out(office: Office) -> None:
    moved, under_way, plain = (a_subject(office.database) for _ in range(3))
    act = office.draft()
    worsen(office.database, moved)
    office.propose(under_way)

    assert office.make(act).counts == {"announced": 1, "cases": 0, "left": 2}
    assert [office.told(each)["provisional"] for each in (moved, under_way, plain)] == [True, True, False]


@pytest.mark.parametrize("who", ["officer", "decider"])
def test_whom_either_officer_keeps_out_of_is_left_to_others(office: Office, who: str) -> None:
    kept_out, plain = (a_subject(office.database) for _ in range(2))
    case = office.propose(kept_out)
    carry(office.database, office.team, case, "drop", NOW)
    office.database.run(
        lambda session: recusals.recuse(
            session, getattr(office.team, who), case.case_id, scope="enterprise", reason="近亲属系股东", login=None,
            now=NOW,
        )
    )  # fmt: skip

    assert office.make(office.draft()).counts == {"announced": 1, "cases": 0, "left": 1}
    assert [office.told(each)["provisional"] for each in (kept_out, plain)] == [True, False]


def test_no_hand_announces_a_fall_or_changes_a_frozen_grade(office: Office) -> None:
    subject = a_subject(office.database, bad=True)
    office.make(office.draft())
    case, _ = office.carried(office.propose(a_subject(office.database, bad=True)), "NO_STATEMENT")

    for values in (
        {"announced_on": date(2026, 12, 31)},
        {"announced_on": date(2026, 12, 31), "is_fall": False},
        {"grade": "A"},
        {"enterprise_id": case.enterprise_id},
    ):
        with pytest.raises(IntegrityError, match="grade guard"), office.database.begin() as session:
            session.execute(
                update(AnnouncedGradeRow)
                .where(AnnouncedGradeRow.enterprise_id == subject.enterprise_id)
                .values(**values)
            )
    with office.database.read() as session:
        assert grade_cases.in_force(session, [subject.enterprise_id]) == {}


def test_papers_of_a_fall_name_no_supervision_fact(office: Office) -> None:
    subject = a_subject(office.database, bad=True)
    a_record(
        office.database,
        "hazard",
        subject.uscc or "",
        hazard_grade="重大隐患",
        is_overdue="是",
        dated_on="2026-07-01",
    )
    case = carry(office.database, office.team, office.propose(subject), "notify_grade", NOW)

    notice = next(paper for paper in case.papers if paper.kind == "grade_notice")
    assert notice.text is not None
    assert "隐患" not in notice.text
