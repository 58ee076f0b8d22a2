"""`credit-registry key …`: keys of other systems, and the installation's own secrets."""

import secrets
from datetime import datetime, timedelta

import click

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.cli.offices import office_named
from credit_registry.domain.permissions import KEY_SCOPES, PERMISSION_TITLES
from credit_registry.services import keys
from credit_registry.settings import PREFIX

_SCOPES = "、".join(f"{scope.value} {PERMISSION_TITLES[scope]}" for scope in sorted(KEY_SCOPES))


@click.group()
def key() -> None:
    """接口密钥：新建、撤销、查看；生成生产环境的密钥值。"""


@key.command("new")
@click.option("--title", required=True, help="用于哪个系统、做什么。")
@click.option("--office", "office_name", required=True, help="部门名称、简称或代码。")
@click.option("--scope", "scopes", multiple=True, required=True, help=f"权限，可多次给出：{_SCOPES}。")
@click.option(
    "--days", type=click.IntRange(1, 366), default=365, show_default=True, help="有效天数，最长一年。"
)
@context.json_option
@context.refusals_explained
def new(title: str, office_name: str, scopes: tuple[str, ...], days: int, is_json: bool) -> None:
    """新建密钥，打印一次。"""
    now = clock.now()
    with context.database() as database:
        made, secret = database.run(
            lambda session: keys.create_key(
                session,
                context.operator(),
                title=title,
                office_id=office_named(session, office_name).id,
                scopes=scopes,
                expires_on=clock.local_day(now + timedelta(days=days)),
                now=now,
            )
        )
    text = f"已新建密钥 {made.prefix}（{made.title}），到期日 {made.expires_on}。\n密钥（只显示这一次）：{secret}"
    context.say({**_document(made), "key": secret}, text, is_json=is_json)


@key.command("revoke")
@click.argument("prefix")
@click.option("--reason", required=True, help="理由，写入审计日志。")
@context.json_option
@context.refusals_explained
def revoke(prefix: str, reason: str, is_json: bool) -> None:
    """撤销密钥（PREFIX 为 hd_ 开头的前段）：下一次请求即失效。"""
    with context.database() as database:
        ended = database.run(
            lambda session: keys.revoke_key(
                session, context.operator(), prefix, reason=reason, now=clock.now()
            )
        )
    context.say(_document(ended), f"已撤销密钥 {ended.prefix}。", is_json=is_json)


@key.command("list")
@context.json_option
@context.refusals_explained
def list_(is_json: bool) -> None:
    """列出所有密钥（不含密钥本身）。"""
    with context.database() as database, database.read() as session:
        found = keys.page_keys(session, context.operator()).items
    lines = [
        f"{one.prefix}  {one.title}  {one.office_name}  到期 {one.expires_on}{'  已撤销' if one.revoked_at else ''}"
        for one in found
    ]
    text = "\n".join(lines) or "还没有密钥。用 credit-registry key new 新建。"
    context.say({"keys": [_document(one) for one in found]}, text, is_json=is_json)


@key.command("secret")
@context.json_option
def secret(is_json: bool) -> None:
    """生成生产环境用的 SECRET_KEY 和 IDENTITY_KEY 的值；不保存，请自行妥善保管。"""
    made = {f"{PREFIX}{name}": secrets.token_hex(32) for name in ("SECRET_KEY", "IDENTITY_KEY")}
    context.say(made, "\n".join(f"{name}={value}" for name, value in made.items()), is_json=is_json)


def _document(view: keys.KeyView) -> dict[str, object]:
    return {
        "prefix": view.prefix,
        "title": view.title,
        "office_id": view.office_id,
        "office": view.office_name,
        "scopes": [scope.value for scope in view.scopes],
        "created_at": _iso(view.created_at),
        "expires_on": view.expires_on.isoformat(),
        "revoked_at": _iso(view.revoked_at),
        "last_used_on": view.last_used_on.isoformat() if view.last_used_on else None,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
