"""`/imports`: a file taken in once, at once or by the worker, and the answer it got."""

from typing import Any

from flask import Response
from werkzeug.datastructures import FileStorage

from credit_registry.api import context
from credit_registry.api.auth import needs
from credit_registry.api.import_schemas import (
    BatchDocument,
    BatchQuery,
    ImportAnswer,
    ImportFile,
    ImportForm,
    ImportHeaders,
    JobDocument,
)
from credit_registry.api.resources import Resource, answered
from credit_registry.api.schemas import NoQuery
from credit_registry.domain.answers import stamp
from credit_registry.domain.permissions import Permission
from credit_registry.services import batches, imports, jobs
from credit_registry.services.jobs import JobView
from credit_registry.services.problems import told_apart

blueprint = Resource("imports", __name__, url_prefix="/api/v1/imports", description="批量导入")


@blueprint.route("", methods=["POST"])
@needs(Permission.RECORDS_IMPORT)
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(ImportHeaders, location="headers")
@blueprint.arguments(ImportForm, location="form")
@blueprint.arguments(ImportFile, location="files")
@blueprint.response(201, ImportAnswer)
@blueprint.alt_response(200, schema=ImportAnswer, description="已导入过，这是第一次的结果", success=True)
@blueprint.alt_response(
    202, schema=JobDocument, description="已收下，由后台导入；结果在 Location 处查询", success=True
)
def take_import(
    _query: dict[str, Any], headers: dict[str, Any], form: dict[str, Any], files: dict[str, Any]
) -> Response:
    """导入一个文件

    整批导入在回答之前完成：要么全部入库并留痕，要么什么都没有发生。有问题的行列在 `problems` 中，
    其余各行照常接收。带 `Prefer: respond-async`，或文件大于 4 MB（以部署的设置为准）时，立即回答 202，
    由后台导入，在 `Location` 处查询进度和结果。带 `Idempotency-Key` 再次提交同一文件得到第一次的结果（200，`replayed: true`）；
    同一个键提交不同的文件回答 409。
    """
    file: FileStorage = files["file"]
    data = file.stream.read()
    is_asked = _is_async(headers.get("prefer", ""))
    if is_asked or len(data) > context.registry().settings.import_at_once_mb * 1024 * 1024:
        return _handed_in(headers, form, file.filename or "file", data, is_asked=is_asked)
    result = context.write(
        lambda session: imports.take(
            session,
            context.actor(),
            form["kind"],
            data,
            file.filename or "file",
            key=headers.get("key"),
            layout=form.get("layout"),
            sheet=form.get("sheet"),
            encoding=form.get("encoding"),
            is_confirmed="confirmed" in form,
            now=context.now(),
        )
    )
    response = answered(result.as_dict(), 200 if result.replayed else 201)
    if result.batch is not None:
        response.headers["Location"] = f"/api/v1/imports/{result.batch}"
    return response


def _is_async(prefer: str) -> bool:
    return any(part.partition(";")[0].strip().lower() == "respond-async" for part in prefer.split(","))


def _handed_in(
    headers: dict[str, Any], form: dict[str, Any], filename: str, data: bytes, *, is_asked: bool
) -> Response:
    job = context.write(
        lambda session: jobs.submit(
            session,
            context.actor(),
            form["kind"],
            data,
            filename,
            folder=context.registry().settings.uploads,
            key=headers.get("key"),
            layout=form.get("layout"),
            sheet=form.get("sheet"),
            encoding=form.get("encoding"),
            is_confirmed="confirmed" in form,
            now=context.now(),
        )
    )
    response = answered(_job(job), 202)
    response.headers["Location"] = f"/api/v1/imports/jobs/{job.job}"
    if is_asked:
        response.headers["Preference-Applied"] = "respond-async"
    return response


@blueprint.route("/jobs/<int(max=9007199254740991):job>")
@needs(Permission.RECORDS_IMPORT)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, JobDocument)
def get_import_job(_query: dict[str, Any], job: int) -> Response:
    """一个后台导入任务：进度，完成后的结果，或拒绝的原因

    每几秒查询一次即可。`done` 时 `result` 与立即导入的回答相同；`refused` 时 `problem` 说明原因，
    改正后可以用同一个键重新提交。
    """
    folder = context.registry().settings.uploads
    found = context.read(lambda session: jobs.get(session, context.actor(), job, folder=folder))
    return answered(_job(found))


def _job(job: JobView) -> dict[str, Any]:
    return {
        "job": job.job,
        "state": job.state,
        "kind": job.kind,
        "filename": job.filename,
        "created_at": stamp(job.created_at),
        "started_at": stamp(job.started_at),
        "finished_at": stamp(job.finished_at),
        "attempts": job.attempts,
        "progress": {"stage": job.stage, "done": job.done_rows, "rows": job.rows},
        "result": job.result,
        "problem": job.refusal,
    }


@blueprint.route("/<int(max=9007199254740991):batch>")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(BatchQuery, location="query")
@blueprint.response(200, BatchDocument)
def get_import(query: dict[str, Any], batch: int) -> Response:
    """一个导入批次及其问题行"""
    view = context.read(lambda session: batches.get(session, context.actor(), batch))
    problems = told_apart(view.problems)
    listed = {"needed": problems.needed, "noted": problems.noted}.get(query["show"], view.problems)
    return answered(
        {
            "batch": view.batch,
            "kind": view.kind,
            "layout": view.layout,
            "filename": view.filename,
            "state": view.state,
            "recorded_at": stamp(view.recorded_at),
            "rows": view.rows,
            "accepted": view.accepted,
            "duplicate": view.duplicate,
            "held": view.held,
            "refused": view.refused,
            "problem_counts": {"needed": len(problems.needed), "noted": len(problems.noted)},
            "problems": [dict(problem) for problem in listed],
            "withdrawn_at": stamp(view.withdrawn_at),
            "withdrawn_reason": view.withdrawn_reason,
        }
    )
