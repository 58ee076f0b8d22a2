"""What a party is told: asked of every row of every step table, so that a new row cannot be forgotten."""

from credit_registry.domain import clocks, disclosure
from credit_registry.domain.filings import FILING_TITLES, PARTY_STEPS, FilingKind
from credit_registry.domain.listing import STEPS
from credit_registry.domain.papers import PAPERS
from credit_registry.domain.permissions import Permission
from credit_registry.domain.steps import State

ROWS = [(begin, action, row) for table in STEPS.values() for (begin, action), row in table.items()]
# Served by a later step; what is decided otherwise is told by its own paper, or is for everybody to see.
AWAITING_SERVICE = {State.DECIDED, State.RESTORED}


def test_every_decision_that_awaits_its_service_is_kept_back() -> None:
    deciding = {
        action for _, action, row in ROWS if row.to in AWAITING_SERVICE and row.who is Permission.LISTINGS_DECIDE
        and row.papers and not {"resumption_order"} & set(row.papers)
    }  # fmt: skip
    papers = {
        kind for _, action, row in ROWS if action in deciding for kind in row.papers if PAPERS[kind].is_issued
    }

    assert deciding == disclosure.DECIDING
    assert papers == disclosure.SERVED_FIRST


def test_the_deliberation_is_nobodys_but_the_offices() -> None:
    for kind in ("review_opinion", "legal_review", "collective_discussion", "system_entry", "fraud_finding"):
        assert not disclosure.is_of_party(kind)
    assert not disclosure.is_of_party("a kind that nobody knows")
    assert disclosure.is_of_party("listing_notice") and disclosure.is_of_party("statement_record")


def test_every_clock_that_is_told_runs_somewhere() -> None:
    assert set(clocks.kinds()) >= disclosure.CLOCKS


def test_the_party_only_puts_on_file_what_it_says() -> None:
    """None of its steps decides, publishes or ends anything, and each hands in a paper of its own."""
    taken = [(action, row) for _, action, row in ROWS if action in PARTY_STEPS]

    assert {action for action, _ in taken} == set(PARTY_STEPS)
    for action, row in taken:
        assert row.who is Permission.LISTINGS_NOTIFY and row.ends is None, action
        assert any(not PAPERS[kind].is_issued for kind in row.papers), action
    assert set(FILING_TITLES) == set(FilingKind)
