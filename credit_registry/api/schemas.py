"""The shapes that all resources share; those of one resource stand in its file, and tests hold the answers to them."""

from marshmallow import Schema, fields

from credit_registry.api import fields as strict

_text = strict.answered_text


class Problem(Schema):
    """An error, RFC 9457."""

    type = _text("urn:credit-registry:problem:<code>")
    code = _text("稳定的错误代码")
    title = _text("一句写明补救办法的中文")
    status = fields.Integer(required=True)
    facts = fields.Dict(required=True, metadata={"description": "供程序读取的细节"})
    request_id = _text("请求编号")


class NoQuery(strict.Schema):
    """No parameters: any is refused."""
