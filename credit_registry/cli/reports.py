"""`credit-registry listing report …`: list changes told to other offices, their receipts and feedback."""

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

import click

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.cli.grade import read_day
from credit_registry.cli.officers import acting, acts_of_officer
from credit_registry.domain.permissions import Actor
from credit_registry.services import reports
from credit_registry.services.office_documents import (
    receipts_document,
    report_document,
    unreported_document,
)
from credit_registry.services.reports import ReportView
from credit_registry.storage.database import Session

_seen_option = click.option("--version", required=True, type=click.IntRange(1), help="所见的版本。")


@click.group()
def report() -> None:
    """通报和回执：名单变动向其他单位报送，登记回执和反馈。"""


@report.command()
@context.json_option
@context.refusals_explained
def due(is_json: bool) -> None:
    """尚未通报的名单变动，以及上一次报送失败的。"""
    with context.database() as database, database.read() as session:
        found = reports.unreported(session, context.operator(), now=clock.now())
    items = [unreported_document(each) for each in found]
    lines = [
        f"案件 {item['case']}  {item['name']}  {item['change_title']}  {item['receiver']} {item['receiver_title']}"
        + ("  上次报送失败" if item["has_failed"] else "")
        for item in items
    ]
    context.say({"due": items}, "\n".join(lines) or "没有需要通报的变动。", is_json=is_json)


@report.command("list")
@click.argument("case", type=int)
@context.json_option
@context.refusals_explained
def list_(case: int, is_json: bool) -> None:
    """一件案件的通报及其回执、反馈。"""
    with context.database() as database, database.read() as session:
        found = reports.of_case(session, context.operator(), case, now=clock.now())
    items = [report_document(each) for each in found]
    text = "\n".join(map(_line, items)) or "本案没有通报。"
    context.say({"reports": items}, text, is_json=is_json)


@report.command()
@click.argument("case", type=int)
@click.argument("receiver")
@acts_of_officer
def send(case: int, receiver: str, login: str, code: str, is_json: bool) -> None:
    """向一个单位（代码见 report due）通报案件最近的变动。"""
    _done(
        lambda session, actor: reports.send(session, actor, case, receiver, now=clock.now()),
        login,
        code,
        is_json=is_json,
    )


@report.command()
@click.argument("report_id", metavar="REPORT", type=int)
@click.option("--received-on", required=True, metavar="DAY", help="回执日期。")
@click.option("--receipt-no", help="对方的回执编号。")
@click.option("--error", help="报送失败的错误说明；此后可以再次报送。")
@_seen_option
@acts_of_officer
def receipt(
    report_id: int,
    received_on: str,
    receipt_no: str | None,
    error: str | None,
    version: int,
    login: str,
    code: str,
    is_json: bool,
) -> None:
    """登记一份报送的回执。"""
    day = read_day(received_on)
    _done(
        lambda session, actor: reports.receive(
            session,
            actor,
            report_id,
            version=version,
            received_on=day,
            receipt_no=receipt_no,
            error=error,
            now=clock.now(),
        ),
        login,
        code,
        is_json=is_json,
    )


@report.command()
@click.argument("report_id", metavar="REPORT", type=int)
@click.option("--on", required=True, metavar="DAY", help="反馈日期。")
@click.option("--content", required=True, help="反馈内容。")
@_seen_option
@acts_of_officer
def feedback(
    report_id: int, on: str, content: str, version: int, login: str, code: str, is_json: bool
) -> None:
    """登记对方的反馈，一次为限。"""
    day = read_day(on)
    _done(
        lambda session, actor: reports.feed_back(
            session, actor, report_id, version=version, content=content, on=day, now=clock.now()
        ),
        login,
        code,
        is_json=is_json,
    )


@report.command()
@click.argument("file", type=click.File("rb"))
@acts_of_officer
@click.pass_context
def receipts(ctx: click.Context, file: BinaryIO, login: str, code: str, is_json: bool) -> None:
    """登记一份回执文件（CSV，UTF-8）；再次运行不重复登记。"""
    data = file.read()
    with context.database() as database, acting(database, login, code) as actor:
        taken = database.run(lambda session: reports.take_receipts(session, actor, data, now=clock.now()))
    document = receipts_document(taken)
    lines = [f"接收 {taken.accepted} 份，失败 {taken.rejected} 份，重复 {taken.duplicate} 份。"]
    lines += [f"第 {each['row']} 行：{each['message']}。" for each in document["problems"]]
    context.say(document, "\n".join(lines), is_json=is_json)
    ctx.exit(context.WITH_PROBLEMS if taken.problems else context.DONE)


def _done(work: Callable[[Session, Actor], ReportView], login: str, code: str, *, is_json: bool) -> None:
    with context.database() as database, acting(database, login, code) as actor:
        view = database.run(lambda session: work(session, actor))
    document = report_document(view)
    context.say(document, _line(document), is_json=is_json)


def _line(item: Mapping[str, Any]) -> str:
    said = item["feedback"] or item["error"] or item["receipt_no"] or ""
    return (
        f"{item['report']:>6}（第 {item['version']} 版）  {item['document_no']}  {item['receiver_title']}"
        f"  {item['state_title']}  {said}"
    ).rstrip()
