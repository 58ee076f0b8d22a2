import pytest

from importers import LayoutError, layouts
from importers.layouts import fold_title, load_layout

SMALL = """
kind: inspections
record: inspection
title: 试验
columns:
  name: {header: true}
  dated_on: {title: 日期, header: true}
"""


def test_every_kind_has_one_main_layout_and_it_comes_first():
    for kind in {layout.kind for layout in layouts()}:
        found = layouts(kind)
        assert [layout.main for layout in found].count(True) == 1
        assert found[0].main


def test_a_layout_is_data():
    layout = load_layout(SMALL.encode(), name="trial")
    match = layout.match(["日期", "单位名称", "没见过的列"])

    assert {at: column.name for at, column in match.positions.items()} == {0: "dated_on", 1: "name"}
    assert match.unknown == (2,)


@pytest.mark.parametrize(
    "spoiled",
    [
        SMALL + "surprise: 1\n",
        SMALL.replace("header: true}\n  dated", "headr: true}\n  dated"),
        SMALL.replace("title: 日期", "title: 单位名称"),
        SMALL.replace("  name:", "  unheard_of:"),
        "- a list",
        "kind: [",
    ],
)
def test_a_layout_that_cannot_be_used_says_so_when_it_is_loaded(spoiled):
    with pytest.raises(LayoutError):
        load_layout(spoiled.encode(), name="trial")


def test_the_digest_changes_with_the_layout():
    assert (
        load_layout(SMALL.encode(), name="a").digest != load_layout((SMALL + "\n").encode(), name="a").digest
    )


@pytest.mark.parametrize(
    "title",
    [
        "罚款金额（万元）",
        "罚款金额 (万元)",
        "*罚款金额(万元)",
        "罚款\n金额（万元）：",
        "\u3000罚款金额（万元）",
        "罚款金额（万元）(必填)",
    ],
)
def test_decorated_titles_are_one(title):
    assert fold_title(title) == "罚款金额(万元)"
