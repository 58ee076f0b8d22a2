"""The console's blueprint and its side bar; the pages are in the files beside this one."""

from flask import Blueprint

from credit_registry.domain.permissions import Actor, Permission
from credit_registry.web import context
from credit_registry.web.side_bar import Entry

blueprint = Blueprint("console", __name__, url_prefix="/console")


# Who writes in the register may add the paper that proves it.
WRITERS = (
    Permission.RECORDS_ENTER,
    Permission.RECORDS_CORRECT,
    Permission.LISTINGS_PROPOSE,
    Permission.LISTINGS_NOTIFY,
    Permission.LISTINGS_REVIEW,
    Permission.LISTINGS_DECIDE,
    Permission.LISTINGS_PUBLISH,
)


def may_attach() -> bool:
    return any(map(context.actor().may, WRITERS))


_P = Permission
_ENTRIES = (
    Entry("工作台", "dashboard", (_P.REGISTER_READ,)),
    Entry(
        "企业信用档案",
        "enterprises",
        (_P.REGISTER_READ,),
        (
            "enterprise",
            "register_enterprise",
            "save_enterprise",
            "amend_enterprise",
            "save_amendment",
            "record",
            "enter_record",
            "save_record",
            "correct_record",
            "save_correction",
        ),
    ),
    Entry(
        "名单案件",
        "cases",
        (_P.REGISTER_READ,),
        ("case", "advance_case", "propose", "save_proposal", "case_history"),
    ),
    Entry(
        "信用修复申请",
        "repairs",
        (_P.REGISTER_READ,),
        ("repair", "advance_repair", "repair_form", "apply_for_repair", "repair_history"),
    ),
    Entry("超期事项", "overdue", (_P.REGISTER_READ,)),
    Entry(
        "年度等级公布",
        "announcements",
        (_P.REGISTER_READ,),
        ("announcement", "draft_announcement", "make_announcement", "withdraw_announcement"),
    ),
    Entry("通报和回执", "reports", (_P.REGISTER_READ,)),
    Entry("导入文件", "import_form", (_P.RECORDS_IMPORT,), ("take_import", "preview_import")),
    Entry("导入任务", "import_jobs", (_P.RECORDS_IMPORT,), ("import_job",)),
    Entry("导入批次", "batches", (_P.REGISTER_READ,), ("batch",)),
    Entry("规则调整的影响", "impact", (_P.REGISTER_READ,)),
    Entry("审计日志", "audit", (_P.AUDIT_READ,)),
    Entry(
        "账号和部门",
        "accounts",
        (_P.ACCOUNTS_MANAGE,),
        ("account", "create_account", "reset_account", "office", "change_office"),
    ),
    Entry("接口密钥", "keys", (_P.KEYS_MANAGE,), ("create_key",)),
    Entry("我的账号", "my_password", (), ("change_my_password", "change_second_factor")),
)


def navigation(actor: Actor) -> list[Entry]:
    """The lines for what this person may do."""
    return [entry for entry in _ENTRIES if not entry.permissions or any(map(actor.may, entry.permissions))]


blueprint.add_app_template_global(navigation, "navigation")
