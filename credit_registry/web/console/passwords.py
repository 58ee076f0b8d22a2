"""My password: the owner's own change."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain import passwords
from credit_registry.domain.errors import InvalidInput
from credit_registry.services import sessions
from credit_registry.web import access, context
from credit_registry.web.console.console import blueprint


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


def _page(refusal: InvalidInput | None) -> str:
    live = context.live()
    return render_template(
        "console/password.html",
        refusal=refusal,
        is_due=bool(live and live.must_change_password),
        shortest=passwords.SHORTEST,
        days=passwords.CHANGED_EVERY.days,
    )
