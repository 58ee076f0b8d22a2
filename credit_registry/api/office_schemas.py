"""The shapes of what offices do beside the steps of a case: recusals and stopped penalties."""

from marshmallow import Schema, fields

from credit_registry.api import fields as strict
from credit_registry.api.case_schemas import RecusalDocument
from credit_registry.services.recusals import SCOPES

_text, _day = strict.answered_text, strict.answered_day
_LONG = 4000


class ReasonBody(strict.Schema):
    reason = strict.Text(longest=_LONG, required=True)


class RecusalBody(ReasonBody):
    scope = strict.Choice(
        tuple(SCOPES), required=True, metadata={"description": "case 为本案，enterprise 为该企业的全部案件"}
    )
    login = strict.Text(longest=64, metadata={"description": "由审批人指令回避的账号；不填即为本人回避"})


class RecusalPage(Schema):
    items = fields.List(fields.Nested(RecusalDocument), required=True)


class StopBody(strict.Schema):
    received_on = strict.Day(required=True, metadata={"description": "收到裁定或者决定的日期"})
    content = strict.Text(longest=_LONG, required=True, metadata={"description": "文号和内容"})


class StoppedDocument(Schema):
    record = fields.Integer(required=True)
    version = fields.Integer(required=True)
    state = _text("停止执行期间为 pending，恢复后为 live")
