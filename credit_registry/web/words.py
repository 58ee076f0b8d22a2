"""Words of the screen for codes that no file carries: kinds, states, changes, verbs of the log."""

from credit_registry.domain import repair_steps
from credit_registry.domain.answers import DOMAIN_TITLES
from credit_registry.domain.other_lists import COLOURS
from credit_registry.domain.series import LIST_TITLES
from credit_registry.domain.steps import ACTION_TITLES, STATE_TITLES

KINDS: dict[str, str] = {
    "penalty": "行政处罚",
    "inspection": "监督检查",
    "accident": "生产安全事故",
    "hazard": "事故隐患",
    "honour": "荣誉和正面信息",
    "sealing": "临时查封",
    "false_commitment": "虚假承诺",
    "false_report": "服务机构虚假报告",
    "order_breach": "违反停产停业决定或破坏查封",
    "listing": "名单状态",
}

# Kinds as the import door calls them.
FILES: dict[str, str] = {
    "enterprises": "企业名册",
    "penalties": "行政处罚",
    "inspections": "监督检查",
    "accidents": "生产安全事故",
    "hazards": "事故隐患",
    "honours": "荣誉和正面信息",
    "sealings": "临时查封",
    "false_commitments": "虚假承诺",
    "false_reports": "服务机构虚假报告",
    "order_breaches": "违反停产停业决定或破坏查封",
    "payments": "罚款缴纳情况",
    "rechecks": "整改复查结果",
    "hazard_closings": "隐患销号",
    "responsibilities": "事故责任认定",
    "compliances": "停产停业和查封决定的履行",
    "enterprise_changes": "企业变更",
    "other_lists": "其他部门的名单",
}

DOMAINS = DOMAIN_TITLES

RECORD_STATES: dict[str, tuple[str, str]] = {
    "live": ("有效", "mark-blue"),
    "pending": ("待定（停止执行或责任未认定）", "mark-amber"),
    "repaired": ("已修复", "mark-green"),
    "revoked": ("已撤销", ""),
    "withdrawn": ("已撤回", ""),
    "not_responsible": ("不负责任", ""),
}

ENTERPRISE_STATUSES: dict[str, tuple[str, str]] = {
    "active": ("存续", "mark-green"),
    "deregistered": ("注销", ""),
    "revoked": ("吊销", "mark-red"),
}

SIZES: dict[str, str] = {"micro": "微型", "small": "小型", "medium": "中型", "large": "大型"}

CHANGES: dict[str, str] = {
    "original": "首次登记",
    "correction": "更正",
    "completion": "补充",
    "revocation": "撤销",
    "repair": "信用修复",
    "withdrawal": "撤回",
    "confirmation": "确认失信程度",
    "reinstatement": "恢复有效",
    "suspension": "停止执行",
    "resumption": "恢复执行",
}

ROW_STATES: dict[str, tuple[str, str]] = {
    "held": ("待处理", "mark-amber"),
    "refused": ("未接收", "mark-red"),
    "resolved": ("已处理", "mark-green"),
    "dropped": ("已放弃", ""),
}

DISPOSITIONS: dict[str, tuple[str, str]] = {
    "refuse_file": ("整个文件未接收", "mark-red"),
    "refuse_row": ("该行未接收", "mark-red"),
    "hold": ("该行待人工处理", "mark-amber"),
    "warning": ("已接收，请核对", "mark-blue"),
    "normalised": ("已规范写法", ""),
    "duplicate": ("重复，未再次登记", ""),
}

# Colours of other departments' lists.
OTHER_LISTS: dict[str, tuple[str, str]] = {
    colour: (COLOURS[colour], style)
    for colour, style in (("black", "mark-red"), ("red", "mark-green"), ("attention", "mark-amber"))
}

JOB_STATES: dict[str, tuple[str, str]] = {
    "draft": ("待确认", "mark-amber"),
    "queued": ("排队中", "mark-blue"),
    "running": ("导入中", "mark-blue"),
    "done": ("已完成", "mark-green"),
    "refused": ("没有导入", "mark-red"),
}
# How far a job under way is.
JOB_STAGES: dict[str, str] = {"read": "正在读取文件", "check": "正在核对名册", "store": "正在登记"}

BATCH_STATES: dict[str, tuple[str, str]] = {"done": ("已完成", "mark-green"), "withdrawn": ("已撤回", "")}

# Where a case stands, as a style: under way, in force, ended.
CASE_STYLES: dict[str, str] = {
    "ACTIVE": "mark-red",
    "REPAIR_APPLIED": "mark-red",
    "REPAIR_ACCEPTED": "mark-red",
    "CLOSED": "",
    "REMOVED": "",
    "REMOVAL_DECIDED": "",
    "REVOKED": "",
    "REFUSED": "",
    "EXPIRED": "",
    "WITHDRAWN": "",
    "ANNOUNCED": "mark-green",
}

PERSON_ROLES: dict[str, str] = {
    "legal_representative": "法定代表人",
    "party": "当事人",
    "principal": "主要负责人",
    "responsible": "有关责任人员",
    "direct": "直接责任人员",
    "other": "其他责任人员",
}

CLOCK_UNITS: dict[str, str] = {"working_day": "个工作日", "working_days": "个工作日", "day": "日", "days": "日",
                               "month": "个月", "months": "个月"}  # fmt: skip

