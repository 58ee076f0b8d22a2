"""Signing in and out at the browser: the officers' form, and what both doors share."""

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
from werkzeug.wrappers import Response as AnyResponse

from credit_registry.domain.permissions import Actor
from credit_registry.services import sessions
from credit_registry.services.sessions import SignIn
from credit_registry.web import access, context, forms
from credit_registry.web.errors import refused

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/sign-in")
@access.open_to_all
def form() -> Response:
    """The form; somebody who is signed in goes on."""
    found = context.signed_in()
    if found is not None:
        return make_response(redirect(destination(found)))
    return make_response(render_template("sign_in/form.html", next=_next(), login=""))


@blueprint.post("/sign-in")
@access.open_to_all
def enter() -> Response:
    login, result = tried()
    if result.token is None or result.actor is None:
        assert result.refusal is not None, "a sign-in without token carries its refusal"
        page = render_template("sign_in/form.html", next=_next(), login=login, refusal=result.refusal)
        return refused(page, result.refusal)
    return begun(redirect(destination(result.actor), 303), result.token)


@blueprint.post("/sign-out")
@access.signed_in
def leave() -> Response:
    return ended(url_for("sign_in.form"))


def tried() -> tuple[str, SignIn]:
    """Check what the form says: the login as typed, and what came of it."""
    login = request.form.get("login", "")[:64]
    password = request.form.get("password", "")[:1024]
    code = request.form.get("code", "")[:16]
    address, now = request.remote_addr or "unknown", context.now()
    attempt = context.read(
        lambda one: sessions.weigh(one, login, password, address=address, now=now, code=code)
    )
    return login, context.write(lambda one: sessions.sign_in(one, attempt, now=now))


def begun(answer: AnyResponse, token: str) -> Response:
    """The answer that begins a session: a new id each time, so that a planted one is worth nothing."""
    session.clear()
    response = make_response(answer)
    response.set_cookie(
        access.cookie_name(),
        token,
        httponly=True,
        secure=context.settings().is_production,
        samesite="Lax",
        path="/",
    )
    return response


def ended(target: str) -> Response:
    """End the session of the browser and go to ``target``."""
    actor, token, now = context.actor(), context.token(), context.now()
    context.write(lambda one: sessions.sign_out(one, actor, token, now=now))
    session.clear()
    flash("您已安全退出。", "success")
    response = make_response(redirect(target, 303))
    secure = context.settings().is_production
    response.delete_cookie(access.cookie_name(), path="/", secure=secure, httponly=True, samesite="Lax")
    return response


def destination(actor: Actor) -> str:
    """Where a person goes on: to the page that was asked for, if it lies behind that person's own door."""
    is_own = actor.enterprise_id is not None
    home = url_for("portal.overview" if is_own else "console.dashboard")
    wanted = forms.local_address(request.values.get("next"), home)
    return wanted if wanted.startswith("/my") == is_own else home


def _next() -> str:
    return forms.local_address(request.values.get("next"), url_for("console.dashboard"))
