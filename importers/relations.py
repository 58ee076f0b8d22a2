"""What the cells of one row must say together: the order of days, amounts against kinds, the party.

Relations see typed values; a cell that was refused or held is None here and stays so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from importers.checks.fines import amounts_in
from importers.checks.money import yuan
from importers.checks.places import subdistrict_in
from importers.problems import Disposition, Finding

Values = dict[str, Any]
Found = list[tuple[str, Finding]]

# Kinds that by themselves name a ban or an end; their publication may last longer than thirty-six months.
_BANS: Final = frozenset({"restriction", "licence_revoked", "closure"})
_PUBLICATION_MONTHS: Final = 36


def relate(
    record: str, values: Values, *, refused: frozenset[str] = frozenset(), persons: str = "refuse"
) -> Found:
    """Fill what follows from other cells and answer (column, finding) pairs.

    Args:
        values: typed values by column; changed in place.
        refused: columns whose cell has a finding of its own that took its value: nothing is said twice.
    """
    found: Found = []
    if persons == "refuse" and values.get("party_type") == "person":
        found.append(("party_type", _NATURAL_PERSON))
    for earlier, later, says in _ORDERS.get(record, ()):
        first, second = values.get(earlier), values.get(later)
        if isinstance(first, date) and isinstance(second, date) and second < first:
            found.append((later, _order(f"{second} {says}（{first}）")))
    special = _RECORDS.get(record)
    if special is not None:
        found += special(values, refused)
    return found


_NATURAL_PERSON: Final = Finding(
    "R-NATURAL-PERSON",
    "refuse_row",
    "当事人是自然人，本表只接收企业和个体工商户",
    "自然人的处罚信息不进入企业信用记录；请使用自然人报送表或删除该行",
)

_ORDERS: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    "penalty": (
        ("occurred_on", "dated_on", "早于违法行为发生日期"),
        ("dated_on", "valid_until", "早于处罚决定日期"),
        ("dated_on", "publish_until", "早于处罚决定日期"),
        ("dated_on", "fine_due_on", "早于处罚决定日期"),
        ("dated_on", "fine_paid_on", "早于处罚决定日期"),
    ),
    "inspection": (
        ("dated_on", "due_on", "早于检查日期"),
        ("dated_on", "rechecked_on", "早于检查日期"),
        ("dated_on", "closed_on", "早于检查日期"),
    ),
    "accident": (("dated_on", "details.responsibility_on", "早于事故发生日期"),),
    "hazard": (
        ("dated_on", "due_on", "早于隐患发现日期"),
        ("dated_on", "rechecked_on", "早于隐患发现日期"),
        ("dated_on", "closed_on", "早于隐患发现日期"),
    ),
    "honour": (("dated_on", "valid_until", "早于生效日期"),),
}


def _order(says: str) -> Finding:
    return Finding("R-DATE-ORDER", "refuse_row", says, "请核对两个日期的先后后重新填写")


def _penalty(values: Values, refused: frozenset[str]) -> Found:
    found: Found = []
    kinds = set((values.get("penalty_kinds") or "").split(";")) - {""}
    found += _licence(values, kinds)
    found += _publication(values, kinds)
    found += _amounts(values, kinds, refused)
    if values.get("fine_paid_on") is not None and values.get("fine_state") is None:
        values["fine_state"] = "paid"
    if values.get("fine_paid_on") is not None and values.get("fine_state") == "unpaid":
        found.append(
            (
                "fine_state",
                Finding(
                    "R-CONTRADICTION", "hold", "填写未缴，但又填写了缴款日期", "请核对缴款情况后人工处理"
                ),
            )
        )
    return found


def _licence(values: Values, kinds: set[str]) -> Found:
    """The standard's joint category 暂扣或者吊销: the text of the penalty says which."""
    if "unclear_licence" not in kinds:
        return []
    content = (values.get("content") or "") + (values.get("details.licence") or "")
    told = {
        code for word, code in (("吊销", "licence_revoked"), ("暂扣", "licence_suspended")) if word in content
    }
    kinds.discard("unclear_licence")
    kinds |= told if len(told) == 1 else set()
    values["penalty_kinds"] = ";".join(sorted(kinds)) or None
    if len(told) == 1:
        return []
    return [
        (
            "penalty_kinds",
            Finding(
                "R-CATEGORY-UNCLEAR",
                "hold",
                "是“暂扣或者吊销”，从处罚内容不能确定是暂扣还是吊销",
                "请对照处罚决定书，改填“暂扣许可证件”或“吊销许可证件”",
            ),
        )
    ]


