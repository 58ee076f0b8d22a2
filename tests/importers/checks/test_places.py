import pytest

from importers.checks.places import spellings, subdistrict_in


def test_there_are_twenty_nine_subdistricts():
    assert len(spellings()) == 29
    assert all(code.startswith("110108") and len(code) == 9 for code in spellings())


@pytest.mark.parametrize(
    "address", ["北京市海淀区四季青镇闵庄路3号", "海淀区四季青地区巨山村", "北京市海淀区四季青地区办事处院内"]
)
def test_a_town_and_an_area_are_one(address):
    assert subdistrict_in(address) == "110108027"


@pytest.mark.parametrize(
    "address",
    [
        "北京市海淀区中关村大街27号",
        "北京市海淀区上地信息路2号",
        "北京市海淀区学院路37号",
        "北京市朝阳区清河街道1号",
        "河北省保定市温泉镇1号",
        "",
    ],
)
def test_a_road_or_another_district_names_none(address):
    assert subdistrict_in(address) is None


def test_two_different_names_are_no_answer():
    assert subdistrict_in("海淀区上地街道与马连洼街道交界处") is None
