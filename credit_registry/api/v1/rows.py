"""Rows of a file that wait for a person, and the penalties of persons that come of some of them.

For officers who have signed in: what a file leaves open is decided by a person, never by a key.
"""

from typing import Any

from flask import Response

from credit_registry.api import context
from credit_registry.api.auth import person
from credit_registry.api.office_schemas import ReasonBody
from credit_registry.api.resources import Resource, answered
from credit_registry.api.row_schemas import (
    DecidedDocument,
    DecisionsBody,
    DropBody,
    DroppedDocument,
    KnownQuery,
    PersonPenalties,
    PersonPenaltyDocument,
    RowPage,
    RowsQuery,
)
from credit_registry.api.schemas import NoQuery
from credit_registry.domain.answers import stamp
from credit_registry.domain.errors import InvalidInput
from credit_registry.services import batches, enterprises, person_penalties, resolutions
from credit_registry.services.batches import ImportRowView
from credit_registry.services.person_penalties import PersonPenaltyView
from credit_registry.services.resolutions import Decision, Resolved
from credit_registry.storage.database import Session

blueprint = Resource("rows", __name__, url_prefix="/api/v1", description="导入的待处理行和有关人员的处罚")


@blueprint.route("/imports/<int(max=9007199254740991):batch>/rows")
@person
@blueprint.arguments(RowsQuery, location="query")
@blueprint.response(200, RowPage)
def get_rows(query: dict[str, Any], batch: int) -> Response:
    """一个批次中没有登记的行：待处理、未接收、已登记、已放弃"""
    state, after, limit = query["state"], query.get("after"), query["limit"]
    page = context.read(
        lambda session: batches.rows(session, context.actor(), batch, state, after=after, limit=limit)
    )
    return answered({"items": [_row(row) for row in page.items], "after": page.after})


@blueprint.route("/imports/rows/resolve", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(DecisionsBody)
@blueprint.response(200, DecidedDocument)
def resolve_rows(_query: dict[str, Any], body: dict[str, Any]) -> Response:
    """登记待处理行，一行或多行；仍不能登记的列在 `waiting` 中，其余照常登记

    当事人是自然人的行，指明处罚所涉的企业和此人的身份（`role`）：作为该企业有关人员的处罚保存，不是企业的记录，
    不计入评价、名单，不对外公开。
    """

    def work(session: Session) -> Resolved:
        decisions = {each["id"]: _decision(session, each) for each in body["rows"]}
        if len(decisions) < len(body["rows"]):
            raise InvalidInput("同一行出现了两次。请只保留一个决定。", code="row-decided-twice")
        return resolutions.resolve_many(
            session, context.actor(), decisions, reason=body["reason"], now=context.now()
        )

    done = context.write(work)
    waiting = [{"id": number, "message": message} for number, message in done.waiting.items()]
    return answered({"done": [_row(row) for row in done.done], "waiting": waiting})


@blueprint.route("/imports/<int(max=9007199254740991):batch>/rows/drop", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(DropBody)
@blueprint.response(200, DroppedDocument)
def drop_rows(_query: dict[str, Any], body: dict[str, Any], batch: int) -> Response:
    """放弃一个批次中带某个问题的全部待处理行"""
    dropped = context.write(
        lambda session: resolutions.drop_all(session, context.actor(), batch, now=context.now(), **body)
    )
    return answered({"dropped": dropped})


@blueprint.route("/enterprises/<word:uscc>/person-penalties")
@person
@blueprint.arguments(KnownQuery, location="query")
@blueprint.response(200, PersonPenalties)
def get_person_penalties(query: dict[str, Any], uscc: str) -> Response:
    """一家企业有关人员的处罚：只供录入信用信息的工作人员和审计员查看"""
    known_at = context.instant(query.get("known_at"))
    found = context.read(
        lambda session: person_penalties.of_enterprise(session, context.actor(), uscc, known_at=known_at)
    )
    return answered({"items": [_penalty(each) for each in found]})


@blueprint.route("/person-penalties/<int(max=9007199254740991):person_penalty>/withdraw", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(ReasonBody)
@blueprint.response(200, PersonPenaltyDocument)
def withdraw_person_penalty(_query: dict[str, Any], body: dict[str, Any], person_penalty: int) -> Response:
    """撤下一项有关人员的处罚：认错了企业或人，或者处罚已被撤销；该行回到待处理"""
    view = context.write(
        lambda session: person_penalties.withdraw(
            session, context.actor(), person_penalty, reason=body["reason"], now=context.now()
        )
    )
    return answered(_penalty(view))


def _decision(session: Session, told: dict[str, Any]) -> Decision:
    code = told.get("uscc")
    chosen = enterprises.get(session, context.actor(), code).enterprise_id if code else None
    return Decision(chosen, told.get("cells"), told["is_correction"], told.get("role"))


def _row(row: ImportRowView) -> dict[str, Any]:
    return {
        "id": row.id,
        "sheet": row.sheet,
        "row": row.row,
        "state": row.state,
        "cells": dict(row.cells),
        "problems": [dict(each) for each in row.problems],
        "proposals": [dict(each) for each in row.proposals],
        "record": row.record_id,
        "reason": row.reason,
    }


def _penalty(view: PersonPenaltyView) -> dict[str, Any]:
    return {
        "person_penalty": view.person_penalty_id,
        "role": view.role,
        "role_title": view.role_title,
        "name": view.name,
        "id_kind": view.id_kind,
        "number": view.number,
        "dated_on": view.dated_on.isoformat(),
        "said": dict(view.said),
        "batch": view.batch,
        "source_row": view.source_row,
        "recorded_at": stamp(view.recorded_at),
        "reason": view.reason,
    }
