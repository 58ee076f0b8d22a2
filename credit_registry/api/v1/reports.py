"""Reports of list changes to other offices: what is due, told, received and done about it."""

from typing import Any

from flask import Response

from credit_registry.api import context, versions
from credit_registry.api.auth import needs, person
from credit_registry.api.import_schemas import ImportFile
from credit_registry.api.office_schemas import (
    DueReportPage,
    FeedbackBody,
    ReceiptBody,
    ReceiptsDocument,
    ReportBody,
    ReportDocument,
    ReportPage,
)
from credit_registry.api.resources import Resource, answered
from credit_registry.api.schemas import NoQuery
from credit_registry.api.versions import VersionHeader, demanded, marked
from credit_registry.domain.permissions import Permission
from credit_registry.services import reports
from credit_registry.services.office_documents import (
    receipts_document,
    report_document,
    unreported_document,
)
from credit_registry.services.reports import ReportView

blueprint = Resource("reports", __name__, url_prefix="/api/v1", description="通报和回执")


@blueprint.route("/reports")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, DueReportPage)
def page_due_reports(_query: dict[str, Any]) -> Response:
    """尚未通报的名单变动，以及上一次报送失败的"""
    found = context.read(lambda session: reports.unreported(session, context.actor(), now=context.now()))
    return answered({"items": [unreported_document(each) for each in found]})


@blueprint.route("/cases/<int(max=9007199254740991):case>/reports")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, ReportPage)
def page_reports(_query: dict[str, Any], case: int) -> Response:
    """一件案件的通报及其回执、反馈；`version` 是登记回执、反馈时 `If-Match` 的版本"""
    found = context.read(lambda session: reports.of_case(session, context.actor(), case, now=context.now()))
    return answered({"items": [report_document(each) for each in found]})


@blueprint.route("/cases/<int(max=9007199254740991):case>/reports", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(ReportBody)
@blueprint.response(201, ReportDocument, headers=versions.TAG)
def send_report(_query: dict[str, Any], body: dict[str, Any], case: int) -> Response:
    """向一个单位通报案件最近的变动；同一变动已通报的回答 409 `reported-already`"""
    return _answered(
        context.write(
            lambda session: reports.send(session, context.actor(), case, body["receiver"], now=context.now())
        ),
        201,
    )


@blueprint.route("/reports/<int(max=9007199254740991):report>/receipt", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(VersionHeader, location="headers")
@blueprint.arguments(ReceiptBody)
@blueprint.response(200, ReportDocument, headers=versions.TAG)
def receive_report(
    _query: dict[str, Any], headers: dict[str, Any], body: dict[str, Any], report: int
) -> Response:
    """登记回执：接收的填回执编号，失败的填错误说明"""
    version = demanded(headers)
    return _answered(
        context.write(
            lambda session: reports.receive(
                session, context.actor(), report, version=version, now=context.now(), **body
            )
        )
    )


@blueprint.route("/reports/<int(max=9007199254740991):report>/feedback", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(VersionHeader, location="headers")
@blueprint.arguments(FeedbackBody)
@blueprint.response(200, ReportDocument, headers=versions.TAG)
def feed_back_report(
    _query: dict[str, Any], headers: dict[str, Any], body: dict[str, Any], report: int
) -> Response:
    """登记对方的反馈，一次为限"""
    version = demanded(headers)
    return _answered(
        context.write(
            lambda session: reports.feed_back(
                session, context.actor(), report, version=version, now=context.now(), **body
            )
        )
    )


@blueprint.route("/reports/receipts", methods=["POST"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(ImportFile, location="files")
@blueprint.response(200, ReceiptsDocument)
def take_receipts(_query: dict[str, Any], files: dict[str, Any]) -> Response:
    """登记一份回执文件（CSV，UTF-8）：逐行登记，再次提交不重复登记"""
    data = files["file"].stream.read()
    taken = context.write(
        lambda session: reports.take_receipts(session, context.actor(), data, now=context.now())
    )
    return answered(receipts_document(taken))


def _answered(view: ReportView, status: int = 200) -> Response:
    return marked(answered(report_document(view), status), view.version)
