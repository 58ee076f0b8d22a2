"""Cases and repairs at the terminal: by named officers who prove who they are, two of them where two are needed."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result

from credit_registry.cli import main
from credit_registry.domain.accounts import local_day
from credit_registry.domain.permissions import Actor
from credit_registry.storage.database import Database
from credit_registry.storage.queries import audit
from tests.api.conftest import OWN_PASSWORD, settle_in
from tests.factories import (
    Team,
    a_candidate,
    a_case,
    a_penalty,
    a_team,
    an_actor,
    an_enterprise,
    an_office,
    papers_for,
)

Run = Callable[..., Result]


@pytest.fixture
def run(sqlite_database: Database, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call the command as the shell does, with lines on standard input."""
    monkeypatch.setenv("CREDIT_REGISTRY_DATABASE_URL", str(sqlite_database.engine.url))
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(tmp_path / "var"))

    def call(*arguments: str, typed: str = f"{OWN_PASSWORD}\n", at: datetime = now) -> Result:
        with time_machine.travel(at, tick=True):
            return CliRunner().invoke(main, ["listing", *arguments, "--json"], input=typed)

    return call


@pytest.fixture
def team(sqlite_database: Database, now: datetime) -> Team:
    found = a_team(sqlite_database, now=now)
    for person in found.people():
        settle_in(sqlite_database, person, now)
    return found


def _as(actor: Actor) -> tuple[str, str]:
    return "--as", actor.label.partition(":")[2]


def _document(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def _error(result: Result) -> tuple[int, str]:
    return result.exit_code, json.loads(result.stdout)["error"]["code"]


def _papers(kinds: list[str], at: datetime) -> list[str]:
    filled = papers_for(kinds, local_day(at))
    return [
        part
        for kind, fields in filled.items()
        for name, value in fields.items()
        for part in ("--paper", f"{kind}.{name}={value}")
    ]


def _step(run: Run, case: dict[str, Any], action: str, actor: Actor, at: datetime, *more: str) -> Result:
    wanted = next(each for each in case["next"] if each["action"] == action)
    papers = _papers([paper["kind"] for paper in wanted["papers"]], at)
    return run(
        "step", str(case["case"]), action, "--version", str(case["version"]), "--reason", "事实清楚", *papers, *_as(actor),
        *more, at=at,
    )  # fmt: skip


def test_a_black_case_at_the_terminal(run: Run, sqlite_database: Database, team: Team, now: datetime) -> None:
    enterprise = an_enterprise(sqlite_database, address="海淀区示例路1号")
    penalty = a_penalty(
        sqlite_database, enterprise.uscc or "", dated_on=(now - timedelta(days=30)).date().isoformat(),
        authority_code=team.office.authority_code, authority_name=team.office.name,
    )  # fmt: skip
    case = _document(
        run("open", enterprise.uscc or "", "--series", "safety-order-11", "--reason", "性质恶劣",
            "--ground", f"7-4:{penalty.record.record_id}", *_as(team.officer))
    )  # fmt: skip
    case = _document(_step(run, case, "notify", team.officer, now))
    later = datetime.fromisoformat(f"{case['window_until']}T02:00:00+00:00") + timedelta(days=1)
    case = _document(_step(run, case, "close_window", team.officer, later))
    case = _document(_step(run, case, "review", team.reviewer, later))
    assert _error(_step(run, case, "decide", team.officer, later)) == (2, "not-allowed")
    case = _document(_step(run, case, "decide", team.decider, later))
    case = _document(_step(run, case, "serve", team.officer, later))
    case = _document(_step(run, case, "publish", team.publisher, later))

    assert (case["state"], case["from"]) == ("ACTIVE", local_day(later).isoformat())
    shown = _document(run("show", str(case["case"]), at=later))
    assert [step["actor"] for step in shown["steps"]] == ["张三"] * 7
    assert [line["case"] for line in _document(run("list", "--list", "black", at=later))["cases"]] == [
        case["case"]
    ]
    with sqlite_database.read() as session:
        done = [entry.actor for entry in audit.of_subject(session, f"case:{case['case']}", area="listing")]
    assert done[-1] == team.publisher.label


def test_the_terminal_itself_is_nobody_and_a_wrong_password_too(
    run: Run, sqlite_database: Database, team: Team, now: datetime
) -> None:
    case = a_candidate(sqlite_database, team)
    drop = ("step", str(case.case_id), "drop", "--version", "1", "--reason", "证据不足")

    assert _error(run(*drop)) == (2, "usage")
    assert _error(run(*drop, *_as(team.officer), typed="x\n")) == (2, "sign-in-refused")
    assert _error(run(*drop, *_as(team.officer), typed="")) == (2, "input-missing")
    assert _error(run(*drop, "--as", "nobody")) == (2, "sign-in-refused")
    first = an_actor(sqlite_database, office=team.office)
    assert _error(run(*drop, *_as(first), typed="Grüne-Wiese-77-Tor\n")) == (2, "password-due")
    assert _document(run("show", str(case.case_id)))["state"] == "CANDIDATE"
    assert _document(run(*drop, *_as(team.officer)))["state"] == "CLOSED"


def test_the_session_ends_with_the_command(
    run: Run, sqlite_database: Database, team: Team, now: datetime
) -> None:
    case = a_candidate(sqlite_database, team)
    _document(
        run("step", str(case.case_id), "drop", "--version", "1", "--reason", "证据不足", *_as(team.officer))
    )
    with sqlite_database.read() as session:
        verbs = [entry.verb for entry in audit.of_subject(session, team.officer.label, area="session")]
    assert verbs == ["session:sign-in", "session:sign-out"]


def test_off_a_terminal_the_version_must_be_told_and_a_stale_one_is_refused(
    run: Run, sqlite_database: Database, team: Team
) -> None:
    case = a_candidate(sqlite_database, team)
    drop = ("step", str(case.case_id), "drop", "--reason", "证据不足", *_as(team.officer))

    assert _error(run(*drop)) == (2, "version-missing")
    assert _error(run(*drop, "--version", "4")) == (2, "stale-version")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--paper", "served"), "paper-unreadable"),
        (("--paper", "nonsense.a=b"), "unexpected-paper"),
        (("--ban-until", "morgen"), "A-AS-OF"),
    ],
)
def test_what_cannot_be_read_is_said(
    run: Run, sqlite_database: Database, team: Team, arguments: tuple[str, str], code: str
) -> None:
    case = a_candidate(sqlite_database, team)
    typed = ("step", str(case.case_id), "drop", "--version", "1", "--reason", "x", *_as(team.officer))

    assert _error(run(*typed, *arguments)) == (2, code)


