"""The code of the moment."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from credit_registry.domain import second_factor
from credit_registry.domain.second_factor import Factor

AT = datetime(2026, 11, 24, 2, 0, 10, tzinfo=UTC)
# The secret of RFC 6238, appendix B (SHA-1), and its codes cut to six digits.
RFC = Factor(secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ],
)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert second_factor.used(RFC, code, datetime.fromtimestamp(seconds, UTC)) is not None


def test_a_code_opens_once() -> None:
    factor = second_factor.new()
    code = pyotp.TOTP(factor.secret).at(AT)

    first = second_factor.used(factor, code, AT)

    assert first is not None
    assert first.is_confirmed
    assert second_factor.used(first, code, AT) is None


@pytest.mark.parametrize(
    ("drift", "is_taken"), [(-60, False), (-30, True), (0, True), (30, True), (90, False)]
)
def test_clocks_may_differ_a_little(drift: int, is_taken: bool) -> None:
    factor = second_factor.new()
    code = pyotp.TOTP(factor.secret).at(AT + timedelta(seconds=drift))

    assert (second_factor.used(factor, code, AT) is not None) is is_taken


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345", "12345\n6"])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert second_factor.used(RFC, code, AT) is None


def test_a_code_may_be_typed_in_two_groups() -> None:
    factor = second_factor.new()
    code = pyotp.TOTP(factor.secret).at(AT)

    assert second_factor.used(factor, f" {code[:3]} {code[3:]} ", AT) is not None


def test_what_is_kept_comes_back_whole() -> None:
    factor = Factor(RFC.secret, is_confirmed=True, last_step=59468000)

    assert Factor.loaded(factor.dumped()) == factor
    assert f"secret={RFC.secret}" in factor.address("zhang")
