"""Codes and accounts of enterprises, as officers give them out and end them."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain.permissions import Permission
from credit_registry.services import enterprises, invitations, listings, representatives
from credit_registry.services.invitations import InvitationView
from credit_registry.web import access, context, forms
from credit_registry.web.console.console import blueprint

# Papers that bear the code.
_NOTICES = ("listing_notice", "grade_notice")


@blueprint.post("/cases/<int:case_id>/invitations")
@access.needs(Permission.LISTINGS_NOTIFY)
def issue_with_notice(case_id: int) -> Response:
    return printed_notice(case_id)


@blueprint.post("/enterprises/<uscc>/invitations")
@access.needs(Permission.LISTINGS_NOTIFY)
def issue_invitation(uscc: str) -> Response:
    """A sheet with a code for a further person of the enterprise."""
    actor, now = context.actor(), context.now()
    made, code = context.write(lambda session: invitations.issue(session, actor, uscc=uscc, now=now))
    enterprise = context.read(lambda session: enterprises.get(session, actor, uscc))
    back = url_for("console.enterprise", uscc=uscc)
    return _sheet(made, code, enterprise.name, enterprise.uscc, None, back)


@blueprint.post("/enterprises/<uscc>/invitations/<int:invitation_id>/void")
@access.needs(Permission.LISTINGS_NOTIFY)
def void_invitation(uscc: str, invitation_id: int) -> Response:
    actor, now = context.actor(), context.now()
    reason = forms.text(request.form.get("reason"), "理由", limit=2000)
    context.write(lambda session: invitations.void(session, actor, invitation_id, reason=reason, now=now))
    flash("开通码已作废。", "success")
    return _back(uscc)


@blueprint.post("/enterprises/<uscc>/accounts/<login>/<any(close, open):act>")
@access.needs(Permission.LISTINGS_NOTIFY)
def switch_representative(uscc: str, login: str, act: str) -> Response:
    """Close an enterprise's account at once, or open it again."""
    actor, now = context.actor(), context.now()
    reason = forms.text(request.form.get("reason"), "理由", limit=2000)
    context.write(
        lambda session: representatives.switch(
            session, actor, uscc, login, is_open=act == "open", reason=reason, now=now
        )
    )
    flash("账号已启用。" if act == "open" else "账号已停用，其登录已退出。", "success")
    return _back(uscc)


def printed_notice(case_id: int) -> Response:
    """The notice of a case with a fresh code on it: shown once, in the answer to a form, never at an address."""
    actor, now = context.actor(), context.now()
    made, code = context.write(lambda session: invitations.issue(session, actor, case_id=case_id, now=now))
    case = context.read(lambda session: listings.get(session, actor, case_id, now=now))
    notice = next((paper for paper in reversed(case.papers) if paper.kind in _NOTICES), None)
    return _sheet(made, code, case.name, case.uscc, notice, url_for("console.case", case_id=case_id))


def _sheet(
    made: InvitationView, code: str, name: str, uscc: str | None, notice: object, back: str
) -> Response:
    return make_response(
        render_template(
            "console/invitation.html",
            invitation=made,
            code=code,
            name=name,
            uscc=uscc,
            notice=notice,
            back=back,
            enrolment=url_for("portal.enrolment", _external=True),
        )
    )


def _back(uscc: str) -> Response:
    return redirect(url_for("console.enterprise", uscc=uscc) + "#representatives-title", 303)
