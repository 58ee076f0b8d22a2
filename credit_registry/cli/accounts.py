"""`credit-registry account …`: the people who sign in, from the first administrator on."""

from datetime import date, datetime

import click

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.cli.offices import office_named
from credit_registry.domain.permissions import ROLE_TITLES, Role
from credit_registry.services import accounts, delegations

_ROLES = "、".join(f"{role.value} {title}" for role, title in ROLE_TITLES.items())
login_option = click.option("--login", required=True, help="账号名。")
reason_option = click.option("--reason", required=True, help="理由，写入审计日志。")


@click.group()
def account() -> None:
    """账号：开通、停用、启用、重置密码、查看、委托代行。"""


@account.command("add")
@login_option
@click.option("--name", required=True, help="姓名。")
@click.option("--office", "office_name", required=True, help="部门名称、简称或代码。")
@click.option("--role", "roles", multiple=True, required=True, help=f"角色，可多次给出：{_ROLES}。")
@click.option("--subdistrict", "subdistricts", multiple=True, help="只看这些街镇（代码）；不给则为全区。")
@click.option("--person", help="本人的工号或证件号码，只保存加密摘要：同一人的几个账号不算两个人。")
@context.json_option
@context.refusals_explained
def add(
    login: str,
    name: str,
    office_name: str,
    roles: tuple[str, ...],
    subdistricts: tuple[str, ...],
    person: str | None,
    is_json: bool,
) -> None:
    """开通账号，打印一次性密码。"""
    with context.database() as database:
        made, password = database.run(
            lambda session: accounts.create(
                session,
                context.operator(),
                login,
                name=name,
                office_id=office_named(session, office_name).id,
                roles=roles,
                subdistricts=subdistricts,
                person=person,
                now=clock.now(),
            )
        )
    text = f"已开通账号 {made.login}（{_titles(made.roles)}）。\n一次性密码（只显示这一次，首次登录须修改）：{password}"
    context.say({**_document(made), "password": password}, text, is_json=is_json)


@account.command("identify")
@login_option
@click.option(
    "--person", prompt="工号或证件号码", hide_input=True, help="本人的工号或证件号码；不给则在提示后输入。"
)
@context.json_option
@context.refusals_explained
def identify(login: str, person: str, is_json: bool) -> None:
    """登记账号属于哪个人；登记后不能更改。"""
    with context.database() as database:
        changed = database.run(
            lambda session: accounts.identify(
                session, context.operator(), login, person=person, now=clock.now()
            )
        )
    context.say(_document(changed), f"已登记账号 {changed.login} 的人员。", is_json=is_json)


@account.command("disable")
@login_option
@reason_option
@context.json_option
@context.refusals_explained
def disable(login: str, reason: str, is_json: bool) -> None:
    """停用账号：已登录的立即退出。"""
    with context.database() as database:
        changed = database.run(
            lambda session: accounts.disable(
                session, context.operator(), login, reason=reason, now=clock.now()
            )
        )
    context.say(_document(changed), f"已停用账号 {changed.login}。", is_json=is_json)


@account.command("enable")
@login_option
@reason_option
@context.json_option
@context.refusals_explained
def enable(login: str, reason: str, is_json: bool) -> None:
    """启用已停用或已锁定的账号。"""
    with context.database() as database:
        changed = database.run(
            lambda session: accounts.enable(
                session, context.operator(), login, reason=reason, now=clock.now()
            )
        )
    context.say(_document(changed), f"已启用账号 {changed.login}。", is_json=is_json)


@account.command("reset")
@login_option
@context.json_option
@context.refusals_explained
def reset(login: str, is_json: bool) -> None:
    """重置密码，打印新的一次性密码；原密码和已登录的会话立即失效。"""
    with context.database() as database:
        changed, password = database.run(
            lambda session: accounts.reset(session, context.operator(), login, now=clock.now())
        )
    text = f"已重置账号 {changed.login} 的密码。\n一次性密码（只显示这一次，首次登录须修改）：{password}"
    context.say({**_document(changed), "password": password}, text, is_json=is_json)


@account.command("list")
@context.json_option
@context.refusals_explained
def list_(is_json: bool) -> None:
    """列出所有账号。"""
    found: list[accounts.AccountView] = []
    with context.database() as database, database.read() as session:
        after: str | None = None
        while True:
            page = accounts.page(session, context.operator(), after=after, limit=200)
            found.extend(page.items)
            if page.after is None:
                break
            after = page.after
    lines = [
        f"{one.login:<16} {one.name}  {one.office_name}  {_titles(one.roles)}{'  已停用' if one.disabled_at else ''}"
        for one in found
    ]
    text = "\n".join(lines) or "还没有账号。用 credit-registry account add 开通第一个系统管理员。"
    context.say({"accounts": [_document(one) for one in found]}, text, is_json=is_json)


@account.command("delegate")
@click.option("--from", "lender", required=True, help="委托人账号。")
@click.option("--to", "borrower", required=True, help="受托人账号（同一部门）。")
@click.option("--role", required=True, help="委托代行的角色。")
@click.option(
    "--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="截止日（该日起失效），年-月-日。"
)
@reason_option
@context.json_option
@context.refusals_explained
def delegate(lender: str, borrower: str, role: str, until: datetime, reason: str, is_json: bool) -> None:
    """把一项业务角色委托同部门人员在一段时间内代行。"""
    with context.database() as database:
        made = database.run(
            lambda session: delegations.delegate(
                session,
                context.operator(),
                lender,
                borrower,
                role=role,
                until=until.date(),
                reason=reason,
                now=clock.now(),
            )
        )
    document = {
        "delegation": made.id,
        "role": made.role.value,
        "from": made.lender,
        "to": made.borrower,
        "valid_from": made.valid_from.isoformat(),
        "valid_until": made.valid_until.isoformat(),
    }
    text = f"已委托 {made.borrower} 代行 {made.lender} 的“{ROLE_TITLES[made.role]}”，至 {made.valid_until} 前有效。"
    context.say(document, text, is_json=is_json)


def _titles(roles: tuple[Role, ...]) -> str:
    return "、".join(ROLE_TITLES[role] for role in roles)


def _document(view: accounts.AccountView) -> dict[str, object]:
    return {
        "login": view.login,
        "name": view.name,
        "office_id": view.office_id,
        "office": view.office_name,
        "roles": [role.value for role in view.roles],
        "subdistricts": list(view.subdistricts),
        "must_change_password": view.must_change_password,
        "disabled_at": _iso(view.disabled_at),
        "locked_until": _iso(view.locked_until),
        "created_at": _iso(view.created_at),
    }


def _iso(at: datetime | date | None) -> str | None:
    return at.isoformat() if at else None
