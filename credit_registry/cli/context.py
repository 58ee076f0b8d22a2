"""What every command shares: the database, the operator, how answers and refusals are printed."""

import functools
import getpass
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from credit_registry.domain.errors import Refusal
from credit_registry.domain.permissions import Actor, terminal_operator
from credit_registry.settings import Settings, SettingsError
from credit_registry.storage.database import Database
from credit_registry.storage.migrations import require_current, vault_of

P = ParamSpec("P")
R = TypeVar("R")

DONE, DEFECT, REFUSED, WITH_PROBLEMS = 0, 1, 2, 3


def settings() -> Settings:
    try:
        return Settings.from_env()
    except SettingsError as error:
        refuse(Refusal(str(error), code="settings"), is_json=False)


@contextmanager
def database(*, migrated: bool = True) -> Iterator[Database]:
    """The database that the environment names; refused when it is not migrated."""
    chosen = settings()
    opened = Database(chosen.database_url, vault_of(chosen))
    _adopt_layouts(chosen)
    try:
        if migrated:
            require_current(opened)
        yield opened
    finally:
        opened.dispose()


def _adopt_layouts(chosen: Settings) -> None:
    """Layouts are needed by few commands: looking for a folder is cheap, loading the importers is not."""
    if any(chosen.layouts.glob("*.yaml")):
        from credit_registry.services import layouts

        for name, problem in layouts.adopt(chosen.layouts).items():
            click.echo(f"注意：版式 {name} 不能使用，没有启用：{problem}", err=True)


def operator() -> Actor:
    """Whoever is at this terminal, by the login of the operating system; acts of due process need `officers.acting`."""
    return terminal_operator(system_login())


def system_login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def say(document: Any, text: str, *, is_json: bool) -> None:
    """Print one JSON document, or the text for people."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2) if is_json else text)


def refuse(refusal: Refusal, *, is_json: bool) -> NoReturn:
    """Print the sentence on standard error (and the document on standard output) and leave with 2."""
    if is_json:
        error = {"code": refusal.code, "message": refusal.message, "facts": refusal.facts}
        click.echo(json.dumps({"error": error}, ensure_ascii=False, indent=2))
    click.echo(refusal.message, err=True)
    sys.exit(REFUSED)


def refusals_explained(command: Callable[P, R]) -> Callable[P, R]:
    """Decorate a command: a refusal becomes a sentence and exit code 2; a defect stays a traceback and 1.

    Reads the command's own ``is_json`` argument, where it has one.
    """

    @functools.wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Refusal as refusal:
            refuse(refusal, is_json=bool(kwargs.get("is_json", False)))

    return guarded


json_option = click.option("--json", "is_json", is_flag=True, help="只在标准输出打印一个 JSON 文档。")


def is_terminal() -> bool:
    """Whether a person watches: progress bars are for people only."""
    return sys.stderr.isatty()
