"""Bodies that other stacks read wrongly or break on."""

import json

import pytest

from credit_registry.api.bodies import DEEPEST, LARGEST_BODY, read_json
from credit_registry.domain.errors import InvalidInput, Refusal, TooMuch


def test_plain_json_is_read_as_it_is() -> None:
    document = {"codes": ["91110108MA01KPGC87"], "count": 3, "share": 0.5, "none": None, "name": "某公司㙓𠮷"}

    assert read_json(json.dumps(document, ensure_ascii=False).encode()) == document


def test_the_largest_and_smallest_whole_numbers_pass() -> None:
    assert read_json(f"[{2**63 - 1}, {-(2**63)}]".encode()) == [2**63 - 1, -(2**63)]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "A-EMPTY"),
        (b"  \n", "A-EMPTY"),
        (b'{"a": 1,}', "A-JSON"),
        (b'{"a": 1} {"b": 2}', "A-JSON"),
        (b"{'a': 1}", "A-JSON"),
        (b"\xef\xbb\xbf{}", "A-JSON"),
        ('{"name": "某公司"}'.encode("gbk"), "A-JSON"),
        ("{}".encode("utf-16"), "A-JSON"),
        (b'{"a": 1, "a": 2}', "A-JSON"),
        (b'[{"deep": {"a": 1, "a": 1}}]', "A-JSON"),
        (b"[" * 100_000, "A-JSON"),
        (b'{"a":' * 100_000, "A-JSON"),
        (b"[9223372036854775808]", "A-RANGE"),
        (b"[" + b"9" * 5000 + b"]", "A-RANGE"),
        (b"[1e400]", "A-NUMBER"),
        (b"[-1e400]", "A-NUMBER"),
        (b"[NaN]", "A-NUMBER"),
        (b"[Infinity]", "A-NUMBER"),
        (b'["\\ud800"]', "A-TEXT"),
        (b'["\\u0000"]', "A-TEXT"),
        ('["\uffff"]'.encode(), "A-TEXT"),
        ('["\U0001fffe"]'.encode(), "A-TEXT"),
        (b'{"\\ud800": 1}', "A-TEXT"),
    ],
)
def test_what_could_be_read_two_ways_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_json(body)

    assert refused.value.code == code


def test_the_place_of_a_slip_is_told() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_json(b'{"a": 1 "b": 2}')

    assert refused.value.facts == {"offset": 8}


def test_depth_is_counted_in_structure_not_in_text() -> None:
    assert read_json(json.dumps(["[" * 500]).encode()) == ["[" * 500]
    assert read_json(b"[" * DEEPEST + b"]" * DEEPEST)
    with pytest.raises(Refusal):
        read_json(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1))


def test_a_body_over_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooMuch) as refused:
        read_json(b'"' + b"x" * LARGEST_BODY + b'"')

    assert refused.value.code == "A-TOO-LARGE"
