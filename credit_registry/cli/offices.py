"""`credit-registry office …`: the departments that act in the registry."""

import dataclasses

import click

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.domain.errors import NotFound
from credit_registry.services import accounts
from credit_registry.storage.database import Session


def office_named(session: Session, name: str) -> accounts.OfficeView:
    """The office that an operator means by a name, short name or code.

    Raises:
        NotFound: with the command that lists them.
    """
    found = accounts.find_office(session, name)
    if found is None:
        raise NotFound(
            f"没有部门“{name}”。用 credit-registry office list 查看，用 office add 登记。",
            code="unknown-office",
            facts={"office": name},
        )
    return found


@click.group()
def office() -> None:
    """部门：登记、查看。"""


@office.command("add")
@click.argument("name")
@click.option("--short", "short_name", help="简称。")
@click.option("--code", "authority_code", help="部门的统一社会信用代码；记录中的处罚机关按它识别。")
@click.option("--domain", type=click.Choice(["safety", "fire"]), help="处罚领域：安全生产或消防。")
@click.option("--keeper", "is_keeper", is_flag=True, help="登记机关：可以导入其他部门的信息。")
@click.option("--subdistrict", "subdistrict_code", help="街镇代码；该部门人员只看本街镇企业。")
@context.json_option
@context.refusals_explained
def add(
    name: str,
    short_name: str | None,
    authority_code: str | None,
    domain: str | None,
    is_keeper: bool,
    subdistrict_code: str | None,
    is_json: bool,
) -> None:
    """登记一个部门。"""
    with context.database() as database:
        made = database.run(
            lambda session: accounts.create_office(
                session,
                context.operator(),
                name,
                now=clock.now(),
                short_name=short_name,
                authority_code=authority_code,
                domain=domain,
                is_keeper=is_keeper,
                subdistrict_code=subdistrict_code,
            )
        )
    context.say(dataclasses.asdict(made), f"已登记部门：{made.name}（编号 {made.id}）。", is_json=is_json)


@office.command("list")
@context.json_option
@context.refusals_explained
def list_(is_json: bool) -> None:
    """列出所有部门。"""
    with context.database() as database, database.read() as session:
        found = accounts.page_offices(session, context.operator()).items
    lines = [
        f"{one.id:>4}  {one.name}  {one.authority_code or '（无代码）'}{'  登记机关' if one.is_keeper else ''}"
        for one in found
    ]
    text = "\n".join(lines) or "还没有登记部门。用 credit-registry office add 登记。"
    context.say({"offices": [dataclasses.asdict(one) for one in found]}, text, is_json=is_json)
