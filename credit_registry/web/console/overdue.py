"""Overdue duties, for whoever answers for them."""

from flask import render_template

from credit_registry.domain.permissions import Permission
from credit_registry.services import overdue
from credit_registry.web import access, context
from credit_registry.web.console.console import blueprint

_SCOPES = {
    "all": "全区各部门",
    "office": "本部门",
    "subdistrict": "本街镇的企业",
    "own": "本人经办和尚无人经办",
}


@blueprint.get("/overdue", endpoint="overdue")
@access.needs(Permission.REGISTER_READ)
def page() -> str:
    actor, now = context.actor(), context.now()
    report = context.read(lambda session: overdue.report(session, actor, now=now))
    return render_template("console/overdue.html", report=report, scope=_SCOPES[report.scope])
