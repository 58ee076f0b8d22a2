"""The public lists."""

from marshmallow import Schema, fields

from credit_registry.api import fields as strict

_text, _day = strict.answered_text, strict.answered_day


class ListQuery(strict.Schema):
    text = strict.Text(longest=100, shortest=2, metadata={"description": "名称或代码中的至少两个字"})
    after = strict.Text(longest=64)
    limit = strict.Count(most=100, load_default=50)


class PersonShown(Schema):
    role = _text()
    name = _text("隐去部分")
    number = _text("隐去部分")


class PublicEntryShown(Schema):
    uscc = _text(none=True)
    name = _text()
    address = _text(none=True)
    series = _text()
    title = _text()
    authority = _text("作出决定的部门")
    decision_no = _text(none=True)
    decided_on = _day()
    from_ = strict.Day(required=True, data_key="from")
    until = _day()
    conditions = fields.List(fields.String(), required=True)
    reasons = fields.List(fields.String(), required=True)
    basis = fields.List(fields.String(), required=True)
    notes = fields.List(
        fields.String(), required=True, metadata={"description": "尚未结案的异议、复议、诉讼"}
    )
    persons = fields.List(fields.Nested(PersonShown), required=True)


class ListDocument(Schema):
    list = _text()
    on = _day()
    list_version = fields.Integer(required=True)
    items = fields.List(fields.Nested(PublicEntryShown), required=True)
    after = _text(none=True)
