"""What of a case its own party sees, and from when: what was told to it, what it handed in, never the deliberation."""

from credit_registry.domain.papers import PAPERS
from credit_registry.domain.steps import Action

# Handed in by the party, or read to it; what we issue is its own as well. Everything else stays in the office.
_OF_THE_PARTY = frozenset(
    {
        "service_receipt",
        "statement_record",
        "hearing_request",
        "hearing_record",
        "removal_application",
        "repair_application",
        "duties_proof",
        "harm_proof",
        "no_new_breach",
        "commitment",
        "red_application",
        "consent",
        "suspension_order",
        "hearing_of_removed",
    }
)
# Decisions that exist for the party only once they have been served.
SERVED_FIRST = frozenset({"listing_decision", "restoration_decision", "grade_decision"})
DECIDING = frozenset({Action.DECIDE, Action.RESTORE, Action.DECIDE_GRADE})
# Before the notice, and between offices.
INTERNAL_STEPS = frozenset(
    {
        Action.OPEN,
        Action.DEFER_GRADE,
        Action.PROPOSE,
        Action.DROP,
        Action.ENTER,
        Action.REPORT_REMOVAL,
        Action.REVIEW_YEARLY,
    }
)
# Clocks that are the party's, or a duty of the office towards it.
CLOCKS = frozenset(
    {
        "statement",
        "grade_reply",
        "decide_grade",
        "hearing_notice",
        "comment",
        "accept_repair",
        "decide_repair",
        "lift_measures",
        "hear_removed",
        "answer_objection",
        "accept_penalty_repair",
        "decide_penalty_repair",
    }
)


def is_of_party(paper: str) -> bool:
    """Whether a paper of this kind belongs into the party's hands, once served where that is needed."""
    return paper in _OF_THE_PARTY or (paper in PAPERS and PAPERS[paper].is_issued)
