import random
from pathlib import Path

import pytest

from importers import uscc
from importers.checks.persons import is_identity_number

GOOD = "91110108MA01KPGC86"
VECTORS = Path(__file__).parents[4] / "shared" / "data" / "vectors" / "uscc_valid.txt"


def codes(text: str) -> list[tuple[str, str]]:
    return [(finding.code, finding.disposition) for finding in uscc.check(text)]


def test_a_good_code_leaves_nothing_to_say():
    assert uscc.is_valid("91110108551385082Q")
    assert uscc.check("91110108551385082Q") == []


@pytest.mark.skipif(not VECTORS.exists(), reason="needs ../shared")
def test_every_published_vector_is_valid():
    published = VECTORS.read_text(encoding="utf-8").split()

    assert len(published) == 200
    assert [code for code in published if not uscc.is_valid(code)] == []


def test_every_change_of_one_character_is_noticed():
    changed = [
        GOOD[:place] + char + GOOD[place + 1 :]
        for place in range(18)
        for char in uscc.ALPHABET
        if char != GOOD[place]
    ]

    assert len(changed) == 18 * 30
    assert [code for code in changed if uscc.is_valid(code)] == []


@pytest.mark.parametrize("first", ["N1", "N2", "N3", "A1", "Y1"])
def test_codes_that_begin_with_a_letter_are_valid(first):
    body = first + "110108" + "MF000000"
    body += uscc.organisation_check_character("MF000000")
    code = body + uscc.check_character(body)

    assert uscc.check(code) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("91110108MA01KPGC87", ("R-USCC-CHECK", "refuse_row")),
        ("91110108MA01PKGC86", ("R-USCC-CHECK", "refuse_row")),
        ("91110108MAO1KPGC86", ("R-USCC-CHARSET", "hold")),
        ("91110108MA01KPGC8", ("R-USCC-LENGTH", "refuse_row")),
        ("110108012660422", ("R-USCC-LENGTH", "refuse_row")),
        ("784800208", ("R-USCC-LENGTH", "refuse_row")),
        ("9.11101E+17", ("R-USCC-SCIENTIFIC", "refuse_row")),
        ("11010519491231002X", ("R-NATURAL-PERSON", "refuse_row")),
    ],
)
def test_a_wrong_code_has_one_finding(code, expected):
    assert codes(code) == [expected]


def test_a_misread_letter_is_proposed_only_when_the_check_character_then_fits():
    (fits,) = uscc.check("91110108MAO1KPGC86")
    (fails,) = uscc.check("91110108MAO1KPGC87")

    assert "改为 91110108MA01KPGC86 后校验码正确" in fits.hint
    assert "91110108" not in fails.hint


def test_two_swapped_neighbours_are_pointed_out():
    (finding,) = uscc.check("91110108MA01PKGC86")

    assert GOOD in finding.hint


@pytest.mark.parametrize("good", ["91110108551385082Q", "9144030071526726XG", "91330100799655058B"])
def test_every_swap_of_neighbours_that_can_be_found_back_is_proposed(good):
    for place in range(17):
        spoiled = good[:place] + good[place + 1] + good[place] + good[place + 2 :]
        if spoiled == good or uscc.is_valid(spoiled):
            continue
        back = {
            swapped
            for at in range(17)
            if uscc.is_valid(swapped := spoiled[:at] + spoiled[at + 1] + spoiled[at] + spoiled[at + 2 :])
        }
        hints = [finding.hint for finding in uscc.check(spoiled) if finding.code == "R-USCC-CHECK"]
        assert all((good in hint) == (back == {good}) for hint in hints)


def test_the_old_numbers_are_named():
    assert "工商注册号" in uscc.check("110108012660422")[0].says
    assert "组织机构代码" in uscc.check("784800208")[0].says


def with_check(body: str) -> str:
    return body + uscc.check_character(body)


def test_region_category_and_inner_digit_only_warn():
    assert codes(with_check("91999999" + "551385082")) == [("R-USCC-REGION", "warning")]
    assert codes(with_check("98110108" + "551385082")) == [("R-USCC-CATEGORY", "warning")]
    assert codes(with_check("99110108" + "551385082")) == []
    assert codes("91110114L717716685") == [("R-USCC-ORGANISATION", "warning")]


@pytest.mark.parametrize("region", ["110000", "100000", "110228", "110302"])
def test_regions_that_no_longer_exist_are_not_spoken_of(region):
    assert codes(with_check("91" + region + "551385082")) == []


def test_a_number_that_is_both_a_code_and_a_person_is_held():
    found = None
    chance = random.Random(7)
    while found is None:
        body = f"110105{chance.randint(1950, 1999)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}{chance.randint(0, 999):03d}"
        for last in "0123456789X":
            if is_identity_number(body + last) and uscc.is_valid(body + last):
                found = body + last

    (finding,) = uscc.check(found)

    assert (finding.code, finding.disposition, finding.personal) == ("R-SUBJECT-AMBIGUOUS", "hold", True)


@pytest.mark.parametrize(
    "text",
    [
        "91110108ma01kpgc86",
        "９１１１０１０８ＭＡ０１ＫＰＧＣ８６",
        " 9111-0108 MA01\u3000KPGC86\u00a0",
        "'91110108MA01KPGC86",
        "\u200b91110108MA01KPGC86\ufeff",
    ],
)
def test_spellings_of_one_code_are_one(text):
    assert uscc.normalise(text) == GOOD
