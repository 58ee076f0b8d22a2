"""Health for whoever watches the service: alive, and able to answer. No secrets, no versions of anything."""

from flask import Blueprint, Response, jsonify

from credit_registry.api import context

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """The database answers and has this version's schema; 503 otherwise."""
    checks = context.readiness()
    is_ready = all(checks.values())
    shown = {name: "ok" if passed else "failed" for name, passed in checks.items()}
    return jsonify({"status": "ok" if is_ready else "unavailable", "checks": shown}), 200 if is_ready else 503
