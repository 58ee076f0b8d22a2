"""`/imports`: a file taken in once, and the answer it got."""

from typing import Any

from flask import Response
from werkzeug.datastructures import FileStorage

from credit_registry.api import context
from credit_registry.api.auth import needs
from credit_registry.api.resources import Resource, answered
from credit_registry.api.schemas import (
    BatchDocument,
    ImportAnswer,
    ImportFile,
    ImportForm,
    ImportHeaders,
    NoQuery,
)
from credit_registry.domain.answers import stamp
from credit_registry.domain.permissions import Permission
from credit_registry.services import imports

blueprint = Resource("imports", __name__, url_prefix="/api/v1/imports", description="批量导入")


@blueprint.route("", methods=["POST"])
@needs(Permission.RECORDS_IMPORT)
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(ImportHeaders, location="headers")
@blueprint.arguments(ImportForm, location="form")
@blueprint.arguments(ImportFile, location="files")
@blueprint.response(201, ImportAnswer)
@blueprint.alt_response(200, schema=ImportAnswer, description="已导入过，这是第一次的结果", success=True)
def take_import(
    _query: dict[str, Any], headers: dict[str, Any], form: dict[str, Any], files: dict[str, Any]
) -> Response:
    """导入一个文件

    整批导入在回答之前完成：要么全部入库并留痕，要么什么都没有发生。有问题的行列在 `problems` 中，
    其余各行照常接收。带 `Idempotency-Key` 再次提交同一文件得到第一次的结果（200，`replayed: true`）；
    同一个键提交不同的文件回答 409。
    """
    file: FileStorage = files["file"]
    data = file.stream.read()
    result = context.database().run(
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
            now=context.now(),
        )
    )
    response = answered(result.as_dict(), 200 if result.replayed else 201)
    if result.batch is not None:
        response.headers["Location"] = f"/api/v1/imports/{result.batch}"
    return response


@blueprint.route("/<int(max=9007199254740991):batch>")
@needs(Permission.REGISTER_READ)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, BatchDocument)
def get_import(_query: dict[str, Any], batch: int) -> Response:
    """一个导入批次及其问题行"""
    view = context.read(lambda session: imports.get(session, context.actor(), batch))
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
            "problems": [dict(problem) for problem in view.problems],
            "withdrawn_at": stamp(view.withdrawn_at),
            "withdrawn_reason": view.withdrawn_reason,
        }
    )
