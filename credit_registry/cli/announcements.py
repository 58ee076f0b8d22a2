"""`credit-registry listing announcement …`: the yearly announcement of grades, by two named officers."""

from collections.abc import Callable, Mapping
from typing import Any

import click

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.cli.officers import (
    acting,
    acts_of_officer,
    settle_version,
    version_option,
    yes_option,
)
from credit_registry.domain.permissions import Actor
from credit_registry.services import announcements
from credit_registry.services.announcements import AnnouncementView
from credit_registry.services.office_documents import announcement_document
from credit_registry.storage.database import Session


@click.group()
def announcement() -> None:
    """年度等级公布：拟定、由另一名人员公布、撤回。"""


@announcement.command("list")
@context.json_option
@context.refusals_explained
def list_(is_json: bool) -> None:
    """年度等级公布，新的在前。"""
    with context.database() as database, database.read() as session:
        items = [announcement_document(each) for each in announcements.page(session, context.operator())]
    text = "\n".join(_line(item) for item in items) or "没有年度等级公布。"
    context.say({"announcements": items}, text, is_json=is_json)


@announcement.command()
@click.argument("announcement_id", metavar="ANNOUNCEMENT", type=int)
@context.json_option
@context.refusals_explained
def show(announcement_id: int, is_json: bool) -> None:
    """一次年度等级公布。"""
    with context.database() as database, database.read() as session:
        found = announcements.get(session, context.operator(), announcement_id)
    _say(found, is_json=is_json)


@announcement.command()
@click.option("--year", required=True, type=int, help="上一年度或者本年度。")
@acts_of_officer
def draft(year: int, login: str, code: str, is_json: bool) -> None:
    """拟定：锁定今天计算的全部等级。"""
    with context.database() as database, acting(database, login, code) as actor:
        made = database.run(lambda session: announcements.draft(session, actor, year=year, now=clock.now()))
    _say(made, is_json=is_json)


@announcement.command()
@click.argument("announcement_id", metavar="ANNOUNCEMENT", type=int)
@click.option("--reason", required=True, help="理由。")
@version_option
@yes_option
@acts_of_officer
def make(
    announcement_id: int,
    reason: str,
    version: int | None,
    is_sure: bool,
    login: str,
    code: str,
    is_json: bool,
) -> None:
    """公布：由拟定人以外的人员办理；降为中、差的逐家立案告知。"""

    def work(session: Session, actor: Actor, seen: int) -> AnnouncementView:
        return announcements.make(
            session, actor, announcement_id, version=seen, reason=reason, now=clock.now()
        )

    _say(_done(work, announcement_id, "公布", version, login, code, is_sure=is_sure), is_json=is_json)


@announcement.command()
@click.argument("announcement_id", metavar="ANNOUNCEMENT", type=int)
@click.option("--reason", required=True, help="理由。")
@version_option
@yes_option
@acts_of_officer
def withdraw(
    announcement_id: int,
    reason: str,
    version: int | None,
    is_sure: bool,
    login: str,
    code: str,
    is_json: bool,
) -> None:
    """撤回拟公布的年度等级。"""

    def work(session: Session, actor: Actor, seen: int) -> AnnouncementView:
        return announcements.withdraw(
            session, actor, announcement_id, version=seen, reason=reason, now=clock.now()
        )

    _say(_done(work, announcement_id, "撤回", version, login, code, is_sure=is_sure), is_json=is_json)


def _done(
    work: Callable[[Session, Actor, int], AnnouncementView],
    announcement_id: int,
    verb: str,
    version: int | None,
    login: str,
    code: str,
    *,
    is_sure: bool,
) -> AnnouncementView:
    with context.database() as database:
        with database.read() as session:
            seen = announcements.get(session, context.operator(), announcement_id)
        question = f"{seen.year} 年度等级（{seen.total} 家，{seen.state_title}）：确定{verb}吗？"
        chosen = settle_version(version, seen.version, question, is_sure=is_sure)
        with acting(database, login, code) as actor:
            return database.run(lambda session: work(session, actor, chosen))


def _say(view: AnnouncementView, *, is_json: bool) -> None:
    document = announcement_document(view)
    told = [
        _line(document),
        *(
            f"  {each['grade']}（上次 {each['previous'] or '未公布'}）{each['count']} 家"
            + ("，须立案告知" if each["is_fall"] else "")
            for each in document["frozen"]
        ),
    ]
    context.say(document, "\n".join(told), is_json=is_json)


def _line(act: Mapping[str, Any]) -> str:
    made = f"  {act['document_no']}  {act['made_on']}" if act["made_on"] else f"  {act['due_on']} 到期"
    return (
        f"{act['announcement']:>6}（第 {act['version']} 版）  {act['year']} 年度  {act['state_title']}"
        f"  {act['total']} 家{made}"
    )
