"""Objections, reconsiderations and lawsuits: filed against a case or a record, and how each ended."""

from typing import Any

from flask import Response

from credit_registry.api import context, versions
from credit_registry.api.auth import needs, person
from credit_registry.api.case_schemas import (
    AnnotationBody,
    AnnotationDocument,
    AnnotationPage,
    AnswerBody,
)
from credit_registry.api.resources import Resource, answered
from credit_registry.api.schemas import NoQuery
from credit_registry.api.versions import VersionHeader, demanded, marked
from credit_registry.domain.permissions import Permission
from credit_registry.services import accounts, annotations, case_documents
from credit_registry.services.annotations import AnnotationView
from credit_registry.storage.database import Session

blueprint = Resource("annotations", __name__, url_prefix="/api/v1", description="异议、行政复议和行政诉讼")


@blueprint.route("/cases/<int(max=9007199254740991):case>/annotations", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(AnnotationBody)
@blueprint.response(201, AnnotationDocument, headers=versions.TAG)
@blueprint.alt_response(200, schema=AnnotationDocument, description="已登记过，不重复登记", success=True)
def annotate_case(_query: dict[str, Any], body: dict[str, Any], case: int) -> Response:
    """对一件案件登记异议、行政复议或者行政诉讼；立即标注，效力除暂停执行外不停止

    同一事项、同一日期、同一内容再次提交的，不重复登记，答复已登记的一件（200）。
    """
    return _filed(body, case_id=case)


@blueprint.route("/records/<int(max=9007199254740991):record>/annotations", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(AnnotationBody)
@blueprint.response(201, AnnotationDocument, headers=versions.TAG)
@blueprint.alt_response(200, schema=AnnotationDocument, description="已登记过，不重复登记", success=True)
def annotate_record(_query: dict[str, Any], body: dict[str, Any], record: int) -> Response:
    """对一条信用记录登记异议、行政复议或者行政诉讼；再次提交的不重复登记（200）"""
    return _filed(body, record_id=record)


@blueprint.route("/records/<int(max=9007199254740991):record>/annotations")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, AnnotationPage)
def page_annotations(_query: dict[str, Any], record: int) -> Response:
    """一条信用记录的异议、行政复议和行政诉讼；案件的在案件中"""

    def work(session: Session) -> list[dict[str, Any]]:
        found = annotations.of_record(session, context.actor(), record, now=context.now())
        names = accounts.names(session, context.actor())
        return [case_documents.annotation_document(each, names) for each in found]

    return answered({"items": context.read(work)})


@blueprint.route("/annotations/<int(max=9007199254740991):annotation>")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, AnnotationDocument, headers=versions.TAG)
def get_annotation(_query: dict[str, Any], annotation: int) -> Response:
    """一件异议、行政复议或者行政诉讼"""
    return _answered(
        context.read(
            lambda session: annotations.get(session, context.actor(), annotation, now=context.now())
        ),
        200,
    )


@blueprint.route("/annotations/<int(max=9007199254740991):annotation>/answer", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(VersionHeader, location="headers")
@blueprint.arguments(AnswerBody)
@blueprint.response(200, AnnotationDocument, headers=versions.TAG)
def answer_annotation(
    _query: dict[str, Any], headers: dict[str, Any], body: dict[str, Any], annotation: int
) -> Response:
    """答复异议，或者登记复议、诉讼的结果

    异议由没有办理过该事项的人员答复。成立的，同时撤销所涉列入决定；复议、诉讼成立的，同时撤销所涉记录。
    """
    version = demanded(headers)
    return _answered(
        context.write(
            lambda session: annotations.answer(
                session, context.actor(), annotation, version=version, now=context.now(), **body
            )
        ),
        200,
    )


def _filed(body: dict[str, Any], *, case_id: int | None = None, record_id: int | None = None) -> Response:
    view = context.write(
        lambda session: annotations.file(
            session, context.actor(), case_id=case_id, record_id=record_id, now=context.now(), **body
        )
    )
    return _answered(view, 200 if view.is_repeat else 201)


def _answered(view: AnnotationView, status: int) -> Response:
    names = context.read(lambda session: accounts.names(session, context.actor()))
    return marked(answered(case_documents.annotation_document(view, names), status), view.version)
