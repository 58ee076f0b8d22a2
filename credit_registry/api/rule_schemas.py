"""Rule sets as they are published."""

from marshmallow import Schema, fields

from credit_registry.api import fields as strict

_text, _day = strict.answered_text, strict.answered_day


class RuleSetShown(Schema):
    id = _text()
    title = _text()
    effective_from = _day()
    digest = _text()
    is_in_force = fields.Boolean(required=True)


class RuleSets(Schema):
    items = fields.List(fields.Nested(RuleSetShown), required=True)


class ItemShown(Schema):
    id = _text()
    code = _text()
    title = _text()
    group = _text()
    points = _text("分值；由公式计算的为 null", none=True)
    applies = _text("适用于哪些记录")
    counts = _text("怎样计分：分值、重复、期限、上限")
    domains = fields.List(fields.String(), required=True)
    is_internal = fields.Boolean(required=True)
    source = _text()
    note = _text()


class RuleSetDocument(Schema):
    id = _text()
    title = _text()
    effective_from = _day()
    digest = _text()
    engine = _text()
    scale = fields.Integer(required=True)
    rounding = _text()
    domains = fields.List(fields.Dict(), required=True)
    items = fields.List(fields.Nested(ItemShown), required=True)
    groups = fields.List(fields.Dict(), required=True)
    grades = fields.List(fields.Dict(), required=True)
    bands = fields.List(fields.Dict(), required=True)
    not_graded = fields.List(fields.Dict(), required=True)
    caps = fields.List(fields.Dict(), required=True)
    step_downs = fields.List(fields.Dict(), required=True)
    vetoes = fields.List(fields.Dict(), required=True)
    list_conditions = fields.List(fields.Dict(), required=True)
    measures = fields.List(fields.Dict(), required=True)
    sources = fields.Dict(required=True)
