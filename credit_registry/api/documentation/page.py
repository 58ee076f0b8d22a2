"""The page that shows the specification, from files of this installation only."""

from pathlib import Path

from flask import Blueprint, Response

from credit_registry.api.auth import public

blueprint = Blueprint("api_page", __name__, url_prefix="/api/docs")
_FOLDER = Path(__file__).parent


@blueprint.get("/")
@public
def page() -> Response:
    return Response((_FOLDER / "page.html").read_bytes(), content_type="text/html; charset=utf-8")


@blueprint.get("/start.js")
@public
def start() -> Response:
    return Response((_FOLDER / "start.js").read_bytes(), content_type="text/javascript; charset=utf-8")
