"""A penalty whose execution is stopped during a reconsideration or lawsuit, and resumed before its end."""

from typing import Any

from flask import Response

from credit_registry.api import context
from credit_registry.api.auth import person
from credit_registry.api.office_schemas import ReasonBody, StopBody, StoppedDocument
from credit_registry.api.resources import Resource, answered
from credit_registry.api.schemas import NoQuery
from credit_registry.domain.answers import beijing_day
from credit_registry.services import case_documents, records, suspensions
from credit_registry.storage.database import Session

blueprint = Resource("suspensions", __name__, url_prefix="/api/v1", description="处罚的停止执行")


@blueprint.route("/annotations/<int(max=9007199254740991):annotation>/stop", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(StopBody)
@blueprint.response(200, StoppedDocument)
def stop_record(_query: dict[str, Any], body: dict[str, Any], annotation: int) -> Response:
    """登记法院或者复议机关停止执行处罚的裁定、决定

    处罚从登记时起不计分、不提供、不作为名单的依据；所依的复议、诉讼办结即自动恢复或者撤销。
    """

    def work(session: Session) -> dict[str, Any]:
        record = suspensions.suspend(session, context.actor(), annotation, now=context.now(), **body)
        return _document(session, record)

    return answered(context.write(work))


@blueprint.route("/records/<int(max=9007199254740991):record>/resume", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(ReasonBody)
@blueprint.response(200, StoppedDocument)
def resume_record(_query: dict[str, Any], body: dict[str, Any], record: int) -> Response:
    """在复议、诉讼办结之前恢复执行：由审批人办理，写明依据"""

    def work(session: Session) -> dict[str, Any]:
        suspensions.resume(session, context.actor(), record, reason=body["reason"], now=context.now())
        return _document(session, record)

    return answered(context.write(work))


def _document(session: Session, record: int) -> dict[str, Any]:
    now = context.now()
    return case_documents.standing_document(
        records.get(session, context.actor(), record, on=beijing_day(now)).record
    )
