"""What the cells of one row must say together: the order of days, amounts against kinds, the party.

Relations see typed columns; a cell that was refused or held is None there and stays so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from importers.checks.fines import Amounts, amounts_in
from importers.checks.money import yuan
from importers.checks.places import PROVINCE, PROVINCE_CODE, subdistrict_in
from importers.problems import Disposition, Finding

Columns = dict[str, list[Any]]
Taken = Mapping[str, frozenset[int]]
Found = list[tuple[int, str, Finding]]

# Kinds that by themselves name a ban or an end; their publication may last longer than thirty-six months.
_BANS: Final = frozenset({"restriction", "licence_revoked", "closure"})
_PUBLICATION_MONTHS: Final = 36
_NOBODY: Final[frozenset[int]] = frozenset()


def relate(record: str, columns: Columns, *, taken: Taken, persons: str = "refuse") -> Found:
    """Fill what follows from other columns and answer (index, column, finding).

    Args:
        columns: typed values by column, all of one length; changed in place.
        taken: by column, the rows whose cell has a finding of its own that took its value: nothing is said twice.
    """
    found: Found = []
    if types := columns.get("party_type"):
        said = _PERSON_REFUSED if persons == "refuse" else _PERSON_HELD
        found += [(at, "party_type", said) for at, value in enumerate(types) if value == "person"]
    found += _enterprises_as_authorities(record, columns)
    for earlier, later, says in _ORDERS.get(record, ()):
        found += _out_of_order(columns, earlier, later, says)
    special = _RECORDS.get(record)
    if special is not None:
        found += special(columns, taken)
    return found


def _enterprises_as_authorities(record: str, columns: Columns) -> Found:
    """Codes that begin with 9 are of enterprises: one may certify or insure, none punishes or inspects."""
    if record in _BY_ANYBODY:
        return []
    codes = columns.get("authority_code", ())
    return [(at, "authority_code", _NO_AUTHORITY) for at, code in enumerate(codes) if code and code[0] == "9"]


_BY_ANYBODY: Final = frozenset({"honour", "enterprise", "enterprise_change"})
_NO_AUTHORITY: Final = Finding(
    "R-DEPARTMENT", "refuse_row", "是企业的代码，不是机关的代码", "请填写作出决定的机关的统一社会信用代码"
)


def _out_of_order(columns: Columns, earlier: str, later: str, says: str) -> Found:
    if not columns.get(earlier) or not columns.get(later):
        return []
    return [
        (at, later, _order(f"{second} {says}（{first}）"))
        for at, (first, second) in enumerate(zip(columns[earlier], columns[later], strict=True))
        if first is not None and second is not None and second < first
    ]


_PERSON_REFUSED: Final = Finding(
    "R-NATURAL-PERSON",
    "refuse_row",
    "当事人是自然人，本表只接收企业和个体工商户",
    "自然人的处罚信息不进入企业信用记录；请删除该行，或核对行政相对人类别",
)

_PERSON_HELD: Final = Finding(
    "R-NATURAL-PERSON",
    "hold",
    "当事人是自然人，不是企业",
    "处罚涉及名册中某企业的（如处罚其主要负责人），选定该企业和此人的身份后登记，只供内部查看，不计入企业的评价、不公开；"
    "与名册中的企业无关的，放弃此行",
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
    "other_listing": (
        ("listed_on", "listed_until", "早于列入日期"),
        ("listed_on", "removed_on", "早于列入日期"),
    ),
}


def _order(says: str) -> Finding:
    return Finding("R-DATE-ORDER", "refuse_row", says, "请核对两个日期的先后后重新填写")


def _column(columns: Columns, name: str) -> list[Any]:
    """A column that relations fill: added, all None, where the file has none."""
    if name not in columns:
        columns[name] = [None] * len(next(iter(columns.values())))
    return columns[name]


def _penalty(columns: Columns, taken: Taken) -> Found:
    found: Found = []
    written = _column(columns, "penalty_kinds")
    sets = {value: frozenset(value.split(";")) if value else _NONE for value in set(written)}
    kinds = [sets[value] for value in written]
    found += _joint_kinds(columns, kinds)
    found += _publications(columns, kinds)
    found += _amounts(columns, kinds, taken)
    states = _column(columns, "fine_state")
    for at, paid_on in enumerate(columns.get("fine_paid_on", ())):
        if paid_on is not None and states[at] is None:
            states[at] = "paid"
        elif paid_on is not None and states[at] == "unpaid":
            found.append((at, "fine_state", _CONTRADICTION))
    return found


_NONE: Final[frozenset[str]] = frozenset()
_CONTRADICTION: Final = Finding(
    "R-CONTRADICTION", "hold", "填写未缴，但又填写了缴款日期", "请核对缴款情况后人工处理"
)
# Categories that the standard joins, each with the words that tell which of its kinds a penalty is.
_JOINT: Final[Mapping[str, Mapping[str, str]]] = {
    "unclear_licence": {"吊销": "licence_revoked", "暂扣": "licence_suspended", "资质等级": "downgrade"},
    "unclear_restriction": {
        "停产停业": "suspension",
        "责令关闭": "closure",
        "限制从业": "restriction",
        "限制开展生产经营": "restriction",
    },
    "unclear_reproof": {"警告": "warning", "通报批评": "criticism"},
}
_JOINT_UNTOLD: Final = Finding(
    "R-CATEGORY-UNCLEAR",
    "hold",
    "是合并的类别，从处罚内容不能确定是其中哪一种",
    "请对照处罚决定书，改填具体的一种，例如“吊销许可证件”“责令停产停业”",
)


def _joint_kinds(columns: Columns, kinds: list[frozenset[str]]) -> Found:
    """The standard's joint categories, such as 暂扣或者吊销: the text of the penalty says which, or a person does."""
    found: Found = []
    for at, codes in enumerate(kinds):
        joint = codes & _JOINT.keys()
        if not joint:
            continue
        text = "".join(columns[name][at] or "" for name in ("content", "details.licence") if name in columns)
        for category in sorted(joint):
            told = {code for word, code in _JOINT[category].items() if word in text}
            codes = codes - {category} | (told if len(told) == 1 else set())
            if len(told) != 1:
                found.append((at, "penalty_kinds", _JOINT_UNTOLD))
        kinds[at] = codes
        columns["penalty_kinds"][at] = ";".join(sorted(codes)) or None
    return found


