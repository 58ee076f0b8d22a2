"""`credit-registry listing repair …`: credit repair of penalties, by named officers."""

from typing import Any

import click

from credit_registry import clock
from credit_registry.cli import case_text, context
from credit_registry.cli.officers import (
    acting,
    acts_of_officer,
    paper_option,
    read_papers,
    settle_version,
    version_option,
    yes_option,
)
from credit_registry.domain.permissions import Actor
from credit_registry.domain.repair_steps import ACTION_TITLES, APPLICATION, STATE_TITLES, STEPS
from credit_registry.services import case_documents, dossiers, penalty_repairs
from credit_registry.storage.database import Database


@click.group()
def repair() -> None:
    """处罚信息信用修复：登记申请、受理、决定；名单的提前移出用 listing step 办理。"""


@repair.command("list")
@click.option("--state", type=click.Choice(list(STATE_TITLES)), help="只看一种状态。")
@context.json_option
@context.refusals_explained
def list_(state: str | None, is_json: bool) -> None:
    """修复申请，先收到的在前。"""
    items: list[dict[str, Any]] = []
    after: str | None = None
    with context.database() as database, database.read() as session:
        while True:
            page = penalty_repairs.page(session, context.operator(), state=state, after=after, limit=500)
            items += [case_documents.repair_summary(each) for each in page.items]
            after = page.after
            if after is None:
                break
    lines = [
        f"{item['repair']:>6}  {item['state_title']}  记录 {item['record']}  {item['applied_on']}"
        for item in items
    ]
    context.say({"repairs": items}, "\n".join(lines) or "没有修复申请。", is_json=is_json)


@repair.command()
@click.argument("repair_id", metavar="REPAIR", type=int)
@context.json_option
@context.refusals_explained
def show(repair_id: int, is_json: bool) -> None:
    """一件修复申请的全部案卷，以及此时可以办理的步骤。"""
    with context.database() as database:
        document = _document(database, context.operator(), repair_id)
    context.say(document, case_text.repair(document), is_json=is_json)


@repair.command(help=f"登记收到的修复申请（RECORD 为处罚记录编号）；文书：{'、'.join(APPLICATION)}。")
@click.argument("record", type=int)
@paper_option
@acts_of_officer
def apply(record: int, papers: tuple[str, ...], login: str, code: str, is_json: bool) -> None:
    handed = read_papers(papers)
    with context.database() as database, acting(database, login, code) as actor:
        made = database.run(
            lambda session: penalty_repairs.apply(session, actor, record, handed_in=handed, now=clock.now())
        )
        document = _document(database, actor, made.repair_id)
    context.say(document, case_text.repair(document), is_json=is_json)


@repair.command()
@click.argument("repair_id", metavar="REPAIR", type=int)
@click.argument("action", metavar="ACTION", type=click.Choice([action for _, action in STEPS]))
@click.option("--reason", help="理由；步骤要求时必填。")
@paper_option
@version_option
@yes_option
@acts_of_officer
def step(
    repair_id: int,
    action: str,
    reason: str | None,
    papers: tuple[str, ...],
    version: int | None,
    is_sure: bool,
    login: str,
    code: str,
    is_json: bool,
) -> None:
    """受理或者不予受理，准予或者不予修复，因弄虚作假恢复；决定的人不能是受理的人。"""
    handed = read_papers(papers)
    with context.database() as database:
        seen = _document(database, context.operator(), repair_id)
        question = f"{seen['name']}（{seen['state_title']}）：确定办理“{ACTION_TITLES[action]}”吗？"
        chosen = settle_version(version, int(seen["version"]), question, is_sure=is_sure)
        with acting(database, login, code) as actor:
            database.run(
                lambda session: penalty_repairs.advance(
                    session,
                    actor,
                    repair_id,
                    action,
                    version=chosen,
                    reason=reason,
                    handed_in=handed,
                    now=clock.now(),
                )
            )
            document = _document(database, actor, repair_id)
    context.say(document, case_text.repair(document), is_json=is_json)


def _document(database: Database, actor: Actor, repair_id: int) -> dict[str, Any]:
    with database.read() as session:
        return dossiers.of_repair(session, actor, repair_id, now=clock.now()).as_dict()
