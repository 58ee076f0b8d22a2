"""`credit-registry office …`: the departments that act in the registry."""

import dataclasses
from collections.abc import Callable
from typing import Any

import click

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.domain.errors import NotFound
from credit_registry.services import offices
from credit_registry.services.offices import OfficeView
from credit_registry.storage.database import Session


def office_named(session: Session, name: str) -> OfficeView:
    """The office that an operator means by a name, short name or code.

    Raises:
        NotFound: with the command that lists them.
    """
    found = offices.find(session, name)
    if found is None:
        raise NotFound(
            f"没有部门“{name}”。用 credit-registry office list 查看，用 office add 登记。",
            code="unknown-office",
            facts={"office": name},
        )
    return found


@click.group()
def office() -> None:
    """部门：登记、查看、修改、停用、恢复。"""


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
            lambda session: offices.create(
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
    context.say(_document(made), f"已登记部门：{made.name}（编号 {made.id}）。", is_json=is_json)


@office.command("list")
@context.json_option
@context.refusals_explained
def list_(is_json: bool) -> None:
    """列出所有部门。"""
    with context.database() as database, database.read() as session:
        found = offices.page(session, context.operator()).items
    lines = [
        f"{one.id:>4}  {one.name}  {one.authority_code or '（无代码）'}{'  登记机关' if one.is_keeper else ''}{'  已停用' if one.closed_at else ''}"
        for one in found
    ]
    text = "\n".join(lines) or "还没有登记部门。用 credit-registry office add 登记。"
    context.say({"offices": [_document(one) for one in found]}, text, is_json=is_json)


@office.command("show")
@click.argument("name")
@context.json_option
@context.refusals_explained
def show(name: str, is_json: bool) -> None:
    """一个部门及其变更经过（NAME 为名称、简称或代码）。"""
    with context.database() as database, database.read() as session:
        found = office_named(session, name)
        history = offices.history(session, context.operator(), found.id)
    lines = [f"{found.name}（编号 {found.id}，第 {found.version} 版）{'  已停用' if found.closed_at else ''}"]
    lines += [f"  {TITLES[field]}：{_shown(getattr(found, field))}" for field in offices.FIELDS]
    for each in history:
        told = "；".join(
            f"{TITLES[field]} {_shown(before)} → {_shown(after)}"
            for field, (before, after) in each.changes.items()
        )
        lines.append(
            f"  {each.at:%Y-%m-%d}  {VERBS[each.verb]}  {each.actor}  {told}  {each.reason or ''}".rstrip()
        )
    document = {
        **_document(found),
        "history": [
            {
                "verb": each.verb,
                "actor": each.actor,
                "at": each.at.isoformat(),
                "reason": each.reason,
                "changes": {field: list(pair) for field, pair in each.changes.items()},
            }
            for each in history
        ],
    }
    context.say(document, "\n".join(lines), is_json=is_json)


@office.command("amend")
@click.argument("name")
@click.option("--name", "new_name", help="新名称。")
@click.option("--short", "short_name", help="新简称（用于文号）。")
@click.option("--code", "authority_code", help="统一社会信用代码；空文本取消。")
@click.option("--domain", type=click.Choice(["safety", "fire", ""]), help="处罚领域；空文本取消。")
@click.option("--subdistrict", "subdistrict_code", help="街镇代码；空文本取消。")
@click.option("--keeper/--no-keeper", "is_keeper", default=None, help="是否登记机关。")
@click.option("--reason", required=True, help="理由，写入审计日志。")
@context.json_option
@context.refusals_explained
def amend(name: str, new_name: str | None, reason: str, is_json: bool, **given: Any) -> None:
    """修改一个部门（NAME 为名称、简称或代码）；原来的值留在审计日志中。"""
    changes = {field: value for field, value in {"name": new_name, **given}.items() if value is not None}
    _change(
        name,
        lambda session, found: offices.amend(
            session,
            context.operator(),
            found.id,
            changes,
            version=found.version,
            reason=reason,
            now=clock.now(),
        ),
        "已修改部门：{}。",
        is_json=is_json,
    )


@office.command("close")
@click.argument("name")
@click.option("--reason", required=True, help="理由，写入审计日志。")
@context.json_option
@context.refusals_explained
def close(name: str, reason: str, is_json: bool) -> None:
    """停用一个部门：先停用其账号、撤销其密钥、办结其案件；已有的记录和决定不变。"""
    _change(
        name,
        lambda session, found: offices.close(
            session, context.operator(), found.id, version=found.version, reason=reason, now=clock.now()
        ),
        "已停用部门：{}。",
        is_json=is_json,
    )


@office.command("reopen")
@click.argument("name")
@click.option("--reason", required=True, help="理由，写入审计日志。")
@context.json_option
@context.refusals_explained
def reopen(name: str, reason: str, is_json: bool) -> None:
    """恢复一个停用的部门；账号逐个启用。"""
    _change(
        name,
        lambda session, found: offices.reopen(
            session, context.operator(), found.id, version=found.version, reason=reason, now=clock.now()
        ),
        "已恢复部门：{}。",
        is_json=is_json,
    )


TITLES = {
    "name": "名称",
    "short_name": "简称",
    "authority_code": "代码",
    "domain": "领域",
    "is_keeper": "登记机关",
    "subdistrict_code": "街镇",
}
VERBS = {"create": "登记", "amend": "修改", "close": "停用", "reopen": "恢复"}


def _change(name: str, act: Callable[[Session, OfficeView], OfficeView], said: str, *, is_json: bool) -> None:
    with context.database() as database:
        made = database.run(lambda session: act(session, office_named(session, name)))
    context.say(_document(made), said.format(made.name), is_json=is_json)


def _document(view: OfficeView) -> dict[str, Any]:
    return {
        **dataclasses.asdict(view),
        "closed_at": view.closed_at.isoformat() if view.closed_at else None,
    }


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value) if value else "（无）"
