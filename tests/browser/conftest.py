"""A real browser against a real server on loopback: every page is watched for errors while a test uses it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response
from werkzeug.serving import make_server

from credit_registry.app import create_app
from credit_registry.domain.permissions import Role
from credit_registry.services import accounts, sessions
from credit_registry.settings import Settings
from credit_registry.storage.database import Database
from tests.factories import PASSWORD, an_account, an_office

CHROMIUM = Path("/usr/bin/chromium")
INSTALL = "apt-get install -y chromium fonts-noto-cjk"
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
OWN = "Neue-Wiese-88-Baum"
AUTHORITY = "11110108000000000F"

# Chromium as root in a closed network: no sandbox of its own, and nobody to call home to.
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=zh-CN",
)  # fmt: skip


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if not CHROMIUM.exists():
        raise RuntimeError(f"Chromium is not installed; the browser tests need it. Run: {INSTALL}")
    return {**browser_type_launch_args, "executable_path": str(CHROMIUM), "args": list(_FLAGS)}


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The application on a free loopback port, in a thread of this process (so that it shares the test's clock)."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    """The server's present, which a test may move; the browser keeps its own."""
    with time_machine.travel(now, tick=True) as traveller:
        yield traveller


@pytest.fixture
def address(
    sqlite_database: Database, tmp_path: Path, clock: time_machine.Traveller, caplog: pytest.LogCaptureFixture
) -> Iterator[str]:
    """A server over an empty register."""
    settings = Settings(database_url="", var=tmp_path, secret_key="s" * 64, identity_key=bytes(32))
    with serving(create_app(settings, sqlite_database)) as url:
        yield url


@dataclass
class Watch:
    """What went wrong in the browser: errors of scripts, refusals of the content policy, answers of 500."""

    troubles: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> BrowserContext:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.troubles.append(f"script: {error.error}"))
        context.on("response", self._response)
        return context

    def _console(self, message: ConsoleMessage) -> None:
        # An answer of 4xx that the test asked for is logged by the browser as an error of loading.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.troubles.append(f"console: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.troubles.append(f"{response.status}: {response.url}")


@pytest.fixture
def watch() -> Iterator[Watch]:
    watching = Watch()
    yield watching
    assert watching.troubles == []


@pytest.fixture
def visit(browser: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """A page of its own browser context: another person at another desk."""
    opened: list[BrowserContext] = []

    def make(**options: Any) -> Page:
        given = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, **options}
        context = watch.over(browser.new_context(**given))
        context.set_default_timeout(15_000)
        opened.append(context)
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    yield make
    for context in opened:
        context.close()


@dataclass(frozen=True)
class Desk:
    """A person at a browser, signed in."""

    page: Page
    address: str
    login: str

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, password: str = OWN) -> None:
        self.open("/sign-in")
        self.page.get_by_label("账号").fill(self.login)
        self.page.get_by_label("密码").fill(password)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_url("**/console/**")


@pytest.fixture
def desk(
    address: str, visit: Callable[..., Page], sqlite_database: Database, now: datetime
) -> Callable[..., Desk]:
    """Somebody with these roles at a desk of their own."""

    def make(*roles: Role, signed_in: bool = True, **options: Any) -> Desk:
        office = an_office(sqlite_database, authority_code=AUTHORITY, is_keeper=True)
        account = an_account(sqlite_database, *roles, office=office)
        with sqlite_database.begin() as session:
            actor = accounts.actor_of(session, account.login, now=now)
            sessions.change_password(session, actor, old=PASSWORD, new=OWN, now=now)
        made = Desk(visit(**options), address, account.login)
        if signed_in:
            made.sign_in()
        return made

    return make


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with the page for people who use it otherwise than by eye and mouse."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})"
    )
    assert found["passes"], "axe-core checked nothing"
    return [
        f"{each['id']}: {each['help']} ({'; '.join(node['html'][:120] for node in each['nodes'][:3])})"
        for each in found["violations"]
    ]
