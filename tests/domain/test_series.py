"""Series: what may be listed under which instrument."""

import pytest

from credit_registry.domain import series
from credit_registry.domain.errors import InvalidInput, Unavailable
from credit_registry.domain.series import ListKind


def test_order_11_has_its_nine_conditions() -> None:
    conditions = series.find("safety-order-11").conditions

    assert list(conditions) == ["6-1", "6-2", "6-3", "6-4", "6-5", "7-1", "7-2", "7-3", "7-4"]
    assert [code for code, condition in conditions.items() if not condition.unit] == ["6-5"]


def test_the_red_list_has_its_six_conditions() -> None:
    red = series.find("safety-red-133")

    assert red.kind is ListKind.RED
    assert len(red.conditions) == 6


def test_a_condition_leads_to_its_enabled_black_series_only() -> None:
    found = series.of_condition("7-4")

    assert found is not None
    assert found.series == "safety-order-11"
    assert series.of_condition("r-1") is None
    assert series.of_condition("9-9") is None


def test_a_series_without_confirmed_basis_is_switched_off() -> None:
    with pytest.raises(Unavailable):
        series.require_enabled("fire")


@pytest.mark.parametrize("unknown", ["", "safety", "safety-order-12"])
def test_an_unknown_series_is_refused(unknown: str) -> None:
    with pytest.raises(InvalidInput):
        series.find(unknown)


def test_an_unknown_condition_is_refused_with_those_that_exist() -> None:
    with pytest.raises(InvalidInput) as refused:
        series.find("safety-order-11").condition("8-1")

    assert refused.value.facts["known"] == list(series.find("safety-order-11").conditions)
