"""Applications to repair a penalty, however they came in: what waits, one of them, and what may be done next."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain import clocks
from credit_registry.domain.errors import Refusal
from credit_registry.domain.papers import FIELD_TITLES, PAPERS
from credit_registry.domain.permissions import Permission
from credit_registry.services import attachments, penalty_repairs, records
from credit_registry.services.penalty_repairs import ACTION_TITLES, STATE_TITLES, STEPS
from credit_registry.web import access, context, forms
from credit_registry.web.console.console import blueprint
from credit_registry.web.errors import status_of


@blueprint.get("/repairs")
@access.needs(Permission.REGISTER_READ)
def repairs() -> str:
    """The applications of the officer's office, the oldest first; those under way unless asked otherwise."""
    actor = context.actor()
    state = forms.choice(request.args.get("state"), "状态", tuple(STATE_TITLES))
    after = forms.cursor(request.args.get("after"))
    page = context.read(lambda session: penalty_repairs.page(session, actor, state=state, after=after))
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
    return _page(repair_id, None, None)


@blueprint.post("/repairs/<int:repair_id>/<action>")
@access.needs(Permission.LISTINGS_NOTIFY, Permission.LISTINGS_DECIDE)
def advance_repair(repair_id: int, action: str) -> Response:
    """Take one step; a refusal comes back on the page with its reason."""
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
                handed_in=_handed_in(),
                now=now,
            )
        )
    except Refusal as refusal:
        return make_response(_page(repair_id, action, refusal), int(status_of(refusal)))
    flash(f"已办理“{ACTION_TITLES[action]}”，申请现为“{view.state_title}”。", "success")
    return redirect(url_for("console.repair", repair_id=repair_id), 303)


def _page(repair_id: int, tried: str | None, refusal: Refusal | None) -> str:
    actor, on = context.actor(), context.today()
    with context.database().read() as session:
        view = penalty_repairs.get(session, actor, repair_id)
        papers = penalty_repairs.papers_of(session, actor, repair_id)
        history = records.get(session, actor, view.record_id, on=on)
        files = attachments.page(session, actor, record_id=view.record_id)
    steps = [(action, STEPS[view.state, action]) for action in view.offered]
    return render_template(
        "console/repair.html",
        repair=view,
        papers=papers,
        history=history,
        files=files,
        acts=[
            (
                action,
                ACTION_TITLES[action],
                step,
                [PAPERS[kind] for kind in step.papers if PAPERS[kind].fields],
            )
            for action, step in steps
            if actor.may(step.who)
        ],
        clock_titles={kind: clocks.title(kind) for kind, _ in view.clocks},
        field_titles=FIELD_TITLES,
        tried=tried,
        refusal=refusal,
    )


def _handed_in() -> dict[str, dict[str, object]]:
    """Fields named ``paper.<kind>``: the contents of the papers of a repair's steps."""
    return {
        kind: {"content": forms.text(request.form.get(f"paper.{kind}"), paper.title, limit=20000)}
        for kind, paper in PAPERS.items()
        if f"paper.{kind}" in request.form
    }
