"""Objections, reconsiderations and lawsuits against a case or a record: noted at once, answered in time."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain.errors import Refusal
from credit_registry.domain.permissions import Permission
from credit_registry.services import annotations, suspensions
from credit_registry.services.annotations import KIND_TITLES, OUTCOMES, AnnotationView
from credit_registry.web import access, context, forms, proof
from credit_registry.web.console.console import blueprint
from credit_registry.web.console.owners import answer_refusal


@blueprint.post("/cases/<int:case_id>/annotations")
@access.needs(Permission.LISTINGS_NOTIFY)
def annotate_case(case_id: int) -> Response:
    try:
        _file(case_id=case_id)
    except Refusal as refusal:
        return answer_refusal(refusal, "annotate", case_id=case_id)
    return redirect(url_for("console.case", case_id=case_id) + "#notes-title", 303)


@blueprint.post("/records/<int:record_id>/annotations")
@access.needs(Permission.LISTINGS_NOTIFY)
def annotate_record(record_id: int) -> Response:
    try:
        _file(record_id=record_id)
    except Refusal as refusal:
        return answer_refusal(refusal, "annotate", record_id=record_id)
    return redirect(url_for("console.record", record_id=record_id) + "#notes-title", 303)


@blueprint.post("/annotations/<int:annotation_id>/answer")
@access.needs(Permission.LISTINGS_NOTIFY, Permission.LISTINGS_REVIEW, Permission.LISTINGS_DECIDE)
@proof.proved()
def answer_annotation(annotation_id: int) -> Response:
    """Answer an objection, or enter how a reconsideration or lawsuit ended."""
    actor, now = context.actor(), context.now()
    view = context.read(lambda session: annotations.get(session, actor, annotation_id, now=now))
    try:
        _answer(view)
    except Refusal as refusal:
        return answer_refusal(
            refusal, f"answer-{annotation_id}", case_id=view.case_id, record_id=view.record_id
        )
    flash("答复已登记。", "success")
    if view.case_id is not None:
        return redirect(url_for("console.case", case_id=view.case_id) + "#notes-title", 303)
    return redirect(url_for("console.record", record_id=view.record_id) + "#notes-title", 303)


@blueprint.post("/annotations/<int:annotation_id>/stop")
@access.needs(Permission.LISTINGS_NOTIFY)
def stop_record(annotation_id: int) -> Response:
    """A court or the reviewing authority has stopped the penalty."""
    actor, now = context.actor(), context.now()
    received_on = forms.required_day(request.form.get("received_on"), "收到日期")
    content = forms.text(request.form.get("content"), "文号和内容", limit=4000)
    record_id = context.write(
        lambda session: suspensions.suspend(
            session, actor, annotation_id, received_on=received_on, content=content, now=now
        )
    )
    flash("该处罚已停止执行。", "success")
    return redirect(url_for("console.record", record_id=record_id) + "#notes-title", 303)


@blueprint.post("/records/<int:record_id>/resume")
@access.needs(Permission.LISTINGS_DECIDE)
@proof.proved()
def resume_record(record_id: int) -> Response:
    actor, now = context.actor(), context.now()
    reason = forms.text(request.form.get("reason"), "依据", limit=4000)
    context.write(lambda session: suspensions.resume(session, actor, record_id, reason=reason, now=now))
    flash("该处罚已恢复执行。", "success")
    return redirect(url_for("console.record", record_id=record_id) + "#notes-title", 303)


def _answer(view: AnnotationView) -> None:
    actor, now = context.actor(), context.now()
    outcome = forms.required_choice(request.form.get("outcome"), "处理结果", tuple(OUTCOMES))
    said = forms.text(request.form.get("answer"), "答复", limit=4000)
    version = forms.version(request.form.get("version"))
    context.write(
        lambda session: annotations.answer(
            session, actor, view.annotation_id, outcome=outcome, answer=said, version=version, now=now
        )
    )


def _file(*, case_id: int | None = None, record_id: int | None = None) -> None:
    actor, now = context.actor(), context.now()
    kind = forms.required_choice(request.form.get("kind"), "类别", tuple(KIND_TITLES))
    filed_on = forms.required_day(request.form.get("filed_on"), "提出日期")
    content = forms.text(request.form.get("content"), "内容", limit=4000)
    noted = context.write(
        lambda session: annotations.file(
            session,
            actor,
            kind=kind,
            filed_on=filed_on,
            content=content,
            case_id=case_id,
            record_id=record_id,
            now=now,
        )
    )
    before = "此前已经登记，没有重复登记" if noted.is_repeat else "已登记，相关记录已标注"
    flash(f"{KIND_TITLES[kind]}{before}。", "success")
