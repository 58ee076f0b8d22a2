"""Who calls: a key in the header, once per request, and what an operation needs, said where it is declared."""

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import structlog
from flask import request

from credit_registry.api import context
from credit_registry.api.parsing import refuse_key_in_query
from credit_registry.domain.errors import NotSignedIn, Refusal
from credit_registry.domain.permissions import Permission
from credit_registry.services import keys

P = ParamSpec("P")
R = TypeVar("R")

log = structlog.get_logger()
BEARER = "bearerAuth"
# The name of a key, without its secret part.
_SHOWN = len("hd_12345678")


def needs(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare that an operation needs a key with ``permission`` among its scopes.

    The service asks again: this line keeps strangers from the parsing, that one keeps the law.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                refuse_key_in_query(request)
                authenticate()
                context.actor().require(permission)
            except Refusal as refusal:
                _note(refusal, view.__name__)
                raise
            return view(*args, **kwargs)

        return _declared(guarded, permission.value, [{BEARER: [permission.value]}])

    return decorate


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that anybody may call; a key in the address is refused all the same."""

    @functools.wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        refuse_key_in_query(request)
        return view(*args, **kwargs)

    return _declared(guarded, "public", [])


def authenticate() -> None:
    """Take the key of the request to its actor.

    Raises:
        NotSignedIn: no key, not a key, or a key that is unknown, expired or revoked.
    """
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise NotSignedIn(
            "请求没有带密钥。请在请求首部写 Authorization: Bearer <密钥>；密钥向区级登记机关申请。",
            code="A-AUTH-MISSING",
        )
    now = context.now()
    with context.database().read() as session:
        found = keys.recognise(session, secret.strip(), now=now)
    actor = found.actor
    if found.is_first_use:
        # One write a day and key: a look-up must not wait for the writers' lock.
        context.database().run(lambda session: keys.mark_key_used(session, actor, now=now))
    context.sign_in(actor)


def _note(refusal: Refusal, operation: str) -> None:
    """A key misused is worth a line: whose it says it is, from where, for what; never the key.

    In the log and not in the audit chain: whoever tries keys must not be able to fill the register's disk.
    """
    claimed = request.headers.get("Authorization", "").partition(" ")[2].strip()
    shown = claimed.rpartition("_")[0][:_SHOWN] if claimed.startswith("hd_") else ""
    log.warning("key-refused", code=refusal.code, operation=operation, address=request.remote_addr, key=shown)


def _declared(view: Callable[P, R], access: str, security: list[dict[str, list[str]]]) -> Callable[P, R]:
    marked: Any = view
    marked.access = access
    # flask-smorest reads "manual_doc" from here; its own decorator would wrap once more for the same line.
    marked._apidoc = {**getattr(view, "_apidoc", {}), "manual_doc": {"security": security}}
    return view
