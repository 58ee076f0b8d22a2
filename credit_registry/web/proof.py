"""Proof on the way: an act that has weight in public asks for the password again where the last proof is old.

The page that asks carries everything that was typed; with the right password the act goes on in the same request.
"""

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from flask import current_app, make_response, render_template, request
from werkzeug.wrappers import Response

from credit_registry.domain.errors import Refusal
from credit_registry.services import sessions
from credit_registry.web import context
from credit_registry.web.errors import status_of

V = TypeVar("V", bound=Callable[..., Any])

_PASSWORD, _CODE = "proof.password", "proof.code"
# Told anew by the page that asks.
_OWN_FIELDS = frozenset({_PASSWORD, _CODE, "csrf_token"})


def proved(acts: Collection[str] | None = None) -> Callable[[V], V]:
    """Declare that a form needs a fresh proof; with ``acts``, where one of them stands in its address."""

    def decorate(view: V) -> V:
        view.proved = lambda given: acts is None or not set(acts).isdisjoint(given)  # type: ignore[attr-defined]
        return view

    return decorate


def is_wanted(endpoint: str, given: Collection[object]) -> bool:
    """Whether the form at ``endpoint`` needs a fresh proof, with these values in its address."""
    asks = getattr(current_app.view_functions[endpoint], "proved", None)
    return asks is not None and asks(given)


def demand() -> Response | None:
    """The page that asks for the password again; None where the request may go on."""
    found = context.live()
    given = (request.view_args or {}).values()
    if request.method != "POST" or found is None or not is_wanted(str(request.endpoint), given):
        return None
    if sessions.is_proved(found, context.settings().proof_minutes, now=context.now()):
        return None
    password = request.form.get(_PASSWORD, "")[:1024]
    refusal = _checked(password) if password else None
    if password and refusal is None:
        return None
    page = render_template(
        "console/proof.html",
        refusal=refusal,
        kept=[pair for pair in request.form.items(multi=True) if pair[0] not in _OWN_FIELDS],
        password=_PASSWORD,
        code=_CODE,
        minutes=context.settings().proof_minutes,
    )
    return make_response(page, int(status_of(refusal)) if refusal else 401)


def _checked(password: str) -> Refusal | None:
    """Weigh the password as a sign-in does, with the same count of failures."""
    actor, token, now = context.actor(), context.token(), context.now()
    code, address = request.form.get(_CODE, "")[:16], request.remote_addr or "unknown"
    attempt = context.read(
        lambda one: sessions.weigh_again(one, actor, password, address=address, now=now, code=code)
    )
    return context.write(lambda one: sessions.prove(one, actor, token, attempt, now=now))
