"""How often one caller may ask, so that the register cannot be copied out code by code.

Counted in this process's memory: with n workers the effective limit is up to n times the figure here. A site
that needs an exact one counts at its reverse proxy, which sees all workers (docs/api.md says so).
"""

import hashlib

import structlog
from flask import Flask, Response, request
from flask_limiter import ApplicationLimit, Limiter, RequestLimit

log = structlog.get_logger()
WITH_KEY = "3000 per minute; 100000 per day"
WITHOUT_KEY = "300 per minute"
# A code and its quotes and comma: what a batch costs is known before it is read.
_BYTES_OF_CODE = 21


def limit(app: Flask) -> None:
    """Count the calls below ``/api/v1/`` of each caller; the pages have limits of their own."""
    # Registered before the limiter, so that it runs after it: the limiter would ask everybody to wait.
    app.after_request(_wait_only_when_refused)
    calls = ApplicationLimit(
        limit_provider=lambda: WITH_KEY if "Authorization" in request.headers else WITHOUT_KEY,
        exempt_when=lambda: not request.path.startswith("/api/v1/"),
        cost=cost,
    )
    Limiter(
        caller,
        app=app,
        application_limits=[calls],
        storage_uri="memory://",
        headers_enabled=True,
        strategy="fixed-window",
        on_breach=_note,
    )


def caller() -> str:
    """The key of the request by its hash, else the address: a secret must not lie in a counter's name."""
    secret = request.headers.get("Authorization", "")
    if secret:
        return f"key:{hashlib.sha256(secret.encode('utf-8', 'replace')).hexdigest()[:32]}"
    return f"address:{request.remote_addr}"


def cost() -> int:
    """One, or the number of codes that a batch can hold."""
    if request.path == "/api/v1/lookups" and request.method == "POST":
        return min(1000, max(1, (request.content_length or 0) // _BYTES_OF_CODE))
    return 1


def _wait_only_when_refused(response: Response) -> Response:
    if response.status_code not in {429, 503}:
        response.headers.pop("Retry-After", None)
    return response


def _note(_breached: RequestLimit) -> None:
    """Somebody asks faster than anybody works: a line for whoever watches the log."""
    log.warning("calls-limited", caller=caller(), address=request.remote_addr, path=request.path)
