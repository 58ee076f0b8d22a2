"""What an enterprise files itself goes through the officers' own tables, and gets a receipt."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

import pytest

from credit_registry.domain.errors import (
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    Refusal,
    StaleVersion,
    TooMuch,
)
from credit_registry.domain.filings import FilingKind
from credit_registry.domain.permissions import Role
from credit_registry.domain.steps import Action, State
from credit_registry.services import (
    annotations,
    dossiers,
    enterprises,
    errands,
    filings,
    listings,
    own_file,
    penalty_repairs,
)
from credit_registry.services.case_views import CaseView
from credit_registry.services.filings import FilingView, Upload
from credit_registry.storage.database import Database
from tests.factories import (
    Representative,
    Team,
    a_case,
    a_penalty,
    a_record,
    a_representative,
    a_team,
    an_actor,
    an_enterprise,
    an_office,
    carry,
)

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
REMOVAL = {
    "removal_application": "申请提前移出", "duties_proof": "罚款已缴", "harm_proof": "已消除",
    "no_new_breach": "没有", "commitment": "承诺守法",
}  # fmt: skip
REPAIR = {"repair_application": "申请修复", "duties_proof": "罚款已缴", "commitment": "承诺守法"}


class Party:
    """A person of an enterprise with its case, and the office on the other side."""

    def __init__(self, database: Database, folder: Path, state: str, begun: datetime) -> None:
        self.database, self.folder = database, folder
        self.team: Team = a_team(database)
        self.case: CaseView = a_case(database, state, team=self.team, begun=begun)
        self.person: Representative = a_representative(
            database, self.team.officer, self.case.uscc or "", now=begun
        )

    def take(
        self,
        action: Action,
        contents: Mapping[str, str],
        now: datetime,
        *,
        version: int | None = None,
        files: tuple[Upload, ...] = (),
    ) -> FilingView:
        return self.database.run(
            lambda session: filings.take_step(
                session, self.person.actor, self.case.case_id, action, version=version or self.seen(now).version,
                contents=contents, files=files, folder=self.folder, now=now,
            )
        )  # fmt: skip

    def object_to_case(self, now: datetime, content: str = "认定的事实有误") -> FilingView:
        return self.database.run(
            lambda session: filings.object_to(
                session,
                self.person.actor,
                case_id=self.case.case_id,
                content=content,
                folder=self.folder,
                now=now,
            )
        )

    def seen(self, now: datetime) -> CaseView:
        """As an officer sees it."""
        with self.database.read() as session:
            return listings.get(session, self.team.officer, self.case.case_id, now=now)


def test_a_statement_moves_the_case_and_names_its_author_masked(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    party = Party(database, tmp_path, "NOTIFIED", now)

    made = party.take(
        Action.HEAR_STATEMENT, {"statement_record": "已整改"}, now, files=(Upload("证明.pdf", PDF),)
    )

    seen = party.seen(now)
    assert seen.state is State.STATED
    assert (seen.steps[-1].action, seen.steps[-1].actor) == (Action.HEAR_STATEMENT, "陈**（企业经办人）")
    paper = next(paper for paper in seen.papers if paper.kind == "statement_record")
    assert paper.fields == {"received_on": "2026-11-24", "content": "已整改"}
    assert (made.kind, made.person) == (FilingKind.STATEMENT, "陈**（企业经办人）")
    assert made.receipt_no.endswith("网收〔2026〕1号")
    with database.read() as session:
        assert filings.page(session, party.person.actor) == (made,)
        assert filings.inbox(session, party.team.officer) == (made,)
        (file,) = own_file.case(session, party.person.actor, party.case.case_id, now=now).files
        assert own_file.attachment(session, party.person.actor, file.attachment_id, tmp_path)[1] == PDF


def test_receipts_are_numbered_without_gap_per_office(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    party = Party(database, tmp_path, "NOTIFIED", now)
    party.take(Action.HEAR_STATEMENT, {"statement_record": "一"}, now)
    with pytest.raises(InvalidInput):
        party.take(Action.HEAR_STATEMENT, {"statement_record": " "}, now)
    second = party.take(Action.HEAR_STATEMENT, {"statement_record": "二"}, now)

    assert second.receipt_no.endswith("〔2026〕2号")


def test_a_second_click_files_nothing_twice(database: Database, now: datetime, tmp_path: Path) -> None:
    party = Party(database, tmp_path, "NOTIFIED", now)
    version = party.case.version
    party.take(Action.HEAR_STATEMENT, {"statement_record": "一"}, now, version=version)

    with pytest.raises(StaleVersion):
        party.take(Action.HEAR_STATEMENT, {"statement_record": "一"}, now, version=version)
    party.object_to_case(now)
    with pytest.raises(IllegalTransition) as refused:
        party.object_to_case(now)
    assert refused.value.code == "objection-open"


def test_a_hearing_can_be_asked_for_within_the_window_only(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    party = Party(database, tmp_path, "NOTIFIED", now)
    assert party.case.window_until is not None
    late = datetime.combine(party.case.window_until + timedelta(days=1), time(2), UTC)

    with pytest.raises(IllegalTransition) as refused:
        party.take(Action.REQUEST_HEARING, {"hearing_request": "要求听证"}, late)
    assert refused.value.code == "window-closed"
    party.take(Action.REQUEST_HEARING, {"hearing_request": "要求听证"}, now)
    assert "hearing_notice" in {paper.kind for paper in party.seen(now).papers}


@pytest.mark.parametrize(
    "action", [Action.REVIEW, Action.DECIDE, Action.REVOKE, Action.WITHDRAW_NOTICE, Action.ALLOW_REPAIR]
)
def test_steps_of_the_office_are_not_the_partys(
    database: Database, now: datetime, tmp_path: Path, action: Action
) -> None:
    party = Party(database, tmp_path, "NOTIFIED", now)

    with pytest.raises(InvalidInput) as refused:
        party.take(action, {}, now)
    assert refused.value.code == "not-for-parties"


def test_early_removal_is_refused_with_its_day_and_taken_from_it(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    party = Party(database, tmp_path, "ACTIVE", now)
    assert party.case.repair_from is not None
    first = datetime.combine(party.case.repair_from + timedelta(days=1), time(2), UTC)

    with pytest.raises(IllegalTransition) as refused:
        party.take(Action.APPLY_REPAIR, REMOVAL, first - timedelta(days=1))
    assert refused.value.facts["earliest"] == first.date().isoformat()
    party.take(Action.APPLY_REPAIR, REMOVAL, first)

    seen = party.seen(first)
    assert seen.state is State.REPAIR_APPLIED
    accepted = carry(database, party.team, seen, "accept_repair", first)
    assert carry(database, party.team, accepted, "allow_repair", first).state is State.REMOVAL_DECIDED


def test_an_objection_is_noted_confirmed_and_answered_by_an_outsider(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    party = Party(database, tmp_path, "ACTIVE", now)
    later = now + timedelta(days=30)
    party.object_to_case(later)
    outsider = an_actor(database, Role.OFFICER, office=party.team.office)
    with database.read() as session:
        (note,) = annotations.of_case(session, party.team.officer, party.case.case_id, now=later)
        told = own_file.case(session, party.person.actor, party.case.case_id, now=later)
    assert note.due_on is not None and told.notes == (note,)
    assert "objection_receipt" in {paper.kind for paper in told.case.papers}

    def answer(who: Team | None) -> None:
        actor = who.officer if who else outsider
        database.run(
            lambda session: annotations.answer(
                session,
                actor,
                note.annotation_id,
                outcome="rejected",
                answer="事实清楚",
                version=note.version,
                now=later,
            )
        )

    with pytest.raises(NotAllowed):
        answer(party.team)
    answer(None)
    with pytest.raises(IllegalTransition) as refused:
        database.run(
            lambda session: filings.withdraw_objection(
                session, party.person.actor, note.annotation_id, now=later
            )
        )
    assert refused.value.code == "annotation-answered"


def test_an_objection_that_is_taken_back_owes_no_answer(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    party = Party(database, tmp_path, "NOTIFIED", now)
    party.object_to_case(now)
    with database.read() as session:
        (note,) = annotations.of_case(session, party.team.officer, party.case.case_id, now=now)
    made = database.run(
        lambda session: filings.withdraw_objection(session, party.person.actor, note.annotation_id, now=now)
    )

    assert made.kind is FilingKind.WITHDRAWAL
    with database.read() as session:
        (note,) = annotations.of_case(session, party.team.officer, party.case.case_id, now=now)
    assert note.state == "withdrawn"
    party.object_to_case(now)


class Punished:
    """A person of an enterprise with one penalty of a year ago."""

    def __init__(self, database: Database, folder: Path, **penalty: str) -> None:
        self.database, self.folder = database, folder
        self.team = a_team(database)
        made = an_enterprise(database)
        self.record = a_penalty(database, made.uscc or "", **{"dated_on": "2025-05-20", **penalty}).record
        self.person = a_representative(database, self.team.officer, made.uscc or "")
        self.enterprise = made

    def apply(self, now: datetime) -> FilingView:
        return self.database.run(
            lambda session: filings.apply_repair(
                session,
                self.person.actor,
                self.record.record_id,
                contents=REPAIR,
                folder=self.folder,
                now=now,
            )
        )

    def withdraw(self, repair_id: int, now: datetime, reason: str = "材料有误") -> FilingView:
        return self.database.run(
            lambda session: filings.withdraw_repair(
                session, self.person.actor, repair_id, reason=reason, now=now
            )
        )


def test_the_repair_of_a_penalty_is_decided_by_two_officers_also_when_filed_on_line(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    party = Punished(database, tmp_path)
    both = an_actor(database, Role.OFFICER, Role.DECIDER, office=party.team.office)
    made = party.apply(now)
    repair_id = made.repair_id
    assert repair_id is not None

    def advance(who: object, action: str, version: int) -> None:
        database.run(
            lambda session: penalty_repairs.advance(session, who, repair_id, action, version=version, now=now)  # type: ignore[arg-type]
        )

    advance(both, "accept", 1)
    with pytest.raises(NotAllowed) as refused:
        advance(both, "allow", 2)
    assert refused.value.code == "second-officer"
    advance(party.team.decider, "allow", 2)

    with database.read() as session:
        told = own_file.record(session, party.person.actor, party.record.record_id, now=now)
        papers = penalty_repairs.papers_of(session, party.team.officer, repair_id)
    assert told.record.state == "repaired"
    assert told.repairs[0].state == "ALLOWED"
    decision = next(paper for paper in told.repairs[0].papers if paper.kind == "repair_decision")
    stranger = a_representative(database, party.team.officer, an_enterprise(database).uscc or "")
    with database.read() as session:
        assert own_file.paper(session, party.person.actor, decision.paper_id, now=now).text == decision.text
        with pytest.raises(NotFound):
            own_file.paper(session, stranger.actor, decision.paper_id, now=now)
    assert {"content": "申请修复", "received_on": "2026-11-24"} in [dict(paper.fields) for paper in papers]


@pytest.mark.parametrize("is_accepted", [False, True])
def test_an_application_for_repair_is_taken_back_until_it_is_decided(
    database: Database, now: datetime, tmp_path: Path, is_accepted: bool
) -> None:
    party = Punished(database, tmp_path)
    repair_id = party.apply(now).repair_id
    assert repair_id is not None
    if is_accepted:
        database.run(
            lambda session: penalty_repairs.advance(
                session, party.team.officer, repair_id, "accept", version=1, now=now
            )
        )

    made = party.withdraw(repair_id, now)

    assert (made.kind, made.repair_id) == (FilingKind.REPAIR_WITHDRAWAL, repair_id)
    with database.read() as session:
        told = penalty_repairs.get(session, party.team.officer, repair_id)
        dossier = dossiers.of_repair(session, party.team.officer, repair_id, now=now)
        (newest, *_) = filings.inbox(session, party.team.officer)
    assert (told.state, told.reason, told.clocks) == ("WITHDRAWN", "材料有误", ())
    assert (dossier.deeds[-1].action, dossier.deeds[-1].reason) == ("withdraw", "材料有误")
    assert newest.receipt_no == made.receipt_no
    with pytest.raises(IllegalTransition):
        party.withdraw(repair_id, now)
    assert party.apply(now).repair_id != repair_id


def test_what_is_decided_or_anothers_or_without_a_reason_is_not_taken_back(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    party = Punished(database, tmp_path)
    repair_id = party.apply(now).repair_id
    assert repair_id is not None
    stranger = a_representative(database, party.team.officer, an_enterprise(database).uscc or "")

    with pytest.raises(InvalidInput) as refused:
        party.withdraw(repair_id, now, reason=" ")
    assert refused.value.code == "reason-missing"
    with pytest.raises(NotFound):
        database.run(
            lambda session: filings.withdraw_repair(
                session, stranger.actor, repair_id, reason="材料有误", now=now
            )
        )
    for actor, action, version in ((party.team.officer, "accept", 1), (party.team.decider, "allow", 2)):
        database.run(
            partial(
                penalty_repairs.advance,
                actor=actor,
                repair_id=repair_id,
                action=action,
                version=version,
                now=now,
            )
        )
    with pytest.raises(IllegalTransition):
        party.withdraw(repair_id, now)


def test_a_repair_before_its_day_is_refused_with_the_day(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    party = Punished(database, tmp_path, dated_on="2026-11-10")

    with pytest.raises(IllegalTransition) as refused:
        party.apply(now)
    assert refused.value.code == "repair-too-early"
    assert "earliest" in refused.value.facts


def test_what_another_authority_made_is_sent_there(database: Database, now: datetime, tmp_path: Path) -> None:
    party = Punished(
        database, tmp_path, authority_name="外地应急管理局（演示）", authority_code="11110101000000000A"
    )

    with pytest.raises(IllegalTransition) as refused:
        party.apply(now)
    assert refused.value.code == "foreign-record"
    assert "外地应急管理局（演示）" in refused.value.message


def test_nothing_is_filed_for_an_enterprise_that_ceased_to_be(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    party = Punished(database, tmp_path)
    uscc = party.enterprise.uscc or ""
    database.run(
        lambda session: enterprises.amend(
            session, party.team.officer, uscc, {"status": "deregistered"}, version=party.enterprise.version,
            reason="注销", now=now,
        )
    )  # fmt: skip

    with pytest.raises(IllegalTransition) as refused:
        party.apply(now)
    assert refused.value.code == "enterprise-deregistered"
    with database.read() as session:
        assert own_file.page_of_records(session, party.person.actor, on=now.date()).items, "it may still read"


def test_files_are_checked_as_officers_files_are_and_a_bad_one_undoes_the_filing(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    party = Party(database, tmp_path, "NOTIFIED", now)
    statement = {"statement_record": "已整改"}

    with pytest.raises(Refusal) as refused:
        party.take(Action.HEAR_STATEMENT, statement, now, files=(Upload("证明.pdf", b"MZ\x90\x00"),))
    assert refused.value.code == "attachment-type"
    with pytest.raises(TooMuch):
        party.take(Action.HEAR_STATEMENT, statement, now, files=(Upload("证明.pdf", PDF),) * 6)
    assert party.seen(now).state is State.NOTIFIED
    with database.read() as session:
        assert filings.page(session, party.person.actor) == ()


def test_a_flood_of_filings_is_stopped_for_a_day(database: Database, now: datetime, tmp_path: Path) -> None:
    party = Party(database, tmp_path, "NOTIFIED", now)
    for _ in range(20):
        party.take(Action.HEAR_STATEMENT, {"statement_record": "补充"}, now)

    with pytest.raises(TooMuch) as refused:
        party.take(Action.HEAR_STATEMENT, {"statement_record": "补充"}, now)
    assert refused.value.code == "too-many-filings"
    party.take(Action.HEAR_STATEMENT, {"statement_record": "补充"}, now + timedelta(days=1, minutes=1))


def test_a_lower_grade_is_answered_and_objected_to_like_a_listing(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    """The announced grade is a case as well: told with its notice, its decision only once it is served."""
    office = an_office(database, authority_code="11110108000000000F", is_keeper=True)
    team = a_team(database, office=office)
    made = an_enterprise(database, registered_on=date(2015, 3, 1), address="海淀区示例路1号")
    uscc = made.uscc or ""
    for domain in ("safety", "fire"):
        a_record(database, "inspection", uscc, domain=domain)
    a_penalty(database, uscc, penalty_kinds="罚款;责令停产停业", content="罚款900000元，责令停产停业", fine_fen="90",
              breach_class="严重")  # fmt: skip
    person = a_representative(database, team.officer, uscc)
    case = database.run(
        lambda session: listings.propose(
            session, team.officer, uscc, series="safety-fire-grade", reason="等级有变化", now=now
        )
    )
    with database.read() as session:
        assert own_file.cases(session, person.actor, now=now) == ()
    case = carry(database, team, case, "notify_grade", now)

    database.run(
        lambda session: filings.take_step(
            session, person.actor, case.case_id, Action.HEAR_STATEMENT, version=case.version,
            contents={"statement_record": "已整改"}, folder=tmp_path, now=now,
        )
    )  # fmt: skip
    assert case.window_until is not None
    later = datetime.combine(case.window_until + timedelta(days=1), time(2), UTC)
    with database.read() as session:
        case = listings.get(session, team.officer, case.case_id, now=later)
    for action in ("review", "decide_grade"):
        case = carry(database, team, case, action, later)
    with database.read() as session:
        kept_back = own_file.case(session, person.actor, case.case_id, now=later).case
    assert (kept_back.state, kept_back.decision_no) == (State.REVIEWED, None)
    assert "grade_decision" not in {paper.kind for paper in kept_back.papers}
    carry(database, team, case, "announce_grade", later)
    with database.read() as session:
        told = own_file.case(session, person.actor, case.case_id, now=later).case
        announced = errands.of(session, person.actor, now=later).announced
    assert "grade_decision" in {paper.kind for paper in told.papers}
    assert announced is not None and announced.case_id == case.case_id
    database.run(
        lambda session: filings.object_to(
            session, person.actor, case_id=case.case_id, content="等级偏低", folder=tmp_path, now=later
        )
    )
