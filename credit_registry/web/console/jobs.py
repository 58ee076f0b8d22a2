"""The wizard for files: a preview of what would happen, a confirmation, progress, the batch."""

from datetime import timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain.errors import Refusal
from credit_registry.domain.permissions import Permission
from credit_registry.services import accounts, imports, jobs, previews
from credit_registry.services.jobs import JobView
from credit_registry.services.previews import Preview
from credit_registry.services.problems import told_apart
from credit_registry.storage.database import Session
from credit_registry.web import access, context, forms
from credit_registry.web.console.console import blueprint
from credit_registry.web.console.imports import ENCODINGS, form_page
from credit_registry.web.errors import status_of

# After so long in the queue somebody should look whether a worker runs.
_LONG = timedelta(minutes=1)
_SHOWN = 50


@blueprint.post("/imports/preview")
@access.needs(Permission.RECORDS_IMPORT)
def preview_import() -> Response:
    """Try a file, show what it would become, and keep it for the confirmation."""
    actor, now = context.actor(), context.now()
    kind = request.form.get("kind", "")
    is_confirmed = request.form.get("is_confirmed") == "true"
    try:
        forms.required_choice(kind, "信息类别", imports.kinds())
        encoding = forms.choice(request.form.get("encoding"), "文件编码", ENCODINGS) or None
        filename, data = forms.upload(request.files.get("file"), "文件")
        sheet = forms.text(request.form.get("sheet"), "工作表", limit=100, is_required=False) or None

        def look(session: Session) -> tuple[Preview, JobView]:
            found = previews.look(
                session,
                actor,
                kind,
                data,
                filename,
                sheet=sheet,
                encoding=encoding,
                is_confirmed=is_confirmed,
                now=now,
            )
            kept = jobs.submit(
                session,
                actor,
                kind,
                data,
                filename,
                folder=context.settings().uploads,
                sheet=sheet,
                encoding=encoding,
                is_confirmed=is_confirmed,
                is_draft=True,
                now=now,
            )
            return found, kept

        preview, job = context.write(look)
    except Refusal as refusal:
        return make_response(form_page(refusal, kind), int(status_of(refusal)))
    return make_response(
        render_template(
            "console/preview.html",
            preview=preview,
            result=preview.result,
            job=job,
            problems=told_apart(preview.result.problems),
        )
    )


@blueprint.get("/imports/jobs", endpoint="import_jobs")
@access.needs(Permission.RECORDS_IMPORT)
def page_jobs() -> str:
    """What was handed to the worker: waiting, under way, ended; htmx asks for the rows alone."""
    actor, after = context.actor(), forms.cursor(request.args.get("after"))
    with context.database().read() as session:
        page = jobs.page(session, actor, folder=context.settings().uploads, after=after, limit=_SHOWN)
        names = accounts.names(session, actor)
    is_part = "HX-Request" in request.headers
    return render_template(
        "console/job_rows.html" if is_part else "console/jobs.html",
        page=page,
        names=names,
        first=url_for("console.import_jobs") if after else None,
        following=url_for("console.import_jobs", after=page.after),
        is_moving=any(not job.is_over and job.state != "draft" for job in page.items),
    )


@blueprint.post("/imports/jobs/<int:job_id>/<any(confirm, drop, cancel):act>")
@access.needs(Permission.RECORDS_IMPORT)
def settle_import(job_id: int, act: str) -> Response:
    """Let a file that was looked at go on its way, or forget it; take a waiting job back."""
    actor, now = context.actor(), context.now()
    if act == "confirm":
        context.write(lambda session: jobs.confirm(session, actor, job_id, now=now))
        return redirect(url_for("console.import_job", job_id=job_id), 303)
    if act == "cancel":
        folder = context.settings().uploads
        context.write(lambda session: jobs.cancel(session, actor, job_id, folder=folder, now=now))
        flash("任务已取消，没有登记任何内容。", "success")
        return redirect(url_for("console.import_jobs"), 303)
    context.write(lambda session: jobs.drop(session, actor, job_id, folder=context.settings().uploads))
    flash("已放弃，没有登记任何内容。", "success")
    return redirect(url_for("console.import_form"), 303)


@blueprint.get("/imports/jobs/<int:job_id>")
@access.needs(Permission.RECORDS_IMPORT)
def import_job(job_id: int) -> Response:
    """How far an import is; htmx asks for the middle of the page alone, and is sent on to the batch."""
    actor = context.actor()
    folder = context.settings().uploads
    job = context.read(lambda session: jobs.get(session, actor, job_id, folder=folder))
    is_part = "HX-Request" in request.headers
    # The page asks once more when it has been told of the end: were it sent on while it still asks every second, each
    # answer would stop the way to a batch that takes longer to show.
    if job.state == "done" and (not is_part or "end" in request.args):
        target = url_for("console.batch", batch_id=job.batch)
        if not is_part:
            return redirect(target, 303)
        response = make_response("")
        response.headers["HX-Redirect"] = target
        return response
    page = render_template(
        "console/job_progress.html" if is_part else "console/job.html",
        job=job,
        is_waiting_long=job.state == "queued" and context.now() - job.created_at > _LONG,
    )
    return make_response(page)
