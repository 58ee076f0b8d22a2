"""What a lookup takes and answers: grade, lists, measures, the other offices' lists."""

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from credit_registry.api import fields as strict
from credit_registry.domain.answers import MATTERS
from credit_registry.domain.other_lists import COLOURS

_MATTERS = tuple(MATTERS)
_text, _day = strict.answered_text, strict.answered_day


class LookupQuery(strict.Schema):
    matter = strict.Choice(_MATTERS, metadata={"description": "事项；只回答适用于该事项的措施"})
    purpose = strict.Text(longest=200, metadata={"description": "查询单位的案号或事由，记入日志"})


class LookupsBody(strict.Schema):
    codes = strict.Codes(most=1000, required=True)
    matter = strict.Choice(_MATTERS)
    purpose = strict.Text(longest=200)


class GradeShown(Schema):
    grade = _text("等级，N 为未评定")
    score = _text("十进制文本；没有得分为 null", none=True)
    provisional = fields.Boolean(required=True, metadata={"description": "系统计算、尚未经正式程序公布"})
    on = _day()
    announced_on = fields.Date(metadata={"description": "公布等级自该日起有效；未公布的没有此项"})
    computed_on = fields.Date(metadata={"description": "公布等级依据该日的评价；未公布的没有此项"})


class EntryShown(Schema):
    list = fields.String(required=True, validate=OneOf(("black", "red")))
    series = _text()
    title = _text()
    authority = _text("作出决定的部门")
    decision_no = _text(none=True)
    from_ = strict.Day(required=True, data_key="from")
    until = _day()
    conditions = fields.List(fields.String(), required=True)
    reasons = fields.List(fields.String(), required=True)
    basis = fields.List(fields.String(), required=True)
    notes = fields.List(
        fields.String(), required=True, metadata={"description": "尚未结案的异议、复议、诉讼"}
    )


class OtherListingShown(Schema):
    list_name = _text("其他部门的名单的名称")
    list_colour = fields.String(
        required=True,
        validate=OneOf(tuple(COLOURS)),
        metadata={"description": "black 失信、red 守信、attention 重点关注"},
    )
    authority = _text("作出列入决定的机关", none=True)
    document_no = _text(none=True)
    grounds = _text("列入事由", none=True)
    basis = _text("列入依据", none=True)
    listed_on = _day(none=True)
    listed_until = _day(none=True)
    source = _text("数据来源单位", none=True)
    recorded_on = strict.Day(required=True, metadata={"description": "本登记收到这一信息的日期"})


def other_lists() -> fields.List[Any]:
    return fields.List(
        fields.Nested(OtherListingShown),
        required=True,
        metadata={
            "description": "其他部门名单上今天仍在列的记录，照录其内容。不是本登记的名单：不影响等级，不产生本登记的措施"
        },
    )


class MeasureShown(Schema):
    id = _text()
    title = _text()
    list = _text()
    kind = _text("restrict、management 或 incentive")
    matters = fields.List(fields.String(), required=True)
    basis = _text("法律依据")
    department = _text("实施部门")
    is_weak_basis = fields.Boolean(required=True)


class Remark(Schema):
    code = _text()
    text = _text()


class LookupAnswer(Schema):
    query = _text()
    known = fields.Boolean(required=True)
    uscc = _text(none=True)
    name = _text(none=True)
    on = _day()
    matter = _text(none=True)
    list_version = fields.Integer(required=True)
    grade = fields.Nested(GradeShown, required=True, allow_none=True)
    lists = fields.List(fields.Nested(EntryShown), required=True)
    measures = fields.List(fields.Nested(MeasureShown), required=True)
    other_lists = other_lists()
    annotations = fields.List(fields.Nested(Remark), required=True)
    not_covered = fields.List(fields.Nested(Remark), required=True)


class CodeRefused(Schema):
    query = _text()
    code = _text()
    title = _text()
    facts = fields.Dict(required=True)


class LookupAnswers(Schema):
    answers = fields.List(fields.Nested(LookupAnswer), required=True)
    refused = fields.List(fields.Nested(CodeRefused), required=True)
