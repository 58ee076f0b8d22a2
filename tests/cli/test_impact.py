"""`ruleset impact A B` at the terminal: a table to read, CSV, JSON; nothing is written."""

import csv
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner, Result

from credit_registry.cli import main
from credit_registry.storage.database import Database
from tests.factories import a_draft, a_penalty, a_record, an_enterprise

A = "haidian-default-1"
Run = Callable[..., Result]


@pytest.fixture
def run(sqlite_database: Database, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("CREDIT_REGISTRY_DATABASE_URL", str(sqlite_database.engine.url))
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(tmp_path / "var"))

    def call(*arguments: object) -> Result:
        with time_machine.travel(now, tick=True):
            return CliRunner().invoke(
                main, ["ruleset", "impact", *map(str, arguments)], catch_exceptions=False
            )

    return call


@pytest.fixture
def harsher(tmp_path: Path) -> Path:
    return a_draft(tmp_path / "harsher")


@pytest.fixture
def fined(sqlite_database: Database) -> str:
    code = an_enterprise(sqlite_database, "示例青松机械有限公司", registered_on=date(2010, 1, 1)).uscc or ""
    a_record(sqlite_database, "inspection", code)
    a_penalty(sqlite_database, code, dated_on="2026-10-20")
    return code


def test_the_table_tells_who_moves_from_where_to_where_and_why(run: Run, harsher: Path, fined: str) -> None:
    shown = run(A, harsher).stdout

    assert "共 1 家企业，1 家有变动：等级 0，得分 1，列入情形 0，监管频次 0。" in shown
    assert "没有改动任何记录、等级或者名单" in shown
    for part in ("等级变动", "按行业门类", "行业未登记", "按街镇", "街镇未登记", fined, "95.0 → 91.0"):
        assert part in shown
    assert "安全生产 P2 一般失信行政处罚：-6 → -10 分" in shown


def test_the_document_is_all_of_it(run: Run, harsher: Path, fined: str) -> None:
    document = json.loads(run(A, harsher, "--json").stdout)

    assert (document["enterprises"], document["moved"], document["on"]) == (1, 1, "2026-11-24")
    assert document["before"]["digest"] != document["after"]["digest"]
    (move,) = document["moves"]
    assert (move["uscc"], move["score"]) == (fined, {"before": "95.0", "after": "91.0"})
    assert move["reasons"] == [
        {
            "domain": "safety", "item": "P2", "title": "一般失信行政处罚", "before": "-6", "after": "-10",
            "text": "安全生产 P2 一般失信行政处罚：-6 → -10 分",
        }
    ]  # fmt: skip


def test_the_file_has_every_move(run: Run, harsher: Path, fined: str, tmp_path: Path) -> None:
    result = run(A, harsher, "--csv", tmp_path / "moves.csv", "--limit", "0")

    (row,) = csv.DictReader((tmp_path / "moves.csv").read_text("utf-8-sig").splitlines())
    assert (row["统一社会信用代码"], row["调整后得分"]) == (fined, "91.0")
    assert "另有 1 家没有列出" in result.stdout
    assert "1 家" in result.stderr


def test_a_day_of_the_past_is_another_comparison(run: Run, harsher: Path, fined: str) -> None:
    assert json.loads(run(A, harsher, "--on", "2026-10-01", "--json").stdout)["moved"] == 0
    assert "0 家有变动" in run(A, harsher, "--on", "2026-10-01").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nothing", A), "unknown-ruleset"),
        ((A, "us-hours-of-service"), "unknown-ruleset"),
        ((A, A, "--on", "2027-01-01"), "A-AS-OF"),
        ((A, A, "--on", "1.1.2026"), "A-AS-OF"),
        ((A, A, "--csv", "/nowhere/at/all.csv"), "file-unwritable"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_a_code(
    run: Run, fined: str, arguments: tuple[str, ...], code: str
) -> None:
    result = run(*arguments, "--json")

    assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (2, code)


def test_a_folder_that_does_not_load_names_file_and_line(run: Run, tmp_path: Path) -> None:
    draft = a_draft(tmp_path / "broken", new="poins: 10\n")

    result = run(A, draft, "--json")

    (problem, *_) = json.loads(result.stdout)["error"]["facts"]["problems"]
    assert (result.exit_code, problem["file"]) == (2, "items.yaml")
    assert problem["line"] > 1
    assert "items.yaml:" in result.stderr