def _publications(columns: Columns, kinds: list[frozenset[str]]) -> Found:
    found: Found = []
    for at, until in enumerate(columns.get("publish_until", ())):
        dated = columns["dated_on"][at]
        if until is None or dated is None or kinds[at] & _BANS:
            continue
        years, month = divmod(dated.month - 1 + _PUBLICATION_MONTHS, 12)
        if (until.year, until.month, until.day) > (dated.year + years, month + 1, dated.day):
            says = f"{until} 距处罚决定日期超过{_PUBLICATION_MONTHS}个月，且处罚种类中没有更长的禁止或限制"
            found.append((at, "publish_until", _order(says)))
    return found


def _amounts(columns: Columns, kinds: list[frozenset[str]], taken: Taken) -> Found:
    """Amount columns against what the text of the penalty states."""
    found: Found = []
    fines, confiscated = _column(columns, "fine_fen"), _column(columns, "confiscated_fen")
    held_fines, held_others = taken.get("fine_fen", _NOBODY), taken.get("confiscated_fen", _NOBODY)
    contents = _column(columns, "content")
    stated = {text: amounts_in(text) for text in set(contents) if text and ("元" in text or "圆" in text)}
    for at, text in enumerate(contents):
        told = stated.get(text, _NOTHING)
        # The usual row: the column says what the text says, and neither speaks of a confiscation.
        if (
            fines[at]
            and fines[at] == told.fine_fen
            and told.confiscated_fen is None
            and confiscated[at] is None
        ):
            continue
        if at not in held_fines:
            found += _amount(at, fines, "fine", told.fine_fen, told.doubt, kinds[at])
        if at not in held_others and (told.confiscated_fen is not None or confiscated[at] is not None):
            found += _amount(at, confiscated, "confiscation", told.confiscated_fen, told.doubt, kinds[at])
    return found


_NOTHING: Final = Amounts()
_AMOUNTS: Final = {"fine": ("fine_fen", "罚款"), "confiscation": ("confiscated_fen", "没收")}