def _publication(values: Values, kinds: set[str]) -> Found:
    dated, until = values.get("dated_on"), values.get("publish_until")
    if not isinstance(dated, date) or not isinstance(until, date) or kinds & _BANS:
        return []
    years, months = divmod(dated.month - 1 + _PUBLICATION_MONTHS, 12)
    limit = (dated.year + years, months + 1, dated.day)
    if (until.year, until.month, until.day) <= limit:
        return []
    return [
        (
            "publish_until",
            _order(f"{until} 距处罚决定日期超过{_PUBLICATION_MONTHS}个月，且处罚种类中没有更长的禁止或限制"),
        )
    ]


def _amounts(values: Values, kinds: set[str], refused: frozenset[str]) -> Found:
    found: Found = []
    text = values.get("content") or ""
    told = amounts_in(text) if "元" in text or "圆" in text else amounts_in("")
    for column, kind, stated, word in (
        ("fine_fen", "fine", told.fine_fen, "罚款"),
        ("confiscated_fen", "confiscation", told.confiscated_fen, "没收"),
    ):
        if column in refused:
            continue
        given = values.get(column)
        if given is None:
            found += _from_text(values, column, kind, stated, word, kinds, told.doubt)
        elif stated is not None and stated != given and told.doubt is None:
            found.append((column, _mismatch(given, stated, word)))
        elif given == 0 and kind in kinds and kind == "fine":
            found.append((column, _REQUIRED))
    return found


def _from_text(
    values: Values, column: str, kind: str, stated: int | None, word: str, kinds: set[str], doubt: str | None
) -> Found:
    """The column is empty: what the text states is used, or proposed where it is not certain."""
    applies = kind in kinds or not kinds
    if stated is not None and applies:
        values[column] = stated
        if doubt is None:
            says = f"为空，已按处罚内容填为 {yuan(stated)} 元"
            return [(column, Finding("N-AMOUNT-FROM-TEXT", "normalised", says, "如不正确请更正"))]
        says = f"为空，处罚内容中可能是 {yuan(stated)} 元，但{doubt}"
        return [(column, Finding("R-AMOUNT-UNSURE", "hold", says, "请对照处罚决定书确认金额"))]
    if doubt is not None and applies and kind == "fine":
        return [(column, Finding("R-AMOUNT-UNSURE", "hold", f"为空，而{doubt}", "请对照处罚决定书填写金额"))]
    if kind == "fine" and kind in kinds:
        return [(column, _REQUIRED)]
    return []


_REQUIRED: Final = Finding(
    "R-AMOUNT-REQUIRED",
    "refuse_row",
    "为空或为0，而处罚类别含有罚款",
    "请填写罚款金额（万元）；未罚款的请更正处罚类别",
)


def _mismatch(given: int, stated: int, word: str) -> Finding:
    scale = given == stated * 10_000
    return Finding(
        "R-AMOUNT-SCALE" if scale else "R-AMOUNT-MISMATCH",
        "hold",
        f"为 {yuan(given)} 元，而处罚内容写的{word}是 {yuan(stated)} 元",
        "本列单位为万元；是否误按元填写？请对照处罚决定书确认" if scale else "请对照处罚决定书确认金额",
    )


def _accident(values: Values, refused: frozenset[str]) -> Found:
    """Until an approved report tells who is responsible, an accident charges nobody."""
    values["occurred_on"] = values.get("dated_on")
    if values.get("responsibility") == "pending":
        values["state"] = "pending"
    elif values.get("responsibility") == "none":
        values["state"] = "not_responsible"
    return []


def _inspection(values: Values, refused: frozenset[str]) -> Found:
    if values.get("result") == "open" and values.get("due_on") is None and "due_on" not in refused:
        return [("due_on", _missing_due("检查结果是限期整改"))]
    return []


def _hazard(values: Values, refused: frozenset[str]) -> Found:
    if values.get("is_overdue") and values.get("due_on") is None and "due_on" not in refused:
        return [("due_on", _missing_due("填写了逾期未整改"))]
    return []


def _missing_due(because: str) -> Finding:
    return Finding("R-DUE-MISSING", "hold", f"为空，而{because}，不能确定期限", "请补填整改期限")


def _enterprise(values: Values, refused: frozenset[str]) -> Found:
    address = values.get("address")
    if address and values.get("subdistrict_code") is None:
        values["subdistrict_code"] = subdistrict_in(address)
    return []


_SPECIAL = Callable[[Values, frozenset[str]], Found]
_RECORDS: Final[Mapping[str, _SPECIAL]] = {
    "penalty": _penalty,
    "accident": _accident,
    "inspection": _inspection,
    "hazard": _hazard,
    "enterprise": _enterprise,
}

RANKS: Final[Mapping[Disposition, int]] = {
    "refuse_file": 4,
    "refuse_row": 3,
    "hold": 2,
    "normalised": 1,
    "warning": 1,
}
