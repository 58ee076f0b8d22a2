"""Refusals and errors as pages."""

from collections.abc import Callable

import pytest
from flask import Flask

from credit_registry.domain import errors
from credit_registry.domain.permissions import Role
from credit_registry.web.errors import STATUSES, TITLES, status_of
from tests.web.conftest import Browser


def test_every_refusal_has_a_status_and_a_title() -> None:
    kinds = set(errors.Refusal.__subclasses__())

    assert kinds == set(STATUSES)
    assert {int(status) for status in STATUSES.values()} <= set(TITLES)


def test_a_refusal_of_a_kind_not_listed_is_the_askers_mistake() -> None:
    assert int(status_of(errors.Refusal("不行。"))) == 400


def test_an_unknown_page_says_so_in_chinese_with_a_number_to_quote(visitor: Browser) -> None:
    answer = visitor.get("/no/such/page")

    assert answer.status_code == 404
    assert "没有找到" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert 'lang="zh-CN"' in answer.text


def test_a_wrong_method_tells_the_right_ones(visitor: Browser) -> None:
    answer = visitor.client.post("/healthz")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_defect_shows_nothing_of_itself(
    app: Flask, visitor: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> str:
        raise KeyError("the inside of the house")

    app.view_functions["sign_in.form"] = broken
    broken.access = "public"  # type: ignore[attr-defined]

    answer = visitor.get("/sign-in")

    assert answer.status_code == 500
    assert "the inside of the house" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_an_unknown_enterprise_is_told_on_a_page_of_the_console(signed_in: Callable[..., Browser]) -> None:
    answer = signed_in(Role.OFFICER).get("/console/enterprises/91110108MA01KPGC86")

    assert answer.status_code == 404
    assert "unknown-enterprise" in answer.text
    assert "主导航" in answer.text


def test_htmx_is_sent_to_the_form_as_a_whole_page(visitor: Browser) -> None:
    answer = visitor.get("/console/enterprises", headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"].startswith("/sign-in?next=")
    assert answer.text == ""
