"""`assess`, `daily`, `grade`, `lookup` at the terminal: what they print, and with which code they leave."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result
from rich.cells import cell_len
from rich.text import Text

from credit_registry.cli import main
from credit_registry.cli.grade_text import explained
from credit_registry.services import assessments, prospects
from credit_registry.storage.database import Database
from tests.factories import (
    a_case,
    a_code,
    a_file,
    a_penalty,
    a_record,
    an_enterprise,
    an_import,
    an_operator,
)

LONG_AGO = date(2015, 3, 1)
Run = Callable[..., Result]


@pytest.fixture
def run(sqlite_database: Database, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call the command as the shell does: its settings come from the environment."""
    monkeypatch.setenv("CREDIT_REGISTRY_DATABASE_URL", str(sqlite_database.engine.url))
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(tmp_path / "var"))

    def call(*arguments: str, at: datetime = now) -> Result:
        with time_machine.travel(at, tick=True):
            return CliRunner().invoke(main, arguments, catch_exceptions=False)

    return call


def _document(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_assess_prints_one_document(run: Run, sqlite_database: Database) -> None:
    a_penalty(sqlite_database, an_enterprise(sqlite_database, registered_on=LONG_AGO).uscc or "")

    document = _document(run("assess", "--json"))

    assert document == {
        "on": "2026-11-24", "ruleset": "haidian-default-1", "engine": document["engine"], "scope": "all", "assessed": 1,
        "changed": 1, "grades": {"B+": 1}, "candidates": 0,
    }  # fmt: skip


def test_assess_takes_a_day(run: Run, sqlite_database: Database) -> None:
    an_enterprise(sqlite_database)

    assert _document(run("assess", "--on", "2026-06-30", "--json"))["on"] == "2026-06-30"
    refused = run("assess", "--on", "30.6.2026", "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["error"]["code"]) == (2, "A-AS-OF")


def test_daily_runs_the_clocks_and_then_the_grades_that_they_move(
    run: Run, sqlite_database: Database
) -> None:
    case = a_case(sqlite_database, begun=datetime(2026, 9, 1, 2, tzinfo=UTC), registered_on=LONG_AGO)
    assert case.listed_until is not None
    assert _document(run("assess", "--json"))["grades"] == {"D": 1}

    after = datetime(
        case.listed_until.year, case.listed_until.month, case.listed_until.day + 1, 2, tzinfo=UTC
    )
    document = _document(run("daily", "--json", at=after))

    assert document["clocks"]["expired"] == [case.case_id]
    assert (document["scope"], document["assessed"]) == ("due", 1)
    assert "D" not in document["grades"]


def test_grade_prints_exactly_its_keys(run: Run, sqlite_database: Database) -> None:
    enterprise = an_enterprise(sqlite_database, registered_on=LONG_AGO)
    a_penalty(sqlite_database, enterprise.uscc or "")

    document = _document(run("grade", enterprise.uscc or "", "--json"))

    assert list(document) == [
        "uscc", "on", "known_at", "ruleset", "grade", "score", "domains", "findings", "next_change",
    ]  # fmt: skip
    assert (document["grade"], document["score"]) == ("B+", "97.0")


def test_grade_is_readable_by_people(run: Run, sqlite_database: Database) -> None:
    enterprise = an_enterprise(sqlite_database, registered_on=LONG_AGO)
    a_penalty(sqlite_database, enterprise.uscc or "")

    shown = run("grade", enterprise.uscc or "").stdout

    assert enterprise.name in shown
    assert "B+，97.0 分" in shown
    assert "一般失信行政处罚" in shown


def test_grade_goes_back_to_what_was_known(run: Run, sqlite_database: Database, now: datetime) -> None:
    enterprise = an_enterprise(sqlite_database, registered_on=LONG_AGO, now=datetime(2026, 8, 3, tzinfo=UTC))
    a_penalty(sqlite_database, enterprise.uscc or "", now=now)

    past = _document(
        run("grade", enterprise.uscc or "", "--on", "2026-08-10", "--known-at", "2026-08-10", "--json")
    )
    present = _document(run("grade", enterprise.uscc or "", "--on", "2026-08-10", "--json"))

    assert (past["grade"], present["grade"]) == ("N", "B+")
    assert past["known_at"] == "2026-08-10T23:59:59.999999+08:00"


@pytest.mark.parametrize("instant", ["yesterday", "2026-07-15T09:00:00", "2026-7-15", "15072026"])
def test_an_instant_without_its_zone_is_refused(run: Run, sqlite_database: Database, instant: str) -> None:
    refused = run("grade", an_enterprise(sqlite_database).uscc or "", "--known-at", instant)

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "时区" in refused.stderr or "日期" in refused.stderr


def test_lookup_prints_exactly_its_keys(run: Run, sqlite_database: Database) -> None:
    case = a_case(sqlite_database, begun=datetime(2026, 9, 1, 2, tzinfo=UTC))

    document = _document(run("lookup", case.uscc or "", "--matter", "permit", "--json"))

    assert list(document) == [
        "query", "known", "uscc", "name", "on", "matter", "list_version", "grade", "lists", "measures",
        "other_lists", "annotations", "not_covered",
    ]  # fmt: skip
    assert document["measures"]
    assert "严重失信主体名单" in run("lookup", case.uscc or "", "--matter", "permit").stdout


def test_a_lookup_tells_other_departments_lists_with_their_source(
    run: Run, sqlite_database: Database
) -> None:
    enterprise, nobody = an_enterprise(sqlite_database), a_code()
    entry = {
        "list_name": "拖欠工资名单", "list_colour": "失信", "listed_on": "2026-03-18", "source_name": "信用中国",
        "authority_name": "北京市海淀区人力资源和社会保障局",
    }  # fmt: skip
    rows = [entry | {"name": "示例有限公司", "uscc": code} for code in (enterprise.uscc or "", nobody)]
    rows[0]["name"] = enterprise.name
    an_import(sqlite_database, "other_lists", a_file("other_lists", rows))

    for code in (enterprise.uscc or "", nobody):
        told = run("lookup", code).stdout
        assert (
            "其他部门名单：拖欠工资名单（失信），2026-03-18 起，北京市海淀区人力资源和社会保障局，来源：信用中国，2026-11-24 收到"
            in told
        )
    assert "名单：不在任何名单。" in run("lookup", enterprise.uscc or "").stdout


def test_an_unknown_code_is_an_answer_and_a_malformed_one_a_refusal(run: Run) -> None:
    unknown = _document(run("lookup", a_code(), "--json"))
    malformed = run("lookup", "91110108MA01KPGC8O", "--json")

    assert unknown["known"] is False
    assert (malformed.exit_code, json.loads(malformed.stdout)["error"]["code"]) == (2, "invalid-uscc")
    assert "统一社会信用代码无效" in malformed.stderr


def test_the_terminal_names_who_asked(run: Run, sqlite_database: Database) -> None:
    run("lookup", a_code(), "--purpose", "HD-7")

    with sqlite_database.engine.connect() as connection:
        actor, purpose = connection.exec_driver_sql("SELECT actor, purpose FROM lookups").one()
    assert actor.startswith("terminal:")
    assert purpose == "HD-7"


def test_explain_adds_the_way_out_and_nothing_else_to_the_document(
    run: Run, sqlite_database: Database
) -> None:
    uscc = an_enterprise(sqlite_database, registered_on=LONG_AGO).uscc or ""
    a_penalty(sqlite_database, uscc, dated_on="2026-09-20")

    plain = _document(run("grade", uscc, "--json"))
    explained = _document(run("grade", uscc, "--explain", "--json"))

    way_out = explained.pop("way_out")
    assert explained == plain
    assert way_out["forecast"][0]["grade"] == plain["grade"] == "B+"


def test_explain_prints_lines_that_a_person_can_read(run: Run, sqlite_database: Database) -> None:
    uscc = an_enterprise(sqlite_database, registered_on=LONG_AGO).uscc or ""
    a_record(sqlite_database, "inspection", uscc, dated_on="2026-10-01")
    a_penalty(sqlite_database, uscc, dated_on="2026-09-20", document_no="京海应急罚〔2026〕88号")

    text = run("grade", uscc, "--explain").stdout

    assert "P2  一般失信行政处罚  京海应急罚〔2026〕88号  6  1  1  -6 分" in text
    assert "K1  有一般程度的有效记录，等级不高于 B+  京海应急罚〔2026〕88号  A → B+" in text
    assert "2026-12-21 起 -3 分，2027-09-21 起不再计入" in text
    assert "事项最少的办法：办理以下 1 项，2026-12-20 起可达到 A，100.0 分" in text
    assert "\x1b[" not in text


def test_explain_draws_tables_for_a_terminal(run: Run, sqlite_database: Database, now: datetime) -> None:
    uscc = an_enterprise(sqlite_database, registered_on=LONG_AGO).uscc or ""
    a_penalty(sqlite_database, uscc, dated_on="2026-09-20")
    with sqlite_database.read() as session:
        view = assessments.get(session, an_operator(), uscc, now=now)
        prospect = prospects.get(session, an_operator(), uscc, now=now)

    drawn = explained(view, prospect, width=100)

    assert "─────" in drawn
    assert all(cell_len(Text.from_ansi(line).plain) <= 100 for line in drawn.splitlines())


def test_explain_is_of_today(run: Run, sqlite_database: Database) -> None:
    uscc = an_enterprise(sqlite_database).uscc or ""

    refused = run("grade", uscc, "--explain", "--on", "2026-10-01", "--json")

    assert (refused.exit_code, json.loads(refused.stdout)["error"]["code"]) == (2, "explain-of-today")
