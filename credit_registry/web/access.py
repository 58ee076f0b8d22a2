"""What a page needs, said where it is declared; whatever says nothing is closed.

The service asks again: this keeps strangers from the forms, that keeps the law.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request

from credit_registry.domain.errors import NotAllowed, NotSignedIn
from credit_registry.domain.permissions import Permission
from credit_registry.services import sessions
from credit_registry.web import context

V = TypeVar("V", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed-in"

# Blueprints whose every page is for everybody, and the endpoints outside any blueprint.
OPEN_ROOMS = frozenset({"public", "health"})
OPEN_ENDPOINTS = frozenset({"static"})
# What a person may still do while the password waits to be changed.
_BEFORE_CHANGE = frozenset(
    {
        "console.my_password",
        "console.change_my_password",
        "sign_in.leave",
        "portal.password",
        "portal.change_password",
        "portal.leave",
    }
)


def needs(*permissions: Permission) -> Callable[[V], V]:
    """Declare that a page needs one of ``permissions``."""

    def decorate(view: V) -> V:
        view.access = permissions  # type: ignore[attr-defined]
        return view

    return decorate


def signed_in(view: V) -> V:
    """Declare that any signed-in officer may open a page."""
    view.access = SIGNED_IN  # type: ignore[attr-defined]
    return view


def open_to_all(view: V) -> V:
    """Declare that a page outside the open rooms is for everybody."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def declared(app: Flask, endpoint: str) -> str | tuple[Permission, ...] | None:
    """What the page at ``endpoint`` declares; None when it says nothing."""
    if endpoint in OPEN_ENDPOINTS or endpoint.partition(".")[0] in OPEN_ROOMS:
        return PUBLIC
    return getattr(app.view_functions[endpoint], "access", None)


def recognise() -> None:
    """Find out who sits at the browser, and note that the session is in use.

    Pages for everybody are the same for everybody, whoever is signed in: caches keep them.
    """
    token = request.cookies.get(cookie_name(), "")
    endpoint = request.endpoint or ""
    if not token or endpoint in OPEN_ENDPOINTS or endpoint.partition(".")[0] in OPEN_ROOMS:
        return
    chosen = context.settings()
    idle, life = sessions.limits(chosen.session_idle_minutes, chosen.session_hours)
    now = context.now()
    found = context.read(lambda session: sessions.find_session(session, token, now=now, idle=idle, life=life))
    if found is None:
        return
    if found.is_due:
        context.write(lambda session: sessions.mark_seen(session, token, now=now))
    context.keep(found, token)


def admit(app: Flask) -> None:
    """Let the request in, or refuse it. Deny by default: a page without declaration is nobody's.

    Raises:
        NotSignedIn: the page is for those who sign in.
        NotAllowed: the person lacks the permission, is of an enterprise where officers go, or must change the
            password first.
    """
    endpoint = request.endpoint
    if endpoint is None:
        return
    wanted = declared(app, endpoint)
    if wanted == PUBLIC:
        return
    found = context.live()
    if found is None:
        raise NotSignedIn("请先登录。登录后会回到您要打开的页面。")
    if found.must_change_password and endpoint not in _BEFORE_CHANGE:
        raise NotAllowed("请先修改密码，再办理其他事项。", code="password-due")
    is_own = isinstance(wanted, tuple) and Permission.OWN_FILE in wanted
    if found.actor.enterprise_id is not None and not is_own:
        raise NotAllowed("该页面供工作人员使用。请从“我的信用”进入。", code="officers-only")
    if wanted == SIGNED_IN:
        return
    if not isinstance(wanted, tuple) or not wanted:
        raise NotAllowed("该页面没有开放。", code="not-declared")
    if not any(found.actor.may(permission) for permission in wanted):
        found.actor.require(wanted[0])


def cookie_name() -> str:
    """The ``__Host-`` prefix binds the cookie to this host and to TLS, where there is TLS."""
    return "__Host-officer" if context.settings().is_production else "officer"
