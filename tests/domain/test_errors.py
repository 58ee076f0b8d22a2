"""Refusals: a code, a sentence, facts; they travel between processes whole."""

import pickle

import pytest

from credit_registry.domain import errors
from credit_registry.domain.errors import Refusal

CLASSES = [found for found in vars(errors).values() if isinstance(found, type) and issubclass(found, Refusal)]


@pytest.mark.parametrize("kind", CLASSES)
def test_a_refusal_survives_the_way_home(kind: type[Refusal]) -> None:
    sent = kind("请先告知当事人。", code="some-code", facts={"days": 3})

    came = pickle.loads(pickle.dumps(sent))

    assert (type(came), came.message, came.code, came.facts) == (
        kind,
        "请先告知当事人。",
        "some-code",
        {"days": 3},
    )


def test_codes_are_kebab_case_and_differ() -> None:
    codes = [kind.code for kind in CLASSES]

    assert len(set(codes)) == len(codes)
    assert all(code == code.lower() and "_" not in code for code in codes)


def test_there_are_few_classes() -> None:
    assert len(CLASSES) <= 10
