import pytest

from importers.checks.names import check_name, name_key


def test_brackets_width_case_and_spaces_do_not_part_a_name():
    spellings = [
        "小米（北京）科技有限公司",
        "小米(北京)科技有限公司",
        "小米 (北京) 科技有限公司",
        "小米〔北京〕科技有限公司",
    ]

    assert len({name_key(name) for name in spellings}) == 1
    assert name_key("ut斯达康(中国)股份有限公司") == name_key("ＵＴ斯达康（中国）股份有限公司")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("北京燕京实业有限公司", "北京燕京实业股份有限公司"),
        ("北京爱丽丝保健品有限责任公司", "北京爱丽丝保健品有限公司"),
        ("中国工商银行股份有限公司北京六里桥支行", "中国工商银行股份有限公司北京六里屯支行"),
    ],
)
def test_different_firms_keep_different_keys(first, second):
    assert name_key(first) != name_key(second)


def test_compatibility_characters_are_folded_with_a_note_and_brackets_are_left_as_registered():
    kept, findings = check_name("㈱示例（⼤）公司")

    assert kept == "(株)示例（大）公司"
    assert [(f.code, f.disposition) for f in findings] == [("N-NAME", "normalised")]
    assert check_name("示例（北京）公司") == ("示例（北京）公司", [])


@pytest.mark.parametrize("name", ["北京А公司", "示例・公司", "长江戶外公司", "北京\ufe00公司"])
def test_lookalikes_are_held_with_their_code_points(name):
    _, (finding,) = check_name(name)

    assert (finding.code, finding.disposition) == ("R-LOOKALIKE", "hold")
    assert "U+" in finding.says


def test_traditional_characters_are_kept_and_pointed_out():
    kept, (finding,) = check_name("臺灣實業有限公司")

    assert kept == "臺灣實業有限公司"
    assert (finding.code, finding.disposition) == ("W-TRADITIONAL", "warning")
