"""The audit log: the auditor's pages."""

from flask import render_template, request, url_for

from credit_registry.domain.permissions import Permission
from credit_registry.services import accounts, journal
from credit_registry.web import access, context, forms
from credit_registry.web.console.console import blueprint

_SHOWN = 100


@blueprint.get("/audit")
@access.needs(Permission.AUDIT_READ)
def audit() -> str:
    """Entries, the newest first, by subject or verb; the chain is proved on demand."""
    actor = context.actor()
    subject = request.args.get("subject", "").strip()[:100] or None
    verb = request.args.get("verb", "").strip()[:64] or None
    before = forms.number(request.args.get("before"), "编号")
    with context.database().read() as session:
        page = journal.page(session, actor, subject=subject, verb=verb, before=before, limit=_SHOWN)
        names = accounts.names(session, actor)
        verdict = journal.verify(session, actor) if request.args.get("verify") else None
    return render_template(
        "console/audit.html",
        page=page,
        names=names,
        subject=subject,
        verb_code=verb,
        verdict=verdict,
        first=url_for("console.audit", subject=subject, verb=verb) if before else None,
        following=url_for("console.audit", subject=subject, verb=verb, before=page.after),
    )
