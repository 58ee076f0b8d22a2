"""Credit repair of penalties: applications of the office, one with its steps, and the form that takes one in."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain.errors import Refusal
from credit_registry.domain.papers import FIELD_TITLES, SERVICE_METHODS
from credit_registry.domain.permissions import PERMISSION_TITLES, Permission
from credit_registry.domain.repair_steps import ACTION_TITLES, APPLICATION, LAW, STATE_TITLES
from credit_registry.domain.weight import REPAIR_ACTS
from credit_registry.services import dossiers, penalty_repairs, records
from credit_registry.web import access, context, forms, proof
from credit_registry.web.console.console import blueprint
from credit_registry.web.console.paper_forms import handed_in, paper_form
from credit_registry.web.errors import refused

_SHOWN = 50


@blueprint.get("/repairs")
@access.needs(Permission.REGISTER_READ)
def repairs() -> str:
    """Applications, the oldest first."""
    actor, after = context.actor(), forms.cursor(request.args.get("after"))
    state = forms.choice(request.args.get("state"), "状态", tuple(STATE_TITLES))
    page = context.read(
        lambda session: penalty_repairs.page(session, actor, state=state, after=after, limit=_SHOWN)
    )
    return render_template(
        "console/repairs.html",
        page=page,
        state=state,
        states=STATE_TITLES,
        first=url_for("console.repairs", state=state) if after else None,
        following=url_for("console.repairs", state=state, after=page.after),
    )


@blueprint.get("/repairs/<int:repair_id>")
@access.needs(Permission.REGISTER_READ)
def repair(repair_id: int) -> str:
    return _repair_page(repair_id, None, None)


@blueprint.post("/repairs/<int:repair_id>/<action>")
@access.needs(Permission.LISTINGS_NOTIFY, Permission.LISTINGS_DECIDE)
@proof.proved(REPAIR_ACTS)
def advance_repair(repair_id: int, action: str) -> Response:
    """Take one step; a refusal comes back on the page with its reason and what was typed."""
    actor, now = context.actor(), context.now()
    try:
        view = context.write(
            lambda session: penalty_repairs.advance(
                session,
                actor,
                repair_id,
                action,
                version=forms.version(request.form.get("version")),
                reason=forms.text(request.form.get("reason"), "理由", limit=4000, is_required=False) or None,
                handed_in=handed_in(),
                now=now,
            )
        )
    except Refusal as refusal:
        return refused(_repair_page(repair_id, action, refusal), refusal)
    flash(f"已办理“{ACTION_TITLES[action]}”，申请现为“{view.state_title}”。", "success")
    return redirect(url_for("console.repair", repair_id=repair_id), 303)


@blueprint.get("/records/<int:record_id>/repair")
@access.needs(Permission.LISTINGS_NOTIFY)
def repair_form(record_id: int) -> str:
    return _application_page(record_id, None)


@blueprint.post("/records/<int:record_id>/repair")
@access.needs(Permission.LISTINGS_NOTIFY)
def apply_for_repair(record_id: int) -> Response:
    """Take an application in, with its papers."""
    actor, now = context.actor(), context.now()
    try:
        made = context.write(
            lambda session: penalty_repairs.apply(session, actor, record_id, handed_in=handed_in(), now=now)
        )
    except Refusal as refusal:
        return refused(_application_page(record_id, refusal), refusal)
    flash("修复申请已登记。", "success")
    return redirect(url_for("console.repair", repair_id=made.repair_id), 303)


def _repair_page(repair_id: int, tried: str | None, refusal: Refusal | None) -> str:
    actor, now = context.actor(), context.now()
    dossier = context.read(lambda session: dossiers.of_repair(session, actor, repair_id, now=now))
    return render_template(
        "console/repair.html",
        dossier=dossier,
        repair=dossier.repair,
        acts=[(each, [paper_form(kind) for kind in each.step.papers]) for each in dossier.next_steps],
        law=LAW,
        tried=tried,
        refusal=refusal,
        states=STATE_TITLES,
        permissions=PERMISSION_TITLES,
        field_titles=FIELD_TITLES,
        methods=SERVICE_METHODS,
        given=request.form,
    )


def _application_page(record_id: int, refusal: Refusal | None) -> str:
    actor = context.actor()
    history = context.read(lambda session: records.get(session, actor, record_id, on=context.today()))
    return render_template(
        "console/repair_form.html",
        record=history.record,
        enterprise=history,
        papers=[paper_form(kind) for kind in APPLICATION],
        law=LAW,
        refusal=refusal,
        given=request.form,
    )
