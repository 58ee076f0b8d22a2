"""One-time codes at the terminal: into a file of their own, and nowhere else."""

import json
import re
import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner, Result

from credit_registry.cli import main
from credit_registry.services import invitations
from credit_registry.settings import Settings
from credit_registry.storage.database import Database
from credit_registry.storage.migrations import vault_of
from tests.api.conftest import OWN_PASSWORD, settle_in
from tests.factories import PASSWORD, Team, a_case, a_team, an_enterprise

Run = Callable[..., Result]
CODE = re.compile(r"\b[A-Z0-9]{4}(?:-[A-Z0-9]{4}){3}\b")


@pytest.fixture
def team(sqlite_database: Database, now: datetime) -> Team:
    found = a_team(sqlite_database, now=now)
    settle_in(sqlite_database, found.officer, now)
    return found


@pytest.fixture
def run(
    sqlite_database: Database, tmp_path: Path, now: datetime, team: Team, monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Call the command as the shell does; acts are the officer's."""
    monkeypatch.setenv("CREDIT_REGISTRY_DATABASE_URL", str(sqlite_database.engine.url))
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(tmp_path / "var"))
    login = team.officer.label.partition(":")[2]

    def call(act: str, *arguments: str) -> Result:
        by = () if act == "list" else ("--as", login)
        with time_machine.travel(now, tick=True):
            return CliRunner().invoke(
                main, ["listing", "invitation", act, *arguments, *by, "--json"], input=f"{OWN_PASSWORD}\n"
            )

    return call


def test_a_code_goes_into_a_file_for_its_officer_alone_and_opens_the_door(
    run: Run, sqlite_database: Database, team: Team, tmp_path: Path, now: datetime
) -> None:
    case = a_case(sqlite_database, "NOTIFIED", team=team)
    sheet = tmp_path / "sheet.txt"

    result = run("issue", "--case", str(case.case_id), "--to", str(sheet))

    assert result.exit_code == 0, result.output
    code = CODE.search(sheet.read_text(encoding="utf-8"))
    assert code is not None
    assert code.group() not in result.output and CODE.search(result.output) is None
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600
    settings = Settings.from_env()
    theirs = Database(settings.database_url, vault_of(settings))
    with theirs.read() as session:
        attempt = invitations.weigh(
            session,
            case.uscc or "",
            code.group(),
            name="陈一",
            role="agent",
            password=PASSWORD,
            address="-",
            now=now,
        )
    assert theirs.run(lambda session: invitations.enrol(session, attempt, now=now)).refusal is None
    theirs.dispose()
    (listed,) = json.loads(run("list", case.uscc or "").stdout)["invitations"]
    assert (listed["state"], listed["case"]) == ("used", case.case_id)


def test_no_file_is_overwritten_and_none_is_left_by_a_refusal(
    run: Run, sqlite_database: Database, team: Team, tmp_path: Path
) -> None:
    there, new = tmp_path / "there.txt", tmp_path / "new.txt"
    there.write_text("kept", encoding="utf-8")
    uscc = an_enterprise(sqlite_database).uscc or ""

    taken = run("issue", "--uscc", uscc, "--to", str(there))
    unknown = run("issue", "--case", "999", "--to", str(new))

    assert (taken.exit_code, json.loads(taken.stdout)["error"]["code"]) == (2, "sheet-not-new")
    assert there.read_text(encoding="utf-8") == "kept"
    assert (unknown.exit_code, new.exists()) == (2, False)
    assert json.loads(run("list", uscc).stdout) == {"invitations": []}


def test_a_lost_code_is_made_worthless(run: Run, sqlite_database: Database, tmp_path: Path) -> None:
    uscc = an_enterprise(sqlite_database).uscc or ""
    made = json.loads(run("issue", "--uscc", uscc, "--to", str(tmp_path / "sheet.txt")).stdout)

    ended = run("void", str(made["invitation"]), "--reason", "遗失")

    assert json.loads(ended.stdout)["state"] == "voided"