def test_a_person_is_named_without_a_number_on_the_command_line(
    run: Run, sqlite_database: Database, team: Team
) -> None:
    case = a_candidate(sqlite_database, team, condition="6-5")

    named = run(
        "name", str(case.case_id), "--role", "principal", "--condition", "6-5", *_as(team.officer),
        typed=f"{OWN_PASSWORD}\n王小明\n11010519491231002X\n",
    )  # fmt: skip

    assert _document(named)["number"] == "110***********002X"
    assert "11010519491231002X" not in named.output


def test_an_objection_is_noted_and_answered_by_somebody_else(
    run: Run, sqlite_database: Database, team: Team, now: datetime
) -> None:
    case = a_candidate(sqlite_database, team)
    day = local_day(now).isoformat()
    noted = _document(
        run("object", str(case.case_id), "--filed-on", day, "--content", "主体有误", *_as(team.officer))
    )
    assert (noted["state"], noted["case"]) == ("open", case.case_id)
    answer = (
        "answer",
        str(noted["annotation"]),
        "--outcome",
        "rejected",
        "--answer",
        "核查无误",
        "--version",
        "1",
    )

    assert _error(run(*answer, *_as(team.officer))) == (2, "second-officer")
    assert _document(run(*answer, *_as(team.decider)))["state"] == "rejected"


def test_a_penalty_is_repaired_at_the_terminal(
    run: Run, sqlite_database: Database, team: Team, now: datetime
) -> None:
    enterprise = an_enterprise(sqlite_database)
    penalty = a_penalty(
        sqlite_database, enterprise.uscc or "", dated_on=(now - timedelta(days=500)).date().isoformat(),
        authority_code=team.office.authority_code, authority_name=team.office.name,
    )  # fmt: skip
    papers = _papers(["repair_application", "duties_proof", "commitment"], now)
    opened = _document(run("repair", "apply", str(penalty.record.record_id), *papers, *_as(team.officer)))
    number = str(opened["repair"])
    accepted = _document(run("repair", "step", number, "accept", "--version", "1", *_as(team.officer)))
    assert _error(run("repair", "step", number, "allow", "--version", "2", *_as(team.officer))) == (
        2,
        "not-allowed",
    )
    allowed = _document(run("repair", "step", number, "allow", "--version", "2", *_as(team.decider)))

    assert (accepted["state"], allowed["state"]) == ("ACCEPTED", "ALLOWED")
    assert [line["state"] for line in _document(run("repair", "list"))["repairs"]] == ["ALLOWED"]
    assert _document(run("repair", "show", number))["steps"][-1]["actor"] == "张三"


def test_recusals_are_declared_listed_and_lifted(run: Run, sqlite_database: Database, team: Team) -> None:
    case = str(a_candidate(sqlite_database, team).case_id)
    enter = ("recusal", "enter", case, "--scope", "case", "--reason", "近亲属任职")

    (held,) = _document(run(*enter, *_as(team.officer)))["recusals"]
    assert _error(run(*enter, *_as(team.officer))) == (2, "recused-already")
    assert _document(run("recusal", "list", case))["recusals"][0]["recusal"] == held["recusal"]
    drop = ("step", case, "drop", "--version", "1", "--reason", "证据不足", *_as(team.officer))
    assert _error(run(*drop)) == (2, "recused")
    lift = ("recusal", "lift", case, str(held["recusal"]), "--reason", "不再任职")
    assert _error(run(*lift, *_as(team.officer))) == (2, "not-allowed")
    assert _document(run(*lift, *_as(team.decider)))["recusals"] == []
    ordered = _document(run(*enter, *_as(team.decider), "--of", _as(team.officer)[1]))["recusals"]
    assert [each["origin"] for each in ordered] == ["ordered"]


