"""One's own password, changed alike at the officers' door and the enterprises'."""

from collections.abc import Callable

from flask import flash, make_response, redirect, request
from werkzeug.wrappers import Response

from credit_registry.domain.errors import InvalidInput, Refusal
from credit_registry.services import sessions
from credit_registry.web import context


def change(show: Callable[[Refusal | None], str], landing: str) -> Response:
    """Change it; other windows of the same account are signed out.

    Args:
        show: the form again, with what was refused.
        landing: address of the page after it.
    """
    actor, token, now = context.actor(), context.token(), context.now()
    old, new = request.form.get("old", "")[:1024], request.form.get("new", "")[:1024]
    try:
        if new != request.form.get("again", "")[:1024]:
            raise InvalidInput("两次输入的新密码不一致，请重新输入。", code="password-again")
        context.write(
            lambda session: sessions.change_password(session, actor, old=old, new=new, token=token, now=now)
        )
    except InvalidInput as refusal:
        return make_response(show(refusal), 422)
    flash("密码已修改。其他已登录的窗口已退出。", "success")
    return redirect(landing, 303)
