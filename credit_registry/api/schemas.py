"""The shapes that the interface takes and gives, as its documentation states them; tests hold the answers to it."""

from marshmallow import Schema, fields


class Problem(Schema):
    """An error, RFC 9457."""

    type = fields.String(required=True, metadata={"description": "urn:credit-registry:problem:<code>"})
    code = fields.String(required=True, metadata={"description": "稳定的错误代码"})
    title = fields.String(required=True, metadata={"description": "一句写明补救办法的中文"})
    status = fields.Integer(required=True)
    facts = fields.Dict(required=True, metadata={"description": "供程序读取的细节"})
    request_id = fields.String(required=True)
