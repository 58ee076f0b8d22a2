"""`credit-registry listing list|show|open|step|name|object|answer`: cases read, and acted on by named officers."""

from collections.abc import Callable
from datetime import date
from typing import Any

import click

from credit_registry import clock
from credit_registry.cli import case_text, context
from credit_registry.cli.grade import read_day
from credit_registry.cli.officers import (
    acting,
    acts_of_officer,
    paper_option,
    read_papers,
    secret,
    settle_version,
    version_option,
    yes_option,
)
from credit_registry.domain.errors import InvalidInput
from credit_registry.domain.permissions import Actor
from credit_registry.domain.series import ListKind
from credit_registry.domain.steps import ACTION_TITLES, Action
from credit_registry.services import accounts, annotations, case_documents, dossiers, listings, persons
from credit_registry.services.annotations import KIND_TITLES, OUTCOMES
from credit_registry.services.persons import ROLE_TITLES
from credit_registry.storage.database import Database, Session

_MOST = 500


@click.command("list")
@click.option("--state", help="一种状态；open 为全部未办结的。", default="open", show_default=True)
@click.option("--list", "list_kind", type=click.Choice([kind.value for kind in ListKind]), help="只看一种。")
@click.option("--due-until", metavar="DAY", help="只看该日及以前到期的，形如 2026-06-30。")
@click.option("--enterprise", "uscc", help="只看这家企业（统一社会信用代码）。")
@context.json_option
@context.refusals_explained
def list_(state: str, list_kind: str | None, due_until: str | None, uscc: str | None, is_json: bool) -> None:
    """名单案件，按最近的法定期限排列。"""
    due = read_day(due_until) if due_until else None
    with context.database() as database, database.read() as session:
        items = _all(session, None if state == "all" else state, list_kind, due, uscc)
    context.say({"cases": items}, case_text.lines(items), is_json=is_json)


