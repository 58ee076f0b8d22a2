"""`/overdue`: the duties whose day has passed, for whoever answers for them."""

from typing import Any

from flask import Response

from credit_registry.api import context
from credit_registry.api.auth import person
from credit_registry.api.office_schemas import OverdueDocument
from credit_registry.api.resources import Resource, answered
from credit_registry.api.schemas import NoQuery
from credit_registry.services import overdue
from credit_registry.services.office_documents import overdue_document

blueprint = Resource("overdue", __name__, url_prefix="/api/v1/overdue", description="超期事项")


@blueprint.route("")
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, OverdueDocument)
def page_overdue(_query: dict[str, Any]) -> Response:
    """超期事项，最久的在前，至多 500 件

    登记机关和审计员看全部，街镇看本街镇的企业，审批人看本部门，其他人员看本人经办和尚无人经办的。
    """
    report = context.read(lambda session: overdue.report(session, context.actor(), now=context.now()))
    return answered(overdue_document(report))
