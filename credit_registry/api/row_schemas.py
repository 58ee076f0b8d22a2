"""The shapes of rows that wait for a person, of what is decided about them, and of penalties of persons."""

from marshmallow import Schema, fields, validate

from credit_registry.api import fields as strict
from credit_registry.domain import person_roles

_text, _day = strict.answered_text, strict.answered_day
_MOST = 500
_SOME = validate.Length(1, _MOST, error=f"A-LENGTH 应为 1 至 {_MOST} 项。")
_ROLES = tuple(person_roles.roles())


class RowsQuery(strict.Schema):
    state = strict.Choice(("held", "refused", "resolved", "dropped"), load_default="held")
    after = strict.Text(longest=64)
    limit = strict.Count(most=500, load_default=100)


class RowDocument(Schema):
    id = fields.Integer(required=True, metadata={"description": "办理时用这个编号"})
    sheet = _text()
    row = fields.Integer(required=True, metadata={"description": "文件中的行号"})
    state = _text()
    cells = fields.Dict(required=True, metadata={"description": "各单元格；证件号码已遮盖"})
    problems = fields.List(fields.Dict(), required=True)
    proposals = fields.List(
        fields.Dict(),
        required=True,
        metadata={"description": "可能涉及的企业，依据在 how；只供人工认定"},
    )
    record = fields.Integer(required=True, allow_none=True)
    reason = _text(none=True)


class RowPage(Schema):
    items = fields.List(fields.Nested(RowDocument), required=True)
    after = _text(none=True)


class RowDecision(strict.Schema):
    id = strict.Number(required=True)
    uscc = strict.Text(longest=32, metadata={"description": "认定的企业；不填则按（更正后的）单元格"})
    role = strict.Choice(
        _ROLES,
        metadata={"description": "当事人是自然人时必填：此人在该企业的身份，如 principal 主要负责人"},
    )
    cells = fields.Dict(
        keys=strict.Text(longest=100),
        values=strict.Text(longest=20000),
        metadata={"description": "更正的单元格"},
    )
    is_correction = fields.Boolean(load_default=False, metadata={"description": "是对已登记记录的更正"})


class DecisionsBody(strict.Schema):
    reason = strict.Text(longest=2000, required=True)
    rows = fields.List(fields.Nested(RowDecision), required=True, validate=_SOME)


class StillWaiting(Schema):
    id = fields.Integer(required=True)
    message = _text()


class DecidedDocument(Schema):
    done = fields.List(fields.Nested(RowDocument), required=True)
    waiting = fields.List(
        fields.Nested(StillWaiting), required=True, metadata={"description": "仍不能登记的行和原因"}
    )


class DropBody(strict.Schema):
    reason = strict.Text(longest=2000, required=True)
    code = strict.Text(
        longest=64,
        required=True,
        metadata={"description": "问题代码：放弃本批次中带这个问题的全部待处理行，如 R-NATURAL-PERSON"},
    )
    keep_proposed = fields.Boolean(
        load_default=False, metadata={"description": "保留系统提示了可能有关企业的行"}
    )


class DroppedDocument(Schema):
    dropped = fields.Integer(required=True)


class KnownQuery(strict.Schema):
    known_at = strict.Instant(metadata={"description": "回看时点：日期（该日终了）或带时区的时刻"})


class PersonPenaltyDocument(Schema):
    person_penalty = fields.Integer(required=True)
    role = _text()
    role_title = _text()
    name = _text("已遮盖")
    id_kind = _text(none=True)
    number = _text("已遮盖", none=True)
    dated_on = _day()
    said = fields.Dict(required=True, metadata={"description": "处罚的内容，按记录的字段名"})
    batch = fields.Integer(required=True)
    source_row = fields.Integer(required=True)
    recorded_at = fields.String(required=True)
    reason = _text()


class PersonPenalties(Schema):
    items = fields.List(fields.Nested(PersonPenaltyDocument), required=True)
