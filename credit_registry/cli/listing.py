"""`credit-registry listing`: the step tables, printed for a lawyer or a script; cases and what offices do about them beside."""

from typing import Any

import click

from credit_registry.cli import cases, context
from credit_registry.cli.announcements import announcement
from credit_registry.cli.invitations import invitation
from credit_registry.cli.overdue import overdue
from credit_registry.cli.recusals import recusal
from credit_registry.cli.repairs import repair
from credit_registry.cli.reports import report
from credit_registry.cli.suspensions import suspension
from credit_registry.domain.procedures import TITLES, printed


@click.group()
def listing() -> None:
    """名单：步骤一览，案件的查看和办理，处罚的停止执行和修复，年度等级公布，通报，超期事项，企业开通码。"""


for command in (
    cases.list_,
    cases.show,
    cases.open_,
    cases.step,
    cases.name,
    cases.object_,
    cases.answer,
    recusal,
    suspension,
    repair,
    invitation,
    announcement,
    overdue,
    report,
):
    listing.add_command(command)


@listing.command()
@click.option("--list", "procedure", type=click.Choice(list(TITLES)), help="只打印一种名单或者程序。")
@context.json_option
def steps(procedure: str | None, is_json: bool) -> None:
    """打印全部办理步骤：谁可以办、须满足什么条件、须有什么文书、期限和依据。"""
    chosen = [procedure] if procedure else list(TITLES)
    rows = [row for each in chosen for row in printed(each)]
    context.say(rows, "\n\n".join(_text(each) for each in chosen), is_json=is_json)


def _text(procedure: str) -> str:
    rows = printed(procedure)
    return "\n".join([f"{TITLES[procedure]}（{len(rows)} 步）", *(_line(row) for row in rows)])


def _line(row: dict[str, Any]) -> str:
    titles = row["titles"]
    parts = [f"  {titles['from']} —{titles['action']}→ {titles['to']}　办理：{titles['who']}"]
    for label, values in (("条件", titles["guards"]), ("文书", row["paper"]), ("期限", row["clock"])):
        if values:
            parts.append(f"      {label}：{'；'.join(values)}")
    parts.append(f"      依据：{row['law']}")
    return "\n".join(parts)
