"""The record vocabulary as forms and pages have it."""

from datetime import date

import pytest

from credit_registry.domain.records import CONTENT
from credit_registry.services import vocabulary


@pytest.mark.parametrize("kind", vocabulary.kinds())
def test_every_field_is_asked_for_once_by_a_title(kind: str) -> None:
    fields = vocabulary.fields(kind)

    assert len({field.name for field in fields}) == len(fields) > 5
    assert all(field.title and "（万元）" not in field.title for field in fields)


@pytest.mark.parametrize("kind", vocabulary.kinds())
def test_every_choice_has_a_word_for_each_code(kind: str) -> None:
    for field in vocabulary.fields(kind):
        for code, word in field.options:
            assert word, (field.name, code)
            if field.type in ("choice", "choices") and code not in ("true", "false"):
                assert vocabulary.word(kind, field.name, code) == word


@pytest.mark.parametrize("kind", vocabulary.kinds())
def test_every_column_that_a_record_says_has_a_title(kind: str) -> None:
    untitled = [name for name in CONTENT[kind] if vocabulary.title(kind, name) == name]

    assert untitled == []


def test_the_form_asks_for_what_a_file_must_have() -> None:
    required = {field.name for field in vocabulary.fields("penalty") if field.is_required}

    assert {"document_no", "dated_on", "authority_name"} <= required
    assert "legal_representative_id" not in required


def test_several_codes_are_read_as_several_words() -> None:
    assert vocabulary.word("penalty", "penalty_kinds", "fine;warning") == "罚款、警告"
    assert vocabulary.word("penalty", "facts", "fine") is None
    assert vocabulary.word("penalty", "fine_fen", 200) is None


def test_stored_values_go_back_into_the_form_they_came_from() -> None:
    written = vocabulary.as_written(
        "penalty",
        {
            "fine_fen": 2_500_000, "dated_on": date(2026, 5, 20), "is_simple_procedure": True,
            "penalty_kinds": "fine;warning", "details": {"remark": "备注"}, "facts": None,
        },
    )  # fmt: skip

    assert written == {
        "fine_fen": "2.5", "dated_on": "2026-05-20", "is_simple_procedure": "true",
        "penalty_kinds": "fine;warning", "details.remark": "备注",
    }  # fmt: skip


def test_amounts_are_known_as_such() -> None:
    assert vocabulary.is_money("penalty", "fine_fen")
    assert not vocabulary.is_money("accident", "deaths")


def test_a_subdistrict_has_its_name() -> None:
    assert vocabulary.place("110108007") == "北下关街道"
    assert vocabulary.place("999999999") == "999999999"
    assert vocabulary.place(None) is None
    assert len(vocabulary.places()) == 29


def test_an_unknown_kind_has_no_form() -> None:
    assert vocabulary.fields("listing") == ()
