"""The fine and the confiscation that a penalty's text states, for files whose amount column is empty.

The text is free: it quotes the law's own ranges, an earlier case, the fine of a manager beside that of the company,
and numbers broken by spaces.  What is not certain is handed to a person with a proposal.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from importers.checks.money import chinese_integer

_NUMBER: Final = r"(\d+(?:,\d{3})*(?:\.\d+)?|[零〇一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟两]+)(亿|万)?(?:元|圆)"
_LEAD: Final = r"(?:人民币|合计|共计|总计|金额|数额|的|为|计|共|¥|:|\(|\)){0,4}"
_FINE: Final = re.compile(
    rf"(?:罚款|罚金){_LEAD}{_NUMBER}(?!以[上下])|(?:处以?|并处|科处|给予){_LEAD}{_NUMBER}(?:整|正)?(?:\([^)]*\))?的?罚款"
)
_CONFISCATED: Final = re.compile(
    rf"没收(?:违法所得|非法所得|非法财物|违法财物|财物|所得|、|和|及|的|共){{1,6}}{_LEAD}{_NUMBER}"
)
_ANY: Final = re.compile(_NUMBER)
# A clause that tells of another time, another case or the law itself, not of this decision.
_QUOTED: Final = re.compile(
    r"曾|此前|前次|上次|之前|以前|先前|原处罚|案例|参照|根据|依据|依照|按照|规定|可以?处|以上|以下"
)
_PERSON: Final = re.compile(
    r"某某|某(?!公司|企业|厂|店)|负责人|责任人|责任人员|法定代表人|经理|董事|监事|总监|厂长|主管人员|个人|对其本人|先生|女士"
)
_CLAUSE: Final = re.compile(r"[;；。\n]")
_PIECE: Final = re.compile(r"[,，](?![0-9]{3}(?![0-9]))")


@dataclass(frozen=True, slots=True)
class Amounts:
    """分 stated by a text; None where it states none.  ``doubt`` is Chinese and says why a person should look."""

    fine_fen: int | None = None
    confiscated_fen: int | None = None
    doubt: str | None = None


# The plainest sentences, told at once: no word in them could make the amount a quotation's or a person's.
_PLAIN: Final = re.compile(
    r"(?:[^0-9某曾前上参根依按规可以案例人员经董监总厂先女元圆罚没处万亿,，;；。\n]{0,40}[,，])?"
    r"(?:罚款(?:人民币)?([0-9]{1,12}(?:\.[0-9]{1,2})?)元|处(?:人民币)?([0-9]{1,12}(?:\.[0-9]{1,2})?)元罚款)(?:整)?。?"
)


def amounts_in(text: str) -> Amounts:
    """What the text of a penalty says the *enterprise* pays."""
    if (plain := _PLAIN.fullmatch(text)) is not None:
        whole, _, fraction = (plain.group(1) or plain.group(2)).partition(".")
        return Amounts(fine_fen=int(whole) * 100 + int(fraction.ljust(2, "0")))
    return weighed_amounts_in(text)


def weighed_amounts_in(text: str) -> Amounts:
    """The long way: clause by clause, whose amount it is and whether it is this decision's."""
    folded = _folded(text)
    own, others = _pieces(folded)
    fines = _all(_FINE, own)
    confiscated = _all(_CONFISCATED, own)
    doubts = []
    if _all(_FINE, others) and fines:
        doubts.append("处罚内容同时写有对个人的罚款，已排除")
    elif _all(_FINE, others):
        doubts.append("处罚内容中的罚款可能是对个人的")
    elif not fines and "罚款" in folded and _ANY.search(folded):
        doubts.append("处罚内容写有罚款和金额，但不能确定哪一个是罚款数")
    if len(set(fines)) > 1:
        total = _total(own)
        doubts.append("处罚内容写有几个不同的罚款数")
        fines = [total] if total is not None else []
    if len(set(confiscated)) > 1:
        doubts.append("处罚内容写有几个不同的没收数")
        confiscated = []
    return Amounts(
        fine_fen=fines[0] if fines else None,
        confiscated_fen=confiscated[0] if confiscated else None,
        doubt="；".join(doubts) or None,
    )


def _folded(text: str) -> str:
    """Spaces inside and around numbers closed, or 27709 .61 元 is read as two numbers."""
    folded = unicodedata.normalize("NFKC", text)
    folded = re.sub(r"(?<=\d)\s+(?=[.\d])|(?<=\.)\s+(?=\d)", "", folded)
    return re.sub(r"[ \t\u3000]+", "", folded)


def _pieces(folded: str) -> tuple[list[str], list[str]]:
    """Pieces that speak of the enterprise in this decision, and those that speak of a person.

    A quotation reaches to the next comma, a person to the end of the clause.
    """
    own: list[str] = []
    persons: list[str] = []
    for clause in _CLAUSE.split(folded):
        about_person = False
        for piece in _PIECE.split(clause):
            before = _before_amount(piece)
            about_person = about_person or bool(_PERSON.search(before))
            if not _QUOTED.search(before):
                (persons if about_person else own).append(piece)
    return own, persons


def _before_amount(piece: str) -> str:
    found = _ANY.search(piece)
    return piece[: found.end() + 2] if found else piece


def _all(pattern: re.Pattern[str], clauses: list[str]) -> list[int]:
    found = []
    for clause in clauses:
        for match in pattern.finditer(clause):
            number, scale = next(
                (match.group(place), match.group(place + 1))
                for place in range(1, (match.re.groups or 0) + 1, 2)
                if match.group(place)
            )
            value = _fen(number, scale)
            if value is not None:
                found.append(value)
    return found


def _total(clauses: list[str]) -> int | None:
    totals = _all(re.compile(rf"(?:合计|共计|总计|合并)(?:处以?)?罚款{_LEAD}{_NUMBER}"), clauses)
    totals += _all(re.compile(rf"罚款(?:合计|共计|总计){_LEAD}{_NUMBER}"), clauses)
    return totals[0] if len(set(totals)) == 1 else None


def _fen(number: str, scale: str | None) -> int | None:
    if number[0].isdigit():
        fen = Decimal(number.replace(",", "")) * 100 * {"万": 10_000, "亿": 100_000_000}.get(scale or "", 1)
        return int(fen) if fen == fen.to_integral_value() else None
    value = chinese_integer(number + (scale or ""))
    return None if value is None else value * 100
