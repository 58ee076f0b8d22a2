import pytest

from importers import normalise_document_no


@pytest.mark.parametrize(
    "text",
    [
        "京海应急罚〔2024〕1号",
        "京海应急罚[2024]1号",
        "京海应急罚（2024）1号",
        "京海应急罚【2024】1号",
        "京海应急罚(2024) 1 号",
        "京海应急罚﹝2024﹞１号",
    ],
)
def test_brackets_width_and_spaces_do_not_part_a_document(text):
    assert normalise_document_no(text) == "京海应急罚〔2024〕1号"


def test_what_may_be_another_document_stays_another():
    assert normalise_document_no("第1322号") != normalise_document_no("1322号")
    assert normalise_document_no("京罚（简）〔2024〕1号") == "京罚(简)〔2024〕1号"


def test_normalising_twice_changes_nothing():
    once = normalise_document_no("德工商处字(2015)303 号")

    assert normalise_document_no(once) == once == "德工商处字〔2015〕303号"
