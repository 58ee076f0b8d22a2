"""`/lookups`: what applies to a code, for a matter, today."""

from typing import Any

from flask import Response

from credit_registry.api import context
from credit_registry.api.auth import needs
from credit_registry.api.lookup_schemas import LookupAnswer, LookupAnswers, LookupQuery, LookupsBody
from credit_registry.api.resources import Resource, answered
from credit_registry.api.schemas import NoQuery
from credit_registry.domain.permissions import Permission
from credit_registry.services import lookups

blueprint = Resource("lookups", __name__, url_prefix="/api/v1/lookups", description="查询信用状况")


@blueprint.route("/<word:uscc>")
@needs(Permission.LOOKUPS_READ)
@blueprint.arguments(LookupQuery, location="query")
@blueprint.response(200, LookupAnswer)
def get_lookup(query: dict[str, Any], uscc: str) -> Response:
    """查询一个统一社会信用代码

    未登记的代码回答 `known: false`，与“已登记、不在任何名单”不同；格式不对的代码回答 422 `invalid-uscc`。
    每次查询在回答之前记入查询日志。
    """
    found = context.drafted(
        lambda session: lookups.draft(session, context.actor(), uscc, now=context.now(), **query)
    )
    return answered(found.answers[0].as_dict())


@blueprint.route("", methods=["POST"])
@needs(Permission.LOOKUPS_READ)
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(LookupsBody)
@blueprint.response(200, LookupAnswers)
def answer_lookups(_query: dict[str, Any], body: dict[str, Any]) -> Response:
    """一次查询至多 1,000 个代码

    回答与问题同序；格式不对的代码不影响其余，列在 `refused` 中。
    """
    found = context.drafted(
        lambda session: lookups.draft_many(
            session,
            context.actor(),
            body["codes"],
            matter=body.get("matter"),
            purpose=body.get("purpose"),
            now=context.now(),
        )
    )
    return answered(
        {
            "answers": [view.as_dict() for view in found.answers],
            "refused": [
                {"query": query, "code": refusal.code, "title": refusal.message, "facts": refusal.facts}
                for query, refusal in found.refused
            ],
        }
    )
