"""An assessment with its findings, and how it will change: the forecast and the ways to a better grade."""

from marshmallow import Schema, fields

from credit_registry.api import fields as strict

_text, _day = strict.answered_text, strict.answered_day


class AssessmentQuery(strict.Schema):
    on = strict.Day(metadata={"description": "评价日，默认今天"})
    known_at = strict.Instant(metadata={"description": "回看时点：日期（该日终了）或带时区的时刻"})


class DomainShown(Schema):
    score = _text(none=True)
    grade = _text()


class NamedRecordShown(Schema):
    record = fields.Integer(required=True, metadata={"description": "记录编号；负数是在列名单案件的编号"})
    kind = _text(none=True)
    document_no = _text(none=True)


class FindingShown(Schema):
    domain = _text()
    record = fields.Integer(required=True, allow_none=True)
    kind = _text(none=True)
    document_no = _text(none=True)
    records = fields.List(
        fields.Nested(NamedRecordShown),
        required=True,
        metadata={"description": "这一行依据的全部记录；只有一条时 record、kind、document_no 与它相同"},
    )
    item = _text("评分项代码")
    item_id = _text(none=True)
    title = _text()
    base = _text(none=True)
    repeat = _text(none=True)
    decay = _text(none=True)
    points = _text(none=True)
    grade_before = _text(none=True)
    grade_after = _text(none=True)
    note = _text(none=True)
    source = _text(none=True)


class AssessmentDocument(Schema):
    uscc = _text(none=True)
    name = _text()
    on = _day()
    known_at = fields.String(required=True, allow_none=True)
    ruleset = _text()
    ruleset_digest = _text()
    engine = _text()
    watermark = fields.Integer(required=True, metadata={"description": "所见最新一条信息的编号"})
    grade = _text()
    score = _text(none=True)
    domains = fields.Dict(keys=fields.String(), values=fields.Nested(DomainShown), required=True)
    findings = fields.List(fields.Nested(FindingShown), required=True)
    next_change = _day(none=True)
    is_complete = fields.Boolean(
        required=True, metadata={"description": "false：监管信息未对查询单位列出，所列依据之和不等于得分"}
    )


class ForecastShown(Schema):
    on = _day()
    grade = _text()
    score = _text(none=True)
    domains = fields.Dict(keys=fields.String(), values=fields.Nested(DomainShown), required=True)
    ruleset = _text()


class PointsFrom(Schema):
    on = _day()
    points = _text()


class LineOutlookShown(Schema):
    domain = _text()
    item = _text("评分项代码")
    title = _text()
    records = fields.List(fields.Nested(NamedRecordShown), required=True)
    points = _text(none=True)
    grade_after = _text(none=True)
    changes = fields.List(fields.Nested(PointsFrom), required=True)
    ends_on = strict.Day(
        required=True,
        allow_none=True,
        metadata={"description": "不再计入的第一天；null 表示展望期内不会结束"},
    )


class ActShown(Schema):
    code = _text("在本回答内的编号，`ways` 中引用")
    kind = _text("pay_fine、repair_penalty、close_hazard、pass_recheck、comply_order 或 ask_removal")
    title = _text()
    record = fields.Integer(required=True)
    record_kind = _text()
    document_no = _text(none=True)
    earliest_on = _day()
    basis = _text()
    note = _text(none=True)
    needs = fields.List(fields.String(), required=True, metadata={"description": "须一并办理的事项"})


class WayShown(Schema):
    acts = fields.List(fields.String(), required=True)
    reached_on = _day()
    grade = _text()
    score = _text(none=True)
    is_shortest = fields.Boolean(
        required=True, metadata={"description": "false：没有逐一试遍，只保证其中任何一项都不能省去"}
    )


class ProspectDocument(Schema):
    uscc = _text(none=True)
    name = _text()
    on = _day()
    until = strict.Day(required=True, metadata={"description": "展望到这一天"})
    grade = _text()
    is_best = fields.Boolean(required=True, metadata={"description": "已是最好等级，或者未评定"})
    forecast = fields.List(fields.Nested(ForecastShown), required=True)
    is_stable = fields.Boolean(required=True, metadata={"description": "最后一步之后不再随日期变化"})
    better_on = strict.Day(
        required=True, allow_none=True, metadata={"description": "只需等待即可提高等级的第一天"}
    )
    lines = fields.List(fields.Nested(LineOutlookShown), required=True)
    acts = fields.List(fields.Nested(ActShown), required=True)
    ways = fields.List(
        fields.Nested(WayShown),
        required=True,
        metadata={"description": "先是事项最少的，事项更多而更早的在后；为空表示没有早于等待的办法"},
    )
    is_complete = fields.Boolean(
        required=True, metadata={"description": "false：监管信息及其可办事项未对查询单位列出"}
    )
