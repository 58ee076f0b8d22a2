"""`/announcements`: the yearly announcement of grades, drafted by one officer and made by another."""

from typing import Any

from flask import Response

from credit_registry.api import context, versions
from credit_registry.api.auth import needs, person
from credit_registry.api.office_schemas import (
    AnnouncementBody,
    AnnouncementDocument,
    AnnouncementPage,
    DraftingDocument,
    ReasonBody,
)
from credit_registry.api.resources import Resource, answered
from credit_registry.api.schemas import NoQuery
from credit_registry.api.versions import VersionHeader, demanded, marked
from credit_registry.domain.permissions import Permission
from credit_registry.services import announcements, yearly_drafts
from credit_registry.services.announcements import AnnouncementView
from credit_registry.services.office_documents import announcement_document, drafting_document
from credit_registry.services.yearly_drafts import DraftJob

blueprint = Resource(
    "announcements", __name__, url_prefix="/api/v1/announcements", description="年度等级公布"
)


@blueprint.route("")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, AnnouncementPage)
def page_announcements(_query: dict[str, Any]) -> Response:
    """年度等级公布，新的在前；`drafting` 是后台正在锁定的一份"""
    with context.database().read() as session:
        found = announcements.page(session, context.actor())
        drafting = yearly_drafts.latest(session, context.actor())
    return answered(
        {
            "items": [announcement_document(each) for each in found],
            "drafting": drafting_document(drafting) if drafting and not drafting.is_over else None,
        }
    )


@blueprint.route("", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(AnnouncementBody)
@blueprint.response(201, AnnouncementDocument, headers=versions.TAG)
@blueprint.alt_response(202, schema=DraftingDocument, description="企业很多，正在后台锁定", success=True)
def draft_announcement(_query: dict[str, Any], body: dict[str, Any]) -> Response:
    """拟定：锁定今天计算的全部等级，由另一名人员公布

    已有一份拟公布的回答 409 `announcement-open`。企业很多时在后台锁定：回答 202，进度见 `GET /announcements` 的 `drafting`，
    完成后列在 `items` 中。
    """
    made = context.write(
        lambda session: yearly_drafts.begin(session, context.actor(), year=body["year"], now=context.now())
    )
    if isinstance(made, DraftJob):
        waiting = answered(drafting_document(made), 202)
        waiting.headers["Location"] = "/api/v1/announcements"
        return waiting
    response = _answered(made, 201)
    response.headers["Location"] = f"/api/v1/announcements/{made.announcement_id}"
    return response


@blueprint.route("/<int(max=9007199254740991):announcement>")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, AnnouncementDocument, headers=versions.TAG)
def get_announcement(_query: dict[str, Any], announcement: int) -> Response:
    """一次年度等级公布"""
    return _answered(context.read(lambda session: announcements.get(session, context.actor(), announcement)))


@blueprint.route("/<int(max=9007199254740991):announcement>/make", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(VersionHeader, location="headers")
@blueprint.arguments(ReasonBody)
@blueprint.response(200, AnnouncementDocument, headers=versions.TAG)
def make_announcement(
    _query: dict[str, Any], headers: dict[str, Any], body: dict[str, Any], announcement: int
) -> Response:
    """公布：由拟定人以外的人员办理；降为中、差的逐家立案告知，不在其中公布"""
    version = demanded(headers)
    return _answered(
        context.write(
            lambda session: announcements.make(
                session, context.actor(), announcement, version=version, now=context.now(), **body
            )
        )
    )


@blueprint.route("/<int(max=9007199254740991):announcement>/withdraw", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(VersionHeader, location="headers")
@blueprint.arguments(ReasonBody)
@blueprint.response(200, AnnouncementDocument, headers=versions.TAG)
def withdraw_announcement(
    _query: dict[str, Any], headers: dict[str, Any], body: dict[str, Any], announcement: int
) -> Response:
    """撤回拟公布的年度等级"""
    version = demanded(headers)
    return _answered(
        context.write(
            lambda session: announcements.withdraw(
                session, context.actor(), announcement, version=version, now=context.now(), **body
            )
        )
    )


def _answered(view: AnnouncementView, status: int = 200) -> Response:
    return marked(answered(announcement_document(view), status), view.version)