def _amount(
    at: int, values: list[Any], kind: str, stated: int | None, doubt: str | None, kinds: frozenset[str]
) -> Found:
    column, word = _AMOUNTS[kind]
    given = values[at]
    if given is not None:
        if stated is not None and stated != given and doubt is None:
            return [(at, column, _mismatch(given, stated, word))]
        return [(at, column, _REQUIRED)] if given == 0 and kind == "fine" and kind in kinds else []
    if kinds and kind not in kinds:
        return [] if stated is None else [(at, column, _unnamed(stated, word))]
    if stated is not None:
        values[at] = stated
        if doubt is None:
            says = f"为空，已按处罚内容填为 {yuan(stated)} 元"
            return [(at, column, Finding("N-AMOUNT-FROM-TEXT", "normalised", says, "如不正确请更正"))]
        says = f"为空，处罚内容中可能是 {yuan(stated)} 元，但{doubt}"
        return [(at, column, Finding("R-AMOUNT-UNSURE", "hold", says, "请对照处罚决定书确认金额"))]
    if doubt is not None and kind == "fine":
        return [
            (at, column, Finding("R-AMOUNT-UNSURE", "hold", f"为空，而{doubt}", "请对照处罚决定书填写金额"))
        ]
    return [(at, column, _REQUIRED)] if kind == "fine" and kind in kinds else []


_REQUIRED: Final = Finding(
    "R-AMOUNT-REQUIRED",
    "refuse_row",
    "为空或为0，而处罚类别含有罚款",
    "请填写罚款金额（万元）；未罚款的请更正处罚类别",
)


def _unnamed(stated: int, word: str) -> Finding:
    says = f"为空，而处罚内容写有{word} {yuan(stated)} 元，处罚类别中却没有{word}"
    return Finding("W-KIND-MISSING", "warning", says, "金额未采用；请核对处罚类别是否填全")


def _mismatch(given: int, stated: int, word: str) -> Finding:
    scale = given == stated * 10_000
    return Finding(
        "R-AMOUNT-SCALE" if scale else "R-AMOUNT-MISMATCH",
        "hold",
        f"为 {yuan(given)} 元，而处罚内容写的{word}是 {yuan(stated)} 元",
        "本列单位为万元；是否误按元填写？请对照处罚决定书确认" if scale else "请对照处罚决定书确认金额",
    )


def _accident(columns: Columns, taken: Taken) -> Found:
    """Until an approved report tells who is responsible, an accident charges nobody."""
    columns["occurred_on"] = list(columns["dated_on"])
    states = _column(columns, "state")
    for at, responsibility in enumerate(columns.get("responsibility", ())):
        if responsibility == "pending":
            states[at] = "pending"
        elif responsibility == "none":
            states[at] = "not_responsible"
    return []


def _due(cause: str, value: object, because: str) -> Callable[[Columns, Taken], Found]:
    """A record whose ``cause`` is ``value`` needs a due day."""
    missing = Finding("R-DUE-MISSING", "hold", f"为空，而{because}，不能确定期限", "请补填整改期限")

    def check(columns: Columns, taken: Taken) -> Found:
        days, said = _column(columns, "due_on"), taken.get("due_on", _NOBODY)
        return [
            (at, "due_on", missing)
            for at, each in enumerate(columns.get(cause, ()))
            if each == value and days[at] is None and at not in said
        ]

    return check


def _enterprise(columns: Columns, taken: Taken) -> Found:
    codes = _column(columns, "subdistrict_code")
    for at, address in enumerate(columns.get("address", ())):
        if address and codes[at] is None:
            codes[at] = subdistrict_in(address)
    found: Found = []
    regions = _column(columns, "region_code")
    for at, province in enumerate(columns.get("details.province", ())):
        if province and not province.startswith(PROVINCE) and (regions[at] or "").startswith(PROVINCE_CODE):
            says = f"在{province[:10]}，不是本市的同名区，此格留空"
            found.append(
                (at, "region_code", Finding("W-CATEGORY", "warning", says, "其余内容已接收，无需处理"))
            )
            regions[at] = None
    return found


_RECORDS: Final[Mapping[str, Callable[[Columns, Taken], Found]]] = {
    "penalty": _penalty,
    "accident": _accident,
    "inspection": _due("result", "open", "检查结果是限期整改"),
    "hazard": _due("is_overdue", True, "填写了逾期未整改"),
    "enterprise": _enterprise,
}

RANKS: Final[Mapping[Disposition, int]] = {
    "refuse_file": 4,
    "refuse_row": 3,
    "hold": 2,
    "normalised": 1,
    "warning": 1,
}
