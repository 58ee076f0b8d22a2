import json
from datetime import date
from fractions import Fraction

import pytest

from credit_registry.domain.errors import NotFound
from credit_registry.services import rulesets


def test_one_ruleset_is_in_force(on: date) -> None:
    present = [summary.id for summary in rulesets.page(on=on) if summary.is_in_force]

    assert present == ["haidian-default-1"]


def test_a_ruleset_is_a_document_without_binary_fractions() -> None:
    document = rulesets.get("haidian-default-1")

    def floats(value: object) -> bool:
        if isinstance(value, dict):
            return any(floats(each) for each in value.values())
        return any(floats(each) for each in value) if isinstance(value, list) else isinstance(value, float)

    assert not floats(document)
    assert json.loads(json.dumps(document)) == document


def test_every_item_and_effect_names_its_source() -> None:
    document = rulesets.get("haidian-default-1")

    for part in ("items", "caps", "step_downs", "vetoes", "not_graded", "list_conditions"):
        assert document[part], part
        assert all(entry["source"] for entry in document[part]), part
    assert all(measure["basis"] for measure in document["measures"])


def test_supervision_facts_are_marked() -> None:
    items = rulesets.get("haidian-default-1")["items"]

    internal = {item["code"] for item in items if item["is_internal"]}
    assert internal >= {"I1", "H1", "F2"}
    assert not internal & {"P1", "P2", "P3", "A2"}


def test_an_unknown_ruleset_is_not_found() -> None:
    with pytest.raises(NotFound):
        rulesets.get("../../etc")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(6), "6"),
        (Fraction(3, 2), "1.5"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(1, 3), "1/3"),
        (None, None),
    ],
)
def test_numbers_are_written_exactly(value: Fraction | None, text: str | None) -> None:
    assert rulesets.number(value) == text
