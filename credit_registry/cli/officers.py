"""Acting at the terminal as a named officer: due process is for persons, and a login of the machine is none.

`--as LOGIN` asks for the officer's own password, on the terminal or as the next line of standard input, never on the
command line, which others can read. The session ends with the command.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.domain.errors import InvalidInput, NotAllowed
from credit_registry.domain.permissions import Actor
from credit_registry.services import sessions
from credit_registry.services.situations import Papers
from credit_registry.storage.database import Database

C = TypeVar("C", bound=Callable[..., Any])

_as_option = click.option(
    "--as",
    "login",
    required=True,
    metavar="LOGIN",
    help="以谁的账号办理；密码在终端输入，或由标准输入给出一行。",
)
_code_option = click.option("--code", default="", help="动态口令（启用了的账号）。")
paper_option = click.option(
    "--paper", "papers", multiple=True, metavar="KIND.FIELD=VALUE", help="文书的栏目，可多次给出。"
)
version_option = click.option(
    "--version", type=click.IntRange(1), help="所见的版本；不在终端上办理时必须给出。"
)
yes_option = click.option("--yes", "is_sure", is_flag=True, help="不再询问确认。")


def acts_of_officer(command: C) -> C:
    """Decorate an act: it takes ``login``, ``code`` and ``is_json``, and explains its refusals."""
    return _as_option(_code_option(context.json_option(context.refusals_explained(command))))  # type: ignore[return-value]


@contextmanager
def acting(database: Database, login: str, code: str) -> Iterator[Actor]:
    """The officer behind ``login``, proved by password (and code), for the length of one command.

    Raises:
        NotSignedIn: wrong, unknown, disabled or locked, in one and the same sentence.
        NotAllowed: ``password-due``.
    """
    password = secret("密码")
    address = f"terminal:{context.system_login()}"[:64]
    now = clock.now()
    with database.read() as session:
        attempt = sessions.weigh(session, login, password, address=address, now=now, code=code)
    result = database.run(lambda session: sessions.sign_in(session, attempt, now=now))
    if result.refusal is not None:
        raise result.refusal
    actor, token = result.actor, result.token
    assert actor is not None, "who is signed in is somebody"
    assert token is not None, "and has a token"
    try:
        with database.read() as session:
            live = sessions.find_session(session, token, now=now)
        if live is None or live.must_change_password:
            raise NotAllowed("请先在网页上修改密码，再在终端办理。", code="password-due")
        yield actor
    finally:
        database.run(lambda session: sessions.sign_out(session, actor, token, now=clock.now()))


def secret(title: str) -> str:
    """A line that must not be seen: typed without echo, or the next line of standard input."""
    if sys.stdin.isatty():
        return str(click.prompt(title, hide_input=True, err=True))
    line = sys.stdin.readline()
    if not line:
        raise InvalidInput(
            f"标准输入中没有“{title}”。请在终端上运行，或者由标准输入逐行给出。", code="input-missing"
        )
    return line.rstrip("\r\n")


def read_papers(given: Sequence[str]) -> Papers:
    """``kind.field=value`` into fields by paper.

    Raises:
        InvalidInput: ``paper-unreadable``, another form than this.
    """
    papers: dict[str, dict[str, object]] = {}
    for text in given:
        name, equals, value = text.partition("=")
        kind, dot, field = name.partition(".")
        if not (equals and dot and kind and field):
            raise InvalidInput(
                f"读不懂文书“{text[:40]}”。请写成 service_receipt.served_on=2026-11-24 的形式。",
                code="paper-unreadable",
            )
        papers.setdefault(kind.strip(), {})[field.strip()] = value
    return papers


def settle_version(given: int | None, found: int, question: str, *, is_sure: bool) -> int:
    """The version to act on: the one given, or on a terminal the present one, after a yes.

    Raises:
        InvalidInput: ``version-missing``, off a terminal.
    """
    if given is None and not sys.stdin.isatty():
        raise InvalidInput(
            f"请用 --version 给出所见的版本（现为 {found}），以免覆盖他人的办理。",
            code="version-missing",
            facts={"version": found},
        )
    if sys.stdin.isatty() and not is_sure:
        click.confirm(question, abort=True, err=True)
    return given or found
