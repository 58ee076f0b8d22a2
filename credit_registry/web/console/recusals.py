"""Recusal: an officer keeps out of a case, of own accord or by a decider's order."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain.permissions import Permission
from credit_registry.services import recusals
from credit_registry.web import access, context, forms
from credit_registry.web.console.console import blueprint


@blueprint.post("/cases/<int:case_id>/recusals")
@access.needs(Permission.REGISTER_READ)
def recuse(case_id: int) -> Response:
    actor, now = context.actor(), context.now()
    scope = forms.required_choice(request.form.get("scope"), "范围", tuple(recusals.SCOPES))
    reason = forms.text(request.form.get("reason"), "理由", limit=2000)
    made = context.write(
        lambda session: recusals.recuse(
            session,
            actor,
            case_id,
            scope=scope,
            reason=reason,
            login=request.form.get("login") or None,
            now=now,
        )
    )
    flash(f"{made.name}已回避，不能办理{made.scope}。", "success")
    return redirect(url_for("console.case", case_id=case_id) + "#recusals-title", 303)


@blueprint.post("/cases/<int:case_id>/recusals/<int:recusal_id>/lift")
@access.needs(Permission.LISTINGS_DECIDE)
def lift_recusal(case_id: int, recusal_id: int) -> Response:
    actor, now = context.actor(), context.now()
    reason = forms.text(request.form.get("reason"), "理由", limit=2000)
    context.write(lambda session: recusals.lift(session, actor, case_id, recusal_id, reason=reason, now=now))
    flash("回避已解除。", "success")
    return redirect(url_for("console.case", case_id=case_id) + "#recusals-title", 303)
