"""What an enterprise reads of itself: overview, grade, cases, papers, records, its own files."""

from flask import Response as FlaskResponse
from flask import render_template, request, url_for

from credit_registry.domain import repair_steps
from credit_registry.domain.answers import AssessmentView
from credit_registry.domain.errors import Refusal
from credit_registry.domain.permissions import Permission
from credit_registry.domain.prospects import ProspectView
from credit_registry.services import errands, own_file, rulesets, vocabulary
from credit_registry.services.own_file import OwnCase, OwnRecord
from credit_registry.web import access, context, forms, words
from credit_registry.web.downloads import as_download
from credit_registry.web.portal.portal import blueprint


@blueprint.get("/")
@access.needs(Permission.OWN_FILE)
def overview() -> str:
    """Grade, lists, what is to be done and by when."""
    actor, now = context.actor(), context.now()
    found = context.read(lambda session: errands.of(session, actor, now=now))
    assessment, _, refusal = _graded()
    return render_template("portal/overview.html", own=found, assessment=assessment, refusal=refusal)


@blueprint.get("/grade")
@access.needs(Permission.OWN_FILE)
def grade() -> str:
    """Every reason for the grade, and the way out of it."""
    assessment, prospect, refusal = _graded()
    return render_template(
        "portal/grade.html",
        assessment=assessment,
        prospect=prospect,
        assessment_refusal=refusal,
        anchors=rulesets.anchors(assessment.ruleset) if assessment else frozenset(),
    )


@blueprint.get("/cases")
@access.needs(Permission.OWN_FILE)
def cases() -> str:
    actor, now = context.actor(), context.now()
    found = context.read(lambda session: own_file.cases(session, actor, now=now))
    return render_template("portal/cases.html", cases=found)


@blueprint.get("/cases/<int:case_id>")
@access.needs(Permission.OWN_FILE)
def case(case_id: int) -> str:
    return case_page(case_id, None, None)


@blueprint.get("/papers/<int:paper_id>")
@access.needs(Permission.OWN_FILE)
def paper(paper_id: int) -> str:
    """One paper as it was issued, to read and to print."""
    actor, now = context.actor(), context.now()
    found = context.read(lambda session: own_file.paper(session, actor, paper_id, now=now))
    return render_template("portal/paper.html", paper=found)


@blueprint.get("/records")
@access.needs(Permission.OWN_FILE)
def records() -> str:
    actor, on = context.actor(), context.today()
    kind = forms.choice(request.args.get("kind"), "类别", tuple(words.KINDS))
    after = forms.cursor(request.args.get("after"))
    page = context.read(
        lambda session: own_file.page_of_records(session, actor, kind=kind, after=after, on=on)
    )
    return render_template(
        "portal/records.html",
        page=page,
        kind=kind,
        first=url_for("portal.records", kind=kind) if after else None,
        following=url_for("portal.records", kind=kind, after=page.after),
    )


@blueprint.get("/records/<int:record_id>")
@access.needs(Permission.OWN_FILE)
def record(record_id: int) -> str:
    return record_page(record_id, None, None)


@blueprint.get("/attachments/<int:attachment_id>")
@access.needs(Permission.OWN_FILE)
def attachment(attachment_id: int) -> FlaskResponse:
    """What the enterprise handed in itself, as a download."""
    actor, folder = context.actor(), context.attachments()
    view, data = context.read(lambda session: own_file.attachment(session, actor, attachment_id, folder))
    return as_download(data, view.filename, view.media_type)


def case_page(case_id: int, tried: str | None, refusal: Refusal | None) -> str:
    """The case with its forms; ``tried`` is the one that was refused."""
    actor, now = context.actor(), context.now()
    found: OwnCase = context.read(lambda session: own_file.case(session, actor, case_id, now=now))
    return render_template(
        "portal/case.html",
        own=found,
        case=found.case,
        tried=tried,
        refusal=refusal,
        given=request.form,
        person=actor.name,
    )


def record_page(record_id: int, tried: str | None, refusal: Refusal | None) -> str:
    """The record with its forms; ``tried`` is the one that was refused."""
    actor, now = context.actor(), context.now()
    found: OwnRecord = context.read(lambda session: own_file.record(session, actor, record_id, now=now))
    values = found.record.values
    return render_template(
        "portal/record.html",
        own=found,
        record=found.record,
        shown=[
            field.name
            for field in vocabulary.fields(found.record.kind)
            if not field.is_personal and values.get(field.name) is not None
        ],
        application=repair_steps.APPLICATION,
        tried=tried,
        refusal=refusal,
        given=request.form,
    )


def _graded() -> tuple[AssessmentView | None, ProspectView | None, Refusal | None]:
    """A page about an enterprise must not fail because a grade cannot be computed."""
    actor, now = context.actor(), context.now()
    try:
        assessment, prospect = context.read(lambda session: own_file.grade(session, actor, now=now))
    except Refusal as refusal:
        return None, None, refusal
    return assessment, prospect, None
