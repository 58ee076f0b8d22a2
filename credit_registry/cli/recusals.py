"""`credit-registry listing recusal …`: who keeps out of a case, declared, ordered and lifted by named officers."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.cli.officers import acting, acts_of_officer
from credit_registry.domain.permissions import Actor
from credit_registry.services import accounts, case_documents, listings, recusals
from credit_registry.storage.database import Database


@click.group()
def recusal() -> None:
    """回避：本人声明、审批人指令、解除。"""


@recusal.command("list")
@click.argument("case", type=int)
@context.json_option
@context.refusals_explained
def list_(case: int, is_json: bool) -> None:
    """一件案件现有的回避。"""
    with context.database() as database:
        items = _held(database, context.operator(), case)
    context.say({"recusals": items}, _text(items), is_json=is_json)


@recusal.command()
@click.argument("case", type=int)
@click.option(
    "--scope", required=True, type=click.Choice(list(recusals.SCOPES)), help="本案，或者该企业的全部案件。"
)
@click.option("--of", "colleague", metavar="LOGIN", help="由审批人指令回避的账号；不给即为本人回避。")
@click.option("--reason", required=True, help="理由。")
@acts_of_officer
def enter(
    case: int, scope: str, colleague: str | None, reason: str, login: str, code: str, is_json: bool
) -> None:
    """登记回避：本人的，或者由审批人指令同事的。"""
    with context.database() as database, acting(database, login, code) as actor:
        database.run(
            lambda session: recusals.recuse(
                session, actor, case, scope=scope, reason=reason, login=colleague, now=clock.now()
            )
        )
        items = _held(database, actor, case)
    context.say({"recusals": items}, _text(items), is_json=is_json)


@recusal.command()
@click.argument("case", type=int)
@click.argument("recusal_id", metavar="RECUSAL", type=int)
@click.option("--reason", required=True, help="理由。")
@acts_of_officer
def lift(case: int, recusal_id: int, reason: str, login: str, code: str, is_json: bool) -> None:
    """解除回避：由审批人办理，不能是本人。"""
    with context.database() as database, acting(database, login, code) as actor:
        database.run(
            lambda session: recusals.lift(session, actor, case, recusal_id, reason=reason, now=clock.now())
        )
        items = _held(database, actor, case)
    context.say({"recusals": items}, _text(items), is_json=is_json)


def _held(database: Database, actor: Actor, case: int) -> list[dict[str, Any]]:
    with database.read() as session:
        listings.get(session, actor, case, now=clock.now())
        names = accounts.names(session, actor)
        return [case_documents.recusal_document(each, names) for each in recusals.of_case(session, case)]


def _text(items: Sequence[Mapping[str, Any]]) -> str:
    told = [
        f"{item['recusal']:>6}  {item['name']}  {item['scope']}  {item['reason']}（{item['recorded_by']}登记）"
        for item in items
    ]
    return "\n".join(told) or "本案没有人员回避。"
