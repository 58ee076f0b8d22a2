"""The papers of a case: which we issue under a number, which we receive and put on file, what each must say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from credit_registry.domain.errors import InvalidInput

SERVICE_METHODS = {
    "direct": "直接送达",
    "left": "留置送达",
    "mail": "邮寄送达",
    "electronic": "电子送达",
    "entrusted": "委托送达",
    "announced": "公告送达",
}


@dataclass(frozen=True)
class Paper:
    """A kind of paper.

    Attributes:
        word: the characters of its number, for papers we issue; ``None`` for papers received or recorded.
        fields: what must be handed in, by name; ``date`` or ``str``.
        acted_on: the field whose day is the legal day of the step.
    """

    kind: str
    title: str
    word: str | None = None
    fields: Mapping[str, type] | None = None
    acted_on: str | None = None

    @property
    def is_issued(self) -> bool:
        return self.word is not None


_CONTENT: Mapping[str, type] = {"content": str}
_RECEIVED: Mapping[str, type] = {"received_on": date, "content": str}
_HELD: Mapping[str, type] = {"held_on": date, "attendees": str, "content": str}
_SERVED: Mapping[str, type] = {"served_on": date, "method": str, "recipient": str}

PAPERS: dict[str, Paper] = {
    paper.kind: paper
    for paper in (
        Paper("listing_notice", "列入告知书", word="信列告", fields={"sector": str}),
        Paper("notice_withdrawal", "撤回列入告知通知书", word="信列撤"),
        Paper("hearing_notice", "听证通知书", word="信听"),
        Paper("listing_decision", "列入决定书", word="信列决"),
        Paper("not_listed_notice", "不予列入通知书", word="信不列"),
        Paper("repair_notice", "信用修复告知书", word="信修告"),
        Paper("acceptance", "提前移出申请受理通知书", word="信修受"),
        Paper("non_acceptance", "提前移出申请不予受理通知书", word="信修不受"),
        Paper("early_removal_decision", "准予提前移出决定书", word="信移准"),
        Paper("early_removal_refusal", "不予提前移出决定书", word="信移不准"),
        Paper("removal_decision", "移出决定书", word="信移决"),
        Paper("revocation_decision", "撤销列入决定书", word="信撤决"),
        Paper("restoration_decision", "恢复列入决定书", word="信恢决"),
        Paper("comment_notice", "守信激励名单公示", word="信守示"),
        Paper("red_decision", "守信激励名单列入决定书", word="信守决"),
        Paper("red_refusal", "守信激励名单不予列入通知书", word="信守不列"),
        Paper("red_removal", "守信激励名单移出决定书", word="信守移"),
        Paper("grade_notice", "信用等级降低告知书", word="信等告"),
        Paper("grade_withdrawal", "撤回信用等级告知通知书", word="信等撤"),
        Paper("grade_decision", "信用等级决定书", word="信等决"),
        Paper("grade_kept", "信用等级不予调整通知书", word="信等不"),
        Paper("grade_announcement", "信用等级告知书", word="信等公"),
        Paper("grade_revocation", "撤销信用等级决定书", word="信等销"),
        Paper("yearly_announcement", "年度信用等级公布书", word="信等年"),
        Paper("listing_report", "联合惩戒、激励通报函", word="信通"),
        Paper("objection_receipt", "异议受理通知书", word="信异受"),
        Paper("objection_answer", "异议处理结果告知书", word="信异复"),
        Paper("repair_acceptance", "处罚信息修复受理通知书", word="罚修受"),
        Paper("repair_non_acceptance", "处罚信息修复不予受理通知书", word="罚修不受"),
        Paper("repair_decision", "准予处罚信息修复决定书", word="罚修准"),
        Paper("repair_refusal", "不予处罚信息修复决定书", word="罚修不准"),
        Paper("repair_restoration", "撤销处罚信息修复决定书", word="罚修撤"),
        Paper("repair_application", "处罚信息修复申请书", fields=_RECEIVED, acted_on="received_on"),
        Paper("service_receipt", "送达回证", fields=_SERVED, acted_on="served_on"),
        Paper("statement_record", "陈述申辩记录", fields=_RECEIVED, acted_on="received_on"),
        Paper("hearing_request", "听证申请", fields=_RECEIVED, acted_on="received_on"),
        Paper("hearing_record", "听证笔录", fields=_HELD, acted_on="held_on"),
        Paper("review_opinion", "复核意见", fields=_CONTENT),
        Paper("legal_review", "法制审核意见", fields=_CONTENT),
        Paper("collective_discussion", "集体讨论记录", fields=_HELD),
        Paper("system_entry", "系统录入或变更凭据", fields=_CONTENT),
        Paper("report_upward", "上报材料", fields=_CONTENT),
        Paper("removal_application", "提前移出申请书", fields=_RECEIVED, acted_on="received_on"),
        Paper("duties_proof", "已履行行政处罚决定义务的证明", fields=_CONTENT),
        Paper("harm_proof", "已消除危害后果或者不良影响的证明", fields=_CONTENT),
        Paper("no_new_breach", "未再发生严重失信行为的声明", fields=_CONTENT),
        Paper("commitment", "信用承诺书", fields=_CONTENT),
        Paper("fraud_finding", "弄虚作假查证材料", fields=_CONTENT),
        Paper("red_application", "守信激励名单申请书", fields=_RECEIVED, acted_on="received_on"),
        Paper("consent", "企业同意书", fields=_CONTENT),
        Paper("condition_check", "守信激励条件核查表", fields=_CONTENT),
        Paper("yearly_review", "年度复核表", fields=_CONTENT),
        Paper("suspension_order", "暂停执行的决定或者裁定", fields=_RECEIVED, acted_on="received_on"),
        Paper("resumption_order", "恢复执行的依据", fields=_CONTENT),
        Paper("hearing_of_removed", "移出后听取意见记录", fields=_HELD, acted_on="held_on"),
    )
}

PaperFields = Mapping[str, object]


def checked(kind: str, given: PaperFields) -> dict[str, object]:
    """The fields of a paper that was handed in, complete and of the right shape.

    Args:
        given: values by field name; a day may be a date or its ISO text.

    Raises:
        InvalidInput: naming the paper and the field.
    """
    paper = PAPERS[kind]
    complete: dict[str, object] = {}
    for name, shape in (paper.fields or {}).items():
        value = given.get(name)
        if shape is date:
            complete[name] = _day(paper, name, value)
        elif isinstance(value, str) and value.strip():
            complete[name] = value.strip()
        else:
            raise _incomplete(paper, name)
    if complete.get("method", "direct") not in SERVICE_METHODS:
        raise InvalidInput(
            f"送达方式应为下列之一：{'、'.join(SERVICE_METHODS.values())}。",
            code="unknown-service-method",
            facts={"methods": list(SERVICE_METHODS)},
        )
    unknown = sorted(set(given) - set(paper.fields or {}))
    if unknown:
        raise InvalidInput(
            f"“{paper.title}”没有这些栏目：{'、'.join(unknown)}。请删去后重试。",
            code="unknown-paper-field",
            facts={"paper": kind, "fields": unknown},
        )
    return complete


def day(text: str, title: str) -> date:
    """A day from its ISO text.

    Raises:
        InvalidInput: naming the field.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            f"{title}“{text[:20]}”不是有效日期，请按“2026-11-24”的形式填写。", code="bad-day"
        ) from None


def _day(paper: Paper, name: str, value: object) -> date:
    if isinstance(value, date):
        return value
    if not value:
        raise _incomplete(paper, name)
    return day(str(value), FIELD_TITLES[name])


def _incomplete(paper: Paper, name: str) -> InvalidInput:
    return InvalidInput(
        f"“{paper.title}”不完整，请补充：{FIELD_TITLES[name]}。",
        code="paper-incomplete",
        facts={"paper": paper.kind, "field": name},
    )


FIELD_TITLES = {
    "content": "内容",
    "received_on": "收到日期",
    "held_on": "举行日期",
    "attendees": "参加人员",
    "served_on": "送达日期",
    "method": "送达方式",
    "recipient": "受送达人",
    "sector": "所属行业领域（办法第二条）",
}


def document_no(office: str, kind: str, year: int, serial: int) -> str:
    """The number of a paper we issue: ``海应急信列告〔2026〕3号``."""
    return f"{office}{PAPERS[kind].word}〔{year}〕{serial}号"
