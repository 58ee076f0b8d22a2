"""Papers: complete or refused, and numbered as an office numbers them."""

from datetime import date

import pytest

from credit_registry.domain import papers
from credit_registry.domain.errors import InvalidInput
from credit_registry.domain.papers import PAPERS

RECEIPT = {"served_on": "2026-11-24", "method": "mail", "recipient": "收发室"}


def test_a_day_is_read_from_its_iso_text() -> None:
    assert papers.checked("service_receipt", RECEIPT)["served_on"] == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"served_on": None}, "paper-incomplete"),
        ({"served_on": "24.11.2026"}, "bad-day"),
        ({"recipient": "  "}, "paper-incomplete"),
        ({"recipient": 7}, "paper-incomplete"),
        ({"method": "pigeon"}, "unknown-service-method"),
        ({"colour": "red"}, "unknown-paper-field"),
    ],
)
def test_an_incomplete_or_wrong_paper_is_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        papers.checked("service_receipt", {**RECEIPT, **change})

    assert refused.value.code == code


def test_a_number_names_office_kind_year_and_serial() -> None:
    assert papers.document_no("海应急", "listing_decision", 2026, 3) == "海应急信列决〔2026〕3号"


def test_no_two_kinds_share_the_characters_of_their_number() -> None:
    words = [paper.word for paper in PAPERS.values() if paper.word]

    assert len(words) == len(set(words))


def test_every_field_has_a_title_for_the_form() -> None:
    assert {name for paper in PAPERS.values() for name in paper.fields or {}} <= set(papers.FIELD_TITLES)
