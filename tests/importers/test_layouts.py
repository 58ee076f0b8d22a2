import pytest

from importers import LayoutError, layouts, read
from importers.layouts import COLUMN_KEYS, LAYOUT_KEYS, SOURCES, fold_title, load_layout
from tests.importers.files import TODAY, csv_bytes

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


def test_the_page_on_layouts_names_every_key_and_its_example_loads():
    page = (SOURCES / "README.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    layout = load_layout(example.encode(), name="example")

    assert layout.column("fine_fen").unit == "yuan"
    assert [key for key in LAYOUT_KEYS | COLUMN_KEYS if f"`{key}" not in page] == []


def test_leftover_columns_may_be_kept_as_details_or_ignored():
    rows = [["单位名称", "日期", "天气"], ["示例公司", "2026-03-18", "晴"]]
    kept = load_layout((SMALL + "leftovers: keep\n").encode(), name="a")
    ignored = load_layout((SMALL + "leftovers: ignore\n").encode(), name="b")
    batches = [
        read(csv_bytes(rows), filename="a.csv", kind="inspections", layout=each, today=TODAY)
        for each in (kept, ignored)
    ]

    assert [batch.frame["details"][0] for batch in batches] == [{"天气": "晴"}, {}]


def test_words_for_nothing_and_repairs_are_the_layouts_own():
    text = SMALL + "empty: [未填]\n"
    text = text.replace(
        "name: {header: true}", "name: {header: true, replace: {'^公司：': ''}}\n  cause: {title: 原因}"
    )
    rows = [["单位名称", "日期", "原因"], ["公司：示例公司", "2026-03-18", "未 填"]]
    layout = load_layout(text.encode(), name="a")
    batch = read(csv_bytes(rows), filename="a.csv", kind="inspections", layout=layout, today=TODAY)

    assert (batch.frame["name"][0], batch.frame["cause"][0]) == ("示例公司", None)