# Why an enterprise is proposed for a row that waits.
PROPOSALS: dict[str, str] = {
    "code": "代码相同",
    "name": "名称相同",
    "former_name": "曾用名相同",
    "similar": "名称相近",
    "legal_representative": "证件号码与该企业法定代表人的相同",
    "person_penalty": "此人的其他处罚已登记在该企业",
    "listed_person": "此人曾在该企业的名单案件中被列为责任人员",
}

ATTRIBUTES: dict[str, str] = {
    "name": "名称",
    "uscc": "统一社会信用代码",
    "status": "登记状态",
    "registered_on": "成立日期",
    "enterprise_type": "企业类型",
    "registered_capital": "注册资本",
    "scope": "经营范围",
    "address": "住所",
    "region_code": "登记机关行政区划",
    "subdistrict_code": "街道（镇）",
    "industry_code": "行业代码",
    "size": "企业规模",
    "is_high_risk": "高危行业",
    "is_fire_key_unit": "消防安全重点单位",
    "parent_id": "所属企业",
}

VERBS: dict[str, str] = {
    "session:sign-in": "登录",
    "session:sign-out": "退出",
    "session:refuse": "登录失败",
    "session:prove": "办理前再次确认密码",
    "office:create": "登记部门",
    "account:create": "开通账号",
    "account:disable": "停用账号",
    "account:enable": "启用账号",
    "account:reset": "重置密码",
    "account:set-roles": "调整角色",
    "account:identify": "登记账号人员",
    "report:send": "通报名单变动",
    "report:receive": "登记回执",
    "report:feed-back": "登记反馈",
    "recusal:declare": "申请回避",
    "recusal:order": "决定回避",
    "recusal:lift": "解除回避",
    "account:delegate": "委托代行",
    "account:end-delegation": "终止委托",
    "account:change-password": "修改密码",
    "account:begin-second-factor": "设置动态口令",
    "account:confirm-second-factor": "启用动态口令",
    "account:remove-second-factor": "停用动态口令",
    "key:create": "新建接口密钥",
    "key:revoke": "撤销接口密钥",
    "record:enter": "录入记录",
    "record:correct": "更正记录",
    "record:revoke": "撤销记录",
    "record:suspend": "停止执行",
    "record:resume": "恢复执行",
    "record:repair": "修复记录",
    "record:withdraw": "撤回记录",
    "record:confirm-class": "确认失信程度",
    "batch:take": "导入文件",
    "job:submit": "提交导入任务",
    "job:cancel": "取消导入任务",
    "batch:withdraw": "撤回批次",
    "batch:ask-withdrawal": "申请撤回批次",
    "batch:decline-withdrawal": "不予撤回批次",
    "batch:resolve": "处理待处理行",
    "batch:drop": "放弃待处理行",
    "assessment:run": "运行信用评价",
    "assessment:replay": "历史回看",
    "attachment:attach": "上传附件",
    "clock:recompute": "重算期限",
    "demonstration:begin": "建立演示数据",
    "enterprise:register": "登记企业",
    "enterprise:amend": "变更企业信息",
    "enterprise:rename": "变更企业名称",
    "enterprise:code": "变更企业代码",
    "listing:unfit": "守信条件不再符合",
    "announcement:draft": "拟定年度等级",
    "announcement:make": "公布年度等级",
    "announcement:withdraw": "撤回拟定的年度等级",
    "annotation:file": "登记异议或诉讼",
    "annotation:answer": "答复异议或诉讼",
    "annotation:withdraw": "撤回异议",
    "invitation:issue": "出具企业开通码",
    "invitation:void": "作废企业开通码",
    "invitation:enrol": "企业开通账号",
    "invitation:refuse": "企业开通账号未成功",
    **{f"repair:{action}": f"处罚信息修复：{title}" for action, title in repair_steps.ACTION_TITLES.items()},
    "listing:name-person": "登记一并列入人员",
    **{f"listing:{action.value.replace('_', '-')}": title for action, title in ACTION_TITLES.items()},
    "listing:open-candidates": "规则发现候选",
}


def verb(code: str) -> str:
    """The word for an audit verb; the code itself where a room has added one."""
    return VERBS.get(code, code)


def marked(table: dict[str, tuple[str, str]], code: str) -> tuple[str, str]:
    """Word and style of a code."""
    return table.get(code, (code, ""))


def case_style(state: str, list_kind: str) -> str:
    """The style of a state; to stand on the red list is good news."""
    style = CASE_STYLES.get(state, "mark-amber")
    return "mark-green" if style == "mark-red" and list_kind == "red" else style


WORDS = {
    "kinds": KINDS,
    "files": FILES,
    "domains": DOMAINS,
    "changes": CHANGES,
    "sizes": SIZES,
    "attributes": ATTRIBUTES,
    "person_roles": PERSON_ROLES,
    "proposals": PROPOSALS,
    "clock_units": CLOCK_UNITS,
    "lists": {kind.value: title for kind, title in LIST_TITLES.items()},
    "case_states": {state.value: title for state, title in STATE_TITLES.items()},
    "actions": {action.value: title for action, title in ACTION_TITLES.items()},
    "record_states": RECORD_STATES,
    "statuses": ENTERPRISE_STATUSES,
    "row_states": ROW_STATES,
    "other_lists": OTHER_LISTS,
    "batch_states": BATCH_STATES,
    "job_states": JOB_STATES,
    "job_stages": JOB_STAGES,
    "dispositions": DISPOSITIONS,
}
