"""Reports of list changes: what is still to be told, receipts, feedback."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain.errors import InvalidInput
from credit_registry.domain.permissions import Permission
from credit_registry.services import reports
from credit_registry.services.reports import COLUMNS, ReportView
from credit_registry.storage.database import Session
from credit_registry.web import access, context, forms, proof
from credit_registry.web.console.console import blueprint

_MOST_BYTES = 5_000_000


@blueprint.get("/reports", endpoint="reports")
@access.needs(Permission.REGISTER_READ)
def page() -> str:
    actor, now = context.actor(), context.now()
    found = context.read(lambda session: reports.unreported(session, actor, now=now))
    return render_template(
        "console/reports.html",
        unreported=found,
        columns=COLUMNS,
        may_report=actor.may(Permission.LISTINGS_PUBLISH),
    )


@blueprint.post("/reports/receipts")
@access.needs(Permission.LISTINGS_PUBLISH)
def take_receipts() -> Response:
    """A platform's receipt file."""
    actor, now = context.actor(), context.now()
    file = request.files.get("file")
    data = file.read(_MOST_BYTES + 1) if file else b""
    if not data or len(data) > _MOST_BYTES:
        raise InvalidInput("请选择回执文件（CSV，不超过 5 MB）。", code="receipts-unreadable")
    taken = context.write(lambda session: reports.take_receipts(session, actor, data, now=now))
    flash(
        f"回执已登记：接收 {taken.accepted} 份，失败 {taken.rejected} 份，重复 {taken.duplicate} 份。",
        "success",
    )
    for number, problem in taken.problems.items():
        flash(f"第 {number} 行：{problem}。", "warning")
    return redirect(url_for("console.reports"), 303)


@blueprint.post("/cases/<int:case_id>/reports")
@access.needs(Permission.LISTINGS_PUBLISH)
@proof.proved()
def send_report(case_id: int) -> Response:
    actor, now = context.actor(), context.now()
    receiver = forms.text(request.form.get("receiver"), "通报单位", limit=32)
    return _done(
        "已生成通报函，请登记其回执。",
        lambda session: reports.send(session, actor, case_id, receiver, now=now),
    )


@blueprint.post("/reports/<int:report_id>/receipt")
@access.needs(Permission.LISTINGS_PUBLISH)
def receive_report(report_id: int) -> Response:
    actor, now = context.actor(), context.now()
    received_on = forms.required_day(request.form.get("received_on"), "回执日期")
    version = forms.version(request.form.get("version"))
    number = forms.text(request.form.get("receipt_no"), "回执编号", limit=100, is_required=False)
    error = forms.text(request.form.get("error"), "错误说明", limit=2000, is_required=False)
    return _done(
        "回执已登记。",
        lambda session: reports.receive(
            session,
            actor,
            report_id,
            version=version,
            received_on=received_on,
            receipt_no=number,
            error=error,
            now=now,
        ),
    )


@blueprint.post("/reports/<int:report_id>/feedback")
@access.needs(Permission.LISTINGS_PUBLISH)
def feed_back_report(report_id: int) -> Response:
    actor, now = context.actor(), context.now()
    on = forms.required_day(request.form.get("on"), "反馈日期")
    version = forms.version(request.form.get("version"))
    content = forms.text(request.form.get("content"), "反馈内容", limit=4000)
    return _done(
        "反馈已登记。",
        lambda session: reports.feed_back(
            session, actor, report_id, version=version, content=content, on=on, now=now
        ),
    )


def _done(said: str, act: Callable[[Session], ReportView]) -> Response:
    view = context.write(act)
    flash(said, "success")
    return redirect(url_for("console.case", case_id=view.case_id) + "#reports-title", 303)
