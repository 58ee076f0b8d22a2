"""Files taken in: what is sent, its batch, the job that reads it."""

from marshmallow import Schema, fields

from credit_registry.api import fields as strict

_text = strict.answered_text


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
