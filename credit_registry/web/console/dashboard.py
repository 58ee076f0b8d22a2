"""The first page after signing in: the desk of the day."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from credit_registry.domain.permissions import Permission
from credit_registry.services import overview
from credit_registry.web import access, context
from credit_registry.web.console.console import blueprint


@blueprint.get("/")
@access.signed_in
def dashboard() -> str | Response:
    """The desk; administrators have no business here and begin at the accounts."""
    actor = context.actor()
    if not actor.may(Permission.REGISTER_READ):
        return redirect(url_for("console.accounts"))
    desk = context.read(lambda session: overview.desk(session, actor, now=context.now()))
    chart = [{"grade": grade, "count": count} for grade, count in desk.grades.items()]
    return render_template("console/dashboard.html", desk=desk, chart=chart)
