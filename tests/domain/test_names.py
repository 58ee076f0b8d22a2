"""Folding of names, pairs for search, parents of branches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import importers
from credit_registry.domain.names import bigrams, folded_name, parent_names, searchable


@given(st.text())
def test_the_registers_fold_is_the_importers_fold(text):
    assert folded_name(text) == importers.name_key(text)


def test_the_form_of_organisation_is_never_stripped():
    assert folded_name("北京燕京实业有限公司") != folded_name("北京燕京实业股份有限公司")


def test_brackets_and_dots_do_not_stand_in_the_way_of_a_search():
    assert searchable("小米（北京）科技·有限公司") == "小米北京科技有限公司"
    assert bigrams("清华同方") == ["清华", "华同", "同方"]
    assert bigrams("一") == []


@pytest.mark.parametrize(
    ("name", "parents"),
    [
        ("北京甲有限公司海淀分公司", ("北京甲有限公司",)),
        ("北京甲有限公司分公司", ("北京甲有限公司",)),
        ("北京甲总公司乙有限公司第二分公司", ("北京甲总公司乙有限公司", "北京甲总公司")),
        ("北京甲有限公司", ()),
        ("分公司", ()),
        ("北京甲有限公司海淀支行", ()),
    ],
)
def test_only_a_prefix_that_is_a_companys_name_may_be_the_parent(name, parents):
    assert parent_names(name) == parents
