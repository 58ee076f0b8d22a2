"""`/enterprises`: one enterprise, its assessment, its records; many, by name or code."""

from typing import Any

from flask import Response

from credit_registry.api import context
from credit_registry.api.assessment_schemas import AssessmentDocument, AssessmentQuery, ProspectDocument
from credit_registry.api.auth import needs
from credit_registry.api.enterprise_schemas import (
    EnterpriseDocument,
    EnterprisePage,
    EnterpriseQuery,
    RecordPage,
    RecordQuery,
)
from credit_registry.api.resources import Resource, answered, tagged
from credit_registry.api.schemas import NoQuery
from credit_registry.domain.answers import AssessmentView, stamp
from credit_registry.domain.permissions import Permission
from credit_registry.services import assessments, enterprises, profiles, prospects
from credit_registry.services.enterprise_views import EnterpriseLink, EnterpriseView
from credit_registry.services.profiles import ProfileView
from credit_registry.storage.database import Session

blueprint = Resource(
    "enterprises", __name__, url_prefix="/api/v1/enterprises", description="企业、评价、信用信息"
)


@blueprint.route("")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(EnterpriseQuery, location="query")
@blueprint.response(200, EnterprisePage)
def page_enterprises(query: dict[str, Any]) -> Response:
    """企业：按名称、曾用名或代码查找，两个字即可；不给 `text` 时逐页列出全部"""
    text, after, limit = query.get("text"), query.get("after"), query["limit"]
    found = context.read(
        lambda session: (
            enterprises.search(session, context.actor(), text, after=after, limit=limit)
            if text is not None
            else enterprises.page(session, context.actor(), after=after, limit=limit)
        )
    )
    items = [
        {
            "uscc": item.uscc,
            "name": item.name,
            "status": item.status,
            "registered_on": profiles.plain(item.registered_on),
            "address": item.address,
            "subdistrict_code": item.subdistrict_code,
        }
        for item in found.items
    ]
    return answered({"items": items, "after": found.after})


@blueprint.route("/<word:uscc>")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, EnterpriseDocument)
def get_enterprise(_query: dict[str, Any], uscc: str) -> Response:
    """一家企业：登记信息、等级、所在名单、适用措施；曾用代码也能找到"""
    view = context.read(lambda session: profiles.get(session, context.actor(), uscc, now=context.now()))
    return answered(_profile(view))


@blueprint.route("/<word:uscc>/assessment")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(AssessmentQuery, location="query")
@blueprint.response(200, AssessmentDocument, headers={"ETag": {"schema": {"type": "string"}}})
@blueprint.alt_response(304, description="与 If-None-Match 所示内容相同", success=True)
def get_assessment(query: dict[str, Any], uscc: str) -> Response:
    """企业的信用评价及其依据

    `on` 是评价日（默认今天），`known_at` 是回看的时点（日期指该日终了）。回看须有 `history:read` 权限并留痕；
    已修复、已撤销、已撤回的信息不因回看而重新出现。
    """
    known_at = context.instant(query.get("known_at"))
    on = query.get("on")

    def work(session: Session) -> AssessmentView:
        return assessments.get(session, context.actor(), uscc, on=on, known_at=known_at, now=context.now())

    # A replay is logged, so it writes.
    view = context.read(work) if known_at is None else context.write(work)
    return tagged(
        view.as_dict()
        | {
            "name": view.name,
            "ruleset_digest": view.ruleset_digest,
            "engine": view.engine,
            "watermark": view.watermark,
            "is_complete": view.is_complete,
        }
    )


@blueprint.route("/<word:uscc>/prospects")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, ProspectDocument)
def get_prospects(_query: dict[str, Any], uscc: str) -> Response:
    """等级如何提高：各项何时自行失效，如无新信息今后两年的等级，最少办哪几件事可达到更好的等级

    等级均由同一评分引擎按假定的日期和办理结果算出。申请能否获准由主管部门依法决定，本回答不是承诺。
    """
    view = context.read(lambda session: prospects.get(session, context.actor(), uscc, now=context.now()))
    return answered(view.as_dict())


@blueprint.route("/<word:uscc>/records")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(RecordQuery, location="query")
@blueprint.response(200, RecordPage)
def page_records(query: dict[str, Any], uscc: str) -> Response:
    """企业的信用信息，新的在前

    已修复、已撤销、已撤回的不在其中。监管信息（检查、隐患、临时查封）只提供给负责监管的部门，
    因此一页可能少于 `limit` 条；以 `after` 是否为 null 判断是否还有下一页。
    """
    found = context.read(
        lambda session: profiles.records_of(session, context.actor(), uscc, now=context.now(), **query)
    )
    return answered({"items": list(found.items), "after": found.after})


def _profile(view: ProfileView) -> dict[str, Any]:
    return {
        **_facts(view.enterprise),
        "grade": view.grade,
        "lists": list(view.lists),
        "measures": list(view.measures),
        "other_lists": list(view.other_lists),
    }


def _facts(view: EnterpriseView) -> dict[str, Any]:
    return {
        "uscc": view.uscc,
        "name": view.name,
        "status": view.status,
        "registered_on": profiles.plain(view.registered_on),
        "enterprise_type": view.enterprise_type,
        "registered_capital": view.registered_capital,
        "scope": view.scope,
        "address": view.address,
        "region_code": view.region_code,
        "subdistrict_code": view.subdistrict_code,
        "industry_code": view.industry_code,
        "size": view.size,
        "is_high_risk": view.is_high_risk,
        "is_fire_key_unit": view.is_fire_key_unit,
        "version": view.version,
        "recorded_at": stamp(view.recorded_at),
        "former_names": [
            {
                "name": former.name,
                "valid_from": profiles.plain(former.valid_from),
                "valid_until": profiles.plain(former.valid_until),
            }
            for former in view.former_names
        ],
        "codes": list(view.codes),
        "parent": _link(view.parent) if view.parent else None,
        "branches": [_link(branch) for branch in view.branches],
    }


def _link(link: EnterpriseLink) -> dict[str, Any]:
    return {"uscc": link.uscc, "name": link.name}
