"""The shapes of cases, repairs, objections and of the sessions in which officers act on them."""

from marshmallow import Schema, fields, validate

from credit_registry.api import fields as strict
from credit_registry.domain import repair_steps
from credit_registry.domain.series import ListKind
from credit_registry.domain.steps import Action, State
from credit_registry.services.annotations import KIND_TITLES, OUTCOMES
from credit_registry.services.persons import ROLE_TITLES

_text, _day = strict.answered_text, strict.answered_day
_LONG = 4000


def _reason() -> strict.Text:
    return strict.Text(longest=_LONG, metadata={"description": "理由；步骤要求时必填"})


def _papers() -> strict.Papers:
    return strict.Papers(
        metadata={
            "description": '须提交的文书：种类到栏目的对象，如 {"statement_record": {"received_on": …}}；'
            "由登记机关制发的文书不用提交"
        }
    )


class SessionBody(strict.Schema):
    login = strict.Text(longest=64, required=True)
    password = strict.Text(longest=1024, required=True)
    code = strict.Text(longest=16, metadata={"description": "启用了动态口令的账号必填"})


class SessionDocument(Schema):
    token = _text("只显示这一次")
    name = _text()
    office = _text()
    roles = fields.List(fields.String(), required=True)
    permissions = fields.List(fields.String(), required=True)


class CasesQuery(strict.Schema):
    state = strict.Choice(("open", *State), metadata={"description": "一种状态；open 为全部未办结的"})
    list = strict.Choice(tuple(ListKind))
    due_until = strict.Day(metadata={"description": "只要该日及以前到期的；给昨天即为已超期的"})
    uscc = strict.Text(longest=64)
    mine = strict.Choice(("true",), metadata={"description": "只要本人办理过步骤的（须具名登录）"})
    after = strict.Text(longest=64)
    limit = strict.Count(most=100, load_default=50)


class CaseLine(Schema):
    case = fields.Integer(required=True)
    version = fields.Integer(required=True)
    list = _text()
    series = _text()
    state = _text()
    state_title = _text()
    uscc = _text(none=True)
    name = _text()
    opened_on = _day()
    due_on = _day(none=True)
    is_overdue = fields.Boolean(required=True)
    waits_until = strict.Day(
        required=True,
        allow_none=True,
        metadata={"description": "等待他人的期限届满，如陈述申辩期限；不算超期"},
    )


class CasePage(Schema):
    items = fields.List(fields.Nested(CaseLine), required=True)
    after = _text("下一页；没有时为 null", none=True)


class GroundBody(strict.Schema):
    condition = strict.Text(longest=20, required=True, metadata={"description": "列入情形，如 7-4"})
    record = strict.Number(required=True)


class CaseBody(strict.Schema):
    uscc = strict.Text(longest=64, required=True)
    series = strict.Text(
        longest=64, required=True, metadata={"description": "名单的依据，如 safety-order-11"}
    )
    reason = _reason()
    grounds = fields.List(
        fields.Nested(GroundBody),
        load_default=[],
        validate=validate.Length(max=100, error="A-LENGTH 至多 100 项。"),
    )
    papers = _papers()


class StepBody(strict.Schema):
    action = strict.Choice(tuple(Action), required=True)
    reason = _reason()
    papers = _papers()
    ban_until = strict.Day(metadata={"description": "决定列入时：行业或者职业禁入的截止日期"})
    met = strict.Codes(most=20, metadata={"description": "核查守信激励条件时：确认符合的条件"})


class PersonBody(strict.Schema):
    role = strict.Choice(tuple(ROLE_TITLES), required=True)
    condition = strict.Text(longest=20, required=True)
    name = strict.Text(longest=100, required=True)
    number = strict.Text(longest=18, required=True, metadata={"description": "加密保存，回答中遮盖"})


class PersonDocument(Schema):
    person = fields.Integer(required=True)
    role = _text()
    condition = _text()
    name = _text("隐去部分")
    number = _text("隐去部分")


class GroundDocument(Schema):
    condition = _text()
    title = _text()
    basis = _text()
    record = fields.Integer(required=True)
    document_no = _text(none=True)
    has_fallen = fields.Boolean(required=True)


class StepDocument(Schema):
    number = fields.Integer(required=True)
    action = _text()
    title = _text()
    from_ = fields.String(required=True, allow_none=True, data_key="from")
    to = _text()
    to_title = _text()
    actor = _text("办理人")
    at = _text("办理时刻")
    on = strict.Day(required=True, metadata={"description": "法律上的日期，如送达之日"})
    reason = _text(none=True)
    facts = fields.Dict(required=True)


class PaperDocument(Schema):
    paper = fields.Integer(required=True)
    step = fields.Integer(required=True, allow_none=True)
    kind = _text()
    title = _text()
    document_no = _text("制发的文书有文号", none=True)
    dated_on = _day()
    fields_ = fields.Dict(required=True, data_key="fields")
    text_ = fields.String(required=True, allow_none=True, data_key="text")


class ClockDocument(Schema):
    kind = _text()
    title = _text()
    starts_on = _day()
    length = fields.Integer(required=True)
    unit = _text("working_day、day 或 month")
    basis = _text()
    due_on = _day()
    is_provisional = fields.Boolean(required=True)
    met_on = _day(none=True)
    stopped_on = _day(none=True)
    is_late = fields.Boolean(required=True)


class AnnotationDocument(Schema):
    annotation = fields.Integer(required=True)
    version = fields.Integer(required=True)
    case = fields.Integer(required=True, allow_none=True)
    record = fields.Integer(required=True, allow_none=True)
    kind = _text("objection、reconsideration 或 lawsuit")
    title = _text()
    state = _text("open、upheld、rejected 或 withdrawn")
    filed_on = _day()
    content = _text()
    due_on = _day(none=True)
    answered_on = _day(none=True)
    answered_by = _text(none=True)
    answer = _text(none=True)


