"""What the resources share: blueprints that read strictly, and answers that are bytes once."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser

from credit_registry.api.parsing import StrictParser

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class Resource(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """A blueprint whose arguments are read by `StrictParser`."""

    ARGUMENTS_PARSER: FlaskParser = StrictParser()

    # flask-smorest has no types; a decorator without one would take those of every view away.
    def route(self, rule: str, **options: Any) -> Decorator:
        decorator: Decorator = super().route(rule, **options)
        return decorator

    def arguments(self, schema: type[Schema], **options: Any) -> Decorator:
        # An instance: from a class one would be made anew for each request, at the cost of a query.
        decorator: Decorator = super().arguments(schema(), **options)
        return decorator

    def response(self, status_code: int, schema: type[Schema] | None = None, **options: Any) -> Decorator:
        decorator: Decorator = super().response(status_code, schema, **options)
        return decorator

    def alt_response(self, status_code: int, response: str | None = None, **options: Any) -> Decorator:
        decorator: Decorator = super().alt_response(status_code, response, **options)
        return decorator


def answered(document: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(_bytes(document), status, content_type="application/json")


def tagged(document: Any) -> Response:
    """A JSON answer with a tag of its content: whoever holds the same bytes already is told so (304).

    The answer may be kept by the asking system, never by something between, and is asked about each time.
    """
    body = _bytes(document)
    response = Response(body, content_type="application/json")
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization"
    response.make_conditional(request)
    return response


def _bytes(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
