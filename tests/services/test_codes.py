import pytest

from credit_registry.domain.errors import InvalidInput
from credit_registry.services import codes
from tests.factories import a_code


def test_a_good_code_is_normalised() -> None:
    assert codes.readable(f" {a_code(3).lower()} ") == a_code(3)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "R-USCC-LENGTH"),
        ("9111010", "R-USCC-LENGTH"),
        ("91110108MAO1KPGC86", "R-USCC-CHARSET"),
        ("9.11101E+17", "R-USCC-SCIENTIFIC"),
        ("110108199001011234", "R-USCC-CHECK"),
    ],
)
def test_a_bad_one_is_refused_with_what_is_wrong(text: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        codes.readable(text)

    assert (refused.value.code, refused.value.facts["problem"]) == ("invalid-uscc", problem)
    assert refused.value.facts["hint"]


# The first passes the check of identity numbers, the second only looks like one.
@pytest.mark.parametrize("number", ["11010519491231002X", "110108199001011234"])
def test_a_persons_number_is_not_repeated(number: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        codes.readable(number)

    assert number not in str(refused.value.facts) + refused.value.message


def test_a_code_that_is_also_a_persons_number_is_logged_masked() -> None:
    assert codes.shown("11010519491231002X") == "110***********002X"
    assert codes.shown(a_code(3)) == a_code(3)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("91110108MA01KPGC88", "校验码"),
        (" 9111O108ma01kpgc87 ", "第5位为字母 O"),
        ("91110108MA01KPGC8", "实为17位"),
        ("11010519491231002X", "居民身份证"),
        ("110108199001011234", "居民身份证"),
    ],
)
def test_a_text_that_was_meant_as_a_code_is_told_from_a_name(text: str, says: str) -> None:
    slip = codes.slip(text)

    assert slip is not None
    assert says in slip.says
    assert slip.hint
    assert slip.is_person == ("居民" in says)


@pytest.mark.parametrize(
    "text", ["", "示例新桥", "ABC", "91110108XX0000", a_code(7), "北京示例2026年第100001号项目部"]
)
def test_names_parts_and_good_codes_have_no_slip(text: str) -> None:
    assert codes.slip(text) is None
