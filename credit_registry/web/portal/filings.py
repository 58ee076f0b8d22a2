"""What an enterprise hands in, and its receipts."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain.errors import Refusal
from credit_registry.domain.filings import PARTY_STEPS
from credit_registry.domain.papers import PAPERS
from credit_registry.domain.permissions import Permission
from credit_registry.domain.steps import Action
from credit_registry.services import filings as service
from credit_registry.services.filings import FilingView, Upload
from credit_registry.storage.database import Session
from credit_registry.web import access, context, forms
from credit_registry.web.errors import refused
from credit_registry.web.portal.own_file import case_page, record_page
from credit_registry.web.portal.portal import blueprint

_LONGEST = 20_000


@blueprint.post("/cases/<int:case_id>/<action>")
@access.needs(Permission.OWN_FILE)
def take_step(case_id: int, action: str) -> Response:
    """Statement, hearing, application for early removal; a refusal comes back on the case with what was typed."""
    actor, now, folder = context.actor(), context.now(), context.attachments()
    chosen = Action(forms.required_choice(action, "事项", tuple(each.value for each in PARTY_STEPS)))

    def file(session: Session) -> FilingView:
        return service.take_step(
            session,
            actor,
            case_id,
            chosen,
            version=forms.version(request.form.get("version")),
            contents=_contents(),
            files=_uploads(),
            folder=folder,
            now=now,
        )

    return _filed(file, lambda refusal: case_page(case_id, action, refusal))


@blueprint.post("/cases/<int:case_id>/objection")
@access.needs(Permission.OWN_FILE)
def object_to_case(case_id: int) -> Response:
    return _filed(
        lambda session: _object(session, case_id=case_id),
        lambda refusal: case_page(case_id, "objection", refusal),
    )


@blueprint.post("/records/<int:record_id>/objection")
@access.needs(Permission.OWN_FILE)
def object_to_record(record_id: int) -> Response:
    return _filed(
        lambda session: _object(session, record_id=record_id),
        lambda refusal: record_page(record_id, "objection", refusal),
    )


@blueprint.post("/records/<int:record_id>/repair")
@access.needs(Permission.OWN_FILE)
def apply_repair(record_id: int) -> Response:
    actor, now, folder = context.actor(), context.now(), context.attachments()

    def file(session: Session) -> FilingView:
        return service.apply_repair(
            session, actor, record_id, contents=_contents(), files=_uploads(), folder=folder, now=now
        )

    return _filed(file, lambda refusal: record_page(record_id, "repair", refusal))


@blueprint.post("/objections/<int:annotation_id>/withdraw")
@access.needs(Permission.OWN_FILE)
def withdraw_objection(annotation_id: int) -> Response:
    actor, now = context.actor(), context.now()
    made = context.write(lambda session: service.withdraw_objection(session, actor, annotation_id, now=now))
    return _receipt(made)


@blueprint.post("/records/<int:record_id>/repairs/<int:repair_id>/withdraw")
@access.needs(Permission.OWN_FILE)
def withdraw_repair(record_id: int, repair_id: int) -> Response:
    actor, now = context.actor(), context.now()
    return _filed(
        lambda session: service.withdraw_repair(
            session,
            actor,
            repair_id,
            reason=forms.text(request.form.get("reason"), "撤回理由", limit=4000),
            now=now,
        ),
        lambda refusal: record_page(record_id, "withdraw_repair", refusal),
    )


@blueprint.get("/filings")
@access.needs(Permission.OWN_FILE)
def filings() -> str:
    actor = context.actor()
    return render_template(
        "portal/filings.html", filings=context.read(lambda session: service.page(session, actor))
    )


@blueprint.get("/filings/<int:filing_id>")
@access.needs(Permission.OWN_FILE)
def filing(filing_id: int) -> str:
    """A receipt, to print."""
    actor = context.actor()
    found = context.read(lambda session: service.get(session, actor, filing_id))
    return render_template("portal/filing.html", filing=found)


def _object(session: Session, *, case_id: int | None = None, record_id: int | None = None) -> FilingView:
    return service.object_to(
        session,
        context.actor(),
        case_id=case_id,
        record_id=record_id,
        content=forms.text(request.form.get("content"), "异议内容", limit=_LONGEST),
        files=_uploads(),
        folder=context.attachments(),
        now=context.now(),
    )


def _filed(file: Callable[[Session], FilingView], again: Callable[[Refusal], str]) -> Response:
    """Hand it in and go to the receipt, or show the page again with the reason and what was typed.

    What does not exist for this enterprise has no page to come back to: that refusal goes its own way.
    """
    try:
        made = context.write(file)
    except Refusal as refusal:
        return refused(again(refusal), refusal)
    return _receipt(made)


def _receipt(made: FilingView) -> Response:
    flash(f"已提交“{made.title}”，回执编号 {made.receipt_no}。", "success")
    return redirect(url_for("portal.filing", filing_id=made.filing_id), 303)


def _contents() -> dict[str, str]:
    """Fields named ``paper.<kind>``: what was written, by paper."""
    return {
        kind: forms.text(request.form.get(f"paper.{kind}"), paper.title, limit=_LONGEST)
        for kind, paper in PAPERS.items()
        if f"paper.{kind}" in request.form
    }


def _uploads() -> tuple[Upload, ...]:
    chosen = (file for file in request.files.getlist("files") if file.filename)
    return tuple(Upload(*forms.upload(file, "附件")) for file in chosen)
