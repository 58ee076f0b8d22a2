"""What the documents promise is there, and what they print runs."""

import ast
import re
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from credit_registry.cli.group import COMMANDS
from credit_registry.domain.audit import AuditEntry
from credit_registry.storage import backups
from credit_registry.storage.database import Database
from credit_registry.storage.migrations import migrate
from credit_registry.storage.queries import audit
from tests.conftest import VAULT
from tests.house import error_codes
from tests.postgres import Cluster

ROOT = error_codes.ROOT
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
DEPLOY = ROOT / "docs" / "deploy.md"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def test_the_table_of_codes_is_that_of_the_source() -> None:
    assert error_codes.DOCUMENT.read_text(encoding="utf-8") == error_codes.document(), "run: make golden"


def test_the_reader_of_codes_finds_them() -> None:
    codes = {row.code for row in error_codes.refusals()}

    assert {"not-found", "backup-damaged", "stale-version", "database-not-empty"} <= codes
    assert {"R-USCC-CHECK", "R-DATE-FUTURE"} <= {code for code, *_ in error_codes.problems()}


def test_every_setting_is_in_the_deployment_guide_and_none_besides() -> None:
    tree = ast.parse((ROOT / "credit_registry" / "settings.py").read_text(encoding="utf-8"))
    read = {
        f"CREDIT_REGISTRY_{node.args[0].value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and isinstance(node.args[0], ast.Constant)
    }
    documented = set(
        re.findall(r"^\| `(CREDIT_REGISTRY_[A-Z_]+)` \|", DEPLOY.read_text(encoding="utf-8"), re.M)
    )

    assert documented == read
    assert len(read) > 10


def test_every_command_is_in_the_readme() -> None:
    text = READMES[0].read_text(encoding="utf-8")

    assert [name for name in COMMANDS if not re.search(rf"`[^`\n]*\b{name}\b[^`\n]*`", text)] == []


def test_make_alone_prints_every_target_with_what_it_does() -> None:
    printed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    declared = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert declared is not None

    shown = {line.split()[0] for line in printed.splitlines()[1:]}
    assert shown == set(declared.group(1).split()) - {"system"}
    assert {"run", "test", "lint", "types", "migrate", "bench", "torture"} <= shown


@pytest.mark.parametrize("readme", READMES, ids=["english", "chinese"])
def test_every_link_of_a_readme_leads_to_a_file(readme: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", readme.read_text(encoding="utf-8"))

    assert [link for link in links if not (ROOT / link).exists()] == []
    assert {"docs/images/public.png", "docs/images/console.png", "docs/images/api.png"} <= set(links)


def test_pictures_are_small() -> None:
    pictures = list((ROOT / "docs" / "images").glob("*.png"))

    assert [picture.name for picture in pictures if picture.stat().st_size > 300_000] == []
    assert len(pictures) >= 3


def test_no_lock_holds_an_address() -> None:
    locks = list((ROOT / "requirements").glob("*.txt"))

    assert [lock.name for lock in locks if "://" in lock.read_text(encoding="utf-8")] == []
    assert len(locks) >= 4
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


def shell_blocks(text: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)


def tour_of(readme: Path) -> str:
    """The commands of the tour, as they stand in the file."""
    text = readme.read_text(encoding="utf-8")
    section = re.split(r"^## .*(?:tour|导览).*$", text, flags=re.M)[1].split("\n## ")[0]
    (block,) = shell_blocks(section)
    return block


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """A folder that looks like the checkout after `make run`, with its server on a port of its own."""
    folder = tmp_path_factory.mktemp("tour")
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "scoring_rules").symlink_to(ROOT / "scoring_rules")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    start = (
        "credit-registry migrate && credit-registry demo > demo.txt && exec credit-registry serve --workers 1"
    )
    server = subprocess.Popen(
        ["bash", "-euc", f'export PATH="$PWD/.venv/bin:$PATH" CREDIT_REGISTRY_DEMONSTRATION=1; {start} --bind 127.0.0.1:{port}'],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        _wait_for(port, server)
        yield folder, port
    finally:
        server.terminate()
        server.communicate(timeout=30)


def _wait_for(port: int, server: subprocess.Popen[str]) -> None:
    for _ in range(900):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            return
        except urllib.error.URLError:
            try:
                server.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(server.communicate()[0]) from None
    raise TimeoutError


@pytest.mark.parametrize("readme", READMES, ids=["english", "chinese"])
def test_the_tour_runs_as_it_is_printed(readme: Path, checkout: tuple[Path, int]) -> None:
    folder, port = checkout
    commands = tour_of(readme).replace("127.0.0.1:8000", f"127.0.0.1:{port}")

    ran = subprocess.run(["bash", "-euxc", commands], cwd=folder, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "暂停项目审批" in ran.stdout
    assert "审计日志" in ran.stdout
    assert "Traceback" not in ran.stderr


def test_the_tour_can_be_taken_twice_and_leaves_a_form_and_backups(checkout: tuple[Path, int]) -> None:
    folder, port = checkout
    commands = tour_of(READMES[0]).replace("127.0.0.1:8000", f"127.0.0.1:{port}")

    for _ in range(2):
        subprocess.run(["bash", "-euc", commands], cwd=folder, capture_output=True, check=True)

    assert len(list((folder / "var").glob("credit-registry-*Z.tar.gz"))) >= 2
    assert (folder / "penalties.xlsx").stat().st_size > 1_000


def test_the_roles_of_the_deployment_guide_can_do_their_work_and_no_more(
    cluster: Cluster, tmp_path: Path
) -> None:
    """The statements as they are printed: owner, service and copier of a PostgreSQL installation."""
    text = DEPLOY.read_text(encoding="utf-8")
    (statements,) = re.findall(r"<<'SQL'\n(.*?)^SQL$", text, re.M | re.S)
    (forbidden,) = re.findall(r"-c '(REVOKE [^']+)'", text)
    psql = [
        str(shutil.which("psql")),
        "-v",
        "ON_ERROR_STOP=1",
        "-q",
        "-h",
        str(cluster.folder),
        "-U",
        cluster.user,
    ]
    subprocess.run([*psql, "postgres"], input=statements, text=True, check=True, capture_output=True)

    def opened(role: str) -> Database:
        return Database(f"postgresql+psycopg://{role}@/registry?host={cluster.folder}", VAULT)

    owner, service, copier = (opened(f"registry_{name}") for name in ("owner", "service", "backup"))
    try:
        migrate(owner)
        subprocess.run([*psql, "registry", "-c", forbidden], check=True, capture_output=True)
        entry = AuditEntry("account:li", None, "test:note", "case:1", NOW)
        service.run(lambda session: audit.append(session, entry))
        made = backups.back_up(copier, tmp_path / "attachments", tmp_path / "copy.tar.gz", now=NOW)

        assert made.audit_entries == 1
        for database, statement in (
            (service, "DELETE FROM audit_entries"),
            (service, "DROP TABLE audit_entries"),
            (copier, "DELETE FROM offices"),
        ):
            with (
                database.engine.connect() as connection,
                pytest.raises(Exception, match=r"permission denied|must be owner"),
            ):
                connection.exec_driver_sql(statement)
    finally:
        for database in (owner, service, copier):
            database.dispose()
        cluster.drop("registry")
