from datetime import UTC, date, datetime

import pytest
from marshmallow import ValidationError, fields

from credit_registry.api import fields as strict

# Digits that are digits to Python's int() and to nobody who reads a number.
ARABIC_INDIC = "\u0661\u0662"


@pytest.mark.parametrize("text", ["1", "9", "20", "100"])
def test_a_count_is_written_in_plain_digits(text: str) -> None:
    assert strict.Count(most=100).deserialize(text) == int(text)


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "-1",
        "+1",
        "101",
        "1" + "0" * 20,
        "1_0",
        " 1",
        "1 ",
        "１",
        ARABIC_INDIC,
        "1.0",
        "1e1",
        "0x1",
        "",
        "٣",
        5,
        True,
    ],
)
def test_any_other_count_is_refused(text: object) -> None:
    with pytest.raises(ValidationError, match="A-PAGE"):
        strict.Count(most=100).deserialize(text)


def test_a_day_is_a_day() -> None:
    assert strict.Day().deserialize("2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29",
        "2024-2-9",
        "20240209",
        "2024-W09-4",
        "2024-060",
        "2024-02-09T00:00:00",
        "２０２４-02-09",
        "09/02/2024",
        "",
        20240209,
    ],
)
def test_any_other_writing_of_a_day_is_refused(text: object) -> None:
    with pytest.raises(ValidationError, match="A-AS-OF"):
        strict.Day().deserialize(text)


def test_an_instant_needs_its_zone_and_a_day_stays_a_day() -> None:
    field = strict.Instant()

    assert field.deserialize("2026-07-15T09:00:00+08:00") == datetime(2026, 7, 15, 1, tzinfo=UTC)
    assert field.deserialize("2026-07-15T01:00:00Z") == datetime(2026, 7, 15, 1, tzinfo=UTC)
    assert field.deserialize("2026-07-15") == date(2026, 7, 15)


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-15T09:00:00",
        "2026-07-15 09:00:00+08:00",
        "0001-01-01T00:00:00+08:00",
        "now",
        "2026-07-15T25:00:00Z",
    ],
)
def test_an_instant_without_zone_or_outside_time_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="A-AS-OF"):
        strict.Instant().deserialize(text)


@pytest.mark.parametrize("value", [12, 12.5, True, ["a"], {"a": 1}])
def test_text_is_never_made_from_something_else(value: object) -> None:
    with pytest.raises(ValidationError, match="A-TYPE"):
        strict.Text().deserialize(value)


def test_a_schema_says_which_field_it_does_not_know() -> None:
    schema = strict.Schema.from_dict({"name": strict.Text(longest=3, required=True)})()

    with pytest.raises(ValidationError) as refused:
        schema.load({"name": "四个字的", "extra": 1})
    assert refused.value.messages == {
        "name": ["A-LENGTH 应为 1 至 3 个字符。"],
        "extra": ["A-UNKNOWN-FIELD 不认识的字段。"],
    }


def test_every_message_of_our_fields_begins_with_a_code() -> None:
    for kind in (strict.Text, strict.Choice, strict.Count, strict.Day, strict.Instant, strict.Codes):
        ours = {
            key: message
            for key, message in kind.default_error_messages.items()
            if message != fields.Field.default_error_messages.get(key)
        }
        assert ours
        assert all(message.startswith("A-") for message in ours.values()), kind
