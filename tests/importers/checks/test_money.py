import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.checks.money import chinese_integer, parse_money


def parsed(cell, unit="wan_yuan", most=None):
    fen, findings = parse_money(cell, unit=unit, most=most)
    return fen, [(finding.code, finding.disposition) for finding in findings]


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("0.2", 200_000),
        ("27.8862", 27_886_200),
        (0.2, 200_000),
        (1.1, 1_100_000),
        ("1.150865", 1_150_865),
        (5.0, 5_000_000),
        ("0", 0),
    ],
)
def test_ten_thousands_of_yuan_are_exact(cell, fen):
    assert parsed(cell) == (fen, [])


@given(st.integers(min_value=0, max_value=10**11))
def test_a_float_cell_is_the_amount_that_was_typed(fen):
    """A number cell holds the double nearest to what was typed; its repr is what was typed."""
    typed = f"{fen // 100}.{fen % 100:02d}"

    assert parsed(float(typed), unit="yuan") == (fen, [])


@pytest.mark.parametrize("cell", ["１２，３４５．６７", "12,345.67", "¥12,345.67", "12 345.67"])
def test_spellings_of_one_amount(cell):
    assert parsed(cell, unit="yuan") == (1_234_567, [("N-AMOUNT", "normalised")])


@pytest.mark.parametrize(
    ("cell", "proposal"),
    [("5万元", "50,000.00"), ("伍万元整", "50,000.00"), ("0.5亿", "50,000,000.00"), ("2000元", "2,000.00")],
)
def test_a_unit_in_the_cell_is_held_with_a_proposal(cell, proposal):
    fen, (finding,) = parse_money(cell, unit="yuan", most=None)

    assert (fen, finding.code, finding.disposition) == (None, "R-AMOUNT-UNIT", "hold")
    assert proposal in finding.hint


@pytest.mark.parametrize(
    "cell",
    [
        "-5",
        "-0",
        "1e5",
        "NaN",
        "Infinity",
        "1_000",
        "٣",
        "½",
        "0x10",
        "1,23",
        "1.2.3",
        "",
        "五块",
        True,
        -1.0,
    ],
)
def test_what_is_no_amount_is_refused(cell):
    assert parsed(cell, unit="yuan") == (None, [("R-AMOUNT-FORMAT", "refuse_row")])


@pytest.mark.parametrize("cell", ["1.234", "10000000000000"])
def test_what_no_amount_of_yuan_can_be(cell):
    assert parsed(cell, unit="yuan") == (None, [("R-AMOUNT-RANGE", "refuse_row")])


def test_an_implausible_amount_is_held():
    assert parsed("50000", most=10**12) == (50_000_000_000, [])
    assert parsed("50000", most=10**10) == (None, [("R-AMOUNT-SCALE", "hold")])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("贰万柒仟", 27_000),
        ("伍万", 50_000),
        ("十", 10),
        ("一百零五", 105),
        ("两千", 2000),
        ("一亿二千万", 120_000_000),
        ("x", None),
    ],
)
def test_chinese_numerals(text, value):
    assert chinese_integer(text) == value
