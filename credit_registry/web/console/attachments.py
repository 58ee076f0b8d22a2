"""Attachments of records and cases: upload, download."""

from flask import Response as FlaskResponse
from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain.errors import Refusal
from credit_registry.domain.permissions import Permission
from credit_registry.services import attachments
from credit_registry.web import access, context, forms
from credit_registry.web.console.console import WRITERS, blueprint
from credit_registry.web.console.owners import answer_refusal
from credit_registry.web.downloads import as_download


@blueprint.post("/records/<int:record_id>/attachments")
@access.needs(*WRITERS)
def attach_to_record(record_id: int) -> Response:
    try:
        _attach(record_id=record_id)
    except Refusal as refusal:
        return answer_refusal(refusal, "attach", record_id=record_id)
    return redirect(url_for("console.record", record_id=record_id) + "#files-title", 303)


@blueprint.post("/cases/<int:case_id>/attachments")
@access.needs(*WRITERS)
def attach_to_case(case_id: int) -> Response:
    try:
        _attach(case_id=case_id)
    except Refusal as refusal:
        return answer_refusal(refusal, "attach", case_id=case_id)
    return redirect(url_for("console.case", case_id=case_id) + "#files-title", 303)


@blueprint.get("/attachments/<int:attachment_id>")
@access.needs(Permission.REGISTER_READ)
def attachment(attachment_id: int) -> FlaskResponse:
    """The bytes, always as a download: an uploaded page must never run as one of ours."""
    actor, folder = context.actor(), context.attachments()
    view, data = context.read(lambda session: attachments.open(session, actor, attachment_id, folder))
    return as_download(data, view.filename, view.media_type)


def _attach(*, record_id: int | None = None, case_id: int | None = None) -> None:
    actor, now, folder = context.actor(), context.now(), context.attachments()
    title = forms.text(request.form.get("title"), "说明", limit=200)
    filename, data = forms.upload(request.files.get("file"), "文件")
    context.write(
        lambda session: attachments.attach(
            session,
            actor,
            record_id=record_id,
            case_id=case_id,
            title=title,
            filename=filename,
            data=data,
            folder=folder,
            now=now,
        )
    )
    flash(f"已上传“{title}”。", "success")