class AnnotationPage(Schema):
    items = fields.List(fields.Nested(AnnotationDocument), required=True)


class AttachmentDocument(Schema):
    attachment = fields.Integer(required=True)
    title = _text()
    filename = _text()
    media_type = _text()
    size = fields.Integer(required=True)
    sha256 = _text()
    actor = _text()
    recorded_at = _text()


class RecusalDocument(Schema):
    recusal = fields.Integer(required=True)
    name = _text("回避的人员")
    scope = _text("本案，或者该企业的全部案件")
    origin = _text("declared 或 ordered")
    reason = _text()
    recorded_at = _text()
    recorded_by = _text()


class PaperFieldDocument(Schema):
    name = _text()
    title = _text()
    type = _text("date 或 text")
    choices = fields.List(fields.String(), required=True, allow_none=True)


class PaperWanted(Schema):
    kind = _text()
    title = _text()
    is_issued = fields.Boolean(required=True, metadata={"description": "由登记机关编号制发"})
    fields_ = fields.List(fields.Nested(PaperFieldDocument), required=True, data_key="fields")


class Obstacle(Schema):
    code = _text()
    message = _text()


class NextStepDocument(Schema):
    action = _text()
    title = _text()
    to = _text()
    to_title = _text()
    who = _text("所需权限")
    needs_reason = fields.Boolean(required=True)
    papers = fields.List(fields.Nested(PaperWanted), required=True)
    law = _text()
    is_allowed = fields.Boolean(required=True, metadata={"description": "本人今天可以办理"})
    obstacle = fields.Nested(Obstacle, required=True, allow_none=True)


class CaseDocument(Schema):
    case = fields.Integer(required=True)
    version = fields.Integer(required=True)
    list = _text()
    series = _text()
    series_title = _text()
    domain = _text()
    state = _text()
    state_title = _text()
    uscc = _text(none=True)
    name = _text()
    authority = _text()
    origin = _text("rules、officer 或 application")
    opened_on = _day()
    noticed_on = _day(none=True)
    window_until = _day(none=True)
    window_is_provisional = fields.Boolean(required=True)
    reviewed_on = _day(none=True)
    decided_on = _day(none=True)
    decision_no = _text(none=True)
    served_on = _day(none=True)
    entered_on = _day(none=True)
    from_ = strict.Day(required=True, allow_none=True, data_key="from")
    until = _day(none=True)
    ended_on = _day(none=True)
    ended_by = _text(none=True)
    ban_until = _day(none=True)
    hidden_since = _day(none=True)
    repair_from = _day(none=True)
    matter = fields.Dict(
        required=True, allow_none=True, metadata={"description": "公布等级的案件：立案时锁定的等级和依据"}
    )
    grounds = fields.List(fields.Nested(GroundDocument), required=True)
    persons = fields.List(fields.Nested(PersonDocument), required=True)
    steps = fields.List(fields.Nested(StepDocument), required=True)
    papers = fields.List(fields.Nested(PaperDocument), required=True)
    clocks = fields.List(fields.Nested(ClockDocument), required=True)
    annotations = fields.List(fields.Nested(AnnotationDocument), required=True)
    attachments = fields.List(fields.Nested(AttachmentDocument), required=True)
    recusals = fields.List(fields.Nested(RecusalDocument), required=True)
    next = fields.List(
        fields.Nested(NextStepDocument),
        required=True,
        metadata={"description": "此时可以办理的步骤，各由谁办"},
    )


class AnnotationBody(strict.Schema):
    kind = strict.Choice(tuple(KIND_TITLES), required=True)
    filed_on = strict.Day(required=True)
    content = strict.Text(longest=_LONG, required=True)


class AnswerBody(strict.Schema):
    outcome = strict.Choice(tuple(OUTCOMES), required=True)
    answer = strict.Text(longest=_LONG, required=True)


class RepairsQuery(strict.Schema):
    state = strict.Choice(tuple(repair_steps.STATE_TITLES))
    after = strict.Text(longest=18)
    limit = strict.Count(most=100, load_default=50)


class RepairLine(Schema):
    repair = fields.Integer(required=True)
    version = fields.Integer(required=True)
    record = fields.Integer(required=True)
    state = _text()
    state_title = _text()
    applied_on = _day()
    decided_on = _day(none=True)


class RepairPage(Schema):
    items = fields.List(fields.Nested(RepairLine), required=True)
    after = _text(none=True)


class RepairBody(strict.Schema):
    record = strict.Number(required=True, metadata={"description": "处罚记录的编号"})
    papers = _papers()


class RepairStepBody(strict.Schema):
    action = strict.Choice(tuple(action for _, action in repair_steps.STEPS), required=True)
    reason = _reason()
    papers = _papers()


class DeedDocument(Schema):
    action = _text()
    title = _text()
    to = _text()
    to_title = _text()
    actor = _text()
    at = _text()
    reason = _text(none=True)


class RepairDocument(Schema):
    repair = fields.Integer(required=True)
    version = fields.Integer(required=True)
    state = _text()
    state_title = _text()
    record = fields.Integer(required=True)
    document_no = _text(none=True)
    uscc = _text(none=True)
    name = _text()
    regime = _text("order-58 或 order-36，按决定书日期")
    applied_on = _day()
    accepted_on = _day(none=True)
    decided_on = _day(none=True)
    steps = fields.List(fields.Nested(DeedDocument), required=True)
    papers = fields.List(fields.Nested(PaperDocument), required=True)
    clocks = fields.List(fields.Nested(ClockDocument), required=True)
    next = fields.List(fields.Nested(NextStepDocument), required=True)
