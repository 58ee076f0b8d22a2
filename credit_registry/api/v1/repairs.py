"""`/repairs`: applications to repair a penalty, from receipt to decision; those of listings are steps of their case."""

from typing import Any

from flask import Response

from credit_registry.api import context, versions
from credit_registry.api.auth import needs, person
from credit_registry.api.case_schemas import (
    RepairBody,
    RepairDocument,
    RepairPage,
    RepairsQuery,
    RepairStepBody,
)
from credit_registry.api.resources import Resource, answered
from credit_registry.api.schemas import NoQuery
from credit_registry.api.versions import VersionHeader, demanded, marked
from credit_registry.domain.permissions import Permission
from credit_registry.services import case_documents, dossiers, penalty_repairs
from credit_registry.services.dossiers import RepairDossier
from credit_registry.storage.database import Session

blueprint = Resource("repairs", __name__, url_prefix="/api/v1/repairs", description="处罚信息信用修复")


@blueprint.route("")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(RepairsQuery, location="query")
@blueprint.response(200, RepairPage)
def page_repairs(query: dict[str, Any]) -> Response:
    """处罚信息修复申请，先收到的在前；本部门的，登记机关和审计员看全部"""
    found = context.read(lambda session: penalty_repairs.page(session, context.actor(), **query))
    items = [case_documents.repair_summary(each) for each in found.items]
    return answered({"items": items, "after": found.after})


@blueprint.route("", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(RepairBody)
@blueprint.response(201, RepairDocument, headers=versions.TAG)
def apply_for_repair(_query: dict[str, Any], body: dict[str, Any]) -> Response:
    """登记收到的处罚信息修复申请

    未满最短公示期的回答 409 `repair-too-early`，`facts` 中有最早可申请日期；已有在办申请的回答 409 `repair-open`。
    """

    def work(session: Session) -> RepairDossier:
        made = penalty_repairs.apply(
            session, context.actor(), body["record"], handed_in=body.get("papers", {}), now=context.now()
        )
        return dossiers.of_repair(session, context.actor(), made.repair_id, now=context.now())

    opened = context.write(work)
    response = _answered(opened, 201)
    response.headers["Location"] = f"/api/v1/repairs/{opened.repair.repair_id}"
    return response


@blueprint.route("/<int(max=9007199254740991):repair>")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, RepairDocument, headers=versions.TAG)
def get_repair(_query: dict[str, Any], repair: int) -> Response:
    """一件修复申请的全部案卷，以及此时可以办理的步骤"""
    return _answered(
        context.read(lambda session: dossiers.of_repair(session, context.actor(), repair, now=context.now()))
    )


@blueprint.route("/<int(max=9007199254740991):repair>/steps", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(VersionHeader, location="headers")
@blueprint.arguments(RepairStepBody)
@blueprint.response(200, RepairDocument, headers=versions.TAG)
def take_repair_step(
    _query: dict[str, Any], headers: dict[str, Any], body: dict[str, Any], repair: int
) -> Response:
    """受理或者不予受理，准予或者不予修复，因弄虚作假恢复；决定的人不能是受理的人"""
    version = demanded(headers)

    def work(session: Session) -> RepairDossier:
        penalty_repairs.advance(
            session,
            context.actor(),
            repair,
            body["action"],
            version=version,
            reason=body.get("reason"),
            handed_in=body.get("papers"),
            now=context.now(),
        )
        return dossiers.of_repair(session, context.actor(), repair, now=context.now())

    return _answered(context.write(work))


def _answered(dossier: RepairDossier, status: int = 200) -> Response:
    return marked(answered(dossier.as_dict(), status), dossier.repair.version)
