"""Personal data: sealed, matched without opening, masked wherever shown."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from credit_registry.domain.identity import Vault, mask_name, mask_number, mask_text

VAULT = Vault(key=b"k" * 32, pepper=b"p")
NUMBER = "110108199003074514"


def test_what_is_sealed_opens_again_and_never_looks_the_same() -> None:
    one, two = VAULT.seal(NUMBER), VAULT.seal(NUMBER)

    assert one != two
    assert VAULT.open(one) == VAULT.open(two) == NUMBER
    assert NUMBER.encode() not in one


def test_a_touched_or_foreign_seal_does_not_open() -> None:
    sealed = VAULT.seal(NUMBER)

    with pytest.raises(InvalidTag):
        VAULT.open(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(InvalidTag):
        Vault(key=b"x" * 32, pepper=b"p").open(sealed)


def test_equal_numbers_match_whatever_their_case_and_only_under_one_pepper() -> None:
    assert VAULT.digest("11010819900307451x") == VAULT.digest(" 11010819900307451X")
    assert VAULT.digest(NUMBER) != Vault(key=b"k" * 32, pepper=b"q").digest(NUMBER)


def test_masking_keeps_three_and_four() -> None:
    assert mask_number(NUMBER) == "110***********4514"
    assert mask_number("E1234567") == "E*******"
    assert mask_name("张三丰") == "张**"
    assert mask_name("") == ""


@given(st.text(alphabet="甲乙，。 0123456789X", max_size=40))
def test_no_full_number_survives_in_free_text(noise: str) -> None:
    # Digits on either side would make it another, longer number, so the neighbours are Chinese.
    masked = mask_text(f"{noise}当事人{NUMBER}，电话13812345678。{noise}")

    assert NUMBER not in masked
    assert "13812345678" not in masked


def test_amounts_and_document_numbers_are_left_alone() -> None:
    text = "罚款 27709.61 元，京海应急罚〔2024〕第110108号，代码 91110108551385082Q"

    assert mask_text(text) == text


@pytest.mark.parametrize(
    "personal",
    [
        "110105 19491231 002X", "110105 1949 1231 002x", "１１０１０５１９４９１２３１００２Ｘ", "110105491231002",
        "6222020200112230", "6222 0202 0011 2230", "138 0013 8000", "138-0013-8000", "１３８００１３８０００",
        "家庭住址：北京市海淀区中关村大街1号院2号楼301", "户籍所在地北京市海淀区清河街道某小区3号楼",
    ],
)  # fmt: skip
def test_numbers_in_groups_old_ones_cards_and_homes_are_masked_as_well(personal: str) -> None:
    shown = mask_text(f"当事人张某，{personal}，已核实")

    assert personal not in shown
    assert "*" in shown
    assert shown.endswith("，已核实")
    assert mask_text(shown) == shown


@pytest.mark.parametrize(
    "public",
    [
        "110108012660422", "51110000500000005T", "511100005000000053", "９１１１０１０８５５１３８５０８２Ｑ",
        "罚款１２３４５元", "2026-03-18 10:30", "京海应急罚〔2026〕第0003号", "企业住所：北京市海淀区四季青镇示例路1号",
    ],
)  # fmt: skip
def test_codes_registration_numbers_and_days_are_shown_as_they_are(public: str) -> None:
    assert mask_text(public) == public
