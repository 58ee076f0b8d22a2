"""Reports of list changes: told once, again only after an error, receipts from a file, feedback once."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from credit_registry.domain.errors import Duplicate, IllegalTransition, InvalidInput, NotAllowed, Refusal
from credit_registry.services import clockwork, publications, reports
from credit_registry.services.case_views import CaseView
from credit_registry.services.reports import Receipts, ReportView
from credit_registry.storage.database import Database
from credit_registry.storage.queries import audit
from credit_registry.storage.tables.reports import ReportRow
from tests.factories import Team, a_case, a_team, an_operator, carry

THEN = datetime(2026, 12, 10, 2, tzinfo=UTC)
TODAY = THEN.date()
HEAD = "报送编号,回执编号,回执日期,错误说明\n"


@pytest.fixture
def team(database: Database) -> Team:
    return a_team(database)


def send(database: Database, team: Team, case: CaseView, receiver: str = "finance") -> ReportView:
    return database.run(
        lambda session: reports.send(session, team.publisher, case.case_id, receiver, now=THEN)
    )


def receive(database: Database, team: Team, report: ReportView, **said: Any) -> ReportView:
    return database.run(
        lambda session: reports.receive(
            session,
            team.publisher,
            report.report_id,
            version=report.version,
            received_on=TODAY,
            now=THEN,
            **said,
        )
    )


def feed_back(database: Database, team: Team, report: ReportView) -> ReportView:
    return database.run(
        lambda session: reports.feed_back(
            session,
            team.publisher,
            report.report_id,
            version=report.version,
            content="已下调授信",
            on=TODAY,
            now=THEN,
        )
    )


def take(database: Database, team: Team, text: str) -> Receipts:
    data = (HEAD + text).encode()
    return database.run(lambda session: reports.take_receipts(session, team.publisher, data, now=THEN))


def untold(database: Database, team: Team) -> list[tuple[str, str, bool]]:
    with database.read() as session:
        found = reports.unreported(session, team.publisher, now=THEN)
    return [(each.receiver, each.change, each.has_failed) for each in found]


def test_a_listing_is_told_once_and_again_only_after_an_error(database: Database, team: Team) -> None:
    case = a_case(database, team=team)
    assert len(untold(database, team)) == 9
    first = send(database, team, case)
    with pytest.raises(Duplicate) as refused:
        send(database, team, case)
    assert refused.value.code == "reported-already"

    receive(database, team, first, error="代码校验失败")
    assert ("finance", "shown", True) in untold(database, team)
    again = send(database, team, case)
    assert (again.attempt, again.document_no != first.document_no) == (2, True)
    done = receive(database, team, again, receipt_no="HZ-1")
    assert done.state == "ACCEPTED"
    assert "finance" not in {receiver for receiver, *_ in untold(database, team)}
    with database.read() as session:
        assert audit.verify(session) is None


def test_feedback_is_given_once_and_only_after_the_receipt(database: Database, team: Team) -> None:
    case = a_case(database, team=team)
    report = send(database, team, case)
    with pytest.raises(IllegalTransition) as early:
        feed_back(database, team, report)
    assert early.value.code == "not-accepted"
    report = feed_back(database, team, receive(database, team, report, receipt_no="HZ-1"))

    with pytest.raises(IllegalTransition) as double:
        feed_back(database, team, report)
    assert double.value.code == "feedback-given"


def test_the_end_of_a_listing_is_told_to_those_who_were_told_of_it(database: Database, team: Team) -> None:
    case = a_case(database, team=team)
    told = send(database, team, case)
    case = carry(database, team, case, "revoke", THEN)

    assert untold(database, team) == [("finance", "hidden", False)]
    with pytest.raises(IllegalTransition) as refused:
        send(database, team, case, "industry")
    assert refused.value.code == "nothing-to-report"
    ended = send(database, team, case)
    assert ended.list_version > told.list_version
    assert untold(database, team) == []


def test_an_entry_whose_period_is_over_is_told_as_ended_once_a_step_says_so(
    database: Database, team: Team
) -> None:
    case = a_case(database, team=team)
    send(database, team, case)
    over = datetime(2029, 12, 10, 2, tzinfo=UTC)
    with database.read() as session:
        before = publications.list_version(session)
        assert reports.unreported(session, team.publisher, now=over) == ()
    with pytest.raises(IllegalTransition):
        database.run(
            lambda session: reports.send(session, team.publisher, case.case_id, "industry", now=over)
        )
    database.run(lambda session: clockwork.run_clocks(session, an_operator(), now=over))

    with database.read() as session:
        found = reports.unreported(session, team.publisher, now=over)
        assert publications.list_version(session) == before + 1
    assert [(each.receiver, each.change) for each in found] == [("finance", "hidden")]


def test_nothing_is_told_before_the_public_saw_it_nor_by_others_than_publishers(
    database: Database, team: Team
) -> None:
    served = a_case(database, "SERVED", team=team)
    with pytest.raises(IllegalTransition) as refused:
        send(database, team, served)
    assert refused.value.code == "nothing-to-report"
    listed = a_case(database, team=team)
    attempts: list[tuple[type[Refusal], Any, str]] = [
        (NotAllowed, team.decider, "finance"),
        (InvalidInput, team.publisher, "nobody"),
    ]
    for kind, actor, receiver in attempts:
        with pytest.raises(kind):
            database.run(
                lambda session, by=actor, to=receiver: reports.send(session, by, listed.case_id, to, now=THEN)  # type: ignore[misc]
            )


def test_a_receipt_file_is_taken_row_by_row_and_twice_without_harm(database: Database, team: Team) -> None:
    case = a_case(database, team=team)
    taken, failed, clash = (send(database, team, case, to) for to in ("finance", "industry", "ecology"))
    file = (
        f"{taken.document_no},HZ-9,{TODAY},\n{failed.document_no},,{TODAY},字段缺失\n"
        f"不存在,HZ-8,{TODAY},\n{clash.document_no},HZ-7,昨天,\n"
    )
    first, second = take(database, team, file), take(database, team, file)

    assert (first.accepted, first.rejected, first.duplicate, sorted(first.problems)) == (1, 1, 0, [4, 5])
    assert (second.accepted, second.rejected, second.duplicate) == (0, 0, 2)
    assert sorted(take(database, team, f"{taken.document_no},HZ-10,{TODAY},\n").problems) == [2]
    with pytest.raises(InvalidInput) as refused:
        database.run(lambda session: reports.take_receipts(session, team.publisher, b"a,b\n", now=THEN))
    assert refused.value.code == "receipts-unreadable"


def test_no_hand_doubles_a_report_or_a_receipt(database: Database, team: Team) -> None:
    case = a_case(database, team=team)
    report = receive(database, team, send(database, team, case), receipt_no="HZ-1")
    other = send(database, team, case, "industry")
    row = {
        "case_id": case.case_id, "list_version": report.list_version, "office_id": case.office_id,
        "receiver": "finance", "attempt": 2, "version": 1, "state": "SENT", "document_no": "手写1号", "sent_on": TODAY,
        "sent_by": "x", "recorded_at": THEN,
    }  # fmt: skip
    wrong: list[dict[str, Any]] = [
        {},
        {"state": "ACCEPTED", "receipt_no": "HZ-1", "receipt_on": TODAY, "list_version": other.list_version},
        {"state": "SENT", "feedback": "x", "feedback_on": TODAY, "receiver": "ecology"},
    ]

    for values in wrong:
        with pytest.raises(IntegrityError), database.begin() as session:
            session.execute(insert(ReportRow).values(**{**row, **values}))
