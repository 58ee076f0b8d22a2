"""The procedure of a penalty's credit repair: application, acceptance, decision, restoration (36号令)."""

from collections.abc import Mapping
from dataclasses import dataclass

from credit_registry.domain.permissions import Permission

LAW = "信用修复管理办法(2026-04-01)；国办发〔2025〕22号；2026-03-31 及以前的文书适用国家发展改革委令第58号"
STATE_TITLES = {
    "APPLIED": "已申请",
    "ACCEPTED": "已受理",
    "ALLOWED": "准予修复",
    "NOT_ACCEPTED": "不予受理",
    "DENIED": "不予修复",
    "RESTORED": "已恢复",
    "WITHDRAWN": "已撤回",
}


@dataclass(frozen=True)
class Step:
    """One move of an application; ``is_apart``: not by whoever took it in."""

    to: str
    who: Permission
    papers: tuple[str, ...] = ()
    starts: str | None = None
    meets: str | None = None
    needs_reason: bool = False
    is_apart: bool = False


WITHDRAW = "withdraw"
APPLICATION = ("repair_application", "duties_proof", "commitment")
STEPS: Mapping[tuple[str, str], Step] = {
    ("APPLIED", "accept"): Step(
        "ACCEPTED",
        Permission.LISTINGS_NOTIFY,
        ("repair_acceptance",),
        "decide_penalty_repair",
        "accept_penalty_repair",
    ),
    ("APPLIED", "reject"): Step(
        "NOT_ACCEPTED",
        Permission.LISTINGS_NOTIFY,
        ("repair_non_acceptance",),
        meets="accept_penalty_repair",
        needs_reason=True,
    ),
    ("APPLIED", WITHDRAW): Step("WITHDRAWN", Permission.LISTINGS_NOTIFY, needs_reason=True),
    ("ACCEPTED", "allow"): Step(
        "ALLOWED",
        Permission.LISTINGS_DECIDE,
        ("repair_decision",),
        meets="decide_penalty_repair",
        is_apart=True,
    ),
    ("ACCEPTED", "deny"): Step(
        "DENIED",
        Permission.LISTINGS_DECIDE,
        ("repair_refusal",),
        meets="decide_penalty_repair",
        needs_reason=True,
        is_apart=True,
    ),
    ("ACCEPTED", WITHDRAW): Step("WITHDRAWN", Permission.LISTINGS_NOTIFY, needs_reason=True),
    ("ALLOWED", "restore"): Step(
        "RESTORED",
        Permission.LISTINGS_DECIDE,
        ("fraud_finding", "repair_restoration"),
        needs_reason=True,
        is_apart=True,
    ),
}
ACTION_TITLES = {
    "apply": "收到申请",
    "accept": "受理",
    "reject": "不予受理",
    "allow": "准予修复",
    "deny": "不予修复",
    "restore": "因弄虚作假恢复",
    WITHDRAW: "撤回申请",
}
