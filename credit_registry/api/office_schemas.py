"""The shapes of what offices do beside the steps of a case: recusals, stopped penalties, yearly acts,
overdue duties, reports."""

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


class AnnouncementBody(strict.Schema):
    year = strict.Number(required=True, metadata={"description": "上一年度或者本年度"})


class FrozenDocument(Schema):
    grade = _text()
    previous = _text("上一次公布的等级", none=True)
    is_fall = fields.Boolean(required=True, metadata={"description": "降为中、差，须另行立案告知"})
    count = fields.Integer(required=True)


class AnnouncementDocument(Schema):
    announcement = fields.Integer(required=True)
    version = fields.Integer(required=True)
    year = fields.Integer(required=True)
    state = _text("DRAFTED、MADE 或 WITHDRAWN")
    state_title = _text()
    authority = _text()
    computed_on = _day()
    due_on = _day()
    drafter = _text()
    made_on = _day(none=True)
    document_no = _text(none=True)
    reason = _text(none=True)
    total = fields.Integer(required=True)
    counts = fields.Dict(required=True, metadata={"description": "公布后：announced、cases、left"})
    frozen = fields.List(fields.Nested(FrozenDocument), required=True)
    text_ = fields.String(required=True, allow_none=True, data_key="text")


class DraftingDocument(Schema):
    year = fields.Integer(required=True)
    state = _text("queued 或 running")
    done = fields.Integer(required=True, metadata={"description": "已锁定的企业"})
    total = fields.Integer(required=True, metadata={"description": "全部企业；开始前为 0"})


class AnnouncementPage(Schema):
    items = fields.List(fields.Nested(AnnouncementDocument), required=True)
    drafting = fields.Nested(DraftingDocument, required=True, allow_none=True)


class LateDutyDocument(Schema):
    matter = _text("case:12、repair:3 或 annotation:4")
    case = fields.Integer(required=True, allow_none=True)
    title = _text()
    due_on = _day()
    days = fields.Integer(required=True, metadata={"description": "已超期的天数"})
    office = _text()
    officer = _text(none=True)
    subdistrict_code = _text(none=True)
    uscc = _text(none=True)
    name = _text()


class OverdueDocument(Schema):
    on = _day()
    scope = _text("all、office、subdistrict 或 own")
    items = fields.List(fields.Nested(LateDutyDocument), required=True)


class ReportBody(strict.Schema):
    receiver = strict.Text(
        longest=32, required=True, metadata={"description": "通报单位的代码，见 GET /reports"}
    )


class ReceiptBody(strict.Schema):
    received_on = strict.Day(required=True)
    receipt_no = strict.Text(longest=100, metadata={"description": "对方的回执编号"})
    error = strict.Text(longest=2000, metadata={"description": "报送失败的错误说明；此后可以再次报送"})


class FeedbackBody(strict.Schema):
    on = strict.Day(required=True)
    content = strict.Text(longest=_LONG, required=True)


class ReportDocument(Schema):
    report = fields.Integer(required=True)
    version = fields.Integer(required=True)
    case = fields.Integer(required=True)
    list_version = fields.Integer(required=True)
    receiver = _text()
    receiver_title = _text()
    attempt = fields.Integer(required=True)
    state = _text("SENT、ACCEPTED 或 REJECTED")
    state_title = _text()
    document_no = _text()
    sent_on = _day()
    receipt_no = _text(none=True)
    receipt_on = _day(none=True)
    error = _text(none=True)
    feedback = _text(none=True)
    feedback_on = _day(none=True)


class ReportPage(Schema):
    items = fields.List(fields.Nested(ReportDocument), required=True)


class DueReportDocument(Schema):
    case = fields.Integer(required=True)
    uscc = _text(none=True)
    name = _text()
    change = _text("shown 或 hidden")
    change_title = _text()
    receiver = _text()
    receiver_title = _text()
    has_failed = fields.Boolean(required=True, metadata={"description": "上一次报送失败"})


class DueReportPage(Schema):
    items = fields.List(fields.Nested(DueReportDocument), required=True)


class ReceiptProblem(Schema):
    row = fields.Integer(required=True, metadata={"description": "文件中的行号"})
    message = _text()


class ReceiptsDocument(Schema):
    accepted = fields.Integer(required=True)
    rejected = fields.Integer(required=True)
    duplicate = fields.Integer(required=True)
    problems = fields.List(fields.Nested(ReceiptProblem), required=True)
