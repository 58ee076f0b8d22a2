import pytest

from importers.checks.fines import amounts_in, weighed_amounts_in


@pytest.mark.parametrize(
    ("text", "fine", "confiscated"),
    [
        ("责令停止销售，并决定处罚如下：1、罚款278862元；2、没收违法所得7914元。", 27_886_200, 791_400),
        ("没收违法所得 11508.65 元;罚款 80000.0 元", 8_000_000, 1_150_865),
        ("罚款0.1万元，没收违法所得和非法财物", 100_000, None),
        ("处罚款人民币27709 .61 元", 2_770_961, None),
        ("罚款 20 万元", 20_000_000, None),
        ("处以人民币伍万元整的罚款", 5_000_000, None),
        ("处2万元罚款", 2_000_000, None),
        ("罚款人民币伍万元整（¥50000.00元）", 5_000_000, None),
        ("责令停止发布违法广告、公开更正。", None, None),
        ("警告", None, None),
        ("2019-08-01至2019-08-31个人所得税（工资薪金所得）未按期进行申报", None, None),
        ("没收违法所得3000元", None, 300_000),
    ],
)
def test_what_a_plain_text_states(text, fine, confiscated):
    told = amounts_in(text)

    assert (told.fine_fen, told.confiscated_fen, told.doubt) == (fine, confiscated, None)


def test_the_managers_fine_is_not_the_companys():
    told = amounts_in("决定给予罚款合计65万元;给予某某警告并罚款16万元。")

    assert told.fine_fen == 65_000_000
    assert told.doubt is not None


def test_a_range_of_the_law_is_no_fine():
    told = amounts_in("依据安全生产法第九十七条，可处十万元以下罚款，现决定罚款25000元。")

    assert told.fine_fen == 2_500_000


def test_an_earlier_case_is_no_fine():
    told = amounts_in("该单位曾于2018年被罚款3万元；现决定罚款5万元。")

    assert told.fine_fen == 5_000_000


def test_two_different_fines_of_one_company_are_doubted():
    told = amounts_in("罚款1万元；罚款2万元。")

    assert told.fine_fen is None
    assert told.doubt is not None


def test_a_stated_total_settles_two_fines():
    told = amounts_in("对行为一罚款1万元；对行为二罚款2万元；合计罚款3万元。")

    assert told.fine_fen == 3_000_000
    assert told.doubt is not None


@pytest.mark.parametrize(
    "start", ["", "责令限期改正，", "警告，并，", "某，", "根据规定，", "对负责人，", "曾，"]
)
@pytest.mark.parametrize("amount", ["1", "25000", "278862.5", "0.10", "12.345"])
@pytest.mark.parametrize("form", ["罚款{}元", "处{}元罚款", "处人民币{}元罚款。", "罚款人民币{}元整"])
def test_the_short_way_says_what_the_long_way_says(start, amount, form):
    text = start + form.format(amount)

    assert amounts_in(text) == weighed_amounts_in(text)
