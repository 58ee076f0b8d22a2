"""`credit-registry listing invitation …`: one-time codes by which an enterprise opens its account.

A code is written into a file of its own, for its officer alone, and never to standard output or standard error:
what a terminal prints, logs and shell records keep.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.cli.officers import acting, acts_of_officer
from credit_registry.domain.answers import stamp
from credit_registry.domain.errors import InvalidInput
from credit_registry.services import enterprises, invitations, listings
from credit_registry.services.invitations import STATE_TITLES, InvitationView


@click.group()
def invitation() -> None:
    """企业开通码：出具、列出、作废。"""


@invitation.command("list")
@click.argument("uscc")
@context.json_option
@context.refusals_explained
def list_(uscc: str, is_json: bool) -> None:
    """一家企业的全部开通码（没有原文）。"""
    with context.database() as database, database.read() as session:
        found = invitations.page_of(session, context.operator(), uscc, now=clock.now())
    context.say({"invitations": [_document(each) for each in found]}, _text(found), is_json=is_json)


@invitation.command()
@click.option("--case", "case_id", type=int, metavar="CASE", help="随这件案件已送达的告知书出具。")
@click.option("--uscc", help="不随案件，为这家企业出具。")
@click.option(
    "--to",
    "sheet",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="写入这个新文件，只有本人可读；开通码不在终端显示。打印送达后请删除。",
)
@acts_of_officer
def issue(case_id: int | None, uscc: str | None, sheet: Path, login: str, code: str, is_json: bool) -> None:
    """出具一个开通码，写成一页开通单；随同一案件出具的旧码同时作废。"""
    with context.database() as database, acting(database, login, code) as actor:
        # The file comes first: a code that nobody could read would be lost, its digest alone being kept.
        _new_file(sheet)
        try:
            made, secret = database.run(
                lambda session: invitations.issue(session, actor, uscc=uscc, case_id=case_id, now=clock.now())
            )
            with database.read() as session:
                of = (
                    listings.get(session, actor, case_id, now=clock.now())
                    if case_id is not None
                    else enterprises.get(session, actor, uscc or "")
                )
            sheet.write_text(_sheet(made, secret, of.name, of.uscc), encoding="utf-8")
        except BaseException:
            sheet.unlink(missing_ok=True)
            raise
    context.say(
        _document(made),
        f"开通码已写入 {sheet}，有效期至 {made.expires_on}。打印送达后请删除该文件。",
        is_json=is_json,
    )


@invitation.command()
@click.argument("invitation_id", metavar="INVITATION", type=int)
@click.option("--reason", required=True, help="理由。")
@acts_of_officer
def void(invitation_id: int, reason: str, login: str, code: str, is_json: bool) -> None:
    """作废一个未使用的开通码，例如遗失的。"""
    with context.database() as database, acting(database, login, code) as actor:
        ended = database.run(
            lambda session: invitations.void(session, actor, invitation_id, reason=reason, now=clock.now())
        )
    context.say(_document(ended), f"开通码 {invitation_id} 已作废。", is_json=is_json)


def _new_file(sheet: Path) -> None:
    """
    Raises:
        InvalidInput: ``sheet-not-new``; there is such a file, or no place for it.
    """
    try:
        sheet.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise InvalidInput(
            f"不能新建文件 {sheet}。请给出一个尚不存在、可以写入的文件名。", code="sheet-not-new"
        ) from error


def _sheet(made: InvitationView, secret: str, name: str, uscc: str | None) -> str:
    return (
        f"网上办理开通单\n\n{name}（统一社会信用代码：{uscc or '无'}）：\n"
        "你单位可以在网上查看本单位的记录、等级和依据，提交陈述申辩、异议和信用修复申请。\n"
        f"第一次使用请打开本区信用登记网站的 /my/enrol，填写统一社会信用代码和下面的开通码：\n\n    {secret}\n\n"
        f"开通码只能使用一次，有效期至 {made.expires_on}，请妥善保管，不要转给无关人员。\n"
        "网上办理不影响你单位以书面或者到场方式行使权利。\n"
    )


def _document(view: InvitationView) -> dict[str, Any]:
    return {
        "invitation": view.invitation_id,
        "case": view.case_id,
        "state": view.state,
        "issued_at": stamp(view.issued_at),
        "issued_by": view.issued_by,
        "expires_on": view.expires_on.isoformat(),
        "void_reason": view.void_reason,
    }


def _text(found: Sequence[InvitationView]) -> str:
    told = [
        f"{each.invitation_id:>6}  {STATE_TITLES[each.state]}  有效期至 {each.expires_on}"
        f"  {f'案件 {each.case_id}' if each.case_id else '单独出具'}（{each.issued_by}）"
        for each in found
    ]
    return "\n".join(told) or "没有出具过开通码。"
