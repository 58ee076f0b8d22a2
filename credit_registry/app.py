"""The application: the only place where parts meet."""

import logging
import sys
import uuid
from datetime import timedelta

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from credit_registry import api, web
from credit_registry.domain.errors import Refusal
from credit_registry.registry import Registry
from credit_registry.services import layouts
from credit_registry.settings import Settings
from credit_registry.storage import failures
from credit_registry.storage.database import Database
from credit_registry.storage.migrations import vault_of

log = structlog.get_logger()

# Nothing inline, nothing from elsewhere: government networks are closed, and a name in a list may be hostile.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """Build the application.

    Args:
        database: an open one (tests); opened from the settings otherwise.
    """
    configure_logs(settings.log_level)
    app = Flask("credit_registry", static_folder="web/static", template_folder="web/templates")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.upload_limit_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        SESSION_COOKIE_NAME="__Host-form" if settings.is_production else "form",
        SESSION_COOKIE_SECURE=settings.is_production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        JSON_SORT_KEYS=False,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    for name, problem in layouts.adopt(settings.layouts).items():
        log.warning("layout-broken", file=name, problem=problem)
    opened = database or Database(settings.database_url, vault_of(settings))
    app.extensions["registry"] = Registry(settings, opened)

    @app.before_request
    def name_request() -> None:
        g.request_id = uuid.uuid4().hex

    @app.after_request
    def harden(response: Response) -> Response:
        return _hardened(response, is_production=settings.is_production)

    api.register(app)
    web.register(app)
    _answer_errors(app)
    return app


def _answer_errors(app: Flask) -> None:
    """One table for refusals and HTTP errors: JSON below ``/api/``, a page elsewhere.

    flask-smorest would register its own handler for the whole site; `api` switches that off.
    """

    def answer(error: Refusal | HTTPException | None) -> Response:
        explain = api.explain if request.path.startswith("/api/") else web.explain
        return explain(error, g.get("request_id", ""))

    def defect(error: Exception) -> Response:
        log.error("defect", request_id=g.get("request_id", ""), path=request.path, exc_info=error)
        return answer(None)

    def disk(error: OSError) -> Response:
        """A request too large to be held lies on the disk while it is read; a full disk is no defect."""
        return answer(failures.of_file(error)) if failures.is_full(error) else defect(error)

    app.register_error_handler(Refusal, answer)
    app.register_error_handler(OSError, disk)
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(Exception, defect)


def _hardened(response: Response, *, is_production: bool) -> Response:
    headers = response.headers
    headers["X-Request-Id"] = g.get("request_id", "")
    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    if is_production:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    # Private answers stay nowhere; public pages and vendored files say otherwise themselves.
    headers.setdefault("Cache-Control", "no-store")
    headers.pop("Server", None)
    return response


def configure_logs(level: str) -> None:
    """JSON lines on standard error, one per event; control characters cannot forge a second line.

    `create_app` does it, whoever serves the application: structlog's own default prints the local variables of a
    traceback, the database's password among them.
    """
    logging.basicConfig(level=level, format="%(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        # Standard error as it is when a line is written: a server may have replaced it since.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
