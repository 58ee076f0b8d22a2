"""The main command: sub-commands are imported when they are called, so that `--help` stays light."""

import importlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from credit_registry.cli.usage import Unreadable

COMMANDS: dict[str, str] = {
    "import": "credit_registry.cli.imports:import_",
    "template": "credit_registry.cli.template:template",
    "layout": "credit_registry.cli.layouts:layout",
    "assess": "credit_registry.cli.assess:assess",
    "daily": "credit_registry.cli.assess:daily",
    "grade": "credit_registry.cli.grade:grade",
    "lookup": "credit_registry.cli.lookup:lookup",
    "listing": "credit_registry.cli.listing:listing",
    "ruleset": "credit_registry.cli.ruleset:ruleset",
    "migrate": "credit_registry.cli.migrate:migrate",
    "demo": "credit_registry.cli.demo:demo",
    "serve": "credit_registry.cli.serve:serve",
    "worker": "credit_registry.cli.worker:worker",
    "office": "credit_registry.cli.offices:office",
    "account": "credit_registry.cli.accounts:account",
    "key": "credit_registry.cli.keys:key",
    "backup": "credit_registry.cli.backup:backup",
    "restore": "credit_registry.cli.backup:restore",
    "audit": "credit_registry.cli.audit:audit",
    "doctor": "credit_registry.cli.doctor:doctor",
}

_IS_JSON = "credit_registry.is_json"


@contextmanager
def _explained(ctx: click.Context) -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        told = Unreadable(error)
        if ctx.meta[_IS_JSON]:
            document = {"code": "usage", "message": told.message, "facts": {}}
            click.echo(json.dumps({"error": document}, ensure_ascii=False, indent=2))
        raise told from None


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports each on demand.

    A command line that cannot be read is a refusal like any other: whoever asked for JSON gets a document.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_IS_JSON] = "--json" in args
        with _explained(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        with _explained(ctx):
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="credit-registry")
def main() -> None:
    """海淀区企业安全信用管理：导入、评价、名单、查询、公示。"""
