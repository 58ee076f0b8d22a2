"""Enterprises and their records."""

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from credit_registry.api import fields as strict
from credit_registry.api.lookup_schemas import EntryShown, GradeShown, MeasureShown, other_lists

_text, _day = strict.answered_text, strict.answered_day


class EnterpriseQuery(strict.Schema):
    text = strict.Text(longest=100, shortest=2, metadata={"description": "名称、曾用名或代码中的至少两个字"})
    after = strict.Text(longest=64, metadata={"description": "上一页的 after"})
    limit = strict.Count(most=100, load_default=20)


class EnterpriseShown(Schema):
    uscc = _text(none=True)
    name = _text()
    status = _text("active、deregistered 或 revoked")
    registered_on = _day(none=True)
    address = _text(none=True)
    subdistrict_code = _text(none=True)


class EnterprisePage(Schema):
    items = fields.List(fields.Nested(EnterpriseShown), required=True)
    after = _text("下一页；没有时为 null", none=True)


class FormerName(Schema):
    name = _text()
    valid_from = _day(none=True)
    valid_until = _day(none=True)


class LinkShown(Schema):
    uscc = _text(none=True)
    name = _text()


class EnterpriseDocument(EnterpriseShown):
    enterprise_type = _text(none=True)
    registered_capital = _text(none=True)
    scope = _text(none=True)
    region_code = _text(none=True)
    industry_code = _text(none=True)
    size = _text(none=True)
    is_high_risk = fields.Boolean(required=True, allow_none=True)
    is_fire_key_unit = fields.Boolean(required=True, allow_none=True)
    version = fields.Integer(required=True)
    recorded_at = fields.String(required=True)
    former_names = fields.List(fields.Nested(FormerName), required=True)
    codes = fields.List(fields.String(), required=True, metadata={"description": "现用和曾用的代码"})
    parent = fields.Nested(LinkShown, required=True, allow_none=True)
    branches = fields.List(fields.Nested(LinkShown), required=True)
    grade = fields.Nested(GradeShown, required=True)
    lists = fields.List(fields.Nested(EntryShown), required=True)
    measures = fields.List(fields.Nested(MeasureShown), required=True)
    other_lists = other_lists()


class RecordQuery(strict.Schema):
    kind = strict.Choice(
        (
            "penalty", "inspection", "accident", "hazard", "honour", "sealing", "false_commitment", "false_report",
            "order_breach",
        ),
        metadata={"description": "只要这一种"},
    )  # fmt: skip
    after = strict.Text(longest=64)
    limit = strict.Count(most=100, load_default=50)


class RecordShown(Schema):
    """One record; what a kind does not have, or nobody has told, is absent."""

    record = fields.Integer(required=True)
    kind = _text()
    domain = _text()
    state = _text()
    dated_on = _day()
    version = fields.Integer(required=True)
    recorded_at = fields.String(required=True)
    event_key = fields.String(metadata={"description": "同一事件的信息有相同的值"})
    occurred_on = strict.Day()
    document_no = fields.String()
    authority_name = fields.String()
    authority_code = fields.String()
    source_name = fields.String()
    source_code = fields.String()
    cause = fields.String()
    facts = fields.String()
    basis = fields.String()
    content = fields.String()
    breach_class = fields.String(validate=OneOf(("minor", "general", "serious")))
    breach_class_origin = fields.String(validate=OneOf(("department", "proposed", "confirmed")))
    penalty_kinds = fields.String(metadata={"description": "处罚种类，以 ; 相连"})
    is_simple_procedure = fields.Boolean()
    fine_fen = fields.Integer(metadata={"description": "单位：分"})
    confiscated_fen = fields.Integer()
    fine_due_on = strict.Day()
    fine_paid_on = strict.Day()
    fine_state = fields.String(validate=OneOf(("unknown", "paid", "unpaid")))
    valid_until = strict.Day()
    publish_until = strict.Day()
    method = fields.String()
    result = fields.String()
    due_on = strict.Day()
    rechecked_on = strict.Day()
    closed_on = strict.Day()
    accident_level = fields.String()
    accident_level_reported = fields.String()
    deaths = fields.Integer()
    serious_injuries = fields.Integer()
    loss_fen = fields.Integer()
    responsibility = fields.String()
    is_late_report = fields.Boolean()
    is_concealed = fields.Boolean()
    is_fire = fields.Boolean()
    found_by = fields.String()
    hazard_grade = fields.String()
    supervision_level = fields.String()
    is_overdue = fields.Boolean()
    honour_kind = fields.String()
    honour_level = fields.String()
    quantity = fields.Integer()
    condition_tags = fields.String()


class RecordPage(Schema):
    items = fields.List(fields.Nested(RecordShown), required=True)
    after = _text(none=True)
