"""My account: the owner's own password and second factor."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain import passwords
from credit_registry.domain.errors import Refusal
from credit_registry.services import second_factor
from credit_registry.web import access, context, own_password
from credit_registry.web.console.console import blueprint
from credit_registry.web.errors import refused


@blueprint.get("/password")
@access.signed_in
def my_password() -> str:
    return _page(None)


@blueprint.post("/password")
@access.signed_in
def change_my_password() -> Response:
    return own_password.change(_page, url_for("console.dashboard"))


@blueprint.post("/second-factor/<any(begin, confirm, remove):act>")
@access.signed_in
def change_second_factor(act: str) -> Response:
    """Begin (the secret is on the answer), confirm with a first code, or remove with password and code."""
    actor, now = context.actor(), context.now()
    code, password = request.form.get("code", "")[:16], request.form.get("password", "")[:1024]
    try:
        if act == "begin":
            enrolment = context.write(lambda session: second_factor.begin(session, actor, now=now))
            return make_response(_page(None, enrolment))
        if act == "confirm":
            context.write(lambda session: second_factor.confirm(session, actor, code=code, now=now))
        else:
            context.write(
                lambda session: second_factor.remove(session, actor, password=password, code=code, now=now)
            )
    except Refusal as refusal:
        return refused(_page(refusal), refusal)
    flash("动态口令已启用，下次登录须填写。" if act == "confirm" else "动态口令已停用。", "success")
    return redirect(url_for("console.my_password"), 303)


def _page(refusal: Refusal | None, enrolment: second_factor.Enrolment | None = None) -> str:
    live, actor = context.live(), context.actor()
    return render_template(
        "console/password.html",
        refusal=refusal,
        enrolment=enrolment,
        has_second_factor=context.read(lambda session: second_factor.is_on(session, actor)),
        is_due=bool(live and live.must_change_password),
        shortest=passwords.SHORTEST,
        days=passwords.CHANGED_EVERY.days,
    )
