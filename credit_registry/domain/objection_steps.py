"""The procedure of objections, and how reconsiderations and lawsuits are noted and carried through."""

from dataclasses import dataclass

from credit_registry.domain.permissions import Permission

KIND_TITLES = {"objection": "异议", "reconsideration": "行政复议", "lawsuit": "行政诉讼"}
OUTCOMES = {
    "upheld": "异议（请求）成立",
    "rejected": "异议（请求）不成立",
    "withdrawn": "申请人已撤回",
}
STATE_TITLES = {"open": "办理中", **OUTCOMES}
LAW = {
    "objection": "国办发〔2020〕49号 第八条",
    "reconsideration": "行政复议法(2023-09-01) 第四十二条",
    "lawsuit": "行政诉讼法(2017-06-27) 第五十六条",
}


@dataclass(frozen=True)
class Step:
    """One of the two moves.

    Attributes:
        paper: issued for an objection; the papers of the others are the court's or the reviewing authority's.
        clock: of an objection: started by filing, met by answering.
        is_apart: an objection is answered by nobody who took part in what it is about.
    """

    who: Permission
    paper: str
    clock: str
    needs_reason: bool
    is_apart: bool = False


FILE = Step(Permission.LISTINGS_NOTIFY, "objection_receipt", "answer_objection", needs_reason=True)
ANSWER = Step(
    Permission.REGISTER_READ, "objection_answer", "answer_objection", needs_reason=True, is_apart=True
)
