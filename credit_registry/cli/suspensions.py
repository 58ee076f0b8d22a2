"""`credit-registry listing suspension …`: a penalty stopped during a reconsideration or lawsuit, and resumed."""

from collections.abc import Callable

import click

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.cli.grade import read_day
from credit_registry.cli.officers import acting, acts_of_officer
from credit_registry.domain.answers import beijing_day
from credit_registry.domain.permissions import Actor
from credit_registry.services import case_documents, records, suspensions
from credit_registry.storage.database import Session


@click.group()
def suspension() -> None:
    """处罚的停止执行：依附于在办的复议、诉讼，其办结即自动恢复；名单的暂停用 listing step 办理。"""


@suspension.command()
@click.argument("annotation", type=int)
@click.option("--received-on", required=True, metavar="DAY", help="收到裁定或者决定的日期。")
@click.option("--content", required=True, help="文号和内容。")
@acts_of_officer
def stop(annotation: int, received_on: str, content: str, login: str, code: str, is_json: bool) -> None:
    """登记法院或者复议机关停止执行处罚的裁定、决定。"""
    day = read_day(received_on)

    def work(session: Session, actor: Actor) -> int:
        return suspensions.suspend(
            session, actor, annotation, received_on=day, content=content, now=clock.now()
        )

    _done(work, login, code, "已停止执行", is_json=is_json)


@suspension.command()
@click.argument("record", type=int)
@click.option("--reason", required=True, help="依据。")
@acts_of_officer
def resume(record: int, reason: str, login: str, code: str, is_json: bool) -> None:
    """在复议、诉讼办结之前恢复执行：由审批人办理。"""

    def work(session: Session, actor: Actor) -> int:
        suspensions.resume(session, actor, record, reason=reason, now=clock.now())
        return record

    _done(work, login, code, "已恢复执行", is_json=is_json)


def _done(work: Callable[[Session, Actor], int], login: str, code: str, said: str, *, is_json: bool) -> None:
    with context.database() as database, acting(database, login, code) as actor:
        record = database.run(lambda session: work(session, actor))
        with database.read() as session:
            view = records.get(session, actor, record, on=beijing_day(clock.now())).record
    context.say(case_documents.standing_document(view), f"处罚记录 {record} {said}。", is_json=is_json)