def _all(
    session: Session, state: str | None, list_kind: str | None, due: date | None, uscc: str | None
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        page = listings.page(
            session,
            context.operator(),
            now=clock.now(),
            state=state,
            list_kind=list_kind,
            due_until=due,
            uscc=uscc,
            after=after,
            limit=_MOST,
        )
        found += [case_documents.summary_document(each) for each in page.items]
        after = page.after
        if after is None:
            return found


@click.command()
@click.argument("case", type=int)
@context.json_option
@context.refusals_explained
def show(case: int, is_json: bool) -> None:
    """一件案件的全部案卷，以及此时可以办理的步骤。"""
    with context.database() as database:
        document = _document(database, context.operator(), case)
    context.say(document, case_text.case(document), is_json=is_json)


@click.command("open")
@click.argument("uscc")
@click.option("--series", required=True, help="名单的依据，如 safety-order-11、safety-red-133。")
@click.option("--reason", default="", help="理由。")
@click.option(
    "--ground", "grounds", multiple=True, metavar="CONDITION:RECORD", help="情形和记录编号，如 7-4:12。"
)
@paper_option
@acts_of_officer
def open_(
    uscc: str,
    series: str,
    reason: str,
    grounds: tuple[str, ...],
    papers: tuple[str, ...],
    login: str,
    code: str,
    is_json: bool,
) -> None:
    """立案：提出列入，或者登记守信激励名单的申请、推荐。"""
    named, handed = [_ground(text) for text in grounds], read_papers(papers)

    with context.database() as database, acting(database, login, code) as actor:
        made = database.run(
            lambda session: listings.propose(
                session,
                actor,
                uscc,
                series=series,
                reason=reason,
                grounds=named,
                papers=handed,
                now=clock.now(),
            )
        )
        document = _document(database, actor, made.case_id)
    context.say(document, case_text.case(document), is_json=is_json)


@click.command()
@click.argument("case", type=int)
@click.argument("action", metavar="ACTION", type=click.Choice([action.value for action in Action]))
@click.option("--reason", help="理由；步骤要求时必填。")
@click.option("--ban-until", metavar="DAY", help="决定列入时：行业或者职业禁入的截止日期。")
@click.option("--met", multiple=True, help="核查守信激励条件时：确认符合的条件，可多次给出。")
@paper_option
@version_option
@yes_option
@acts_of_officer
def step(
    case: int,
    action: str,
    reason: str | None,
    ban_until: str | None,
    met: tuple[str, ...],
    papers: tuple[str, ...],
    version: int | None,
    is_sure: bool,
    login: str,
    code: str,
    is_json: bool,
) -> None:
    """办理一个步骤；可以办理哪些，见 listing show，规则见 listing steps。"""
    facts: dict[str, object] = {"met": sorted(set(met))} if met else {}
    if ban_until:
        facts["ban_until"] = read_day(ban_until).isoformat()
    handed = read_papers(papers)

    with context.database() as database:
        seen = _document(database, context.operator(), case)
        question = f"{seen['name']}（{seen['state_title']}）：确定办理“{ACTION_TITLES[Action(action)]}”吗？"
        chosen = settle_version(version, int(seen["version"]), question, is_sure=is_sure)
        with acting(database, login, code) as actor:
            database.run(
                lambda session: listings.advance(
                    session,
                    actor,
                    case,
                    action,
                    version=chosen,
                    reason=reason,
                    papers=handed,
                    facts=facts,
                    now=clock.now(),
                )
            )
            document = _document(database, actor, case)
    context.say(document, case_text.case(document), is_json=is_json)


@click.command()
@click.argument("case", type=int)
@click.option("--role", required=True, type=click.Choice(list(ROLE_TITLES)), help="身份。")
@click.option("--condition", required=True, help="情形，如 6-5。")
@acts_of_officer
def name(case: int, role: str, condition: str, login: str, code: str, is_json: bool) -> None:
    """登记一并列入的人员：姓名和身份证号码不写在命令行上，依次输入。"""
    with context.database() as database, acting(database, login, code) as actor:
        said, number = secret("姓名"), secret("居民身份证号码")
        made = database.run(
            lambda session: persons.name_person(
                session,
                actor,
                case,
                role=role,
                condition=condition,
                name=said,
                number=number,
                now=clock.now(),
            )
        )
    document = case_documents.person_document(made)
    context.say(document, f"已登记：{ROLE_TITLES[role]} {made.name} {made.number}。", is_json=is_json)


@click.command("object")
@click.argument("case", type=int, required=False)
@click.option("--record", type=int, help="对一条信用记录提出（代替案件编号）。")
@click.option(
    "--kind", type=click.Choice(list(KIND_TITLES)), default="objection", show_default=True, help="类别。"
)
@click.option("--filed-on", required=True, metavar="DAY", help="提出日期。")
@click.option("--content", required=True, help="内容。")
@acts_of_officer
def object_(
    case: int | None,
    record: int | None,
    kind: str,
    filed_on: str,
    content: str,
    login: str,
    code: str,
    is_json: bool,
) -> None:
    """登记异议、行政复议（reconsideration）或者行政诉讼（lawsuit）：立即标注。"""
    day = read_day(filed_on)
    _annotated(
        lambda session, actor: annotations.file(
            session,
            actor,
            kind=kind,
            filed_on=day,
            content=content,
            case_id=case,
            record_id=record,
            now=clock.now(),
        ),
        login,
        code,
        is_json=is_json,
    )


@click.command()
@click.argument("annotation", type=int)
@click.option("--outcome", required=True, type=click.Choice(list(OUTCOMES)), help="处理结果。")
@click.option("--answer", "said", required=True, help="答复和理由。")
@click.option("--version", required=True, type=click.IntRange(1), help="所见的版本。")
@acts_of_officer
def answer(
    annotation: int, outcome: str, said: str, version: int, login: str, code: str, is_json: bool
) -> None:
    """答复异议，或者登记复议、诉讼的结果；成立的，同时撤销所涉决定或者记录。"""
    _annotated(
        lambda session, actor: annotations.answer(
            session, actor, annotation, outcome=outcome, answer=said, version=version, now=clock.now()
        ),
        login,
        code,
        is_json=is_json,
    )


def _annotated(
    work: Callable[[Session, Actor], annotations.AnnotationView], login: str, code: str, *, is_json: bool
) -> None:
    with context.database() as database, acting(database, login, code) as actor:
        view = database.run(lambda session: work(session, actor))
        with database.read() as session:
            document = case_documents.annotation_document(view, accounts.names(session, actor))
    context.say(document, case_text.annotation(document), is_json=is_json)


def _document(database: Database, actor: Actor, case: int) -> dict[str, Any]:
    with database.read() as session:
        return dossiers.of_case(session, actor, case, now=clock.now()).as_dict()


def _ground(text: str) -> tuple[str, int]:
    condition, _, record = text.partition(":")
    if not (condition and record.isascii() and record.isdecimal()):
        raise InvalidInput(
            f"读不懂事由“{text[:40]}”。请写成 7-4:12 的形式：情形和记录编号。", code="ground-unreadable"
        )
    return condition, int(record)