def test_a_penalty_is_stopped_and_resumed(
    run: Run, sqlite_database: Database, team: Team, now: datetime
) -> None:
    enterprise = an_enterprise(sqlite_database)
    penalty = a_penalty(
        sqlite_database, enterprise.uscc or "", dated_on=(now - timedelta(days=30)).date().isoformat(),
        authority_code=team.office.authority_code, authority_name=team.office.name,
    )  # fmt: skip
    record, day = str(penalty.record.record_id), local_day(now).isoformat()
    noted = _document(
        run("object", "--record", record, "--kind", "lawsuit", "--filed-on", day, "--content", "请求撤销",
            *_as(team.officer))
    )  # fmt: skip
    stop = ("suspension", "stop", str(noted["annotation"]), "--received-on", day, "--content", "裁定停止执行")
    resume = ("suspension", "resume", record, "--reason", "恢复执行裁定")

    assert _error(run(*resume, *_as(team.decider))) == (2, "effect-not-suspended")
    assert _document(run(*stop, *_as(team.officer)))["state"] == "pending"
    assert _error(run(*stop, *_as(team.officer))) == (2, "effect-suspended")
    assert _document(run(*resume, *_as(team.decider)))["state"] == "live"


def test_a_yearly_act_is_drafted_by_one_and_made_by_another(
    run: Run, sqlite_database: Database, now: datetime
) -> None:
    keeper = a_team(sqlite_database, office=an_office(sqlite_database, is_keeper=True), now=now)
    for person in (keeper.officer, keeper.decider):
        settle_in(sqlite_database, person, now)
    drafted = _document(run("announcement", "draft", "--year", str(now.year), *_as(keeper.officer)))
    make = ("announcement", "make", str(drafted["announcement"]), "--reason", "年度公布")

    assert _error(run(*make, *_as(keeper.decider))) == (2, "version-missing")
    assert _error(run(*make, "--version", "1", *_as(keeper.officer))) == (2, "not-allowed")
    made = _document(run(*make, "--version", "1", *_as(keeper.decider)))
    assert (made["state"], made["version"]) == ("MADE", 2)
    withdraw = ("announcement", "withdraw", str(made["announcement"]), "--reason", "重拟", "--version", "2")
    assert _error(run(*withdraw, *_as(keeper.officer))) == (2, "announcement-closed")
    assert _document(run("announcement", "show", str(made["announcement"]))) == made
    assert [act["state"] for act in _document(run("announcement", "list"))["announcements"]] == ["MADE"]


def test_what_is_overdue_is_printed(run: Run, sqlite_database: Database, team: Team, now: datetime) -> None:
    case = a_case(sqlite_database, "DECIDED", team=team, begun=now - timedelta(days=120))

    told = _document(run("overdue"))

    assert (told["scope"], {duty["case"] for duty in told["items"]}) == ("all", {case.case_id})


def test_a_change_is_told_and_its_receipts_are_taken(
    run: Run, sqlite_database: Database, team: Team, now: datetime, tmp_path: Path
) -> None:
    case = str(a_case(sqlite_database, team=team, begun=now - timedelta(days=60)).case_id)
    first, second = [each["receiver"] for each in _document(run("report", "due"))["due"]][:2]
    day, publisher = local_day(now).isoformat(), _as(team.publisher)

    sent = _document(run("report", "send", case, first, *publisher))
    assert _error(run("report", "send", case, first, *publisher)) == (2, "reported-already")
    receipt = ("report", "receipt", str(sent["report"]), "--received-on", day, "--receipt-no", "HZ-1")
    assert _document(run(*receipt, "--version", "1", *publisher))["state"] == "ACCEPTED"
    feedback = ("report", "feedback", str(sent["report"]), "--on", day, "--content", "已下调授信")
    assert _error(run(*feedback, "--version", "1", *publisher)) == (2, "stale-version")
    assert _document(run(*feedback, "--version", "2", *publisher))["feedback"] == "已下调授信"

    number = _document(run("report", "send", case, second, *publisher))["document_no"]
    file = tmp_path / "receipts.csv"
    file.write_text(
        f"报送编号,回执编号,回执日期,错误说明\n{number},HZ-2,{day},\n无此编号,HZ-3,{day},\n", "utf-8"
    )
    taken = run("report", "receipts", str(file), *publisher)
    assert (taken.exit_code, json.loads(taken.stdout)["accepted"]) == (3, 1)
    assert [each["state"] for each in _document(run("report", "list", case))["reports"]] == ["ACCEPTED"] * 2
