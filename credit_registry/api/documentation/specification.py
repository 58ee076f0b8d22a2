"""The OpenAPI document: flask-smorest's, with our error shape and without its hold on the site's errors."""

from http import HTTPStatus
from typing import Any

import marshmallow
from flask import Flask
from flask_smorest import Api
from flask_smorest.utils import prepare_response

from credit_registry import __version__
from credit_registry.api import fields
from credit_registry.api.auth import BEARER
from credit_registry.api.schemas import Problem

DESCRIPTION = """企业安全信用登记的接口。

- 每个请求在首部带密钥：`Authorization: Bearer <密钥>`；写在地址里的密钥一律拒绝。
- 错误按 RFC 9457 回答（`application/problem+json`），`code` 稳定，`title` 是一句写明补救办法的中文。
- 不认识的参数和字段一律拒绝；日期写作 `YYYY-MM-DD`，时刻须带时区。
- 得分是十进制文本，没有得分是 `null`，未评定的等级是 `N`。
"""


class Specification(Api):  # type: ignore[misc]  # flask-smorest has no types
    """Documents operations; errors are answered by the application, which knows a page from an interface."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Nothing: the default would answer JSON to a citizen's mistyped address."""

    def _register_responses(self) -> None:
        """The one shape of every error, with the content type it is really sent with."""
        response: dict[str, Any] = {"description": "RFC 9457 problem details", "schema": self.ERROR_SCHEMA}
        prepare_response(response, self.spec, "application/problem+json")
        self.spec.components.response("DEFAULT_ERROR", response, lazy=True)
        unread: dict[str, Any] = {"description": "The request cannot be used", "schema": self.ERROR_SCHEMA}
        prepare_response(unread, self.spec, "application/problem+json")
        # flask-smorest refers to it by the standard library's name, which Python 3.13 changed.
        self.spec.components.response(HTTPStatus(422).name, unread, lazy=True)


def specification_of(app: Flask) -> Specification:
    """A specification of ``app``, served at ``/api/v1/openapi.json``."""
    app.config.update(
        API_TITLE="企业安全信用登记接口",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    specification = Specification(
        app,
        spec_kwargs={
            "info": {
                "description": DESCRIPTION,
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": "/", "description": "本站"}],
        },
    )
    specification.register_field(fields.Day, "string", "date")
    specification.register_field(fields.Instant, "string", None)
    specification.register_field(fields.Count, "integer", None)
    specification.register_field(marshmallow.fields.Raw, None, None)
    specification.spec.components.security_scheme(
        BEARER, {"type": "http", "scheme": "bearer", "description": "由登记机关签发的密钥，`hd_` 开头。"}
    )
    return specification
