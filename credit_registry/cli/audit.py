"""`credit-registry audit …`: read the log, prove its chain."""

import sys

import click

from credit_registry.cli import context
from credit_registry.clock import SHANGHAI
from credit_registry.services import journal

_WHAT = {"missing": "缺少条目", "previous": "与前一条不相连", "content": "内容被改动"}


@click.group()
def audit() -> None:
    """审计日志：查看、校验。"""


@audit.command("page")
@click.option("--subject", help="只看某一对象，如 case:12、account:zhang。")
@click.option("--verb", help="只看某一动作，如 listing:decide。")
@click.option("--before", type=click.IntRange(1), help="从这一编号之前看起。")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@context.json_option
@context.refusals_explained
def page(subject: str | None, verb: str | None, before: int | None, limit: int, is_json: bool) -> None:
    """按时间倒序查看。"""
    with context.database() as database, database.read() as session:
        found = journal.page(
            session, context.operator(), subject=subject, verb=verb, before=before, limit=limit
        )
    document = {
        "entries": [
            {
                "number": one.number,
                "at": one.entry.at.isoformat(),
                "actor": one.entry.actor,
                "office_id": one.entry.office_id,
                "verb": one.entry.verb,
                "subject": one.entry.subject,
                "reason": one.entry.reason,
                "facts": dict(one.entry.facts),
            }
            for one in found.items
        ],
        "before": int(found.after) if found.after else None,
    }
    lines = [
        f"{one.number:>7}  {one.entry.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}  {one.entry.actor}  "
        f"{one.entry.verb}  {one.entry.subject}  {one.entry.reason or ''}".rstrip()
        for one in found.items
    ]
    context.say(document, "\n".join(lines) or "没有符合条件的条目。", is_json=is_json)


@audit.command("verify")
@context.json_option
@context.refusals_explained
def verify(is_json: bool) -> None:
    """从第一条起校验整条链；不相连时指出第一处并以 1 退出。"""
    with context.database() as database, database.read() as session:
        verdict = journal.verify(session, context.operator())
    document = {"entries": verdict.entries, "broken_at": verdict.broken_at, "what": verdict.what}
    if verdict.broken_at is None:
        context.say(document, f"审计日志完整，共 {verdict.entries} 条。", is_json=is_json)
        return
    text = (
        f"审计日志在第 {verdict.broken_at} 条处不完整：{_WHAT[verdict.what or 'content']}。请保全现场并报告。"
    )
    context.say(document, text, is_json=is_json)
    sys.exit(context.DEFECT)
