"""`/cases/{case}/recusals`: who keeps out of a case, declared, ordered and lifted."""

from typing import Any

from flask import Response

from credit_registry.api import context
from credit_registry.api.auth import needs, person
from credit_registry.api.case_schemas import RecusalDocument
from credit_registry.api.office_schemas import ReasonBody, RecusalBody, RecusalPage
from credit_registry.api.resources import Resource, answered
from credit_registry.api.schemas import NoQuery
from credit_registry.domain.permissions import Permission
from credit_registry.services import accounts, case_documents, listings, recusals
from credit_registry.storage.database import Session

blueprint = Resource("recusals", __name__, url_prefix="/api/v1/cases", description="回避")


@blueprint.route("/<int(max=9007199254740991):case>/recusals")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, RecusalPage)
def page_recusals(_query: dict[str, Any], case: int) -> Response:
    """一件案件现有的回避"""
    return answered({"items": context.read(lambda session: _held(session, case))})


@blueprint.route("/<int(max=9007199254740991):case>/recusals", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(RecusalBody)
@blueprint.response(201, RecusalDocument)
def recuse(_query: dict[str, Any], body: dict[str, Any], case: int) -> Response:
    """本人回避；给出 `login` 的，由审批人指令该人员回避

    回避的人员不能办理本案或者该企业的案件；已经回避的回答 409 `recused-already`。
    """

    def work(session: Session) -> dict[str, Any]:
        made = recusals.recuse(session, context.actor(), case, now=context.now(), **body)
        return case_documents.recusal_document(made, accounts.names(session, context.actor()))

    return answered(context.write(work), 201)


@blueprint.route(
    "/<int(max=9007199254740991):case>/recusals/<int(max=9007199254740991):recusal>/lift", methods=["POST"]
)
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(ReasonBody)
@blueprint.response(200, RecusalPage)
def lift_recusal(_query: dict[str, Any], body: dict[str, Any], case: int, recusal: int) -> Response:
    """解除回避：由审批人办理，不能是本人；回答仍在的回避"""

    def work(session: Session) -> list[dict[str, Any]]:
        recusals.lift(session, context.actor(), case, recusal, reason=body["reason"], now=context.now())
        return _held(session, case)

    return answered({"items": context.write(work)})


def _held(session: Session, case: int) -> list[dict[str, Any]]:
    listings.get(session, context.actor(), case, now=context.now())
    names = accounts.names(session, context.actor())
    return [case_documents.recusal_document(each, names) for each in recusals.of_case(session, case)]
