"""My account: the owner's own password and second factor."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain import passwords
from credit_registry.domain.errors import InvalidInput, Refusal
from credit_registry.services import second_factor, sessions
from credit_registry.web import access, context
from credit_registry.web.console.console import blueprint
from credit_registry.web.errors import status_of


@blueprint.get("/password")
@access.signed_in
def my_password() -> str:
    return _page(None)


@blueprint.post("/password")
@access.signed_in
def change_my_password() -> Response:
    """Change it; other windows of the same account are signed out."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    actor, token, now = context.actor(), context.token(), context.now()
    try:
        if new != request.form.get("again", ""):
            raise InvalidInput("两次输入的新密码不一致，请重新输入。", code="password-again")
        context.write(
            lambda session: sessions.change_password(session, actor, old=old, new=new, token=token, now=now)
        )
    except InvalidInput as refusal:
        return make_response(_page(refusal), 422)
    flash("密码已修改。其他已登录的窗口已退出。", "success")
    return redirect(url_for("console.dashboard"), 303)


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
        return make_response(_page(refusal), int(status_of(refusal)))
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
