"""Signing in and out at the browser."""

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)

from credit_registry.services import sessions
from credit_registry.web import access, context, forms
from credit_registry.web.errors import status_of

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/sign-in")
@access.open_to_all
def form() -> Response:
    """The form; somebody who is signed in goes on."""
    if context.officer() is not None:
        return make_response(redirect(_next()))
    return make_response(render_template("sign_in/form.html", next=_next(), login=""))


@blueprint.post("/sign-in")
@access.open_to_all
def enter() -> Response:
    """Check the password; a new session id each time, so that a planted one is worth nothing."""
    login = request.form.get("login", "")[:64]
    password = request.form.get("password", "")[:1024]
    code = request.form.get("code", "")[:16]
    address, now = request.remote_addr or "unknown", context.now()
    attempt = context.read(
        lambda one: sessions.weigh(one, login, password, address=address, now=now, code=code)
    )
    result = context.write(lambda one: sessions.sign_in(one, attempt, now=now))
    if result.refusal is not None or result.token is None:
        assert result.refusal is not None, "a sign-in without token carries its refusal"
        page = render_template("sign_in/form.html", next=_next(), login=login, refusal=result.refusal)
        return make_response(page, int(status_of(result.refusal)))
    session.clear()
    response = make_response(redirect(_next(), 303))
    response.set_cookie(
        access.cookie_name(),
        result.token,
        httponly=True,
        secure=context.settings().is_production,
        samesite="Lax",
        path="/",
    )
    return response


@blueprint.post("/sign-out")
@access.signed_in
def leave() -> Response:
    actor, token, now = context.actor(), context.token(), context.now()
    context.write(lambda one: sessions.sign_out(one, actor, token, now=now))
    session.clear()
    flash("您已安全退出。", "success")
    response = make_response(redirect(url_for("sign_in.form"), 303))
    secure = context.settings().is_production
    response.delete_cookie(access.cookie_name(), path="/", secure=secure, httponly=True, samesite="Lax")
    return response


def _next() -> str:
    return forms.local_address(request.values.get("next"), url_for("console.dashboard"))
