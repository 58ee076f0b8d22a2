"""Who calls: a key or a person's session in the header, once per request, and what an operation needs, said where it
is declared."""

import functools
import re
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import structlog
from flask import request

from credit_registry.api import context
from credit_registry.api.parsing import refuse_key_in_query
from credit_registry.domain.errors import NotAllowed, NotSignedIn, Refusal
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.services import keys, sessions
from credit_registry.services.listings import account_of

P = ParamSpec("P")
R = TypeVar("R")

log = structlog.get_logger()
BEARER = "bearerAuth"
# The name of a key, without its secret part.
_SHOWN = len("hd_12345678")


# The token of a person's session.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
PERSON = "person"


def needs(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare that an operation needs a key with ``permission`` among its scopes, or a person who holds it.

    The service asks again: this line keeps strangers from the parsing, that one keeps the law.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        guarded = _guarded(view, lambda actor: actor.require(permission))
        return _declared(guarded, permission.value, [{BEARER: [permission.value]}])

    return decorate


def person(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that an operation needs an officer who has signed in: no key acts in due process."""
    return _declared(_guarded(view, _require_person), PERSON, [{BEARER: [PERSON]}])


def _require_person(actor: Actor) -> None:
    account_of(actor)


def _guarded(view: Callable[P, R], admit: Callable[[Actor], None]) -> Callable[P, R]:
    @functools.wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            refuse_key_in_query(request)
            authenticate()
            admit(context.actor())
        except Refusal as refusal:
            _note(refusal, view.__name__)
            raise
        return view(*args, **kwargs)

    return guarded


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
        NotSignedIn: no key, not a key, or a key that is unknown, expired or revoked; a session that ended.
    """
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise NotSignedIn(
            "请求没有带密钥。请在请求首部写 Authorization: Bearer <密钥或登录令牌>；密钥向区级登记机关申请。",
            code="A-AUTH-MISSING",
        )
    if _TOKEN.fullmatch(secret.strip()):
        _recognise_person(secret.strip())
        return
    now = context.now()
    with context.database().read() as session:
        found = keys.recognise(session, secret.strip(), now=now)
    actor = found.actor
    if found.is_first_use:
        # One write a day and key: a look-up must not wait for the writers' lock.
        context.write(lambda session: keys.mark_key_used(session, actor, now=now))
    context.sign_in(actor)


def _recognise_person(token: str) -> None:
    """Take the token of a session to its officer, under the same limits as at the browser."""
    now, chosen = context.now(), context.registry().settings
    idle, life = sessions.limits(chosen.session_idle_minutes, chosen.session_hours)
    with context.database().read() as session:
        live = sessions.find_session(session, token, now=now, idle=idle, life=life)
    if live is None:
        raise NotSignedIn("登录已失效，请重新登录。", code="session-ended")
    if live.must_change_password:
        raise NotAllowed("请先在网页上修改密码，再通过接口办理。", code="password-due")
    if live.is_due:
        context.write(lambda session: sessions.mark_seen(session, token, now=now))
    context.sign_in(live.actor, token)


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
