"""What an enterprise files at its own door: which steps of a case it may take itself, and what may be filed beside."""

from enum import StrEnum

from credit_registry.domain.steps import Action


class FilingKind(StrEnum):
    STATEMENT = "statement"
    HEARING = "hearing"
    REMOVAL = "removal"
    REPAIR = "repair"
    OBJECTION = "objection"
    WITHDRAWAL = "withdrawal"
    REPAIR_WITHDRAWAL = "repair_withdrawal"


FILING_TITLES: dict[FilingKind, str] = {
    FilingKind.STATEMENT: "陈述申辩",
    FilingKind.HEARING: "听证申请",
    FilingKind.REMOVAL: "提前移出名单申请",
    FilingKind.REPAIR: "处罚信息修复申请",
    FilingKind.OBJECTION: "异议",
    FilingKind.WITHDRAWAL: "撤回异议",
    FilingKind.REPAIR_WITHDRAWAL: "撤回处罚信息修复申请",
}

# Steps that put on file what the party says: it may take them itself wherever the step table has them.
PARTY_STEPS: dict[Action, FilingKind] = {
    Action.HEAR_STATEMENT: FilingKind.STATEMENT,
    Action.REQUEST_HEARING: FilingKind.HEARING,
    Action.APPLY_REPAIR: FilingKind.REMOVAL,
}

# Characters of the receipt's number, as with papers.
RECEIPT_WORD = "网收"
FILES_AT_ONCE = 5
FILINGS_PER_DAY = 20
