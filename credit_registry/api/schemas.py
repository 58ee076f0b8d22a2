"""The shapes that the interface takes and gives, as its documentation states them; tests hold the answers to it."""

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from credit_registry.api import fields as strict
from credit_registry.domain.answers import MATTERS
from credit_registry.domain.other_lists import COLOURS

_MATTERS = tuple(MATTERS)


_text, _day = strict.answered_text, strict.answered_day


class Problem(Schema):
    """An error, RFC 9457."""

    type = _text("urn:credit-registry:problem:<code>")
    code = _text("稳定的错误代码")
    title = _text("一句写明补救办法的中文")
    status = fields.Integer(required=True)
    facts = fields.Dict(required=True, metadata={"description": "供程序读取的细节"})
    request_id = _text("请求编号")


class NoQuery(strict.Schema):
    """No parameters: any is refused."""


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


def _other_lists() -> fields.List[Any]:
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
    other_lists = _other_lists()
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
    other_lists = _other_lists()


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


class ImportForm(strict.Schema):
    kind = strict.Text(longest=32, required=True, metadata={"description": "文件种类，如 penalties"})
    layout = strict.Text(longest=100)
    sheet = strict.Text(longest=100)
    encoding = strict.Text(longest=32)
    confirmed = strict.Choice(
        ("true",),
        metadata={
            "description": "先前回答 confirmation-needed（隐藏行、编码两可、像是旧文件）的文件，人工核对后填 true 再次提交"
        },
    )


class ImportFile(strict.Schema):
    file = fields.Raw(
        required=True,
        error_messages={"required": "A-REQUIRED 必须提交文件。"},
        metadata={"type": "string", "format": "binary"},
    )


class ImportHeaders(Schema):
    key = strict.Text(
        longest=64,
        data_key="Idempotency-Key",
        metadata={"description": "同一个键和同一个文件只导入一次，再次提交得到第一次的结果"},
    )
    prefer = strict.Text(
        longest=200,
        data_key="Prefer",
        metadata={"description": "respond-async：不等导入完成，立即得到 202 和任务地址（RFC 7240）"},
    )


class ImportAnswer(Schema):
    batch = fields.Integer(required=True, allow_none=True)
    source = _text()
    rows = fields.Integer(required=True)
    accepted = fields.Integer(required=True)
    duplicate = fields.Integer(required=True)
    held = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    problems = fields.List(fields.Dict(), required=True)
    replayed = fields.Boolean(required=True)


class JobProgress(Schema):
    stage = _text("read、check、store 或 done；尚未开始时为空", none=True)
    done = fields.Integer(required=True, metadata={"description": "已处理的行数"})
    rows = fields.Integer(
        required=True, metadata={"description": "总行数，大的文本文件为约数；0 表示尚不知道"}
    )


class JobProblem(Schema):
    code = _text()
    message = _text()
    facts = fields.Dict(required=True)


class JobDocument(Schema):
    job = fields.Integer(required=True)
    state = _text("queued、running、done 或 refused；尚待人工确认的为 draft")
    kind = _text()
    filename = _text()
    created_at = fields.String(required=True)
    started_at = _text(none=True)
    finished_at = _text(none=True)
    attempts = fields.Integer(required=True)
    progress = fields.Nested(JobProgress, required=True)
    result = fields.Nested(
        ImportAnswer,
        required=True,
        allow_none=True,
        metadata={"description": "done：与立即导入的回答相同"},
    )
    problem = fields.Nested(
        JobProblem, required=True, allow_none=True, metadata={"description": "refused：原因和怎么改"}
    )


class BatchQuery(strict.Schema):
    show = strict.Choice(
        ("all", "needed", "noted"),
        load_default="all",
        metadata={
            "description": "problems 中列哪些：needed 需要有人处理的，noted 仅提示的，all 全部（默认）"
        },
    )


class ProblemCounts(Schema):
    needed = fields.Integer(required=True, metadata={"description": "拒绝的和待人工处理的"})
    noted = fields.Integer(required=True, metadata={"description": "仅提示：警告、已规范的写法、重复"})


class BatchDocument(Schema):
    batch = fields.Integer(required=True)
    kind = _text()
    layout = _text()
    filename = _text()
    state = _text("done 或 withdrawn")
    recorded_at = fields.String(required=True)
    rows = fields.Integer(required=True)
    accepted = fields.Integer(required=True)
    duplicate = fields.Integer(required=True)
    held = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    problem_counts = fields.Nested(ProblemCounts, required=True)
    problems = fields.List(fields.Dict(), required=True)
    withdrawn_at = _text(none=True)
    withdrawn_reason = _text(none=True)


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
