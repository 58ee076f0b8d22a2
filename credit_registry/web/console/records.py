"""Records: read with every version, entered, corrected, and ended with a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain.errors import InvalidInput, NotFound, Refusal
from credit_registry.domain.permissions import Permission
from credit_registry.services import accounts, annotations, attachments, enterprises, records, vocabulary
from credit_registry.services.record_views import RecordHistory
from credit_registry.web import access, context, forms, proof, words
from credit_registry.web.console.console import blueprint, may_attach
from credit_registry.web.errors import refused


@dataclass(frozen=True)
class Ending:
    """An act that ends or confirms a record, as the page offers it."""

    act: str
    title: str
    explanation: str
    perform: Callable[..., RecordHistory]


ENDINGS: dict[str, Ending] = {
    ending.act: ending
    for ending in (
        Ending(
            "revoke",
            "撤销",
            "作出机关撤销了该决定，或其依据不再成立。撤销后立即停止公示，不再计入评价。",
            records.revoke,
        ),
        Ending(
            "repair",
            "信用修复",
            "当事人已履行义务并获准修复。修复后不再公示、共享和计分，内部留存。",
            records.repair,
        ),
        Ending(
            "withdraw",
            "撤回",
            "报送有误，本不应登记（如单位张冠李戴）。撤回后视同没有登记。",
            records.withdraw,
        ),
    )
}
_CLASSES = {"minor": "轻微", "general": "一般", "serious": "严重"}


@blueprint.get("/records/<int:record_id>")
@access.needs(Permission.REGISTER_READ)
def record(record_id: int) -> str:
    """One record: what is known, who said so and when, and what may be done."""
    return record_page(record_id, None, None)


def record_page(record_id: int, tried: str | None, refusal: Refusal | None) -> str:
    """The page of a record; after a refusal with the form that was tried, open and filled in."""
    actor = context.actor()
    with context.database().read() as session:
        history = records.get(session, actor, record_id, on=context.today())
        names = accounts.names(session, actor)
        files = attachments.page(session, actor, record_id=record_id)
        notes = annotations.of_record(session, actor, record_id, now=context.now())
    may_correct = actor.may(Permission.RECORDS_CORRECT)
    return render_template(
        "console/record.html",
        history=history,
        names=names,
        files=files,
        may_attach=may_attach(),
        attach_address=url_for("console.attach_to_record", record_id=record_id),
        notes=notes,
        may_annotate=actor.may(Permission.LISTINGS_NOTIFY),
        may_answer=actor.may(Permission.LISTINGS_NOTIFY) or actor.may(Permission.LISTINGS_DECIDE),
        annotate_address=url_for("console.annotate_record", record_id=record_id),
        note_kinds=annotations.KIND_TITLES,
        outcomes=annotations.OUTCOMES,
        is_stopped=history.record.kind == "penalty" and history.record.state == "pending",
        may_resume=actor.may(Permission.LISTINGS_DECIDE),
        record=history.record,
        shown=_columns(history),
        endings=ENDINGS.values() if may_correct and history.record.state in ("live", "pending") else (),
        classes=_CLASSES,
        may_correct=may_correct,
        may_repair=_may_repair(history),
        tried=tried,
        refusal=refusal,
        given=request.form,
    )


@blueprint.get("/enterprises/<uscc>/records/new/<kind>")
@access.needs(Permission.RECORDS_ENTER)
def enter_record(uscc: str, kind: str) -> str:
    return _entry_page(uscc, kind, {}, None)


@blueprint.post("/enterprises/<uscc>/records/new/<kind>")
@access.needs(Permission.RECORDS_ENTER)
def save_record(uscc: str, kind: str) -> Response:
    """Enter one record by hand, through the checks of a file."""
    actor, now, values = context.actor(), context.now(), _given(kind)
    try:
        made = context.write(lambda session: records.enter(session, actor, kind, uscc, values, now=now))
    except Refusal as refusal:
        return refused(_entry_page(uscc, kind, values, refusal), refusal)
    flash("记录已登记。", "success")
    return redirect(url_for("console.record", record_id=made.record.record_id), 303)


@blueprint.get("/records/<int:record_id>/correct")
@access.needs(Permission.RECORDS_CORRECT)
def correct_record(record_id: int) -> str:
    return _correction_page(record_id, None, None)


@blueprint.post("/records/<int:record_id>/correct")
@access.needs(Permission.RECORDS_CORRECT)
def save_correction(record_id: int) -> Response:
    """Append a version with the fields that differ; nothing is overwritten."""
    actor, now = context.actor(), context.now()
    before = context.read(lambda session: records.get(session, actor, record_id, on=context.today())).record
    given = _given(before.kind)
    shown = vocabulary.as_written(before.kind, before.values)
    changes = {name: value or None for name, value in given.items() if value != shown.get(name, "")}
    try:
        context.write(
            lambda session: records.correct(
                session,
                actor,
                record_id,
                _nested(changes),
                version=forms.version(request.form.get("version")),
                reason=forms.text(request.form.get("reason"), "更正理由", limit=2000),
                now=now,
            )
        )
    except Refusal as refusal:
        return refused(_correction_page(record_id, given, refusal), refusal)
    flash("已更正，原版本保留可查。", "success")
    return redirect(url_for("console.record", record_id=record_id), 303)


@blueprint.post("/records/<int:record_id>/end/<act>")
@access.needs(Permission.RECORDS_CORRECT)
@proof.proved()
def end_record(record_id: int, act: str) -> Response:
    """Revoke, repair or withdraw."""
    ending = ENDINGS.get(act)
    if ending is None:
        raise NotFound("没有这项操作，请从记录页面进入。", code="unknown-act")
    actor, now = context.actor(), context.now()
    try:
        version = forms.version(request.form.get("version"))
        reason = forms.text(request.form.get("reason"), "理由", limit=2000)
        context.write(
            lambda session: ending.perform(session, actor, record_id, version=version, reason=reason, now=now)
        )
    except Refusal as refusal:
        return refused(record_page(record_id, act, refusal), refusal)
    flash(f"已{ending.title}。", "success")
    return redirect(url_for("console.record", record_id=record_id), 303)


@blueprint.post("/records/<int:record_id>/class")
@access.needs(Permission.RECORDS_CORRECT)
def confirm_record_class(record_id: int) -> Response:
    """Confirm the class that the registry proposed, or set another."""
    actor, now = context.actor(), context.now()
    try:
        chosen = forms.required_choice(request.form.get("breach_class"), "失信程度", tuple(_CLASSES))
        version = forms.version(request.form.get("version"))
        reason = forms.text(request.form.get("reason"), "理由", limit=2000)
        context.write(
            lambda session: records.confirm_class(
                session, actor, record_id, chosen, version=version, reason=reason, now=now
            )
        )
    except Refusal as refusal:
        return refused(record_page(record_id, "class", refusal), refusal)
    flash("失信程度已确认。", "success")
    return redirect(url_for("console.record", record_id=record_id), 303)


def _may_repair(history: RecordHistory) -> bool:
    """谁处罚、谁修复: an application is taken in by the office that penalised."""
    found, actor = history.record, context.actor()
    return (
        found.kind == "penalty"
        and found.state == "live"
        and actor.may(Permission.LISTINGS_NOTIFY)
        and actor.authority_code is not None
        and found.values.get("authority_code") == actor.authority_code
    )


def _given(kind: str) -> dict[str, str]:
    """What the form holds, trimmed, by field; several choices joined as a file would."""
    given: dict[str, str] = {}
    for field in _fields(kind):
        if field.type == "choices":
            chosen = [value for value in request.form.getlist(field.name) if value in dict(field.options)]
            given[field.name] = ";".join(sorted(chosen))
        else:
            given[field.name] = forms.text(
                request.form.get(field.name), field.title, limit=field.limit, is_required=False
            )
    return given


def _fields(kind: str) -> tuple[vocabulary.Field, ...]:
    found = vocabulary.fields(kind)
    if not found:
        raise InvalidInput(
            f"不能手工录入“{words.KINDS.get(kind, kind)}”。请从企业页面的“录入记录”中选择类别。",
            code="unknown-kind",
        )
    return found


def _nested(changes: dict[str, str | None]) -> dict[str, Any]:
    """``details.remark`` is a key within ``details``."""
    flat: dict[str, Any] = {name: value for name, value in changes.items() if not name.startswith("details.")}
    within = {
        name.removeprefix("details."): value for name, value in changes.items() if name.startswith("details.")
    }
    return {**flat, "details": within} if within else flat


def _entry_page(uscc: str, kind: str, values: dict[str, str], refusal: Refusal | None) -> str:
    actor = context.actor()
    enterprise = context.read(lambda session: enterprises.get(session, actor, uscc))
    given = values or {
        "authority_name": actor.office_name,
        "authority_code": actor.authority_code or "",
        "source_name": actor.office_name,
        "source_code": actor.authority_code or "",
    }
    return render_template(
        "console/record_form.html",
        enterprise=enterprise,
        kind=kind,
        fields=_fields(kind),
        values=given,
        refusal=refusal,
        problems=_problems(refusal),
        record=None,
    )


def _correction_page(record_id: int, given: dict[str, str] | None, refusal: Refusal | None) -> str:
    actor = context.actor()
    history = context.read(lambda session: records.get(session, actor, record_id, on=context.today()))
    found = history.record
    return render_template(
        "console/record_form.html",
        enterprise=history,
        kind=found.kind,
        fields=[field for field in _fields(found.kind) if not field.name.startswith("legal_representative")],
        values=given or vocabulary.as_written(found.kind, found.values),
        refusal=refusal,
        problems=_problems(refusal),
        record=found,
    )


def _problems(refusal: Refusal | None) -> dict[str, dict[str, Any]]:
    """The checks' findings by column, to stand beside their fields."""
    listed = refusal.facts.get("problems", []) if refusal else []
    return {str(problem.get("column")): problem for problem in listed} if isinstance(listed, list) else {}


def _columns(history: RecordHistory) -> list[str]:
    """The columns that any version fills, in the order of the form, computed ones last."""
    filled = {
        name for version in history.versions for name, value in version.values.items() if value is not None
    }
    filled |= set(history.record.values)
    known = [field.name for field in vocabulary.fields(history.record.kind)]
    skipped = {"details", "kind", "state", "document_no_raw"}
    return [*(n for n in known if n in filled), *sorted(filled - set(known) - skipped)]
