"""`/rulesets`: the rules by which scores are made, for everybody to read."""

from typing import Any

from flask import Response

from credit_registry.api import context
from credit_registry.api.auth import public
from credit_registry.api.resources import Resource, answered
from credit_registry.api.rule_schemas import RuleSetDocument, RuleSets
from credit_registry.api.schemas import NoQuery
from credit_registry.services import rulesets

blueprint = Resource("rulesets", __name__, url_prefix="/api/v1/rulesets", description="评分规则")


@blueprint.route("")
@public
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, RuleSets)
def page_rulesets(_query: dict[str, Any]) -> Response:
    """全部评分规则，新的在前"""
    return answered(
        {
            "items": [
                {
                    "id": summary.id,
                    "title": summary.title,
                    "effective_from": summary.effective_from.isoformat(),
                    "digest": summary.digest,
                    "is_in_force": summary.is_in_force,
                }
                for summary in rulesets.page(on=context.today())
            ]
        }
    )


@blueprint.route("/<word:ruleset>")
@public
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, RuleSetDocument)
def get_ruleset(_query: dict[str, Any], ruleset: str) -> Response:
    """一套评分规则：评分项、分值、等级、依据"""
    return answered(rulesets.get(ruleset))
