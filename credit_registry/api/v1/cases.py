"""`/cases`: the worklist, one case with what may be done next, and every step of it, by officers who have signed in."""

from typing import Any

from flask import Response

from credit_registry.api import context, versions
from credit_registry.api.auth import needs, person
from credit_registry.api.case_schemas import (
    CaseBody,
    CaseDocument,
    CasePage,
    CasesQuery,
    PersonBody,
    PersonDocument,
    StepBody,
)
from credit_registry.api.resources import Resource, answered
from credit_registry.api.schemas import NoQuery
from credit_registry.api.versions import VersionHeader, demanded, marked
from credit_registry.domain.permissions import Permission
from credit_registry.services import case_documents, dossiers, listings, persons
from credit_registry.services.dossiers import Dossier
from credit_registry.storage.database import Session

blueprint = Resource("cases", __name__, url_prefix="/api/v1/cases", description="名单案件")


@blueprint.route("")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(CasesQuery, location="query")
@blueprint.response(200, CasePage)
def page_cases(query: dict[str, Any]) -> Response:
    """名单案件，按最近的法定期限排列；本部门的，登记机关和审计员看全部"""
    chosen = {name: query.get(name) for name in ("state", "due_until", "uscc", "after")}
    found = context.read(
        lambda session: listings.page(
            session,
            context.actor(),
            now=context.now(),
            list_kind=query.get("list"),
            is_mine="mine" in query,
            limit=query["limit"],
            **chosen,
        )
    )
    return answered(
        {"items": [case_documents.summary_document(each) for each in found.items], "after": found.after}
    )


@blueprint.route("", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(CaseBody)
@blueprint.response(201, CaseDocument, headers=versions.TAG)
def open_case(_query: dict[str, Any], body: dict[str, Any]) -> Response:
    """立案：提出列入严重失信主体名单，或者登记守信激励名单的申请、推荐

    同一企业、名单、部门只有一件在办案件；再次提交回答 409 `open-case`，`facts` 中有在办案件的编号。
    """
    grounds = [(ground["condition"], ground["record"]) for ground in body["grounds"]]

    def work(session: Session) -> Dossier:
        made = listings.propose(
            session,
            context.actor(),
            body["uscc"],
            series=body["series"],
            reason=body.get("reason", ""),
            grounds=grounds,
            papers=body.get("papers"),
            now=context.now(),
        )
        return dossiers.of_case(session, context.actor(), made.case_id, now=context.now())

    opened = context.write(work)
    response = _answered(opened, 201)
    response.headers["Location"] = f"/api/v1/cases/{opened.case.case_id}"
    return response


@blueprint.route("/<int(max=9007199254740991):case>")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, CaseDocument, headers=versions.TAG)
def get_case(_query: dict[str, Any], case: int) -> Response:
    """一件案件的全部案卷：经过、文书、期限、人员（遮盖）、附件、异议，以及此时可以办理的步骤

    `ETag` 是案件的版本，办理时作为 `If-Match` 送回。
    """
    return _answered(
        context.read(lambda session: dossiers.of_case(session, context.actor(), case, now=context.now()))
    )


@blueprint.route("/<int(max=9007199254740991):case>/steps", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(VersionHeader, location="headers")
@blueprint.arguments(StepBody)
@blueprint.response(200, CaseDocument, headers=versions.TAG)
def take_step(_query: dict[str, Any], headers: dict[str, Any], body: dict[str, Any], case: int) -> Response:
    """办理一个步骤

    步骤、条件、文书、期限以步骤表为准（`credit-registry listing steps`）。办理后不能撤回；重复提交因版本已变回答 412，
    重新读取即可看到是否已经办成。
    """
    version = demanded(headers)
    facts: dict[str, object] = {"met": sorted(set(body["met"]))} if "met" in body else {}
    if "ban_until" in body:
        facts["ban_until"] = body["ban_until"].isoformat()

    def work(session: Session) -> Dossier:
        listings.advance(
            session,
            context.actor(),
            case,
            body["action"],
            version=version,
            reason=body.get("reason"),
            papers=body.get("papers"),
            facts=facts,
            now=context.now(),
        )
        return dossiers.of_case(session, context.actor(), case, now=context.now())

    return _answered(context.write(work))


@blueprint.route("/<int(max=9007199254740991):case>/persons", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(PersonBody)
@blueprint.response(201, PersonDocument)
def name_person(_query: dict[str, Any], body: dict[str, Any], case: int) -> Response:
    """登记一并列入的人员（送达告知书之前）；号码加密保存，只回答遮盖后的"""
    view = context.write(
        lambda session: persons.name_person(session, context.actor(), case, now=context.now(), **body)
    )
    return answered(case_documents.person_document(view), 201)


def _answered(dossier: Dossier, status: int = 200) -> Response:
    return marked(answered(dossier.as_dict(), status), dossier.case.version)
