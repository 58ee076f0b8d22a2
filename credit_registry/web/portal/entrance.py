"""In and out for enterprises: enrolment with a code, signing in, the own password."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain import passwords
from credit_registry.domain.errors import InvalidInput, Refusal
from credit_registry.domain.invitations import REPRESENTATIVE_TITLES
from credit_registry.domain.permissions import Permission
from credit_registry.services import invitations
from credit_registry.web import access, context, own_password, sign_in
from credit_registry.web.errors import refused
from credit_registry.web.portal.portal import blueprint


@blueprint.get("/sign-in")
@access.open_to_all
def form() -> Response:
    """The form; somebody who is signed in goes on."""
    found = context.signed_in()
    if found is not None:
        return make_response(redirect(sign_in.destination(found)))
    return make_response(_form("", None))


@blueprint.post("/sign-in")
@access.open_to_all
def enter() -> Response:
    login, result = sign_in.tried()
    if result.token is None or result.actor is None:
        assert result.refusal is not None, "a sign-in without token carries its refusal"
        return refused(_form(login, result.refusal), result.refusal)
    return sign_in.begun(redirect(sign_in.destination(result.actor), 303), result.token)


@blueprint.get("/enrol")
@access.open_to_all
def enrolment() -> str:
    return _enrolment(None)


@blueprint.post("/enrol")
@access.open_to_all
def enrol() -> Response:
    """Open an account with the code of a notice; the login is told on the first page."""
    given, address, now = request.form, request.remote_addr or "unknown", context.now()
    try:
        if given.get("password", "") != given.get("again", ""):
            raise InvalidInput("两次输入的密码不一致，请重新输入。", code="password-again")
        attempt = context.read(
            lambda session: invitations.weigh(
                session,
                given.get("uscc", "")[:64],
                given.get("code", "")[:64],
                name=given.get("name", "")[:200],
                role=given.get("role", ""),
                password=given.get("password", "")[:1024],
                address=address,
                now=now,
            )
        )
        result = context.write(lambda session: invitations.enrol(session, attempt, now=now))
    except Refusal as refusal:
        return refused(_enrolment(refusal), refusal)
    if result.token is None:
        assert result.refusal is not None, "an enrolment without token carries its refusal"
        return refused(_enrolment(result.refusal), result.refusal)
    response = sign_in.begun(redirect(url_for("portal.overview"), 303), result.token)
    flash(f"账号已开通。您的账号名是 {result.login}，请记下来，下次登录时填写。", "success")
    return response


@blueprint.post("/sign-out")
@access.needs(Permission.OWN_FILE)
def leave() -> Response:
    return sign_in.ended(url_for("portal.form"))


@blueprint.get("/password")
@access.needs(Permission.OWN_FILE)
def password() -> str:
    return _password(None)


@blueprint.post("/password")
@access.needs(Permission.OWN_FILE)
def change_password() -> Response:
    return own_password.change(_password, url_for("portal.overview"))


def _form(login: str, refusal: Refusal | None) -> str:
    return render_template(
        "portal/sign_in.html", login=login, refusal=refusal, next=request.values.get("next", "")[:500]
    )


def _enrolment(refusal: Refusal | None) -> str:
    return render_template(
        "portal/enrolment.html",
        refusal=refusal,
        given=request.form,
        capacities={role.value: title for role, title in REPRESENTATIVE_TITLES.items()},
        shortest=passwords.SHORTEST,
    )


def _password(refusal: Refusal | None) -> str:
    live = context.live()
    return render_template(
        "portal/password.html",
        refusal=refusal,
        is_due=bool(live and live.must_change_password),
        shortest=passwords.SHORTEST,
        days=passwords.CHANGED_EVERY.days,
    )
